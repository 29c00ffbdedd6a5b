"""How a run is read: every byte is verified, and what is damaged is put aside so that the next run heals it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import CashetError, Damaged, NotFound, StoreError
from cashet_jupyter.memory import known
from cashet_jupyter.memory.mapping import Area
from cashet_jupyter.memory.pieces import BIG, cut
from cashet_jupyter.models import Blob, Commit, Payload
from cashet_jupyter.store import queries
from cashet_jupyter.store.entries import Entries, Entry
from cashet_jupyter.store.faults import FAULTS
from cashet_jupyter.store.fold import INLINE
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.objects import Objects
from cashet_jupyter.store.removal import Exchanged, removing
from cashet_jupyter.store.stamps import Stamps

T = TypeVar("T")


class Reader:
    """Reads runs; with `heals`, what it finds damaged is put aside and forgotten."""

    def __init__(self, index: Index, objects: Objects, stamps: Stamps, entries: Entries, *, heals: bool) -> None:
        self._index = index
        self._objects = objects
        self._stamps = stamps
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
        self._stamps.recall(mine.id, [blob for blob in mine.buffers if blob.size >= BIG])
        skeleton, shown = self.load(mine, mine.skeleton), self.load(mine, mine.shown)
        buffers: list[memoryview] = []
        for strips in stretches_of(mine):
            buffers += self._stretch(mine, strips)
        groups = tuple(len(sizes) for sizes in mine.layout)
        return Payload(_small(skeleton), _small(shown), tuple(buffers), groups)

    def _stretch(self, commit: Commit, strips: Sequence[Sequence[Blob]]) -> list[memoryview]:
        """Buffers that lie together in memory, each from the beginning of a page, from the pieces of each."""
        if len(strips) == 1 and len(strips[0]) == 1 and strips[0][0].size < BIG:
            return [self.load(commit, strips[0][0])]
        sizes = [sum(piece.size for piece in pieces) for pieces in strips]
        area = Area(sizes)
        views: list[memoryview] = []
        for start, size, pieces in zip(area.starts, sizes, strips, strict=True):
            place = start
            for piece in pieces:
                self._checked(commit, piece, lambda piece=piece, place=place: self._put(piece, area, place))
                place += piece.size
            digests = tuple(bytes.fromhex(piece.digest) for piece in pieces)
            known.remember(known.Strip(area.address + start, size, digests))
            views.append(area.view[start : start + size])
        return views

    def _put(self, piece: Blob, area: Area, place: int) -> None:
        """A piece at its place: mapped, if it has a file."""
        data = self._inline(piece)
        if data is None:
            self._objects.map(piece, area, place)
        else:
            area.view[place : place + piece.size] = data

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
        return self._checked(commit, blob, lambda: self._read(blob))

    def _checked(self, commit: Commit, blob: Blob, read: Callable[[], T]) -> T:
        """What `read` gives; if the blob is damaged, the commit is forgotten."""
        try:
            return read()
        except Damaged:
            self._forget(commit, blob)
            raise

    def _read(self, blob: Blob) -> memoryview:
        data = self._inline(blob)
        return self._objects.read(blob) if data is None else memoryview(bytearray(data))

    def _inline(self, blob: Blob) -> bytes | None:
        """The verified bytes of a blob that lies in the index; None if it does not."""
        data = queries.inline(self._index, blob) if blob.size <= INLINE else None
        if data is not None and (len(data) != blob.size or digest_buffer(data) != blob.digest):
            msg = f"blob {blob.digest[:12]} is damaged: other bytes"
            raise Damaged(msg)
        return data

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
    return bytes(view) if len(view) < BIG else view


def stretches_of(commit: Commit) -> Iterator[list[list[Blob]]]:
    """The stretches of memory that a commit's buffers are read into: for each the buffers, for each its pieces.

    Raises `Damaged` if the pieces are not those of the buffers.
    """
    blobs = iter(commit.buffers)
    if not commit.layout:
        yield from ([[blob]] for blob in blobs)
        return
    for sizes in commit.layout:
        stretch = [[next(blobs, None) for _ in cut(size)] for size in sizes]
        if [[piece and piece.size for piece in pieces] for pieces in stretch] != [cut(size) for size in sizes]:
            msg = f"the pieces of commit {commit.short} do not fit together"
            raise Damaged(msg)
        yield [[piece for piece in pieces if piece is not None] for pieces in stretch]
