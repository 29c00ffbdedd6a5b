"""Examining a whole store: every byte is hashed, and the index is made anew from what is known to be right.

The logs and the index hold the same, twice. A commit that only one of them knows is kept if its bytes are there: it
may have been lost from the other, and a result that is whole is never wrong. Then the index is made anew from the logs,
every blob is hashed, and commits that need a damaged one are removed: their cells run again.

Everything is done piece by piece under the write lock, and looked at again under it: others go on working.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import cast

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Blob, Commit
from cashet_jupyter.store import log, merge, queries, records
from cashet_jupyter.store.answers import Progress, Verified
from cashet_jupyter.store.entries import Entries
from cashet_jupyter.store.faults import FAULTS
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.layout import Layout
from cashet_jupyter.store.objects import Objects
from cashet_jupyter.store.removal import Exchanged, removing
from cashet_jupyter.store.strays import strays


class Verifier:
    """Examines one store; with `repairs` it also puts right what it finds."""

    def __init__(self, index: Index, layout: Layout, entries: Entries, *, repairs: bool) -> None:
        self._index = index
        self._layout = layout
        self._entries = entries
        self._repairs = repairs
        self._objects = Objects(layout)  # one that has seen nothing yet: everything is hashed

    def verify(self, progress: Progress | None) -> Verified:
        """Hash everything, make the index anew, and remove what is damaged."""
        trouble = self._index_made_anew()
        if unreadable := self._without_unreadable():
            trouble = f"{trouble}, {unreadable} records could not be read".lstrip(", ")
        damaged, size, number = self._damaged_blobs(progress)
        lost = {commit.id: commit for commit in self._without(damaged)}
        left = sum(1 for _ in strays(self._index, self._layout))
        return Verified(number, size, tuple(blob.digest for blob in damaged), tuple(lost.values()), left, trouble)

    # ------------------------------------------------------------------------------------------------------ the index
    def _index_made_anew(self) -> str:
        """What was wrong with the index; it is made anew from the logs in any case."""
        logged = self._ids_in_the_logs()
        indexed = self._ids_in_the_index()
        if indexed is None:
            trouble = "it was damaged"
        else:
            missing, unlogged = len(logged - indexed), len(indexed - logged)
            trouble = f"{missing} commit{'s were' if missing > 1 else ' was'} missing" if missing else ""
            if unlogged and self._repairs:
                self._log_again(indexed - logged)
        if self._repairs:
            connections = self._index.connections
            connections.get()
            self._index.renew(connections.identity())
            connections.get()
        return trouble

    def _ids_in_the_logs(self) -> set[bytes]:
        while True:
            with contextlib.suppress(FileNotFoundError):  # compacted at this moment: the new log says the same
                return self._read_logs()

    def _read_logs(self) -> set[bytes]:
        found: set[bytes] = set()
        logs = log.sizes(self._layout.log)
        for _, op in merge.records_of(self._layout.log, dict.fromkeys(logs, 0)):
            match op:
                case {"op": "put", "record": bytes(record)}:
                    found.add(records.identify(record))
                case {"op": "rm" | "lost", "id": id}:
                    found.discard(id)
                case {"op": "evict", "ids": list(ids)}:
                    found.difference_update(cast("list[bytes]", ids))
                case {"op": "base"}:
                    found.clear()
                case _:
                    pass
        return found

    def _ids_in_the_index(self) -> set[bytes] | None:
        """None if it cannot be read to its end."""
        try:
            sound = self._index.rows("PRAGMA integrity_check(1)") == [("ok",)]
            return {row[0] for row in self._index.rows("SELECT id FROM commits")} if sound else None
        except FAULTS:
            return None

    def _log_again(self, ids: set[bytes]) -> None:
        """Write commits into the log that only the index knows, if they are whole."""
        for id in ids:
            with self._index.writing(durable=True) as db:
                row = queries.by_id(self._index, id.hex())
                entry = None if row is None else self._entries.of(row)
                if row is None or entry is None or not all(self._whole(blob) for blob in _blobs(entry.commit)):
                    continue
                op = {
                    "op": "put",
                    "record": row.record,
                    "seal": row.seal,
                    "inline": [data for blob in _blobs(entry.commit) if (data := queries.inline(self._index, blob))],
                    "tags": dict(entry.commit.tags),
                    "pinned": entry.commit.pinned,
                }
                self._index.record(db, op, durable=True)

    # ------------------------------------------------------------------------------------------------------- the blobs
    def _damaged_blobs(self, progress: Progress | None) -> tuple[list[Blob], int, int]:
        """The damaged ones, the bytes that were hashed, and the number of blobs."""
        total, done, size = queries.stats(self._index).blobs, 0, 0
        damaged: list[Blob] = []
        for blob in self._referred():
            done, size = done + 1, size + blob.size
            if not self._whole(blob):
                damaged.append(blob)
            if progress is not None:
                progress(done, max(total, done), "blobs")
        return damaged, size, done

    def _referred(self) -> Iterator[Blob]:
        """The blobs that commits need; a commit says their sizes, whatever their rows do."""
        seen: set[Blob] = set()
        for row in queries.everything(self._index):
            entry = self._entries.of(row)
            for blob in _blobs(entry.commit) if entry is not None else ():
                if blob not in seen:
                    seen.add(blob)
                    yield blob

    def _whole(self, blob: Blob) -> bool:
        data = queries.inline(self._index, blob)
        if data is not None:
            return len(data) == blob.size and digest_buffer(data) == blob.digest
        try:
            self._objects.read(blob)
        except Damaged:
            return False
        return True

    def _without(self, damaged: list[Blob]) -> Iterator[Commit]:
        """Put damaged blobs aside, and remove the commits that need them."""
        for blob in damaged:
            digest = bytes.fromhex(blob.digest)
            sql = "SELECT c.id FROM refs r JOIN commits c USING(n) WHERE r.digest = ?"
            entries = [self._entries.by_id(row[0].hex()) for row in self._index.rows(sql, (digest,))]
            lost = [entry.commit for entry in entries if entry is not None and blob in _blobs(entry.commit)]
            if self._repairs:
                with contextlib.suppress(Exchanged), removing(self._index, aside=True) as removal:
                    if self._whole(blob):
                        continue  # written anew meanwhile
                    if not self._of_another_size(blob):
                        removal.take(blob)
                    for commit in lost:
                        op = {"op": "lost", "blob": digest, "id": bytes.fromhex(commit.id)}
                        self._index.record(removal.db, op)
            yield from lost

    def _of_another_size(self, blob: Blob) -> bool:
        """Whether the bytes are those of the name: then it was a commit that lied about their size."""
        path = self._layout.objects / blob.digest[:2] / blob.digest[2:]
        try:
            return self._whole(Blob(blob.digest, path.lstat().st_size))
        except OSError:
            return False

    def _without_unreadable(self) -> int:
        """Remove commits whose record is not what its id says, or cannot be read: nobody can say what they were."""
        bad = [row for row in queries.everything(self._index) if self._entries.of(row) is None]
        if bad and self._repairs:
            with self._index.writing() as db:
                for row in bad:
                    self._index.record(db, {"op": "rm", "id": row.id})
        return len(bad)


def _blobs(commit: Commit) -> list[Blob]:
    return [blob for blob in (commit.skeleton, commit.shown, *commit.buffers) if blob is not None]
