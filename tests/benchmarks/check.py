"""`make bench-check`: a quick run, whose ratios are compared with the committed ones."""

from __future__ import annotations

from dataclasses import replace

from tests.benchmarks import gate
from tests.benchmarks.bench_suite import measured, say
from tests.benchmarks.campaign import Plan
from tests.benchmarks.gate import Gate
from tests.benchmarks.targets import ROWS, workload_of

#: how a quick run is made, if nothing was committed yet: a few minutes on two cores
FIRST = Gate(scale=0.05, repetitions=3, slack=1.6, exact=1.05, least=0.02, ratios={})
#: what is too slow, or means nothing at a twentieth of its size
_LEFT_OUT = ("notebook", "edits", "why", "start")
#: the one to be compared with where a target names no peer: nothing sound is much faster, and nothing varies less
_BY_HAND = "pickle-5"


def _peers() -> dict[str, frozenset[str]]:
    """Workload -> the peers that its targets name."""
    named = {workload: {_BY_HAND} for workload in Plan().workloads}
    for row in ROWS:
        named[row.workload] |= {criterion.against for criterion in row.criteria if criterion.bound is not None}
    return {workload: frozenset(names) for workload, names in named.items()}


def check(workloads: tuple[str, ...], *, accept: bool) -> int:
    """Run, and compare or commit; the exit code."""
    committed = gate.read() if gate.COMMITTED.exists() else FIRST
    chosen = tuple(name for name in workloads if name not in _LEFT_OUT)
    plan = Plan(committed.scale, committed.repetitions, chosen, _peers())
    _, lines, _ = measured(plan)
    if accept:
        ratios = {**committed.ratios, **gate.ratios_of(lines)}
        gate.write(replace(committed, ratios=ratios))
        say(f"{gate.COMMITTED.name}: {len(ratios)} ratios")
        return 0
    names = {line.name for line in lines}
    partly = {name: ratio for name, ratio in committed.ratios.items() if name in names}
    judged = committed if workloads == Plan().workloads else replace(committed, ratios=partly)
    worse = _again(plan, judged, gate.regressions(judged, lines))
    for text in worse.values():
        print(f"worse: {text}")
    print(f"{len(judged.ratios) - len(worse)} of {len(judged.ratios)} ratios are no worse than they were")
    return 1 if worse else 0


def _again(plan: Plan, judged: Gate, worse: dict[str, str]) -> dict[str, str]:
    """What is worse a second time, too: a neighbour that was busy for a moment is no regression."""
    doubtful = {workload_of(name) for name in worse}
    workloads = tuple(name for name in plan.workloads if name in doubtful)
    if not workloads:
        return worse
    say("once more, to be sure")
    _, lines, _ = measured(replace(plan, workloads=workloads))
    return gate.regressions(replace(judged, ratios={name: judged.ratios[name] for name in worse}), lines)
