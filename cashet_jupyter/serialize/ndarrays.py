"""Which NumPy value is taken apart in which way.

Imported only when numpy is.
"""

from __future__ import annotations

import array as array_module
import ctypes
import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from cashet_jupyter.serialize import arrays

if TYPE_CHECKING:
    from cashet_jupyter.serialize.functions import Reduction
    from cashet_jupyter.serialize.stream import Stream


def reducer_of(kind: type) -> Callable[[Stream, Any], Any] | None:
    """The reducer of a type of numpy, or of a subclass of ndarray; None for any other."""
    if kind is np.ndarray:
        return reduce_array
    if kind is np.memmap:
        return reduce_memmap
    if kind is np.void or kind is np.record:
        return reduce_element
    if issubclass(kind, np.ma.MaskedArray):
        return reduce_masked
    if issubclass(kind, np.ndarray) and kind.__reduce__ is np.ndarray.__reduce__:
        return reduce_subclass
    return None


def reduce_array(stream: Stream, array: arrays.Array) -> Reduction:
    """An array as a view of memory that is stored anyway, or by its content."""
    block, tied = id(array) in stream.blocks, stream.blocks.get(id(array), False)
    if (base := below(array)) is not None and id(base) not in stream.memo:
        stream.sharing.add_bytes(base, array)
    view = stream.sharing.view(array, block=block, tied=tied)
    if view is not None:
        return view
    if array.dtype.hasobject or not arrays.is_raw(array):
        return _reduce_objects(array)
    if arrays.is_broadcast(array):
        return arrays.restored_broadcast, arrays.broadcast_content(array)
    if block and arrays.splits(array):
        return arrays.restored_rows, arrays.rows_content(stream, array)
    return arrays.restored, arrays.content(stream, array)


def below(array: arrays.Array) -> bytearray | array_module.array[Any] | None:
    """The bytearray or `array.array` whose memory an array uses."""
    base: Any = array.base
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, memoryview):
        base = base.obj
    return base if type(base) in (bytearray, array_module.array) else None


def _reduce_objects(array: arrays.Array) -> Reduction:
    """An array of objects: made empty and filled later, because it may hold itself."""
    if array.dtype != np.dtype(object):
        return NotImplemented
    order = arrays.order_of(array)
    items = list((array.T if order == "F" else array).reshape(-1))
    return arrays.empty_objects, (array.shape, order), (items, bool(array.flags.writeable)), None, None, arrays.fill


def reduce_memmap(stream: Stream, array: Any) -> Reduction:
    """A mapped file by its content, as a plain array: the file is not the result's own.

    One that writes through to its file is refused: a copy would no longer write there.
    """
    if getattr(array, "mode", None) in ("r+", "w+"):
        raise pickle.PicklingError("it writes through to its file")
    return reduce_array(stream, np.asarray(array).view(np.ndarray))


def reduce_element(stream: Stream, element: Any) -> Reduction:
    """An element of a structured array: unlike other scalars it is a view of the array, and can be written to."""
    if element.dtype.names is None or element.dtype.hasobject:
        return NotImplemented
    stream.kept.append(element)
    address = element.__array_interface__["data"][0]
    memory: Any = (ctypes.c_ubyte * element.dtype.itemsize).from_address(address)
    array = np.frombuffer(memory, np.uint8).view(element.dtype).reshape(())
    array.setflags(write=element.flags.writeable)
    return element_of, (array,)


def element_of(array: Any) -> Any:
    """The one element of an array without dimensions."""
    return array[()]


def reduce_subclass(stream: Stream, array: Any) -> Reduction:
    """A subclass of ndarray: the plain array below it, and its attributes, which numpy's own pickle forgets."""
    del stream
    plain = array.view(np.ndarray)
    return arrays.restored_subclass, (type(array), plain), vars(array) or None, None, None, arrays.set_attributes


def reduce_masked(stream: Stream, array: Any) -> Reduction:
    """A masked array: data, mask and what it keeps about them."""
    del stream
    if array is np.ma.masked:
        return getattr, (np.ma, "masked")
    state = {name: value for name, value in vars(array).items() if name != "_mask"}
    mask = array._mask
    arguments = (type(array), array._data.view(np.ndarray))
    return arrays.restored_subclass, arguments, {**state, "_mask": mask}, None, None, arrays.set_attributes
