"""A record in the log whose transaction never was: its process died, or the disk failed, between the two.

Nothing says that it did not happen, so it may be made good later; but not on top of what others have done since.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from cashet_jupyter.models import Commit
from cashet_jupyter.store import compaction
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import make_commit, make_payload, same

PAYLOAD = make_payload(1, 20_000)


class Died(Exception):
    """Stands for the end of a process."""


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """Two processes on one store: what is done through one is seen through the other."""
    dying, living = open_store(tmp_path / "store"), open_store(tmp_path / "store")
    yield dying, living
    dying.close()
    living.close()


def die_with(store: Store, commit: Commit, op: dict[str, Any]) -> None:
    """Append a record and never commit it."""
    with contextlib.suppress(Died), store.index.writing() as db:
        store.index.record(db, {**op, "id": bytes.fromhex(commit.id)})
        raise Died


def orphans(commit: Commit) -> list[dict[str, Any]]:
    lost = {"op": "lost", "blob": bytes.fromhex(commit.buffers[0].digest)}
    return [{"op": "rm"}, {"op": "evict", "ids": [bytes.fromhex(commit.id)]}, lost]


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("more", [False, True])
@pytest.mark.parametrize("index", ["as it is", "made anew"])
def test_what_was_never_committed_takes_nothing_that_was_kept_since(
    stores: tuple[Store, Store], number: int, more: bool, index: str
) -> None:
    dying, living = stores
    commit = dying.put(make_commit(), PAYLOAD, durable=True)
    die_with(dying, commit, orphans(commit)[number])
    living.pin(commit)
    if more:
        living.put(make_commit("another"), PAYLOAD, durable=True)
    _look_again(living, index)
    with contextlib.closing(open_store(living.path)) as later:
        assert [found.pinned for found in later.find(commit.key)] == [True]
        assert same(later.get(commit), PAYLOAD)
        later.gc(max_size=0)
        assert same(later.get(commit), PAYLOAD)


def _look_again(store: Store, index: str) -> None:
    if index == "made anew":
        for name in ("index.db", "index.db-wal", "index.db-shm"):
            (store.path / name).unlink(missing_ok=True)


@pytest.mark.parametrize("index", ["as it is", "made anew"])
def test_a_failure_is_forgotten_once_its_session_has_gone_on(stores: tuple[Store, Store], index: str) -> None:
    store, _ = stores
    commit = store.put(make_commit(), PAYLOAD, durable=True)
    die_with(store, commit, {"op": "rm"})
    store.pin(commit)
    _look_again(store, index)
    with contextlib.closing(open_store(store.path)) as later:
        assert [found.pinned for found in later.find(commit.key)] == [True]


@pytest.mark.parametrize("number", range(3))
def test_a_compaction_leaves_out_what_was_never_committed(stores: tuple[Store, Store], number: int) -> None:
    dying, living = stores
    commit = dying.put(make_commit(), PAYLOAD, durable=True)
    die_with(dying, commit, orphans(commit)[number])
    living.pin(commit)
    with mock.patch.object(compaction, "due", return_value=True):
        living.gc(max_size=1 << 40)
    living.close()
    _look_again(living, "made anew")
    with contextlib.closing(open_store(living.path)) as later:
        assert [found.pinned for found in later.find(commit.key)] == [True]
        assert same(later.get(commit), PAYLOAD)


def test_a_run_that_was_never_committed_is_whole_or_not_there(stores: tuple[Store, Store]) -> None:
    dying, living = stores
    commit = dying.put(make_commit(), PAYLOAD, durable=True)
    with contextlib.suppress(Died), dying.index.writing() as db:
        (row,) = db.execute("SELECT record, seal FROM commits").fetchall()
        op = {"op": "put", "record": row[0], "seal": row[1], "inline": [], "tags": {}, "pinned": False}
        dying.index.record(db, op)
        raise Died
    living.rm(commit)
    with contextlib.closing(open_store(living.path)) as later:
        later.gc(max_size=0)
        assert later.find(commit.key) == []
