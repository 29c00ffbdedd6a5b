"""Files as private, writable memory, side by side: pages are shared with the page cache until somebody writes to them.

The C function is called for itself: `mmap.mmap` can neither put a file at a given address nor (before Python 3.13)
let go of the descriptor, and a frame of a thousand columns would use up those of the kernel.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import mmap
import os
import weakref
from collections.abc import Sequence
from typing import Any

from cashet_jupyter.memory import known

PAGE = mmap.PAGESIZE

#: the same number on Linux, macOS and the BSDs; Python's `mmap` does not name it
_FIXED = 0x10
#: private memory of which most is never written to: it need not be promised
_UNRESERVED = getattr(mmap, "MAP_NORESERVE", 0)
_WRITABLE = mmap.PROT_READ | mmap.PROT_WRITE


class Area:
    """Memory for several buffers, each from the beginning of a page, that files are mapped into.

    It goes when the last view of it does.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.starts: list[int] = []
        total = 0
        for size in sizes:
            self.starts.append(total)
            total += -(-size // PAGE) * PAGE
        self.address = _map(None, total, _WRITABLE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _UNRESERVED, -1)
        memory = (ctypes.c_ubyte * total).from_address(self.address)
        # Not at exit: the arrays of the user may outlive everything there.
        weakref.finalize(memory, _unmap, self.address, total).atexit = False
        self.view = memoryview(memory).cast("B")
        """All of it, writable."""

    def map_file(self, fd: int, start: int, size: int) -> memoryview:
        """Put the first `size` bytes of a file at `start`, the beginning of a page; raises `OSError`.

        Where the system allows no further mapping the bytes are read instead.
        """
        try:
            _map(self.address + start, size, _WRITABLE, mmap.MAP_PRIVATE | _FIXED | _UNRESERVED, fd)
        except OSError as error:
            if error.errno != errno.ENOMEM:
                raise
            self._read(fd, start, size)
        return self.view[start : start + size]

    def _read(self, fd: int, start: int, size: int) -> None:
        done = 0
        while done < size:
            count = os.preadv(fd, [self.view[start + done : start + size]], done)
            if not count:
                raise OSError(errno.EIO, "cut off")
            done += count


def _map(address: int | None, size: int, protection: int, flags: int, fd: int) -> int:
    found = _libc().mmap(address, size, protection, flags, fd, 0)
    if found is None or found == ctypes.c_void_p(-1).value:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return found


def _unmap(address: int, size: int) -> None:
    known.forget(address, address + size)  # first: afterwards the addresses may be anybody's
    _libc().munmap(address, size)


@functools.cache
def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    numbers = (ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
    libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *numbers)
    libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
    return libc
