"""The outputs of a run, read where its inputs are not: to look at a value, to compare two, to hand one on.

What an output shares with an input is a reference to that input in the bytes (references.py). Here something else
stands in its place, and an output that turns out to hold it is left out: half a value is never given.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Payload
from cashet_jupyter.serialize.envelope import loads, loads_data, slots_of
from cashet_jupyter.serialize.references import References

#: slots that are there whatever a run read: the namespace, the builtins, the resolver
_FIXED = 3
#: references to a stand-in that nothing uses: the tuple of them, the loop that asks, and the question itself
_UNUSED = 3
_HOLDS_AN_INPUT = "it holds an input of the run, which is not stored with it"


class Absent:
    """Stands for an input of the run."""

    __slots__ = ("__weakref__",)


@dataclass(frozen=True, slots=True)
class Apart:
    """The outputs of a run without its inputs."""

    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    result: tuple[Any, ...] = ()
    """The values that it showed as results, oldest first; empty if one of them cannot be read."""
    missing: Mapping[str, str] = field(default_factory=dict[str, str])
    """Name -> why the value cannot be read without the inputs."""


class _Absentees:
    """A graph of inputs that are not there."""

    def __init__(self, count: int) -> None:
        self.nodes: Sequence[Any] = tuple(Absent() for _ in range(count))

    def number(self, obj: object) -> int | None:
        """None."""
        del obj

    def changed(self) -> Sequence[int]:
        """Nothing."""
        return ()

    def used(self) -> set[int]:
        """Ids of those that something holds."""
        return {id(node) for node in self.nodes if sys.getrefcount(node) > _UNUSED}


def loads_apart(payload: Payload, names: Iterable[str], namespace: MutableMapping[str, Any] | None = None) -> Apart:
    """The outputs `names` of a run; functions among them get `namespace` for their globals.

    Raises `Damaged` if the bytes are not as they should be.
    """
    inputs = _Absentees(max(0, slots_of(payload) - _FIXED))
    references = References(inputs, {} if namespace is None else namespace)
    try:
        effects = loads(payload, references)
    except Damaged:
        if not inputs.nodes:
            raise
        # a view of an input's memory cannot even be made
        values = loads_data(payload)
        return Apart(values, (), {name: _HOLDS_AN_INPUT for name in names if name not in values})
    outputs, result = dict(effects.outputs), effects.result
    del effects  # in-place changes hold stand-ins, and are not asked for
    if not (used := inputs.used()):
        return Apart(outputs, result)
    missing = {name: _HOLDS_AN_INPUT for name, value in outputs.items() if _holds(value, used)}
    kept = {name: value for name, value in outputs.items() if name not in missing}
    return Apart(kept, () if _holds(result, used) else result, missing)


def _holds(root: object, wanted: set[int]) -> bool:
    """Whether one of the wanted objects can be reached from another."""
    seen: set[int] = set()
    waiting: list[Any] = [root]
    while waiting:
        value = waiting.pop()
        if id(value) in wanted:
            return True
        if id(value) in seen or isinstance(value, type | str | bytes | int | float):
            continue
        seen.add(id(value))
        waiting.extend(_inside(value))
    return False


def _inside(value: Any) -> Iterator[Any]:
    """What an object holds; arrays of objects do not tell the collector."""
    yield from gc.get_referents(value)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray) and value.dtype.hasobject:
        yield from value.ravel().tolist()
