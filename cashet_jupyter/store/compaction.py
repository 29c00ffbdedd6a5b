"""Compacting the logs: one new log that says what holds, instead of all that ever said what changed.

1. No lock: what the index holds is written to a draft, as of one moment (a read transaction). Its first record makes
   a reader forget everything that came before.
2. The write lock: what the logs have gained since that moment is copied behind it, the draft is synced and gets its
   name, the old logs are removed, and the index notes how much of the new one it has.

A kill in between leaves old and new logs side by side. They say the same: an index that is made anew forgets the old
ones when it comes to the new one, and an index that finds a compacted log that it has not read is made anew.
The rows of removed logs stay until the next compaction: if a power cut brings a file back, it counts as read.
"""

from __future__ import annotations

import itertools
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import apsw

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.store import log, merge, records
from cashet_jupyter.store.faults import IndexDamaged
from cashet_jupyter.store.fold import inlined
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.layout import sync_folder
from cashet_jupyter.store.removal import Exchanged

#: how much more the logs may hold than the last compaction left, before they are compacted again
_SLACK = 16 << 20
#: a session makes one log
_MANY = 200
_BATCH = 500


class Read(NamedTuple):
    """What the index held at one moment: its last change, and how far it had read each log."""

    seq: int
    sizes: dict[str, int]


def due(index: Index) -> bool:
    """Whether the logs hold much that no longer matters, or are very many."""
    sizes = log.sizes(index.layout.log)
    compacted, held = sum(size for name, size in sizes.items() if log.is_compacted(name)), sum(sizes.values())
    if len(sizes) > _MANY:
        return True
    # The first question costs nothing; a store that only ever grew says yes to it, and no to the second.
    return held > 2 * compacted + _SLACK and held > 2 * _needed(index) + _SLACK


