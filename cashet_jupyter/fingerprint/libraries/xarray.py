"""xarray: variables, arrays, data sets and trees by what they hold.

xarray makes `attrs` and `encoding` when they are first asked for, keeps accessors in a cache, and knows which file
to close; none of that counts. Data that still lies in a file is refused: it would be a promise, not a value.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr
from xarray.core import indexing

from cashet_jupyter.fingerprint.encoder import Encoder, register

_READ: Any = indexing.MemoryCachedArray


def install() -> None:
    """Register what xarray makes."""
    register(xr.Variable, encode_variable)
    register(xr.DataArray, encode_array)
    register(xr.Dataset, encode_dataset)
    if hasattr(xr, "DataTree"):
        register(xr.DataTree, encode_tree)


def encode_variable(enc: Encoder, variable: Any) -> None:
    """A variable: dimensions, data, attributes."""
    enc.values(list(variable.dims))
    data: Any = variable._data
    inner = getattr(data, "array", None)
    if isinstance(inner, pd.Index):
        # the values of an index, or of one level of it
        enc.values([str(data.dtype), getattr(data, "level", None)])
        enc.value(inner)
    elif variable._in_memory or _is_array(data):
        # what was read from a file lazily, and has been read by now, is wrapped twice
        enc.value(data.array.array if isinstance(data, _READ) else data)
    else:
        enc.refuse("its data still lies in a file", "use .load()")
    _made_on_demand(enc, variable)


def encode_array(enc: Encoder, array: Any) -> None:
    """A data array: variable, name, coordinates."""
    enc.value(array.name)
    with enc.step(".variable"):
        enc.value(array._variable)
    enc.mapping(array._coords)
    _indexes(enc, array._indexes)


def encode_dataset(enc: Encoder, dataset: Any) -> None:
    """A data set: variables, which of them are coordinates, attributes."""
    enc.mapping(dataset._variables)
    enc.unordered(dataset._coord_names)
    _indexes(enc, dataset._indexes)
    _made_on_demand(enc, dataset)


def encode_tree(enc: Encoder, tree: Any) -> None:
    """A node of a tree: its own variables and attributes, its children and its parent."""
    enc.value(tree._name)
    enc.mapping(tree._data_variables)
    enc.mapping(tree._node_coord_variables)
    _indexes(enc, tree._node_indexes)
    enc.mapping(tree._children)
    with enc.step(".parent"):
        enc.value(tree._parent)
    _made_on_demand(enc, tree)


def _made_on_demand(enc: Encoder, obj: Any) -> None:
    """`attrs` and `encoding`: none and empty are the same, as reading them makes the empty one."""
    for name in ("_attrs", "_encoding"):
        held = getattr(obj, name)
        enc.value(held if held else None)
        if held is not None and not held:
            enc.part(held)


def _indexes(enc: Encoder, indexes: Any) -> None:
    with enc.step(".indexes"):
        enc.mapping(indexes)


def _is_array(data: Any) -> bool:
    """Whether data is an array of some library (sparse, dask, units), which has an encoding of its own."""
    return hasattr(data, "__array_namespace__") or hasattr(data, "__array_function__")
