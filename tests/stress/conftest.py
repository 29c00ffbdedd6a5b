"""Stores of these tests lie in memory, in long campaigns too: what a kill leaves has nothing to do with a disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.memory_disk import folder_in_memory


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder of this test."""
    yield from folder_in_memory(tmp_path_factory)
