"""Bytes that lie in several places count as if they lay in one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.memory.content import digest_of
from cashet_jupyter.memory.gathered import Gathered, parts_of, whole

lists = st.lists(st.binary(max_size=20), max_size=8)


@given(lists, st.integers(0, 200), st.integers(0, 200))
def test_a_piece_is_that_of_the_whole(parts: list[bytes], start: int, stop: int) -> None:
    gathered, joined = Gathered([memoryview(part) for part in parts]), b"".join(parts)
    assert gathered.nbytes == len(joined)
    assert bytes(gathered) == bytes(whole(gathered)) == joined
    assert bytes(gathered[start:stop]) == joined[start:stop]
    assert gathered[start:stop].nbytes == len(joined[start:stop])
    assert digest_of(gathered) == digest_of(memoryview(joined))


def test_nothing_is_copied() -> None:
    data = bytearray(b"abcdef")
    gathered = Gathered([memoryview(data)[:2], memoryview(data)[4:]])
    data[5] = ord("z")
    assert bytes(gathered[1:]) == b"bez"
    view = memoryview(data)
    assert whole(view) is view
    assert parts_of(view) == (view,)
