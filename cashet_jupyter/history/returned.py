"""What a submitted function returned, read back.

It is stored by itself, apart from the arguments. Only classes of the user's that the function reaches are not a part of
it: it refers to them by number, and beside it stands what they are. So the result is made of the classes of the
notebook as long as these are what they were, and of restored ones otherwise, or in another process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from functools import lru_cache
from typing import Any

from cashet_jupyter.errors import Refused
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.models import Payload
from cashet_jupyter.serialize.envelope import loads, loads_data, slots_of
from cashet_jupyter.serialize.references import NoInputs, References

#: what stands beside the result: in-place changes of the arguments; classes as bytes; and which they are
CHANGES, CLASSES, KINDS = "changes", "classes", "kinds"
#: slots that are there whatever a result refers to: the namespace, the builtins, the resolver
_FIXED = 3


class Kinds:
    """Classes that a result refers to by number."""

    def __init__(self, kinds: Iterable[type]) -> None:
        self.nodes: Sequence[type] = tuple(kinds)
        self._numbers = {id(kind): number for number, kind in enumerate(self.nodes)}

    def number(self, obj: object) -> int | None:
        """The number of one of them."""
        return self._numbers.get(id(obj))

    def changed(self) -> Sequence[int]:
        """Nothing."""
        return ()


def outputs_of(
    payload: Payload, namespace: MutableMapping[str, Any], known: Mapping[str, type] | None = None
) -> Mapping[str, Any]:
    """The result and what stands beside it; `known` are classes that no name leads to, by `kind_name`.

    Raises `Damaged`.
    """
    graph = NoInputs() if slots_of(payload) <= _FIXED else Kinds(_kinds(payload, namespace, known or {}))
    return loads(payload, References(graph, namespace)).outputs


def _kinds(payload: Payload, namespace: MutableMapping[str, Any], known: Mapping[str, type]) -> Sequence[type]:
    """The classes, live if all of them are what they were."""
    data = loads_data(payload)
    live: list[type] = []
    for name, fingerprint in data[KINDS]:
        kind = known.get(name) or _named(name)
        if kind is None or fingerprint_of(kind) != fingerprint:
            return _Restored(namespace).classes(bytes(data[CLASSES]))
        live.append(kind)
    return live


def kind_name(kind: type) -> str:
    """Module and qualified name of a class."""
    return f"{kind.__module__}:{kind.__qualname__}"


def fingerprint_of(kind: type) -> str:
    """What a class is; empty if that cannot be told."""
    try:
        return InputGraph(["kind"], {"kind": kind}, docstrings=False).digests["kind"]
    except Refused:
        return ""


def _named(name: str) -> type | None:
    module, _, path = name.partition(":")
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = vars(found).get(part) if hasattr(found, "__dict__") else None
    return found if isinstance(found, type) else None


class _Restored:
    """Classes that were made of their bytes: once, so that results of one class are of one class."""

    def __init__(self, namespace: MutableMapping[str, Any]) -> None:
        self.namespace = namespace

    def classes(self, data: bytes) -> Sequence[type]:
        """The classes."""
        return _restored(data, self)

    def __hash__(self) -> int:
        return id(self.namespace)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Restored) and other.namespace is self.namespace


@lru_cache(maxsize=64)
def _restored(data: bytes, place: _Restored) -> Sequence[type]:
    return tuple(loads(Payload(data, b""), References(NoInputs(), place.namespace)).outputs[CLASSES])
