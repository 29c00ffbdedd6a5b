"""Values described for people: type, a few words, approximate size. Bounded, quick, and without running user code."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, MappingProxyType, MethodType, ModuleType
from typing import Any

from cashet_jupyter.models import Value

#: characters of a text that are shown
_TEXT = 40
#: items of a container that its size is estimated from
_SAMPLE = 20
_CONTAINERS = (list, tuple, dict, set, frozenset, deque)
_QUOTED = (str, bytes, bytearray)


def describe(name: str, value: object, digest: str = "") -> Value:
    """A `Value` for a variable: the name of its type, `10,000 x 4` or `250 items`, and its size in bytes (0: unknown).

    Never calls `__repr__` or `__len__` of a class that it does not know.
    """
    try:
        summary, size = _summary(value), _size(value)
    except Exception:  # words for people: never a reason to fail
        summary, size = "", 0
    return Value(name=name, digest=digest, type=type(value).__qualname__, summary=summary, size=size)


def summary_of(value: object) -> str:
    """The few words of `describe`; empty where there are none."""
    try:
        return _summary(value)
    except Exception:  # words for people: never a reason to fail
        return ""


# ---------------------------------------------------------------------------------------------------------- summary
def _summary(value: Any) -> str:
    kind = type(value)
    if value is None or kind in (bool, float, complex):
        return repr(value)
    if kind is int:
        return repr(value) if value.bit_length() < 128 else f"an integer of {value.bit_length():,} bits"
    for base in kind.__mro__:
        known = _KNOWN.get(base) or _LIBRARIES.get(_library_name(base))
        if known is not None:
            return known(value)
    own = object.__getattribute__(value, "__dict__") if kind.__dictoffset__ else {}
    return _count(len(own), "attribute") if type(own) is dict and own else ""


def _library_name(kind: type) -> str:
    return f"{str(kind.__module__).partition('.')[0]}.{kind.__qualname__}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _items(value: Any) -> str:
    base: Any = next(base for base in _CONTAINERS if isinstance(value, base))
    return _count(base.__len__(value), "item")


def _quoted(value: Any) -> str:
    base: Any = next(base for base in _QUOTED if isinstance(value, base))
    size = base.__len__(value)
    start = base.__getitem__(value, slice(_TEXT))
    shown = repr(bytes(start) if base is bytearray else start)
    return shown if size <= _TEXT else f"{shown}... ({_count(size, 'character' if base is str else 'byte')})"


def _cut(text: str) -> str:
    return text if len(text) <= 2 * _TEXT else text[: 2 * _TEXT] + "..."


def _function(function: Any) -> str:
    code = function.__code__
    names = list(code.co_varnames)
    count, only = code.co_argcount, code.co_kwonlyargcount
    optional = set(names[count - len(function.__defaults__ or ()) : count]) | set(function.__kwdefaults__ or ())
    words = [f"{name}=..." if name in optional else name for name in names[: count + only]]
    rest = count + only
    if code.co_flags & 4:
        words.insert(count, f"*{names[rest]}")
        rest += 1
    elif only:
        words.insert(count, "*")
    if code.co_flags & 8:
        words.append(f"**{names[rest]}")
    return _cut(f"{function.__name__}({', '.join(words)})")


def _module(module: ModuleType) -> str:
    version = vars(module).get("__version__")
    return _cut(f"{module.__name__} {version}" if isinstance(version, str) else module.__name__)


def _by_size(value: Any) -> str:
    return " x ".join(f"{side:,}" for side in value.shape)


def _by_dtype(value: Any) -> str:
    return f"{str(value.dtype).rpartition('.')[2]} ({', '.join(str(side) for side in value.shape)})"


def _series(value: Any) -> str:
    return f"{value.dtype}, {_count(int(value.shape[0]), 'item')}"


#: type -> its words
_KNOWN: MappingProxyType[type, Callable[[Any], str]] = MappingProxyType(
    {
        **dict.fromkeys(_CONTAINERS, _items),
        **dict.fromkeys(_QUOTED, _quoted),
        range: lambda value: repr(value) if abs(value.stop - value.start) < 1 << 64 else "a range",
        Enum: lambda value: _cut(f"{type(value).__qualname__}.{value._name_}"),
        **dict.fromkeys((date, time), lambda value: value.isoformat()),
        timedelta: timedelta.__str__,
        Decimal: lambda value: _cut(Decimal.__str__(value)),
        Fraction: lambda value: _cut(Fraction.__str__(value)),
        PurePath: lambda value: _cut(str(value)),
        FunctionType: _function,
        MethodType: lambda value: _function(value.__func__) if type(value.__func__) is FunctionType else "",
        BuiltinFunctionType: lambda value: f"{value.__name__}()",
        type: lambda value: _cut(value.__qualname__),
        ModuleType: _module,
        BaseException: lambda value: _cut(", ".join(map(_summary, value.args))),
    }
)

#: library and class -> its words
_LIBRARIES: MappingProxyType[str, Callable[[Any], str]] = MappingProxyType(
    {
        "numpy.ndarray": _by_dtype,
        "numpy.generic": lambda value: _cut(str(value)),
        "pandas.DataFrame": _by_size,
        "pandas.Series": _series,
        "pandas.Index": _series,
        "polars.DataFrame": _by_size,
        "polars.Series": _series,
        "pyarrow.Table": _by_size,
        "pyarrow.RecordBatch": lambda value: f"{value.num_rows:,} x {value.num_columns:,}",
        "torch.Tensor": _by_dtype,
        "scipy._spbase": _by_dtype,
        "xarray.DataArray": lambda value: f"{value.dtype} ({', '.join(f'{d}: {n}' for d, n in value.sizes.items())})",
        "xarray.Dataset": lambda value: ", ".join(f"{name}: {size}" for name, size in value.sizes.items()),
        "PIL.Image": lambda value: f"{value.mode} {value.size[0]} x {value.size[1]}",
    }
)


# ------------------------------------------------------------------------------------------------------------- size
def _size(value: Any) -> int:
    """Bytes in memory, approximately: a container's from its first items."""
    kind = type(value)
    for base in kind.__mro__:
        sized = _SIZES.get(_library_name(base))
        if sized is not None:
            return int(sized(value))
    if kind in (list, tuple, set, frozenset, deque):
        return _estimate(value, len(value), value)
    if kind is dict:
        return _estimate(value, len(value), (part for item in value.items() for part in item), 2)
    return sys.getsizeof(value) if kind.__module__ == "builtins" else 0


