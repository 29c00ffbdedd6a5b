"""A commit and a kernel's outcomes, as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from html import escape
from textwrap import wrap
from typing import Any

from cashet_jupyter.models import Commit, Outcome, Shown, Value
from cashet_jupyter.outputs.settled import settled
from cashet_jupyter.render import units
from cashet_jupyter.render.answer import PLAIN, Answer, Style
from cashet_jupyter.render.commits import FORMAT, shown_data, title, whole
from cashet_jupyter.render.preview import preview_html, preview_text
from cashet_jupyter.render.shown import TEXT, shown_html, shown_lines
from cashet_jupyter.render.table import CELL, columns, fitted, shortened

#: lines of source, and of what was shown, that are shown before the rest is counted
SOURCE_LINES = 40
SHOWN_LINES = 20
#: inputs and outputs that are listed
_VALUES = 40
#: characters of a line, of a title, and of a traceback, whose end says most
_LINE = 500
_TITLE = 120
_ERROR = 8000

_MARKS = {"hit": "restored", "miss": "ran", "bypass": "not cached", "failed": "failed"}


class Provenance(Answer):
    """The answer of `show`: what made a result, of what, when, how long it took, and what it showed.

    `shown` is what the run showed, `unseen` why that cannot be told; `hits` and `saved` say how often the result was
    used and the seconds that this spared.
    """

    def __init__(
        self,
        commit: Commit,
        shown: Sequence[Shown] = (),
        *,
        unseen: str = "",
        trusted: bool = True,
        hits: int = 0,
        saved: float = 0.0,
    ) -> None:
        self.commit = commit
        self.shown = tuple(shown)
        self.unseen = unseen
        self.trusted = trusted
        self.hits = hits
        self.saved = saved

    def text(self, style: Style = PLAIN) -> str:
        """Plain text, a section for each kind of fact."""
        commit = self.commit
        head = shortened(title(commit), max(16, style.width - 16))
        lines = [f"cashet {style.paint(commit.short, 'id')}  {style.paint(head, 'strong')}"]
        lines += _facts_text(self._facts(), style)
        for name, values in (("inputs", commit.inputs), ("outputs", commit.outputs), ("depends", commit.depends)):
            if values or name != "depends":
                rows = [_cells(value) for value in values[:_VALUES]]
                lines.append(f"{name}:")
                for value, row in zip(values, _columns(rows, style.width - 2), strict=False):
                    lines.append(f"  {row}")
                    if (
                        name == "outputs"
                    ):  # what went in is one command away, and would push what came out off the screen
                        lines += [f"    {line}" for line in preview_text(value, style.width - 4)]
                lines += [] if values else ["  none"]
                lines += [f"  ... and {len(values) - _VALUES} more"] if len(values) > _VALUES else []
        for name, text in self._texts():
            lines += [f"{name}:", *(f"  {line}" for line in text)]
        return "\n".join(lines)

    def html(self) -> str:
        """One self-contained block; every text is escaped."""
        commit = self.commit
        facts = "".join(_row("th", [key], "td", [value]) for key, value in self._facts())
        parts = [
            f"<div><b>cashet {escape(commit.short)}</b> {escape(shortened(title(commit), _TITLE))}</div>",
            f"<table>{facts}</table>",
        ]
        for name, values in (("Inputs", commit.inputs), ("Outputs", commit.outputs)):
            rows = "".join(_row("th", _cells(value)[:1], "td", _cells(value)[1:]) for value in values[:_VALUES])
            seen = "".join(_seen(value, unfolded=name == "Outputs") for value in values[:_VALUES])
            summary = f"<summary>{name} ({len(values)})</summary>"
            parts.append(f"<details open>{summary}<table>{rows}</table>{seen}</details>")
        if commit.error:
            parts.append(
                f"<details open><summary>Failure</summary><pre>{escape(commit.error[-_ERROR:])}</pre></details>"
            )
        parts.append(f"<details open><summary>Source</summary><pre>{escape(_source(commit))}</pre></details>")
        if self.shown:
            parts.append(f"<details open><summary>Shown</summary>{shown_html(self.shown)}</details>")
        return f'<div class="cashet-show">{"".join(parts)}</div>'

    @property
    def data(self) -> dict[str, Any]:
        """Everything that is known of it; what it showed as text, images by their kinds only."""
        shown = [shown_data(item, TEXT) for item in settled(self.shown)]
        return whole(self.commit, shown, trusted=self.trusted, hits=self.hits, saved=self.saved)

    def _facts(self) -> list[tuple[str, str]]:
        facts = _facts(self.commit)
        if self.hits:
            times = "once" if self.hits == 1 else f"{self.hits} times"
            facts.insert(3, ("used", f"{times}, saved {units.duration(self.saved)}"))
        if not self.trusted:
            facts.insert(0, ("foreign", "written by someone else: its values are data only, its pickles never loaded"))
        return facts

    def _texts(self) -> Iterator[tuple[str, list[str]]]:
        commit = self.commit
        if commit.arguments:
            yield "arguments", _cut(commit.arguments)
        yield "source", _source(commit).splitlines()
        if commit.error:
            yield "failed", commit.error.rstrip()[-_ERROR:].splitlines()
        if self.shown:
            yield "shown", [line[:_LINE] for line in shown_lines(self.shown, SHOWN_LINES)]
        elif self.unseen:
            yield "shown", [self.unseen]


def outcomes_text(outcomes: Sequence[Outcome]) -> str:
    """One line for each cell of the kernel so far, and the time saved in all."""
    if not outcomes:
        return "no cached cells yet in this kernel"
    rows = [
        [
            _MARKS[outcome.status],
            units.duration(outcome.seconds),
            (outcome.commit or "")[:6],
            outcome.cell,
            _why(outcome),
        ]
        for outcome in outcomes
    ]
    hits = sum(outcome.status == "hit" for outcome in outcomes)
    saved = units.duration(sum(outcome.saved for outcome in outcomes))
    return "\n".join([*columns(rows), f"{hits} of {len(outcomes)} cells restored, saved {saved}"])


def outcomes_data(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The same for programs: every field of each outcome."""
    return {
        "format": FORMAT,
        "cells": [asdict(outcome) for outcome in outcomes],
        "saved": sum(outcome.saved for outcome in outcomes),
    }


