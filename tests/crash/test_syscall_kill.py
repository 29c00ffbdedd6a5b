"""A process that is killed at any system call leaves a store that has lost nothing it acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.crash.campaign import Arena, Tally
from tests.crash.ptracer import WRITES, Fault
from tests.crash.workloads import WORKLOADS, survive

#: prime, so that each kind of call and each way to be killed is met
STRIDE = 67


def kills(at: int, name: str) -> Iterator[Fault]:
    """Before the call, after it, and in its middle."""
    yield Fault(at, "before")
    yield Fault(at, "after")
    if name in WRITES:
        yield Fault(at, "torn")


def test_a_kill_at_a_system_call_loses_nothing(arena: Arena, figures: Callable[[object], None]) -> None:
    tally = arena.sweep(WORKLOADS.values(), kills, Tally("kill"), stride=STRIDE)
    figures(tally)
    assert not tally.violations
    assert tally.ends["killed"] > 100


def test_a_process_that_lives_on_keeps_what_it_finds(arena: Arena, figures: Callable[[object], None]) -> None:
    """What a killed process had begun, and never committed, must not be done on top of what others did since."""
    works = [WORKLOADS[name] for name in ("collect", "change", "read damage")]
    tally = arena.sweep(works, kills, Tally("kill beside another"), stride=31, survivor=survive)
    figures(tally)
    assert not tally.violations


@pytest.mark.soak
@pytest.mark.parametrize("name", WORKLOADS)
def test_a_kill_at_every_system_call_loses_nothing(arena: Arena, figures: Callable[[object], None], name: str) -> None:
    tally = arena.sweep([WORKLOADS[name]], kills, Tally(f"kill at every call of {name!r}"))
    figures(tally)
    assert not tally.violations
    assert tally.ends["killed"] >= 100


@pytest.mark.soak
@pytest.mark.parametrize("name", [name for name in WORKLOADS if name != "create"])
def test_a_kill_at_every_system_call_beside_a_process_that_lives_on(
    arena: Arena, figures: Callable[[object], None], name: str
) -> None:
    tally = arena.sweep([WORKLOADS[name]], kills, Tally(f"kill at {name!r} beside another"), stride=3, survivor=survive)
    figures(tally)
    assert not tally.violations
