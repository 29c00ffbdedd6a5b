"""Commits that leave the store in an archive, and commits that come in with one.

What comes in keeps its record, its id and its seal: an entry that this user did not write stays one, and is not
loaded unless the user says so. It is put in as a run is (see `publish`): bytes first, the row last, under the write
lock, where it is looked at once more whether the bytes are there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import Damaged, NotFound, StoreError
from cashet_jupyter.models import Blob, Commit
from cashet_jupyter.store import archive as archives
from cashet_jupyter.store import queries
from cashet_jupyter.store.answers import Imported, Progress
from cashet_jupyter.store.archive import Archive
from cashet_jupyter.store.entries import Entries
from cashet_jupyter.store.fold import Op, blobs_of, inlined
from cashet_jupyter.store.incoming import decoded
from cashet_jupyter.store.index import Index, Row
from cashet_jupyter.store.manifest import MAX_RECORD, MAX_SIZE, Manifest, Packed
from cashet_jupyter.store.objects import Objects, Staged
from cashet_jupyter.store.protocol import NO_TAGS
from cashet_jupyter.store.publish import Publisher
from cashet_jupyter.store.reading import Reader
from cashet_jupyter.store.trust import SEAL_BYTES, Signer

_ATTEMPTS = 20
#: commits that go in together: one sync for all of them
_BATCH = 64
#: bytes of small blobs in one batch
_BATCH_BYTES = 8 << 20


class Exporter:
    """Writes archives."""

    def __init__(self, index: Index, entries: Entries, reader: Reader) -> None:
        self._index = index
        self._entries = entries
        self._reader = reader

    def export(self, path: Path, commits: Iterable[Commit] | None, progress: Progress | None) -> tuple[int, int]:
        """Write these commits, or all; how many there are, and how many are damaged and left out.

        Raises `NotFound` or `Damaged` if one that was asked for by name is.
        """
        chosen = self._all() if commits is None else self._named(commits)
        left_out = 0
        for _ in range(_ATTEMPTS):
            try:
                archives.write(path, _manifest(chosen), self._loader(chosen), progress)
            except Damaged:
                if commits is not None:
                    raise
                whole = [one for one in chosen if self._whole(one[0])]
                left_out += len(chosen) - len(whole)
                chosen = whole
            else:
                return len(chosen), left_out
        msg = "results vanish from the store as fast as they are exported: try again later"
        raise StoreError(msg)

    def _all(self) -> list[tuple[Commit, Packed]]:
        rows = queries.everything(self._index)
        return _bounded(packed for row in rows if (packed := self._pack(row)) is not None)

    def _named(self, commits: Iterable[Commit]) -> list[tuple[Commit, Packed]]:
        return _bounded(self._one(id) for id in dict.fromkeys(commit.id for commit in commits))

    def _one(self, id: str) -> tuple[Commit, Packed]:
        row = queries.by_id(self._index, id)
        if row is None:
            msg = f"no commit {id}"
            raise NotFound(msg)
        packed = self._pack(row)
        if packed is None:
            msg = f"the record of commit {id[:12]} is damaged"
            raise Damaged(msg)
        return packed

    def _pack(self, row: Row) -> tuple[Commit, Packed] | None:
        entry = self._entries.of(row)
        if entry is None or len(row.record) > MAX_RECORD:
            return None
        return entry.commit, Packed(row.record, row.seal, entry.commit.tags, entry.commit.pinned)

    def _loader(self, chosen: list[tuple[Commit, Packed]]) -> Callable[[str], memoryview]:
        owners = {blob.digest: (commit, blob) for commit, _ in chosen for blob in blobs_of(commit)}
        return lambda digest: self._reader.load(*owners[digest])

    def _whole(self, commit: Commit) -> bool:
        try:
            for blob in blobs_of(commit):
                self._reader.load(commit, blob)
        except Damaged:
            return False
        return True


def _bounded(commits: Iterable[tuple[Commit, Packed]]) -> list[tuple[Commit, Packed]]:
    """As many as fit into a manifest. Raises `StoreError` for more, before they fill the memory."""
    chosen: list[tuple[Commit, Packed]] = []
    size = 0
    for commit, packed in commits:
        size += len(packed.record)
        if size > MAX_SIZE:
            raise StoreError(archives.TOO_MANY)
        chosen.append((commit, packed))
    return chosen


def _manifest(chosen: list[tuple[Commit, Packed]]) -> Manifest:
    blobs = {blob.digest: blob.size for commit, _ in chosen for blob in blobs_of(commit)}
    return Manifest(tuple(packed for _, packed in chosen), blobs)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be done with one commit of an archive."""

    packed: Packed
    seal: bytes
    new: bool
    trusted: bool
    put: bool
    """Whether there is anything to do."""


