"""How far a command is, under its cell: a line that the answer takes the place of, so that no notebook saves it."""

from __future__ import annotations

import sys
import uuid
from typing import Any

import click


class ProgressLine:
    """One line of a shell, shown again and again."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self._id = ""

    def show(self, line: str) -> None:
        """Show it in the place of the one before; the empty one takes it away."""
        if not hasattr(self.shell, "kernel"):
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
        elif line:
            again, self._id = bool(self._id), self._id or uuid.uuid4().hex
            self._publish(f"cashet: {line}", update=again)

    def say(self, text: str) -> None:
        """Show the answer."""
        if self._id:
            self._publish(text, update=True)
            self._id = ""
        else:
            click.echo(text, color=False)

    def _publish(self, text: str, *, update: bool) -> None:
        transient = {"display_id": self._id}
        self.shell.display_pub.publish({"text/plain": text}, {}, transient=transient, update=update)
