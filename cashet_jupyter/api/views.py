"""Commits as JSON, in bounds.

A record may be by somebody else and hold anything where a text or a number is expected, so nothing is passed on as it
is: texts are cut, numbers are finite. Times are seconds since the epoch, durations seconds, sizes bytes.
"""

from __future__ import annotations

import json
import math
import zlib
from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, cast

from cashet_jupyter.history.why import why
from cashet_jupyter.models import Artifact, Commit, Dependency, Finding, Value
from cashet_jupyter.render.preview import preview_data
from cashet_jupyter.store.answers import Collected, Evicted
from cashet_jupyter.store.store import Store

#: characters of a name, of one line, and of what is read at leisure
NAME, LINE, LONG = 200, 1000, 200_000
#: items of a list that are passed on
ITEMS = 300
_NAMES = 8
#: lines of what a result depends on, below the outermost
_FINDINGS = 1000
#: characters of one preview, and of all in one answer
_PREVIEW, _PREVIEWS = 16 << 10, 256 << 10
#: commits of a collection that are named one by one
_NAMED = 200


def row(store: Store, commit: Commit) -> dict[str, Any]:
    """A line of a list."""
    try:
        return _row(store, commit)
    except Exception as error:  # one record that holds nonsense is no reason to show none of the others
        return {"id": text(commit.id, 64), "damaged": text(f"{type(error).__name__}: {error}", NAME)}


def _row(store: Store, commit: Commit) -> dict[str, Any]:
    hits, saved = store.uses(commit)
    names = [text(value.name) for value in islice(commit.outputs, _NAMES)]
    return {
        "id": commit.id,
        "label": text(commit.cell.label),
        "cell": text(commit.cell.id or ""),
        "notebook": text(commit.cell.notebook or "", LINE),
        "function": text(commit.function),
        "created": number(commit.created),
        "seconds": number(commit.seconds),
        "size": number(commit.size),
        "status": commit.status,
        "pinned": bool(commit.pinned),
        "tags": tags(commit),
        "outputs": names,
        "more_outputs": max(0, len(commit.outputs) - _NAMES),
        "hits": hits,
        "saved": number(saved),
        "own": store.trusted(commit),
        "expires": None if commit.expires is None else number(commit.expires),
        "source": fingerprint(commit.cell.source),
    }


def detail(store: Store, commit: Commit) -> dict[str, Any]:
    """Everything that is told of a run: its line, its source, what it read and left, what it depends on, and why."""
    previews = Previews()
    return {
        **_row(store, commit),
        "code": text(commit.cell.source, LONG),
        "offset": number(commit.offset),
        "host": text(commit.host),
        "parent": text(commit.parent or "", 64),
        "inputs": [value(item, previews) for item in islice(commit.inputs, ITEMS)],
        "results": [value(item, previews) for item in islice(commit.outputs, ITEMS)],
        "depends": [value(item, previews) for item in islice(commit.depends, ITEMS)],
        "trace": [_dependency(item) for item in islice(commit.trace, ITEMS)],
        "files": [_artifact(item) for item in islice(commit.artifacts, ITEMS)],
        "not_stored": [text(item) for item in islice(commit.not_stored, ITEMS)],
        "lineage": [text(item, 64) for item in islice(commit.lineage, ITEMS)],
        "versions": {text(name): text(version) for name, version in islice(_items(commit.versions), ITEMS)},
        "arguments": text(commit.arguments, 20_000),
        "error": text(commit.error, 100_000),
        "more": _more(commit),
        "why": _why(store, commit),
    }


def findings(found: Iterable[Finding]) -> list[dict[str, Any]]:
    """What a result depends on, with what changed in it: so many lines in all, the outer ones first."""
    lines = [(item, _line(item)) for item in islice(found, ITEMS)]
    told = [line for _, line in lines]
    room = _FINDINGS
    waiting = deque(lines)
    while waiting and room > 0:
        item, line = waiting.popleft()
        parts = [(part, _line(part)) for part in islice(item.parts, min(room, ITEMS))]
        room -= len(parts)
        line["parts"] = [part for _, part in parts]
        waiting.extend(parts)
    return told


