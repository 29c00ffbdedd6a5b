"""Memory that was mapped is known until somebody writes to it."""

from __future__ import annotations

import ctypes
import gc
import os
import random
import sys
from pathlib import Path

import pytest
from blake3 import blake3

from cashet_jupyter.memory import content, known, untouched
from cashet_jupyter.memory.content import content_digest
from cashet_jupyter.memory.mapping import PAGE, Area
from cashet_jupyter.memory.pieces import PIECE, pieces_of

SIZE = 3 * PIECE + 100
DATA = random.Random(1).randbytes(SIZE)

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")


@pytest.fixture(params=["scan", "read"])
def view(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> memoryview:
    """A mapped buffer that is known, behind another one; the pages are asked for in both ways."""
    if request.param == "read":
        monkeypatch.setattr(untouched, "_scans", lambda _pid: False)
    elif not untouched._scans(os.getpid()):
        pytest.skip("this kernel has no PAGEMAP_SCAN")
    file = tmp_path / "blob"
    file.write_bytes(DATA)
    area = Area([5, SIZE])
    fd = os.open(file, os.O_RDONLY)
    view = area.map_file(fd, area.starts[1], SIZE)
    os.close(fd)
    digests = tuple(blake3(piece).digest() for piece in pieces_of(view))
    known.remember(known.Strip(area.address + area.starts[1], SIZE, digests))
    return view


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what is hashed."""
    sizes: list[int] = []

    def counting(pieces: list[memoryview]) -> list[bytes]:
        sizes.extend(piece.nbytes for piece in pieces)
        return [blake3(piece).digest() for piece in pieces]

    monkeypatch.setattr(content, "hashed", counting)
    return sizes


def test_untouched_memory_is_not_read(view: memoryview, hashed: list[int]) -> None:
    assert content_digest(view) == content_digest(view.toreadonly())
    sum(view[::PAGE])  # reading is not writing
    assert content_digest(view)
    assert hashed == []
    assert content_digest(view) == content_digest(DATA)


@pytest.mark.parametrize("place", [0, PIECE - 1, PIECE, SIZE - 1])
def test_only_the_piece_that_was_written_to_is_read(view: memoryview, hashed: list[int], place: int) -> None:
    view[place] ^= 1
    found = content_digest(view)
    assert hashed == [min(PIECE, SIZE - place // PIECE * PIECE)]
    assert found == content_digest(bytes(view)) != content_digest(DATA)


def test_writing_the_same_bytes_again_keeps_the_digest(view: memoryview) -> None:
    view[7] = view[7]
    assert content_digest(view) == content_digest(DATA)


def test_what_the_system_writes_is_seen(view: memoryview, tmp_path: Path) -> None:
    (tmp_path / "zeros").write_bytes(bytes(100))
    with (tmp_path / "zeros").open("rb", buffering=0) as file:
        file.readinto(view[PIECE : PIECE + 100])
    assert content_digest(view) == content_digest(DATA[:PIECE] + bytes(100) + DATA[PIECE + 100 :])


def test_what_foreign_code_writes_by_address_is_seen(view: memoryview) -> None:
    address = ctypes.addressof(ctypes.c_char.from_buffer(view))
    ctypes.memset(address + SIZE - 1, DATA[-1] ^ 1, 1)
    assert content_digest(view) == content_digest(bytes(view)) != content_digest(DATA)


def test_a_part_or_another_length_is_hashed(view: memoryview, hashed: list[int]) -> None:
    content_digest(view[: 2 * PIECE])
    content_digest(view[PIECE:])
    assert sum(hashed) == 2 * PIECE + SIZE - PIECE


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_sees_its_own_writes_and_those_of_before(view: memoryview) -> None:
    view[0] ^= 1
    child = os.fork()
    if child == 0:
        same = content_digest(view) == content_digest(bytes(view))
        view[PIECE] ^= 1
        os._exit(not (same and content_digest(view) == content_digest(bytes(view))))
    assert os.waitpid(child, 0)[1] == 0
    assert content_digest(view) == content_digest(bytes(view))


def test_the_note_goes_with_the_mapping(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(DATA)
    with (tmp_path / "blob").open("rb") as file:
        area = Area([SIZE])
        view = area.map_file(file.fileno(), 0, SIZE)
    address = area.address
    known.remember(known.Strip(address, SIZE, ()))
    del area
    gc.collect()
    assert address in known._strips
    part = view[PAGE:]
    del view
    gc.collect()
    assert address in known._strips
    del part
    gc.collect()
    assert address not in known._strips


def test_where_pages_cannot_be_told_apart_memory_is_hashed(
    view: memoryview, hashed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(untouched, "_pagemap", lambda _pid: None)
    assert content_digest(view) == content_digest(DATA)
    assert sum(hashed) == 2 * SIZE
