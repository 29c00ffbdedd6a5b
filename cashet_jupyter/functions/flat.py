"""Keys of calls with small plain arguments, without a walk.

Which calls these are depends on nothing but the call: the function reaches nothing that is mutable (`guards`), and
every argument is a number, text, or a short list, tuple or dict of these. Such arguments share nothing with the
function, and what they share among themselves is written down: so the key says as much as the graph would.
"""

from __future__ import annotations

from collections.abc import Callable
from marshal import dumps
from typing import Any

from cashet_jupyter.fingerprint.pieces import ATOMS, MARSHAL
from cashet_jupyter.functions.guards import Known, known_function

#: items of a container that is short
SHORT = 64


def flat_key(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, bytes] | None:
    """The fingerprint of the function, and the arguments as bytes; None for a call that needs the graph."""
    for value in args:
        if type(value) not in ATOMS and not _is_short(value):
            return None
    for value in kwargs.values():
        if type(value) not in ATOMS and not _is_short(value):
            return None
    known = known_function(func)
    if known is None:
        return None
    values = _bound(known, args, kwargs)
    data = None if values is None else flat(values)
    return None if data is None else (known.digest, data)


def flat(values: dict[str, Any]) -> bytes | None:
    """Arguments as bytes: different ones for all that code can tell apart; None if one is not plain and short."""
    parts: list[Any] = []
    seen: dict[int, int] = {}
    for name in sorted(values):
        value = values[name]
        alias = -1
        if type(value) not in ATOMS:
            if not _is_short(value):
                return None
            if type(value) is not tuple:  # who holds the same list sees it change
                alias = seen.setdefault(id(value), len(seen))
        parts += (name, value, alias)
    return dumps(parts, MARSHAL)


def _is_short(value: Any) -> bool:
    kind = type(value)
    if kind is list or kind is tuple:
        return len(value) <= SHORT and ATOMS.issuperset(map(type, value))
    if kind is dict:
        return (
            len(value) <= SHORT and ATOMS.issuperset(map(type, value)) and ATOMS.issuperset(map(type, value.values()))
        )
    return False


def _bound(known: Known, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
    """Parameter -> value, defaults filled in; None if the arguments do not fit."""
    names = known.parameters
    if len(args) == len(names) and not kwargs:
        return dict(zip(names, args, strict=True))
    try:
        found = known.signature.bind(*args, **kwargs)
    except TypeError:
        return None
    found.apply_defaults()
    return dict(found.arguments)
