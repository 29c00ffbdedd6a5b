"""Workloads about what a store grows by (W5, fifty edits), and the chain of cells (W8)."""

from __future__ import annotations

import builtins
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks import data, functions, limits
from tests.benchmarks.engines import start
from tests.benchmarks.figures import LIMIT, PLAIN, Sample, Tell
from tests.benchmarks.limits import timed
from tests.benchmarks.workloads import Job, recycle

LINKS = 30
EDITS = 50
_COLUMN = "f1"


def bytes_below(folder: Path) -> int:
    """How many bytes the files in a folder hold."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# ------------------------------------------------------------------------------------------------------------- W5
def sizes(job: Job, tell: Tell) -> None:
    """By how many bytes a store grows that has a frame of 20 columns, when a variant of it is stored."""
    (engine,) = job.engines
    base = data.wide(job.scale)
    if engine == LIMIT:
        tell(Sample(LIMIT, "W5 column", job.repetition, float(base[_COLUMN].nbytes)))
        return
    folder = job.place(engine)
    cache = start(engine, folder)
    builtins.benchmark_value = base  # type: ignore[attr-defined]
    cache.call(functions.prepared, 0)
    for number, (name, variant) in enumerate(_variants(base), 1):
        before = bytes_below(folder)
        builtins.benchmark_value = variant  # type: ignore[attr-defined]
        cache.call(functions.prepared, number)
        tell(Sample(engine, f"W5 {name}", job.repetition, float(bytes_below(folder) - before)))
    cache.close()


def _variants(base: Any) -> Iterator[tuple[str, Any]]:
    """One at a time: each is as large as the frame."""
    import pandas as pd

    column = base.copy()
    column[_COLUMN] = column[_COLUMN] * 2
    yield "column", column
    del column
    more = base.iloc[:1000].reset_index(drop=True) * 2
    yield "append", pd.concat([base, more], ignore_index=True)
    yield "drop", base.drop(columns=_COLUMN)
    cell = base.copy()
    cell.loc[len(cell) // 2, _COLUMN] = -1.0
    yield "cell", cell


def edits(job: Job, tell: Tell) -> None:
    """How large a store is after a cell's frame of 20 columns was stored anew 50 times, one column of it changed."""
    (engine,) = job.engines
    frame = data.wide(job.scale / 20)
    folder = job.place(engine)
    cache = start(engine, folder)
    for number in range(EDITS + 1):
        builtins.benchmark_value = frame  # type: ignore[attr-defined]
        cache.call(functions.prepared, number)
        frame[_COLUMN] = frame[_COLUMN] + 1.0
    cache.close()
    tell(Sample(engine, "edits bytes", job.repetition, float(bytes_below(folder))))


# ------------------------------------------------------------------------------------------------------------- W8
def chain(job: Job, tell: Tell) -> None:
    """30 calls, each of which takes the frame of the one before and gives the next; in a fresh process: all hits."""
    (engine,) = job.engines
    first = data.first_of_chain(job.scale)
    if engine == LIMIT:
        pieces = data.buffers(first)
        tell(Sample(LIMIT, "W8 blake3", job.repetition, timed(lambda: [limits.hash_all(pieces) for _ in range(LINKS)])))
        return
    if engine == PLAIN:
        tell(Sample(PLAIN, "W8 fresh", job.repetition, timed(lambda: _run(first, functions.step))))
        return
    if job.phase == "cold":
        shutil.rmtree(job.place(engine), ignore_errors=True)
        recycle(int(2e9 * job.scale))
    cache = start(engine, job.place(engine))
    found: list[Any] = []
    seconds = timed(lambda: found.append(_run(first, lambda frame, k: cache.call(functions.step, frame, k))))
    tell(Sample(engine, f"W8 {job.phase}", job.repetition, seconds))
    if job.phase == "fresh":
        tell(Sample(engine, "W8 touch", job.repetition, timed(lambda: data.touch(found[0]))))
        tell(Sample(engine, "W8 anonymous", job.repetition, float(anonymous(os.getpid()))))
    cache.close()


def _run(frame: Any, call: Callable[[Any, int], Any]) -> Any:
    for number in range(LINKS):
        frame = call(frame, number)
    return frame


def anonymous(process: int) -> int:
    """Bytes of memory that a process holds and that are not pages of a file; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))
