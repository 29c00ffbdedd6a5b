"""Which values can be stored apart from the pickle: plain data and arrays that share nothing with anything else."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from cashet_jupyter.serialize.functions import ModuleGlobals
from cashet_jupyter.serialize.graph import Pickled
from cashet_jupyter.serialize.marshalled import FEWEST
from cashet_jupyter.serialize.origin import Origin
from cashet_jupyter.serialize.plain import survey
from cashet_jupyter.serialize.references import References, seeds
from cashet_jupyter.serialize.stream import Stream
from cashet_jupyter.trees import tree_of

if TYPE_CHECKING:
    from cashet_jupyter.serialize.sharing import Sharing

Way = Literal["plain", "marshal", "array", "graph"]


@dataclass(slots=True)
class Sorted:
    """A value and the way that it is stored."""

    value: Any
    way: Way
    parts: set[int] = field(default_factory=set[int])
    """Ids of its mutable parts, itself included, where it is stored apart; at least of those that others may share."""


def sort_out(values: Sequence[Any], references: References) -> list[Sorted]:
    """Sort values, as far as can be seen before anything is pickled."""
    known = seeds(references.slots(None))
    sorted_values = [_sort(value, known) for value in values]
    _find_owners([item for item in sorted_values if type(item.value) is dict], references)
    taken: set[int] = set()
    for item in sorted_values:
        if not item.parts.isdisjoint(taken):
            item.way = "graph"
        taken |= item.parts
    return sorted_values


def _find_owners(dicts: Sequence[Sorted], references: References) -> None:
    """A dict that is the `__dict__` of an input or of a module (`d = vars(obj)`) is stored as that."""
    wanted = {id(item.value): item for item in dicts if all(type(key) is str for key in item.value)}
    if not wanted:
        return
    for node in references.graph.nodes:
        if type(node).__dictoffset__ and not isinstance(node, type) and id(own := vars(node)) in wanted:
            _move(wanted[id(own)], Origin(vars, (node,)))
    for name, module in list(sys.modules.items()):
        if type(module) is ModuleType and id(vars(module)) in wanted:
            _move(wanted[id(vars(module))], ModuleGlobals(name))


def _move(item: Sorted, value: Any) -> None:
    item.value, item.way, item.parts = value, "graph", set()


def _sort(value: Any, known: Mapping[int, object]) -> Sorted:
    tree = tree_of(value)
    if tree is not None and tree.size >= FEWEST:
        held = {*tree.held} if type(value) is tuple else {id(value), *tree.held}
        return Sorted(value, "marshal" if held.isdisjoint(known.keys()) else "graph", held)
    parts: set[int] = set()
    if survey(value, parts) and parts.isdisjoint(known.keys()):
        return Sorted(value, "plain", parts)
    if id(value) not in known and _is_own_array(value):
        return Sorted(value, "array", {id(value)})
    return Sorted(value, "graph", parts)


def _is_own_array(value: Any) -> bool:
    """Whether a value is a plain array that owns its memory, of a type that a short text names."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) is not numpy.ndarray or value.base is not None or not value.size:
        return False
    from cashet_jupyter.serialize.arrays import is_raw

    if not is_raw(value) or value.dtype.names is not None or value.dtype.metadata:
        return False
    contiguous = value.flags.c_contiguous or value.flags.f_contiguous
    return bool(contiguous) and numpy.dtype(value.dtype.str) == value.dtype and value.dtype.itemsize > 0


def shared_after_all(items: Sequence[Sorted], pickled: Pickled | None, references: References) -> bool:
    """Move to the graph what turns out to share something with it; whether there was anything."""
    apart = [item for item in items if item.way != "graph" and item.parts]
    if not apart:
        return False
    moved = False
    if pickled is not None:
        met = pickled.pickler.met().keys()
        for item in apart:
            if not item.parts.isdisjoint(met):
                item.way, moved = "graph", True
    if any(item.way == "array" for item in apart):
        stream = pickled.stream if pickled is not None else Stream(references)
        moved |= _overlapping([item for item in apart if item.way == "array"], stream.sharing)
    return moved


def _overlapping(arrays: Sequence[Sorted], sharing: Sharing) -> bool:
    """Move to the graph the arrays whose memory others use too."""
    moved = False
    for item in arrays:
        if sharing.is_used(item.value):
            item.way, moved = "graph", True
    return moved
