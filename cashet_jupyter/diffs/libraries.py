"""Which module compares what a data library has made: only libraries that are loaded are asked."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from cashet_jupyter.diffs.comparing import Comparing
from cashet_jupyter.diffs.model import ValueDiff

#: (library, type) -> the function that compares two such values; it is loaded when it is first needed
_KNOWN = {
    ("numpy", "ndarray"): "arrays:compare_arrays",
    ("pandas", "DataFrame"): "pandas_:compare_frames",
    ("pandas", "Series"): "pandas_:compare_series",
    ("pandas", "Index"): "pandas_:compare_indexes",
    ("pandas", "ExtensionArray"): "pandas_:compare_extension",
    ("polars", "DataFrame"): "polars_:compare_frames",
    ("polars", "LazyFrame"): "polars_:compare_lazy",
    ("polars", "Series"): "polars_:compare_series",
    ("pyarrow", "Table"): "arrow:compare_tables",
    ("pyarrow", "RecordBatch"): "arrow:compare_tables",
    ("pyarrow", "Array"): "arrow:compare_arrays",
    ("pyarrow", "ChunkedArray"): "arrow:compare_arrays",
    ("xarray", "Dataset"): "labelled:compare_datasets",
    ("xarray", "DataArray"): "labelled:compare_arrays",
    ("scipy", "_spbase"): "sparse:compare_sparse",
    ("torch", "Tensor"): "tensors:compare_tensors",
    ("matplotlib", "FigureBase"): "figures:compare_figures",
    ("matplotlib", "_AxesBase"): "figures:compare_axes",
    ("matplotlib", "Artist"): "figures:compare_artists",
    ("PIL", "Image"): "images:compare_images",
    ("sklearn", "BaseEstimator"): "estimators:compare_estimators",
}


def compare(old: Any, new: Any, comparing: Comparing) -> ValueDiff | None:
    """Two values of one such type; None if they are not."""
    known = _known(type(new))
    if known is None or _known(type(old)) != known:
        return None
    module, _, name = known.partition(":")
    function = getattr(importlib.import_module(f"cashet_jupyter.diffs.{module}"), name)
    return function(old, new, comparing)


def _known(kind: type) -> str | None:
    for base in kind.__mro__:
        root = str(base.__module__).partition(".")[0]
        if root in sys.modules and (found := _KNOWN.get((root, base.__name__))):
            return found
    return None
