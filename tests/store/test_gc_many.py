"""Collections of very many commits: by other ways than those of a few, with the same result."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from cashet_jupyter.models import Blob, Value
from cashet_jupyter.store import compaction, fold, gc, records, worth
from cashet_jupyter.store.store import Store, open_store
from cashet_jupyter.store.trust import Signer
from cashet_jupyter.store.worth import Rank
from tests.contracts.store_contract import make_commit

KEY = b"k" * 32
TABLES = ("commits", "names", "tags", "refs", "uses", "totals", "blobs")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "store", key=KEY)
    yield store
    store.close()


def _fill(store: Store, number: int, chance: random.Random) -> list[bytes]:
    """Commits that share blobs, some of them tagged, pinned, used, or expired; their ids."""
    signer, now, ids = Signer(KEY), time.time(), list[bytes]()
    with store.index.writing() as db:
        for n in range(number):
            blobs = [Blob(f"{chance.randrange(number):064x}", 10_000) for _ in range(3)]
            expires = now + chance.choice([-5.0, 5000.0]) if n % 4 == 0 else None
            commit = make_commit(
                f"{n:064x}",
                created=now - chance.randrange(-5, 100),
                outputs=(Value(f"x{n % 3}", ""),),
                seconds=chance.random(),
                expires=expires,
            )
            record = records.encode(commit, blobs)
            tags = {"t": str(n)} if n % 7 == 0 else {}
            op = {"op": "put", "record": record, "seal": signer.seal(record), "inline": [], "tags": tags}
            fold.apply(db, {**op, "pinned": n % 11 == 0})
            ids.append(records.identify(record))
            if n % 5 == 0:
                fold.apply(db, {"op": "use", "hits": [[ids[-1], 1, 1.0, now - n % 50]], "timings": {}})
    return ids


def _content(store: Store) -> dict[str, list[Any]]:
    return {table: sorted(store.index.rows(f"SELECT * FROM {table}"), key=repr) for table in TABLES}


def _without_times(content: dict[str, list[Any]]) -> dict[str, list[Any]]:
    blobs = [(digest, size, state) for _, digest, size, state, _, _ in content["blobs"]]
    return {**content, "blobs": sorted(blobs)}


def test_many_commits_at_once_leave_what_one_after_the_other_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    left: list[dict[str, list[Any]]] = []
    for most in (10, 10_000):
        monkeypatch.setattr(fold, "_MANY", most)
        one = open_store(tmp_path / str(most), key=KEY)
        chance = random.Random(3)
        ids = _fill(one, 300, chance)
        for _ in range(3):
            with one.index.writing() as db:
                fold.apply(db, {"op": "evict", "ids": [*chance.sample(ids, 60), b"nobody" * 5]})
        left.append(_without_times(_content(one)))
        one.close()
    assert left[0] == left[1]
    assert len(left[0]["commits"]) < 200


def test_triggers_are_at_work_again_whatever_happened(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = _fill(store, 100, random.Random(1))

    def evict(chosen: list[bytes]) -> None:
        with store.index.writing() as db:
            fold.apply(db, {"op": "evict", "ids": chosen})

    with monkeypatch.context() as patch:
        patch.setattr(fold, "_EVICT", (*fold._EVICT, "SELECT no_such_function()"))
        with pytest.raises(apsw.SQLError):
            evict(ids[:50])
    assert store.stats().commits == 100
    evict(ids[:50])
    evict(ids[50:60])
    assert store.stats().commits == 40
    lost = "SELECT count(*) FROM refs WHERE n NOT IN (SELECT n FROM commits)"
    assert store.index.rows(lost) == [(0,)]


@pytest.mark.parametrize("older_than", [None, 0.0, 30.0, 1e9])
def test_what_goes_in_any_case_is_found_without_a_look_at_the_others(store: Store, older_than: float | None) -> None:
    _fill(store, 400, random.Random(2))
    now = time.time()
    all_of_them = worth.candidates(store.index, older_than=older_than, now=now)
    found = worth.due(store.index, older_than=older_than, now=now)
    assert {(one.n, one.why) for one in found} == {(one.n, one.why) for one in all_of_them if one.rank is Rank.DUE}
    assert [one.worth for one in found] == sorted(one.worth for one in found)
    sizes = {one.n: one.size for one in all_of_them}
    assert all(one.size == sizes[one.n] for one in found)
    assert found


def test_what_is_counted_as_freed_is_what_goes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worth, "_AT_ONCE", 7)
    monkeypatch.setattr(gc, "_SWEEP_AT_ONCE", 9)
    monkeypatch.setattr(gc, "_EVICT_AT_ONCE", 50)
    _fill(store, 200, random.Random(4))
    before = store.stats()
    planned = store.gc(max_size=1_000_000, dry_run=True)
    assert store.stats() == before
    done = store.gc(max_size=1_000_000)
    assert (planned.freed, planned.blobs, planned.left) == (done.freed, done.blobs, done.left)
    assert planned.evicted == done.evicted
    assert before.physical - store.stats().physical == done.freed > 0


def test_a_mark_on_a_blob_in_use_is_taken_off_and_does_not_end_the_sweep(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gc, "_SWEEP_AT_ONCE", 2)
    _fill(store, 30, random.Random(5))
    with store.index.writing() as db:
        db.execute("UPDATE blobs SET state = 1 WHERE digest IN (SELECT digest FROM refs)")
        for number in range(5):
            db.execute(
                "INSERT INTO blobs(digest, size, state, touched) VALUES(?, 1, 1, 0)", (bytes([200 + number]) * 32,)
            )
    used = store.index.rows("SELECT count(DISTINCT digest) FROM refs")[0][0]
    assert store.gc(max_size=1 << 60).blobs >= 5
    assert store.index.rows("SELECT count(*) FROM blobs WHERE state = 1") == [(0,)]
    assert store.index.rows("SELECT count(DISTINCT digest) FROM refs JOIN blobs USING(digest)")[0][0] <= used


def test_a_chosen_commit_that_cannot_be_read_is_known_by_its_id(store: Store) -> None:
    ids = _fill(store, 3, random.Random(6))
    with store.index.writing() as db:
        db.execute("UPDATE commits SET record = x'00' WHERE id = ?", (ids[1],))
    chosen = store.clear(pinned=True, dry_run=True).evicted
    assert len(chosen) == 3
    assert {one.commit.id for one in chosen} == {id.hex() for id in ids}
    assert chosen[:2] == tuple(chosen)[:2]
    assert chosen[-1] == tuple(chosen)[-1]
    assert {one.commit.key for one in chosen} >= {""}


def test_logs_of_a_store_that_only_grew_are_left_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "_SLACK", 1000)
    for number in range(60):
        commit = make_commit(f"{number:064x}", created=float(number))
        with store.index.writing() as db:
            record = records.encode(commit, [Blob(f"{number:064x}", 10_000)] * 2)
            op = {"op": "put", "record": record, "seal": Signer(KEY).seal(record), "inline": [], "tags": {}}
            store.index.record(db, {**op, "pinned": False})
    assert not compaction.due(store.index)
    store.gc(older_than=0)
    assert store.stats().commits == 0
    assert not [name for name in (store.path / "log").iterdir() if name.stat().st_size > 2000]
