"""A whole run: which processes are started for which workload, one after the other."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tests.benchmarks import cells
from tests.benchmarks.environment import ROOT, Environment
from tests.benchmarks.figures import LIMIT, OURS, PLAIN, SUBMIT, UNKNOWN, Fault, Figures, Sample, read_line
from tests.benchmarks.workloads import INPUTS, OUTPUTS, Job

#: of this process alone: somebody else may measure too
WORK = ROOT / "build" / "bench" / f"work-{os.getpid()}"
_TIMEOUT = 900.0
_GIB = 1 << 30
_GENERAL = ("joblib", "diskcache", "cashet", "marimo", "pickle-5")

#: engines of each workload besides ours
PEERS_OF = {
    "W1": (*_GENERAL, SUBMIT, LIMIT),
    "W2": (*_GENERAL, "joblib mmap", "np.save"),
    "W3": (*_GENERAL, LIMIT),
    "W4 out": (*_GENERAL, "joblib mmap", "feather"),
    "W4 in": (*_GENERAL, LIMIT),
    "W5": ("joblib", "diskcache", "pickle-5", "feather", "marimo", LIMIT),
    "W6 out": _GENERAL,
    "W6 in": (*_GENERAL, LIMIT),
    "W7": _GENERAL,
    "W8": (*_GENERAL, "joblib mmap", UNKNOWN, LIMIT, PLAIN),
    "W9": ("diskcache", "cashet", LIMIT),
    "edits": ("joblib", "diskcache", "pickle-5", "feather"),
}
#: (GiB on the disk, GiB of memory) at most, at full scale
_ROOM = {
    "W2": (9, 6),
    "W3": (2, 4),
    "W4 out": (4, 4),
    "W4 in": (2, 4),
    "W5": (4.5, 6),
    "W6 out": (1, 3),
    "W6 in": (1, 3),
    "W8": (6, 5),
    "prompt": (2, 4),
    "start": (2, 4),
    "notebook": (9.5, 14),
}
#: workloads that are no calls but cells of a notebook
IN_KERNELS = {
    "cell": cells.trivial,
    "why": cells.why,
    "prompt": cells.prompt,
    "start": cells.start_up,
    "notebook": cells.notebook,
}
_LEAST_LEFT = 4 * _GIB

#: seconds that one repetition takes at full scale, of those that take more than half a minute
_SLOW = {
    ("cashet", "W2"): 50,
    ("cashet", "W4 out"): 30,
    ("cashet", "W8"): 180,
    ("diskcache", "W8"): 75,
    ("joblib", "W6 in"): 30,
    ("diskcache", "W6 in"): 40,
    ("cashet", "W6 in"): 25,
    ("diskcache", "W3"): 30,
}
_TOO_SLOW = 60
#: peers that no target names, but for some workloads: they are there for "best sound peer", and run less often
_SELDOM = ("marimo", "cashet", "diskcache", "joblib mmap")
_OFTEN = frozenset({("cashet", "W1"), ("diskcache", "W1"), ("joblib mmap", "W2")})
_SELDOM_TOO = frozenset({("joblib", "W6 out"), ("joblib", "W6 in"), ("joblib", "W7")})
_SELDOM_REPETITIONS = 2
#: repetitions at most: bytes are no matter of chance, and filling a store takes a minute
_MOST = {"sizes": 1, "edits": 1, "history": 2, "chain": 3}


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    scale: float = 1.0
    repetitions: int = 5
    workloads: tuple[str, ...] = (*PEERS_OF, *IN_KERNELS)
    engines: Mapping[str, frozenset[str]] | None = None
    """Workload -> only these peers; None for all of them everywhere."""

    def peers(self, workload: str, environment: Environment) -> list[str]:
        """The engines that take part, ours first."""
        chosen = [OURS]
        for name in PEERS_OF[workload]:
            wanted = self.engines is None or name in self.engines[workload] or name in (LIMIT, PLAIN, UNKNOWN)
            if wanted and not any(name.startswith(missing) for missing in environment.left_out):
                chosen.append(name)
        return chosen

    def most(self, engine: str, workload: str) -> int:
        """How many repetitions of it there are."""
        if self.cost(engine, workload) > _TOO_SLOW / 4:
            return 1
        here = (engine, workload)
        seldom = here in _SELDOM_TOO or (engine in _SELDOM and here not in _OFTEN)
        return min(self.repetitions, _SELDOM_REPETITIONS) if seldom else self.repetitions

    def cost(self, engine: str, workload: str) -> float:
        """Seconds of one repetition, for those that are slow."""
        return _SLOW.get((engine, workload), 0) * self.scale


def run(plan: Plan, environment: Environment, say: Callable[[str], None]) -> Figures:
    """Measure; what goes wrong stands in the figures."""
    figures = Figures()
    figures.add(Fault(peer, "all", "left out", f"not installed: {why}") for peer, why in environment.left_out.items())
    _remove_leavings()
    for workload in plan.workloads:
        started = time.monotonic()
        _clean()
        try:
            if room := _room(workload, plan.scale):
                figures.add([Fault(OURS, workload, "left out", room)])
            elif workload in IN_KERNELS:
                _in_kernels(workload, plan, figures)
            else:
                _in_processes(workload, plan, environment, figures)
        finally:
            _clean()
        say(f"{workload}: {time.monotonic() - started:.0f} s")
    WORK.rmdir()
    return figures


def _in_kernels(workload: str, plan: Plan, figures: Figures) -> None:
    try:
        figures.add(IN_KERNELS[workload](plan.scale, plan.repetitions, WORK))
    except (AssertionError, TimeoutError, OSError) as error:  # a cell that fails; the other workloads go on
        figures.add([Fault(OURS, workload, "failed", f"{type(error).__name__}: {error}"[:200])])


def _in_processes(workload: str, plan: Plan, environment: Environment, figures: Figures) -> None:
    for job in _jobs(plan, workload, environment, figures):
        figures.add(_told(job, environment))
        if job.kind not in ("misses", "hits") and not (job.kind == "chain" and job.phase == "cold"):
            shutil.rmtree(job.place(job.engines[0]), ignore_errors=True)


def _clean() -> None:
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)


def _remove_leavings() -> None:
    """Gigabytes of runs that were killed."""
    for folder in WORK.parent.glob("work-*"):
        try:
            os.kill(int(folder.name.removeprefix("work-")), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, OSError):
            continue


def _room(workload: str, scale: float) -> str:
    """Why there is too little room for a workload; empty if there is enough."""
    disk, memory = _ROOM.get(workload, (0.5, 1))
    free = shutil.disk_usage(WORK).free
    if free - disk * scale * _GIB < _LEAST_LEFT:
        return f"needs {disk * scale:.1f} GiB on the disk, {free / _GIB:.1f} are free"
    if available_memory() < memory * scale * _GIB:
        return f"needs {memory * scale:.1f} GiB of memory"
    return ""


def available_memory() -> float:
    """Bytes that a process may take; without end where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return float("inf")
    return next((float(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")), float("inf"))


def _jobs(plan: Plan, workload: str, environment: Environment, figures: Figures) -> Iterator[Job]:
    """The processes of a workload, in order; those that turn out to fail are not started again."""
    peers = [peer for peer in plan.peers(workload, environment) if not _too_slow(plan, peer, workload, figures)]
    most = {peer: plan.most(peer, workload) for peer in peers}
    job = Job("", workload, tuple(peers), str(WORK), plan.scale, repetitions=plan.repetitions, most=most)
    if workload in OUTPUTS:
        yield replace(job, kind="misses")
    kind = _kind(workload)
    repetitions = min(plan.repetitions, _MOST.get(kind, plan.repetitions))
    for repetition in range(repetitions):
        for engine in random.Random(f"{workload} {repetition}").sample(peers, len(peers)):
            if repetition >= most[engine] or _failed(engine, workload, figures):
                continue
            one = replace(job, kind=kind, engines=(engine,), repetition=repetition)
            if kind != "chain" or engine in (LIMIT, PLAIN):
                yield one
            else:
                yield replace(one, phase="cold")
                yield replace(one, phase="fresh")


def _kind(workload: str) -> str:
    if workload in OUTPUTS:
        return "hits"
    if workload in INPUTS:
        return "inputs"
    return {"W1": "small", "W5": "sizes", "edits": "edits", "W8": "chain", "W9": "history"}[workload]


def _too_slow(plan: Plan, engine: str, workload: str, figures: Figures) -> bool:
    cost = plan.cost(engine, workload)
    if cost > _TOO_SLOW:
        figures.add([Fault(engine, workload, "left out", f"about {cost:.0f} s a run; a smaller --scale runs it")])
    return cost > _TOO_SLOW


def _failed(engine: str, workload: str, figures: Figures) -> bool:
    return any(f.engine == engine and f.workload == workload and f.kind == "failed" for f in figures.faults)


def _told(job: Job, environment: Environment) -> list[Sample | Fault]:
    """Run a job in a process of its own."""
    command = [environment.python, "-m", "tests.benchmarks.worker", json.dumps(asdict(job))]
    env = {name: value for name, value in os.environ.items() if not name.startswith("CASHET_")}
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return [Fault(engine, job.workload, "failed", f"more than {_TIMEOUT:.0f} s") for engine in job.engines]
    found = [item for item in map(read_line, done.stdout.splitlines()) if item is not None]
    if done.returncode or not found:
        why = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:200]
        found += [Fault(engine, job.workload, "failed", why) for engine in job.engines]
    return found
