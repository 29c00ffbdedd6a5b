"""A commit and a kernel's outcomes, as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from cashet_jupyter.models import Commit, Outcome, Value
from cashet_jupyter.render import units

#: lines of source that are shown before the rest is counted
SOURCE_LINES = 40

_CSS = "text-align: left; vertical-align: top; padding: 2px 12px 2px 0"
_MARKS = {"hit": "restored", "miss": "ran", "bypass": "not cached", "failed": "failed"}


def commit_text(commit: Commit) -> str:
    """What made it, of what, when, how long it took: plain text."""
    lines = [f"cashet {commit.short}  {commit.cell.label}"]
    lines += [f"  {key:<9}{value}" for key, value in _facts(commit)]
    for title, values in (("inputs", commit.inputs), ("outputs", commit.outputs)):
        lines.append(f"{title}:")
        lines += [f"  {row}" for row in _columns([_cells(value) for value in values])] or ["  none"]
    lines += ["source:", *(f"  {line}" for line in _source(commit).splitlines())]
    return "\n".join(lines)


def commit_html(commit: Commit) -> str:
    """The same as one self-contained block; every text is escaped."""
    facts = "".join(_row("th", [key], "td", [value]) for key, value in _facts(commit))
    parts = [
        f"<div><b>cashet {escape(commit.short)}</b> {escape(commit.cell.label)}</div>",
        f"<table>{facts}</table>",
    ]
    for title, values in (("Inputs", commit.inputs), ("Outputs", commit.outputs)):
        rows = "".join(_row("th", _cells(value)[:1], "td", _cells(value)[1:]) for value in values)
        parts.append(f"<details open><summary>{title} ({len(values)})</summary><table>{rows}</table></details>")
    parts.append(f"<details open><summary>Source</summary><pre>{escape(_source(commit))}</pre></details>")
    return f'<div class="cashet-show">{"".join(parts)}</div>'


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
    return "\n".join([*_columns(rows), f"{hits} of {len(outcomes)} cells restored, saved {saved}"])


def _why(outcome: Outcome) -> str:
    if outcome.status == "hit":
        saved = f"saved {units.duration(outcome.saved)}"
        return f"{saved}; {outcome.reason}" if outcome.reason else saved
    if outcome.status == "miss" and outcome.not_stored:
        return f"{outcome.reason}; not stored: {outcome.not_stored}"
    return outcome.reason


def _facts(commit: Commit) -> list[tuple[str, str]]:
    facts = [
        ("took", units.duration(commit.seconds)),
        ("on", f"{units.moment(commit.created, commit.offset)} at {commit.host}"),
        ("size", units.size(commit.size)),
        ("with", ", ".join(f"{name} {version}" for name, version in commit.versions.items())),
    ]
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
    facts.append(("id", commit.id))
    return facts


def _cells(value: Value) -> list[str]:
    size = units.size(value.size) if value.size else ""
    return [value.name, value.type, value.summary, size, value.digest[:12]]


def _source(commit: Commit) -> str:
    lines = commit.cell.source.splitlines()
    more = len(lines) - SOURCE_LINES
    return "\n".join([*lines[:SOURCE_LINES], f"... {more} more lines"] if more > 0 else lines)


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(first_tag: str, first: Iterable[str], rest_tag: str, rest: Iterable[str]) -> str:
    cells = [(first_tag, text) for text in first] + [(rest_tag, text) for text in rest]
    inner = "".join(f'<{tag} style="{_CSS}">{escape(text)}</{tag}>' for tag, text in cells)
    return f"<tr>{inner}</tr>"
