"""Plain data as msgpack: exact builtins, with every distinction that Python makes kept.

What msgpack lacks are extension types of their own (`_TUPLE`...). Plain data can be read without running any code
that is stored with it, which is why everything that can go this way does.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, compress
from types import EllipsisType, NoneType, NotImplementedType
from typing import Any, cast

import msgpack

ATOMS: frozenset[type] = frozenset({NoneType, bool, int, float, str, bytes, complex, EllipsisType, NotImplementedType})
CONTAINERS: frozenset[type] = frozenset({list, dict, tuple, set, frozenset})
ALLOWED = ATOMS | CONTAINERS
IMMUTABLE: frozenset[type] = frozenset({tuple, frozenset})

#: msgpack itself stops at 511 when it writes; extension types nest deeper than they look
MAX_DEPTH = 64
#: each container that msgpack does not have is a call into Python; from so many on a pickle is faster
MAX_EXTENDED = 20_000

_TUPLE, _SET, _FROZENSET, _COMPLEX, _INT, _SINGLETON = range(1, 7)
_SINGLETONS = (Ellipsis, NotImplemented)


def survey(value: object, seen: set[int]) -> bool:
    """Whether `value` is plain data that is a tree: no mutable part of it is met twice, also not in `seen`.

    The ids of its mutable parts are added to `seen`.
    """
    if type(value) in ATOMS:
        return True
    level: list[Any] = [value]
    extended = 0
    for _ in range(MAX_DEPTH):
        kinds = set(map(type, level))
        if not kinds <= CONTAINERS:
            return False
        if not kinds <= {list, dict}:
            extended += sum(1 for item in level if type(item) is not list and type(item) is not dict)
        mutable = level if kinds.isdisjoint(IMMUTABLE) else [item for item in level if type(item) not in IMMUTABLE]
        before = len(seen)
        seen.update(map(id, mutable))
        if len(seen) != before + len(mutable) or extended > MAX_EXTENDED:
            return False
        below = _below(level, kinds)
        if below is None or not below:
            return below is not None
        level = below
    return False


def _below(level: list[Any], kinds: set[type]) -> list[Any] | None:
    """The containers that the containers of a level hold; None if one of them holds what is not plain.

    All of a level at once: 200 000 dicts one by one would take longer than pickling them.
    """
    parts: list[Any] = level
    if dict in kinds:
        dicts: list[dict[Any, Any]] = level if len(kinds) == 1 else [item for item in level if type(item) is dict]
        others: list[Any] = [] if len(kinds) == 1 else [item for item in level if type(item) is not dict]
        keys = set(map(type, chain.from_iterable(dicts)))
        parts = [*chain.from_iterable(map(dict.values, dicts)), *chain.from_iterable(others)]
        if not keys <= ATOMS:
            parts += chain.from_iterable(dicts)
    else:
        parts = list(chain.from_iterable(level))
    held = list(map(type, parts))
    found = set(held)
    if not found <= ALLOWED:
        return None
    return [] if found <= ATOMS else list(compress(parts, map(CONTAINERS.__contains__, held)))


def pack(value: object) -> bytes:
    """Plain data (what `survey` let through) as bytes."""
    packer = msgpack.Packer(default=_extended, strict_types=True, unicode_errors="surrogatepass", autoreset=True)
    return cast("bytes", packer.pack(value))


def unpack(data: bytes | memoryview) -> Any:
    """The value that `pack` was given.

    Raises `ValueError`, `TypeError` or an error of msgpack for bytes that are not of `pack`.
    """
    return msgpack.unpackb(data, ext_hook=_original, strict_map_key=False, unicode_errors="surrogatepass")


def _extended(value: Any) -> msgpack.ExtType:
    """What msgpack does not know, as an extension."""
    kind = type(value)
    if kind is tuple:
        return msgpack.ExtType(_TUPLE, pack(list(cast("Sequence[Any]", value))))
    if kind is set:
        return msgpack.ExtType(_SET, pack(list(cast("set[Any]", value))))
    if kind is frozenset:
        return msgpack.ExtType(_FROZENSET, pack(list(cast("frozenset[Any]", value))))
    if kind is complex:
        return msgpack.ExtType(_COMPLEX, pack([value.real, value.imag]))
    if kind is int:
        return msgpack.ExtType(_INT, value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True))
    if value is Ellipsis or value is NotImplemented:
        return msgpack.ExtType(_SINGLETON, bytes([_SINGLETONS.index(value)]))
    msg = f"a {kind.__name__} is not plain data"
    raise TypeError(msg)


def _original(kind: int, data: bytes) -> Any:
    """What an extension stands for."""
    if kind == _INT:
        return int.from_bytes(data, "little", signed=True)
    if kind == _SINGLETON:
        return _SINGLETONS[data[0]]
    parts = unpack(data)
    if kind == _TUPLE:
        return tuple(parts)
    if kind == _SET:
        return set(parts)
    if kind == _FROZENSET:
        return frozenset(parts)
    if kind == _COMPLEX:
        return complex(parts[0], parts[1])
    msg = f"unknown extension {kind}"
    raise ValueError(msg)
