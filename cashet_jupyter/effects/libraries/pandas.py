"""pandas: frames, series and the names of indexes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cashet_jupyter.effects.kinds import Kind, always

#: made anew for the object: it refers back to it
_FLAGS = "_flags"
_CACHES = frozenset({_FLAGS, "_item_cache", "_cacher", "_is_copy"})


def kind_of(obj: object) -> Kind | None:
    """How an object of pandas is changed in place; None for any other."""
    if isinstance(obj, pd.DataFrame | pd.Series):
        return FRAME
    if isinstance(obj, pd.Index):
        return INDEX
    return None


def _get_frame(frame: Any) -> Any:
    own = {name: value for name, value in vars(frame).items() if name not in _CACHES}
    attrs = dict(own.pop("_attrs", {}))
    return own, attrs, frame.flags.allows_duplicate_labels


def _put_frame(frame: Any, content: Any) -> None:
    """Give a frame other blocks. Not into the memory of the old ones: other frames may hold it (copy-on-write)."""
    own, attrs, duplicates = content
    live = vars(frame)
    for name in [name for name in live if name not in own and name not in _CACHES and name != "_attrs"]:
        del live[name]
    live.update(own)
    if "_item_cache" in live:
        live["_item_cache"] = {}
    kept = live.setdefault("_attrs", {})
    kept.clear()
    kept.update(attrs)
    live[_FLAGS] = pd.Flags(frame, allows_duplicate_labels=duplicates)


def _get_index(index: Any) -> Any:
    return list(index.names)


def _put_index(index: Any, content: Any) -> None:
    index.names = content


FRAME = Kind("frame", _get_frame, _put_frame, sure=always)
INDEX = Kind("index", _get_index, _put_index)
