"""Write-behind: a thread stores a result while its user reads it; whoever may change the values waits for it.

The buffers of a result are views of the values' own memory. So between `begin` and `finish` nothing may run that could
change them: whoever begins answers for that (`magics.stillness`), and everything that could run later asks for
`finish` first. It is a thread and not a forked child with a copy of its own: forking a kernel that has threads, open
sockets and perhaps a GPU is not safe.

The thread is not a daemon: a process that ends waits for it, before its exit functions run.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import threading
import time
import weakref
from collections.abc import Callable, Generator
from types import FrameType
from typing import Any

#: seconds between two looks whether the user wants to wait no longer
_SLICE = 0.02
#: seconds of waiting of which nothing is said, and between two lines
_QUIET = 1.0

#: Gives up what is being written as soon as it is true.
Stop = Callable[[], bool]


def _unseen(_seconds: float) -> None:
    """Where nobody looks."""


class Behind:
    """At most one result that is being written."""

    def __init__(self) -> None:
        self.told: Callable[[float], None] = _unseen
        """Called once a second with how long somebody has been waiting, and with 0 at the end if it was called."""
        self._job: _Job | None = None
        self._lock = threading.RLock()
        _watch_forks(self)

    @property
    def writing(self) -> bool:
        """Whether something is being written just now."""
        job = self._job
        return job is not None and not job.done.is_set()

    def begin(self, write: Callable[[Stop], None], settle: Callable[[], None]) -> None:
        """Call `write(stop)` in a thread, and `settle()` in the one that next calls `finish`; neither may raise."""
        self.finish()
        self._job = job = _Job(write, settle)
        try:
            job.thread.start()
        except RuntimeError:  # no more threads; at the end of a process there are none
            job.run()

    def finish(self) -> bool:
        """Wait until it is written; whether the user has interrupted the waiting, which gives it up.

        Costs nothing if nothing is being written. The interrupt is not raised: the caller says what it means to it.
        """
        job = self._job
        if job is None or job.thread is threading.current_thread():
            return False
        with self._lock:
            if self._job is not job:
                return False
            pressed = job.wait(self.told)
            self._job = None
            job.settle()
        return pressed

    def forget(self) -> None:
        """In the child of a fork, whose parent goes on writing."""
        self._job = None
        self._lock = threading.RLock()


class _Job:
    """One result."""

    def __init__(self, write: Callable[[Stop], None], settle: Callable[[], None]) -> None:
        self.settle = settle
        self._write = write
        self._stop = threading.Event()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run, name="cashet-commit", daemon=False)

    def run(self) -> None:
        try:
            self._write(self._stop.is_set)
        finally:
            self.done.set()

    def wait(self, told: Callable[[float], None]) -> bool:
        """Wait for the end, or, once the user interrupts, until it is given up: values may change only after that."""
        began = time.monotonic()
        said = 0.0
        with _interrupts(self._stop.set):
            while not self.done.wait(_SLICE):
                waited = time.monotonic() - began
                if waited - said >= _QUIET:
                    said = waited
                    told(waited)
        if said:
            told(0.0)
        return self._stop.is_set()


@contextlib.contextmanager
def _interrupts(pressed: Callable[[], None]) -> Generator[None]:
    """Within the block the stop button calls `pressed` instead of raising wherever the program is.

    A handler of its own, since under one for asynchronous cells the button is heard only when the cell awaits.
    """

    def handle(_number: int, _frame: FrameType | None) -> None:
        pressed()

    former: Any = None
    if threading.current_thread() is threading.main_thread():
        former = signal.getsignal(signal.SIGINT)
    if not callable(former):  # none of ours: ignored between two cells, or not set from Python
        yield
        return
    try:
        signal.signal(signal.SIGINT, handle)
    except KeyboardInterrupt:
        pressed()
        signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)


# ------------------------------------------------------------------------------------------------------------- forks
_watched: weakref.WeakSet[Behind] = weakref.WeakSet()


def _watch_forks(behind: Behind) -> None:
    _register()
    _watched.add(behind)


@functools.cache
def _register() -> None:
    os.register_at_fork(before=_before, after_in_child=_in_child)


def _before() -> None:
    """A child has no such thread, and what it does with shared memory must not get into the result."""
    for behind in list(_watched):
        behind.finish()


def _in_child() -> None:
    for behind in list(_watched):
        behind.forget()
