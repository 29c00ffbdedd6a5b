"""Looks for a mutant with one method until something is found to be wrong."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import nullcontext

from tests.crash.campaign import Arena, Tally
from tests.crash.mutants import Mutant
from tests.crash.ptracer import WRITES, Fault
from tests.crash.workloads import WORKLOADS
from tests.stress.schedules import explore

#: trials of one hunt: enough for each mutant to be found by a method that sees its kind
TRIALS = 150


def hunt(arena: Arena, mutant: Mutant, method: str, where: str, trials: int = TRIALS) -> tuple[str, int]:
    """The first thing found wrong, and after how many trials; empty if nothing was."""
    tally = Tally(mutant.name)
    if method == "schedules":
        with mutant.patch():
            first, second = where.split()
            found = explore((first, second), 2, limit=2 * trials)
        return (found[0] if found else ""), 0
    for wrong in _METHODS[method](arena, mutant, where, tally):
        if wrong:
            return wrong[0], tally.trials
        if tally.trials >= trials:
            break
    return "", tally.trials


def _kill(arena: Arena, mutant: Mutant, where: str, tally: Tally) -> Iterator[list[str]]:
    return _traced(arena, mutant, where, tally, lambda at, name: Fault(at, "before"), last="")


def _errors(arena: Arena, mutant: Mutant, where: str, tally: Tally) -> Iterator[list[str]]:
    def fault(at: int, name: str) -> Fault:
        short = name in WRITES and at % 2 == 0
        return Fault(at, "short") if short or name == "write" else Fault(at, "errno", errno.EIO)

    return _traced(arena, mutant, where, tally, fault, last="pwrite64")  # SQLite knows short writes


def _traced(
    arena: Arena, mutant: Mutant, where: str, tally: Tally, fault: Callable[[int, str], Fault], last: str
) -> Iterator[list[str]]:
    workload = WORKLOADS[where]
    calls = arena.points(workload, patch=mutant.patch)
    number = len(calls)  # from all parts of the work in turn
    order = sorted(range(1, number + 1), key=lambda at: (calls[at - 1] == last, at * 61 % number))
    checking = mutant.patch if mutant.reads else nullcontext
    for at in order:
        yield arena.trial(workload, fault(at, calls[at - 1]), tally, patch=mutant.patch, checking=checking)


def _power(arena: Arena, mutant: Mutant, where: str, tally: Tally) -> Iterator[list[str]]:
    checking = mutant.patch if mutant.reads else nullcontext
    return arena.cut_power(
        WORKLOADS[where], tally, step=17, extra=3, shuffled=True, patch=mutant.patch, checking=checking
    )


_METHODS: dict[str, Callable[[Arena, Mutant, str, Tally], Iterator[list[str]]]] = {
    "kill": _kill,
    "errors": _errors,
    "power": _power,
}
