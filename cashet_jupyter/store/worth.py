"""What goes first when a store must become smaller: what saves little time for the room that it takes.

A commit is worth the seconds that its run took, halved for each week since it was made or last used, for each byte
that goes with it. That is the weight of GreedyDual-Size (Cao and Irani, 1997) with a half-life instead of its clock.
A blob that several commits share counts with its part for each of them.

Expired commits go in any case. Then go, each group by worth: ordinary ones, the newest of each cell, tagged ones.
Pinned ones stay.
"""

from __future__ import annotations

import enum
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
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
_AT_ONCE = 1000

_CANDIDATES = """
    WITH users AS (SELECT digest, count(*) AS number FROM refs GROUP BY digest),
    shares AS (
        SELECT refs.n, sum(blobs.size * 1.0 / users.number) AS size
        FROM refs JOIN blobs USING(digest) JOIN users USING(digest) GROUP BY refs.n)
    SELECT c.n, c.id, c.seconds, c.expires, max(c.created, coalesce(uses.used, 0)), c.pinned, c.tagged,
        row_number() OVER (PARTITION BY coalesce(c.cell, c.code), c.notebook ORDER BY c.created DESC, c.n DESC),
        coalesce(shares.size, 0)
    FROM commits c LEFT JOIN shares USING(n) LEFT JOIN uses USING(n)"""

#: those of them that go in any case, without a look at the others
_DUE = """
    WITH users AS MATERIALIZED (SELECT digest, count(*) AS number FROM refs GROUP BY digest)
    SELECT c.n, c.id, c.seconds, c.expires, max(c.created, coalesce(uses.used, 0)), 0, c.tagged, 0,
        coalesce((SELECT sum(blobs.size * 1.0 / users.number)
            FROM refs JOIN blobs USING(digest) JOIN users USING(digest) WHERE refs.n = c.n), 0)
    FROM commits c LEFT JOIN uses USING(n)
    WHERE c.pinned = 0 AND (c.expires <= ?1 OR
        (c.tagged = 0 AND max(0.0, ?1 - max(c.created, coalesce(uses.used, 0))) >= ?2))"""


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


def due(index: Index, *, older_than: float | None = None, now: float | None = None) -> list[Candidate]:
    """Those that go in any case, in the order of `candidates`."""
    now = time.time() if now is None else now
    found = [_candidate(row, older_than, now) for row in index.rows(_DUE, (now, older_than))]
    return sorted(found, key=lambda candidate: candidate.worth)


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
        self._users: dict[bytes, int] | None = None
        condemned = "SELECT coalesce(sum(size), 0), count(*) FROM blobs WHERE state = 1"
        found: Any = next(db.execute(condemned))
        self.freed, self.blobs = int(found[0]), int(found[1])
        """Bytes of blobs, and how many; those that nothing refers to go in any case."""
        self.size = self.freed
        """Bytes that the store loses, with the rows and records of commits."""

    def take(self, commits: Sequence[int]) -> Iterator[int]:
        """Count commits as gone, one with each step; their numbers."""
        for first in range(0, len(commits), _AT_ONCE):
            batch = commits[first : first + _AT_ONCE]
            blobs: dict[int, list[tuple[bytes, int]]] = {}
            for n, digest, size in self._blobs(batch):
                blobs.setdefault(n, []).append((digest, size))
            for n in batch:
                self._take(blobs.get(n, ()))
                yield n

    def _take(self, blobs: Iterable[tuple[bytes, int]]) -> None:
        users, before = self._shared(), self.freed
        for digest, size in blobs:
            left = users.get(digest, 1)
            users[digest] = left - 1
            if left == 1:
                self.freed += size
                self.blobs += 1
        self.size += OVERHEAD + self.freed - before

    def _shared(self) -> dict[bytes, int]:
        """By how many commits a blob is still used, of those that more than one uses."""
        if self._users is None:
            counted: Any = self._db.execute("SELECT digest, count(*) FROM refs GROUP BY digest HAVING count(*) > 1")
            self._users = dict(counted.fetchall())
        return self._users

    def _blobs(self, batch: Sequence[int]) -> list[tuple[int, bytes, int]]:
        sql = """SELECT r.n, r.digest, b.size FROM json_each(?) j JOIN refs r ON r.n = j.value
            JOIN blobs b ON b.digest = r.digest"""
        return cast("Any", self._db.execute(sql, (json.dumps(batch),)).fetchall())
