"""Bytes from one file into another without going through this process, shared on disk where the file system can.

Btrfs, XFS, bcachefs, OCFS2, some network file systems and overlays of these share the blocks of a copy until one of
the two is written to ("reflink"): it costs nothing, and neither file can change the other. Hard links were rejected:
whoever wrote into one name would change what the other one holds.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import sys

#: `_IOW(0x94, 13, struct file_clone_range)` of Linux, the same number on all its machines but a few old ones
_CLONE_RANGE = 0x4020940D
#: answers that mean: not between these two files; anything else is a failure
_CANNOT = frozenset(
    {
        errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.EPERM,
        errno.EBADF, errno.ETXTBSY, errno.EISDIR,
    }
)  # fmt: skip
_PIECE = 16 << 20


def copy_range(source: int, offset: int, target: int, place: int, size: int) -> bool:
    """Copy bytes between two descriptors; whether they are shared on disk now.

    The offsets of both files stay where they are. Raises `OSError`, also if the source ends too soon.
    """
    if size and share_range(source, offset, target, place, size):
        return True
    done = 0
    while done < size:
        count = _copied(source, offset + done, target, place + done, size - done)
        if not count:
            raise OSError(errno.EIO, "the file has become shorter while it was being copied")
        done += count
    return False


def share_range(source: int, offset: int, target: int, place: int, size: int) -> bool:
    """Let a stretch of one file share the blocks of another; False if that cannot be done, and nothing is done."""
    if not sys.platform.startswith("linux"):
        return False
    # a length of 0 means "to the end", which a length that is no multiple of a block must be
    whole = os.fstat(source).st_size == offset + size
    request = struct.pack("=qQQQ", source, offset, 0 if whole else size, place)
    try:
        fcntl.ioctl(target, _CLONE_RANGE, request)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        return False
    return True


def _copied(source: int, offset: int, target: int, place: int, size: int) -> int:
    if hasattr(os, "copy_file_range"):
        try:
            return os.copy_file_range(source, target, size, offset, place)
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
    return os.pwrite(target, os.pread(source, min(size, _PIECE), offset), place)
