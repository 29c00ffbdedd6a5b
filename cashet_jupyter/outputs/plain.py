"""Values as plain data: what msgpack carries without loss."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import Any, cast

from cashet_jupyter.errors import Refused

#: msgpack's integers
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1


def plain(value: object, path: str = "") -> Any:
    """The value as None, bool, int, float, str, bytes, list and dict with text as keys.

    What a front end cannot tell apart is made one: a tuple is a list, a number of a data library is a number, a
    number as a key is text. Raises `Refused` for anything else, and for text that is no Unicode.
    """
    if value is None or isinstance(value, bool | bytes):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, Mapping):
        return _mapping(cast("Mapping[Any, Any]", value), path)
    if isinstance(value, list | tuple):
        items = cast("list[Any] | tuple[Any, ...]", value)
        return [plain(item, f"{path}[{number}]") for number, item in enumerate(items)]
    return _number(value, path)


def _text(value: str, path: str) -> str:
    text = str.__str__(value)  # a subclass may say something else of itself
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused(path, "what it shows is not valid Unicode text") from None
    return text


def _mapping(value: Mapping[Any, Any], path: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, item in value.items():
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise Refused(path, f"what it shows has a key of type {type(key).__name__}")
        name = _text(str(key), path)
        if name in out:
            raise Refused(path, f"what it shows has two keys {name!r}")
        out[name] = plain(item, f"{path}.{name}" if path else name)
    return out


def _number(value: object, path: str) -> int | float:
    if isinstance(value, numbers.Integral):
        number = int(value)
        if not _SMALLEST <= number <= _LARGEST:
            raise Refused(path, "what it shows has an integer of more than 64 bits")
        return number
    if isinstance(value, numbers.Real):
        return float(value)
    raise Refused(path, f"what it shows holds a {type(value).__name__}, which is no plain data")
