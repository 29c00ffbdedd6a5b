"""NumPy: arrays by dtype, shape, order, flags and bytes; views that overlap are told apart from copies."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.memory.pieces import ROW

#: bytes of a strided array that are brought together at a time
_AT_ONCE = 4 << 20
#: x86's long double: ten bytes of number, the rest is padding that holds whatever was there before
_EXTENDED = np.finfo(np.longdouble).nmant == 63
#: dtypes that a scalar's type names completely
_SIMPLE = frozenset("?bhilqBHILQefdFD")


def install() -> None:
    """Register NumPy's types."""
    register(np.dtype, encode_dtype, node=False)
    for kind in {np.generic, *np.sctypeDict.values()}:
        register(kind, encode_scalar, node=False)  # each, because some are subclasses of float, complex, str or bytes
    register(np.ndarray, encode_array)
    register(np.memmap, encode_array)  # by content: which file lies behind it is the business of the trace
    register(np.ma.MaskedArray, encode_masked)
    register(np.random.Generator, encode_generator)
    register(np.random.RandomState, encode_random_state)
    register(np.random.BitGenerator, encode_bit_generator)
    register(np.random.SeedSequence, encode_seed_sequence)
    register(np.ufunc, encode_ufunc, node=False)


# ------------------------------------------------------------------------------------------------ dtypes and scalars
def encode_dtype(encoder: Encoder, dtype: Any) -> None:
    """A dtype: its layout, its scalar type and its metadata."""
    encoder.value(dtype.type)
    encoder.mapping(dict(dtype.metadata or {}))
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        encoder.tag("sub")
        encoder.value(_named_once(base))
        encoder.values(shape)
    elif dtype.names is not None:
        encoder.tag("record")
        encoder.values([dtype.itemsize, dtype.alignment, dtype.isalignedstruct])
        for name in dtype.names:
            field, offset, *title = dtype.fields[name]
            encoder.values([name, offset])
            encoder.values(title)
            encoder.value(_named_once(field))
    elif dtype.kind == "T":
        encoder.tag("string")
        encoder.value(dtype.coerce)
        encoder.values([dtype.na_object] if hasattr(dtype, "na_object") else [])
    else:
        encoder.text(dtype.str)
        encoder.text(str(dtype))


def _named_once(dtype: Any) -> Any:
    """C has two names for integers of 64 bits, `long` and `long long`; an array that was pickled has the first."""
    return np.dtype(dtype.str) if dtype.kind in "iu" and dtype.metadata is None else dtype


def encode_scalar(encoder: Encoder, scalar: Any) -> None:
    """A scalar: its bytes, and its dtype where the type does not say it."""
    if scalar.dtype.char in _SIMPLE:
        encoder.buffer(scalar.tobytes())
        return
    encode_dtype(encoder, scalar.dtype)
    _content(encoder, np.asarray(scalar))


# ----------------------------------------------------------------------------------------------------------- arrays
def encode_array(encoder: Encoder, array: Any) -> None:
    """An array: dtype, shape, order, flags, content, and the memory that it covers."""
    plain = array if type(array) is np.ndarray else array.view(np.ndarray)
    flags = array.flags
    fortran = (flags.f_contiguous and not flags.c_contiguous) or is_padded(plain.T)
    dtype = _named_once(plain.dtype)
    if dtype.char in _SIMPLE and dtype.isnative and dtype.metadata is None:
        encoder.text(dtype.char)
    else:
        encoder.value(dtype)
    encoder.values(plain.shape)
    encoder.values([fortran, flags.writeable])
    _extent(encoder, plain)
    _content(encoder, plain.T if fortran else plain)


def encode_masked(encoder: Encoder, array: Any) -> None:
    """A masked array: data (hidden values count, they can be unmasked), mask, fill value and attributes."""
    encode_array(encoder, array.data)
    mask = np.ma.getmask(array)
    if mask is np.ma.nomask:
        encoder.tag("nomask")
    else:
        encoder.content(mask.view(np.ndarray))
        _extent(encoder, mask)
    fill = array._fill_value  # the property would set it
    encoder.content(np.asarray(np.ma.default_fill_value(array.dtype) if fill is None else fill))
    encoder.values([bool(array.hardmask), bool(array._sharedmask)])
    ours = ("_mask", "_fill_value", "_basedict", "_hardmask", "_sharedmask", "_isfield", "_baseclass", "_optinfo")
    encoder.value(array._baseclass)
    encoder.content(array._optinfo)
    encoder.attributes({name: value for name, value in vars(array).items() if name not in ours})


