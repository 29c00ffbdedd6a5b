"""SQLite connections: one per thread and process, opened again when the file has become another one.

- A connection must not cross a fork: the child leaks the ones that it inherits, untouched (even closing one would
  work on locks and a write-ahead log that are the parent's), and opens its own.
- The index may be deleted or put aside while it is open. Each use asks whether the name still belongs to the file
  that was opened (1 us); if not, the connection is dropped and the caller's `attach` makes the index anew.
- No descriptor of the index is ever opened and closed by us: that would drop every lock the process holds on it.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

import apsw

from cashet_jupyter.errors import StoreError

#: how long a writer waits for another one, in seconds
PATIENCE = 30.0

#: 16 MiB of pages at most
CACHE = "PRAGMA cache_size=-16384"

#: how many answers are kept while nothing changes; the largest are of some 50 KiB
ANSWERS = 128

Identity = tuple[int, int] | None

_T = TypeVar("_T")


class Held:
    """A connection and what it was opened as."""

    __slots__ = ("__weakref__", "_answers", "_version", "db", "identity", "patience", "pid", "started", "synchronous",
                 "thread")  # fmt: skip

    def __init__(self, db: apsw.Connection, identity: Identity) -> None:
        self.db = db
        self.identity = identity
        self.pid = os.getpid()
        self.thread = threading.get_ident()
        self.synchronous = ""
        self.patience = PATIENCE
        self.started = 0.0
        self._answers: dict[Hashable, Any] = {}
        self._version: tuple[object, int] | None = None
        db.set_busy_handler(self._busy)

    def _busy(self, attempts: int) -> bool:
        """Wait for another writer. In Python, so that the user's interrupt is heard while waiting."""
        now = time.monotonic()
        if attempts == 0:
            self.started = now
        if now - self.started >= self.patience:
            return False
        time.sleep(min(0.0005 * 1.5**attempts, 0.05) if attempts < 20 else 0.05)
        return True

    def remembered(self, question: Hashable, ask: Callable[[], _T]) -> _T:
        """The answer to a question about the database, asked again only once anything in it has changed.

        SQLite tells: a number changes when another connection commits (2 us), another one with each row that this one
        changes. They are asked where an answer is known, not where there is none: an answer that is newer than the
        numbers it is kept under is dropped with them. Inside a transaction nothing is kept: it may be rolled back.
        """
        db, answers = self.db, self._answers
        if db.in_transaction:
            return ask()
        if question in answers or self._version is None:
            version = db.execute("PRAGMA data_version").get, db.total_changes()
            if version != self._version:
                answers.clear()
                self._version = version
            elif question in answers:
                return answers[question]
        answer = ask()
        if len(answers) >= ANSWERS:
            del answers[next(iter(answers))]
        answers[question] = answer
        return answer

    def synchronise(self, mode: str) -> None:
        """Set `synchronous` for the next transaction."""
        if self.synchronous != mode:
            self.db.pragma("synchronous", mode)
            self.synchronous = mode


class Connections:
    """The connections of one index. `connect` opens one; `attach` is called before the first of a process or file."""

    def __init__(self, path: Path, connect: Callable[[], apsw.Connection], attach: Callable[[Held], None]) -> None:
        self.path = path
        self._name = str(path)
        self._connect = connect
        self._attach = attach
        self._attached: tuple[int, Identity] | None = None
        self._closed = False
        self._reset()
        _watch_forks(self)

    def get(self) -> Held:
        """Get this thread's connection.

        Raises apsw's errors, `OSError`, what `attach` raises, and `StoreError` once it is closed.
        """
        held: Held | None = getattr(self._local, "held", None)
        # In a transaction it stays what it is: another index would answer from outside, and hold no lock.
        if (
            held is not None
            and held.pid == os.getpid()
            and (held.db.in_transaction or held.identity == self.identity())
        ):
            return held
        return self._open()

    @property
    def seen(self) -> Identity:
        """The file that this thread used last, or tried to: which one is damaged, when damage shows."""
        return getattr(self._local, "seen", None)

    def identity(self) -> Identity:
        """What file the name belongs to now; None if there is none."""
        try:
            found = os.stat(self._name)  # noqa: PTH116 - asked at every use, and Path.stat takes three times as long
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def close(self) -> None:
        """Close all of this process's connections, of whatever thread."""
        self._closed = True
        with self._lock:
            for held in self._all:
                _close(held)
            self._all.clear()
        self._local = threading.local()

    def abandon(self) -> None:
        """In the child of a fork: never touch what was inherited, not even to free it."""
        for held in self._all:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(held))
        self._attached = None
        self._reset()

    def _reset(self) -> None:
        self._local = threading.local()
        self._lock = threading.RLock()
        self._all: list[Held] = []

    def _open(self) -> Held:
        if self._closed:
            msg = "the store is closed"
            raise StoreError(msg)
        with self._lock:
            self._drop_stale()
            held = self._opened()
            self._all.append(held)
            try:
                if self._attached != (held.pid, held.identity):
                    self._attach(held)
                    self._attached = (held.pid, held.identity)
            except BaseException:
                self._all.remove(held)
                _close(held)
                raise
        self._local.held = held
        return held

    def _opened(self) -> Held:
        while True:
            self._local.seen = self.identity()
            db = self._connect()
            identity = self.identity()
            if identity == self._local.seen:
                return Held(db, identity)
            db.close()  # the file was made just now, or changed under our hands

    def _drop_stale(self) -> None:
        """Close the connections of threads that have ended, and let go of this thread's former one.

        A query may still be reading from that one: it is closed when its last cursor goes.
        """
        me = threading.get_ident()
        alive = {thread.ident for thread in threading.enumerate()} - {me}
        kept = [held for held in self._all if held.thread in alive]
        for held in self._all:
            if held.thread == me:
                held.db.set_busy_handler(None)  # it keeps the connection alive, in a circle
            elif held not in kept:
                _close(held)
        self._all = kept


def _close(held: Held) -> None:
    with contextlib.suppress(apsw.Error):
        held.db.close()


_watched: weakref.WeakSet[Connections] = weakref.WeakSet()


def _watch_forks(connections: Connections) -> None:
    _register()
    _watched.add(connections)


@functools.cache
def _register() -> None:
    os.register_at_fork(after_in_child=_forked)


def _forked() -> None:
    for connections in list(_watched):
        connections.abandon()


def settle(db: apsw.Connection) -> None:
    """Set what holds for every connection."""
    db.set_busy_timeout(int(PATIENCE * 1000))
    # Without it SQLite prepares a statement anew for every value that might change its plan: 7 us instead of 3.
    db.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    db.execute("PRAGMA trusted_schema=OFF")
    db.execute("PRAGMA cell_size_check=ON")
    db.execute("PRAGMA mmap_size=0")
    db.execute("PRAGMA temp_store=MEMORY")
    db.execute(CACHE)
    db.execute("PRAGMA wal_autocheckpoint=4000")  # 16 MiB: a commit touches some 15 pages, a checkpoint syncs twice
    db.execute("PRAGMA journal_size_limit=33554432")


def set_journal(db: apsw.Connection, mode: str) -> None:
    """Set the journal mode; SQLite does not wait by itself when several processes do it at once."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            found = db.pragma("journal_mode", mode)
        except apsw.BusyError:
            found = None
        if found == mode:
            return
        if time.monotonic() > deadline:
            msg = "the journal mode cannot be set"
            raise apsw.BusyError(msg)
        time.sleep(0.005)
