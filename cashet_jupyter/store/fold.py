"""What each record of the log does to the index.

The index is the fold of the log: the same functions run when a change is made and when an index is made anew, so
that both give the same. A record is a map with `op` and `seq`; one whose `op` is unknown (a newer version wrote it)
does nothing.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import apsw

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.models import Blob, Commit
from cashet_jupyter.store import days, records

Op = Mapping[str, Any]

#: blobs up to this size live in the index and in the log, bigger ones in files of their own (measured: rows win up to
#: 32 KiB written lazily; 16 KiB keep the log and the write-ahead log small)
INLINE = 16 << 10
#: together they take this much of one record at most; what is beyond becomes files, however small
INLINE_TOTAL = 4 << 20

# what comes without bytes (it has a file, or says so) never takes away the bytes that are here
_BLOB = """INSERT INTO blobs(digest, size, touched, inline) VALUES(?, ?, ?, ?)
    ON CONFLICT(digest) DO UPDATE SET state = 0, touched = excluded.touched, inline = coalesce(excluded.inline, inline)
    WHERE state <> 0 OR inline IS NOT coalesce(excluded.inline, inline)"""

_COMMIT = """INSERT INTO commits(id, key, code, cell, notebook, created, seconds, expires, size, pinned, record, seal,
    label) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT(id) DO UPDATE SET key = excluded.key, code = excluded.code, cell = excluded.cell,
    notebook = excluded.notebook, created = excluded.created, seconds = excluded.seconds, expires = excluded.expires,
    pinned = max(pinned, excluded.pinned), record = excluded.record, seal = excluded.seal,
    label = excluded.label RETURNING n"""

_FORGET = "DELETE FROM blobs WHERE digest = ?1 AND NOT EXISTS(SELECT 1 FROM refs WHERE refs.digest = ?1)"

_UNTAG = "DELETE FROM tags WHERE n = (SELECT n FROM commits WHERE id = ?) AND name = ?"

_USE = """INSERT INTO uses SELECT n, ?2, ?3, ?4 FROM commits WHERE id = ?1
    ON CONFLICT(n) DO UPDATE SET hits = hits + ?2, saved = saved + ?3, used = max(used, ?4)"""

_QUARTER = """INSERT INTO quarters VALUES(?1, ?2, ?3)
    ON CONFLICT(quarter) DO UPDATE SET hits = hits + ?2, saved = saved + ?3"""

#: from so many commits on they are removed together
_MANY = 20

#: what the trigger `commit_removed` does, for all of `gone`
_EVICT = (
    """UPDATE totals SET commits = commits - (SELECT count(*) FROM gone),
        logical = logical - (SELECT coalesce(sum(size), 0) FROM commits WHERE n IN gone)""",
    "INSERT OR IGNORE INTO loose SELECT digest FROM refs WHERE n IN gone",
    "DELETE FROM names WHERE n IN gone",
    "DELETE FROM tags WHERE n IN gone",
    "DELETE FROM refs WHERE n IN gone",
    "DELETE FROM uses WHERE n IN gone",
    "DELETE FROM made_from WHERE n IN gone",
    "DELETE FROM commits WHERE n IN gone",
    """UPDATE blobs SET state = 1
        WHERE digest IN loose AND NOT EXISTS (SELECT 1 FROM refs WHERE refs.digest = blobs.digest)""",
    "DELETE FROM gone",
    "DELETE FROM loose",
)


def apply(db: apsw.Connection, op: Op, commit: Commit | None = None) -> None:
    """Do what a record says, inside the caller's transaction; `commit` spares a `put` the decoding."""
    handler = _HANDLERS.get(op["op"])
    if handler is put:
        put(db, op, commit)
    elif handler is not None:
        handler(db, op)


def text(value: str) -> bytes:
    """Text as the index keeps it."""
    return value.encode("utf-8", "surrogatepass")


def blobs_of(commit: Commit) -> tuple[Blob, ...]:
    """The blobs of a commit, each once, in order."""
    blobs = (commit.skeleton, commit.shown, *commit.buffers)
    return tuple(dict.fromkeys(blob for blob in blobs if blob is not None))


def inlined(sizes: Iterable[int]) -> set[int]:
    """Which blobs of a commit, by number, lie in the index and the log: the small ones, while they are not too many.

    The sizes are those of skeleton, shown and buffers, in this order.
    """
    left, chosen = INLINE_TOTAL, set[int]()
    for number, size in enumerate(sizes):
        if size <= min(INLINE, left):
            chosen.add(number)
            left -= size
    return chosen


