"""Test folders in memory where there is room.

A store makes hundreds of folders and syncs, and tests make hundreds of stores; what a disk does with them is its own
affair.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_MEMORY = Path("/dev/shm")
_ENOUGH = 256 << 20


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Path]:
    """An empty folder of this test, in memory unless this is a long campaign."""
    if request.config.getoption("--soak"):
        yield tmp_path_factory.mktemp("store")
    else:
        yield from folder_in_memory(tmp_path_factory)


def folder_in_memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder, in memory if there is room."""
    if not _has_room():
        yield tmp_path_factory.mktemp("store")
        return
    folder = Path(tempfile.mkdtemp(prefix="cashet-test-", dir=_MEMORY))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _has_room() -> bool:
    try:
        found = os.statvfs(_MEMORY)
    except OSError:
        return False
    return os.access(_MEMORY, os.W_OK) and found.f_bavail * found.f_frsize >= _ENOUGH
