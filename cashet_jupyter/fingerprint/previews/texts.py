"""Values as short texts: of builtin types, and of those that data libraries put into their columns, exactly.

Everything else is `<Name>`, the name of its type: its `__repr__` and `__str__` may be the user's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import islice
from pathlib import PosixPath, PurePosixPath, PureWindowsPath, WindowsPath
from types import MappingProxyType
from typing import Any, cast

#: items of a container inside another one, and how deep such containers are looked into
_INSIDE = 3
_DEPTH = 2
#: digits of an integer that are written out
_BITS = 128
#: where the time zones come from that are asked for their offset
_ZONES = ("datetime", "zoneinfo", "pytz", "dateutil")
_BRACKETS: MappingProxyType[type, str] = MappingProxyType(
    {list: "[]", tuple: "()", **dict.fromkeys((set, frozenset, dict), "{}")}
)

Writer = Callable[[Any, int], str]


def cell(value: object, width: int) -> str:
    """A value in a table: text stands without quotes, what is missing is nothing."""
    if value is None:
        return ""
    if type(value) is float:
        return number(value)
    if type(value) is str:
        return cut(shown(value[: width + 1]), width)
    return item(value, width)


def item(value: object, width: int, depth: int = _DEPTH) -> str:
    """A value in a list: as it would be written in Python, where that is short."""
    kind = type(value)
    if kind in _BRACKETS:
        return cut(_container(value, width, depth), width)
    write = _KNOWN.get(kind) or _by_base(kind)
    return cut(f"<{kind.__qualname__}>" if write is None else write(value, width), width)


def row(values: list[object], width: int) -> list[str]:
    """Values of an array: most are numbers."""
    return [number(value) if type(value) is float else item(value, width) for value in values]


def shown(text: str) -> str:
    """Text in one line, with what cannot be seen, or turns the direction of reading, written as an escape."""
    return text if text.isprintable() else repr(text)[1:-1]


def cut(text: str, width: int) -> str:
    """At most so many characters."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def number(value: float) -> str:
    """`2.0`, `0.1`, `3.14159`: six digits, in half the time that all of them take."""
    text = f"{value:.6g}"
    return f"{text}.0" if text.lstrip("-").isdigit() else text


def _quoted(value: str | bytes | bytearray, width: int) -> str:
    return repr(value[: width + 1])


def _integer(value: int, _width: int) -> str:
    return repr(value) if value.bit_length() < _BITS else f"an integer of {value.bit_length():,} bits"


def _complex(value: complex, _width: int) -> str:
    return f"{value:.6g}"


def _moment(value: datetime | time, _width: int) -> str:
    zone = value.tzinfo
    known = zone is None or str(type(zone).__module__).partition(".")[0] in _ZONES
    return str(value if known else value.replace(tzinfo=None))


def _container(value: object, width: int, depth: int) -> str:
    first, last = _BRACKETS[type(value)]
    if depth == 0:
        return f"{first}…{last}"
    if type(value) is dict:
        held = cast("dict[object, object]", value)
        texts = [f"{item(key, width, depth - 1)}: {item(held[key], width, depth - 1)}" for key in _first(held)]
    else:
        texts = [item(held, width, depth - 1) for held in _first(cast("Any", value))]
    rest = ", …" if len(cast("Any", value)) > _INSIDE else ""
    return f"{first}{', '.join(texts)}{rest}{last}" if texts else f"{first}{last}"


def _first(held: Iterable[object]) -> list[object]:
    return list(islice(held, _INSIDE))


def _by_base(kind: type) -> Writer | None:
    """Members of an enumeration, scalars of numpy and pandas, and what is not worth importing for its name."""
    if Enum in kind.__mro__:
        return lambda value, _width: f"{kind.__qualname__}.{value._name_}"
    top = str(kind.__module__).partition(".")[0]
    if top == "numpy":
        return _numpy_scalar if any(base.__name__ == "generic" for base in kind.__mro__) else None
    if top == "pandas" and kind.__name__ in _PANDAS:
        return _moment if kind.__name__ == "Timestamp" else _plainly
    return _plainly if top == "uuid" and kind.__name__ == "UUID" else None


def _numpy_scalar(value: Any, width: int) -> str:
    if value.dtype.kind in "biufc" and value.dtype.itemsize <= 16 and type(plain := value.item()) in _KNOWN:
        return _KNOWN[type(plain)](plain, width)
    if value.dtype.kind == "M":  # numpy's text of a moment, as Python writes one
        day, _, hour = str(value).partition("T") if value == value else ("NaT", "", "")
        return f"{day} {hour.rstrip('0').rstrip('.') if '.' in hour else hour}".rstrip()
    return str(value) if value.dtype.kind in "mfcSU" else f"<{type(value).__qualname__}>"


def _plainly(value: object, _width: int) -> str:
    return str(value)


#: scalars that pandas puts into columns
_PANDAS = frozenset({"Timestamp", "Timedelta", "Period", "Interval", "NaTType", "NAType"})

_KNOWN: MappingProxyType[type, Writer] = MappingProxyType(
    {
        type(None): lambda _value, _width: "None",
        bool: lambda value, _width: repr(value),
        int: _integer,
        float: lambda value, _width: number(value),
        complex: _complex,
        str: _quoted,
        bytes: _quoted,
        bytearray: lambda value, width: _quoted(bytes(value[: width + 1]), width),
        **dict.fromkeys((datetime, time), _moment),
        **dict.fromkeys((date, timedelta, Decimal, Fraction), _plainly),
        **dict.fromkeys((PosixPath, PurePosixPath, PureWindowsPath, WindowsPath), _plainly),
    }
)
