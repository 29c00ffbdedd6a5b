"""Files as private, writable memory: pages are shared with the page cache until somebody writes to them.

`mmap.mmap` keeps a copy of the descriptor for as long as the mapping lives (before Python 3.13): a frame of a
thousand columns would use up the descriptors of the kernel. So the C function is called for itself there.
"""

from __future__ import annotations

import ctypes
import functools
import mmap
import os
import sys
import weakref
from typing import Any


def map_private(fd: int, size: int) -> memoryview:
    """The first `size` bytes (1 or more) of a file; writing to them changes nothing but this memory.

    The mapping goes when the last view of it does. Raises `OSError`.
    """
    if sys.version_info >= (3, 13):
        return memoryview(mmap.mmap(fd, size, access=mmap.ACCESS_COPY, trackfd=False))
    libc = _libc()
    address = libc.mmap(None, size, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE, fd, 0)
    if address is None or address == ctypes.c_void_p(-1).value:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    area = (ctypes.c_ubyte * size).from_address(address)
    # Not at exit: the arrays of the user may outlive everything there.
    weakref.finalize(area, libc.munmap, address, size).atexit = False
    return memoryview(area).cast("B")


@functools.cache
def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    numbers = (ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
    libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *numbers)
    libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
    return libc
