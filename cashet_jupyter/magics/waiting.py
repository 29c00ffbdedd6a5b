"""The line under a cell that waits for another kernel, while it waits."""

from __future__ import annotations

import sys
import uuid
from typing import Any

from cashet_jupyter.magics.badge import MIME_KEY
from cashet_jupyter.render import badge


class WaitingLine:
    """Shows one line in the place of the one before; the empty one takes it away, so that no notebook saves it."""

    def __init__(self, shell: Any, *, quiet: bool) -> None:
        self._shell = shell
        self._quiet = quiet
        self._id = ""
        self._width = 0

    def __call__(self, line: str) -> None:
        """Show it."""
        if self._quiet:
            return
        if hasattr(self._shell, "kernel"):
            self._display(line)
        else:
            self._print(line)

    def _display(self, line: str) -> None:
        publisher = self._shell.display_pub
        if not line:
            # At once, not when the next output comes: a cell that shows nothing would keep the line.
            publisher.clear_output(wait=False)
            self._id = ""
            return
        text = f"cashet: {line}"
        data = {"text/plain": text, "text/html": badge.html(text)}
        again, self._id = bool(self._id), self._id or uuid.uuid4().hex
        publisher.publish(data, {MIME_KEY: {"waiting": line}}, transient={"display_id": self._id}, update=again)

    def _print(self, line: str) -> None:
        """One line of the terminal, written over itself."""
        text = f"cashet: {line}" if line else ""
        end = "" if line else "\r"
        sys.stderr.write(f"\r{text.ljust(self._width)}{end}")
        sys.stderr.flush()
        self._width = len(text)
