"""Commits as plain data, and as rows of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from cashet_jupyter.history.traced import moment
from cashet_jupyter.models import Artifact, Commit, Shown, Value
from cashet_jupyter.render import units
from cashet_jupyter.render.answer import PLAIN, Answer, Style
from cashet_jupyter.render.preview import preview_data
from cashet_jupyter.render.table import CELL, fitted

#: version of the structure that `--json` gives; it grows when a field changes its meaning or goes
FORMAT = 1


def brief(commit: Commit) -> dict[str, Any]:
    """A commit in a list: what it is called, when, how long, how large."""
    return {
        "id": commit.id,
        "label": commit.cell.label,
        "function": commit.function,
        "notebook": commit.cell.notebook,
        "cell": None if commit.function else commit.cell.id,
        "status": commit.status,
        "created": commit.created,
        "seconds": commit.seconds,
        "size": commit.size,
        "outputs": [value.name for value in commit.outputs],
        "tags": dict(commit.tags),
        "pinned": commit.pinned,
    }


def whole(
    commit: Commit, shown: Sequence[Mapping[str, Any]], *, trusted: bool, hits: int, saved: float
) -> dict[str, Any]:
    """All that is known of a commit."""
    return {
        "format": FORMAT,
        **brief(commit),
        "outputs": [value_data(value) for value in commit.outputs],
        "inputs": [value_data(value) for value in commit.inputs],
        "depends": [value_data(value) for value in commit.depends],
        "files": [artifact_data(artifact) for artifact in commit.artifacts],
        "source": commit.cell.source,
        "arguments": commit.arguments,
        "error": commit.error,
        "shown": list(shown),
        "not_stored": list(commit.not_stored),
        "parent": commit.parent,
        "lineage": list(commit.lineage),
        "versions": dict(commit.versions),
        "host": commit.host,
        "expires": commit.expires,
        "trusted": trusted,
        "hits": hits,
        "saved": saved,
    }


def value_data(value: Value) -> dict[str, Any]:
    """An input or output; bytes as far as they are known."""
    return {
        "name": value.name,
        "type": value.type,
        "summary": value.summary,
        "size": value.size,
        "digest": value.digest,
        "preview": preview_data(value),
    }


def artifact_data(artifact: Artifact) -> dict[str, Any]:
    """A file that a run wrote."""
    return {"path": artifact.path, "size": artifact.size, "digest": artifact.digest}


def shown_data(item: Shown, most: int) -> dict[str, Any]:
    """One thing that a run showed: its text up to `most` characters, and the kinds that it was recorded in."""
    if item.kind == "stream":
        return {"kind": "stream", "name": item.content["name"], "text": str(item.content["text"])[:most], "mime": []}
    data: Mapping[str, Any] = item.content.get("data") or {}
    text = str(data.get("text/plain", ""))[:most]
    return {"kind": item.kind, "name": "", "text": text, "mime": sorted(map(str, data))}


def title(commit: Commit) -> str:
    """What it is called: the label of the cell, or the function with what it was called with."""
    return f"{commit.cell.label}({commit.arguments})" if commit.function else commit.cell.label or "(no code)"


def marks(commit: Commit) -> str:
    """`failed pinned stage=train`."""
    words = ["failed"] if commit.status == "failed" else []
    words += ["pinned"] if commit.pinned else []
    return " ".join([*words, *(f"{name}={value}" for name, value in sorted(commit.tags.items()))])


def row(commit: Commit) -> list[str]:
    """Id, when, how long, how large, what, where, and how it is marked."""
    notebook = (commit.cell.notebook or "").rpartition("/")[2]
    size = units.size(commit.size)
    return [
        commit.short,
        moment(commit.created),
        units.duration(commit.seconds),
        size,
        title(commit),
        notebook,
        marks(commit),
    ]


#: what stands above such rows; and which of the columns may be cut, and to how little
HEAD = ["id", "when", "took", "size", "cell", "notebook", ""]
_CUT = {4: 16, 5: 8, 6: 8}


def list_text(commits: Sequence[Commit], style: Style) -> list[str]:
    """A table of commits."""
    head, *lines = fitted([HEAD, *map(row, commits)], style.width, _CUT, right=(2, 3))
    return [
        style.paint(head, "faint"),
        *(_painted(line, commit, style) for line, commit in zip(lines, commits, strict=True)),
    ]


def _painted(line: str, commit: Commit, style: Style) -> str:
    id, rest = line[: len(commit.short)], line[len(commit.short) :]
    return style.paint(id, "id") + (style.paint(rest, "bad") if commit.status == "failed" else rest)


def list_html(commits: Sequence[Commit]) -> str:
    """The same as a table of HTML."""
    head = "".join(f'<th style="{CELL}">{escape(text)}</th>' for text in HEAD)
    rows = "".join(_html_row(row(commit)) for commit in commits)
    return f"<table><tr>{head}</tr>{rows}</table>"


def _html_row(cells: Sequence[str]) -> str:
    first = f'<td style="{CELL}"><code>{escape(cells[0])}</code></td>'
    rest = "".join(f'<td style="{CELL}">{escape(text)}</td>' for text in cells[1:])
    return f"<tr>{first}{rest}</tr>"


class Log(Answer):
    """The answer of `log`: commits, newest first; `more` if there are more than these."""

    def __init__(self, commits: Sequence[Commit], *, more: bool) -> None:
        self.commits = tuple(commits)
        self.more = more

    @property
    def empty(self) -> bool:
        """Whether there are none."""
        return not self.commits

    def text(self, style: Style = PLAIN) -> str:
        """A table, and whether there is more."""
        if not self.commits:
            return "no results: nothing is stored, or nothing fits"
        lines = list_text(self.commits, style)
        return "\n".join([*lines, style.paint(_MORE, "faint")] if self.more else lines)

    def html(self) -> str:
        """A table, and whether there is more."""
        if not self.commits:
            return f'<div class="cashet-log">{escape(self.text())}</div>'
        more = f"<div>{_MORE}</div>" if self.more else ""
        return f'<div class="cashet-log">{list_html(self.commits)}{more}</div>'

    @property
    def data(self) -> dict[str, Any]:
        """`results`, and whether there are `more`."""
        return {"format": FORMAT, "results": [brief(commit) for commit in self.commits], "more": self.more}


_MORE = "there are more: -n 100, or --all"
