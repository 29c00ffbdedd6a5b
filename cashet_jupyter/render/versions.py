"""The answer of `history`: the versions of a cell or function, through its edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from cashet_jupyter.history.traced import moment
from cashet_jupyter.history.versions import Version, Versions
from cashet_jupyter.models import Commit
from cashet_jupyter.render import units
from cashet_jupyter.render.answer import PLAIN, Answer, Style
from cashet_jupyter.render.commits import FORMAT, brief
from cashet_jupyter.render.table import CELL, counted, fitted

_HEAD = ["#", "id", "when", "took", "size", "runs", "used", "known by", "what changed"]
#: what is known for sure needs no words
_SURE = ("asked for", "cell id", "function")
_MORE = "only the newest runs were looked at: there may be older versions"


class History(Answer):
    """The versions of one cell or function, newest first; `uses` says how often each run was used."""

    def __init__(self, versions: Versions, uses: Mapping[str, int]) -> None:
        self.versions = versions
        self.uses = uses

    @property
    def commits(self) -> tuple[Commit, ...]:
        """All runs, newest first."""
        return self.versions.runs

    def text(self, style: Style = PLAIN) -> str:
        """A line for each version."""
        rows = [row for row, _ in self._rows()]
        head, *lines = fitted([_HEAD, *rows], style.width, {8: 20}, right=(0, 3, 4, 5, 6))
        painted = [
            line.replace(version.newest.short, style.paint(version.newest.short, "id"), 1)
            for line, version in zip(lines, self.versions.versions, strict=True)
        ]
        more = [] if self.versions.complete else [style.paint(_MORE, "faint")]
        return "\n".join([style.paint(self._title(), "strong"), style.paint(head, "faint"), *painted, *more])

    def html(self) -> str:
        """The same as a table, each version with its source."""
        head = "".join(f'<th style="{CELL}">{escape(text)}</th>' for text in _HEAD)
        rows = "".join(_html_row(row, version) for row, version in self._rows())
        more = "" if self.versions.complete else f"<div>{escape(_MORE)}</div>"
        table = f"<table><tr>{head}</tr>{rows}</table>"
        return f'<div class="cashet-history"><div><b>{escape(self._title())}</b></div>{table}{more}</div>'

    @property
    def data(self) -> dict[str, Any]:
        """The versions, newest first, each with its source and its runs."""
        asked = self.versions.asked
        return {
            "format": FORMAT,
            "asked": asked.id,
            "label": asked.cell.label,
            "function": asked.function,
            "notebook": asked.cell.notebook,
            "versions": [self._data(version) for version in self.versions.versions],
            "complete": self.versions.complete,
        }

    def _data(self, version: Version) -> dict[str, Any]:
        return {
            "code": version.newest.code,
            "source": version.newest.cell.source,
            "link": version.link,
            "change": version.change,
            "added": version.added,
            "removed": version.removed,
            "hits": self._used(version),
            "runs": [brief(run) for run in version.runs],
        }

    def _title(self) -> str:
        asked, found = self.versions.asked, self.versions.versions
        where = f" in {asked.cell.notebook.rpartition('/')[2]}" if asked.cell.notebook else ""
        name = f"{asked.function}()" if asked.function else found[0].newest.cell.label or "(no code)"
        count = f"{counted(len(found), 'version')}, {counted(len(self.commits), 'run')}"
        return f"{name}{where}: {count}"

    def _rows(self) -> Sequence[tuple[list[str], Version]]:
        found = self.versions.versions
        return [(self._row(version, len(found) - place), version) for place, version in enumerate(found)]

    def _row(self, version: Version, number: int) -> list[str]:
        run, used = version.newest, self._used(version)
        failed = "failed; " if run.error else ""
        return [
            *(str(number), run.short, moment(run.created), units.duration(run.seconds), units.size(run.size)),
            *(str(len(version.runs)) if self._repeated else "", str(used) if used else ""),
            "" if version.link in _SURE else version.link,
            f"{failed}{_change(version)}",
        ]

    @property
    def _repeated(self) -> bool:
        """Whether a version ran more than once."""
        return any(len(version.runs) > 1 for version in self.versions.versions)

    def _used(self, version: Version) -> int:
        return sum(self.uses.get(run.id, 0) for run in version.runs)


def _change(version: Version) -> str:
    lines = " ".join(f"{sign}{count}" for sign, count in (("+", version.added), ("-", version.removed)) if count)
    words = version.change or ("first version" if not lines else "changed")
    return f"{words}, {lines}" if lines else words


def _html_row(row: Sequence[str], version: Version) -> str:
    facts = "".join(_cell(text) for text in row[:-1])
    return f"<tr>{facts}{_cell(row[-1], version.newest.cell.source)}</tr>"


def _cell(text: str, source: str = "") -> str:
    if not source:
        return f'<td style="{CELL}">{escape(text)}</td>'
    folded = f"<details><summary>{escape(text)}</summary><pre>{escape(source)}</pre></details>"
    return f'<td style="{CELL}">{folded}</td>'
