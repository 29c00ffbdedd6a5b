"""What the cache costs and spares in a real kernel: whole cells, from sending one to having its last message."""

from __future__ import annotations

import contextlib
import os
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import bench_cell, limits
from tests.benchmarks.figures import LIMIT, OURS, PLAIN, Sample
from tests.benchmarks.growth import anonymous
from tests.kernels import Kernel, kernel_in

_ROUNDS = 40
_PATIENCE = 600.0
_ENV = {"CASHET_MAX_SIZE": "1TB"}  # a tenth of the disk's room may be less than what is stored here


def seconds_of(kernel: Kernel, code: str) -> float:
    """Seconds of a whole cell, which must succeed."""
    started = time.perf_counter()
    result = kernel.run(code, timeout=_PATIENCE)
    seconds = time.perf_counter() - started
    assert result.status == "ok", result.error
    return seconds


def trivial(scale: float, repetitions: int, folder: Path) -> Iterator[Sample]:
    """What `%%cashet` adds to the least of cells, as a part of a round trip to the kernel."""
    del scale, folder
    for repetition, medians in enumerate(bench_cell.medians(repetitions, _ROUNDS)):
        plain = medians["plain cell"]
        yield Sample(LIMIT, "cell round trip", repetition, plain)
        yield Sample(OURS, "cell hit", repetition, medians["%%cashet, hit"] - plain)
        yield Sample(OURS, "cell miss", repetition, medians["%%cashet, miss"] - plain)


def why(scale: float, repetitions: int, folder: Path) -> Iterator[Sample]:
    """What it costs to say why a cell ran again."""
    del scale
    cells = {
        "plain": "x = 1 + 1",
        "miss": "%%cashet\nx = {} + 1",
        "miss -v": "%%cashet -v\nx = {} + 1",
        "asked": "%cashet why",
    }
    order = random.Random(0)
    with kernel_in(folder, load=True) as kernel:
        seconds_of(kernel, "%%cashet\nx = 0 + 1")
        number = 0
        for repetition in range(-1, repetitions):
            taken: dict[str, list[float]] = {name: [] for name in cells}
            for _ in range(_ROUNDS if repetition >= 0 else 5):
                for name, cell in order.sample(list(cells.items()), len(cells)):
                    number += 1
                    taken[name].append(seconds_of(kernel, cell.format(number)))
                    kernel.run("pass")  # what a miss leaves to be done is no part of what comes next
            if repetition >= 0:
                median = {name: statistics.median(times) for name, times in taken.items()}
                yield Sample(LIMIT, "why round trip", repetition, median["plain"])
                yield Sample(OURS, "why line", repetition, median["miss -v"] - median["miss"])
                yield Sample(OURS, "why asked", repetition, median["asked"] - median["plain"])


# ----------------------------------------------------------------------------------------------- a gigabyte in a cell
def _make(size: int, filling: float) -> str:
    """A cell that makes an array of `size` numbers and says when its body began and ended, on the system's clock."""
    return f"began = time.perf_counter()\nbig = np.full({size}, {filling})\nended = time.perf_counter()"


