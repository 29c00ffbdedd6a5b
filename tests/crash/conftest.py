"""Stores of these tests lie in memory, and campaigns say what they did."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contracts.memory_disk import tmp_path
from tests.crash import ptracer
from tests.crash.campaign import Arena

__all__ = ["tmp_path"]

MEMORY = Path("/dev/shm")


@pytest.fixture
def arena() -> Iterator[Arena]:
    """A place for traced trials, in memory in long campaigns too: what a disk does is played, not waited for."""
    why = ptracer.unavailable()
    if why:
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="cashet-crash-", dir=MEMORY if MEMORY.is_dir() else None))
    yield Arena(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def figures(
    capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> Callable[[object], None]:
    """A function that prints what a campaign did, whether the test passes or not."""

    def say(what: object) -> None:
        record_property("figures", str(what))
        with capsys.disabled():
            print(f"\n{what}")

    return say
