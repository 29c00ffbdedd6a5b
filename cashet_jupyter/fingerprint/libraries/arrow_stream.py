"""The memory of fixed-width columns, through Arrow's C stream interface: no copy, no pyarrow, no numpy.

polars runs without either, and has no public call that says where its memory lies but this one. The layout of the
structures is a published, frozen ABI (arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html).
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from typing import Any


class _Array(ctypes.Structure):
    pass


_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))),
    ("private_data", ctypes.c_void_p),
]


class _Stream(ctypes.Structure):
    pass


_Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.c_void_p)),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))),
    ("get_last_error", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]


class _Schema(ctypes.Structure):
    pass


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))),
    ("private_data", ctypes.c_void_p),
]


def chunks(column: Any, width: int) -> Iterator[memoryview]:
    """The values of a column, chunk by chunk, in place; each view is good until the next one is asked for.

    `column` has `__arrow_c_stream__`, its values take `width` bytes each, and none of them is null. Raises
    `BufferError` if it cannot give its memory.
    """
    for low, high in spans(column, width):
        yield _view(low, high - low)


def spans(column: Any, width: int) -> Iterator[tuple[int, int]]:
    """From which address to which the values of a column lie, chunk by chunk."""
    capsule = column.__arrow_c_stream__(None)
    for array in _arrays(_Stream.from_address(_pointer(capsule))):
        low = (array.buffers[1] or 0) + array.offset * width
        yield low, low + array.length * width


def text(column: Any) -> Iterator[memoryview]:
    """The bytes of a column of one text, in place, or nothing if it does not lie in memory as views do.

    The view of a text is 16 bytes: its length and, if it is longer than 12 bytes, in which buffer it lies and where.
    """
    capsule = column.__arrow_c_stream__(None)
    stream = _Stream.from_address(_pointer(capsule))
    if _format(stream) != b"vu":
        return
    for array in _arrays(stream):
        view = (array.buffers[1] or 0) + array.offset * 16
        length, _prefix, buffer, offset = struct.unpack("<4I", ctypes.string_at(view, 16))
        yield _view(view + 4 if length <= 12 else (array.buffers[2 + buffer] or 0) + offset, length)


def _arrays(stream: _Stream) -> Iterator[_Array]:
    while True:
        array = _Array()
        if stream.get_next(ctypes.byref(stream), ctypes.byref(array)):
            msg = "the column does not give its memory"
            raise BufferError(msg)
        if not array.release:
            return
        try:
            yield array
        finally:
            array.release(ctypes.byref(array))


def _format(stream: _Stream) -> bytes:
    schema = _Schema()
    if stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)):
        return b""
    found: bytes = schema.format
    schema.release(ctypes.byref(schema))
    return found


def _view(address: int, size: int) -> memoryview:
    return memoryview((ctypes.c_uint8 * size).from_address(address)).cast("B") if size else memoryview(b"")


def _pointer(capsule: object) -> int:
    # A prototype of its own, as the one that all users of `ctypes.pythonapi` share may be set to anything.
    prototype = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)
    return prototype(("PyCapsule_GetPointer", ctypes.pythonapi))(capsule, b"arrow_array_stream")
