"""The digest of a buffer depends on its bytes, and on nothing else."""

from __future__ import annotations

import random
import threading

import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from cashet_jupyter.memory import content
from cashet_jupyter.memory.content import Run, combined, content_digest
from cashet_jupyter.memory.pieces import BIG, BLOCK, PIECE, cut

DATA = random.Random(0).randbytes(PIECE) * 35 + b"end"  # two large pieces, small ones, a rest


def _separately(data: bytes) -> bytes:
    """What the docstring says, said again."""
    digests, start = [], 0
    for size in cut(len(data)):
        digests.append(blake3(data[start : start + size]).digest())
        start += size
    return combined(len(data), digests)


@pytest.mark.parametrize("size", [0, 1, BIG - 1])
def test_a_small_buffer_has_the_digest_of_its_bytes(size: int) -> None:
    assert content_digest(DATA[:size]) == blake3(DATA[:size]).digest()


@pytest.mark.parametrize("size", [BIG, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, BLOCK - 1, BLOCK, BLOCK + 1, len(DATA)])
def test_a_big_one_has_that_of_its_pieces(size: int) -> None:
    data = DATA[:size]
    assert content_digest(data) == content_digest(bytearray(data)) == _separately(data)


@pytest.mark.parametrize("size", [0, 5, BIG - 1, BIG, PIECE, PIECE + 1, 17 * PIECE, BLOCK, BLOCK + 5, len(DATA)])
@pytest.mark.parametrize("told", [True, False])
@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=6))
def test_a_run_has_the_digest_of_the_whole_wherever_it_is_cut(size: int, told: bool, places: list[float]) -> None:
    data = memoryview(DATA)[:size]
    run = Run(size if told else None)
    ends = sorted(int(place * size) for place in places)
    for start, end in zip([0, *ends], [*ends, size], strict=True):
        run.add(data[start:end])
    assert run.digest() == content_digest(data)


def test_elements_of_any_size_count_by_their_bytes() -> None:
    words = memoryview(bytearray(range(256)) * 8192).cast("d")
    run = Run()
    run.add(words[:1000])
    run.add(words[1000:])
    assert run.digest() == content_digest(words.cast("B"))


def test_every_byte_counts() -> None:
    data = bytearray(DATA)
    before = content_digest(data)
    for place in (0, PIECE - 1, PIECE, BLOCK, 2 * BLOCK + 1, len(data) - 1):
        data[place] ^= 1
        assert content_digest(data) != before
        data[place] ^= 1
    assert content_digest(data) == before
    assert content_digest(data[:-1]) != before


def test_an_interrupt_ends_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    main = threading.current_thread()

    def interrupted(data: memoryview) -> object:
        if threading.current_thread() is main:
            raise KeyboardInterrupt
        return blake3(data)

    monkeypatch.setattr(content, "blake3", interrupted)
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        content_digest(DATA)
    assert threading.active_count() == before


def test_a_thread_that_fails_leaves_its_piece_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    main = threading.current_thread()
    expected = content_digest(DATA)

    def failing(data: memoryview) -> object:
        if threading.current_thread() is not main:
            raise MemoryError
        return blake3(data)

    monkeypatch.setattr(content, "blake3", failing)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    assert content_digest(DATA) == expected


def test_where_no_thread_can_begin_the_caller_hashes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    expected = content_digest(DATA)
    monkeypatch.setattr(threading.Thread, "start", refused)
    assert content_digest(DATA) == expected