def put(db: apsw.Connection, op: Op, commit: Commit | None = None) -> None:
    """A commit, with its small blobs."""
    if commit is None:
        commit = records.decode(op["record"])
    id = bytes.fromhex(commit.id)
    inline = {digest_buffer(data): data for data in op["inline"]}
    now = time.time()
    refs: list[bytes] = []
    for blob in blobs_of(commit):
        refs.append(bytes.fromhex(blob.digest))
        db.execute(_BLOB, (refs[-1], blob.size, now, inline.get(blob.digest)))
    cell = commit.cell
    row = (
        *(id, text(commit.key), text(commit.code)),
        *(text(cell.id) if cell.id else None, text(cell.notebook) if cell.notebook else None),
        *(commit.created, commit.seconds, commit.expires, commit.size),
        *(int(op["pinned"]), op["record"], op["seal"], text(cell.label) if cell.label else None),
    )
    n = db.execute(_COMMIT, row).get
    for digest in refs:
        db.execute("INSERT OR IGNORE INTO refs VALUES(?, ?)", (n, digest))
    for name in {value.name for value in commit.outputs}:
        db.execute("INSERT OR IGNORE INTO names VALUES(?, ?, ?)", (text(name), commit.created, n))
    for source in commit.lineage:
        with contextlib.suppress(ValueError, TypeError):  # a record of somebody else may say anything
            db.execute("INSERT OR IGNORE INTO made_from VALUES(?, ?, ?)", (bytes.fromhex(source), commit.created, n))
    if op["tags"]:
        tag(db, {"id": id, "tags": op["tags"]})


def tag(db: apsw.Connection, op: Op) -> None:
    """Tags, added or changed."""
    for name, value in op["tags"].items():
        db.execute(
            "INSERT OR REPLACE INTO tags SELECT n, ?, ?, created FROM commits WHERE id = ?",
            (text(name), text(value), op["id"]),
        )
    _count_tags(db, op["id"])


def untag(db: apsw.Connection, op: Op) -> None:
    """Tags, taken off."""
    for name in op["names"]:
        db.execute(_UNTAG, (op["id"], text(name)))
    _count_tags(db, op["id"])


def pin(db: apsw.Connection, op: Op) -> None:
    """The pin, set or taken off."""
    db.execute("UPDATE commits SET pinned = ? WHERE id = ?", (int(op["pinned"]), op["id"]))


def rm(db: apsw.Connection, op: Op) -> None:
    """A commit, removed."""
    db.execute("DELETE FROM commits WHERE id = ?", (op["id"],))


def evict(db: apsw.Connection, op: Op) -> None:
    """Commits that a collection removed.

    Many at once go table by table, without the triggers that do the same for one commit at a time: in a third of the
    time, and the same comes of it.
    """
    if len(op["ids"]) < _MANY:
        for id in op["ids"]:
            rm(db, {"id": id})
        return
    db.execute("CREATE TEMP TABLE IF NOT EXISTS gone(n INTEGER PRIMARY KEY)")
    db.execute("CREATE TEMP TABLE IF NOT EXISTS loose(digest BLOB PRIMARY KEY) WITHOUT ROWID")
    db.executemany("INSERT OR IGNORE INTO gone SELECT n FROM commits WHERE id = ?", ((id,) for id in op["ids"]))
    db.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    try:
        for statement in _EVICT:
            db.execute(statement)
    finally:
        db.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 1)


def base(db: apsw.Connection, op: Op) -> None:
    """The beginning of a compacted log: what came before it is forgotten, what holds follows as ordinary records."""
    for table in ("commits", "blobs", "names", "tags", "refs", "uses", "timings", "made_from", "quarters"):
        db.execute(f"DELETE FROM {table}")
    totals = "UPDATE totals SET commits = 0, blobs = 0, logical = 0, physical = 0, hits = ?, saved = ?"
    db.execute(totals, (op["hits"], op["saved"]))
    db.executemany(_QUARTER, op.get("quarters", ()))  # versions before the fifth schema did not say


def known(db: apsw.Connection, op: Op) -> None:
    """How often commits were used until a log was compacted: their totals, not more of them."""
    for id, hits, saved, used in op["hits"]:
        db.execute(
            "INSERT OR REPLACE INTO uses SELECT n, ?2, ?3, ?4 FROM commits WHERE id = ?1", (id, hits, saved, used)
        )


def lost(db: apsw.Connection, op: Op) -> None:
    """A blob that was damaged, and the commit that was asked for; a blob that other commits use keeps its row."""
    rm(db, op)
    db.execute(_FORGET, (op["blob"],))


def use(db: apsw.Connection, op: Op) -> None:
    """Hits, and run times of plain runs."""
    for id, hits, saved, used in op["hits"]:
        db.execute(_USE, (id, hits, saved, used))
        db.execute("UPDATE totals SET hits = hits + ?, saved = saved + ?", (hits, saved))
        quarter = days.quarter(used)
        if quarter is not None:
            db.execute(_QUARTER, (quarter, hits, saved))
    for code, seconds in op["timings"].items():
        db.execute("INSERT OR REPLACE INTO timings VALUES(?, ?)", (text(code), seconds))


def _count_tags(db: apsw.Connection, id: bytes) -> None:
    db.execute("UPDATE commits SET tagged = (SELECT count(*) FROM tags WHERE tags.n = commits.n) WHERE id = ?", (id,))


_HANDLERS: dict[str, Callable[..., None]] = {
    function.__name__: function for function in (put, tag, untag, pin, rm, evict, base, known, lost, use)
}
