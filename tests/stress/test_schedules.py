"""Two at a time, in every order with at most two preemptions: nothing is lost, wrong, hollow or left over."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Generator, Iterator
from typing import Any

import apsw
import pytest

from cashet_jupyter.store import gc
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.objects import Objects
from tests.stress.schedules import explore, explored

#: what the processes of a store do
ACTORS = ("commit", "gc", "rm", "quarantine", "import")
PAIRS = list(itertools.product(ACTORS, repeat=2))
#: a collection that removes every run, and an examination of everything
OTHERS = [
    pair
    for other in ("evict", "verify")
    for actor in (*ACTORS, other)
    for pair in dict.fromkeys(((actor, other), (other, actor)))
]
#: beside somebody who exchanges the index, or deletes it
EXCHANGED = [
    (other, way)[:: 1 if first else -1]
    for way in ("reindex", "delete")
    for other in ("commit", "gc", "rm", "quarantine", "evict")
    for first in (True, False)
]


def run(pair: tuple[str, str], bound: int, limit: int | None = None) -> int:
    """Explore a pair; how many schedules that were."""
    result = explored(pair, bound, limit)
    assert result.violations == []
    if {"gc", "evict"} & set(pair):  # a collection that collects nothing proves nothing
        assert result.reclaimed >= result.schedules / 2
    return result.schedules


@pytest.mark.parametrize("pair", [*PAIRS, *OTHERS], ids="-".join)
def test_one_preemption_anywhere_does_no_harm(pair: tuple[str, str]) -> None:
    assert run(pair, 1, limit=14) >= 10


@pytest.mark.parametrize("pair", EXCHANGED, ids="-".join)
def test_one_preemption_does_no_harm_while_the_index_is_exchanged(pair: tuple[str, str]) -> None:
    assert run(pair, 1, limit=12 if pair[0] in ACTORS else 4) >= 4


def test_two_preemptions_do_no_harm_in_a_sample() -> None:
    assert sum(run(pair, 2, limit=120) for pair in (("commit", "gc"), ("gc", "commit"))) == 240


@pytest.mark.soak
def test_no_schedule_with_two_preemptions_does_harm(capsys: pytest.CaptureFixture[str]) -> None:
    total = 0
    for pair in PAIRS:
        total += (schedules := run(pair, 2))
        with capsys.disabled():
            print(f"\n  {pair[0]} and {pair[1]}: {schedules} schedules, {total} so far", end="", flush=True)
    assert total >= 10_000


@pytest.mark.soak
@pytest.mark.parametrize("pair", [*OTHERS, *EXCHANGED], ids="-".join)
def test_no_schedule_with_one_preemption_and_few_with_two_do_harm(pair: tuple[str, str]) -> None:
    assert run(pair, 2, limit=1000) >= 90


# ------------------------------------------------------------------------------------- faults that have to be noticed
_CONDEMNED = "SELECT b, digest, size FROM blobs WHERE state = 1"


def _unlink(collector: gc.Collector, digest: Any) -> None:
    name = bytes(digest).hex()
    with contextlib.suppress(FileNotFoundError):
        os.unlink(collector._layout.objects / name[:2] / name[2:])  # noqa: PTH108 - the explorer watches os


def _no_second_look(self: gc.Collector, stop: Callable[[], bool]) -> tuple[int, int]:
    """What to remove is asked before the lock is taken, and not again."""
    rows = self._index.rows(_CONDEMNED)
    with self._index.writing() as db:
        for b, digest, _ in rows:
            _unlink(self, digest)
            db.execute("DELETE FROM blobs WHERE b = ?", (b,))
    return sum(size for *_, size in rows), len(rows)


def _unlink_after_the_transaction(self: gc.Collector, stop: Callable[[], bool]) -> tuple[int, int]:
    with self._index.writing() as db:
        rows = db.execute(_CONDEMNED).fetchall()
        db.execute("DELETE FROM blobs WHERE state = 1")
    for _, digest, _ in rows:
        _unlink(self, digest)
    return sum(size for *_, size in rows), len(rows)


def _unlink_before_the_transaction(self: gc.Collector, stop: Callable[[], bool]) -> tuple[int, int]:
    rows = self._index.rows(_CONDEMNED)
    for _, digest, _ in rows:
        _unlink(self, digest)
    with self._index.writing() as db:
        db.execute("DELETE FROM blobs WHERE state = 1")
    return sum(size for *_, size in rows), len(rows)


@contextlib.contextmanager
def _no_lock(self: Index, **kwargs: object) -> Generator[apsw.Connection]:
    yield self.connections.get().db


def _strays_without_a_lock(patch: pytest.MonkeyPatch) -> None:
    from cashet_jupyter.store import strays

    real = strays.remove_strays

    def remove_strays(*args: Any) -> int:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(Index, "writing", _no_lock)
            return real(*args)

    patch.setattr(gc, "remove_strays", remove_strays)


def _present_unasked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Objects, "present", lambda self, blob, **how: True)


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "no look at the files under the lock": _present_unasked,
    "no second look before a file goes": lambda patch: patch.setattr(gc.Collector, "_sweep", _no_second_look),
    "files go after the transaction": lambda patch: patch.setattr(
        gc.Collector, "_sweep", _unlink_after_the_transaction
    ),
    "files go before the transaction": lambda patch: patch.setattr(
        gc.Collector, "_sweep", _unlink_before_the_transaction
    ),
    "files without a row go without a lock": _strays_without_a_lock,
}


def _violations() -> Iterator[str]:
    for pair in (("commit", "gc"), ("gc", "commit")):
        yield from explore(pair, 2, limit=400)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_is_put_in_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FAULTS[fault](monkeypatch)
    assert next(_violations(), None)
