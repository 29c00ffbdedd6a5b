"""What values looked like, as small plain data, so that a run can be looked at without loading anything it left.

A preview is one of

    {"kind": "table", "columns": [...], "types": [...], "rows": [[...], ...], "shape": [rows, columns]}
    {"kind": "array", "dtype": "...", "shape": [...], "rows": [[...], ...] or [...], "range": [lowest, highest]}
    {"kind": "items", "items": [...], "count": n}

with texts everywhere but in `shape` and `count`; `range` is left out where finding it would take long. A labelled row
index of a table stands in front, as a column of type `index` that `shape` does not count. Only values of types that are
known exactly have one: no code of the user is run, not even a `__repr__`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, cast

import msgpack

from cashet_jupyter.fingerprint.previews import arrays, items, tables
from cashet_jupyter.models import Value

__all__ = ["LARGEST", "ROOM", "preview", "previewed"]

Preview = dict[str, Any]
Maker = Callable[[Any, int], "Preview | None"]

#: bytes of one preview, and of all inputs or all outputs of one run, as they are stored
LARGEST = 2000
ROOM = 8000
#: values of one run that are looked at
_MOST = 100
#: characters of a text in a preview: as many as leave it small enough
_WIDTHS = (32, 16, 8)

_BUILTIN: MappingProxyType[type, Maker] = MappingProxyType(
    {**dict.fromkeys((list, tuple, set, frozenset, items.deque), items.items), dict: items.pairs}
)

#: library -> class, as the library offers it -> how it is looked at
_LIBRARIES: MappingProxyType[str, Mapping[str, Maker]] = MappingProxyType(
    {
        "numpy": {"ndarray": arrays.numpy_array},
        "torch": {"Tensor": arrays.tensor, "Parameter": arrays.tensor},
        "pandas": {"DataFrame": tables.pandas_frame, "Series": tables.pandas_series},
        "polars": {"DataFrame": tables.polars_frame, "Series": tables.polars_series},
        "pyarrow": {"Table": tables.arrow_table, "RecordBatch": tables.arrow_table},
    }
)


def preview(value: object) -> Preview | None:
    """What a value looks like now; None for what says all in its summary, and for what is not known."""
    try:
        make = _BUILTIN.get(type(value)) or _of_library(type(value))
        return None if make is None else _bounded(make, value)
    except Exception:  # something to look at: never a reason to fail
        return None


def previewed(values: Iterable[Value], live: Mapping[str, object]) -> tuple[Value, ...]:
    """The same values with what they look like now, until that takes `ROOM` bytes; `live` holds them by name."""
    found: list[Value] = []
    room, looks = ROOM, _MOST
    for value in values:
        seen = preview(live[value.name]) if room > 0 and looks > 0 and value.name in live else None
        looks -= 1
        size = 0 if seen is None else _size(seen)
        room -= size
        found.append(value if seen is None or room < 0 else replace(value, preview=seen))
    return tuple(found)


def _of_library(kind: type) -> Maker | None:
    """How a class of a library is looked at: only the very class that the library offers under its name."""
    top = str(kind.__module__).partition(".")[0]
    make = _LIBRARIES.get(top, {}).get(kind.__name__)
    if make is None:
        return None
    library: Any = sys.modules.get(top)
    offered = library.nn.Parameter if kind.__name__ == "Parameter" else getattr(library, kind.__name__, None)
    return make if offered is kind else None


def _bounded(make: Maker, value: object) -> Preview | None:
    for width in _WIDTHS:
        found = make(value, width)
        if found is None or _size(found) <= LARGEST:
            return found
    return None


def _size(found: Preview) -> int:
    return len(cast("bytes", msgpack.packb(found, unicode_errors="surrogatepass")))
