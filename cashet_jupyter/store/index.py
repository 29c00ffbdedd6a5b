"""The index: one SQLite file that finds commits fast. It holds nothing that the log and the blobs do not.

The change of a store is one transaction here: apply it, append it to the log, commit. So whatever was acknowledged
is in the log, and each log's size in the index says how far it has been read: an index that lost its last
transactions (a damaged write-ahead log rolls back without a word) catches up when it is next opened.
"""

from __future__ import annotations

import contextlib
import os
import stat
import threading
import time
from collections.abc import Callable, Generator, Hashable, Iterator
from typing import Any, Literal, NamedTuple, TypeVar, cast

import apsw

from cashet_jupyter.models import Commit
from cashet_jupyter.store import fold, locks, log, merge, records, schema
from cashet_jupyter.store.connections import CACHE, PATIENCE, Connections, Held, Identity, set_journal, settle
from cashet_jupyter.store.faults import IndexDamaged
from cashet_jupyter.store.layout import Layout, complete, create, make_index_file, read_format

Mode = Literal["write", "read", "immutable"]

_SUFFIXES = ("-wal", "-shm", "-journal", "")  # the database last: SQLite removes a stale log beside an empty one


class Row(NamedTuple):
    """A commit as the index holds it: nothing in it is believed before its seal was checked."""

    n: int
    id: Any
    record: Any
    seal: Any
    """These three are bytes, unless the page is damaged."""
    pinned: int
    tags: Any
    """Name and value of each tag in turn, in hexadecimal, with a space between; None if there are none."""


_row = Row._make
_T = TypeVar("_T")

#: 4 MiB of pages
_MANY_PAGES = 1024

#: how often the logs are read again when they change meanwhile
_ATTEMPTS = 20

#: with the tags in the same row: a query for each of fifty rows takes longer than the rest
COLUMNS = """c.n, c.id, c.record, c.seal, c.pinned, CASE WHEN c.tagged = 0 THEN NULL ELSE
    (SELECT group_concat(hex(m.name) || ' ' || hex(m.value), ' ') FROM tags m WHERE m.n = c.n) END"""


