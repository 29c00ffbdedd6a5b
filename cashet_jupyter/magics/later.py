"""The shell's part of write-behind: when it may be done, what waits for it, and what is said of it.

`pre_execute` is the event to wait in, since it comes before everything that a shell runs, silent requests too; other
messages are stopped by the gate. The line under the cell says that its result is being stored and is changed as soon as
that is known; front ends that only listen to the cell that runs are told once more when the next one begins.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cashet_jupyter.magics.gate import Gate
from cashet_jupyter.session import Session

if TYPE_CHECKING:  # loaded with the first cached cell
    from cashet_jupyter.config import CellOptions
    from cashet_jupyter.magics.badge import Badges
    from cashet_jupyter.pipeline import Storing

#: bytes from which on it is worth a thread: 16 MiB are written in some 10 ms
BIG = 16 << 20


class Later:
    """The results of one shell that are stored while the user reads them."""

    def __init__(self, shell: Any, session: Session) -> None:
        self.interrupted = False
        """Whether the user pressed stop while the cell that begins now was waiting."""
        self._shell = shell
        self._session = session
        self._gate = Gate(session.behind.finish)
        self._news: list[Callable[[], None]] = []

    def may_wait(self, storing: Storing, event: Callable[..., Any], *, nested: bool) -> bool:
        """Whether a result may be written after `event`, the callback of `post_run_cell` that asks."""
        if storing.size < BIG or nested:
            return False
        from cashet_jupyter.magics.stillness import unrest

        return not unrest(self._shell, event)

    def begin(self, storing: Storing, options: CellOptions, badges: Badges) -> None:
        """Store it in the background. Nothing may ask for the store after this before the cell has ended."""
        session, provisional = self._session, storing.outcome
        line = badges.storing(storing, options)
        context = contextvars.copy_context()  # in which messages belong to this cell

        def write(stop: Callable[[], bool]) -> None:
            storing.write(stop)
            context.run(line.conclude)
            with contextlib.suppress(RuntimeError):  # a process that ends begins no thread any more
                session.look_after()

        def settle() -> None:
            self._gate.open()
            session.behind.told = _nothing
            session.correct(provisional, storing.outcome)
            storing.settle(session)
            self._news += [line.conclude, line.mourn]

        session.behind.told = self._waits(storing.size, quiet=options.quiet)
        self._gate.close(self._shell.kernel)
        session.behind.begin(write, settle)

    def _waits(self, size: int, *, quiet: bool) -> Callable[[float], None]:
        from cashet_jupyter.magics.waiting import WaitingLine
        from cashet_jupyter.render.badge import storing_line

        line = WaitingLine(self._shell, quiet=quiet)

        def tell(seconds: float) -> None:
            with contextlib.suppress(Exception):  # a closed front end
                line(storing_line(size, seconds) if seconds else "")

        return tell

    def pre_execute(self) -> None:
        """Let no code run before what was stored is stored."""
        try:
            self.interrupted = self._session.behind.finish()
        except KeyboardInterrupt:  # it came just before or after the waiting
            self._session.behind.finish()
            self.interrupted = True
        news, self._news = self._news, []
        for tell in news:
            tell()

    def attach(self) -> None:
        """Before all others: callbacks of the user's may run code, too."""
        self._shell.events.callbacks["pre_execute"].insert(0, self.pre_execute)

    def detach(self) -> None:
        """Take it out again."""
        self._session.behind.finish()
        self._shell.events.unregister("pre_execute", self.pre_execute)


def _nothing(_seconds: float) -> None:
    """Nobody waits."""
