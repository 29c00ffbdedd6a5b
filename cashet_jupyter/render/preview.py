"""What a value looked like when its run was stored, as plain data, as text and as HTML.

A record may be by somebody else and hold anything, so a preview is read as one of three known shapes, in bounds, or
left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import islice
from typing import Any, cast

from cashet_jupyter.models import Value
from cashet_jupyter.render.table import CELL, fitted

#: more than a run keeps: rows, columns, dimensions, and characters of a text
_ROWS, _COLUMNS, _SIDES, _LONG = 40, 40, 16, 200
#: characters that a column of text keeps, however narrow the terminal is
_LEAST = 6
_LINE = f"{CELL}; white-space: pre; font-family: var(--jp-code-font-family, monospace)"


def preview_data(value: Value) -> dict[str, Any] | None:
    """A preview as JSON: one of the shapes of `fingerprint.previews`; None where there is none, or nonsense."""
    try:
        return None if value.preview is None else _read(value.preview)
    except (ValueError, TypeError, LookupError, OverflowError):
        return None


def preview_text(value: Value, width: int) -> list[str]:
    """A preview as lines of at most `width` characters, as far as that can be; none where there is no preview."""
    found = preview_data(value)
    if found is None:
        return []
    head, rows = _lines(found)
    cut = dict.fromkeys(range(_COLUMNS), _LEAST)
    table = fitted([head or [""] * len(rows[0]), *rows], width, cut) if rows else [" ".join(head)]
    return [line for line in [*(table if head else table[1:]), _rest(found)] if line]


def preview_html(value: Value) -> str:
    """A preview as a table of HTML; every text is escaped."""
    found = preview_data(value)
    if found is None:
        return ""
    head, rows = _lines(found)
    heads = "".join(f'<th style="{CELL}" scope="col">{escape(text)}</th>' for text in head)
    first = f"<tr>{heads}</tr>" if heads else ""
    cells = ["".join(f'<td style="{_LINE}">{escape(text)}</td>' for text in row) for row in rows]
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    rest = _rest(found)
    return f"<table>{first}{body}</table>" + (f"<div>{escape(rest)}</div>" if rest else "")


def _lines(found: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, where there are any, and the rows."""
    if found["kind"] == "items":
        more = found["count"] - len(found["items"])
        return [], [[", ".join([*found["items"], *([f"... and {more:,} more"] if more > 0 else [])])]]
    rows: list[Any] = found["rows"]
    if found["kind"] == "array":
        return [], [[row] if isinstance(row, str) else row for row in rows]
    return found["columns"], rows


def _rest(found: Mapping[str, Any]) -> str:
    """What is to be said below it: of how much it is the beginning, and between which values the rest lies."""
    if found["kind"] == "table":
        kept = [len(found["rows"]), len(found["columns"]) - found["types"].count("index")]
        return "" if kept == found["shape"] else f"... of {' x '.join(f'{side:,}' for side in found['shape'])}"
    span = found.get("range")
    return f"from {span[0]} to {span[1]}" if span else ""


# ------------------------------------------------------------------------------------------------------ as it is read
def _read(given: Mapping[str, Any]) -> dict[str, Any] | None:
    match given:
        case {
            "kind": "table",
            "columns": list(columns),
            "types": list(types),
            "rows": list(rows),
            "shape": list(shape),
        }:
            return _table(_texts(columns), _texts(types), cast("list[Any]", rows), _numbers(shape))
        case {"kind": "array", "dtype": str(dtype), "rows": list(rows), "shape": list(shape)}:
            found = {"kind": "array", "dtype": _text(dtype), "shape": _numbers(shape), "rows": _corner(rows)}
            span = _texts(given.get("range", []))
            return {**found, "range": span} if len(span) == 2 else found
        case {"kind": "items", "items": list(items), "count": int(count)}:
            return {"kind": "items", "items": _texts(items), "count": _number(count)}
        case _:
            return None


def _table(columns: list[str], types: list[str], rows: Iterable[Any], shape: list[int]) -> dict[str, Any] | None:
    texts = [_texts(row) for row in islice(rows, _ROWS)]
    if len(types) != len(columns) or any(len(row) != len(columns) for row in texts) or len(shape) != 2:
        return None
    return {"kind": "table", "columns": columns, "types": types, "rows": texts, "shape": shape}


def _corner(rows: Sequence[Any]) -> list[str] | list[list[str]]:
    if not any(isinstance(row, list) for row in rows):
        return _texts(rows)
    texts = [_texts(row) for row in islice(rows, _ROWS)]
    shortest = min(map(len, texts))
    return [row[:shortest] for row in texts]


def _texts(given: object) -> list[str]:
    if not isinstance(given, list):
        msg = "a list of texts expected"
        raise TypeError(msg)
    return [_text(text) for text in cast("list[object]", given)[:_COLUMNS]]


def _text(given: object) -> str:
    if not isinstance(given, str):
        msg = "text expected"
        raise TypeError(msg)
    text = given if len(given) <= _LONG else f"{given[: _LONG - 1]}…"
    return text.encode("utf-8", "replace").decode()  # no half of a character, which JSON could not carry


def _numbers(given: Iterable[object]) -> list[int]:
    return [_number(number) for number in islice(given, _SIDES)]


def _number(given: object) -> int:
    if not isinstance(given, int) or given < 0:
        msg = "a count expected"
        raise TypeError(msg)
    return min(given, 1 << 53)  # JSON's numbers are exact up to there
