"""NumPy: arrays and random generators."""

from __future__ import annotations

import gc
import pickle
import sys
import warnings
from typing import Any

import numpy as np

from cashet_jupyter.effects.attributes import dict_of
from cashet_jupyter.effects.kinds import InPlaceError, Kind

#: numpy's own types cannot say what is done to arrays here
Array = Any

#: element types whose memory is their content
_RAW = frozenset("biufcmMSUV")


def kind_of(obj: object) -> Kind | None:
    """How an object of numpy is changed in place; None for any other."""
    if isinstance(obj, np.ndarray):
        return ARRAY
    if isinstance(obj, np.random.Generator):
        return GENERATOR
    if isinstance(obj, np.random.RandomState):
        return RANDOM_STATE
    if isinstance(obj, np.random.BitGenerator):
        return BIT_GENERATOR
    return None


# ------------------------------------------------------------------------------------------------------------ arrays
def _get_array(array: Array) -> Any:
    plain = array.view(np.ndarray)
    order = "F" if plain.flags.f_contiguous and not plain.flags.c_contiguous else "C"
    own = dict_of(array)
    return {
        "dtype": plain.dtype,
        "shape": plain.shape,
        "order": order,
        "writeable": bool(plain.flags.writeable),
        "data": _data(plain, order),
        "attributes": None if not own else dict(own),
    }


def _data(plain: Array, order: str) -> Any:
    """The elements: memory that is taken out of band where it is their content, else a list or a copy."""
    if plain.dtype == np.dtype(object):
        return list((plain if order == "C" else plain.T).reshape(-1))
    if plain.dtype.kind not in _RAW or plain.dtype.hasobject:
        return plain.copy()
    if not plain.nbytes:
        return b""
    compact = np.ascontiguousarray(plain if order == "C" else plain.T)
    flat: Any = compact.reshape(-1).view(np.uint8)
    return pickle.PickleBuffer(flat)


def _keep_array(array: Array) -> Any:
    content = _get_array(array)
    if isinstance(content["data"], pickle.PickleBuffer):
        content["data"] = bytes(content["data"].raw())
    return content


def _check_array(array: Array, content: Any) -> None:
    plain = array.view(np.ndarray)
    if not plain.flags.writeable:
        try:
            array.setflags(write=True)
            array.setflags(write=False)
        except ValueError as error:
            raise InPlaceError("the memory of an array is not its own") from error
    size = int(np.prod(content["shape"], dtype=np.int64)) * content["dtype"].itemsize
    if size != plain.nbytes and not _may_resize(array):
        raise InPlaceError("an array changes its size while others use its memory")
    if size == plain.nbytes and plain.ndim > 1 and content["order"] == "F" and not plain.flags.f_contiguous:
        raise InPlaceError("an array lies in memory in another order")


def _put_array(array: Array, content: Any) -> None:
    array.setflags(write=True)
    dtype, shape = content["dtype"], content["shape"]
    with warnings.catch_warnings():  # setting these is discouraged, but it is what the run did
        warnings.simplefilter("ignore")
        plain_ndarray_dtype = array.dtype
        if plain_ndarray_dtype != dtype:
            array.dtype = dtype
        if array.shape != shape:
            if array.size == np.prod(shape, dtype=np.int64):
                array.shape = shape
            else:
                array.resize(shape, refcheck=False)
    _fill(array.view(np.ndarray), content)
    if content["attributes"] is not None:
        _put_attributes(array, content["attributes"])
    array.setflags(write=content["writeable"])


def _fill(plain: Array, content: Any) -> None:
    data = content["data"]
    if isinstance(data, list):
        flat = np.empty(len(data), object)
        for index, item in enumerate(data):
            flat[index] = item
        plain[...] = flat.reshape(content["shape"], order=content["order"])
    elif isinstance(data, np.ndarray):
        plain[...] = data
    elif len(data):
        plain[...] = np.ndarray(content["shape"], content["dtype"], buffer=data, order=content["order"])


def _put_attributes(array: Any, attributes: dict[str, Any]) -> None:
    """The attributes of a subclass; a mask that views of a masked array share is changed in place."""
    own = vars(array)
    mask: Any = own.get("_mask")
    new: Any = attributes.get("_mask")
    in_place = isinstance(mask, np.ndarray) and isinstance(new, np.ndarray) and not own.get("_sharedmask", True)
    own.clear()
    own.update(attributes)
    if in_place and mask is not new and mask.shape == new.shape and mask.dtype == new.dtype and mask.flags.writeable:
        mask[...] = new
        own["_mask"] = mask


# A resized array moves in memory, and a view of it would point to where it was. Views are not known to the garbage
# collector, but they count as references: an array has hidden users if more refer to it than can be seen.
def _may_resize(array: Array) -> bool:
    if array.base is not None:
        return False
    probe = np.zeros(1)
    return _hidden(array) <= _hidden(probe)


def _hidden(array: Array) -> int:
    """References to an array that the garbage collector does not see: local variables, and views."""
    seen = 0
    for holder in gc.get_referrers(array):
        seen += sum(1 for part in gc.get_referents(holder) if part is array)
    return sys.getrefcount(array) - seen


# ---------------------------------------------------------------------------------------------------------- generators
def _get_generator(generator: np.random.Generator) -> Any:
    return type(generator.bit_generator).__name__, dict(generator.bit_generator.state)


def _check_generator(generator: np.random.Generator, content: Any) -> None:
    if type(generator.bit_generator).__name__ != content[0]:
        raise InPlaceError("another bit generator")


def _put_generator(generator: np.random.Generator, content: Any) -> None:
    generator.bit_generator.state = content[1]


def _get_random_state(state: np.random.RandomState) -> Any:
    return state.get_state(legacy=False)


def _put_random_state(state: np.random.RandomState, content: Any) -> None:
    state.set_state(content)


def _get_bit_generator(generator: np.random.BitGenerator) -> Any:
    return dict(generator.state)


def _put_bit_generator(generator: np.random.BitGenerator, content: Any) -> None:
    generator.state = content


ARRAY = Kind("ndarray", _get_array, _put_array, _check_array, _keep_array, sure=True)
GENERATOR = Kind("generator", _get_generator, _put_generator, _check_generator)
RANDOM_STATE = Kind("random state", _get_random_state, _put_random_state)
BIT_GENERATOR = Kind("bit generator", _get_bit_generator, _put_bit_generator)
