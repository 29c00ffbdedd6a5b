"""Numbers, and values that are equal or not and nothing more."""

from __future__ import annotations

import math
import sys
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from cashet_jupyter.diffs.model import Figure, ValueDiff, equal
from cashet_jupyter.diffs.words import PLAIN, brief, number, pair, plain_figure


def is_number(value: Any) -> bool:
    """Whether it can be subtracted from another; truth values cannot."""
    if isinstance(value, bool | Enum):
        return False
    if isinstance(value, int | float | complex | Decimal):
        return True
    # not isinstance: the abstract classes behind fractions compare the classes that they are asked about
    if any(base is Fraction for base in type(value).__mro__):
        return True
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.number) and not isinstance(value, numpy.timedelta64)


def compare_numbers(old: Any, new: Any) -> ValueDiff:
    """Two numbers: by how much they differ, and relative to the old one. NaN is equal to NaN."""
    typed = _typed(old, new)
    old, new = _bare(old), _bare(new)
    words = brief(old), brief(new)
    if _same(old, new):
        if not typed and str(old) != str(new) and not isinstance(old, int):  # 0.0 and -0.0, 1.0 and 1.00
            return ValueDiff("number", "different", *words, f"{old} -> {new}", {"absolute": 0.0})
        if not typed:
            return equal("number", words[1])
        return ValueDiff("number", "different", *words, typed, {"absolute": 0.0})
    figures: dict[str, Figure] = {}
    said = [" -> ".join(pair(old, new))]
    absolute, relative = _distance(old, new)
    if absolute is not None:
        figures["absolute"] = plain_figure(absolute)
        said.append(signed(absolute))
    if relative is not None:
        figures["relative"] = plain_figure(relative)
        said[-1] += f", {percent(relative)}"
    text = said[0] + (f" ({said[1]})" if len(said) > 1 else "") + (f"; {typed}" if typed else "")
    return ValueDiff("number", "different", *words, text, figures)


def _bare(value: Any) -> Any:
    """A number without what a subclass has made of its methods."""
    if isinstance(value, int):
        return int.__index__(value)
    return float.__float__(value) if isinstance(value, float) else value


def _typed(old: Any, new: Any) -> str:
    return "" if type(old) is type(new) else f"type {type(old).__name__} -> {type(new).__name__}"


def _same(old: Any, new: Any) -> bool:
    try:
        return bool(old == new) or (bool(old != old) and bool(new != new))
    except ArithmeticError:  # a signalling NaN
        return str(old) == str(new)


def _distance(old: Any, new: Any) -> tuple[Any, float | None]:
    """New minus old, and that by the size of the old one; None where there is no such number."""
    try:
        if isinstance(old, int) and isinstance(new, int):
            absolute: Any = new - old
        elif isinstance(old, complex) or isinstance(new, complex):
            absolute = abs(complex(new) - complex(old))
        else:
            absolute = float(new) - float(old)
        relative = (absolute / abs(old) if isinstance(absolute, int) else absolute / float(abs(old))) if old else None
    except (ArithmeticError, ValueError, TypeError):
        return None, None
    if isinstance(absolute, float) and not math.isfinite(absolute):
        return None, None
    if isinstance(absolute, int) and absolute.bit_length() > 128:
        absolute = None
    return absolute, relative if relative is not None and math.isfinite(relative) else None


def signed(value: Any) -> str:
    """`+0.2`, `-3`."""
    text = number(value)
    return text if text.startswith("-") else f"+{text}"


def percent(relative: float) -> str:
    """`+33.3 %`."""
    return f"{relative * 100:+.3g} %"


def is_plain(value: Any) -> bool:
    """Whether its own `==` can be trusted: truth values, members of enumerations, and the standard library's."""
    if value is None or isinstance(value, bool | Enum) or value is Ellipsis or value is NotImplemented:
        return True
    if isinstance(value, PLAIN):
        return type(value).__module__.partition(".")[0] in sys.stdlib_module_names
    root = type(value).__module__.partition(".")[0]
    if root == "numpy":
        return isinstance(value, sys.modules["numpy"].generic | sys.modules["numpy"].dtype)
    return root == "pandas" and type(value).__name__ in ("Timestamp", "Timedelta", "Period", "Interval")


def compare_plain(old: Any, new: Any) -> ValueDiff:
    """Two values of types whose `==` is known."""
    words = brief(old), brief(new)
    missing = bool(old != old) and bool(new != new)
    if type(old) is type(new) and (missing or old is new or bool(old == new)):
        return equal("value", words[1])
    if type(old) is type(new) and isinstance(old, Enum) and old.name == new.name:
        return equal("value", words[1])  # the class was defined again
    figures: dict[str, Figure] = {}
    text = f"{words[0]} -> {words[1]}"
    if isinstance(old, date | timedelta) and isinstance(new, date | timedelta):
        later: Any = new
        try:
            seconds = float((later - old).total_seconds())
        except (TypeError, ValueError, OverflowError):  # one with a zone and one without
            return ValueDiff("value", "different", *words, text)
        figures["seconds"] = seconds
        text += f" ({signed(seconds)} s)"
    return ValueDiff("value", "different", *words, text, figures)
