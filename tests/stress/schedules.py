"""All schedules of two actors with at most so many preemptions, found by running them.

A plan is the numbers of the steps at which the turn goes to the other one. The run of a plan shows at which later
steps another preemption is possible; so each schedule is run once, and none is left out. (Few preemptions find
nearly all faults of this kind: Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007.)
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from unittest import mock

from cashet_jupyter.store import strays
from tests.stress.snapshot import memory_folder
from tests.stress.turns import Turns
from tests.stress.world import Outcome, World, judge

#: every so many schedules the index is made anew from the log as well
_EVERY = 7

Plan = tuple[int, ...]


@dataclass
class Explored:
    """What came out of the schedules of one pair."""

    pair: tuple[str, str]
    schedules: int = 0
    steps: int = 0
    """Of the longest one."""
    blocked: int = 0
    """Schedules in which somebody had to wait."""
    reclaimed: int = 0
    """Blobs that the actors' own collections removed, in all schedules together."""
    violations: list[str] = field(default_factory=list)


def explore(pair: tuple[str, str], bound: int, limit: int | None = None) -> list[str]:
    """The violations found in the schedules of a pair, the first actor beginning; it stops at the first."""
    return explored(pair, bound, limit, stop=1).violations


def explored(pair: tuple[str, str], bound: int, limit: int | None = None, *, stop: int = 5) -> Explored:
    """Run the schedules with at most `bound` preemptions; `limit` of them, those of the last bound drawn by lot."""
    result = Explored(pair)
    with memory_folder() as folder, mock.patch.object(strays, "GRACE", 0.0):  # what is right must not depend on it
        world = World(folder)
        for plan in _plans(world, result, bound, limit):
            if len(result.violations) >= stop:
                break
            _run(world, result, plan)
    return result


def _plans(world: World, result: Explored, bound: int, limit: int | None) -> Iterator[Plan]:
    """The plans that `_run` has not run yet; those of fewer preemptions are run here, to see where they lead."""
    level: list[Plan] = [()]
    for depth in range(bound + 1):
        left = None if limit is None else max(0, limit - result.schedules)
        if left is not None and len(level) > left:
            level = sorted(random.Random(depth).sample(level, left))
        following: list[Plan] = []
        for plan in level:
            if depth == bound:
                yield plan
            else:
                chances = _run(world, result, plan)
                following += [(*plan, step) for step in chances if not plan or step > plan[-1]]
        level = following


def _run(world: World, result: Explored, plan: Plan) -> list[int]:
    """Run one schedule and judge it; the steps at which the other one could have been let in."""
    world.restore()
    outcome = Outcome(evicts="evict" in result.pair, twice=result.pair[0] == result.pair[1] or "verify" in result.pair)
    moving = bool({"reindex", "delete", "verify"} & set(result.pair))
    turns = Turns(0, plan, lambda name: world.quiet(name, moving=moving))
    failures = turns.run([world.actor(name, outcome) for name in result.pair])
    bad = [f"{name} raised {type(e).__name__}: {e}" for name, e in _named(result.pair, failures) if e]
    bad += judge(world, outcome, again=result.schedules % _EVERY == 0)
    result.schedules += 1
    result.steps = max(result.steps, len(turns.trace))
    result.blocked += turns.blocked > 0
    result.reclaimed += outcome.reclaimed
    where = [turns.trace[step] for step in plan if step < len(turns.trace)]
    result.violations += [f"{result.pair}, preempted before {where}: {text}" for text in bad]
    return turns.chances


def _named(pair: tuple[str, str], failures: list[BaseException | None]) -> Iterator[tuple[str, BaseException | None]]:
    return itertools.zip_longest(pair, failures, fillvalue="both")  # type: ignore[return-value]
