"""Two threads that take turns: at each step of one the other may be let in, and a plan says at which it is.

A step is a SQL statement, or a call of the system that changes or looks at names and contents which both can see.
Whoever finds the database or a lock busy gives its turn away. Nothing of the store is changed for it: what it calls
is replaced while a schedule runs.

What is no step, because it commutes with everything that the other one does: what is done to a descriptor (a blob
never changes once it has its name; a log is written through one, and that is a step), and a call on a name that is
`quiet`, which no actor of the scene ever changes.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from unittest import mock

import apsw

#: calls of the system that change or look at what has a name; `write` is there for the log
CALLS = (
    "open",
    "write",
    "rename",
    "replace",
    "link",
    "unlink",
    "rmdir",
    "mkdir",
    "stat",
    "lstat",
    "scandir",
    "listdir",
)

#: as often may somebody find everything busy, with nobody doing anything in between
_PATIENCE = 300
_MOST_STEPS = 20_000
_SECONDS = 30.0

_here = threading.local()


class Stuck(BaseException):
    """Both wait for each other, or for ever."""


class Turns:
    """One schedule: actor `first` begins, and at the steps of `plan` the turn goes to the other one."""

    def __init__(self, first: int, plan: Sequence[int], quiet: Callable[[str], bool]) -> None:
        self.plan = frozenset(plan)
        self.quiet = quiet
        self.trace: list[tuple[int, str]] = []
        """Who did what, in order."""
        self.chances: list[int] = []
        """The steps at which the other one could have been let in."""
        self.blocked = 0
        self._first = first
        self._done = [False, False]
        self._holds = [False, False]  # the write lock
        self._wants = [False, False]  # and waits for it
        self._waits = 0
        self._gates = [threading.Semaphore(0), threading.Semaphore(0)]

    def run(self, actors: Sequence[Callable[[], Callable[[], object]]]) -> list[BaseException | None]:
        """Prepare both, one after the other, then let them work in turns; what each of them failed with."""
        failures: list[BaseException | None] = [None, None]
        ready = [threading.Event(), threading.Event()]

        def live(me: int) -> None:
            try:
                work = actors[me]()
                ready[me].set()
                self._gates[me].acquire()
                _here.turns, _here.me = self, me
                work()
            except BaseException as error:
                failures[me] = error
            finally:
                _here.turns = None
                ready[me].set()
                self._done[me] = True
                self._gates[1 - me].release()

        threads = [threading.Thread(target=live, args=(me,), daemon=True) for me in range(2)]
        with _replaced():
            for thread, event in zip(threads, ready, strict=True):
                thread.start()
                event.wait(_SECONDS)
            self._gates[self._first].release()
            for thread in threads:
                thread.join(_SECONDS)
        if any(thread.is_alive() for thread in threads):
            failures.append(Stuck("a thread never came back"))
        return failures

    def step(self, name: str) -> None:
        """Before a step of the calling thread."""
        me = _here.me
        number = len(self.trace)
        self.trace.append((me, name))
        self._waits = 0
        if number > _MOST_STEPS:
            raise Stuck(f"{number} steps")
        if self._done[1 - me] or (self._holds[me] and self._wants[1 - me]):
            return  # nobody is there who could do anything
        self.chances.append(number)
        if number in self.plan:
            self._hand_over(me)

    def wait(self, *, database: bool = False) -> None:
        """The calling thread finds something busy."""
        me = _here.me
        self.blocked += 1
        self._waits += 1
        if self._waits > _PATIENCE:
            raise Stuck(f"waits for ever after {self.trace[-3:]}")
        self._wants[me] = database and self._holds[1 - me]
        if not self._done[1 - me]:
            self._hand_over(me)
        self._wants[me] = False

    def locks(self, statement: str, *, done: bool) -> None:
        """After a statement that may have taken the write lock, or given it back."""
        if statement.startswith("BEGIN IMMEDIATE") and done:
            self._holds[_here.me] = True
        elif statement.startswith(("COMMIT", "ROLLBACK")):
            self._holds[_here.me] = False

    def _hand_over(self, me: int) -> None:
        self._gates[1 - me].release()
        self._gates[me].acquire()


def _turns() -> Turns | None:
    return getattr(_here, "turns", None)


def _sleep(seconds: float) -> None:
    turns = _turns()
    if turns is None:
        _real_sleep(seconds)
    else:
        turns.wait()


_real_sleep = time.sleep
_RealConnection = apsw.Connection


class _Connection(_RealConnection):
    """Statements are steps, and waiting for a busy database gives the turn away."""

    def execute(self, statements: str, *args: Any, **kwargs: Any) -> apsw.Cursor:
        turns = _turns()
        if turns is None:
            return super().execute(statements, *args, **kwargs)
        turns.step(" ".join(statements.split()[:3]))
        done = False
        try:
            cursor = super().execute(statements, *args, **kwargs)
            done = True
        finally:
            turns.locks(statements, done=done)
        return cursor

    def set_busy_handler(self, handler: Callable[[int], bool] | None) -> None:
        def wait(attempts: int) -> bool:
            turns = _turns()
            if turns is None:
                return handler is not None and handler(attempts)
            turns.wait(database=True)
            return True

        super().set_busy_handler(wait)

    def set_busy_timeout(self, milliseconds: int) -> None:
        if _turns() is None:
            super().set_busy_timeout(milliseconds)
        else:  # SQLite would sleep by itself
            self.set_busy_handler(None)


def _call(name: str) -> Callable[..., Any]:
    real = getattr(os, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        turns = _turns()
        if turns is not None and not turns.quiet(str(args[0] if args else "")):
            turns.step(f"{name} {_short(args)}")
        return real(*args, **kwargs)

    return call


def _short(args: tuple[Any, ...]) -> str:
    return "" if not args or isinstance(args[0], int) else "/".join(str(args[0]).split("/")[-2:])[:24]


@contextlib.contextmanager
def _replaced() -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for name in CALLS:
            stack.enter_context(mock.patch.object(os, name, _call(name)))
        stack.enter_context(mock.patch.object(time, "sleep", _sleep))
        stack.enter_context(mock.patch.object(apsw, "Connection", _Connection))
        yield
