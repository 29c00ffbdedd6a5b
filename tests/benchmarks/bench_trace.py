"""What recording adds to code: with the hook installed but idle, and while a run is recorded; and what a lookup takes."""

from __future__ import annotations

import contextlib
import copy
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import Table

ROUNDS = 30
_DATA = {number: [number, (number,)] for number in range(300)}
_THING = object()


def _plain() -> None:
    total = 0
    for number in range(20_000):
        total += number * 2


def _identities() -> None:
    for _ in range(5_000):
        id(_THING)


def _copies() -> None:
    copy.deepcopy(_DATA)


def _opens(path: str) -> None:
    for _ in range(50):
        with open(path, "rb") as file:
            file.read()


def _stats(path: str) -> None:
    for _ in range(200):
        os.stat(path)  # noqa: PTH116  # the function itself is what is watched


def _variables() -> None:
    for _ in range(500):
        os.environ.get("HOME")


def _best(run: Callable[[], object]) -> float:
    """Seconds of the process, the least of several: neighbours only ever make it more."""
    times: list[float] = []
    for _ in range(ROUNDS):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


def _figures(state: str, path: str) -> dict[str, float]:
    work: dict[str, Callable[[], object]] = {
        "plain loop": _plain,
        "id()": _identities,
        "deepcopy": _copies,
        "open and read": lambda: _opens(path),
        "os.stat": lambda: _stats(path),
        "os.environ.get": _variables,
    }
    if state == "never recorded":
        return {name: _best(run) for name, run in work.items()}
    from cashet_jupyter.trace.recorder import Recorder

    recorder = Recorder()
    recorder.start()
    if state == "idle":
        recorder.stop()
    try:
        return {name: _best(run) for name, run in work.items()}
    finally:
        recorder.stop()


def _arming() -> float:
    """Seconds of one start and stop, once everything has been worked out."""
    from cashet_jupyter.trace.recorder import Recorder

    def once() -> None:
        recorder = Recorder()
        recorder.start()
        recorder.stop()

    once()
    return _best(once)


def _lookup(folder: Path) -> float:
    """Seconds of looking through 64 candidates of 30 dependencies, of which the last one holds."""
    from cashet_jupyter.models import Dependency
    from cashet_jupyter.trace.lookup import Lookup
    from cashet_jupyter.trace.recorder import Recorder

    files = [folder / f"{number}.csv" for number in range(20)]
    for file in files:
        file.write_text(file.name)
    recorder = Recorder()
    recorder.start()
    for file in files:
        file.read_text()
    trace = [*recorder.stop().dependencies][:30]
    while len(trace) < 30:
        trace.append(Dependency("absent", str(folder / f"{len(trace)}.none"), "absent"))
    last = trace[-1]
    traces = [[*trace[:-1], Dependency(last.kind, last.name, str(number))] for number in range(63)]

    def once() -> None:
        lookup = Lookup()
        for candidate in traces:
            assert lookup.broken(candidate) is not None
        assert lookup.broken(trace) is None

    return _best(once)


def measure() -> Table:
    """Ratios to a process that never recorded, each state in a process of its own: a hook is never removed."""
    states = ("never recorded", "idle", "recording")
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(b"x" * 1000)
        for state in states:
            code = f"from tests.benchmarks import bench_trace as b; print(b._figures({state!r}, {str(path)!r}))"
            out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
            figures[state] = eval(out)  # a dictionary of numbers, printed by the line above
        rows = [
            (name, f"{plain * 1e6:.0f} us", *(f"{figures[state][name] / plain:.2f}" for state in states[1:]))
            for name, plain in figures[states[0]].items()
        ]
        with contextlib.chdir(folder):
            rows.append(("start and stop", f"{_arming() * 1e3:.2f} ms", "", ""))
            rows.append(("lookup, 64 traces of 30", f"{_lookup(Path(folder)) * 1e3:.2f} ms", "", ""))
    header = ("work", "never recorded", "idle, ratio", "recording, ratio")
    return Table(f"Recording a run: the least of {ROUNDS} rounds, process time", header, tuple(rows))
