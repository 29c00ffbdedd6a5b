"""Faults that are put into the store on purpose: each has to be found by one of the methods, or these see too little.

Each is what somebody might really write. They are put in by patching, in the process under test only; those that
concern reading are there when the store is checked, too.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import apsw

from cashet_jupyter.models import Blob, Commit
from cashet_jupyter.store import compaction, log, objects, schema, writing
from cashet_jupyter.store.connections import Held
from cashet_jupyter.store.fold import Op
from cashet_jupyter.store.gc import Collector
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.layout import sync_folder
from cashet_jupyter.store.objects import Objects, Staged
from cashet_jupyter.store.publish import Publisher
from cashet_jupyter.store.stamps import Stamps

Patch = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault, what it changes, and where it is looked for first."""

    name: str
    patch: Patch
    hunts: tuple[tuple[str, str], ...]
    """Methods and works, the most promising first; a pair of actors for `schedules`."""
    reads: bool = False
    """Whether it is a fault of reading."""


# ---------------------------------------------------------------------------------------------------- order of writing
@contextlib.contextmanager
def _row_before_bytes() -> Generator[None]:
    place, commit = Objects.place, Publisher._commit  # type: ignore[attr-defined]
    waiting: list[tuple[Objects, Staged, bool]] = []

    def later(self: Objects, staged: Staged, *, durable: bool) -> bool:
        waiting.append((self, staged, durable))
        return True

    def committed(
        self: Publisher, op: Op, stored: Commit, files: Mapping[Blob, memoryview], *, durable: bool, **more: Any
    ) -> None:
        commit(self, op, stored, {}, durable=durable, **more)
        while waiting:
            place(waiting[0][0], waiting[0][1], durable=waiting.pop(0)[2])

    with mock.patch.object(Objects, "place", later), mock.patch.object(Publisher, "_commit", committed):
        yield


@contextlib.contextmanager
def _nothing_in_the_log() -> Generator[None]:
    def append(self: log.SessionLog, body: bytes, *, durable: bool) -> int:
        return self._size

    with mock.patch.object(log.SessionLog, "append", append):
        yield


# ------------------------------------------------------------------------------------------------------- what is synced
@contextlib.contextmanager
def _bytes_not_synced() -> Generator[None]:
    stage = Objects._stage  # type: ignore[attr-defined]

    def lazily(self: Objects, write: Callable[[int], str], size: int, *, durable: bool) -> Staged:
        return stage(self, write, size, durable=False)

    with mock.patch.object(Objects, "_stage", lazily):
        yield


def _names_not_synced() -> AbstractContextManager[object]:
    return mock.patch.object(Objects, "_sync_name")


@contextlib.contextmanager
def _shards_not_synced() -> Generator[None]:
    """The names in a shard are, its own is not."""

    def sync_name(self: Objects, blob: Blob) -> None:
        sync_folder(self._layout.objects / blob.digest[:2])

    with mock.patch.object(Objects, "_sync_name", sync_name):
        yield


@contextlib.contextmanager
def _what_is_there_not_synced() -> Generator[None]:
    """A file that is there counts as one that was synced."""
    present = Objects.present

    def lazily(self: Objects, blob: Blob, *, durable: bool = False) -> bool:
        return present(self, blob)

    with mock.patch.object(Objects, "sync"), mock.patch.object(Objects, "present", lazily):
        yield


@contextlib.contextmanager
def _log_not_synced() -> Generator[None]:
    append = log.SessionLog.append

    def lazily(self: log.SessionLog, body: bytes, *, durable: bool) -> int:
        return append(self, body, durable=False)

    with mock.patch.object(log.SessionLog, "append", lazily):
        yield


def _name_of_the_log_not_synced() -> AbstractContextManager[object]:
    return mock.patch.object(log.SessionLog, "_sync_name")


@contextlib.contextmanager
def _index_not_synced() -> Generator[None]:
    synchronise = Held.synchronise

    def off(self: Held, mode: str) -> None:
        synchronise(self, "OFF")

    with mock.patch.object(Held, "synchronise", off):
        yield


@contextlib.contextmanager
def _eviction_not_durable() -> Generator[None]:
    writing, record = Index.writing, Index.record

    def lazily(self: Index, **options: Any) -> AbstractContextManager[apsw.Connection]:
        return writing(self, **{**options, "durable": False})

    def recorded(self: Index, db: apsw.Connection, op: Op, **options: Any) -> None:
        record(self, db, op, **{**options, "durable": False})

    evict = Collector._evict  # type: ignore[attr-defined]

    def evicted(self: Collector, *args: Any, **options: Any) -> None:
        with mock.patch.object(Index, "writing", lazily), mock.patch.object(Index, "record", recorded):
            evict(self, *args, **options)

    with mock.patch.object(Collector, "_evict", evicted):
        yield


@contextlib.contextmanager
def _compacted_log_not_synced() -> Generator[None]:
    """Its bytes are not, when the old logs go."""
    compact = compaction.compact

    def unsynced(index: Index) -> None:
        with mock.patch.object(compaction.os, "fsync"):
            compact(index)

    with mock.patch.object(compaction, "compact", unsynced):
        yield


@contextlib.contextmanager
def _compacted_log_named_late() -> Generator[None]:
    """Its name is not synced before the old logs go."""
    with mock.patch.object(compaction, "sync_folder"):
        yield


