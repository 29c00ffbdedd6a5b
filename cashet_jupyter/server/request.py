"""What a request may ask for: every argument is checked and bounded here."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from tornado.web import HTTPError

from cashet_jupyter.api.search import Query

#: runs on one page, by default and at most
PAGE, MOST = 50, 200
#: cells whose newest run is asked for at once
CELLS = 200
#: characters of any argument, and bytes of a body
_LONGEST = 4096
_BODY = 64 << 10
_ID = re.compile(r"[0-9a-f]{64}")

#: the argument of a name; empty if there is none
Ask = Callable[[str], str]


def query(ask: Ask, notebooks: tuple[str, ...]) -> Query:
    """What runs are looked for. Raises `HTTPError`."""
    status = ask("status")
    if status not in ("", "completed", "failed"):
        raise HTTPError(400, reason="status is completed or failed")
    return Query(
        text=ask("text").strip(),
        cell=ask("cell"),
        variable=ask("variable"),
        tag=ask("tag"),
        status=status,
        since=_moment(ask, "since"),
        until=_moment(ask, "until"),
        notebooks=notebooks if ask("notebook") == "1" else (),
    )


def limit(ask: Ask) -> int:
    """How many runs are wanted."""
    text = ask("limit")
    if text and not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise HTTPError(400, reason="limit is a number")
    return max(1, min(MOST, int(text))) if text else PAGE


def optional_id(text: str) -> str:
    """A whole id of a commit, or nothing."""
    if text and not _ID.fullmatch(text):
        raise HTTPError(400, reason="not the id of a run")
    return text


def bounded(text: str) -> str:
    """An argument that is not too long."""
    if len(text) > _LONGEST:
        raise HTTPError(400, reason="an argument is too long")
    return text


def body(data: bytes) -> Mapping[str, Any]:
    """A JSON object. Raises `HTTPError`."""
    if len(data) > _BODY:
        raise HTTPError(413, reason="the body is too big")
    try:
        content: Any = json.loads(data or b"{}")
    except (ValueError, RecursionError) as error:
        raise HTTPError(400, reason="the body is not JSON") from error
    if not isinstance(content, dict):
        raise HTTPError(400, reason="the body is not an object")
    return cast("Mapping[str, Any]", content)


def flag(content: Mapping[str, Any], name: str) -> bool:
    """Yes or no."""
    found = content.get(name)
    if not isinstance(found, bool):
        raise HTTPError(400, reason=f"{name} is true or false")
    return found


def texts(content: Mapping[str, Any], name: str) -> list[str]:
    """A list of short texts; empty if nothing is said."""
    found = content.get(name, [])
    if not isinstance(found, list):
        raise HTTPError(400, reason=f"{name} is a list of texts")
    items = cast("list[object]", found)
    return [_short(item, name) for item in items[:100]]


def pairs(content: Mapping[str, Any], name: str) -> dict[str, str]:
    """Short texts by name; empty if nothing is said."""
    found = content.get(name, {})
    if not isinstance(found, dict) or len(cast("dict[str, object]", found)) > 100:
        raise HTTPError(400, reason=f"{name} is an object of texts")
    items = cast("dict[str, object]", found)
    return {_short(key, name): _short(item, name) for key, item in items.items()}


def positive(content: Mapping[str, Any], name: str) -> float | None:
    """A number that is not negative; None if nothing is said."""
    found = content.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not (math.isfinite(found) and found >= 0):
        raise HTTPError(400, reason=f"{name} is a number that is not negative")
    return found


def _short(item: object, name: str) -> str:
    if not isinstance(item, str) or len(item) > 200:
        raise HTTPError(400, reason=f"{name} holds what is no text of at most 200 characters")
    return item


def _moment(ask: Ask, name: str) -> float | None:
    text = ask(name)
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise HTTPError(400, reason=f"{name} is a number of seconds")
    return found
