from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cashet_jupyter import Client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with Client(tmp_path / "store") as made:
        yield made
