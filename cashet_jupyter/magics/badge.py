"""The line under a cell, shown where the cell is shown."""

from __future__ import annotations

from typing import Any

from cashet_jupyter.config import Badge, CellOptions
from cashet_jupyter.models import Commit, Outcome
from cashet_jupyter.render import badge
from cashet_jupyter.session import Session

MIME_KEY = "cashet"


class Badges:
    """Shows outcomes: as a display in a notebook, as a printed line in a terminal."""

    def __init__(self, shell: Any, session: Session) -> None:
        self._shell = shell
        self._session = session
        self._said: set[str] = set()

    def show(self, outcome: Outcome, commit: Commit | None, options: CellOptions) -> None:
        """One line about a cell, or nothing where nothing is worth a line."""
        badge_kind = "full" if options.verbose else self._session.settings.badge
        if options.quiet or badge_kind == "off" or outcome.status == "failed":
            return
        if outcome.trouble:
            self.notice(outcome.not_stored)
        elif commit is None:
            if self._worth_saying(outcome, options):
                self._publish(badge.refusal_line(outcome), {"status": "not stored", "reason": outcome.not_stored})
        else:
            self._show_saved(outcome, commit, badge_kind)

    def _show_saved(self, outcome: Outcome, commit: Commit, badge_kind: Badge) -> None:
        line = badge.saved_line(commit)
        if outcome.not_stored:
            line += f"; {outcome.not_stored}"
        if badge_kind == "full" or not self._in_notebook():
            line += f" - {badge.live_line(outcome)}"
        # Only what every later hit says as well: a saved notebook must not change because a cell was restored.
        self._publish(
            line, {"commit": commit.id, "seconds": round(commit.seconds, 3), "created": round(commit.created, 3)}
        )

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

    def _publish(self, line: str, facts: dict[str, Any]) -> None:
        if self._in_notebook():
            data = {"text/plain": line, "text/html": badge.html(line)}
            self._shell.display_pub.publish(data, metadata={MIME_KEY: facts})
        else:
            print(line)
