"""Where buffers are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.memory.pieces import BLOCK, PIECE, cut, pieces_of

sizes = st.one_of(st.integers(0, 3 * BLOCK), st.integers(0, 40).map(lambda n: n * PIECE), st.just(BLOCK - 1))


@given(sizes)
def test_the_pieces_are_the_buffer(size: int) -> None:
    pieces = cut(size)
    assert sum(pieces) == size
    assert all(0 < piece <= BLOCK for piece in pieces) or pieces == [0]
    assert all(piece % PIECE == 0 for piece in pieces[:-1])
    assert len(pieces) <= size // BLOCK + BLOCK // PIECE + 1


@given(sizes, st.integers(0, PIECE))
def test_what_is_appended_leaves_all_but_the_last_pieces(size: int, more: int) -> None:
    before, after = cut(size), cut(size + more)
    blocks = size // BLOCK
    kept = len(before) - 1 if (size + more) // BLOCK == blocks else blocks
    assert before[:kept] == after[:kept]


def test_pieces_are_the_memory_itself() -> None:
    data = bytearray(PIECE + 3)
    first, last = pieces_of(memoryview(data))
    last[2] = 7
    assert (first.nbytes, data[-1]) == (PIECE, 7)
