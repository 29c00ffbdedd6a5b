"""The arguments of a call as text: bounded, and without running code of the user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cashet_jupyter.fingerprint.describe import summary_of
from cashet_jupyter.functions.refs import ResultRef

#: characters of one text, items of one container, and characters of all
TEXT, ITEMS, ALL = 80, 12, 2000
_DEEP = 3


def call_text(values: Mapping[str, Any]) -> str:
    """`x=5, data=[1, 2, 3], df=DataFrame(10,000 x 4)`."""
    text = ", ".join(f"{name}={words(value)}" for name, value in values.items())
    return text if len(text) <= ALL else text[:ALL] + "..."


def words(value: Any, depth: int = 0) -> str:
    """One value in a few words: itself where it is plain and short, else its type and what is said of it."""
    kind = type(value)
    if value is None or kind in (bool, int, float, complex):
        return repr(value) if type(value) is not int or value.bit_length() < 512 else "int of many digits"
    if kind in (str, bytes):
        return repr(value) if len(value) <= TEXT else f"{value[:TEXT]!r}..."
    if isinstance(value, ResultRef):
        return repr(value)
    if kind in (list, tuple, dict, set, frozenset) and depth < _DEEP and (text := _items(value, kind, depth)):
        return text
    summary = summary_of(value)
    return f"{kind.__qualname__}({summary})" if summary else kind.__qualname__


def _items(value: Any, kind: type, depth: int) -> str:
    if len(value) > ITEMS:
        return ""
    if kind is dict:
        inside = [f"{words(key, depth + 1)}: {words(item, depth + 1)}" for key, item in value.items()]
        return "{" + ", ".join(inside) + "}"
    inside = [words(item, depth + 1) for item in value]
    if kind is list:
        return f"[{', '.join(inside)}]"
    if kind is tuple:
        return f"({inside[0]},)" if len(inside) == 1 else f"({', '.join(inside)})"
    if not inside:
        return f"{kind.__name__}()"
    text = "{" + ", ".join(sorted(inside)) + "}"
    return text if kind is set else f"frozenset({text})"
