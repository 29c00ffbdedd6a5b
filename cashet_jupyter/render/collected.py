"""What a collection removed, or would: by cells and notebooks, for nobody knows digests by heart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cashet_jupyter.models import Commit
from cashet_jupyter.render import units
from cashet_jupyter.render.table import columns, counted, shortened
from cashet_jupyter.store.answers import Collected

#: cells that are listed before the rest is counted
_MOST = 40
_LABEL = 48
_NOTEBOOK = 32


@dataclass(slots=True)
class _Cell:
    """The results of one cell that have the same fate."""

    label: str
    notebook: str
    why: str
    commits: list[str] = field(default_factory=list[str])
    size: int = 0
    seconds: float = 0.0
    """What it takes to run them all again."""

    def row(self) -> list[str]:
        return [
            shortened(self.label, _LABEL) or "(no code)",
            shortened(self.notebook.rpartition("/")[2], _NOTEBOOK) or "-",
            str(len(self.commits)),
            units.size(self.size),
            units.duration(self.seconds),
            self.why,
        ]


def commit_line(commit: Commit) -> str:
    """`3f9a2c  model = fit(frame)  pinned  stage=train`."""
    marks = ["pinned"] if commit.pinned else []
    marks += [f"{name}={value}" for name, value in sorted(commit.tags.items())]
    return "  ".join([commit.short, shortened(commit.cell.label, _LABEL), *marks])


def cell_lines(commits: Iterable[tuple[Commit, int, str]]) -> list[str]:
    """A table of the cells of commits, largest first; each comes with its bytes and why it goes."""
    cells = _cells(commits)
    head = ["cell", "notebook", "results", "size", "to run again", ""]
    lines = columns([head, *(cell.row() for cell in cells[:_MOST])], right=(2, 3, 4))
    more = cells[_MOST:]
    if more:
        size, number = sum(cell.size for cell in more), sum(len(cell.commits) for cell in more)
        lines.append(f"... {counted(len(more), 'more cell')}: {counted(number, 'result')}, {units.size(size)}")
    return [f"  {line}" for line in lines]


def cell_data(commits: Iterable[Commit]) -> list[dict[str, Any]]:
    """The same for programs: ids, bytes, seconds."""
    return _data(_cells((commit, commit.size, "") for commit in commits))


def collected_data(done: Collected, *, removed: bool) -> dict[str, Any]:
    """Cells, and sizes in bytes; `removed` tells a collection from a look."""
    cells = _data(_cells((one.commit, one.size, one.why) for one in done.evicted))
    facts = {"freed": done.freed, "blobs": done.blobs, "strays": done.strays, "left": done.left, "limit": done.limit}
    return {"removed": removed, "cells": cells, **facts, "over": done.over}


def collected_text(done: Collected, pinned: str, advice: str) -> str:
    """What goes, what stays, and what of it is above the limit.

    `pinned` says what to do about what is pinned, `advice` how a look becomes a collection.
    """
    would = bool(advice)
    stay = "would stay" if would else "stay"
    lines = cell_lines((one.commit, one.size, one.why) for one in done.evicted) if done.evicted else []
    parts = [counted(len(done.evicted), "result")] if done.evicted else []
    parts += [counted(done.strays, "stray file")] if done.strays else []
    if parts or done.freed:
        what = " and ".join(parts) or "what nothing refers to"
        verb, freed = ("would remove", "") if would else ("removed", " freed")
        lines.append(f"{verb} {what}: {units.size(done.freed)}{freed}")
    else:
        lines.append("there is nothing to remove")
    if done.over and not done.limit:
        lines.append(f"{units.size(done.left)} {stay} because it is pinned: {pinned}")
    else:
        limit = f", the limit is {units.size(done.limit)}" if done.limit else ""
        lines.append(f"{units.size(done.left)} {stay}{limit}")
        if done.over:
            lines.append(f"{units.size(done.over)} above the limit {stay} because it is pinned: {pinned}")
    if advice and (done.evicted or done.freed):
        lines.append(advice)
    return "\n".join(lines)


def removed_data(commits: Sequence[Commit], pinned: int, *, done: bool) -> dict[str, Any]:
    """What `rm` removed, or would, and how many stay because they are pinned."""
    return {"removed": done, "cells": cell_data(commits), "pinned": pinned}


def removed_text(commits: Sequence[Commit], pinned: int, name: str, *, done: bool) -> str:
    """The same for people."""
    lines = cell_lines((commit, commit.size, "") for commit in commits) if commits else []
    results = counted(len(commits), "result")
    if done:
        lines.append(f"removed {results}; what nothing else needs is freed by the next {name} gc")
    elif commits:
        lines.append(f"nothing was removed: the same with --yes removes {results}")
    else:
        lines.append("there is nothing to remove")
    if pinned:
        lines.append(
            f"{counted(pinned, 'pinned result stays', 'pinned results stay')}: name them one by one, or unpin them"
        )
    return "\n".join(lines)


def _cells(commits: Iterable[tuple[Commit, int, str]]) -> list[_Cell]:
    cells: dict[tuple[str, str, str], _Cell] = {}
    for commit, size, why in commits:
        key = (commit.cell.label, commit.cell.notebook or "", why)
        cell = cells.setdefault(key, _Cell(*key))
        cell.commits.append(commit.id)
        cell.size += size
        cell.seconds += commit.seconds
    return sorted(cells.values(), key=lambda cell: (-cell.size, cell.label, cell.notebook))


def _data(cells: Iterable[_Cell]) -> list[dict[str, Any]]:
    names = ("label", "notebook", "why", "commits", "size", "seconds")
    return [{name: getattr(cell, name) for name in names} for cell in cells]