def _estimate(container: Any, length: int, items: Any, parts: int = 1) -> int:
    sample = [sys.getsizeof(item) for item, _ in zip(items, range(_SAMPLE), strict=False) if _is_builtin(item)]
    average = sum(sample) * parts / len(sample) if sample else 0
    return sys.getsizeof(container) + int(average * length)


def _is_builtin(value: object) -> bool:
    return type(value).__module__ == "builtins"


def _frame_size(frame: Any) -> int:
    return sum(int(getattr(block.values, "nbytes", 0)) for block in frame._mgr.blocks)


#: library and class -> its size
_SIZES: MappingProxyType[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "numpy.ndarray": lambda value: value.nbytes,
        "numpy.generic": lambda value: value.nbytes,
        "pandas.DataFrame": _frame_size,
        "pandas.Series": _frame_size,
        "pandas.Index": lambda value: value.nbytes,
        "polars.DataFrame": lambda value: value.estimated_size(),
        "polars.Series": lambda value: value.estimated_size(),
        "pyarrow.Table": lambda value: value.nbytes,
        "pyarrow.RecordBatch": lambda value: value.nbytes,
        "torch.Tensor": lambda value: value.nelement() * value.element_size(),
        "xarray.DataArray": lambda value: value.nbytes,
        "xarray.Dataset": lambda value: value.nbytes,
        "PIL.Image": lambda value: value.size[0] * value.size[1] * len(value.getbands()),
    }
)
