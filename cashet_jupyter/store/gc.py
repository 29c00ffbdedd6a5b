"""Collection: what need not be kept goes, safely beside any number of writers, without stopping them.

Two phases, each in write transactions of its own:

1. *evict*: commits are removed, durably; a trigger marks blobs that nothing refers to any more as condemned;
2. *sweep*: the files of condemned blobs are removed, and their rows.

A file is removed only while the write lock is held, and a commit looks under that same lock whether its files are
there (`publish`): so no commit is ever without its files, whatever runs beside it, whatever clocks say, and where
`flock` does nothing. A kill between the phases leaves condemned blobs for the next collection; a power cut cannot
bring a commit back whose files are gone, because its removal was durable before they went.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import apsw

from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Blob
from cashet_jupyter.store import ballast, compaction, queries
from cashet_jupyter.store.answers import Collected, Evicted
from cashet_jupyter.store.entries import Entries
from cashet_jupyter.store.faults import disk_full
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.layout import Layout
from cashet_jupyter.store.removal import Exchanged, Removal, removing
from cashet_jupyter.store.strays import remove_strays
from cashet_jupyter.store.worth import Candidate, Rank, Tally, candidates, held

_EVICT_AT_ONCE = 500
_SWEEP_AT_ONCE = 200

#: only a damaged mark says so of a blob that is in use; it must not cost a result
_UNCONDEMN = """UPDATE blobs SET state = 0
    WHERE state = 1 AND EXISTS (SELECT 1 FROM refs WHERE refs.digest = blobs.digest)"""


class Collector:
    """Collects one store."""

    def __init__(self, index: Index, layout: Layout, entries: Entries) -> None:
        self._index = index
        self._layout = layout
        self._entries = entries

    def collect(
        self,
        *,
        limit: int | None,
        older_than: float | None = None,
        last: Rank = Rank.TAGGED,
        why: str = "",
        dry_run: bool = False,
        stop: Callable[[], bool] = lambda: False,
    ) -> Collected:
        """Remove what is due, what is above the limit, and what nothing refers to.

        `last` is the last group that may go for the limit; `why` stands in for each one's own reason; `stop` is asked
        between two transactions.
        """
        size = held(queries.stats(self._index))
        listed = candidates(self._index, older_than=older_than)
        victims, tally = self._chosen(listed, size, limit, last)
        evicted = tuple(self._described(victims, why))
        if dry_run:
            return Collected(evicted, tally.freed, tally.blobs, 0, size - tally.size, limit)
        freed, blobs = self._removed(victims, stop, pinned=last >= Rank.PINNED)
        strays = 0 if stop() else remove_strays(self._index, self._layout)
        self._tidy(stop)
        return Collected(evicted, freed, blobs, strays, held(queries.stats(self._index)), limit)

    def make_room(self, wanted: int) -> bool:
        """Free some bytes on a disk that is full, from old results of cells that have newer ones.

        True if anything was freed.
        """
        old = [candidate for candidate in candidates(self._index) if candidate.rank <= Rank.ORDINARY]
        if not old and not Tally(self._index.connections.get().db).blobs:
            return False  # and the ballast stays, for whoever removes something by hand
        return self._bit_by_bit(old, lambda freed: freed >= 2 * wanted, pinned=False)[0] > 0

    # ------------------------------------------------------------------------------------------------------ choosing
    def _chosen(
        self, listed: Iterable[Candidate], size: int, limit: int | None, last: Rank
    ) -> tuple[list[Candidate], Tally]:
        tally = Tally(self._index.connections.get().db)
        victims: list[Candidate] = []
        for candidate in listed:
            enough = limit is None or size - tally.size <= limit
            if candidate.rank > last or (enough and candidate.rank > Rank.DUE):
                break
            tally.take(candidate.n)
            victims.append(candidate)
        return victims, tally

    def _described(self, victims: Iterable[Candidate], why: str) -> Iterator[Evicted]:
        for victim in victims:
            with contextlib.suppress(Damaged):
                entry = self._entries.by_id(victim.id.hex())
                if entry is not None:
                    yield Evicted(entry.commit, victim.size, why or victim.why)

    # ------------------------------------------------------------------------------------------------------ removing
    def _removed(self, victims: list[Candidate], stop: Callable[[], bool], *, pinned: bool) -> tuple[int, int]:
        """Evict and sweep; bytes and number of the blobs that went."""
        try:
            self._evict(victims, stop, pinned=pinned)
            return self._sweep(stop)
        except (OSError, apsw.Error) as error:
            if not disk_full(error, self._layout.root):
                raise
            return self._bit_by_bit(victims, lambda _: stop(), pinned=pinned)

    def _bit_by_bit(
        self, victims: Iterable[Candidate], enough: Callable[[int], bool], *, pinned: bool
    ) -> tuple[int, int]:
        """The same on a full disk: the ballast gives room for the first step, and each step for the next."""
        ballast.drop(self._layout)
        try:
            self._index.checkpoint()
            freed, blobs = self._sweep(lambda: False)
            for victim in victims:
                if enough(freed):
                    break
                self._evict([victim], lambda: False, pinned=pinned)
                more = self._sweep(lambda: False)
                freed, blobs = freed + more[0], blobs + more[1]
            self._index.checkpoint()
        finally:
            ballast.lay(self._layout, least_free=0)
        return freed, blobs

    def _evict(self, victims: Iterable[Candidate], stop: Callable[[], bool], *, pinned: bool) -> None:
        rest = iter(victims)
        while not stop() and (batch := list(itertools.islice(rest, _EVICT_AT_ONCE))):
            with self._index.writing(durable=True) as db:
                sql = "SELECT id FROM commits WHERE n = ? AND id = ?" + ("" if pinned else " AND pinned = 0")
                ids: list[Any] = [id for item in batch for (id,) in db.execute(sql, (item.n, item.id))]
                if ids:
                    self._index.record(db, {"op": "evict", "ids": ids}, durable=True)

    def _sweep(self, stop: Callable[[], bool]) -> tuple[int, int]:
        """Remove condemned blobs; bytes, and how many."""
        freed = blobs = 0
        while not stop():
            with contextlib.suppress(Exchanged), removing(self._index) as removal:
                gone = self._sweep_some(removal)
                if not gone:
                    break
                freed, blobs = freed + sum(gone), blobs + len(gone)
        return freed, blobs

    def _sweep_some(self, removal: Removal) -> list[int]:
        """Their sizes; none if nothing is left to be swept."""
        db = removal.db
        db.execute(_UNCONDEMN)
        rows: list[Any] = db.execute(
            "SELECT b, digest, size FROM blobs WHERE state = 1 LIMIT ?", (_SWEEP_AT_ONCE,)
        ).fetchall()
        for b, digest, size in rows:
            removal.take(Blob(bytes(digest).hex(), int(size)))
            db.execute("DELETE FROM blobs WHERE b = ?", (b,))
        return [int(row[2]) for row in rows]

    def _tidy(self, stop: Callable[[], bool]) -> None:
        """Give back what the index and the logs no longer need, if there is room for making them anew."""
        try:
            if not stop() and compaction.due(self._index):
                with contextlib.suppress(Exchanged):
                    compaction.compact(self._index)
            if not stop():
                self._index.shrink()
        except (OSError, apsw.Error) as error:
            if not disk_full(error, self._layout.root):
                raise
        ballast.lay(self._layout)
