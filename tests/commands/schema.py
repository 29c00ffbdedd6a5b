"""The keys of `--json`: those that docs/commands.md lists, and those that are printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TEXT = (Path(__file__).parent.parent.parent / "docs" / "commands.md").read_text(encoding="utf-8")

#: what holds keys of the user's, other findings, or anything at all
OPEN = frozenset({"tags", "versions", "parts", "value", "diff", "preview"})
_HEADING = re.compile(r"^##+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]+\]\(#([\w-]+)\)")


def sections() -> dict[str, str]:
    """Name of each command, and anchor of each other heading -> the text below it."""
    parts = _HEADING.split(TEXT)
    found: dict[str, str] = {}
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        for name in re.findall(r"`(\w+)[^`]*`", heading) or [heading.replace(" ", "-")]:
            found[name] = body
    return found


def documented(command: str) -> set[str]:
    """The keys that are documented for a command, those of shared objects written out."""
    return set(_keys(sections()[command]))


def _keys(body: str) -> Iterator[str]:
    table = body.partition("| key |")[2].partition("\n\n")[0]
    for row in table.splitlines():
        cells = row.split("|")
        keys = re.findall(r"`([^`]+)`", cells[1]) if len(cells) > 2 else []
        shared = _LINK.match(cells[2].strip()) if keys else None  # what only mentions another object is no such object
        for key in keys:
            if shared:
                yield from (f"{key}.{inner}" for inner in _keys(sections()[shared[1]]))
            else:
                yield key


def printed(data: Any, path: str = "") -> set[str]:
    """The keys that an object has, all the way down; those below `OPEN` are not followed."""
    if isinstance(data, dict):
        found: set[str] = set()
        for key, value in data.items():
            inner = f"{path}.{key}" if path else key
            below = set() if key in OPEN and not _is_list_of_objects(value, key) else printed(value, inner)
            found |= below or {inner}
        return found
    if isinstance(data, list) and any(isinstance(item, dict) for item in data):
        return set().union(*(printed(item, f"{path}[]") for item in data))
    return {path} if path else set()


def _is_list_of_objects(value: Any, key: str) -> bool:
    """`versions` of `history` are a list of objects, `versions` of a result are libraries."""
    return key == "versions" and isinstance(value, list)
