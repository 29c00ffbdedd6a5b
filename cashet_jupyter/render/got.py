"""A value that was taken out of the store: as text, as plain data, and where it was written."""

from __future__ import annotations

import json
import pprint
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cashet_jupyter.models import Commit
from cashet_jupyter.render import units
from cashet_jupyter.render.answer import Style
from cashet_jupyter.render.commits import FORMAT

#: characters of a text that stands for a value in JSON
_TEXT = 10_000


def value_text(value: Any, style: Style) -> str:
    """A value as somebody at a terminal reads it."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list | tuple | set | frozenset):
        return pprint.pformat(value, width=style.width, compact=True, sort_dicts=False)
    return repr(value)


def got_data(commit: Commit, name: str, value: Any) -> dict[str, Any]:
    """A value for programs: itself where JSON can hold it, and its text in any case."""
    try:
        json.dumps(value, allow_nan=False)
        plain = value
    except (TypeError, ValueError, RecursionError):
        plain = None
    text = value if isinstance(value, str) else repr(value)
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    return {"format": FORMAT, "id": commit.id, "name": name, "type": kind, "value": plain, "text": text[:_TEXT]}


def saved_data(commit: Commit, name: str, paths: Sequence[Path]) -> dict[str, Any]:
    """What was written: files, and their bytes."""
    files = [{"path": str(path), "size": path.stat().st_size} for path in paths]
    return {"format": FORMAT, "id": commit.id, "name": name, "files": files}


def saved_text(commit: Commit, name: str, paths: Sequence[Path]) -> str:
    """`wrote df of 3f9a2c to df.csv (1.2 MB)`, a line for each file."""
    what = f"{name} of {commit.short}" if name else f"what {commit.short} showed"
    return "\n".join(f"wrote {what} to {path} ({units.size(path.stat().st_size)})" for path in paths)
