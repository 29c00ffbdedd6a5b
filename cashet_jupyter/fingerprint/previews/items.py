"""The first items of builtin containers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Any

from cashet_jupyter.fingerprint.previews import texts

__all__ = ["deque", "items", "pairs"]

#: items that are shown
_ITEMS = 10
#: sets up to this size are shown in order: that of a set of text is another one in every process
_SORTED = 100
_SORTABLE = ({str}, {int}, {float}, {bytes})


def items(value: Any, width: int) -> dict[str, Any] | None:
    """Of a list, tuple, set or deque."""
    if type(value) in (set, frozenset) and len(value) <= _SORTED and set(map(type, value)) in _SORTABLE:
        return _made((texts.item(one, width) for one in sorted(value)), len(value))
    return _made((texts.item(one, width) for one in islice(value, _ITEMS)), len(value))


def pairs(value: dict[object, object], width: int) -> dict[str, Any] | None:
    """Of a dictionary: `key: value`."""
    first = islice(value.items(), _ITEMS)
    return _made((f"{texts.item(key, width)}: {texts.item(held, 2 * width)}" for key, held in first), len(value))


def _made(shown: Iterable[str], count: int) -> dict[str, Any] | None:
    return {"kind": "items", "items": list(islice(shown, _ITEMS)), "count": count} if count else None
