"""A cell's run, recorded; and whether its trace holds afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cashet_jupyter.models import Dependency
from cashet_jupyter.trace.lookup import Lookup
from cashet_jupyter.trace.recorder import Recorder
from cashet_jupyter.trace.records import Recorded


def record(cell: Callable[[], Any] | str, **options: Any) -> Recorded:
    """Run a function, or the text of a cell in a namespace of its own."""
    recorder = Recorder(**options)
    recorder.start()
    try:
        if isinstance(cell, str):
            _run(cell)
        else:
            cell()
    finally:
        recorded = recorder.stop()
    return recorded


def _run(text: str) -> None:
    try:
        exec(compile(text, "<ipython-input-1>", "exec"), {"__name__": "__main__"})
    except ModuleNotFoundError as error:
        pytest.skip(f"{error.name} is not installed")


def broken(recorded: Recorded) -> Dependency | None:
    return Lookup().broken(recorded.dependencies)


def kinds(recorded: Recorded) -> set[str]:
    return {refusal.kind for refusal in recorded.refusals}


def names(recorded: Recorded, kind: str) -> set[str]:
    return {dependency.name for dependency in recorded.dependencies if dependency.kind == kind}


def other_bytes(path: Path) -> None:
    """Make a file differ, and keep its times: nothing but its content tells."""
    status = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def touch(path: Path) -> None:
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns + 10**9, status.st_mtime_ns + 5 * 10**9))
