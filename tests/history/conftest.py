"""Stores of these tests lie in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.memory_disk import tmp_path
from tests.history.runs import Runs, runs_in

__all__ = ["tmp_path"]


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    """An empty store that runs go into."""
    with runs_in(tmp_path) as found:
        yield found
