"""Attributes that are replaced for a while, and put back exactly."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

#: names the `_Door` of a function that stands in an attribute's place
_MARK = "__cashet_door__"


@dataclass(slots=True, eq=False)
class _Door:
    """One replaced attribute."""

    owner: Any
    name: str
    had: bool
    """Whether the owner itself had the attribute; otherwise it came from its class."""
    original: Any
    hook: Any = None
    closed: bool = False


class Doors:
    """Replaced attributes of instances, modules and classes.

    A replacement must call through to the original for as long as it lives: if other code has wrapped it in the
    meantime, it cannot be taken out of the chain and stays there, doing nothing of its own.
    """

    def __init__(self) -> None:
        self._doors: list[_Door] = []

    def hook(self, owner: Any, name: str, make: Callable[[Any], Callable[..., Any]]) -> None:
        """Replace `owner.name` by `make(original)`.

        Raises `TypeError` or `AttributeError` where the owner's attributes cannot be replaced.
        """
        own = _own(owner)
        had, original = name in own, getattr(owner, name)
        if had:  # a method found in a class must stay a function, hence not getattr
            had, original = _below(True, own[name], owner, name)
        door = _Door(owner, name, had, original)
        door.hook = functools.wraps(original)(make(original))
        setattr(door.hook, _MARK, door)
        setattr(owner, name, door.hook)
        self._doors.append(door)

    def close(self) -> None:
        """Put every attribute back, the last replaced first; may be called twice."""
        while self._doors:
            _close(self._doors.pop())


def _close(door: _Door) -> None:
    door.closed = True
    if _own(door.owner).get(door.name) is not door.hook:
        return  # other code has put its own in this place: it is not ours to remove
    had, original = _below(door.had, door.original, door.owner, door.name)
    if had:
        setattr(door.owner, door.name, original)
    else:
        delattr(door.owner, door.name)


def _own(owner: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", vars(owner))


def _below(had: bool, original: Any, owner: Any, name: str) -> tuple[bool, Any]:
    """What is left of an attribute's value when closed doors are taken out of it.

    A closed door is found below one that was opened later and is closed later: each puts back what it found.
    """
    while had and (door := cast("_Door | None", getattr(original, _MARK, None))) is not None:
        if not (door.closed and door.owner is owner and door.name == name):
            break
        had, original = door.had, door.original
    return had, original
