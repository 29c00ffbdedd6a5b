"""How far a long command is: a line that comes after a second, changes four times a second, and goes."""

from __future__ import annotations

import time
from collections.abc import Callable

from cashet_jupyter.render.progress import progress_line

#: nothing is shown for what takes less, in seconds
_QUIET = 1.0
_PAUSE = 0.25


class Meter:
    """Called as `store.protocol.Progress` is."""

    def __init__(self, what: str, show: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._show = show
        self._clock = clock
        self._next = clock() + _QUIET
        self._line = ""

    def __call__(self, done: int, total: int, unit: str) -> None:
        """Take a step."""
        now = self._clock()
        if now >= self._next:
            self._next = now + _PAUSE
            self._line = progress_line(self._what, done, total, unit)
            self._show(self._line)

    def done(self) -> None:
        """It has come to its end: the line goes, if there is one."""
        if self._line:
            self._show("")

    def stop(self) -> None:
        """It was broken off."""
        self.done()
