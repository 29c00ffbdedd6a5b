"""Blobs as files: immutable, named by the BLAKE3 of their bytes, staged and then renamed to a new name.

Two rules hold everywhere. A name under `objects/` is given to complete bytes only, and it is taken away (removed or
put aside) only while the index's write lock is held; a commit looks whether its blobs are there under that same lock.
Nothing is ever followed: a shard or a blob that is a link, a pipe, a device or a folder is damage.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import Damaged
from cashet_jupyter.memory.gathered import Buffer
from cashet_jupyter.memory.mapping import Area
from cashet_jupyter.memory.pieces import BIG
from cashet_jupyter.models import Blob
from cashet_jupyter.store.layout import Layout, sync_folder
from cashet_jupyter.store.stamps import Stamps
from cashet_jupyter.store.writing import never, reserve, write_all, write_pieces

#: how many blobs that were made to last are remembered
_SYNCED = 1_000_000

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not hang the kernel
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
#: the answers of the system that mean: this is not the blob
_NOT_THE_BLOB = frozenset(
    {errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO, errno.ENODEV, errno.EIO, errno.EINVAL}
)

State = Literal["sound", "absent", "bad"]


@dataclass(frozen=True, slots=True)
class Staged:
    """Complete bytes under a temporary name."""

    path: Path
    blob: Blob
    file: tuple[int, int]
    """Inode and time of the last write: which file it is, under whatever name."""


class Objects:
    """The blobs of one store."""

    def __init__(self, layout: Layout, stamps: Stamps | None = None) -> None:
        self._layout = layout
        self._objects = str(layout.objects)
        self._stamps = stamps or Stamps()
        #: files that were made to survive a power cut, by the digest of the blob
        self._synced: dict[str, tuple[int, int]] = {}
        #: shards whose own names survive a power cut
        self._lasting: set[tuple[int, int]] = set()

    # ------------------------------------------------------------------------------------------------------ reading
    def read(self, blob: Blob) -> memoryview:
        """The verified bytes, private and writable; mapped if they are big.

        Raises `Damaged` if the file is not that blob, `OSError` if it could not be read for another reason.
        """
        if blob.size >= BIG:
            return self.map(blob, Area([blob.size]), 0)
        fd, _ = self._open(blob)
        try:
            return _copied(fd, blob)
        except OSError as error:
            self._judge(blob, error)
        finally:
            os.close(fd)

    def map(self, blob: Blob, area: Area, start: int) -> memoryview:
        """The verified bytes at a place of mapped memory; raises what `read` raises."""
        fd, found = self._open(blob)
        try:
            view = area.map_file(fd, start, blob.size)
        except OSError as error:
            self._judge(blob, error)
        finally:
            os.close(fd)
        if not self._stamps.holds(blob, found):
            began = time.time()
            if digest_buffer(view) != blob.digest:
                raise _damaged(blob, "other bytes")
            self._stamps.note(blob, found, began)
        return view

    def _judge(self, blob: Blob, error: OSError) -> NoReturn:
        """Raise what an error says of a blob: that it is damaged, or nothing but the error."""
        if error.errno in _NOT_THE_BLOB or self._ours_but_locked(blob, error):
            raise _damaged(blob, error.strerror or "") from error
        raise error

    def state(self, blob: Blob) -> State:
        """Whether the blob is there, whole; a big one is hashed unless it was before and has not changed."""
        try:
            self.read(blob)
        except Damaged:
            return "bad" if self.occupied(blob) else "absent"
        return "sound"

    def present(self, blob: Blob, *, durable: bool = False) -> bool:
        """Whether a file of the right kind and size is there: what a commit asks under the write lock (4 us).

        With `durable` it must be the very file that was made to last: a collection may have taken that one away since,
        and a lazy commit written another.
        """
        try:
            with self._shard(blob) as shard:
                found = os.stat(blob.digest[2:], dir_fd=shard, follow_symlinks=False)
        except OSError:
            return False
        right = stat.S_ISREG(found.st_mode) and found.st_size == blob.size
        return right and (not durable or self._synced.get(blob.digest) == (found.st_ino, found.st_mtime_ns))

    def _open(self, blob: Blob) -> tuple[int, os.stat_result]:
        """A descriptor of the file, which is of the right kind and size, and its stat; raises what `read` raises."""
        try:
            with self._shard(blob) as shard:
                fd = os.open(blob.digest[2:], _READ, dir_fd=shard)
        except OSError as error:
            self._judge(blob, error)
        try:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode):
                raise _damaged(blob, "not a file")
            if found.st_size != blob.size:
                raise _damaged(blob, f"{found.st_size} bytes, not {blob.size}")
        except BaseException:
            os.close(fd)
            raise
        return fd, found

    @contextlib.contextmanager
    def _shard(self, blob: Blob) -> Generator[int]:
        fd = os.open(f"{self._objects}/{blob.digest[:2]}", _DIRECTORY)
        try:
            yield fd
        finally:
            os.close(fd)

    def occupied(self, blob: Blob) -> bool:
        """Whether something has the name of the blob, sound or not."""
        shard = f"{self._objects}/{blob.digest[:2]}"
        try:
            if not stat.S_ISDIR(os.lstat(shard).st_mode):
                return True
            os.lstat(f"{shard}/{blob.digest[2:]}")
        except FileNotFoundError:
            return False
        return True

    def _ours_but_locked(self, blob: Blob, error: OSError) -> bool:
        """No permission to read a file of our own: someone changed its mode, and it can be replaced."""
        if error.errno not in (errno.EACCES, errno.EPERM):
            return False
        with contextlib.suppress(OSError):
            return os.lstat(self._layout.objects / blob.digest[:2] / blob.digest[2:]).st_uid == os.geteuid()
        return False

    # ------------------------------------------------------------------------------------------------------ writing
    def stage(self, blob: Blob, data: Buffer, *, durable: bool, stop: Callable[[], bool] = never) -> Staged:
        """Write the bytes of a blob under a temporary name.

        Raises `OSError`, and `GivenUp` when `stop()`; nothing is left then.
        """

        def write(fd: int) -> str:
            write_all(fd, data, stop)
            return blob.digest

        return self._stage(write, blob.size, durable=durable)

    def stage_stream(self, pieces: Iterable[bytes], blob: Blob, *, durable: bool) -> Staged:
        """Write a blob that comes in pieces: it is never in memory as a whole.

        Raises `Damaged` if they are not that blob, `OSError`, and what `pieces` raises; nothing is left then.
        """
        return self._stage(lambda fd: _streamed(fd, pieces, blob), blob.size, durable=durable)

    def _stage(self, write: Callable[[int], str], size: int, *, durable: bool) -> Staged:
        path = self._layout.tmp / f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            fd = os.open(path, _NEW, 0o600)
        except FileNotFoundError:  # the folder was removed under a living kernel
            self._layout.tmp.mkdir(mode=0o700, exist_ok=True)
            fd = os.open(path, _NEW, 0o600)
        try:
            reserve(fd, size)
            digest = write(fd)
            if durable:
                os.fsync(fd)
            os.fchmod(fd, 0o400)
            found = os.fstat(fd)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(fd)
        return Staged(path, Blob(digest, size), (found.st_ino, found.st_mtime_ns))

    def place(self, staged: Staged, *, durable: bool) -> bool:
        """Give staged bytes their name; False if something else has it (the staged file is gone either way).

        Renaming over an existing file would make ext4 write it out at once (0.13 to 0.86 ms instead of 0.06).
        Raises `FileNotFoundError` if somebody swept the temporary folder.
        """
        blob = staged.blob
        try:
            if self.occupied(blob):
                return False
            self._make_shard(blob)
            with self._shard(blob) as shard:
                os.rename(staged.path, blob.digest[2:], dst_dir_fd=shard)
            if durable:
                self._sync_name(blob)
                self._note_synced(blob, staged.file)
            if blob.size >= BIG:
                self._stamps.wrote(blob)
            return True
        finally:
            staged.path.unlink(missing_ok=True)

    def _make_shard(self, blob: Blob) -> None:
        """All shards are made with the store; this one may have been damaged, and was put aside."""
        shard = self._layout.objects / blob.digest[:2]
        if not shard.exists():
            shard.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _sync_name(self, blob: Blob) -> None:
        """Make a blob's name survive a power cut, and that of its shard.

        A shard that is there need not last: a lazy commit may have made it, or a process that was killed before it
        could sync. So each process syncs the folder of the shards once, and again when it meets a new one.
        """
        shard = self._layout.objects / blob.digest[:2]
        sync_folder(shard)
        found = shard.stat()
        if (found.st_dev, found.st_ino) in self._lasting:
            return
        with os.scandir(self._layout.objects) as entries:
            there = {(found.st_dev, entry.inode()) for entry in entries}
        sync_folder(self._layout.objects)
        sync_folder(self._layout.root)
        self._lasting = there

    def sync(self, blob: Blob) -> None:
        """Make a blob that is there already survive a power cut: a lazy commit may have written it."""
        fd, found = self._open(blob)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
        self._sync_name(blob)
        self._note_synced(blob, (found.st_ino, found.st_mtime_ns))

    def _note_synced(self, blob: Blob, file: tuple[int, int]) -> None:
        if len(self._synced) >= _SYNCED:  # the oldest: those of the commit at hand must stay
            del self._synced[next(iter(self._synced))]
        self._synced[blob.digest] = file


def _copied(fd: int, blob: Blob) -> memoryview:
    data = bytearray(blob.size)
    view = memoryview(data)
    filled = 0
    while filled < blob.size:
        count = os.readv(fd, [view[filled:]])
        if count == 0:
            raise _damaged(blob, "cut off")
        filled += count
    if digest_buffer(data) != blob.digest:
        raise _damaged(blob, "other bytes")
    return view


def _streamed(fd: int, pieces: Iterable[bytes], blob: Blob) -> str:
    digest, size = write_pieces(fd, pieces, blob.size)
    if size != blob.size or digest != blob.digest:
        raise _damaged(blob, "other bytes" if size == blob.size else "another length")
    return digest


def _damaged(blob: Blob, why: str) -> Damaged:
    return Damaged(f"blob {blob.digest[:12]} is damaged: {why.lower()}")
