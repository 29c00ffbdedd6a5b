"""How a type is written in front of its values."""

from __future__ import annotations

from operator import is_
from types import FunctionType, MappingProxyType
from typing import Any

from cashet_jupyter.fingerprint.origins import is_local, is_static, reference, resolves

#: the types that values are mostly made of get one byte
SHORT: MappingProxyType[type, bytes] = MappingProxyType(
    {list: b"[", dict: b"{", tuple: b"(", set: b"<", frozenset: b">"}
)


def header_of(kind: type) -> bytes | None:
    """The bytes that stand for a library's type; None for a type that counts by its content.

    Those are the user's classes, classes that a library made while it ran, and library classes that the user has
    given methods of their own (or one of their bases).
    """
    short = SHORT.get(kind)
    if short is not None:
        return short
    module, name = kind.__module__, kind.__qualname__
    if is_static(kind):
        return reference(module, name)
    if is_local(module) or not resolves(kind) or any(patches(base) for base in kind.__mro__):
        return None
    return reference(module, name)


def patches(kind: type) -> dict[str, Any]:
    """What the user has put into a library's class: functions that come from the user's code."""
    if is_static(kind) or is_local(kind.__module__):
        return {}
    held, found = _patched.get(kind, ([], {}))
    now = list(vars(kind).values())
    if len(now) != len(held) or not all(map(is_, now, held)):
        found = _patches(kind)
        if len(_patched) >= _MOST_PATCHED:
            _patched.clear()  # classes that a library makes as it goes should not be kept for ever
        _patched[kind] = now, found
    return found


#: classes of libraries: what they held when they were last looked at, and what of it is the user's. Looking at hundreds
#: of methods took half of the time of fingerprinting a frame
_patched: dict[type, tuple[list[Any], dict[str, Any]]] = {}
_MOST_PATCHED = 1000


def _patches(kind: type) -> dict[str, Any]:
    functions = {name: value for name, value in vars(kind).items() if type(value) is FunctionType}
    # what a library generates from text has no module; what the user writes always has one
    local = {module for module in {value.__module__ for value in functions.values()} if module and is_local(module)}
    return {name: value for name, value in sorted(functions.items()) if value.__module__ in local} if local else {}
