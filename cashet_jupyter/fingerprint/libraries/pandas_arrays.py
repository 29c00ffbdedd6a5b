"""The arrays behind columns of pandas: one way to encode each kind.

Also registered for themselves: `pd.array(...)`, `series.array` and dtypes are values that a cell can hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.fingerprint.libraries.numpy import _content
from cashet_jupyter.fingerprint.libraries.runs import TILE, Run, array_digest

# NumPy 1 has it at its top level
_byte_bounds: Any = np.lib.array_utils.byte_bounds if hasattr(np.lib, "array_utils") else getattr(np, "byte_bounds")  # noqa: B009
#: kinds of numpy dtypes whose bytes are the value (but for `longdouble`, which has padding)
PLAIN = frozenset("biufcmM")
PADDED = frozenset("gG")


def install(inline_index: Callable[[Encoder, Any], None]) -> None:
    """Register arrays and dtypes; `inline_index` encodes the categories of a dtype."""
    for kind, _ in _kinds():
        register(kind, encode_array)

    def encode_categories(enc: Encoder, dtype: Any) -> None:
        enc.value(dtype.ordered)
        if dtype.categories is not None:
            inline_index(enc, dtype.categories)

    register(pd.CategoricalDtype, encode_categories, node=False)
    # by name, not through their common base: dtypes of other libraries may hold more than they compare by
    for dtype in (pd.StringDtype, pd.DatetimeTZDtype, pd.PeriodDtype, pd.IntervalDtype, pd.SparseDtype, pd.ArrowDtype):
        register(dtype, encode_dtype, node=False)
    for name in ("BaseMaskedDtype", "NumpyEADtype"):
        register(f"pandas.core.dtypes.dtypes:{name}", encode_dtype, node=False)


def encode_array(enc: Encoder, array: Any) -> None:
    """An extension array that stands for itself."""
    encode_column(enc, array)
    enc.value(bool(getattr(array, "_readonly", False)))
    for low, high in memory_of(array):
        enc.extent(low, high)


def encode_column(enc: Encoder, array: Any) -> None:
    """The content of a column: a numpy array or an extension array of any kind."""
    if isinstance(array, np.ndarray):
        _encode_numpy(enc, array)
        return
    for kind, encode in _kinds():
        if isinstance(array, kind):
            enc.tag("pandas.array")
            enc.value(type(array))
            enc.value(array.dtype)
            enc.value(len(array))
            encode(enc, array)
            return
    # an extension array of another library: whatever is known of its type, or its reduction
    enc.content(array)


def encode_dtype(enc: Encoder, dtype: Any) -> None:
    """A dtype: the attributes that pandas compares it by."""
    for name in dtype._metadata:
        # read through the property where there is one: `_na_value` and `_fill_value` have slots of their own
        enc.value(getattr(dtype, name))


def is_plain(array: Any) -> bool:
    """Whether an array is numpy's and its bytes are its value."""
    return isinstance(array, np.ndarray) and array.dtype.kind in PLAIN and array.dtype.char not in PADDED


def memory_of(array: Any) -> Iterator[tuple[int, int]]:
    """The memory that the elements of a column lie in, as address ranges."""
    if isinstance(array, np.ndarray):
        if array.size:
            yield _byte_bounds(array)
        return
    if isinstance(array, pd.arrays.SparseArray):
        yield from memory_of(array.sp_values)
    elif isinstance(array, pd.arrays.ArrowExtensionArray):
        from cashet_jupyter.fingerprint.libraries.arrow_content import extents

        yield from extents(array._pa_array)
    else:
        for name in ("_ndarray", "_data", "_mask", "_left", "_right"):
            part = getattr(array, name, None)
            if isinstance(part, np.ndarray | pd.api.extensions.ExtensionArray):
                yield from memory_of(part)


def _encode_numpy(enc: Encoder, array: Any) -> None:
    enc.tag("pandas.numpy")
    enc.text(array.dtype.str)
    if is_plain(array):
        enc.values([len(array), array_digest(array)])
    elif array.dtype.hasobject and array.dtype.kind == "O":
        enc.values(array.tolist())
    else:
        enc.value(array.dtype)
        enc.value(len(array))
        _content(enc, array)


def _encode_categorical(enc: Encoder, array: Any) -> None:
    _encode_numpy(enc, array.codes)


def _encode_dates(enc: Encoder, array: Any) -> None:
    enc.value(array_digest(array.asi8))


def _encode_masked(enc: Encoder, array: Any) -> None:
    """Values with zeros under the mask, and the mask."""
    data, mask = array._data, array._mask
    if not mask.any():
        enc.values([array_digest(data), None])
        return
    run = Run(data.nbytes)
    for start in range(0, len(data), TILE):
        piece = data[start : start + TILE].copy()
        piece[mask[start : start + TILE]] = 0
        run.add(memoryview(piece.view("u1")))
    enc.values([run.digest(), array_digest(mask)])


def _encode_arrow(enc: Encoder, array: Any) -> None:
    from cashet_jupyter.fingerprint.libraries.arrow_content import content

    enc.value(array._pa_array.type)
    enc.value(content(array._pa_array))


def _encode_interval(enc: Encoder, array: Any) -> None:
    for side in (array._left, array._right):
        encode_column(enc, getattr(side, "_data", side) if isinstance(side, pd.Index) else side)


def _encode_sparse(enc: Encoder, array: Any) -> None:
    """Stored values and their positions; a stored value may well equal the fill value."""
    enc.text(array.kind)
    _encode_numpy(enc, array.sp_values)
    enc.value(array_digest(array.sp_index.to_int_index().indices))


def _encode_wrapped(enc: Encoder, array: Any) -> None:
    _encode_numpy(enc, array._ndarray)


def _kinds() -> tuple[tuple[type, Callable[[Encoder, Any], None]], ...]:
    arrays = pd.arrays
    return (
        (arrays.Categorical, _encode_categorical),
        (arrays.DatetimeArray, _encode_dates),
        (arrays.TimedeltaArray, _encode_dates),
        (arrays.PeriodArray, _encode_dates),
        (arrays.IntegerArray, _encode_masked),
        (arrays.FloatingArray, _encode_masked),
        (arrays.BooleanArray, _encode_masked),
        (arrays.ArrowExtensionArray, _encode_arrow),
        (arrays.IntervalArray, _encode_interval),
        (arrays.SparseArray, _encode_sparse),
        # after those that derive from it
        (arrays.NumpyExtensionArray, _encode_wrapped),
    )