def _needed(index: Index) -> float:
    """Bytes that the records of all commits take in a log, reckoned from some hundred of them."""
    found = index.rows("SELECT count(*), coalesce(min(n), 0), coalesce(max(n), 0) FROM commits")
    commits, first, last = (int(number) for number in found[0])
    step = max(1, (last - first) // _SAMPLE)
    taken = [index.rows(_SIZE, (n,))[0][0] for n in range(first, last + 1, step)] if commits else []
    return commits * (_FRAME + sum(taken) / max(1, len(taken)))


#: commits that are looked at to say how large the others are
_SAMPLE = 500
#: bytes that a record takes in the log beside what is counted: its frame and the names of its parts
_FRAME = 150
_SIZE = """SELECT length(c.record) + (SELECT coalesce(sum(length(b.inline)), 0)
    FROM refs r JOIN blobs b ON b.digest = r.digest WHERE r.n = c.n)
    FROM commits c WHERE c.n >= ? ORDER BY c.n LIMIT 1"""


def compact(index: Index) -> None:
    """Replace all logs by one. Raises what SQLite and the system do; the store is then as it was."""
    draft = index.layout.tmp / f"log-{os.getpid()}-{secrets.token_hex(6)}"
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            read = _write_what_holds(index, file)
            with index.writing(durable=True) as db:
                try:
                    old = _copy_the_rest(db, index, read, file)
                except FileNotFoundError as error:  # compacted under the lock of another index
                    raise Exchanged from error
                file.flush()
                os.fsync(file.fileno())
                _exchange(index, db, draft, file.tell(), old)
    finally:
        draft.unlink(missing_ok=True)


def _write_what_holds(index: Index, file: BinaryIO) -> Read:
    """Write the index as records."""
    db = index.connections.get().db
    db.execute("BEGIN")  # reads are of one moment, and nobody waits for them
    try:
        totals: Any = next(db.execute("SELECT seq, hits, saved FROM totals"))
        seq, hits, saved = totals
        quarters = db.execute("SELECT quarter, hits, saved FROM quarters ORDER BY quarter").fetchall()
        for op in ({"op": "base", "hits": hits, "saved": saved, "quarters": quarters}, *_timings(db)):
            file.write(log.frame(records.pack({**op, "seq": seq})))
        for op in _commits(db):
            file.write(log.frame(records.pack({**op, "seq": seq})))
        return Read(seq, {os.fsdecode(name): size for name, size in db.execute("SELECT name, size FROM logs")})
    finally:
        db.execute("ROLLBACK")


def _timings(db: apsw.Connection) -> Iterator[dict[str, Any]]:
    rows = db.execute("SELECT code, seconds FROM timings")
    while batch := list(itertools.islice(rows, _BATCH)):
        timings = {code.decode("utf-8", "surrogatepass"): seconds for code, seconds in batch}
        yield {"op": "use", "hits": [], "timings": timings}


def _commits(db: apsw.Connection) -> Iterator[dict[str, Any]]:
    """The commits in the order in which they came, and after some of them how often they were used."""
    used: list[tuple[bytes, int, float, float]] = []
    rows = db.execute("SELECT n, id, record, seal, pinned FROM commits ORDER BY n")
    for n, id, record, seal, pinned in rows:
        if not isinstance(record, bytes) or records.identify(record) != id:
            raise IndexDamaged  # the log has it right, and must not be replaced by this
        yield {
            "op": "put",
            "record": record,
            "seal": seal,
            "inline": _inline(db, record),
            "tags": {_text(name): _text(value) for name, value in _tags(db, n)},
            "pinned": bool(pinned),
        }
        used += [(id, *row) for row in db.execute("SELECT hits, saved, used FROM uses WHERE n = ?", (n,))]
        if len(used) >= _BATCH:
            yield {"op": "known", "hits": used}
            used = []
    if used:
        yield {"op": "known", "hits": used}


def _inline(db: apsw.Connection, record: bytes) -> list[bytes]:
    """The small blobs of a commit, except those that became a file because another commit wanted them so."""
    commit = records.decode_later(record, b"")
    blobs = [blob for blob in (commit.skeleton, commit.shown, *commit.buffers) if blob is not None]
    found: list[bytes] = []
    for number in inlined(blob.size for blob in blobs):
        digest = bytes.fromhex(blobs[number].digest)
        for (data,) in db.execute("SELECT inline FROM blobs WHERE digest = ? AND inline IS NOT NULL", (digest,)):
            if bytes.fromhex(digest_buffer(data)) != digest:
                raise IndexDamaged
            found.append(data)
    return found


def _tags(db: apsw.Connection, n: int) -> list[tuple[bytes, bytes]]:
    return list(db.execute("SELECT name, value FROM tags WHERE n = ?", (n,)))


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")


def _copy_the_rest(db: apsw.Connection, index: Index, read: Read, file: BinaryIO) -> list[str]:
    """What was committed since, and the logs that are replaced.

    Nobody appends now: that needs the lock that the caller holds. A log that the index has never seen was copied from
    elsewhere, and is left for whoever opens the store next.
    """
    last: Any = db.execute("SELECT seq FROM totals").get
    names: list[Any] = [row[0] for row in db.execute("SELECT name FROM logs")]
    known = {os.fsdecode(name) for name in names} & log.sizes(index.layout.log).keys()
    for seq, op in merge.records_of(index.layout.log, {name: read.sizes.get(name, 0) for name in known}):
        if read.seq < seq <= last:
            file.write(log.frame(records.pack(op)))
    return sorted(known)


def _exchange(index: Index, db: apsw.Connection, draft: Path, size: int, old: list[str]) -> None:
    """Give the draft its name, and remove what it replaces. Raises `Exchanged` if the index is no longer the one."""
    folder = index.layout.log
    name = f"{int(time.time()):x}-{os.getpid()}-{secrets.token_hex(4)}{log.COMPACTED}"
    draft.rename(folder / name)
    if not index.current():  # its logs go on elsewhere, with changes that are not in here
        (folder / name).unlink()
        raise Exchanged
    sync_folder(folder)
    db.execute("INSERT INTO logs VALUES(?, ?)", (os.fsencode(name), size))
    kept = {os.fsencode(each) for each in (*old, name)}
    for row in list(db.execute("SELECT name FROM logs")):
        if row[0] not in kept:
            db.execute("DELETE FROM logs WHERE name = ?", row)
    for gone in old:
        (folder / gone).unlink(missing_ok=True)
