"""What stands below a cell in the end, of everything that it showed on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from cashet_jupyter.models import Shown


def settled(shown: Iterable[Shown]) -> list[Shown]:
    """What stands below a cell in the end: updates made, what was cleared gone, neighbouring text joined."""
    found: list[Shown] = []
    clearing = False
    for item in shown:
        if item.kind == "clear":
            clearing = bool(item.content.get("wait"))
            if not clearing:
                found.clear()
            continue
        if clearing:
            found.clear()
            clearing = False
        if item.kind == "update":
            _update(found, item)
        elif item.kind == "stream" and found and _same_stream(found[-1], item):
            text = str(found[-1].content["text"]) + str(item.content["text"])
            found[-1] = replace(found[-1], content={**found[-1].content, "text": text})
        else:
            found.append(item)
    return [_overwritten(item) if item.kind == "stream" else item for item in found]


def _update(found: list[Shown], item: Shown) -> None:
    """A display that is changed afterwards: wherever it stands."""
    wanted = _display_id(item)
    for place, earlier in enumerate(found):
        if earlier.kind == "display" and wanted is not None and _display_id(earlier) == wanted:
            found[place] = replace(earlier, content={**earlier.content, "data": item.content["data"]})


def _display_id(item: Shown) -> object:
    transient = item.content.get("transient")
    return cast("Mapping[str, object]", transient).get("display_id") if isinstance(transient, Mapping) else None


def _same_stream(last: Shown, item: Shown) -> bool:
    return last.kind == "stream" and last.content["name"] == item.content["name"]


def _overwritten(item: Shown) -> Shown:
    """A progress bar goes back to the beginning of its line: only what it wrote last is left."""
    lines = str(item.content["text"]).replace("\r\n", "\n").split("\n")
    kept = [line.rstrip("\r").rpartition("\r")[2] for line in lines]
    return replace(item, content={**item.content, "text": "\n".join(kept)})
