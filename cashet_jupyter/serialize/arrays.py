"""NumPy arrays: content beside the pickle, and views that stay views.

Imported only when numpy is.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from cashet_jupyter.memory.pieces import BIG, ROW
from cashet_jupyter.serialize.resolver import Resolver

if TYPE_CHECKING:
    from cashet_jupyter.serialize.stream import Stream

#: numpy's own types cannot say what is done to arrays here
Array = Any

#: arrays up to this size stand in the pickle: a buffer of its own would cost more than it is worth
INLINE = 2048
#: rows of a block are buffers of their own if they are not too many: each is a file
MOST_ROWS = 1024
#: types whose memory is their content
RAW_KINDS = frozenset("biufcmMSUV")


def is_raw(array: Array) -> bool:
    """Whether the memory of an array is its content: no objects, no pointers."""
    return array.dtype.kind in RAW_KINDS and not array.dtype.hasobject


def order_of(array: Array) -> str:
    """The order in which the content is stored: `F` for Fortran order, else `C`."""
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"


def flat_bytes(array: Array) -> Array:
    """The content of a raw array as bytes in memory order; in place where the array is contiguous."""
    if array.flags.c_contiguous:
        flat = array.reshape(-1)
    elif array.flags.f_contiguous:
        flat = array.T.reshape(-1)
    else:
        flat = np.ascontiguousarray(array).reshape(-1)
    return flat.view(np.ndarray).view(np.uint8)


def content(stream: Stream, array: Array) -> tuple[Any, ...]:
    """An array by its content, as arguments of `restored`."""
    data = flat_bytes(array) if array.size and array.dtype.itemsize else np.empty(0, np.uint8)
    if data.nbytes <= INLINE:
        where: Any = data.tobytes()
    else:
        where = stream.writer.add(memoryview(cast("Any", data)))
    return (stream.resolver, where, array.dtype, array.shape, order_of(array), bool(array.flags.writeable))


def restored(resolver: Resolver, where: Any, dtype: Any, shape: Any, order: Any, writeable: bool) -> Array:
    """The array that `content` took apart, with memory of its own or over a private mapping."""
    if isinstance(where, bytes):
        array = _copied(where, dtype, shape, order)
    else:
        data = resolver("peek", where)
        if data.nbytes >= BIG:
            array = np.ndarray(shape, dtype, buffer=resolver("own", where), order=order)
        else:  # small ones own their memory, so that `resize` works
            array = _copied(data, dtype, shape, order)
    if not writeable:
        array.setflags(write=False)
    return array


def _copied(data: bytes | memoryview, dtype: Any, shape: Any, order: Any) -> Array:
    array = np.empty(shape, dtype, order)
    if array.nbytes:
        flat = (array if order == "C" else array.T).reshape(-1).view(np.uint8)
        flat[:] = np.frombuffer(data, np.uint8)
    return array


def broadcast_content(array: Array) -> tuple[Any, ...]:
    """An array that repeats itself in memory (strides of 0): what it repeats, and how often."""
    small = array[tuple(slice(0, 1) if _repeats(array, axis) else slice(None) for axis in range(array.ndim))]
    repeats = tuple(axis for axis in range(array.ndim) if _repeats(array, axis))
    return (np.array(small, order="K"), array.shape, repeats, bool(array.flags.writeable))


def is_broadcast(array: Array) -> bool:
    """Whether the elements of an array repeat in memory along an axis."""
    return 0 in array.strides and array.size > 0 and any(_repeats(array, axis) for axis in range(array.ndim))


def _repeats(array: Array, axis: int) -> bool:
    return array.strides[axis] == 0 and array.shape[axis] > 1


def restored_broadcast(small: Array, shape: Any, repeats: Any, writeable: bool) -> Array:
    """The array that `broadcast_content` took apart."""
    strides = tuple(0 if axis in repeats else stride for axis, stride in enumerate(small.strides))
    return np.lib.stride_tricks.as_strided(small, shape, strides, writeable=writeable)


def restored_subclass(cls: Any, array: Array) -> Array:
    """An instance of a subclass of ndarray over the content `array`."""
    return array.view(cls)


def set_attributes(array: Array, attributes: dict[str, Any] | None) -> None:
    """Give an instance of a subclass of ndarray its attributes."""
    vars(array).clear()
    vars(array).update(attributes or {})


# ------------------------------------------------------------------------------------------------ arrays of objects
def empty_objects(shape: Any, order: Any) -> Array:
    """An array of objects, still to be filled."""
    return np.empty(shape, object, order)


def fill(array: Array, state: tuple[list[Any], bool]) -> None:
    """Fill an array of objects in place: views of it may have been made already."""
    items, writeable = state
    flat = (array if array.flags.c_contiguous else array.T).reshape(-1)
    for index, item in enumerate(items):
        flat[index] = item
    if not writeable:
        array.setflags(write=False)


# ------------------------------------------------------------------------------------------------ blocks of frames
def splits(array: Array) -> bool:
    """Whether an array is stored row by row: a block of a frame whose rows are its columns, each worth a file."""
    if array.ndim != 2 or not 1 < array.shape[0] <= MOST_ROWS or not array[0].nbytes >= ROW:
        return False
    return bool(array.strides[1] == array.itemsize and array.strides[0] >= array[0].nbytes)


def rows_content(stream: Stream, array: Array) -> tuple[Any, ...]:
    """A two-dimensional array, each row a buffer of its own; arguments of `restored_rows`."""
    numbers = stream.writer.add_rows([memoryview(flat_bytes(row)) for row in array])
    return (stream.resolver, numbers, array.dtype, array.shape, bool(array.flags.writeable))


def restored_rows(resolver: Resolver, numbers: list[int], dtype: Any, shape: Any, writeable: bool) -> Array:
    """The array that `rows_content` took apart: one stretch of memory, as fast as if it had just been made.

    In place where the rows lie side by side in one private mapping, otherwise copied together.
    """
    rows = [resolver("peek", number) for number in numbers]
    array = _side_by_side(rows, dtype, shape)
    if array is not None:
        resolver("rows", numbers)
    else:
        array = np.empty(shape, dtype)
        for row, data in zip(array, rows, strict=True):
            cast("Any", row).view(np.uint8)[:] = np.frombuffer(data, np.uint8)
    if not writeable:
        array.setflags(write=False)
    return array


def _side_by_side(rows: list[memoryview], dtype: Any, shape: Any) -> Array | None:
    """The rows as one array, if they lie at equal distances in one writable mapping."""
    whole = rows[0].obj
    if any(row.readonly or row.obj is not whole for row in rows):
        return None
    memory: Any = np.frombuffer(cast("Any", whole), np.uint8)
    starts = [np.frombuffer(row, np.uint8).__array_interface__["data"][0] for row in rows]
    step = starts[1] - starts[0]
    if step < rows[0].nbytes or step % dtype.itemsize:
        return None
    if any(after - before != step for before, after in pairwise(starts)):
        return None
    offset = starts[0] - memory.__array_interface__["data"][0]
    return np.ndarray(shape, dtype, buffer=memory, offset=offset, strides=(step, dtype.itemsize))
