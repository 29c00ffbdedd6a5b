"""Keys whose hash changed in the run: sets and dicts that hold them have to ask for it again.

A restored set is filled before the inputs that it holds get their new content, so keys that hash by their content
would stand where nobody finds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cashet_jupyter.effects.builtin import kind_of_container
from cashet_jupyter.errors import NotSerializable
from cashet_jupyter.models import LiveGraph, Patch
from cashet_jupyter.paths import path_to, walk

#: what a stored change of this kind says instead of the number of a node
NO_NODE = -1
KIND = "rehash"


def rehash_patch(graph: LiveGraph, changed: Iterable[int], outputs: Mapping[str, Any]) -> Patch | None:
    """A change that asks containers for the hashes of their keys again; None if there is no need.

    Raises `NotSerializable` for a container that the run itself left with keys that cannot be found.
    """
    keys = {id(graph.nodes[number]) for number in changed if _hashes_by_content(graph.nodes[number])}
    if not keys:
        return None
    known = {id(node) for node in graph.nodes}
    containers: list[Any] = []
    for container in _distinct([*graph.nodes, *walk(outputs)]):
        if not isinstance(container, set | frozenset | dict):
            continue
        moved = [key for key in container if _holds(key, keys)]
        if not moved:
            continue
        if all(_is_found(key, container) for key in moved) and not isinstance(container, frozenset):
            containers.append(container)
        elif id(container) not in known:
            raise NotSerializable(path_to(container, outputs), "holds a key whose hash was changed afterwards")
    return Patch(NO_NODE, KIND, containers) if containers else None


def rehash(containers: Sequence[Any]) -> None:
    """Ask sets and dicts for the hashes of their keys again; their order stays."""
    for container in containers:
        kind = kind_of_container(container)
        kind.put(container, kind.get(container))


def _hashes_by_content(obj: object) -> bool:
    return type(obj).__hash__ not in (None, object.__hash__)


def _holds(key: Any, keys: set[int]) -> bool:
    """Whether a key is, or is made of, one of the objects."""
    if type(key) in (tuple, frozenset):
        return any(_holds(part, keys) for part in key)
    return id(key) in keys


def _is_found(key: Any, container: Any) -> bool:
    try:
        return key in container
    except Exception:  # a user's `__hash__` or `__eq__`
        return False


def _distinct(objects: Iterable[Any]) -> Iterator[Any]:
    seen: set[int] = set()
    for obj in objects:
        if id(obj) not in seen:
            seen.add(id(obj))
            yield obj
