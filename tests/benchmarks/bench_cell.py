"""What the cache adds to a trivial cell, in a real kernel: from sending the cell to having its last message."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import Table
from tests.kernels import Kernel, kernel_in

ROUNDS = 200
WARM_UP = 10
BODY = "x = 1 + 1"


def _seconds(kernel: Kernel, code: str) -> float:
    started = time.perf_counter()
    result = kernel.run(code)
    seconds = time.perf_counter() - started
    assert result.status == "ok", result.error
    return seconds


def _variants(stack: ExitStack, folder: Path) -> dict[str, Callable[[int], float]]:
    def start(name: str, *, load: bool) -> Kernel:
        place = folder / name
        place.mkdir()
        return stack.enter_context(kernel_in(place, load=load))

    bare, loaded, auto = start("bare", load=False), start("loaded", load=True), start("auto", load=True)
    auto.run("%cashet auto on")
    return {
        "plain cell": lambda _: _seconds(bare, BODY),
        "plain cell, extension loaded": lambda _: _seconds(loaded, BODY),
        "plain cell, auto on, known to be cheap": lambda _: _seconds(auto, BODY),
        "%%cashet, hit": lambda _: _seconds(loaded, f"%%cashet\n{BODY}"),
        "%%cashet -q, hit": lambda _: _seconds(loaded, f"%%cashet -q\n{BODY}"),
        "%%cashet, miss": lambda i: _seconds(loaded, f"%%cashet\nx = {i} + 1"),
    }


def _samples(rounds: int) -> Generator[dict[str, float]]:
    """Seconds of each variant, round after round; the order is another one in each."""
    with ExitStack() as stack:
        variants = _variants(stack, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        order = random.Random(0)  # what a cell leaves to be done later falls on all the others alike
        for i in range(WARM_UP + rounds):
            taken = {name: run(i + 100) for name, run in order.sample(list(variants.items()), len(variants))}
            if i >= WARM_UP:
                yield {name: taken[name] for name in variants}


def medians(repetitions: int, rounds: int) -> Generator[dict[str, float]]:
    """The medians of several times so many rounds, taken in one kernel each."""
    taken = _samples(repetitions * rounds)
    for _ in range(repetitions):
        some = [next(taken) for _ in range(rounds)]
        yield {name: statistics.median(round_[name] for round_ in some) for name in some[0]}
    taken.close()


def measure() -> Table:
    """Medians of the variants, run in turns, and what each adds to the plain cell."""
    rounds = list(_samples(ROUNDS))
    times = {name: [taken[name] for taken in rounds] for name in rounds[0]}
    plain = statistics.median(times["plain cell"])
    rows = []
    for name, sample in times.items():
        median, late = statistics.median(sample), statistics.quantiles(sample, n=20)[-1]
        extra = f"{(median - plain) * 1e3:+.2f} ms" if median != plain else ""
        rows.append((name, f"{median * 1e3:.2f} ms", f"{late * 1e3:.2f} ms", extra, f"{median / plain:.2f}"))
    header = ("trivial cell", "median", "95 %", "more", "ratio to plain")
    return Table(f"Whole cells in a real kernel, {ROUNDS} rounds in turns", header, tuple(rows))
