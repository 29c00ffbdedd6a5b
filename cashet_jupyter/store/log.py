"""The log: every change of the store, appended to a file per session and never rewritten.

It is what the index is made from. A frame is

    magic (4 bytes)   length of the body (4, little endian)   BLAKE3 of length and body (32)   body (msgpack)

so a reader that meets a torn or damaged frame goes on at the next magic; a magic inside a body is not taken for a
frame, because its checksum does not fit.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3

from cashet_jupyter.store.layout import sync_folder

MAGIC = b"\xca\x5e\xd1\x0c"
_HEADER = struct.Struct("<4sI32s")
#: a longer record is damage or an attack; whoever writes keeps far below it
MAX_BODY = 64 << 20
#: how the name of a log ends that stands for everything before it
COMPACTED = ".base.log"


class SessionLog:
    """The log that this process appends to; made with the first record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = _new_name()
        self._fd = -1
        self._size = 0
        self._named = False

    def append(self, body: bytes, *, durable: bool) -> int:
        """Append one record; the size of the file with it. Raises `OSError`; the file is then as it was before.

        The caller holds the index's write lock, so one append at a time happens in the whole store.
        """
        fd = self._open()
        data = frame(body)
        try:
            written = 0
            while written < len(data):
                written += os.write(fd, data[written:])
            if durable:
                os.fsync(fd)
                self._sync_name()
        except BaseException:
            with contextlib.suppress(OSError):  # a reader leaves a torn frame out anyway
                os.ftruncate(fd, self._size)
            raise
        self._size += len(data)
        return self._size

    def close(self) -> None:
        """Let go of the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> int:
        if self._fd >= 0 and os.fstat(self._fd).st_nlink == 0:  # compacted, or someone emptied the folder
            self.close()
            self.name = _new_name()  # never the old one: the index knows how much of that it has read
        if self._fd < 0:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
            self._fd = os.open(self.folder / self.name, flags, 0o600)
            self._size = os.fstat(self._fd).st_size
            self._named = False
        return self._fd

    def _sync_name(self) -> None:
        """A lazy record may have made the file: its name is synced with the first durable one."""
        if not self._named:
            sync_folder(self.folder)
            self._named = True


def is_compacted(name: str) -> bool:
    """Whether a log of that name stands for everything before it."""
    return name.endswith(COMPACTED)


def _new_name() -> str:
    return f"{int(time.time()):x}-{os.getpid()}-{secrets.token_hex(4)}.log"


def frame(body: bytes) -> bytes:
    """A record as it stands in the file."""
    return _HEADER.pack(MAGIC, len(body), _checksum(body)) + body


def sizes(folder: Path) -> dict[str, int]:
    """The logs of a store and their sizes in bytes; whatever is not a regular file is left out."""
    found: dict[str, int] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # replaced by a compaction at this moment
                if entry.name.endswith(".log") and entry.is_file(follow_symlinks=False):
                    found[entry.name] = entry.stat(follow_symlinks=False).st_size
    return found


def read(path: Path, start: int = 0) -> Iterator[bytes]:
    """The bodies of a log from a position on, in order; damaged and torn ones are left out.

    What is no file has none. Raises `FileNotFoundError` if a compaction has replaced it, and `OSError` if it cannot be
    read for another reason: to take that for an empty log would be to forget what it says.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.ENODEV):
            return
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        return
    with os.fdopen(fd, "rb") as file:
        position = start
        while position is not None:
            body = _read_frame(file, position)
            if body is None:
                position = _next_magic(file, position + 1)
            else:
                position += _HEADER.size + len(body)
                yield body


def _read_frame(file: BinaryIO, position: int) -> bytes | None:
    file.seek(position)
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    magic, length, checksum = _HEADER.unpack(header)
    if magic != MAGIC or length > MAX_BODY:
        return None
    body = file.read(length)
    return body if len(body) == length and _checksum(body) == checksum else None


def _next_magic(file: BinaryIO, position: int) -> int | None:
    chunk = 1 << 20
    while True:
        found = _seek_data(file, position)
        if found is None:
            return None
        position = found
        data = file.read(chunk)
        found = data.find(MAGIC)
        if found >= 0:
            return position + found
        if len(data) < chunk:
            return None
        position += chunk - len(MAGIC) + 1


def _seek_data(file: BinaryIO, position: int) -> int | None:
    """Go to where something is written from there on: a log that was made a terabyte long is not read for hours."""
    try:
        return file.seek(position, os.SEEK_DATA)
    except OSError as error:
        return None if error.errno == errno.ENXIO else file.seek(position)
    except (AttributeError, ValueError):  # not on this system
        return file.seek(position)


def _checksum(body: bytes) -> bytes:
    return blake3(len(body).to_bytes(4, "little") + body).digest()
