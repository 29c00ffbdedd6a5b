"""The memory of fixed-width columns, through Arrow's C stream interface: no copy, no pyarrow, no numpy.

polars runs without either, and has no public call that says where its memory lies but this one. The layout of the
structures is a published, frozen ABI (arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html).
"""

from __future__ import annotations

import ctypes
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
    ("get_schema", ctypes.c_void_p),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))),
    ("get_last_error", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]


def chunks(column: Any, width: int) -> Iterator[memoryview]:
    """The values of a column, chunk by chunk, in place; each view is good until the next one is asked for.

    `column` has `__arrow_c_stream__`, its values take `width` bytes each, and none of them is null. Raises
    `BufferError` if it cannot give its memory.
    """
    capsule = column.__arrow_c_stream__(None)
    stream = _Stream.from_address(_pointer(capsule))
    while True:
        array = _Array()
        if stream.get_next(ctypes.byref(stream), ctypes.byref(array)):
            msg = "the column does not give its memory"
            raise BufferError(msg)
        if not array.release:
            return
        try:
            yield _values(array, width)
        finally:
            array.release(ctypes.byref(array))


def _values(array: _Array, width: int) -> memoryview:
    if not array.length:
        return memoryview(b"")
    start = (array.buffers[1] or 0) + array.offset * width
    return memoryview((ctypes.c_uint8 * (array.length * width)).from_address(start)).cast("B")


def _pointer(capsule: object) -> int:
    # A prototype of its own, as the one that all users of `ctypes.pythonapi` share may be set to anything.
    prototype = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)
    return prototype(("PyCapsule_GetPointer", ctypes.pythonapi))(capsule, b"arrow_array_stream")
