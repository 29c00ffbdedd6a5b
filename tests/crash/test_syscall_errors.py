"""A system call that fails loses nothing that was acknowledged, and comes out as an error of the store or not at all."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator

import pytest

from tests.crash.campaign import Arena, Tally
from tests.crash.ptracer import WRITES, Fault
from tests.crash.workloads import WORKLOADS

STRIDE = 211
CODES = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.EACCES, errno.EROFS)
#: what a state of the disk fails from now on
STATES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def errors(at: int, name: str) -> Iterator[Fault]:
    """Every code once, some for good, and a write of half."""
    for code in CODES:
        yield Fault(at, "errno", code)
    for code in STATES:
        yield Fault(at, "sticky", code)
    if name in WRITES:
        yield Fault(at, "short")


def reading_errors(at: int, name: str) -> Iterator[Fault]:
    """What a dying disk and a crowded process answer to whoever reads.

    Memory that cannot be had is left out: Python itself waits for ever for a thread that had none to begin with.
    """
    if name in ("read", "pread64", "readv", "getdents64"):
        yield Fault(at, "errno", errno.EIO)
    elif name in ("openat", "open"):
        for code in (errno.EIO, errno.EMFILE, errno.EACCES):
            yield Fault(at, "errno", code)


def test_a_system_call_that_fails_loses_nothing(arena: Arena, figures: Callable[[object], None]) -> None:
    tally = arena.sweep(WORKLOADS.values(), errors, Tally("errors"), stride=STRIDE)
    figures(tally)
    assert not tally.violations
    assert tally.failed > 20


@pytest.mark.soak
@pytest.mark.parametrize("name", WORKLOADS)
def test_every_error_of_every_system_call_loses_nothing(
    arena: Arena, figures: Callable[[object], None], name: str
) -> None:
    tally = arena.sweep([WORKLOADS[name]], errors, Tally(f"every error in {name!r}"))
    figures(tally)
    assert not tally.violations
    assert tally.trials >= 500


@pytest.mark.soak
@pytest.mark.parametrize("name", WORKLOADS)
def test_every_error_of_a_call_that_reads_loses_nothing(
    arena: Arena, figures: Callable[[object], None], name: str
) -> None:
    tally = arena.sweep([WORKLOADS[name]], reading_errors, Tally(f"reading errors in {name!r}"), reading=True)
    figures(tally)
    assert not tally.violations
    assert tally.trials >= 50
