"""Values in a few words: bounded, and without running code of classes that nobody knows."""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Iterable
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address
from itertools import islice
from pathlib import PurePath
from types import FunctionType
from typing import Any
from uuid import UUID

from cashet_jupyter.diffs.model import Figure

WIDTH = 80
#: items of a container that are shown
_ITEMS = 4
_DEEP = 2
#: beyond this Python itself refuses to write them in decimal
_LONG_INTEGER = 4000
#: types whose repr and equality are those of the standard library
PLAIN = (date, time, timedelta, tzinfo, Decimal, UUID, PurePath, IPv4Address, IPv6Address, range, slice)
#: those of them whose text says as much as their repr
_WRITTEN = (date, time, timedelta, Decimal, Fraction, UUID)
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")
_BRACKETS = {list: "[]", tuple: "()", set: "{}", frozenset: "{}", deque: "[]"}


def brief(value: Any, width: int = WIDTH) -> str:
    """`0.5`, `'abc'`, `[1, 2, 3, ... 97 more]`, `DataFrame 10 000 x 4`, `Model`: one line of at most `width` signs."""
    try:
        return cut(_brief(value, width, 0), width)
    except Exception:  # words for people: never a reason to fail
        return type(value).__name__


def _brief(value: Any, width: int, depth: int) -> str:
    kind = type(value)
    if value is None or kind in (bool, float, complex) or value is Ellipsis:
        return repr(value)
    if kind is int:
        return repr(value) if value.bit_length() < _LONG_INTEGER else f"an integer of {value.bit_length():,} bits"
    if isinstance(value, Enum):
        return f"{kind.__name__}.{value.name}"
    if isinstance(value, str | bytes | bytearray):
        return _quoted(value, width)
    if isinstance(value, dict):
        return _named(kind, dict, _container(_pairs(value, width, depth), dict.__len__(value), "{}", depth))
    base: Any
    for base, signs in _BRACKETS.items():
        if isinstance(value, base):
            items = (_brief(item, width, depth + 1) for item in _iterated(base, value))
            return _named(kind, base, _container(items, base.__len__(value), signs, depth))
    if isinstance(value, _WRITTEN) and kind.__module__.partition(".")[0] in sys.stdlib_module_names:
        return str(value)
    if isinstance(value, PLAIN) and kind.__module__.partition(".")[0] in sys.stdlib_module_names:
        return repr(value)
    if isinstance(value, type):
        return f"class {value.__qualname__}"
    if isinstance(value, FunctionType):
        return f"function {value.__qualname__}"
    return _shaped(value)


def _iterated(base: Any, value: Any) -> Iterable[Any]:
    """The items as the base class has them, whatever a subclass has made of it."""
    items = base.__iter__(value)
    if base in (set, frozenset):
        return sorted(islice(items, 1000), key=_order) if base.__len__(value) <= 1000 else items
    return items


def _order(item: Any) -> tuple[str, str]:
    kind = type(item)
    return kind.__name__, (str(item).zfill(24) if kind is int else repr(item) if kind in (str, bytes, float) else "")


def _pairs(value: Any, width: int, depth: int) -> Iterable[str]:
    for key, item in dict.items(value):
        yield f"{_brief(key, width, depth + 1)}: {_brief(item, width, depth + 1)}"


def _container(items: Iterable[str], length: int, signs: str, depth: int) -> str:
    if depth >= _DEEP:
        return f"{signs[0]}{length} items{signs[1]}" if length else signs
    shown = list(islice(iter(items), _ITEMS))
    more = [f"... {length - len(shown):,} more"] if length > len(shown) else []
    return f"{signs[0]}{', '.join(shown + more)}{signs[1]}"


def _named(kind: type, base: type, text: str) -> str:
    return text if kind is base else f"{kind.__name__}({text})"


def _quoted(value: Any, width: int) -> str:
    text = repr(bytes(value[:width]) if isinstance(value, bytearray) else value[:width])
    return text if len(value) <= width else f"{text}... ({len(value):,})"


def _shaped(value: Any) -> str:
    """What a data library has made: its type, its element type and its shape."""
    kind = type(value)
    root = str(kind.__module__).partition(".")[0]
    if root not in _LIBRARIES or root not in sys.modules:
        return kind.__qualname__
    if root == "numpy" and isinstance(value, sys.modules["numpy"].generic):
        return str(value)
    words = [kind.__name__]
    dtype = getattr(value, "dtype", None)
    if dtype is not None:
        words.append(str(dtype).removeprefix("torch."))
    shape = getattr(value, "shape", None)
    if shape is None:
        return str(value) if kind.__name__ in _SMALL else " ".join(words)
    return f"{' '.join(words)} {' x '.join(spaced(int(side)) for side in shape) or 'scalar'}"


_LIBRARIES = frozenset({"numpy", "pandas", "polars", "pyarrow", "scipy", "xarray", "torch"})
_SMALL = frozenset({"Timestamp", "Timedelta", "Period", "Interval", "NaTType", "NAType", "device", "Size"})


def cut(text: str, width: int) -> str:
    """One line; what is too long ends in `...`."""
    line = text.replace("\n", "\\n").replace("\r", "\\r")
    return line if len(line) <= width else f"{line[: max(0, width - 3)]}..."


def safe_repr(value: Any, width: int = 2000) -> str:
    """`repr`, without addresses in memory; empty if the object has none of its own or it fails."""
    if type(value).__repr__ is object.__repr__:
        return ""
    try:
        text = repr(value)
    except Exception:  # code of the user's
        return ""
    return _ADDRESS.sub("", text[:width]) if type(text) is str else ""


def number(value: Any) -> str:
    """A measured number, to six digits."""
    try:
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return f"{int(value)}"
        return f"{value:.6g}" if isinstance(value, float) else str(value)
    except (ValueError, OverflowError):
        return str(value)


def pair(old: Any, new: Any, width: int = WIDTH) -> tuple[str, str]:
    """Two values that differ, side by side: floats to six digits where that tells them apart."""
    if isinstance(old, float) and isinstance(new, float):
        short = f"{old:.6g}", f"{new:.6g}"
        if short[0] != short[1]:
            return short
    return brief(old, width), brief(new, width)


def spaced(count: int) -> str:
    """`10 000`."""
    return f"{count:,}".replace(",", " ")


def counted(count: int, one: str, many: str = "") -> str:
    """`1 row`, `10 000 rows`."""
    return f"{spaced(count)} {one if count == 1 else many or f'{one}s'}"


def share(part: int, total: int, one: str, many: str = "") -> str:
    """`1 of 10 elements differs`, `3 of 10 elements differ`."""
    return f"{spaced(part)} of {counted(total, one, many)} {'differs' if part == 1 else 'differ'}"


def cell(value: Any, width: int = WIDTH) -> str:
    """A cell of a table: floats to six digits."""
    return f"{value:.6g}" if isinstance(value, float) else brief(value, width)


def listed(words: Iterable[str], most: int = 6) -> str:
    """`a, b and 3 more`."""
    words = list(words)
    more = len(words) - most
    return ", ".join(words) if more <= 0 else f"{', '.join(words[:most])} and {more} more"


def plain_figure(value: Any) -> Figure:
    """A number of a library as Python's own; text where JSON has no number for it."""
    if isinstance(value, bool | int | str):
        return value
    try:
        as_float = float(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)
    return as_float if as_float == as_float and abs(as_float) != float("inf") else str(as_float)
