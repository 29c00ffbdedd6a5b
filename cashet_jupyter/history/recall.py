"""The values of a past run, for people who look at them: nothing of the kernel is touched."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

from cashet_jupyter.errors import Damaged, NotFound
from cashet_jupyter.history.returned import outputs_of
from cashet_jupyter.models import RETURNED, Commit, Payload, Shown
from cashet_jupyter.serialize.apart import Apart, loads_apart
from cashet_jupyter.serialize.envelope import loads_data, loads_shown
from cashet_jupyter.store.protocol import Store

#: how a commit says which serializer of the user's own its result went through, among `Commit.depends`
SERIALIZER = "serializer"


def recall(store: Store, commit: Commit, namespace: MutableMapping[str, Any] | None = None) -> Apart:
    """The outputs of a run; functions among them get `namespace` for their globals.

    Of a run that somebody else wrote only plain data and arrays are read: values that are loaded may run code. Raises
    `StoreError` if the bytes cannot be read.
    """
    names = [value.name for value in commit.outputs]
    if not names:
        return Apart()
    payload = _without_files(commit, store.get(commit))
    if commit.function and store.trusted(commit):
        values = outputs_of(payload, {} if namespace is None else namespace)
        return Apart(_own(_serializer(commit), {name: values[name] for name in names if name in values}))
    if not store.trusted(commit):
        values = {name: value for name, value in loads_data(payload).items() if name in names}
        why = "it was written by someone else, and loading it may run their code"
        return Apart(values, (), {name: why for name in names if name not in values})
    return loads_apart(payload, names, namespace)


def _serializer(commit: Commit) -> str:
    return next((value.type for value in commit.depends if value.name == SERIALIZER), "")


def recall_one(store: Store, commit: Commit, name: str, namespace: MutableMapping[str, Any] | None = None) -> Any:
    """One output of a run; raises `NotFound` if it has no such output, or if that cannot be read."""
    apart = recall(store, commit, namespace)
    if name in apart.values:
        return apart.values[name]
    if name in apart.missing:
        msg = f"{name} of {commit.short} cannot be read: {apart.missing[name]}; run the cell to get it"
    else:
        names = ", ".join(sorted(apart.values)) or "none"
        msg = f"{commit.short} has no output {name!r}; its outputs: {names}"
    raise NotFound(msg)


def recall_shown(store: Store, commit: Commit) -> tuple[Shown, ...]:
    """What a run showed, in order; no value is loaded for it. Raises `StoreError`."""
    return () if commit.shown is None else loads_shown(store.shown(commit))


def _without_files(commit: Commit, payload: Payload) -> Payload:
    """A run's bytes without those of the files that it wrote, which come last."""
    return replace(payload, buffers=payload.buffers[: len(payload.buffers) - len(commit.artifacts)])


def _own(serializer: str, values: Any) -> dict[str, Any]:
    """The result of a function whose client has a serializer of its own: read where it is one that is known."""
    if not serializer or RETURNED not in values:
        return dict(values)
    return {RETURNED: with_serializer(serializer, values[RETURNED])}


def with_serializer(name: str, data: bytes) -> Any:
    """A result that a serializer of the user's wrote: read where it is one that is known, else its bytes.

    Raises `Damaged`.
    """
    try:
        return KNOWN[name](data) if name in KNOWN else data
    except Exception as error:
        msg = f"what {name} wrote cannot be read: {type(error).__name__}: {error}"
        raise Damaged(msg) from error


#: the serializers whose bytes can be read without the client that wrote them
KNOWN: Mapping[str, Callable[[bytes], Any]] = {
    "JsonSerializer": json.loads,
    "PickleSerializer": pickle.loads,
    "SafePickleSerializer": pickle.loads,
    "CloudPickleSerializer": pickle.loads,
}