def _extent(encoder: Encoder, array: Any) -> None:
    if not array.size:
        return
    low = array.__array_interface__["data"][0]
    if array.flags.c_contiguous or array.flags.f_contiguous:
        high = low + array.nbytes
    else:
        numpy: Any = np
        low, high = (numpy.lib.array_utils if hasattr(np.lib, "array_utils") else numpy).byte_bounds(array)
    encoder.extent(int(low), int(high))
    base = array
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    if isinstance(base, memoryview):
        base = base.obj
    if isinstance(base, bytearray):
        encoder.part(base, low - np.frombuffer(base, np.uint8).__array_interface__["data"][0])


def _content(encoder: Encoder, array: Any) -> None:
    """The elements in C order, exactly, without what lies between them."""
    dtype = array.dtype
    if dtype.names is not None and (dtype.hasobject or _padded(dtype)):
        for name in dtype.names:
            encoder.tag("field")
            _content(encoder, array[name])
    elif dtype.kind == "O":
        encoder.values(list(array.flat))
    elif dtype.kind == "T":
        encoder.values(array.ravel().tolist())
    elif array.nbytes:
        if _EXTENDED and dtype.kind in "fc" and dtype.itemsize == (16 if dtype.kind == "f" else 32):
            data = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
            encoder.buffer(np.ascontiguousarray(data.reshape(-1, 16)[:, :10]).reshape(-1).data)
        elif array.flags.c_contiguous or array.nbytes <= _AT_ONCE:
            encoder.buffer(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        else:
            encoder.pieces(array.nbytes, _in_order(array))


def _in_order(array: Any) -> Iterator[memoryview]:
    """The bytes of a strided array in C order, some MB at a time: all of them would be a second copy."""
    if array.nbytes <= _AT_ONCE or array.flags.c_contiguous:
        yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
        return
    step = max(1, len(array) * _AT_ONCE // array.nbytes)
    for start in range(0, len(array), step):
        part = array[start : start + step]
        yield from _in_order(part[0] if len(part) == 1 and part.ndim > 1 else part)


def is_padded(block: Any) -> bool:
    """Whether the rows of an array lie in memory one after the other, each from the beginning of a page.

    So the columns of a table lie that was mapped from the store. But for the gaps it is an array in C order.
    """
    if block.ndim != 2 or block.shape[0] < 2 or block.flags.c_contiguous or block.strides[1] != block.itemsize:
        return False
    row = block.shape[1] * block.itemsize
    return row >= ROW and block.strides[0] == -(-row // mmap.PAGESIZE) * mmap.PAGESIZE


def _padded(dtype: Any) -> bool:
    """Whether a record has bytes that belong to no field, or that belong to several, or fields that have such."""
    fields = [dtype.fields[name][0] for name in dtype.names]
    if sum(field.itemsize for field in fields) != dtype.itemsize:
        return True
    bases = [field.subdtype[0] if field.subdtype else field for field in fields]
    return any((base.kind in "fcT" and base.itemsize >= 16) or (base.names and _padded(base)) for base in bases)


# ----------------------------------------------------------------------------------------------------------- random
def encode_generator(encoder: Encoder, generator: Any) -> None:
    """A generator: the bit generator that it draws from, which others may share."""
    encoder.value(generator.bit_generator)


def encode_random_state(encoder: Encoder, state: Any) -> None:
    """The old generator; NumPy's own global one by name, since its state is hidden state that the trace follows."""
    if state is np.random.mtrand._rand:
        encoder.tag("global")
        return
    values = state.get_state(legacy=False)
    encoder.values([values["has_gauss"], values["gauss"]])
    encoder.value(state._bit_generator)


def encode_bit_generator(encoder: Encoder, generator: Any) -> None:
    """A bit generator: its state, and the seed sequence that its children will be spawned from."""
    _plain(encoder, generator.state)
    encoder.value(getattr(generator, "seed_seq", None))


def encode_seed_sequence(encoder: Encoder, sequence: Any) -> None:
    """A seed sequence: what it was made from, and how many children it has spawned."""
    entropy = sequence.entropy
    encoder.content(list(entropy) if isinstance(entropy, list | tuple) else entropy)
    encoder.values([*sequence.spawn_key, sequence.pool_size, sequence.n_children_spawned])


def _plain(encoder: Encoder, state: Any) -> None:
    """Nested dicts with numbers and arrays that were made for us."""
    if type(state) is not dict:
        encoder.content(state)
        return
    encoder.values(list(state))
    for value in state.values():
        _plain(encoder, value)


# -------------------------------------------------------------------------------------------------------- functions
def encode_ufunc(encoder: Encoder, function: Any) -> None:
    """A universal function, by its name; one that was made from a Python function hides what it does."""
    name = function.__name__
    for module in ("numpy", "numpy._core.umath", "numpy.core.umath", "scipy.special", "numpy.linalg._umath_linalg"):
        if module in sys.modules and getattr(sys.modules[module], name, None) is function:
            encoder.text(f"{module}.{name}")
            return
    encoder.refuse(f"the universal function {name} hides the code that it calls", "use np.vectorize")
