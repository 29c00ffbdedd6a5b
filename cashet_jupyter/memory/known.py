"""What mapped memory holds, for as long as nobody has written to it.

Memory that was mapped from blobs is noted here with the digests of its pieces. As long as a piece's pages are the
file's own (`untouched`), its digest is known without reading it. The note goes when the mapping does.
"""

from __future__ import annotations

import ctypes
import threading
from dataclasses import dataclass

from cashet_jupyter.memory.pieces import cut
from cashet_jupyter.memory.untouched import touched


@dataclass(frozen=True, slots=True)
class Strip:
    """A buffer in mapped memory: where it lies, and the BLAKE3 of each of its pieces."""

    address: int
    size: int
    digests: tuple[bytes, ...]


_lock = threading.Lock()
_strips: dict[int, Strip] = {}


def remember(strip: Strip) -> None:
    """Note what was mapped and verified."""
    with _lock:
        _strips[strip.address] = strip


def forget(low: int, high: int) -> None:
    """The memory from `low` up to `high` is about to be unmapped."""
    with _lock:
        for address in [address for address in _strips if low <= address < high]:
            del _strips[address]


def digests(view: memoryview) -> list[bytes | None]:
    """The BLAKE3 of each piece of a buffer, None for those that may have been written to; empty if nothing is known."""
    return digests_at(_address_of(view), view.nbytes) if _strips else []


def digests_at(address: int, size: int) -> list[bytes | None]:
    """The same for `size` bytes from an address on, which the caller keeps alive."""
    strip = _strips.get(address)
    if strip is None or strip.size != size:
        return []
    written = touched(address, size)
    if written is None:
        return []
    if not written:
        return list(strip.digests)
    found: list[bytes | None] = []
    start = address
    for length, digest in zip(cut(size), strip.digests, strict=True):
        end = start + length
        found.append(None if any(low < end and high > start for low, high in written) else digest)
        start = end
    return found


class _Buffer(ctypes.Structure):
    """CPython's `Py_buffer`."""

    _fields_ = (
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("pointers", ctypes.c_void_p * 5),
    )


def _address_of(view: memoryview) -> int:
    """Where a buffer begins, read-only or not (`ctypes.addressof` wants it writable); 2 us."""
    buffer = _Buffer()
    ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(view), ctypes.byref(buffer), 0)
    address = buffer.buf or 0
    ctypes.pythonapi.PyBuffer_Release(ctypes.byref(buffer))
    return address
