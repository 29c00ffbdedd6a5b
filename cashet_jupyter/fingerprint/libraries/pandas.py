"""pandas: frames, series and indexes by their columns.

How columns lie in blocks, whether a block is row-major, what lies under a mask, chunks and slices of Arrow columns,
cached accessors and lazily made properties: none of it matters. Index objects have an identity of their own,
because their name can be set through every frame that holds them. The arrays inside frames have none: with copy-on-
write nobody can change one frame through another, so of their memory only what numpy might write through counts
(`extent(writes=False)`). pandas 2 without copy-on-write shares for real, and there it counts in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.fingerprint.libraries import pandas_arrays, pandas_scalars
from cashet_jupyter.fingerprint.libraries.pandas_arrays import encode_column, is_plain, memory_of
from cashet_jupyter.fingerprint.libraries.runs import array_digest, row_digests
from cashet_jupyter.fingerprint.pieces import Span

#: kept by pandas itself: content is encoded in another way, or it is derived
INTERNAL = frozenset(
    {"_mgr", "_attrs", "_flags", "_name", "_item_cache", "_is_copy", "_cacher", "_cache", "_metadata", "_typ"}
)


def install() -> None:
    """Register what pandas makes."""
    register(pd.DataFrame, encode_frame)
    register(pd.Series, encode_series)
    register(pd.Index, encode_index)
    for name in ("groupby.groupby:BaseGroupBy", "groupby.ops:BaseGrouper"):
        register(f"pandas.core.{name}", encode_lazy)
    register("pandas.core.groupby.grouper:Grouping", encode_grouping)
    register("pandas.core.window.rolling:BaseWindow", encode_lazy)
    register("pandas.io.formats.style:Styler", refuse_styler)
    pandas_arrays.install(inline_index)
    pandas_scalars.install()


def encode_frame(enc: Encoder, frame: Any) -> None:
    """A frame: axes, columns, attributes."""
    manager = frame._mgr
    columns, index = manager.axes
    enc.value(index)
    enc.value(columns)
    arrays = [manager.iget_values(position) for position in range(len(columns))]
    digests = _columns(enc, columns, arrays, _scattered(manager))
    enc.columns(frame, columns, digests, index=True)
    _extents(enc, (block.values for block in getattr(manager, "blocks", ())))
    _metadata(enc, frame)


def encode_series(enc: Encoder, series: Any) -> None:
    """A series: name, index, values, attributes."""
    enc.value(series.name)
    enc.value(series.index)
    array = _unwrapped(series)
    encode_column(enc, array)
    _extents(enc, [array])
    _metadata(enc, series)


def encode_index(enc: Encoder, index: Any) -> None:
    """An index: kind, names, values."""
    inline_index(enc, index)
    if isinstance(index, pd.MultiIndex | pd.RangeIndex):
        return
    _extents(enc, [index._data])


def inline_index(enc: Encoder, index: Any) -> None:
    """An index without its memory: also for the levels and categories that nobody can get hold of."""
    enc.tag("pandas.Index")
    enc.value(type(index))
    enc.values(list(index.names))
    if isinstance(index, pd.RangeIndex):
        enc.values([index.start, index.stop, index.step])
    elif isinstance(index, pd.MultiIndex):
        enc.value(index.sortorder)
        for level, codes in zip(index.levels, index.codes, strict=True):
            inline_index(enc, level)
            encode_column(enc, codes)
    else:
        encode_column(enc, index._data)
        enc.value(getattr(index, "freq", None))


def encode_lazy(enc: Encoder, obj: Any) -> None:
    """A group-by or a window: attributes, without what was computed from them."""
    _lazy(enc, obj, ("_cache",))


def encode_grouping(enc: Encoder, grouping: Any) -> None:
    """The keys of a group-by; the frame that they were taken from belongs to the group-by."""
    _lazy(enc, grouping, ("_cache", "obj"))


def _lazy(enc: Encoder, obj: Any, hidden: tuple[str, ...]) -> None:
    attributes = vars(obj)
    names = sorted(name for name in attributes if name not in hidden)
    arrays = [name for name in names if isinstance(attributes[name], np.ndarray)]
    enc.attributes({name: attributes[name] for name in names if name not in arrays})
    for name in arrays:
        # the keys of a group are a view of the frame's column; nobody can get hold of it
        enc.text(name)
        enc.content(attributes[name])


def refuse_styler(enc: Encoder, _styler: Any) -> None:
    """A style is named by a random id and formats by functions that cannot be stored."""
    enc.refuse("a pandas Styler cannot be told from another one", "style the frame in the cell that shows it")


def _columns(enc: Encoder, names: Any, arrays: list[Any], scattered: dict[int, bytes]) -> list[bytes | Span]:
    """Columns of plain numbers as one list of dtypes and digests, then the others one by one, all in order.

    Gives a digest or a span of each.
    """
    parts: list[object] = []
    others: list[int] = []
    for position, array in enumerate(arrays):
        if is_plain(array):
            parts += (array.dtype.str, scattered.get(position) or array_digest(array))
        else:
            parts += (None, None)
            others.append(position)
    enc.value(len(arrays))
    enc.value(len(arrays[0]) if arrays else 0)
    enc.values(parts)
    digests: list[Any] = parts[1::2]
    for position in others:
        place = enc.place()
        with enc.step(f"[{names[position]!r}]"):
            encode_column(enc, arrays[position])
        digests[position] = enc.since(place)
    return digests


def _scattered(manager: Any) -> dict[int, bytes]:
    """Position -> digest, for the columns of blocks in which the elements of a column lie far apart."""
    found: dict[int, bytes] = {}
    for block in getattr(manager, "blocks", ()):
        values = block.values
        if values.ndim == 2 and len(values) > 1 and is_plain(values) and values.strides[1] != values.itemsize:
            found.update(zip(block.mgr_locs.as_array.tolist(), row_digests(values), strict=True))
    return found


def _unwrapped(series: Any) -> Any:
    """The array behind a series; `.array` would wrap it and make it read-only."""
    manager = series._mgr
    return manager.array if hasattr(manager, "array") else manager.blocks[0].values


def _metadata(enc: Encoder, obj: Any) -> None:
    """Attributes, flags, and what subclasses and users have hung on the object."""
    enc.value(obj._attrs if obj._attrs is not None else {})
    enc.value(obj.flags.allows_duplicate_labels)
    extra = {name: getattr(obj, name, None) for name in obj._metadata if name not in ("name", "_name")}
    kind = type(obj)
    for name, value in vars(obj).items():
        if name not in INTERNAL and name not in extra and not _is_accessor(kind, name):
            extra[name] = value
    enc.attributes(extra)


def _is_accessor(kind: type, name: str) -> bool:
    """Whether pandas 2 keeps an accessor (`.str`, `.dt`, a registered one) under this name once it was used."""
    for base in kind.__mro__:
        if name in base.__dict__:
            return hasattr(base.__dict__[name], "_accessor")
    return False


def _extents(enc: Encoder, arrays: Any) -> None:
    writes = not _copies_on_write()
    for low, high in _memory(arrays):
        enc.extent(low, high, writes=writes)


def _memory(arrays: Any) -> Iterator[tuple[int, int]]:
    for array in arrays:
        yield from memory_of(array)


def _copies_on_write() -> bool:
    if int(pd.__version__.partition(".")[0]) >= 3:
        return True
    return bool(pd.options.mode.copy_on_write)
