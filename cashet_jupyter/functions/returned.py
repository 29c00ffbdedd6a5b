"""What a function returned and what it changed, as bytes and back.

The result is stored by itself: what it shares with the arguments is stored with it, so that it can be read without
them, anywhere. In-place changes of the arguments are stored beside it, against the numbers of the live graph.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import Any, cast

from cashet_jupyter.digest import Part, digest, digest_buffer
from cashet_jupyter.errors import Damaged, NotFingerprintable, NotSerializable
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.fingerprint.values import fingerprint_value
from cashet_jupyter.history.recall import KNOWN, SERIALIZER, with_serializer
from cashet_jupyter.history.returned import CHANGES, CLASSES, KINDS, Kinds, fingerprint_of, kind_name, outputs_of
from cashet_jupyter.memory.gathered import parts_of
from cashet_jupyter.models import RETURNED, Commit, Effects, Payload
from cashet_jupyter.serialize.classes import is_dynamic
from cashet_jupyter.serialize.envelope import dumps, loads, slots_of
from cashet_jupyter.serialize.references import NoInputs, References
from cashet_jupyter.store.protocol import Store

#: what makes a result out of what a serializer of the user's wrote
Read = Callable[[bytes], Any]


def namespace() -> MutableMapping[str, Any]:
    """Where functions among the results look their globals up: the notebook, or the script."""
    return sys.modules["__main__"].__dict__


# ------------------------------------------------------------------------------------------------------------ out
def dump_result(value: Any, changes: bytes = b"", kinds: Sequence[type] = ()) -> Payload:
    """A result as bytes, with what `dump_changes` gave; it may be made of some of the user's classes.

    Raises `NotSerializable`.
    """
    outputs: dict[str, Any] = {RETURNED: value, CHANGES: changes} if changes else {RETURNED: value}
    payload = dumps(Effects(outputs=outputs), (), References(NoInputs(), namespace()))
    if not kinds or not slots_of(payload):
        return payload
    try:
        stored = dumps(Effects(outputs={CLASSES: list(kinds)}), (), References(NoInputs(), namespace()))
    except NotSerializable:
        return payload
    outputs |= {CLASSES: bytes(stored.skeleton), KINDS: [[kind_name(kind), fingerprint_of(kind)] for kind in kinds]}
    lean = dumps(Effects(outputs=outputs), (), References(Kinds(kinds), namespace()))
    # A result that is made of none of them holds none of their bytes: then it need not say what they are.
    spared = len(payload.skeleton) > len(lean.skeleton) - len(stored.skeleton)
    return lean if spared and not stored.buffers else payload


def kinds_of(graph: InputGraph) -> list[type]:
    """The classes of the user among all that a call reaches, but those that are stored by name anyway."""
    return [node for node in graph._records.objects if isinstance(node, type) and is_dynamic(node)]


def dump_changes(effects: Effects, graph: InputGraph) -> bytes:
    """In-place changes and hidden states as one piece of bytes; empty if there are none. Raises `NotSerializable`."""
    if not effects.patches and not effects.states:
        return b""
    payload = dumps(effects, (), References(graph, namespace()))
    pieces = [bytes(payload.skeleton), *(b"".join(parts_of(buffer)) for buffer in payload.buffers)]
    head = [len(pieces), *payload.groups]
    lengths = [len(head), *head, *map(len, pieces)]
    return b"".join([*(number.to_bytes(8, "little") for number in lengths), *pieces])


def hash_of(value: Any, payload: Payload) -> str:
    """The content hash of a result: equal values have equal ones. Of what has no fingerprint, that of its bytes."""
    try:
        return fingerprint_value(value)
    except NotFingerprintable:
        buffers: list[Part] = [digest_buffer(b"".join(parts_of(buffer))) for buffer in payload.buffers]
        return digest("cashet-result", digest_buffer(payload.skeleton), buffers)


# ------------------------------------------------------------------------------------------------------------- in
def read_result(
    store: Store,
    commit: Commit,
    read: Read | None = None,
    kinds: Mapping[str, type] | None = None,
    *,
    own: bool = False,
) -> Any:
    """The result of a run; `kinds` are classes that no name leads to; `own`: it is known to be this user's.

    Raises `NotFound`, `StoreError`.
    """
    if not own and not store.trusted(commit):
        from cashet_jupyter.history.recall import recall_one

        return recall_one(store, commit, RETURNED)
    outputs = _outputs(store.get(commit), commit, kinds)
    if RETURNED not in outputs:
        from cashet_jupyter.history.recall import recall

        values = recall(store, commit, namespace()).values
        return next(iter(values.values()), None)
    return _formatted(commit, outputs[RETURNED], read)


def _formatted(commit: Commit, value: Any, read: Read | None) -> Any:
    """A result, out of what a serializer of the user's wrote if one did: this client's, or one that is known."""
    written = next((note.type for note in commit.depends if note.name == SERIALIZER), "")
    if not written:
        return value
    if read is not None and (type(getattr(read, "__self__", None)).__name__ == written or written not in KNOWN):
        return read(value)
    return with_serializer(written, value)


def read_changes(store: Store, commit: Commit, graph: InputGraph) -> tuple[Effects, tuple[memoryview, ...]]:
    """The in-place changes and hidden states of a run, decoded against the live arguments, and the files it wrote.

    Raises `StoreError`.
    """
    payload = store.get(commit)
    first = len(payload.buffers) - len(commit.artifacts)
    files = tuple(memoryview(b"".join(parts_of(buffer))) for buffer in payload.buffers[first:])
    data = cast("bytes", _outputs(payload, commit).get(CHANGES, b""))
    if not data:
        return Effects(), files
    return loads(_unpacked(data), References(graph, namespace())), files


def _outputs(payload: Payload, commit: Commit, kinds: Mapping[str, type] | None = None) -> Mapping[str, Any]:
    own = replace(payload, buffers=payload.buffers[: len(payload.buffers) - len(commit.artifacts)])
    return outputs_of(own, namespace(), kinds)


def _unpacked(data: bytes) -> Payload:
    view = memoryview(bytearray(data))  # arrays that are made of it are written to
    numbers = [int.from_bytes(view[at : at + 8], "little") for at in range(0, 8, 8)]
    count = numbers[0]
    head = [int.from_bytes(view[8 * at : 8 * at + 8], "little") for at in range(1, count + 1)]
    pieces, groups = head[0], tuple(head[1:])
    sizes = [int.from_bytes(view[8 * at : 8 * at + 8], "little") for at in range(count + 1, count + 1 + pieces)]
    at, parts = 8 * (count + 1 + pieces), list[memoryview]()
    for size in sizes:
        parts.append(view[at : at + size])
        at += size
    if at != len(view):
        raise Damaged("the changes are cut off")
    return Payload(bytes(parts[0]), b"", tuple(parts[1:]), groups)
