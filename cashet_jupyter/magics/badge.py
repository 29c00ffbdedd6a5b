"""The line under a cell, shown where the cell is shown."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

from cashet_jupyter.config import Badge, CellOptions
from cashet_jupyter.models import Commit, Outcome
from cashet_jupyter.pipeline import Storing
from cashet_jupyter.render import badge
from cashet_jupyter.session import Session

MIME_KEY = "cashet"


class Badges:
    """Shows outcomes: as a display in a notebook, as a printed line in a terminal."""

    def __init__(self, shell: Any, session: Session) -> None:
        self._shell = shell
        self._session = session
        self._said: set[str] = set()

    def show(self, outcome: Outcome, commit: Commit | None, options: CellOptions, *, once: str = "") -> None:
        """One line about a cell, or nothing where nothing is worth a line; what is `once` is not said again."""
        if once in self._said or not self._wanted(outcome, options):
            return
        if once:
            self._said.add(once)
        if outcome.trouble:
            self.notice(outcome.not_stored)
        elif line := self._line(outcome, commit, options):
            self._publish(*line)

    def storing(self, storing: Storing, options: CellOptions) -> StoringLine:
        """The line under a cell whose result is being stored, shown now; it changes when that has come to its end."""
        line = StoringLine(self, storing, options)
        if self._wanted(storing.outcome, options):
            text = badge.being_stored(storing.draft, storing.size)
            self._publish(text, {"storing": storing.size}, display_id=line.display_id)
        return line

    def conclude(self, storing: Storing, options: CellOptions, display_id: str) -> None:
        """Change that line to what it would have been."""
        line = self._line(storing.outcome, storing.commit, options)
        if line and self._wanted(storing.outcome, options):
            self._publish(*line, display_id=display_id, update=True)

    def mourn(self, storing: Storing, options: CellOptions) -> None:
        """Say under another cell that the result is not there."""
        if not storing.outcome.stored and self._wanted(storing.outcome, options):
            line = badge.lost_line(storing.outcome)
            self._publish(line, {"status": "not stored", "reason": storing.outcome.not_stored})

    def _wanted(self, outcome: Outcome, options: CellOptions) -> bool:
        return not options.quiet and self._kind(options) != "off" and outcome.status != "failed"

    def _kind(self, options: CellOptions) -> Badge:
        return "full" if options.verbose else self._session.settings.badge

    def _line(self, outcome: Outcome, commit: Commit | None, options: CellOptions) -> tuple[str, dict[str, Any]] | None:
        """Text and facts of the line; None if there is nothing to say."""
        if commit is None:
            facts = {"status": "not stored", "reason": outcome.not_stored}
            return (badge.refusal_line(outcome), facts) if self._worth_saying(outcome, options) else None
        line = badge.saved_line(commit)
        if outcome.not_stored:
            line += f"; {outcome.not_stored}"
        if self._kind(options) == "full" or not self._in_notebook():
            line += f" - {badge.live_line(outcome)}"
        # Only what every later hit says as well: a saved notebook must not change because a cell was restored.
        return line, {"commit": commit.id, "seconds": round(commit.seconds, 3), "created": round(commit.created, 3)}

    def _worth_saying(self, outcome: Outcome, options: CellOptions) -> bool:
        """Under auto a cell that cost nothing says nothing."""
        if not outcome.not_stored:
            return False
        return not options.auto or outcome.seconds >= self._session.settings.min_time

    def notice(self, text: str) -> None:
        """Say something about the cache itself, once in a kernel."""
        if text and text not in self._said:
            self._said.add(text)
            self._publish(f"cashet: {text}", {"notice": text})

    def _in_notebook(self) -> bool:
        """Whether a front end keeps outputs in a file; a terminal does not."""
        return hasattr(self._shell, "kernel")

    def _publish(self, line: str, facts: dict[str, Any], *, display_id: str = "", update: bool = False) -> None:
        if not self._in_notebook():
            print(line)
            return
        data = {"text/plain": line, "text/html": badge.html(line)}
        changing = {"transient": {"display_id": display_id}, "update": update} if display_id else {}
        self._shell.display_pub.publish(data, metadata={MIME_KEY: facts}, **changing)


class StoringLine:
    """The line under a cell whose result is being stored."""

    def __init__(self, badges: Badges, storing: Storing, options: CellOptions) -> None:
        self.display_id = uuid.uuid4().hex
        self._badges = badges
        self._storing = storing
        self._options = options

    def conclude(self) -> None:
        """Change it to what came of it."""
        with contextlib.suppress(Exception):  # a closed front end
            self._badges.conclude(self._storing, self._options, self.display_id)

    def mourn(self) -> None:
        """If nothing came of it, say so under the next cell."""
        with contextlib.suppress(Exception):
            self._badges.mourn(self._storing, self._options)
