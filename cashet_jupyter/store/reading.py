"""How a run is read: every byte is verified, and what is damaged is put aside so that the next run heals it."""

from __future__ import annotations

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import CashetError, Damaged, NotFound, StoreError
from cashet_jupyter.models import Blob, Commit, Payload
from cashet_jupyter.store import queries
from cashet_jupyter.store.entries import Entries, Entry
from cashet_jupyter.store.faults import FAULTS
from cashet_jupyter.store.fold import INLINE
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.objects import MAPPED, Objects
from cashet_jupyter.store.removal import Exchanged, removing


class Reader:
    """Reads runs; with `heals`, what it finds damaged is put aside and forgotten."""

    def __init__(self, index: Index, objects: Objects, entries: Entries, *, heals: bool) -> None:
        self._index = index
        self._objects = objects
        self._entries = entries
        self._heals = heals

    def entry(self, id: str) -> Entry:
        """The entry of a whole id; raises `NotFound`, or `Damaged` if its record is."""
        entry = self._entries.by_id(id)
        if entry is None:
            msg = f"no commit {id}"
            raise NotFound(msg)
        return entry

    def payload(self, commit: Commit) -> Payload:
        """All of a run."""
        mine = self._mine(commit)
        skeleton, shown = self.load(mine, mine.skeleton), self.load(mine, mine.shown)
        return Payload(_small(skeleton), _small(shown), tuple(self.load(mine, blob) for blob in mine.buffers))

    def shown(self, commit: Commit) -> bytes:
        """Only what the run showed."""
        mine = self._mine(commit)
        return bytes(self.load(mine, mine.shown))

    def _mine(self, commit: Commit) -> Commit:
        """The sealed commit of that id: its blobs are read, not those of an object that somebody made up."""
        entry = self.entry(commit.id)
        if not entry.trusted:
            msg = f"commit {commit.short} is not by this user, and is not loaded"
            raise StoreError(msg)
        return entry.commit

    def load(self, commit: Commit, blob: Blob | None) -> memoryview:
        """One blob of a commit, of whatever author, verified; the commit is forgotten if it is damaged."""
        if blob is None:
            msg = f"commit {commit.short} is not whole"
            raise Damaged(msg)
        try:
            return self._read(blob)
        except Damaged:
            self._forget(commit, blob)
            raise

    def _read(self, blob: Blob) -> memoryview:
        data = queries.inline(self._index, blob) if blob.size <= INLINE else None
        if data is None:
            return self._objects.read(blob)
        if len(data) != blob.size or digest_buffer(data) != blob.digest:
            msg = f"blob {blob.digest[:12]} is damaged: other bytes"
            raise Damaged(msg)
        return memoryview(bytearray(data))

    def _forget(self, commit: Commit, blob: Blob) -> None:
        """Put a damaged blob aside and drop the commit, so that the next run makes both anew."""
        if not self._heals:
            return
        try:
            with removing(self._index, aside=True) as removal:
                try:
                    self._read(blob)  # another process may have healed it meanwhile
                except Damaged:
                    removal.take(blob)
                    op = {"op": "lost", "blob": bytes.fromhex(blob.digest), "id": bytes.fromhex(commit.id)}
                    self._index.record(removal.db, op)
        except (*FAULTS, CashetError, Exchanged):
            return  # it stays damaged, and is found to be so again


def _small(view: memoryview) -> bytes | memoryview:
    """Plain bytes, unless copying them would cost what the mapping saved."""
    return bytes(view) if len(view) < MAPPED else view