def prompt(scale: float, repetitions: int, folder: Path) -> Iterator[Sample]:
    """What a cell that makes a gigabyte takes besides its body, until the prompt is back and until the next cell ran.

    The body notes its beginning and end on the clock that all processes share: what it takes to fill new memory is
    chance, and many times what is measured.
    """
    size = int((1 << 27) * scale)
    block = memoryview(os.urandom(1 << 20))
    pieces = [block] * (size * 8 // block.nbytes)
    with kernel_in(folder, _ENV, load=True) as kernel:
        kernel.run("import time, numpy as np")
        for repetition in range(-1, repetitions):
            plain = _besides(kernel, _make(size, -1.0))
            ours = _besides(kernel, "%%cashet -q\n" + _make(size, float(repetition)))
            written = folder / "limit.bin"
            limit = limits.timed(lambda written=written: limits.write(pieces, written))
            written.unlink()
            kernel.run("%cashet clear --yes")
            if repetition >= 0:
                yield Sample(LIMIT, "prompt write", repetition, limit)
                yield Sample(OURS, "prompt back", repetition, max(0.0, ours[0] - plain[0]))
                yield Sample(OURS, "prompt next", repetition, max(0.0, ours[1] - plain[1]))


def _besides(kernel: Kernel, code: str) -> tuple[float, float]:
    """Seconds of a cell besides its body, until its prompt is back, and until the next cell has run too."""
    sent = time.perf_counter()
    result = kernel.run(code, timeout=_PATIENCE)
    back = time.perf_counter()
    assert result.status == "ok", result.error
    following = seconds_of(kernel, "pass")
    body = kernel.value("ended - began")
    kernel.run("big = None")
    return back - sent - body, back - sent - body + following


def start_up(scale: float, repetitions: int, folder: Path) -> Iterator[Sample]:
    """Loading the extension in a new kernel, and the first hit there."""
    size = int((1 << 27) * scale)
    cell = "%%cashet -q\n" + _make(size, 2.0)
    # Kernels of tests write no bytecode; here it would be compiling that is measured.
    env = {**_ENV, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    with kernel_in(folder, env, load=True) as kernel:
        kernel.run("import time, numpy as np")
        seconds_of(kernel, cell)
        _settle(kernel)
    for repetition in range(repetitions):
        with kernel_in(folder, env) as kernel:
            kernel.run("import time, numpy as np")
            trip = statistics.median(seconds_of(kernel, "x = 1 + 1") for _ in range(5))
            yield Sample(LIMIT, "start round trip", repetition, trip)
            yield Sample(
                OURS, "start load", repetition, max(0.0, seconds_of(kernel, "%load_ext cashet_jupyter") - trip)
            )
            yield Sample(OURS, "start hit", repetition, seconds_of(kernel, cell))
            yield Sample(PLAIN, "start hit", repetition, seconds_of(kernel, _make(size, 3.0)))


# ----------------------------------------------------------------------------------------------------- a whole notebook
def notebook(scale: float, repetitions: int, folder: Path) -> Iterator[Sample]:
    """30 cells, each of which makes a frame of 300 MB of the one before; all frames stay, 9 GB in all."""
    rows = int(3_750_000 * scale)
    bodies = [f"frame_0 = pd.DataFrame(np.random.default_rng(0).random(({rows}, 10)))"]
    bodies += [f"frame_{number} = frame_{number - 1} + {number}" for number in range(1, 30)]
    cached = [f"%%cashet -q\n{body}" for body in bodies]
    answers: set[float] = set()
    for number in range(min(2, repetitions)):
        runs = [("notebook first", OURS, cached)] if number == 0 else []
        for measure, engine, cells in (*runs, ("notebook again", PLAIN, bodies), ("notebook again", OURS, cached)):
            seconds, memory, answer = _run_all(folder, cells)
            answers.add(answer)
            yield Sample(engine, measure, number, seconds)
            yield Sample(engine, f"{measure} memory", number, memory)
            if engine == PLAIN and number == 0:
                yield Sample(PLAIN, "notebook first", 0, seconds)
    assert len(answers) == 1, answers


def _run_all(folder: Path, cells: list[str]) -> tuple[float, float, float]:
    """Seconds of all cells in a new kernel, the most anonymous memory meanwhile, and what the last frame adds up to."""
    with kernel_in(folder, _ENV, load=True) as kernel:
        kernel.run("import numpy as np, pandas as pd")
        with _watched(kernel.value("__import__('os').getpid()")) as most:
            seconds = sum(seconds_of(kernel, cell) for cell in cells)
            kernel.run("pass")  # what is still being stored belongs to the run
        answer = kernel.value("float(frame_29.iloc[-1].sum())")
        _settle(kernel)
        return seconds, float(max(most)), answer


def _settle(kernel: Kernel) -> None:
    """Give the store its idle moment, in which it reads once more what was written, before the kernel is killed."""
    stores = """[each.unsettled for each in __import__("gc").get_objects()
        if (type(each).__module__, type(each).__name__) == ("cashet_jupyter.store.store", "Store")]"""
    deadline = time.monotonic() + _PATIENCE
    while any(kernel.value(stores)) and time.monotonic() < deadline:
        time.sleep(0.5)


@contextmanager
def _watched(process: int) -> Iterator[list[int]]:
    """Look at the anonymous memory of a process every 20 ms."""
    found, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            with contextlib.suppress(OSError):
                found.append(anonymous(process))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()
