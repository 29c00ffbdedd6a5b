"""The workloads of one process: what is called, and what is timed."""

from __future__ import annotations

import builtins
import gc
import importlib
import mmap
import random
import shutil
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks import data, functions, limits
from tests.benchmarks.engines import Engine, start
from tests.benchmarks.figures import LIMIT, OURS, Fault, Sample, Tell
from tests.benchmarks.limits import timed

_SMALL_ROUNDS = 300
_HITS = 3
_PAGE = 4096


@dataclass(frozen=True)
class Job:
    """What one process is to do."""

    kind: str
    """`small`, `misses`, `hits`, `inputs`, `sizes`, `edits`, `chain` or `history`."""
    workload: str
    engines: tuple[str, ...]
    folder: str
    scale: float = 1.0
    repetition: int = 0
    repetitions: int = 1
    most: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many repetitions at most, for engines that are slow, or that no target names."""
    phase: str = ""

    def place(self, engine: str) -> Path:
        """The folder of an engine."""
        return Path(self.folder) / engine.replace(" ", "-").replace(",", "")


#: workloads whose result is large: how it is made, and how many bytes of memory a copy of it takes
OUTPUTS: Mapping[str, tuple[Callable[[float], Any], float]] = {
    "W2": (data.array, 1.1e9),
    "W4 out": (data.frame, 4e8),
    "W6 out": (data.records, 2e8),
    "W7": (data.forest, 1e8),
}
#: what a notebook has imported that uses such a value
LIBRARIES: Mapping[str, Sequence[str]] = {
    "W2": ("numpy",),
    "W4 out": ("numpy", "pandas", "pyarrow"),
    "W6 out": (),
    "W7": ("numpy", "sklearn.ensemble"),
}
#: engines that can hold only one kind of value
ONE_TYPE_ONLY = ("np.save", "feather")
#: workloads whose argument is large
INPUTS: Mapping[str, Callable[[float], Any]] = {"W3": data.array, "W4 in": data.frame, "W6 in": data.records}


# ------------------------------------------------------------------------------------------------------------- W1
def small(job: Job, tell: Tell) -> None:
    """W1: many trivial calls; or SQLite alone."""
    (engine,) = job.engines
    if engine == LIMIT:
        lookup, commit = limits.database(job.place(engine))
        tell(Sample(LIMIT, "W1 lookup", job.repetition, lookup))
        tell(Sample(LIMIT, "W1 commit", job.repetition, commit))
        return
    cache = start(engine, job.place(engine))
    cache.call(functions.increment, -1)  # what is done once for a function is not what is measured
    misses = [timed(lambda i=i: cache.call(functions.increment, i)) for i in range(_SMALL_ROUNDS)]
    hits = [timed(lambda i=i: cache.call(functions.increment, i)) for i in range(_SMALL_ROUNDS)]
    if any(cache.call(functions.increment, i) != i + 1 for i in range(_SMALL_ROUNDS)):
        tell(Fault(engine, "W1", "unsound", "a result of another call"))
    cache.close()
    tell(Sample(engine, "W1 miss", job.repetition, statistics.median(misses)))
    tell(Sample(engine, "W1 hit", job.repetition, statistics.median(hits)))


# -------------------------------------------------------------------------------------------------- large results
def misses(job: Job, tell: Tell) -> None:
    """Misses of all engines in turns, in one process.

    Across processes they are bimodal on a virtual machine: memory that the guest touches for the first time is 5 to 10
    times slower than memory that it has used before, and which one a process gets is chance. The first round is not
    counted; what the last one has stored is left for `hits`.
    """
    make, _ = OUTPUTS[job.workload]
    value = builtins.benchmark_value = make(job.scale)  # type: ignore[attr-defined]
    pieces = [memoryview(b"")] if job.workload == "W6 out" else data.buffers(value)
    working = [LIMIT, *job.engines]
    for turn in range(-1, job.repetitions):
        for engine in random.Random(turn).sample(working, len(working)):
            if job.most.get(engine) is not None and not 0 <= turn < job.most[engine]:
                continue
            gc.collect()
            if engine == LIMIT:
                _limits_of_miss(job, turn, value, pieces, tell)
                continue
            try:
                seconds = _miss(engine, job.place(engine), turn)
            except Exception as error:
                tell(Fault(engine, job.workload, "failed", _words(error)))
                working.remove(engine)
                continue
            if turn >= 0:
                tell(Sample(engine, f"{job.workload} miss", turn, seconds))
    for engine in working:
        if engine != LIMIT:
            _check_restored(job, engine, value, tell)


def _miss(engine: str, folder: Path, turn: int) -> float:
    """Seconds of a call that is not in the cache; always the same call, into an empty folder."""
    del turn
    shutil.rmtree(folder, ignore_errors=True)
    cache = start(engine, folder)
    warm_up(cache, engine)
    seconds = timed(lambda: cache.call(functions.prepared, 0))
    cache.close()
    return seconds


def _limits_of_miss(job: Job, turn: int, value: Any, pieces: Sequence[memoryview], tell: Tell) -> None:
    first = job.workload.partition(" ")[0]
    figures: dict[str, float] = {}
    if job.workload == "W6 out":
        figures["W6 marshal"] = limits.marshal_loads(value)
    else:
        path = Path(job.folder) / "limit.bin"
        path.unlink(missing_ok=True)
        figures[f"{first} write"] = timed(lambda: limits.write(pieces, path))
        path.unlink()
    for measure, seconds in figures.items():
        if turn >= 0:
            tell(Sample(LIMIT, measure, turn, seconds))


def _check_restored(job: Job, engine: str, value: Any, tell: Tell) -> None:
    cache = start(engine, job.place(engine))
    if not data.equal(value, cache.call(functions.prepared, 0)):
        tell(Fault(engine, job.workload, "unsound", "what comes back is not what was stored"))
    cache.close()


def hits(job: Job, tell: Tell) -> None:
    """The first hit of a fresh process, the median of later ones, and the first use of what came back."""
    (engine,) = job.engines
    _, memory = OUTPUTS[job.workload]
    for name in LIBRARIES[job.workload]:
        importlib.import_module(name)
    hide_value()
    cache = start(engine, job.place(engine))
    warm_up(cache, engine)
    recycle(int(memory * job.scale))
    firsts: dict[str, float] = {}
    later: dict[str, list[float]] = {"hit": [], "touch": [], "hit+touch": []}
    for number in range(_HITS + 1):
        gc.collect()
        found: list[Any] = []
        hit = timed(lambda found=found: found.append(cache.call(functions.prepared, 0)))
        touch = timed(lambda found=found: data.touch(found[0]))
        if number == 0:
            firsts = {"fresh": hit}
        else:
            for name, seconds in (("hit", hit), ("touch", touch), ("hit+touch", hit + touch)):
                later[name].append(seconds)
        found.clear()
    for name, seconds in (firsts | {name: statistics.median(taken) for name, taken in later.items()}).items():
        tell(Sample(engine, f"{job.workload} {name}", job.repetition, seconds))
    cache.close()
    if engine == OURS and job.workload == "W2":
        array = data.array(job.scale)
        sums = [timed(lambda: data.touch(array)) for _ in range(_HITS)]
        tell(Sample(LIMIT, "W2 sum", job.repetition, statistics.median(sums)))


def warm_up(cache: Engine, engine: str) -> None:
    """Have a cache open what it opens late, by a call that is not the one that is measured."""
    if engine not in ONE_TYPE_ONLY:
        cache.call(functions.increment, 1)


def hide_value() -> None:
    """Let `functions.prepared` have nothing to give: whoever calls it now gives a wrong answer.

    An object, not None: a plain value that hangs on a module is, for us, a part of the function that reads it.
    """
    builtins.benchmark_value = object()  # type: ignore[attr-defined]


def recycle(size: int) -> None:
    """Have the machine back `size` bytes of memory with real pages, and give them back to it: see `misses`."""
    if size >= _PAGE:
        with mmap.mmap(-1, size) as memory:
            for place in range(0, size, _PAGE):
                memory[place] = 1


# ------------------------------------------------------------------------------------------------ large arguments
def inputs(job: Job, tell: Tell) -> None:
    """A call with something large that is in the cache; and whether a change of it is seen."""
    (engine,) = job.engines
    value = INPUTS[job.workload](job.scale)
    if engine == LIMIT:
        _limits_of_input(job, value, tell)
        return
    calls = builtins.benchmark_calls = []  # type: ignore[attr-defined]
    cache = start(engine, job.place(engine))
    tell(Sample(engine, f"{job.workload} miss", job.repetition, timed(lambda: cache.call(functions.consume, value))))
    taken: list[float] = []
    for _ in range(_HITS):
        gc.collect()
        taken.append(timed(lambda: cache.call(functions.consume, value)))
    if len(calls) == 1:
        tell(Sample(engine, f"{job.workload} hit", job.repetition, statistics.median(taken)))
    else:
        tell(Fault(engine, job.workload, "failed", "it is computed each time"))
    for change in data.changes(value):
        before = len(calls)
        cache.call(functions.consume, value)
        if len(calls) == before:
            tell(Fault(engine, job.workload, "unsound", f"{change} gives the old result"))
    if engine == OURS and job.workload == "W3":
        _untouched(cache, value, job, tell)
    cache.close()


def _untouched(cache: Engine, value: Any, job: Job, tell: Tell) -> None:
    """The same with an argument that came from the store and that nobody has written to."""
    builtins.benchmark_value = value  # type: ignore[attr-defined]
    cache.call(functions.prepared, 0)
    hide_value()
    restored = cache.call(functions.prepared, 0)
    cache.call(functions.consume, restored)
    taken = [timed(lambda: cache.call(functions.consume, restored)) for _ in range(_HITS)]
    tell(Sample(OURS, "W3 untouched", job.repetition, statistics.median(taken)))


def _limits_of_input(job: Job, value: Any, tell: Tell) -> None:
    if job.workload == "W6 in":
        measure, rounds = "W6 walk", [limits.marshal_hash(value) for _ in range(_HITS)]
    else:
        pieces = data.buffers(value)
        measure = f"{job.workload.partition(' ')[0]} blake3"
        rounds = [timed(lambda: limits.hash_all(pieces)) for _ in range(_HITS)]
    tell(Sample(LIMIT, measure, job.repetition, statistics.median(rounds)))


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:200]
