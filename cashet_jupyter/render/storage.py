"""What a store holds, what an examination found, and what an archive brought, as text and as plain data."""

from __future__ import annotations

import dataclasses
from html import escape
from typing import Any

from cashet_jupyter.models import Commit
from cashet_jupyter.render import units
from cashet_jupyter.render.answer import PLAIN, Answer, Style
from cashet_jupyter.render.collected import cell_data, cell_lines
from cashet_jupyter.render.table import CELL, columns, counted
from cashet_jupyter.store.answers import Imported, StoreStats, Verified

_FRAME = "width: 16em; height: 0.7em; border: 1px solid var(--jp-border-color1, #bbb); margin: 4px 0"
_FULL = "height: 100%; background-color: var(--jp-brand-color1, #1976d2)"


def stats_data(stats: StoreStats, limit: int, path: str) -> dict[str, Any]:
    """Sizes in bytes, times in seconds."""
    return {"path": path, **dataclasses.asdict(stats), "limit": limit}


class Stats(Answer):
    """The answer of `stats`."""

    def __init__(self, stats: StoreStats, limit: int, path: str) -> None:
        self.stats = stats
        self.limit = limit
        self.path = path

    def text(self, style: Style = PLAIN) -> str:
        """One fact a line."""
        del style
        return stats_text(self.stats, self.limit, self.path)

    def html(self) -> str:
        """The same as a table, with a bar that says how full it is."""
        rows = "".join(
            f'<tr><th style="{CELL}">{escape(name)}</th><td style="{CELL}">{escape(value)}</td></tr>'
            for name, value in _stats_rows(self.stats, self.limit, self.path)
        )
        share = min(100.0, 100 * self.stats.physical / self.limit) if self.limit else 100.0
        words = f"{share:.0f} % of the limit"
        bar = (
            f'<div style="{_FRAME}" role="img" aria-label="{words}" title="{words}">'
            f'<div style="{_FULL}; width: {share:.1f}%"></div></div>'
        )
        return f'<div class="cashet-stats"><table>{rows}</table>{bar}<div>{words}</div></div>'

    @property
    def data(self) -> dict[str, Any]:
        """Sizes in bytes, times in seconds."""
        return stats_data(self.stats, self.limit, self.path)


def stats_text(stats: StoreStats, limit: int, path: str) -> str:
    """One fact a line."""
    return "\n".join(columns(_stats_rows(stats, limit, path)))


def _stats_rows(stats: StoreStats, limit: int, path: str) -> list[tuple[str, str]]:
    size, unshared = units.size(stats.physical), units.size(stats.logical)
    today = f"{counted(stats.today_hits, 'hit')}, saved {units.duration(stats.today_saved)}"
    return [
        ("store", path),
        ("results", str(stats.commits)),
        ("size", f"{size} in {counted(stats.blobs, 'blob')}" + (f", {unshared} unshared" if unshared != size else "")),
        ("limit", units.size(limit)),
        ("hits", f"{stats.hits}, saved {units.duration(stats.saved)}" if stats.hits else "none yet"),
        *([("today", today if stats.today_hits else "none")] if stats.hits else []),
    ]


def verified_data(found: Verified) -> dict[str, Any]:
    """Digests of what was damaged, and the cells that run again."""
    return {
        "blobs": found.blobs,
        "size": found.size,
        "damaged": list(found.damaged),
        "lost": cell_data(found.lost),
        "strays": found.strays,
        "index": found.index,
    }


def verified_text(found: Verified, quarantine: str, name: str) -> str:
    """What was read, what was damaged, what it means for the user; `quarantine` is empty if nothing could be moved."""
    read = f"read {counted(found.blobs, 'blob')}, {units.size(found.size)}"
    lines = [f"{read}: all sound"]
    if found.damaged or found.lost:
        lines = [f"{read}: {counted(len(found.damaged), 'blob')} damaged or missing"]
        if found.damaged:
            aside = f"what was damaged is in {quarantine}, and can be deleted"
            lines.append(aside if quarantine else "nothing was put aside: the store is only read")
    if found.lost:
        again = "this cell simply runs again" if _cells(found.lost) == 1 else "these cells simply run again"
        lines += [f"{again} when it is next needed:", *cell_lines((commit, commit.size, "") for commit in found.lost)]
    if found.index:
        lines.append(f"the index was made anew: {found.index}")
    if found.strays:
        files = counted(found.strays, "file belongs", "files belong")
        lines.append(f"{files} to no result: {name} gc removes what is not needed")
    return "\n".join(lines)


def imported_data(done: Imported) -> dict[str, Any]:
    """Counts, and bytes."""
    return dataclasses.asdict(done)


def imported_text(done: Imported, trusting: str) -> str:
    """What came in, what was there, and what is not this user's; `trusting` is the command that makes it so."""
    known = f"{counted(done.known, 'result')} {_were(done.known)} here already"
    blobs = f"{units.size(done.size)} in {counted(done.blobs, 'blob')}"
    lines: list[str] = []
    if done.commits:
        values = f", {blobs}" if done.blobs else "; their values were here already"
        lines.append(f"imported {counted(done.commits, 'result')}{values}")
    elif done.blobs:
        lines.append(f"put back what was damaged or missing here: {blobs}")
    if done.known:
        lines.append(known)
    if not lines:
        lines.append("the archive holds no results")
    if done.foreign:
        others = f"{counted(done.foreign, 'result')} {_were(done.foreign)} made by someone else"
        lines.append(f"{others}: kept in the history, and never loaded")
        lines.append(f"if you trust who made them: {trusting} (values that are loaded may run code)")
    return "\n".join(lines)


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _cells(commits: tuple[Commit, ...]) -> int:
    return len({(commit.cell.label, commit.cell.notebook) for commit in commits})