class Index:
    """The index of the store at `layout`, or of another file made from that store's log."""

    def __init__(self, layout: Layout, mode: Mode, *, wal: bool, place: Layout | None = None) -> None:
        self.layout = layout
        self.place = place or layout
        self.mode: Mode = mode
        self.wal = wal
        self.caught_up = 0
        """How many records it had to read from the logs, so far."""
        self.clean_up: Callable[[], object] = lambda: None
        """What to do when it is closed: a temporary index is removed."""
        self._log = log.SessionLog(layout.log)
        self._pid = os.getpid()
        self._said = threading.local()  # what the transaction of this thread has recorded
        self.connections = Connections(self.place.index, self._connect, self._attach)

    # ------------------------------------------------------------------------------------------------------ reading
    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """All rows of a query."""
        return self.connections.get().db.execute(sql, values).fetchall()

    def commits(self, sql: str, values: tuple[Any, ...] = ()) -> Iterator[Row]:
        """The commits of a query that selects `COLUMNS`, one after the other."""
        cursor = self.connections.get().db.execute(sql, values)
        try:
            yield from map(_row, cursor)
        finally:
            cursor.close()

    def remembered(self, question: Hashable, ask: Callable[[], _T]) -> _T:
        """The answer to a question about the index, asked again only once anything in it has changed."""
        if self.mode == "immutable":  # there SQLite does not look whether anything changes
            return ask()
        return self.connections.get().remembered(question, ask)

    # ------------------------------------------------------------------------------------------------------ writing
    @contextlib.contextmanager
    def writing(self, *, durable: bool = False, patience: float = PATIENCE) -> Generator[apsw.Connection]:
        """A transaction that holds the store's write lock from its start."""
        held = self._locked(durable=durable, patience=patience)
        db = held.db
        self._said.ops = said = list[tuple[fold.Op, Commit | None]]()
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                with contextlib.suppress(apsw.Error):
                    db.execute("ROLLBACK")
            raise
        finally:
            held.patience = PATIENCE
        if said and self.connections.identity() != held.identity:  # deleted under the transaction: said to the new one
            with self.writing(durable=durable) as db:
                for op, commit in said:
                    self.record(db, op, durable=durable, commit=commit)

    def _locked(self, *, durable: bool, patience: float) -> Held:
        """A connection that holds the write lock of the index that the name belongs to now."""
        while True:
            held = self.connections.get()
            held.patience = patience
            held.synchronise("FULL" if durable or not self.wal else "NORMAL")
            try:
                held.db.execute("BEGIN IMMEDIATE")
            except BaseException:
                held.patience = PATIENCE
                raise
            if self.connections.identity() == held.identity:
                return held
            held.db.execute("ROLLBACK")  # put aside while this one waited: the lock of an old index protects nothing

    def current(self) -> bool:
        """Whether the index of this thread's transaction is still the one that the name belongs to."""
        return self.connections.get().identity == self.connections.identity()

    def record(self, db: apsw.Connection, op: fold.Op, *, durable: bool = False, commit: Commit | None = None) -> None:
        """Make a change: in the index and in this session's log. The transaction is the caller's."""
        seq = db.execute("UPDATE totals SET seq = seq + 1 RETURNING seq").get
        if not isinstance(seq, int):
            msg = "no totals"
            raise IndexDamaged(msg)
        fold.apply(db, op, commit)
        self._said.ops.append((op, commit))
        session = self._session()
        size = session.append(records.pack({**op, "seq": seq, "at": time.time_ns()}), durable=durable)
        db.execute("INSERT OR REPLACE INTO logs VALUES(?, ?)", (os.fsencode(session.name), size))

    def _session(self) -> log.SessionLog:
        if self._pid != os.getpid():  # the file of the parent is the parent's
            self._log.close()
            self._log = log.SessionLog(self.layout.log)
            self._pid = os.getpid()
        return self._log

    # ------------------------------------------------------------------------------------------- opening and healing
    def renew(self, seen: Identity) -> None:
        """Put a damaged index aside, unless another process has done so; the next use makes it anew."""
        with locks.held(self.place.locks / "index", exclusive=True, patience=5.0):
            if self.connections.identity() != seen:
                return
            with self._quiet():
                stamp = time.time_ns()
                for suffix in _SUFFIXES:
                    path = self.place.index.with_name(self.place.index.name + suffix)
                    with contextlib.suppress(FileNotFoundError):
                        path.rename(self.place.quarantine / f"index-{stamp}{suffix}")

    @contextlib.contextmanager
    def _quiet(self) -> Generator[None]:
        """Nobody is in a transaction of the index while it is put aside, if it is whole enough to be locked."""
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(apsw.Error, OSError):
                if stat.S_ISREG(os.lstat(self.place.index).st_mode):
                    db = apsw.Connection(str(self.place.index), flags=apsw.SQLITE_OPEN_READWRITE)
                    stack.callback(db.close)
                    db.set_busy_timeout(2000)
                    db.execute("BEGIN IMMEDIATE")
            yield

    def checkpoint(self) -> None:
        """Bring everything from the write-ahead log into the index, and empty it, if nobody reads it just now."""
        with contextlib.suppress(apsw.BusyError, apsw.LockedError):
            self.connections.get().db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def shrink(self) -> None:
        """Give unused pages back if they are many and more than half; nothing if others are at work."""
        db = self.connections.get().db
        free, all_pages = int(db.pragma("freelist_count")), int(db.pragma("page_count"))
        if free > _MANY_PAGES and 2 * free > all_pages:
            with contextlib.suppress(apsw.BusyError, apsw.LockedError, apsw.FullError):
                db.execute("VACUUM")
            self.checkpoint()

    def close(self) -> None:
        """Close the connections and the log."""
        self.connections.close()
        if self._pid == os.getpid():
            self._log.close()
        self.clean_up()

    def _connect(self) -> apsw.Connection:
        if self.mode != "write":
            return self._connect_reading()
        self._complete()
        with locks.held(self.place.locks / "index", exclusive=False, patience=PATIENCE):
            make_index_file(self.place)
            self._check_files()
            db = apsw.Connection(str(self.place.index), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                settle(db)
                set_journal(db, "wal" if self.wal else "truncate")
                db.pragma("user_version")  # opens the write-ahead log, while nobody puts the index aside
            except BaseException:
                db.close()
                raise
        return db

    def _check_files(self) -> None:
        """The index and what SQLite keeps beside it are files; anything else would be followed, or wait for ever."""
        for suffix in _SUFFIXES:
            with contextlib.suppress(FileNotFoundError):
                if not stat.S_ISREG(os.lstat(f"{self.place.index}{suffix}").st_mode):
                    msg = "the index is not a file"
                    raise IndexDamaged(msg)

    def _connect_reading(self) -> apsw.Connection:
        """`immutable` is what opens in a folder that nobody can write to; without it SQLite wants its shared memory."""
        uri = self.place.index.absolute().as_uri() + "?mode=ro" + ("&immutable=1" if self.mode == "immutable" else "")
        db = apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        settle(db)
        return db

    def _complete(self) -> None:
        if not self.place.format.exists() and read_format(self.place) is None:
            create(self.place)  # the whole folder was removed under a living kernel
        elif not self.place.tmp.exists() or not self.place.locks.exists():
            complete(self.place)

    def _attach(self, held: Held) -> None:
        if self.mode != "write":
            schema.check(held.db)
            return
        if schema.newer(held.db):
            raise NewerIndex
        schema.prepare(held.db)
        self._catch_up(held.db)

    def _catch_up(self, db: apsw.Connection) -> None:
        """Read what the logs hold beyond what the index says it has."""
        db.execute("PRAGMA cache_size=-524288")  # 512 MiB: with less, a long transaction writes its pages many times
        try:
            for _ in range(_ATTEMPTS):
                # A log may go while it is read: someone compacts under the lock of an index that was deleted since.
                with contextlib.suppress(FileNotFoundError):
                    if self._behind(db):
                        self._read_logs(db)
                    return
            msg = "its logs change as fast as they are read"
            raise IndexDamaged(msg)
        finally:
            db.execute(CACHE)

    def _read_logs(self, db: apsw.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")
        try:
            behind = self._behind(db)  # nobody appends now: appending needs this very lock
            # An index is a beginning of the history: what it lacks has higher numbers than what it has. A record that
            # has not was never committed, or comes from another store.
            done: Any = db.execute("SELECT seq FROM totals").get
            if any(log.is_compacted(name) for name in behind):  # it stands for more than this index may know
                behind = {name: (0, size) for name, size in log.sizes(self.layout.log).items()}
                done = -1
            for seq, op in merge.records_of(self.layout.log, {name: start for name, (start, _) in behind.items()}):
                if seq <= done and merge.takes(op):
                    continue
                with contextlib.suppress(*merge.BAD_RECORD):
                    fold.apply(db, op)
                    self.caught_up += 1
                if seq < merge.FAR:
                    db.execute("UPDATE totals SET seq = max(seq, ?)", (seq,))
            self._forget_what_went(db)
            for name, (_, size) in behind.items():
                db.execute("INSERT OR REPLACE INTO logs VALUES(?, ?)", (os.fsencode(name), size))
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def _forget_what_went(self, db: apsw.Connection) -> None:
        """The logs do not say which condemned blobs have gone since: those have no file, and get no row."""
        rows: list[Any] = db.execute("SELECT b, digest FROM blobs WHERE state = 1").fetchall()
        for b, digest in rows:
            name = bytes(digest).hex()
            if not os.path.lexists(self.layout.objects / name[:2] / name[2:]):
                db.execute("DELETE FROM blobs WHERE b = ?", (b,))

    def _behind(self, db: apsw.Connection) -> dict[str, tuple[int, int]]:
        known: dict[Any, Any] = dict(cast("Any", db.execute("SELECT name, size FROM logs").fetchall()))
        found = log.sizes(self.layout.log)
        starts = {name: known.get(os.fsencode(name), 0) for name in found}
        return {name: (starts[name], size) for name, size in found.items() if size > starts[name]}


class NewerIndex(Exception):
    """A later version of this project made the index; it never leaves the store."""
