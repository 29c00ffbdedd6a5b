"""Files as memory: private, side by side, given back."""

from __future__ import annotations

import errno
import gc
import os
from pathlib import Path

import pytest

from cashet_jupyter.memory import mapping
from cashet_jupyter.memory.mapping import PAGE, Area
from tests.contracts.store_contract import bytes_of


def _mapped(path: Path, size: int) -> memoryview:
    with path.open("rb") as file:
        return Area([size]).map_file(file.fileno(), 0, size)


def test_a_mapping_is_private_and_outlives_its_file(tmp_path: Path) -> None:
    data, path = bytes_of(3, 3 << 20), tmp_path / "file"
    path.write_bytes(data)
    before = len(list(Path("/proc/self/fd").iterdir()))
    view = _mapped(path, len(data))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    view[:3] = b"abc"
    assert path.read_bytes() == data
    path.unlink()
    assert bytes(view) == b"abc" + data[3:]
    part = view[1:]
    del view
    gc.collect()
    assert bytes(part[:2]) == b"bc"


def test_mappings_are_given_back(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(1 << 20))
    for _ in range(50):
        _mapped(path, 1 << 20)
    assert str(path) not in Path("/proc/self/maps").read_text()


@pytest.mark.parametrize("maps", [True, False])
def test_files_lie_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maps: bool) -> None:
    """Each from the beginning of a page; where the system allows no more mappings they are read."""
    sizes = [5, PAGE, 3 * PAGE + 1, 2 << 20]
    area = Area(sizes)
    real = mapping._map

    def refused(address: int | None, size: int, protection: int, flags: int, fd: int) -> int:
        if fd >= 0 and not maps:
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        return real(address, size, protection, flags, fd)

    monkeypatch.setattr(mapping, "_map", refused)
    assert area.starts == [0, PAGE, 2 * PAGE, 6 * PAGE]
    for number, (start, size) in enumerate(zip(area.starts, sizes, strict=True)):
        (tmp_path / str(number)).write_bytes(bytes_of(number, size))
        with (tmp_path / str(number)).open("rb") as file:
            assert bytes(area.map_file(file.fileno(), start, size)) == bytes_of(number, size)
    for number, (start, size) in enumerate(zip(area.starts, sizes, strict=True)):
        assert bytes(area.view[start : start + size]) == bytes_of(number, size)
        area.view[start] ^= 1
        assert (tmp_path / str(number)).read_bytes() == bytes_of(number, size)
