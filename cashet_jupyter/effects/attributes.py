"""The attributes of an object as they are kept: its `__dict__` and its slots, past all properties and hooks."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

#: (the `__dict__` or None, the slots that are set: (class, slot) -> value)
Attributes = tuple[dict[str, Any] | None, dict[str, Any]]


def attributes_of(obj: object) -> Attributes:
    """What an object's attributes hold."""
    own = dict_of(obj)
    slots: dict[str, Any] = {}
    for name, member in _slots(type(obj)):
        try:
            slots[name] = member.__get__(obj)
        except AttributeError:
            continue
    return None if own is None else dict(own), slots


def put_attributes(obj: object, content: Attributes) -> None:
    """Give an object exactly these attributes; its `__dict__` stays the same dict."""
    attributes, slots = content
    own = dict_of(obj)
    if own is not None and attributes is not None:
        own.clear()
        own.update(attributes)
    for name, member in _slots(type(obj)):
        if name in slots:
            member.__set__(obj, slots[name])
        else:
            try:
                member.__delete__(obj)
            except AttributeError:
                continue


def dict_of(obj: object) -> dict[str, Any] | None:
    """The `__dict__` of an object, not what its class may show instead."""
    try:
        own: Any = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return None
    return own if isinstance(own, dict) else None


def _slots(cls: type) -> Iterator[tuple[str, Any]]:
    """The slots of a class and its bases, each by a name of its own: two classes may have one of the same name."""
    for depth, base in enumerate(reversed(cls.__mro__)):
        if "__slots__" in vars(base):
            for name, member in vars(base).items():
                if isinstance(member, types.MemberDescriptorType):
                    yield f"{depth}.{name}", member
