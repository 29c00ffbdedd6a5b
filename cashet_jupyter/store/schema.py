"""The tables of the index, and how an older index becomes a newer one.

Text is kept as bytes: a damaged page may hold anything, and bytes need no decoding. What a hit returns never comes
from these columns but from the sealed record; they only find it.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable

import apsw

from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Commit
from cashet_jupyter.store import records
from cashet_jupyter.store.faults import IndexDamaged

#: marks the file as ours ("CSHT")
APPLICATION_ID = 0x43534854

_INITIAL = (
    # one row a commit; n counts in the order of arrival, which breaks ties of `created`
    """CREATE TABLE commits(
        n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, key BLOB NOT NULL, code BLOB NOT NULL, cell BLOB,
        notebook BLOB, created REAL NOT NULL, expires REAL, size INTEGER NOT NULL,
        pinned INTEGER NOT NULL DEFAULT 0, tagged INTEGER NOT NULL DEFAULT 0,
        record BLOB NOT NULL, seal BLOB NOT NULL)""",
    "CREATE INDEX commits_created ON commits(created)",
    "CREATE INDEX commits_key ON commits(key, created)",
    "CREATE INDEX commits_code ON commits(code, created)",
    "CREATE INDEX commits_cell ON commits(cell, created) WHERE cell IS NOT NULL",
    "CREATE INDEX commits_notebook ON commits(notebook, created) WHERE notebook IS NOT NULL",
    # variables among the outputs
    """CREATE TABLE names(name BLOB NOT NULL, created REAL NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY(name, created, n)) WITHOUT ROWID""",
    "CREATE INDEX names_n ON names(n)",
    """CREATE TABLE tags(n INTEGER NOT NULL, name BLOB NOT NULL, value BLOB NOT NULL, created REAL NOT NULL,
        PRIMARY KEY(n, name)) WITHOUT ROWID""",
    "CREATE INDEX tags_name ON tags(name, value, created, n)",
    # a rowid table: without one, inlined values make every search slower from 4 KiB on
    """CREATE TABLE blobs(
        b INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, size INTEGER NOT NULL,
        state INTEGER NOT NULL DEFAULT 0, touched REAL NOT NULL, inline BLOB)""",
    "CREATE INDEX blobs_size ON blobs(size) WHERE inline IS NULL",
    "CREATE TABLE refs(n INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY(n, digest)) WITHOUT ROWID",
    "CREATE INDEX refs_digest ON refs(digest)",
    # apart from commits, so that a hit does not write a record's page anew
    "CREATE TABLE uses(n INTEGER PRIMARY KEY, hits INTEGER NOT NULL, saved REAL NOT NULL, used REAL NOT NULL)",
    "CREATE TABLE timings(code BLOB PRIMARY KEY, seconds REAL NOT NULL) WITHOUT ROWID",
    # how much of each log the index holds
    "CREATE TABLE logs(name BLOB PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID",
    """CREATE TABLE totals(
        one INTEGER PRIMARY KEY CHECK(one = 1), seq INTEGER NOT NULL, commits INTEGER NOT NULL,
        blobs INTEGER NOT NULL, logical INTEGER NOT NULL, physical INTEGER NOT NULL, hits INTEGER NOT NULL,
        saved REAL NOT NULL)""",
    "INSERT INTO totals VALUES(1, 0, 0, 0, 0, 0, 0, 0.0)",
    """CREATE TRIGGER commit_added AFTER INSERT ON commits BEGIN
        UPDATE totals SET commits = commits + 1, logical = logical + new.size; END""",
    """CREATE TRIGGER commit_removed AFTER DELETE ON commits BEGIN
        UPDATE totals SET commits = commits - 1, logical = logical - old.size;
        DELETE FROM names WHERE n = old.n; DELETE FROM tags WHERE n = old.n;
        DELETE FROM refs WHERE n = old.n; DELETE FROM uses WHERE n = old.n; END""",
    """CREATE TRIGGER blob_added AFTER INSERT ON blobs BEGIN
        UPDATE totals SET blobs = blobs + 1, physical = physical + new.size; END""",
    """CREATE TRIGGER blob_removed AFTER DELETE ON blobs BEGIN
        UPDATE totals SET blobs = blobs - 1, physical = physical - old.size; END""",
)


def m001_initial(db: apsw.Connection) -> None:
    """The first schema."""
    for statement in _INITIAL:
        db.execute(statement)


_CONDEMNING = (
    # what a collection weighs a commit by; read from the records, which know it already
    "ALTER TABLE commits ADD COLUMN seconds REAL NOT NULL DEFAULT 0",
    # A blob that nothing refers to any more is condemned: the next collection removes its file, unless a commit
    # refers to it again until then.
    "CREATE INDEX blobs_condemned ON blobs(b) WHERE state = 1",
    "DROP TRIGGER commit_removed",
    """CREATE TRIGGER commit_removed AFTER DELETE ON commits BEGIN
        UPDATE totals SET commits = commits - 1, logical = logical - old.size;
        UPDATE blobs SET state = 1 WHERE digest IN (SELECT digest FROM refs WHERE n = old.n)
            AND NOT EXISTS (SELECT 1 FROM refs r WHERE r.digest = blobs.digest AND r.n <> old.n);
        DELETE FROM names WHERE n = old.n; DELETE FROM tags WHERE n = old.n;
        DELETE FROM refs WHERE n = old.n; DELETE FROM uses WHERE n = old.n; END""",
    "UPDATE blobs SET state = 1 WHERE NOT EXISTS (SELECT 1 FROM refs WHERE refs.digest = blobs.digest)",
)


def m002_condemning(db: apsw.Connection) -> None:
    """Collections: unused blobs are marked as they become so, and commits can be weighed without their records."""
    for statement in _CONDEMNING:
        db.execute(statement)
    last = 0
    while rows := list(db.execute("SELECT n, record FROM commits WHERE n > ? ORDER BY n LIMIT 500", (last,))):
        for n, record in rows:
            with contextlib.suppress(Damaged):
                db.execute("UPDATE commits SET seconds = ? WHERE n = ?", (records.decode(record).seconds, n))
            last = n


_STAMPING = (
    # files that were hashed, and what would change if they were written to; sealed, and in no log
    "CREATE TABLE stamps(digest BLOB PRIMARY KEY, stamp BLOB NOT NULL, seal BLOB NOT NULL) WITHOUT ROWID",
    "DROP TRIGGER blob_removed",
    """CREATE TRIGGER blob_removed AFTER DELETE ON blobs BEGIN
        UPDATE totals SET blobs = blobs - 1, physical = physical - old.size;
        DELETE FROM stamps WHERE digest = old.digest; END""",
)


def m003_stamps(db: apsw.Connection) -> None:
    """What was hashed once need not be hashed by the next process."""
    for statement in _STAMPING:
        db.execute(statement)


_NAMING = (
    # cells are named by their first line; the index makes the names of a hundred thousand commits a matter of moments
    "ALTER TABLE commits ADD COLUMN label BLOB",
    "CREATE INDEX commits_label ON commits(label, created) WHERE label IS NOT NULL",
    # which commits read what another one left: `lineage`, the other way round
    """CREATE TABLE made_from(source BLOB NOT NULL, created REAL NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY(source, created, n)) WITHOUT ROWID""",
    "CREATE INDEX made_from_n ON made_from(n)",
    # as a trigger of its own: the one that stands there is long enough
    "CREATE TRIGGER commit_unmade AFTER DELETE ON commits BEGIN DELETE FROM made_from WHERE n = old.n; END",
)


def m004_naming(db: apsw.Connection) -> None:
    """Labels and descent become searchable: read from the records, which know both."""
    for statement in _NAMING:
        db.execute(statement)
    last = 0
    while rows := list(db.execute("SELECT n, record FROM commits WHERE n > ? ORDER BY n LIMIT 500", (last,))):
        for n, record in rows:
            with contextlib.suppress(Damaged):
                describe(db, n, records.decode(record))
            last = n


def describe(db: apsw.Connection, n: int, commit: Commit) -> None:
    """Write down what a commit is called and what it was made from."""
    label = commit.cell.label.encode("utf-8", "surrogatepass") or None
    db.execute("UPDATE commits SET label = ? WHERE n = ?", (label, n))
    for source in commit.lineage:
        with contextlib.suppress(ValueError, TypeError):  # a record of somebody else may say anything
            db.execute("INSERT OR IGNORE INTO made_from VALUES(?, ?, ?)", (bytes.fromhex(source), commit.created, n))


def m005_days(db: apsw.Connection) -> None:
    """Hits by the quarter of an hour in which they were (see `days`).

    Those of an older index are not told apart: of each commit it knows only the last. The sum of a day begins with the
    first hit that is noted from now on, or with what the log says, if the index is made anew from it.
    """
    db.execute("CREATE TABLE quarters(quarter INTEGER PRIMARY KEY, hits INTEGER NOT NULL, saved REAL NOT NULL)")


#: one function a version; a new one is appended, none is ever changed
MIGRATIONS: list[Callable[[apsw.Connection], None]] = [
    *(m001_initial, m002_condemning, m003_stamps, m004_naming),
    m005_days,
]


def version(db: apsw.Connection) -> int:
    """The schema version of an index; 0 for an empty file. Raises `IndexDamaged` if the file is not an index."""
    found = db.pragma("user_version")
    if found and db.pragma("application_id") != APPLICATION_ID:
        msg = "not an index of this project"
        raise IndexDamaged(msg)
    return int(found)


def prepare(db: apsw.Connection) -> None:
    """Bring an index to the newest schema: tables and version in one transaction.

    Statement by statement, with the version first, a crash in between leaves an index that never opens again.
    """
    if version(db) < len(MIGRATIONS):
        db.execute("BEGIN IMMEDIATE")
        try:
            for migrate in MIGRATIONS[version(db) :]:  # asked again: another process may have been first
                migrate(db)
            db.pragma("application_id", APPLICATION_ID)
            db.pragma("user_version", len(MIGRATIONS))
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    check(db)


def check(db: apsw.Connection) -> None:
    """Raise `IndexDamaged` if the tables are not ours: an index that came from elsewhere may bring triggers along."""
    if version(db) != len(MIGRATIONS) or _tables(db) != _expected():
        msg = "the tables are not as they should be"
        raise IndexDamaged(msg)


def newer(db: apsw.Connection) -> bool:
    """Whether a later version of this project made it."""
    return version(db) > len(MIGRATIONS)


@functools.cache
def _expected() -> frozenset[tuple[object, ...]]:
    db = apsw.Connection(":memory:")
    for migrate in MIGRATIONS:
        migrate(db)
    return _tables(db)


def _tables(db: apsw.Connection) -> frozenset[tuple[object, ...]]:
    return frozenset(db.execute("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"))
