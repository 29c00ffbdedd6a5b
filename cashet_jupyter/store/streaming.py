"""Bytes that are larger than memory, on their way into the store and out of it, one piece at a time.

Into it: each full block becomes a blob as it comes, and stays mapped. What is stored in the end is a run like any
other, whose buffer is those mappings: where a collection has taken a blob away meanwhile, `publish` writes it anew from
there. Until then nothing refers to the blobs, so what is broken off is never seen and the next collection removes it.

Out of it: each piece is verified when it is first needed, before any of its bytes is handed out.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from cashet_jupyter.digest import digest_buffer, threads
from cashet_jupyter.errors import Damaged
from cashet_jupyter.memory.gathered import Buffer, Gathered
from cashet_jupyter.memory.mapping import Area
from cashet_jupyter.memory.pieces import BIG, BLOCK
from cashet_jupyter.models import Blob, Commit
from cashet_jupyter.store.copying import copy_range
from cashet_jupyter.store.door import door
from cashet_jupyter.store.layout import Layout
from cashet_jupyter.store.objects import Staged
from cashet_jupyter.store.reading import stretches_of
from cashet_jupyter.store.store import Store
from cashet_jupyter.store.writing import write_all

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Incoming:
    """Bytes on their way into a store; memory holds one block of 64 MiB at most."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.path = store.path
        self.index = store.index
        self.notices = store.notices
        self.read_only = store.read_only
        store._must_write()
        self._block = bytearray()
        self._done: list[memoryview] = []
        self._whole = blake3(max_threads=threads(BLOCK))
        self.size = 0

    @door
    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next bytes; raises `StoreError` if they cannot be kept."""
        view = memoryview(data).cast("B") if memoryview(data).c_contiguous else memoryview(bytes(data))
        self._whole.update(view)
        while view.nbytes:
            part = view[: BLOCK - len(self._block)]
            self._block += part
            self.size += part.nbytes
            view = view[part.nbytes :]
            if len(self._block) == BLOCK:
                full, self._block = self._block, bytearray()
                self._bring(memoryview(full))

    @door
    def take(self, source: int, size: int) -> None:
        """Take the next bytes from an open file, from where this has come to: shared on disk where that can be.

        What is hashed is our copy: a file that changes meanwhile gives other bytes, never a blob with a wrong name.
        """
        if self._block:
            raise ValueError("bytes were written before")
        while size:
            part = min(size, BLOCK)
            if part < BLOCK:
                self._rest(source, part)
            else:
                self._clone(source, part)
            size -= part

    def finish(self) -> tuple[str, Buffer]:
        """The BLAKE3 of everything, and everything as a buffer for `Store.put`."""
        rest = [memoryview(self._block)] if self._block else []
        parts = [*self._done, *rest]
        if not parts:
            return self._whole.hexdigest(), memoryview(b"")
        return self._whole.hexdigest(), parts[0] if len(parts) == 1 else Gathered(parts)

    def _rest(self, source: int, size: int) -> None:
        start, data = self.size, bytearray(size)
        view, filled = memoryview(data), 0
        while filled < size:
            count = os.preadv(source, [view[filled:]], start + filled)
            if not count:
                raise OSError("the file has become shorter while it was being read")
            filled += count
        self.write(view)

    def _bring(self, data: memoryview) -> None:
        """Make a block in memory a blob, and map it."""
        with self._temporary() as staging:
            write_all(staging.fd, data)
            self._keep(staging, data.nbytes)

    def _clone(self, source: int, size: int) -> None:
        with self._temporary() as staging:
            copy_range(source, self.size, staging.fd, 0, size)
            view = self._keep(staging, size)
        self._whole.update(view)
        self.size += size

    def _keep(self, staging: _Staging, size: int) -> memoryview:
        """Give what was staged its name, and keep it mapped."""
        view = Area([size]).map_file(staging.fd, 0, size)
        blob = Blob(digest_buffer(view), size)
        objects = self._store._objects
        first = iter([staging])

        def stage() -> Staged:
            ready = next(first, None)
            return objects.stage(blob, view, durable=True) if ready is None else ready.sealed(blob)

        self._store._publisher.ensure(blob, stage, durable=True)
        self._done.append(view)
        return view

    def _temporary(self) -> _Staging:
        return _Staging(self._store._layout)


class _Staging:
    """A temporary file of the store; gone when the `with` block ends, unless it has got another name."""

    def __init__(self, layout: Layout) -> None:
        layout.tmp.mkdir(mode=0o700, exist_ok=True)
        self.path: Path = layout.tmp / f"{os.getpid()}-{secrets.token_hex(8)}"
        self.fd = os.open(self.path, _NEW, 0o600)

    def sealed(self, blob: Blob) -> Staged:
        """Complete, lasting and read-only."""
        os.fsync(self.fd)
        os.fchmod(self.fd, 0o400)
        found = os.fstat(self.fd)
        return Staged(self.path, blob, (found.st_ino, found.st_mtime_ns))

    def __enter__(self) -> _Staging:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of a buffer: where it begins in it, and its blob."""

    start: int
    blob: Blob


class Outgoing:
    """One buffer of a commit, piece by piece. Raises `Damaged` for bytes that are not what was stored."""

    def __init__(self, store: Store, commit: Commit, number: int) -> None:
        self._store = store
        self.path = store.path
        self.index = store.index
        self.notices = store.notices
        self.read_only = store.read_only
        self._commit = store._reader._mine(commit)
        buffers = [pieces for stretch in stretches_of(self._commit) for pieces in stretch]
        if not 0 <= number < len(buffers):
            msg = f"commit {commit.short} has no buffer {number}"
            raise Damaged(msg)
        self.strips = tuple(_placed(buffers[number]))
        self.size = sum(strip.blob.size for strip in self.strips)

    @door
    def load(self, strip: Strip) -> memoryview:
        """The verified bytes of a piece: mapped if it is big."""
        return self._store._reader.load(self._commit, strip.blob)

    @door
    def copy_to(self, target: int) -> bool:
        """Write all of it into an open, empty file; whether every byte is shared with the store on disk."""
        shared = bool(self.strips)
        for strip in self.strips:
            shared = self._copy(strip, target) and shared
        return shared

    def _copy(self, strip: Strip, target: int) -> bool:
        view = self.load(strip)
        if strip.blob.size >= BIG:
            fd, _ = self._store._objects._open(strip.blob)
            try:
                return copy_range(fd, 0, target, strip.start, strip.blob.size)
            finally:
                os.close(fd)
        done = 0
        while done < len(view):
            done += os.pwrite(target, view[done:], strip.start + done)
        return not strip.blob.size


def _placed(blobs: list[Blob]) -> Iterator[Strip]:
    start = 0
    for blob in blobs:
        yield Strip(start, blob)
        start += blob.size
