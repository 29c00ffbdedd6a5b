"""NumPy: arrays and random generators."""

from __future__ import annotations

import gc
import pickle
import sys
import warnings
from typing import Any, cast

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
    own = dict(dict_of(array) or {})
    mask = own.pop("_mask", None)
    content = _content(array.view(np.ndarray))
    content["attributes"] = own
    content["mask"] = _content(mask) if type(mask) is np.ndarray else mask
    return content


def _content(plain: Array) -> dict[str, Any]:
    order = "F" if plain.flags.f_contiguous and not plain.flags.c_contiguous else "C"
    return {
        "dtype": plain.dtype,
        "shape": plain.shape,
        "order": order,
        "writeable": bool(plain.flags.writeable),
        "data": _data(plain, order),
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
    for part in (content, content["mask"]):
        if isinstance(part, dict) and isinstance(part["data"], pickle.PickleBuffer):
            part["data"] = bytes(part["data"].raw())
    return content


def _check_array(array: Array, content: Any) -> None:
    size = int(np.prod(content["shape"], dtype=np.int64)) * content["dtype"].itemsize
    if size != array.nbytes and not _may_resize(array):
        raise InPlaceError("an array changes its size while others use its memory")
    if not array.flags.writeable:
        try:
            array.setflags(write=True)
            array.setflags(write=False)
        except ValueError as error:
            raise InPlaceError("the memory of an array is not its own") from error
    whole = array.flags.c_contiguous or array.flags.f_contiguous
    if not whole and (array.shape != content["shape"] or array.dtype != content["dtype"]):
        raise InPlaceError("a view changes its shape")
    if len(content["shape"]) > 1 and content["order"] != _order_after(array, content["shape"]):
        raise InPlaceError("an array lies in memory in another order")


def _order_after(plain: Array, shape: Any) -> str:
    """The order that an array will have once it has a shape."""
    fortran = plain.flags.f_contiguous and not plain.flags.c_contiguous
    return "F" if fortran and plain.shape == shape else "C"


def _put_array(array: Array, content: Any) -> None:
    array.setflags(write=True)
    dtype, shape = content["dtype"], content["shape"]
    with warnings.catch_warnings():  # setting these is discouraged, but it is what the run did
        warnings.simplefilter("ignore")
        if array.nbytes != int(np.prod(shape, dtype=np.int64)) * dtype.itemsize:
            array.resize(shape, refcheck=False)
        if array.dtype != dtype:
            if array.ndim != 1:
                array.shape = (array.size,)
            array.dtype = dtype
        if array.shape != shape:
            array.shape = shape
    _fill(array.view(np.ndarray), content)
    _put_attributes(array, content)
    array.setflags(write=content["writeable"])


def _stays(array: Array, content: Any) -> bool:
    """Whether only elements change, so that nothing can go wrong any more."""
    return bool(array.shape == content["shape"] and array.dtype == content["dtype"])


def _fill(plain: Array, content: Any) -> None:
    data = content["data"]
    if isinstance(data, list):
        items = cast("list[Any]", data)
        flat = np.empty(len(items), object)
        for index, item in enumerate(items):
            flat[index] = item
        plain[...] = flat.reshape(content["shape"], order=content["order"])
    elif isinstance(data, np.ndarray):
        plain[...] = data
    elif memoryview(data).nbytes:
        plain[...] = np.ndarray(content["shape"], content["dtype"], buffer=data, order=content["order"])


def _put_attributes(array: Any, content: Any) -> None:
    """The attributes of a subclass; a mask is changed in place: masked arrays that share it change together."""
    own = dict_of(array)
    if own is None:
        return
    mask: Any = own.get("_mask")
    own.clear()
    own.update(content["attributes"])
    new = content["mask"]
    if not isinstance(new, dict):
        if new is not None:
            own["_mask"] = new
        return
    kept = type(mask) is np.ndarray and mask.flags.writeable
    if not kept or mask.shape != new["shape"] or mask.dtype != new["dtype"]:
        mask = np.empty(new["shape"], new["dtype"], new["order"])
    _fill(mask, cast("Any", new))
    own["_mask"] = mask


# A resized array moves in memory, and a view of it would point to where it was. Views are not known to the garbage
# collector, but they count as references: an array has hidden users if more refer to it than can be seen.
def _may_resize(array: Array) -> bool:
    return array.base is None and _hidden(array) <= _check_probe(np.zeros(1))


def _check_probe(probe: Array) -> int:
    """What is hidden of an array that only the calls down to here refer to, as many as to the one in question."""
    return _resize_probe(probe)


def _resize_probe(probe: Array) -> int:
    return _hidden(probe)


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


ARRAY = Kind("ndarray", _get_array, _put_array, _check_array, _keep_array, sure=_stays)
GENERATOR = Kind("generator", _get_generator, _put_generator, _check_generator)
RANDOM_STATE = Kind("random state", _get_random_state, _put_random_state)
BIT_GENERATOR = Kind("bit generator", _get_bit_generator, _put_bit_generator)
