"""What a run left in memory."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cashet_jupyter.effects.hashes import rehash_patch
from cashet_jupyter.effects.inplace import kind_of
from cashet_jupyter.errors import NotSerializable
from cashet_jupyter.models import Effects, LiveGraph, Patch
from cashet_jupyter.paths import path_to


def capture(
    graph: LiveGraph,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    result: tuple[()] | tuple[Any] = (),
    imports: Sequence[str] = (),
    bound: Collection[str] = (),
) -> Effects:
    """The effects of a run, from the user's variables `before` and `after` it.

    An output is a name that is new or bound to another object. A name that the cell only may have bound is not one:
    it would come back as a copy, apart from its aliases. `bound` are names that the run is known to have bound
    without reading them: they are outputs even if they were bound to that very object before, because on a hit they
    may be bound to anything.

    Raises `NotSerializable` if an input was changed in place that cannot be changed so again.
    """
    moved = _moved(before, after)
    outputs = {
        name: value
        for name, value in after.items()
        if name not in before or before[name] is not value or name in bound or name in moved
    }
    deletions = [name for name in before if name not in after or name in moved]
    changed = graph.changed()
    with warnings.catch_warnings():  # of what classes do when they are taken apart; the user did not do that
        warnings.simplefilter("ignore")
        patches = [_patch(graph, number, before, after) for number in changed]
    again = rehash_patch(graph, changed, {**outputs, **dict.fromkeys(("_",), result)} if result else outputs)
    if again is not None:
        patches.append(again)
    return Effects(outputs, tuple(patches), tuple(deletions), tuple(imports), result)


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[str]:
    """Names that were deleted and bound again: they stand after names that they stood before."""
    places = {name: place for place, name in enumerate(before)}
    moved: set[str] = set()
    last, ended = -1, False
    for name in after:
        place = places.get(name)
        if place is None:
            ended = True  # new names come last, so whatever follows was bound again
        elif ended or place < last:
            ended = True
            moved.add(name)
        else:
            last = place
    return frozenset(moved)


def _patch(graph: LiveGraph, number: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> Patch:
    node = graph.nodes[number]
    kind = kind_of(node)
    if kind is None:
        path = path_to(node, after) or path_to(node, before)
        why = f"a {type(node).__qualname__} was changed, and that cannot be done again from the store"
        raise NotSerializable(path, why)
    return Patch(number, kind.name, kind.get(node))