class Importer:
    """Takes commits out of archives."""

    def __init__(self, index: Index, objects: Objects, publisher: Publisher, signer: Signer) -> None:
        self._index = index
        self._objects = objects
        self._publisher = publisher
        self._signer = signer

    def import_(self, archive: Archive, *, trust: bool, progress: Progress | None) -> Imported:
        """Put in what an archive holds, and make it survive a power cut.

        Raises `StoreError` that names the member and the reason; all but the bytes of blobs is looked at before
        anything is stored.
        """
        plans = [self._plan(archive, packed, trust=trust) for packed in archive.manifest.commits]
        todo = [plan for plan in plans if plan.put]
        new = {blob for plan in todo for blob in blobs_of(decoded(archive, plan.packed)) if not self._there(blob)}
        size = sum(blob.size for blob in new)
        self._must_fit(archive, size)
        meter = _Meter(progress, size)
        for batch in _batches(archive, todo):
            self._put(archive, batch, meter)
        return Imported(
            commits=sum(plan.new for plan in plans),
            known=sum(not plan.new for plan in plans),
            blobs=len(new),
            size=size,
            foreign=sum(not plan.trusted for plan in plans),
        )

    def _plan(self, archive: Archive, packed: Packed, *, trust: bool) -> _Plan:
        commit = decoded(archive, packed)
        row = queries.by_id(self._index, commit.id)
        here = row if row is not None and row.record == packed.record else None
        mine_here = here is not None and self._mine(packed.record, here.seal)
        mine = self._mine(packed.record, packed.seal)
        if mine_here and here is not None:
            seal = here.seal
        else:
            seal = self._signer.seal(packed.record) if trust and not mine else packed.seal
        trusted = mine_here or mine or trust
        same = here is not None and (mine_here or not trusted)
        there = same and all(self._there(blob) for blob in blobs_of(commit))
        return _Plan(packed, seal, new=here is None, trusted=trusted, put=not there)

    def _mine(self, record: bytes, seal: object) -> bool:
        return isinstance(seal, bytes) and len(seal) == SEAL_BYTES and self._signer.accepts(record, seal)

    def _there(self, blob: Blob) -> bool:
        if self._objects.present(blob):
            return True
        small = queries.inline(self._index, blob)
        return small is not None and digest_buffer(small) == blob.digest

    def _must_fit(self, archive: Archive, size: int) -> None:
        found = os.statvfs(self._index.layout.root)
        free = found.f_bavail * found.f_frsize
        if size > free // 2:
            why = f"{size} new bytes, and half of the free disk is {free // 2}: make room, or collect with gc"
            raise archive.error("", why)

    def _put(self, archive: Archive, batch: list[_Ready], meter: _Meter) -> None:
        for one in batch:
            for blob in one.files:
                self._ensure(archive, blob, meter)
        for _ in range(_ATTEMPTS):
            with self._index.writing(durable=True) as db:
                files = [blob for one in batch for blob in one.files]
                missing = [blob for blob in files if not self._objects.present(blob, durable=True)]
                if not missing:
                    for one in batch:
                        self._index.record(db, one.op, durable=one is batch[-1], commit=one.commit)
            if not missing:
                return
            for blob in missing:
                self._ensure(archive, blob, meter)
        msg = "the files of what is imported vanish as soon as they are written"
        raise StoreError(msg)

    def _ensure(self, archive: Archive, blob: Blob, meter: _Meter) -> None:
        def stage() -> Staged:
            try:
                return self._objects.stage_stream(meter.through(archive.pieces(blob.digest)), blob, durable=True)
            except Damaged as error:
                raise archive.damaged(blob) from error

        self._publisher.ensure(blob, stage, durable=True)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A commit that can be put in once its files are there."""

    commit: Commit
    op: Op
    files: tuple[Blob, ...]
    inline: int
    """Bytes of its small blobs."""


class _Meter:
    """Tells how many bytes have been written so far."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def through(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield piece
            self._done = min(self._done + len(piece), self._total)
            if self._progress is not None:
                self._progress(self._done, self._total, "bytes")


def _batches(archive: Archive, plans: list[_Plan]) -> Iterator[list[_Ready]]:
    batch: list[_Ready] = []
    for plan in plans:
        batch.append(_ready(archive, plan))
        if len(batch) >= _BATCH or sum(one.inline for one in batch) >= _BATCH_BYTES:
            yield batch
            batch = []
    if batch:
        yield batch


def _ready(archive: Archive, plan: _Plan) -> _Ready:
    commit = decoded(archive, plan.packed)
    blobs = [blob for blob in (commit.skeleton, commit.shown, *commit.buffers) if blob is not None]
    small = dict.fromkeys(blobs[number] for number in sorted(inlined(blob.size for blob in blobs)))
    inline = [archive.small(blob) for blob in small]
    op: Op = {
        "op": "put",
        "record": plan.packed.record,
        "seal": plan.seal,
        "inline": inline,
        "tags": dict(plan.packed.tags if plan.new else NO_TAGS),  # what was here already stays as it was
        "pinned": plan.new and plan.packed.pinned,
    }
    files = tuple(blob for blob in blobs_of(commit) if blob not in small)
    return _Ready(commit, op, files, sum(map(len, inline)))
