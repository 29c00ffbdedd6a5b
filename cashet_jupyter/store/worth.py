"""What goes first when a store must become smaller: what saves little time for the room that it takes.

A commit is worth the seconds that its run took, halved for each week since it was made or last used, for each byte
that goes with it. That is the weight of GreedyDual-Size (Cao and Irani, 1997) with a half-life instead of its clock.
A blob that several commits share counts with its part for each of them.

Expired commits go in any case. Then go, each group by worth: ordinary ones, the newest of each cell, tagged ones.
Pinned ones stay.
"""

from __future__ import annotations

import enum
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import apsw

from cashet_jupyter.store.answers import StoreStats
from cashet_jupyter.store.index import Index

#: bytes of a commit's rows and records beside its blobs (measured: 1.5 to 6 KiB)
OVERHEAD = 4096
#: what a store may hold by default, unless the disk is small
MOST = 10 << 30
_HALF_LIFE = 7 * 86400.0

_CANDIDATES = """
    WITH users AS (SELECT digest, count(*) AS number FROM refs GROUP BY digest),
    shares AS (
        SELECT refs.n, sum(blobs.size * 1.0 / users.number) AS size
        FROM refs JOIN blobs USING(digest) JOIN users USING(digest) GROUP BY refs.n)
    SELECT c.n, c.id, c.seconds, c.expires, max(c.created, coalesce(uses.used, 0)), c.pinned, c.tagged,
        row_number() OVER (PARTITION BY coalesce(c.cell, c.code), c.notebook ORDER BY c.created DESC, c.n DESC),
        coalesce(shares.size, 0)
    FROM commits c LEFT JOIN shares USING(n) LEFT JOIN uses USING(n)"""


class Rank(enum.IntEnum):
    """The order in which groups go."""

    DUE = 0
    ORDINARY = 1
    NEWEST = 2
    TAGGED = 3
    PINNED = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A commit that may go."""

    n: int
    id: bytes
    rank: Rank
    worth: float
    """Seconds saved, weighed by time, for each byte."""
    size: int
    """Its part of the bytes of its blobs."""
    why: str


def held(stats: StoreStats) -> int:
    """Bytes that a store takes: blobs, and the rows and records of commits."""
    return stats.physical + stats.commits * OVERHEAD


def default_limit(path: Path, stats: StoreStats) -> int:
    """How many bytes a store may hold where nobody said: 10 GiB, or a tenth of the disk's free room if that is less.

    What the store itself holds counts as free here: the limit must not sink because the store grows.
    """
    try:
        disk = os.statvfs(path)
    except OSError:
        return MOST
    return min(MOST, (disk.f_bavail * disk.f_frsize + held(stats)) // 10)


def candidates(index: Index, *, older_than: float | None = None, now: float | None = None) -> list[Candidate]:
    """All commits in the order in which they go; `older_than` is in seconds since it was made or used last."""
    now = time.time() if now is None else now
    found = [_candidate(row, older_than, now) for row in index.rows(_CANDIDATES)]
    return sorted(found, key=lambda candidate: (candidate.rank, candidate.worth))


def _candidate(row: tuple[Any, ...], older_than: float | None, now: float) -> Candidate:
    n, id, seconds, expires, used, pinned, tagged, place, size = row
    age = max(0.0, now - float(used))
    rank, why = Rank.NEWEST if place == 1 else Rank.ORDINARY, "over the limit"
    if pinned:
        rank = Rank.PINNED
    elif expires is not None and float(expires) <= now:
        rank, why = Rank.DUE, "expired"
    elif tagged:
        rank = Rank.TAGGED
    elif older_than is not None and age >= older_than:
        rank, why = Rank.DUE, "not used for long"
    worth = float(seconds) * 0.5 ** (age / _HALF_LIFE) / (float(size) + OVERHEAD)
    return Candidate(int(n), bytes(id), rank, worth, int(size), why)


class Tally:
    """What is freed as one commit after the other goes: a blob goes with the last one that uses it."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._users: dict[bytes, int] = {}
        condemned = "SELECT coalesce(sum(size), 0), count(*) FROM blobs WHERE state = 1"
        found: Any = next(db.execute(condemned))
        self.freed, self.blobs = int(found[0]), int(found[1])
        """Bytes of blobs, and how many; those that nothing refers to go in any case."""
        self.size = self.freed
        """Bytes that the store loses, with the rows and records of commits."""

    def take(self, n: int) -> None:
        """Count a commit as gone."""
        before = self.freed
        for digest, size in self._blobs(n):
            left = self._users.get(digest)
            if left is None:
                left = int(next(self._db.execute("SELECT count(*) FROM refs WHERE digest = ?", (digest,)))[0])
            self._users[digest] = left - 1
            if left == 1:
                self.freed += size
                self.blobs += 1
        self.size += OVERHEAD + self.freed - before

    def _blobs(self, n: int) -> Iterator[tuple[bytes, int]]:
        sql = "SELECT r.digest, b.size FROM refs r JOIN blobs b ON b.digest = r.digest WHERE r.n = ?"
        yield from cast("Any", self._db.execute(sql, (n,)).fetchall())
