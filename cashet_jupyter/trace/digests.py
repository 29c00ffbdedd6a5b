"""Digests of files' contents, taken once for as long as the file's stat shows that nothing was written.

The digest is the plain BLAKE3 of the bytes, so that it is also the name of a blob with the same content.
"""

from __future__ import annotations

import os
import stat
import time
from collections import OrderedDict

from blake3 import blake3

from cashet_jupyter.digest import threads

#: a file written this recently (seconds) may be written again within the same tick of its file system's clock, so
#: that its times would not show it: its digest is not remembered ("racily clean", as git calls it)
RACY_SECONDS = 2.0
#: how many digests are remembered; about 300 bytes each
REMEMBERED = 20_000
_CHUNK = 4 << 20

#: what stays the same only as long as nobody writes: device, inode, size, mtime_ns, ctime_ns
Signature = tuple[int, int, int, int, int]

_known: OrderedDict[Signature, str] = OrderedDict()


class Unsteady(OSError):
    """The file was written while its digest was being taken."""


def signature(status: os.stat_result) -> Signature:
    """What tells whether a file was written since."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def file_digest(path: str) -> tuple[str, Signature]:
    """The hex digest of a regular file's bytes, and the signature that it holds for.

    Raises `Unsteady` if the file changed meanwhile, `OSError` if it cannot be read or is not a regular file (a pipe
    would be drained, a device may never end).
    """
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        msg = f"not a regular file: {path}"
        raise OSError(msg)
    mark = signature(status)
    if (known := _known.get(mark)) is not None:
        return known, mark
    found = _read(path, mark)
    if time.time() - max(status.st_mtime, status.st_ctime) > RACY_SECONDS:
        _known[mark] = found
        while len(_known) > REMEMBERED:
            _known.popitem(last=False)
    return found, mark


def _read(path: str, mark: Signature) -> str:
    # read, not mapped: a mapped file that somebody truncates meanwhile would kill the kernel with SIGBUS
    hasher = blake3(max_threads=threads(mark[2]))
    buffer = memoryview(bytearray(min(_CHUNK, mark[2] + 1)))
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb", buffering=0) as file:
        while count := file.readinto(buffer):
            hasher.update(buffer[:count])
        after = signature(os.fstat(descriptor))
    if after != mark:
        msg = f"changed while it was being read: {path}"
        raise Unsteady(msg)
    return hasher.hexdigest()
