"""The blocks of pandas frames: memory that is stored column by column.

A frame is pickled as pandas says; only the arrays of its blocks are known to be blocks (`Stream.blocks`), so that
each big column becomes a buffer of its own: equal columns of two frames are then stored once. Blocks come back as they
were, consolidated or not, so the first operation is as fast as it was.

Imported only when pandas is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.core.internals.blocks import Block
from pandas.core.internals.managers import BlockManager, SingleBlockManager

from cashet_jupyter.errors import Damaged
from cashet_jupyter.serialize.origin import Origin
from cashet_jupyter.serialize.sharing import Root
from cashet_jupyter.serialize.views import extent

if TYPE_CHECKING:
    from cashet_jupyter.serialize.functions import Reduction
    from cashet_jupyter.serialize.stream import Stream


#: where extension arrays keep plain ones: datetimes and categories; masked numbers and their masks
_PARTS = ("_ndarray", "_data", "_mask")


def reducer_of(kind: type) -> Callable[[Stream, Any], Any] | None:
    """The reducer of a block of a frame, or of what holds the blocks; None for any other type."""
    if issubclass(kind, Block):
        return reduce_block
    return reduce_manager if issubclass(kind, BlockManager | SingleBlockManager) else None


def reduce_block(stream: Stream, block: Any) -> Reduction:
    """A block with the very array that it holds.

    For pickles of protocol 5 pandas would bring together what does not lie in one piece: a copy, and another layout.
    """
    del stream
    return block.__reduce__()


def reduce_manager(stream: Stream, manager: Any) -> Reduction:
    """As pandas pickles it; on the way the arrays of its blocks are noted."""
    for block in manager.blocks:
        for _, values in _memory(block):
            references = getattr(block, "refs", None)
            # Copy-on-write lets two frames hold one memory and copies it before one of them is written to. Two frames
            # that came back with one memory would not know of each other, so such blocks come back apart.
            stream.blocks[id(values)] = references is None or references.has_reference()
            stream.kept.append(values)
    return NotImplemented


def has_blocks(kind: type) -> bool:
    """Whether a type is a frame or series."""
    return issubclass(kind, pd.DataFrame | pd.Series)


def roots_of(node: Any) -> Iterator[Root]:
    """The memory of an input frame's blocks: what `series.to_numpy()` is a view of."""
    for index, block in enumerate(node._mgr.blocks):
        for part, values in _memory(block):
            if values.size and values.itemsize:
                base = Origin(block_memory, (node, index, part, values.shape, values.dtype.str))
                yield Root(*extent(values), values, base, frame=True)


def block_memory(node: Any, index: int, part: str, shape: Any, dtype: str) -> Any:
    """An array of a block; raises `Damaged` if the frame has other blocks now: equal frames may differ in that."""
    blocks = node._mgr.blocks
    values = dict(_memory(blocks[index])).get(part) if index < len(blocks) else None
    if values is None or values.shape != shape or values.dtype.str != dtype:
        msg = "an input frame is divided into other blocks than a stored view of it needs"
        raise Damaged(msg)
    return values


def _memory(block: Any) -> list[tuple[str, Any]]:
    """The plain arrays of a block, by the attribute that holds each; none for types that keep theirs elsewhere."""
    values = block.values
    if type(values) is np.ndarray:
        return [("", values)]
    parts = [(name, getattr(values, name, None)) for name in _PARTS]
    return [(name, part) for name, part in parts if type(part) is np.ndarray]