def _line(found: Finding) -> dict[str, Any]:
    return {
        "kind": text(found.kind),
        "name": text(found.name),
        "now": text(found.now),
        "change": text(found.change, LINE),
        "where": text(found.where),
        "parts": [],
    }


def collected(store: Store, found: Collected) -> dict[str, Any]:
    """What a collection did, or would do: `evicted`, in the order in which they go, and how many `more`."""
    return {
        "evicted": [_evicted(store, item) for item in found.evicted[:_NAMED]],
        "more": max(0, len(found.evicted) - _NAMED),
        "freed": found.freed,
        "left": found.left,
        "limit": found.limit,
    }


def _evicted(store: Store, item: Evicted) -> dict[str, Any]:
    return {**row(store, item.commit), "size": item.size, "why": text(item.why), "own": item.trusted}


class Previews:
    """The previews of one answer, while there is room: a run keeps little, but a record of somebody else's may not."""

    def __init__(self) -> None:
        self._room = _PREVIEWS

    def of(self, item: Value) -> dict[str, Any] | None:
        """What a value looked like; None if it has no preview, or there is no more room."""
        if item.preview is None or self._room <= 0:
            return None
        found = preview_data(item)
        size = len(json.dumps(found))
        if size > min(_PREVIEW, self._room):
            return None
        self._room -= size
        return found


def value(item: Value, previews: Previews) -> dict[str, Any]:
    """An input or output: what it was, never the value itself."""
    return {
        "name": text(item.name),
        "type": text(item.type),
        "summary": text(item.summary, LINE),
        "size": number(item.size),
        "digest": text(item.digest, 64),
        "preview": previews.of(item),
    }


def tags(commit: Commit) -> dict[str, str]:
    """Its tags, the first hundred."""
    return {text(name): text(content) for name, content in islice(_items(commit.tags), 100)}


def text(content: object, most: int = NAME) -> str:
    """A text of at most `most` characters, whatever was there."""
    found = content if isinstance(content, str) else str(content)
    return found if len(found) <= most else f"{found[: most - 1]}…"


def number(content: object) -> float:
    """A finite number, whatever was there; 0 for what is none."""
    try:
        return content if isinstance(content, int | float) and math.isfinite(content) else 0
    except OverflowError:  # a whole number beyond what any front end could tell from another one
        return 0


def fingerprint(source: str) -> str:
    """By which a front end sees that a cell's text is not what ran: the CRC-32 of its UTF-8 bytes, in hexadecimal.

    Not SHA-256: a page that is not served over TLS has none, and a clash means only that no mark is shown.
    """
    return f"{zlib.crc32(source.encode('utf-8', 'surrogatepass')):08x}"


def _why(store: Store, commit: Commit) -> dict[str, Any]:
    try:
        explained = why(commit, None, store)
    except Exception:  # a record of somebody else's: all that can be said is said elsewhere
        return {"answer": "", "against": "", "findings": []}
    told = findings(explained.findings)
    return {"answer": text(explained.answer, LINE), "against": text(explained.against, 64), "findings": told}


def _dependency(item: Dependency) -> dict[str, str]:
    return {"kind": text(item.kind), "name": text(item.name, LINE), "note": text(item.note, LINE)}


def _artifact(item: Artifact) -> dict[str, Any]:
    return {"path": text(item.path, LINE), "size": number(item.size)}


def _more(commit: Commit) -> dict[str, int]:
    """How many items of each list are not told."""
    counts = {
        "inputs": len(commit.inputs),
        "results": len(commit.outputs),
        "trace": len(commit.trace),
        "files": len(commit.artifacts),
    }
    return {name: count - ITEMS for name, count in counts.items() if count > ITEMS}


def _items(content: object) -> Iterable[tuple[object, object]]:
    return cast("Mapping[object, object]", content).items() if isinstance(content, Mapping) else ()
