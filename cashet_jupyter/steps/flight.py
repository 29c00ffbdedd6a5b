"""Two kernels that want one result: one computes it, the other waits and takes it.

Waiting saves work, nothing else: what is taken in the end is a hit like any other, looked up anew. So whoever waited
finds out afresh what the cell reads - minutes may have passed - and whoever is in doubt computes.
"""

from __future__ import annotations

import contextlib
import platform
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from cashet_jupyter.errors import StoreError
from cashet_jupyter.render.waiting import owner_name, waited, waiting_line
from cashet_jupyter.steps.request import Request
from cashet_jupyter.store.answers import Work
from cashet_jupyter.store.protocol import Claim, Store

#: seconds of waiting of which nothing is said
QUIET = 0.3
#: seconds between two lines
_TICK = 1.0


class Base(Protocol):
    """Where claims are made: a session, or what stands behind a client."""

    def store(self) -> Store:
        """The store; raises `StoreError` if it cannot be used."""
        ...

    def expected(self, code: str) -> float | None:
        """Seconds that a code takes, by its last run; None if that is not known."""
        ...


class Flight:
    """The claim of one cell, from its first lookup to the start of its run; a claim that is not handed over is let go.

    A cell that would not be stored claims nothing and waits for nobody. With `--refresh` it claims, but does not wait:
    who asks for a run gets one.
    """

    def __init__(self, request: Request, code: str, session: Base) -> None:
        self._request = request
        self._code = code
        self._session = session
        self._claim: Claim | None = None
        self._key = ""
        self._patient = not request.options.refresh
        self._line = _Line(request.waiting)

    @property
    def waited(self) -> str:
        """For whom it waited, and how long, if that was long enough to be said; else empty."""
        return self._line.summary

    def may_have_landed(self, key: str, newest: str) -> bool:
        """Claim the key after a lookup that found nothing, waiting for whoever has it; whether to look it up again.

        `newest` is the newest run that the lookup has seen. If not, the cell is to run.
        """
        if not self._request.options.store:
            return False
        claim = self._claimed(key)
        if self._patient and not claim.owned:
            self._wait(claim, key, newest)
            # Once only: where a run that ended well is no hit - it was not stored, or read another file - the next
            # one will not be either, and all who wait would run one after another.
            self._patient = claim.owned or claim.other is not None
            return True
        if not claim.owned:
            self._let_go()
            return False
        return not self._request.options.refresh and self._is_news(key, newest)

    def hand_over(self) -> Claim | None:
        """The claim, for the run."""
        claim, self._claim = self._claim, None
        return claim

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._let_go()

    def _claimed(self, key: str) -> Claim:
        if self._claim is None or self._claim.ended or key != self._key:
            self._let_go()
            cell, expected = self._request.cell, self._session.expected(self._code)
            self._key = key
            self._claim = self._session.store().claim(key, Work(cell.notebook or "", cell.label, expected))
        return self._claim

    def _let_go(self) -> None:
        claim, self._claim = self._claim, None
        if claim is not None:
            claim.release(ended=False)

    def _wait(self, claim: Claim, key: str, newest: str) -> None:
        with self._line as line:
            while claim.other is not None and not self._is_news(key, newest):
                line.show(claim.other)
                claim.wait()

    def _is_news(self, key: str, newest: str) -> bool:
        """Whether a run has been stored since the lookup."""
        try:
            return any(commit.id != newest for commit in self._session.store().find(key, limit=1))
        except StoreError:
            return False


class _Line:
    """The line that says for whom the cell waits; it is gone when the waiting is over."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._started = 0.0
        self._next = 0.0
        self._shown = False
        self._name = ""
        self._seconds = 0.0

    @property
    def summary(self) -> str:
        """`waited 0:12 for train.ipynb`, or nothing."""
        return waited(self._name, self._seconds) if self._seconds >= QUIET else ""

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        self._next = self._started + QUIET
        return self

    def show(self, other: Work) -> None:
        """Say it, or say it anew, once a second."""
        now = time.monotonic()
        self._name = owner_name(other.notebook, other.host, platform.node())
        if now < self._next:
            return
        self._next, self._shown = now + _TICK, True
        running = time.time() - other.started if other.started else now - self._started
        self._tell(waiting_line(self._name, running, other.expected))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._seconds += time.monotonic() - self._started
        if self._shown:
            self._shown = False
            self._tell("")

    def _tell(self, text: str) -> None:
        with contextlib.suppress(Exception):  # a closed front end does not keep the cell from its result
            self._show(text)