# --------------------------------------------------------------------------------------------------------- carelessness
@contextlib.contextmanager
def _schema_in_steps() -> Generator[None]:
    """The version first, then each statement by itself; and an index with that version is believed."""

    def prepare(db: apsw.Connection) -> None:
        found = schema.version(db)
        db.pragma("application_id", schema.APPLICATION_ID)
        db.pragma("user_version", len(schema.MIGRATIONS))
        for migrate in schema.MIGRATIONS[found:]:
            migrate(db)

    with mock.patch.object(schema, "prepare", prepare), mock.patch.object(schema, "check"):
        yield


@contextlib.contextmanager
def _bytes_not_verified() -> Generator[None]:
    def copied(fd: int, blob: Blob) -> memoryview:
        return memoryview(bytearray(os.pread(fd, blob.size, 0)))

    with (
        mock.patch.object(objects, "_copied", copied),
        mock.patch.object(Stamps, "holds", return_value=True),
    ):
        yield


@contextlib.contextmanager
def _writes_taken_as_whole() -> Generator[None]:
    def write(fd: int, data: memoryview, stop: object = None) -> None:
        os.write(fd, data)

    with mock.patch.object(writing, "write_all", write), mock.patch.object(objects, "write_all", write):
        yield


@contextlib.contextmanager
def _torn_records_stay() -> Generator[None]:
    """A record that was not written whole counts as written."""

    def append(self: log.SessionLog, body: bytes, *, durable: bool) -> int:
        fd = self._open()
        self._size += os.write(fd, log.frame(body))
        if durable:
            os.fsync(fd)
            self._sync_name()
        return self._size

    with mock.patch.object(log.SessionLog, "append", append):
        yield


@contextlib.contextmanager
def _catches_up_in_two_steps() -> Generator[None]:
    """How far the logs were read is noted first, what they say is done after that."""
    behind = Index._behind  # type: ignore[attr-defined]

    def noted(self: Index, db: apsw.Connection) -> dict[str, tuple[int, int]]:
        found = behind(self, db)
        if found and not db.in_transaction:
            return found
        for name, (_, size) in found.items():
            db.execute("INSERT OR REPLACE INTO logs VALUES(?, ?)", (os.fsencode(name), size))
        db.execute("COMMIT")
        db.execute("BEGIN IMMEDIATE")
        return found

    with mock.patch.object(Index, "_behind", noted):
        yield


# ------------------------------------------------------------------------------------------------------------ deletion
_CONDEMNED = "SELECT b, digest, size FROM blobs WHERE state = 1"


def _no_look_under_the_lock() -> AbstractContextManager[object]:
    return mock.patch.object(Objects, "present", return_value=True)


def _sweep(order: str) -> Patch:
    """A collection that asks or removes outside the transaction."""

    def sweep(self: Collector, stop: Callable[[], bool]) -> tuple[int, int]:
        rows: list[Any] = self._index.rows(_CONDEMNED)

        def remove() -> None:
            for _, digest, _ in rows:
                name = bytes(digest).hex()
                os.unlink(self._layout.objects / name[:2] / name[2:])  # noqa: PTH108 - the tracer and the explorer watch os

        if order == "before":
            remove()
        with self._index.writing() as db:
            if order == "after":
                rows = db.execute(_CONDEMNED).fetchall()
            for b, *_ in rows:
                db.execute("DELETE FROM blobs WHERE b = ?", (b,))
            if order == "within":
                remove()
        if order == "after":
            remove()
        return 0, len(rows)

    return lambda: mock.patch.object(Collector, "_sweep", sweep)


_DURABLE = (("power", "put"), ("power", "put over lazy bytes"))
_RACES = (("schedules", "commit gc"), ("schedules", "gc commit"))

MUTANTS = (
    Mutant("the row is committed before its bytes have a name", _row_before_bytes, (("kill", "put"),)),
    Mutant("nothing is appended to the log", _nothing_in_the_log, (("kill", "put"),)),
    Mutant("bytes are not synced", _bytes_not_synced, _DURABLE),
    Mutant("names of blobs are not synced", _names_not_synced, _DURABLE),
    Mutant("names of new shards are not synced", _shards_not_synced, (("power", "put into a new shard"),)),
    Mutant("lazy bytes are not synced for a durable run", _what_is_there_not_synced, _DURABLE[::-1]),
    Mutant("the log is not synced", _log_not_synced, _DURABLE),
    Mutant("the log's name is not synced", _name_of_the_log_not_synced, _DURABLE),
    Mutant("the index is not synced", _index_not_synced, (("power", "put"), ("power", "collect"))),
    Mutant("an eviction is not durable", _eviction_not_durable, (("power", "collect"),)),
    Mutant("a compacted log is not synced", _compacted_log_not_synced, (("power", "compact"),)),
    Mutant("a compacted log's name is not synced", _compacted_log_named_late, (("power", "compact"),)),
    Mutant(
        "tables are made one by one, the version first", _schema_in_steps, (("kill", "index from the log"),), reads=True
    ),
    Mutant("bytes are not verified", _bytes_not_verified, (("kill", "read damage"),), reads=True),
    Mutant("short writes are taken as whole", _writes_taken_as_whole, (("errors", "put"),)),
    Mutant("torn records count as written", _torn_records_stay, (("errors", "put"),)),
    Mutant("an index catches up in two transactions", _catches_up_in_two_steps, (("kill", "index from the log"),)),
    Mutant("no look at the files under the lock", _no_look_under_the_lock, _RACES),
    Mutant("what goes is chosen outside the lock", _sweep("within"), _RACES),
    Mutant("files go before the transaction", _sweep("before"), _RACES),
    Mutant("files go after the transaction", _sweep("after"), _RACES),
)
