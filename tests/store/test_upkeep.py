"""A store brings itself below its limit while nobody works, and never while somebody does."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cashet_jupyter.store import upkeep
from cashet_jupyter.store.store import Store, open_store
from cashet_jupyter.store.upkeep import Upkeep
from tests.contracts.store_contract import make_commit, make_payload

BIG = 100_000


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_QUIET", 0.05)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "store", max_size=5 * BIG)
    yield store
    store.close()


def fill(store: Store) -> None:
    for n in range(10):
        store.put(make_commit(f"key {n}"), make_payload(n, BIG), durable=False)


def until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not true():
        time.sleep(0.02)
    return true()


def test_it_is_brought_below_its_limit_when_nobody_works(store: Store) -> None:
    keeper = Upkeep(store, lambda: False)
    keeper.look()
    assert keeper._thread is None  # nothing to do
    fill(store)
    assert store.over() > 0
    keeper.look()
    assert until(lambda: store.over() == 0)
    assert store.stats().commits == 4  # a tenth below the limit
    keeper.finish()


def test_it_waits_while_a_cell_runs(store: Store) -> None:
    working = [True]
    keeper = Upkeep(store, lambda: working[0])
    fill(store)
    keeper.look()
    time.sleep(0.3)
    assert store.stats().commits == 10
    working[0] = False
    assert until(lambda: store.over() == 0)
    keeper.finish()


def test_at_the_end_it_is_done_at_once(store: Store) -> None:
    keeper = Upkeep(store, lambda: True)
    fill(store)
    keeper.look()
    keeper.finish()
    assert store.over() == 0
    keeper.finish()


def test_the_end_does_not_wait_for_long(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_AT_EXIT", 0.0)
    fill(store)
    keeper = Upkeep(store, lambda: False)
    keeper.finish()
    assert store.stats().commits == 10


def test_the_end_does_not_weigh_very_many(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_MANY", 9)
    fill(store)
    Upkeep(store, lambda: False).finish()
    assert store.stats().commits == 10


def test_the_child_of_a_fork_leaves_it_to_its_parent(store: Store) -> None:
    keeper = Upkeep(store, lambda: False)
    fill(store)
    child = os.fork()
    if child == 0:
        keeper.finish()
        os._exit(0)
    os.waitpid(child, 0)
    assert store.stats().commits == 10
    keeper.finish()


def test_what_is_pinned_does_not_keep_it_busy(store: Store) -> None:
    for n in range(10):
        store.put(make_commit(f"key {n}"), make_payload(n, BIG), durable=False, pinned=True)
    keeper = Upkeep(store, lambda: False)
    keeper.look()
    assert keeper._thread is not None
    keeper._thread.join(20)
    assert not keeper._thread.is_alive()
    assert store.stats().commits == 10
    finished = keeper._thread
    keeper.look()
    assert keeper._thread is finished  # nothing has come since: not again after every cell
    store.put(make_commit("key 11"), make_payload(11, BIG), durable=False)
    keeper.look()
    assert keeper._thread is not finished
    keeper.finish()


def test_asking_after_every_cell_writes_nothing(store: Store) -> None:
    fill(store)
    store.max_size = None
    store.stats()
    commit = store.log(limit=1)[0]
    store.touch(commit, 1.0)
    size = sum(file.stat().st_size for file in (store.path / "log").iterdir())
    Upkeep(store, lambda: False).look()
    store.touch(commit, 1.0)
    assert sum(file.stat().st_size for file in (store.path / "log").iterdir()) == size


def test_on_a_network_file_system_nothing_is_collected_unasked(store: Store) -> None:
    fill(store)
    store.index.wal = False
    keeper = Upkeep(store, lambda: False)
    keeper.look()
    assert keeper._thread is None
    keeper.finish()
    assert store.stats().commits == 10


def test_hits_are_written_down_when_nobody_works(store: Store, tmp_path: Path) -> None:
    commit = store.put(make_commit("key"), make_payload(1, 10), durable=False)
    for _ in range(3):
        store.touch(commit, 1.0)  # the first is written at once, those that follow are noted
    assert store.noted
    keeper = Upkeep(store, lambda: False)
    keeper.look()
    assert until(lambda: not store.noted)
    keeper.finish()
    with closing(open_store(tmp_path / "store", looking=True)) as other:
        assert other.stats().hits == 3
