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

from cashet_jupyter.errors import Damaged
from cashet_jupyter.serialize.origin import Origin
from cashet_jupyter.serialize.sharing import Root
from cashet_jupyter.serialize.views import extent

if TYPE_CHECKING:
    from cashet_jupyter.serialize.functions import Reduction
    from cashet_jupyter.serialize.stream import Stream


def reducer_of(kind: type) -> Callable[[Stream, Any], Any] | None:
    """The reducer of the blocks of frames; None for any other type."""
    return reduce_block if issubclass(kind, Block) else None


def reduce_block(stream: Stream, block: Any) -> Reduction:
    """As pandas pickles it; on the way its array is noted as a block's."""
    values = _memory(block)
    if values is not None:
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
        values = _memory(block)
        if values is not None and values.size and values.itemsize:
            base = Origin(block_memory, (node, index, values.shape, values.dtype.str))
            yield Root(*extent(values), values, base)


def block_memory(node: Any, index: int, shape: Any, dtype: str) -> Any:
    """The array of a block; raises `Damaged` if the frame has other blocks now: equal frames may differ in that."""
    blocks = node._mgr.blocks
    values = _memory(blocks[index]) if index < len(blocks) else None
    if values is None or values.shape != shape or values.dtype.str != dtype:
        msg = "an input frame is divided into other blocks than a stored view of it needs"
        raise Damaged(msg)
    return values


def _memory(block: Any) -> np.ndarray[Any, Any] | None:
    """The plain array of a block; None for extension types that have none."""
    values = block.values
    if type(values) is np.ndarray:
        return values
    below = getattr(values, "_ndarray", None)
    return below if type(below) is np.ndarray else None
