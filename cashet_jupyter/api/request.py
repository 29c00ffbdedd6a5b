"""What may be asked for: every argument and every body is checked and bounded here."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from cashet_jupyter.api.refusal import Refusal
from cashet_jupyter.api.search import Query

#: runs on one page, by default and at most
PAGE, MOST = 50, 200
#: cells whose newest run is asked for at once
CELLS = 200
#: characters of any argument; values of one name; names
_LONGEST = 4096
_VALUES = 1000
_NAMES = 50
#: of each list of texts in a body, and characters of one text
_TEXTS, _TEXT = 100, 200
_ID = re.compile(r"[0-9a-f]{64}")


class Params:
    """Arguments of a question, by name. Whatever is asked of it raises a `Refusal` (400) for what is not allowed."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = values

    @classmethod
    def of(cls, content: object) -> Params:
        """Arguments as JSON has them: `{name: text or [text]}`; nothing is no arguments."""
        if content is None:
            return cls({})
        if not isinstance(content, dict) or len(cast("dict[str, object]", content)) > _NAMES:
            raise Refusal(400, "params is an object of texts")
        return cls({str(name): _values(name, value) for name, value in cast("dict[object, object]", content).items()})

    def one(self, name: str) -> str:
        """The argument of that name, the last one if there are several; empty if there is none."""
        found = self._values.get(name) or ("",)
        return _bounded(found[-1])

    def many(self, name: str) -> list[str]:
        """All arguments of that name."""
        return [_bounded(text) for text in self._values.get(name) or ()]


def _values(name: object, value: object) -> list[str]:
    found = cast("list[object]", value) if isinstance(value, list) else [value]
    texts = [text for text in found if isinstance(text, str)]
    if len(texts) != len(found) or len(texts) > _VALUES:
        raise Refusal(400, f"{str(name)[:_TEXT]} is a text or a list of texts")
    return texts


def _bounded(text: str) -> str:
    if len(text) > _LONGEST:
        raise Refusal(400, "an argument is too long")
    return text


# ---------------------------------------------------------------------------------------------------- arguments
def query(params: Params, notebooks: Sequence[str]) -> Query:
    """What runs are looked for; `notebooks` are the paths of the notebook that asks.

    The argument `notebook` is `1` for that one, or the path of another one, as a run tells it.
    """
    status = params.one("status")
    if status not in ("", "completed", "failed"):
        raise Refusal(400, "status is completed or failed")
    notebook = params.one("notebook")
    return Query(
        text=params.one("text").strip(),
        cell=params.one("cell"),
        variable=params.one("variable"),
        tag=params.one("tag"),
        status=status,
        since=number(params, "since"),
        until=number(params, "until"),
        notebooks=tuple(notebooks) if notebook == "1" else (notebook,) if notebook else (),
    )


def limit(params: Params) -> int:
    """How many runs are wanted."""
    text = params.one("limit")
    if text and not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Refusal(400, "limit is a number")
    return max(1, min(MOST, int(text))) if text else PAGE


def optional_id(text: str) -> str:
    """A whole id of a commit, or nothing."""
    if text and not _ID.fullmatch(text):
        raise Refusal(400, "not the id of a run")
    return text


def number(params: Params, name: str, *, least: float = -math.inf) -> float | None:
    """A finite number that is not below `least`; None if nothing is said."""
    text = params.one(name)
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not (math.isfinite(found) and found >= least):
        raise Refusal(400, f"{name} is a number" if least < 0 else f"{name} is a number that is not negative")
    return found


# --------------------------------------------------------------------------------------------------------- bodies
def body(content: object) -> Mapping[str, Any]:
    """What a change is asked with: a JSON object; nothing is an empty one."""
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise Refusal(400, "the body is not an object")
    return cast("Mapping[str, Any]", content)


def flag(content: Mapping[str, Any], name: str) -> bool:
    """Yes or no."""
    found = content.get(name)
    if not isinstance(found, bool):
        raise Refusal(400, f"{name} is true or false")
    return found


def texts(content: Mapping[str, Any], name: str) -> list[str]:
    """A list of short texts; empty if nothing is said."""
    found = content.get(name, [])
    if not isinstance(found, list) or len(cast("list[object]", found)) > _TEXTS:
        raise Refusal(400, f"{name} is a list of texts, {_TEXTS} at most")
    return [_short(item, name) for item in cast("list[object]", found)]


def pairs(content: Mapping[str, Any], name: str) -> dict[str, str]:
    """Short texts by name; empty if nothing is said."""
    found = content.get(name, {})
    if not isinstance(found, dict) or len(cast("dict[str, object]", found)) > _TEXTS:
        raise Refusal(400, f"{name} is an object of texts, {_TEXTS} at most")
    items = cast("dict[str, object]", found)
    return {_short(key, name): _short(item, name) for key, item in items.items()}


def positive(content: Mapping[str, Any], name: str) -> float | None:
    """A number that is not negative; None if nothing is said."""
    found = content.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not (found >= 0 and _is_finite(found)):
        raise Refusal(400, f"{name} is a number that is not negative")
    return found


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond what a float holds
        return False


def _short(item: object, name: str) -> str:
    if not isinstance(item, str) or len(item) > _TEXT:
        raise Refusal(400, f"{name} holds what is no text of at most {_TEXT} characters")
    return item
