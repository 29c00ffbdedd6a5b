"""A process that is killed at any system call leaves a store that has lost nothing it acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.crash.campaign import Arena, Tally
from tests.crash.ptracer import WRITES, Fault
from tests.crash.workloads import WORKLOADS

#: prime, so that each kind of call and each way to be killed is met
STRIDE = 53


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


@pytest.mark.soak
def test_a_kill_at_every_system_call_loses_nothing(arena: Arena, figures: Callable[[object], None]) -> None:
    tally = arena.sweep(WORKLOADS.values(), kills, Tally("kill at every call"))
    figures(tally)
    assert not tally.violations
    assert tally.ends["killed"] >= 1000
