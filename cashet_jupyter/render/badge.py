"""The line under a cell."""

from __future__ import annotations

from html import escape

from cashet_jupyter.models import Commit, Outcome
from cashet_jupyter.render import units

_STYLE = "color: var(--jp-ui-font-color2, #777); font-size: 85%"


def saved_line(commit: Commit) -> str:
    """What stays in a saved notebook: the same for the run and for every later hit of its commit."""
    return (
        f"cashet {commit.short} - took {units.duration(commit.seconds)} on {units.day(commit.created, commit.offset)}"
    )


def being_stored(draft: Commit, size: int) -> str:
    """The same while `size` bytes are being written and there is no id yet."""
    day = units.day(draft.created, draft.offset)
    return f"cashet storing {units.size(size)} - took {units.duration(draft.seconds)} on {day}"


def storing_line(size: int, seconds: float) -> str:
    """`storing the result of the cell before: 1.1 GB, 0:03`, for a cell that waits for it."""
    return f"storing the result of the cell before: {units.size(size)}, {units.clock(seconds)}"


def lost_line(outcome: Outcome) -> str:
    """Why the result of an earlier cell was not stored after all."""
    return f"cashet: the result of `{outcome.cell}` was not stored - {outcome.not_stored}"


def live_line(outcome: Outcome) -> str:
    """How it went just now."""
    if outcome.status == "hit":
        line = f"restored in {units.duration(outcome.seconds)}, saved {units.duration(outcome.saved)}"
        return f"{outcome.reason}, {line}" if outcome.reason else line
    if outcome.status == "miss":
        return "first run" if outcome.reason == "first run" else f"ran again: {outcome.reason}"
    return outcome.status


def refusal_line(outcome: Outcome) -> str:
    """Why nothing was stored."""
    return f"cashet: not stored - {outcome.not_stored}"


def html(line: str) -> str:
    """A line as one small grey span; its text is escaped."""
    return f'<span class="cashet-badge" style="{_STYLE}">{escape(line)}</span>'
