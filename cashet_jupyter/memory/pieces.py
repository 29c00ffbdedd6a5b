"""Where a big buffer is cut.

From its start, 64 MiB at a time while there is that much, then 4 MiB at a time, then a rest. So a changed element costs
4 MiB (64 in a huge buffer), rows that are appended to a column cost its last piece, and a gigabyte is 16 files, not
256: mapping one takes some 10 us. The cuts before the last 64 MiB do not depend on the length.
"""

from __future__ import annotations

from typing import TypeVar

from cashet_jupyter.memory.gathered import Gathered

B = TypeVar("B", memoryview, Gathered)

#: from this size on a buffer is stored by itself, in pieces, and memory may be mapped instead of copied
BIG = 1 << 20
#: columns of a table are stored by themselves from this size on
ROW = 256 << 10
PIECE = 4 << 20
BLOCK = 64 << 20


def cut(size: int) -> list[int]:
    """The sizes of the pieces of a buffer of `size` bytes, in order; an empty one is one empty piece."""
    blocks, rest = divmod(size, BLOCK)
    pieces, rest = divmod(rest, PIECE)
    sizes = [BLOCK] * blocks + [PIECE] * pieces
    return [*sizes, rest] if rest or not sizes else sizes


def pieces_of(data: B) -> list[B]:
    """The pieces of a contiguous buffer (format `B`), in place."""
    found: list[B] = []
    start = 0
    for size in cut(data.nbytes):
        found.append(data[start : start + size])
        start += size
    return found
