"""`make bench-check`: a quick run, whose ratios are compared with the committed ones."""

from __future__ import annotations

from dataclasses import replace

from tests.benchmarks import gate
from tests.benchmarks.bench_suite import measured, say
from tests.benchmarks.campaign import Plan
from tests.benchmarks.gate import Gate

#: how a quick run is made, if nothing was committed yet: two minutes on two cores
FIRST = Gate(scale=0.05, repetitions=3, slack=1.6, exact=1.05, least=0.02, ratios={})
#: what is too slow, or means nothing at a twentieth of its size
_LEFT_OUT = ("notebook", "edits", "why", "start")
#: peers that a target names, or that are the best for a row that names none
_PEERS = ("joblib", "joblib mmap", "pickle-5", "np.save", "feather", "diskcache", "cashet")


def check(workloads: tuple[str, ...], *, accept: bool) -> int:
    """Run, and compare or commit; the exit code."""
    committed = gate.read() if gate.COMMITTED.exists() else FIRST
    chosen = tuple(name for name in workloads if name not in _LEFT_OUT)
    _, lines, _ = measured(Plan(committed.scale, committed.repetitions, chosen, _PEERS))
    if accept:
        ratios = {**committed.ratios, **gate.ratios_of(lines)}
        gate.write(replace(committed, ratios=ratios))
        say(f"{gate.COMMITTED.name}: {len(ratios)} ratios")
        return 0
    names = {line.name for line in lines}
    partly = {name: ratio for name, ratio in committed.ratios.items() if name in names}
    judged = committed if workloads == Plan().workloads else replace(committed, ratios=partly)
    worse = gate.regressions(judged, lines)
    for text in worse:
        print(f"worse: {text}")
    print(f"{len(judged.ratios) - len(worse)} of {len(judged.ratios)} ratios are no worse than they were")
    return 1 if worse else 0
