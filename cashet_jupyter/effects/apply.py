"""Put back what a run left."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from importlib import import_module
from typing import Any

from cashet_jupyter.effects.hashes import NO_NODE, rehash
from cashet_jupyter.effects.inplace import kind_named
from cashet_jupyter.effects.kinds import InPlaceError, Kind
from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Effects, LiveGraph, Patch

#: a live object, how it is changed, and its content after the run
Change = tuple[Any, Kind, Any]


def import_again(effects: Effects) -> None:
    """Import what the run imported: first of all, because an import may do anything. Raises `Damaged`."""
    try:
        for name in effects.imports:
            import_module(name)
    except Exception as error:
        msg = f"an import fails now: {type(error).__name__}: {error}"
        raise Damaged(msg) from error


def apply(effects: Effects, graph: LiveGraph, namespace: MutableMapping[str, Any]) -> None:
    """Make the live objects and the namespace what they were after the run; all of it or nothing.

    Everything that can fail comes first: imports, then the checks of all in-place changes. If one fails all the same,
    those before it are undone. Raises `Damaged`.
    """
    import_again(effects)
    _change(_checked(effects, graph), [patch.content for patch in effects.patches if patch.node == NO_NODE])
    for name in effects.deletions:
        namespace.pop(name, None)
    for name, value in effects.outputs.items():
        namespace[name] = value


def _checked(effects: Effects, graph: LiveGraph) -> list[Change]:
    """The in-place changes, in the order in which they are made."""
    changes = [_checked_one(patch, graph) for patch in effects.patches if patch.node != NO_NODE]
    # Keys and members of sets are asked for their hashes, so they must have their content by then.
    return sorted(changes, key=lambda change: (change[1].hashes, change[1].sure(change[0], change[2])))


def _checked_one(patch: Patch, graph: LiveGraph) -> Change:
    """One change. The live object is in no variable here: whoever checks may count the references to it."""
    if not 0 <= patch.node < len(graph.nodes):
        raise Damaged("a change of an input that there is not")
    kind = kind_named(patch.kind, graph.nodes[patch.node])
    if kind is None:
        msg = f"an input is no {patch.kind} any more"
        raise Damaged(msg)
    try:
        kind.check(graph.nodes[patch.node], patch.content)
    except InPlaceError as error:
        raise Damaged(str(error)) from error
    return graph.nodes[patch.node], kind, patch.content


def _change(changes: Sequence[Change], rehashed: Sequence[Any]) -> None:
    """Make the changes; undo them if one fails."""
    doubtful = bool(rehashed) or not all(kind.sure(obj, content) for obj, kind, content in changes)
    done: list[Change] = []
    try:
        for obj, kind, content in changes:
            if doubtful:
                done.append((obj, kind, (kind.keep or kind.get)(obj)))
            kind.put(obj, content)
        for containers in rehashed:
            rehash(containers)
    except Exception as error:
        for obj, kind, content in reversed(done):
            kind.put(obj, content)
        msg = f"an input cannot be changed as the run did: {type(error).__name__}: {error}"
        raise Damaged(msg) from error