def _why(outcome: Outcome) -> str:
    if outcome.status == "hit":
        saved = f"saved {units.duration(outcome.saved)}"
        return f"{saved}; {outcome.reason}" if outcome.reason else saved
    if outcome.status == "miss" and outcome.not_stored:
        return f"{outcome.reason}; not stored: {outcome.not_stored}"
    return outcome.reason


def _facts(commit: Commit) -> list[tuple[str, str]]:
    on = units.moment(commit.created, commit.offset)
    facts = [
        ("took", units.duration(commit.seconds)),
        ("on", f"{on} at {commit.host}" if commit.host else on),
        ("size", units.size(commit.size)),
        ("with", ", ".join(f"{name} {version}" for name, version in commit.versions.items())),
    ]
    if commit.function:
        facts.insert(0, ("function", commit.function))
    if commit.cell.notebook:
        facts.append(("notebook", commit.cell.notebook))
    if commit.tags:
        facts.append(("tags", ", ".join(f"{key}={value}" for key, value in commit.tags.items())))
    if commit.pinned:
        facts.append(("pinned", "yes"))
    if commit.expires is not None:
        facts.append(("until", units.moment(commit.expires, commit.offset)))
    if commit.parent:
        facts.append(("previous", commit.parent[:6]))
    if commit.lineage:
        facts.append(("made from", ", ".join(item[:6] for item in commit.lineage)))
    if commit.not_stored:
        facts.append(("left out", ", ".join(commit.not_stored)))
    facts += [("wrote", f"{item.path} ({units.size(item.size)})") for item in commit.artifacts[:_VALUES]]
    facts.append(("id", commit.id))
    return [(key, value) for key, value in facts if value]


def _facts_text(facts: Sequence[tuple[str, str]], style: Style) -> list[str]:
    """One fact a line, long ones on several."""
    width = max(len(key) for key, _ in facts)
    lines: list[str] = []
    for key, value in facts:
        first, *rest = wrap(value, max(20, style.width - width - 4), break_on_hyphens=False) or [""]
        lines.append(f"  {key.ljust(width)}  {first}")
        lines += [f"  {' ' * width}  {line}" for line in rest]
    return lines


def _cut(text: str) -> list[str]:
    lines = text.splitlines()
    more = len(lines) - SHOWN_LINES
    return [line[:_LINE] for line in lines[:SHOWN_LINES]] + ([f"... {more} more lines"] if more > 0 else [])


def _cells(value: Value) -> list[str]:
    size = units.size(value.size) if value.size else ""
    return [value.name, value.type, value.summary, size, value.digest[:12]]


def _seen(value: Value, *, unfolded: bool) -> str:
    """What a value looked like, to be folded away."""
    found = preview_html(value)
    name = f"<summary>{escape(shortened(value.name, _TITLE))}</summary>"
    return f'<details{" open" if unfolded else ""} style="margin-left: 1em">{name}{found}</details>' if found else ""


def _source(commit: Commit) -> str:
    lines = commit.cell.source.splitlines()
    more = len(lines) - SOURCE_LINES
    return "\n".join([*lines[:SOURCE_LINES], f"... {more} more lines"] if more > 0 else lines)


def _columns(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    return fitted([["", "", "", "", ""], *rows], width, {0: 16, 1: 12, 2: 16}, right=(3,))[1:] if rows else []


def _row(first_tag: str, first: Iterable[str], rest_tag: str, rest: Iterable[str]) -> str:
    cells = [(first_tag, text) for text in first] + [(rest_tag, text) for text in rest]
    inner = "".join(f'<{tag} style="{CELL}">{escape(text)}</{tag}>' for tag, text in cells)
    return f"<tr>{inner}</tr>"
