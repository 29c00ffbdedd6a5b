"""A difference as plain data: what `diff --json` prints."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cashet_jupyter.diffs.difference import Difference, Entry, Section, Side, SourceDiff
from cashet_jupyter.diffs.model import Hunk, Picture, ValueDiff

#: version of the structure; it grows when a field changes its meaning or goes
FORMAT = 1


def difference_data(difference: Difference, *, everything: bool = False, stat: bool = False) -> dict[str, Any]:
    """`format` (1), `old`, `new`, `differs` (names of what differs), `source`, and an object for each section.

    docs/commands.md has all of it. What is equal is only counted, unless `everything` is asked for; with `stat` there
    are counts and no details.
    """
    return {
        "format": FORMAT,
        "old": _side(difference.old),
        "new": _side(difference.new),
        "differs": list(difference.differing),
        "source": _source(difference.source, stat=stat),
        **{section.title: _section(section, everything=everything, stat=stat) for section in difference.sections},
    }


def _side(side: Side) -> dict[str, Any]:
    return {"commit": side.id, **{name: value for name, value in asdict(side).items() if name != "id"}}


def _source(source: SourceDiff, *, stat: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "changed": source.changed,
        "only_formatting": source.only_formatting,
        "added": source.added,
        "removed": source.removed,
        "notes": list(source.notes),
    }
    return facts if stat else {**facts, "hunks": _hunks(source.hunks)}


def _section(section: Section, *, everything: bool, stat: bool) -> dict[str, Any]:
    entries = section.entries if everything else section.differing
    return {
        "differs": section.differs,
        "equal": len(section.entries) - len(section.differing),
        "note": section.note,
        "entries": [_entry(entry, stat=stat) for entry in entries],
    }


def _entry(entry: Entry, *, stat: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {
        name: getattr(entry, name) for name in ("name", "status", "kind", "old", "new", "change", "why")
    }
    if stat:
        return facts
    parts = [{"kind": part.kind, "name": part.name, "now": part.now, "change": part.change} for part in entry.parts]
    return {**facts, "parts": parts, "diff": None if entry.diff is None else value_data(entry.diff)}


def value_data(diff: ValueDiff) -> dict[str, Any]:
    """How two values differ; pictures are PNG in base64."""
    return {
        "kind": diff.kind,
        "verdict": diff.verdict,
        "old": diff.old,
        "new": diff.new,
        "change": diff.change,
        "figures": dict(diff.figures),
        "total": diff.total,
        "parts": [{"path": part.path, "status": part.status, "diff": value_data(part.diff)} for part in diff.parts],
        "hunks": _hunks(diff.hunks),
        "tables": [
            {
                "caption": table.caption,
                "shows": table.shows,
                "header": list(table.header),
                "rows": [list(row) for row in table.rows],
            }
            for table in diff.tables
        ],
        "pictures": [_picture(picture) for picture in diff.pictures],
        "notes": list(diff.notes),
    }


def _hunks(hunks: Sequence[Hunk]) -> list[dict[str, Any]]:
    return [
        {
            "heading": hunk.heading,
            "lines": [
                {
                    "sign": line.sign,
                    "text": line.text,
                    "old": line.old or None,
                    "new": line.new or None,
                    "marks": [list(mark) for mark in line.marks],
                }
                for line in hunk.lines
            ],
        }
        for hunk in hunks
    ]


def _picture(picture: Picture) -> dict[str, Any]:
    images = (base64.b64encode(image).decode() if image else None for image in (picture.old, picture.new))
    return {"caption": picture.caption, **dict(zip(("old", "new"), images, strict=True))}
