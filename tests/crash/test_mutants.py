"""Faults that are put into the store are found: each by one method at least."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.crash.campaign import Arena
from tests.crash.hunts import hunt
from tests.crash.mutants import MUTANTS, Mutant

#: every method, and the works in which all of them are looked for in a long campaign
EVERYWHERE = (
    *(("kill", where) for where in ("put", "read damage", "index from the log", "collect")),
    *(("errors", where) for where in ("put", "collect")),
    *(("power", where) for where in ("put", "put over lazy bytes", "put into a new shard", "collect", "compact")),
    *(("schedules", pair) for pair in ("commit gc", "gc commit")),
)


#: races are looked for in each test run beside the schedules themselves (tests/stress), here in long campaigns
_EACH = [
    pytest.param(mutant, id=mutant.name, marks=[pytest.mark.soak] if mutant.hunts[0][0] == "schedules" else [])
    for mutant in MUTANTS
]


@pytest.mark.parametrize("mutant", _EACH)
def test_a_fault_that_is_put_in_is_found(arena: Arena, figures: Callable[[object], None], mutant: Mutant) -> None:
    for method, where in mutant.hunts:
        found, trials = hunt(arena, mutant, method, where)
        if found:
            figures(f"{mutant.name}: {method} in {where!r}{f' after {trials} trials' if trials else ''}: {found[:60]}")
            return
    pytest.fail(f"nobody notices that {mutant.name}")


@pytest.mark.soak
def test_which_method_finds_which_fault(arena: Arena, figures: Callable[[object], None]) -> None:
    methods = list(dict.fromkeys(method for method, _ in EVERYWHERE))
    rows = [f"{'':55}{''.join(f'{method:>10}' for method in methods)}"]
    survivors: list[str] = []
    for mutant in MUTANTS:
        killed = {
            method: any(hunt(arena, mutant, method, where)[0] for name, where in EVERYWHERE if name == method)
            for method in methods
        }
        words = ["found" if killed[method] else "-" for method in methods]
        rows.append(f"{mutant.name:55}{''.join(f'{word:>10}' for word in words)}")
        survivors += [mutant.name] if not any(killed.values()) else []
    figures("\n".join([*rows, f"{len(MUTANTS) - len(survivors)} of {len(MUTANTS)} found"]))
    assert survivors == []
