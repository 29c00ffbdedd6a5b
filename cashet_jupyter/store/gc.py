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
import json
from collections.abc import Callable, Generator, Iterable
from typing import Any

import apsw

from cashet_jupyter.models import Blob
from cashet_jupyter.store import ballast, compaction, queries
from cashet_jupyter.store.answers import Collected
from cashet_jupyter.store.connections import CACHE
from cashet_jupyter.store.described import Described
from cashet_jupyter.store.entries import Entries
from cashet_jupyter.store.faults import disk_full
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.layout import Layout
from cashet_jupyter.store.removal import Exchanged, Removal, removing
from cashet_jupyter.store.strays import remove_strays
from cashet_jupyter.store.worth import Candidate, Rank, Tally, candidates, due, held

_EVICT_AT_ONCE = 2000
_SWEEP_AT_ONCE = 200

_CONDEMNED = """SELECT b, digest, size, EXISTS(SELECT 1 FROM refs WHERE refs.digest = blobs.digest)
    FROM blobs WHERE state = 1 LIMIT ?"""
_STILL_THERE = "SELECT c.id FROM json_each(?) j JOIN commits c ON c.n = j.value WHERE 1"


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
        with self._much_memory():
            return self._collected(limit, older_than, last, why, dry_run, stop)

    def _collected(
        self,
        limit: int | None,
        older_than: float | None,
        last: Rank,
        why: str,
        dry_run: bool,
        stop: Callable[[], bool],
    ) -> Collected:
        size = held(queries.stats(self._index))
        victims, tally = self._chosen(due(self._index, older_than=older_than), size, limit, last)
        if limit is not None and size - tally.size > limit:  # the others are weighed only if some of them must go
            victims, tally = self._chosen(candidates(self._index, older_than=older_than), size, limit, last)
        evicted = Described(self._index, self._entries, victims, why)
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
        self, listed: list[Candidate], size: int, limit: int | None, last: Rank
    ) -> tuple[list[Candidate], Tally]:
        tally = Tally(self._index.connections.get().db)
        gone, victims = tally.take([candidate.n for candidate in listed]), list[Candidate]()
        for candidate in listed:
            enough = limit is None or size - tally.size <= limit
            if candidate.rank > last or (enough and candidate.rank > Rank.DUE):
                break
            next(gone)
            victims.append(candidate)
        return victims, tally

    @contextlib.contextmanager
    def _much_memory(self) -> Generator[None]:
        """Pages of all tables are changed again and again: with less, each is written many times."""
        db = self._index.connections.get().db
        db.execute("PRAGMA cache_size=-65536")
        try:
            yield
        finally:
            with contextlib.suppress(apsw.Error):  # closed meanwhile
                db.execute(CACHE)

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
                sql = _STILL_THERE if pinned else _STILL_THERE + " AND c.pinned = 0"
                there: set[Any] = {id for (id,) in db.execute(sql, (json.dumps([item.n for item in batch]),))}
                ids = [item.id for item in batch if item.id in there]
                if ids:
                    self._index.record(db, {"op": "evict", "ids": ids}, durable=True)

    def _sweep(self, stop: Callable[[], bool]) -> tuple[int, int]:
        """Remove condemned blobs; bytes, and how many."""
        freed = blobs = 0
        while not stop():
            with contextlib.suppress(Exchanged), removing(self._index) as removal:
                gone = self._sweep_some(removal)
                if gone is None:
                    break
                freed, blobs = freed + sum(gone), blobs + len(gone)
        return freed, blobs

    def _sweep_some(self, removal: Removal) -> list[int] | None:
        """Their sizes; None if nothing is left to be swept."""
        db = removal.db
        rows: list[Any] = db.execute(_CONDEMNED, (_SWEEP_AT_ONCE,)).fetchall()
        gone: list[int] = []
        for b, digest, size, used in rows:
            if used:  # only a damaged mark says so of a blob that is in use; it must not cost a result
                db.execute("UPDATE blobs SET state = 0 WHERE b = ?", (b,))
                continue
            removal.take(Blob(bytes(digest).hex(), int(size)))
            db.execute("DELETE FROM blobs WHERE b = ?", (b,))
            gone.append(int(size))
        return gone if rows else None

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
