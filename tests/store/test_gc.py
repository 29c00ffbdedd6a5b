"""A store stays below its limit by letting go what is worth least, and never what a commit needs."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from pathlib import Path

import pytest

from cashet_jupyter.errors import StoreError
from cashet_jupyter.models import Cell, Commit
from cashet_jupyter.store import strays, worth
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import make_commit, make_payload, same

BIG = 100_000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def put(store: Store, number: int, **fields: object) -> Commit:
    """A result of `BIG` bytes of its own, of a cell of its own unless said otherwise."""
    tags = fields.pop("tags", {})
    pinned = bool(fields.pop("pinned", False))
    fields = {"cell": Cell(f"cell {number}", id=f"cell {number}", notebook="a.ipynb"), **fields}
    commit = make_commit(f"key {number}", **fields)
    return store.put(commit, make_payload(number, BIG), durable=False, tags=tags, pinned=pinned)  # type: ignore[arg-type]


def files(store: Store) -> int:
    return sum(1 for file in (store.path / "objects").glob("*/*"))


def left(store: Store) -> set[str]:
    return {commit.id for commit in store.log(limit=1000)}


def test_a_store_below_its_limit_keeps_everything(store: Store) -> None:
    kept = {put(store, n).id for n in range(3)}
    collected = store.gc()
    assert collected.evicted == ()
    assert collected.freed == 0
    assert left(store) == kept


def test_what_is_above_the_limit_goes_and_the_files_with_it(store: Store) -> None:
    for n in range(10):
        put(store, n)
    collected = store.gc(max_size=5 * BIG)
    assert collected.left <= 5 * BIG
    assert len(collected.evicted) == 6  # each takes a little more than its blob
    assert {item.why for item in collected.evicted} == {"over the limit"}
    assert files(store) == len(left(store)) == store.stats().commits == 4
    assert collected.blobs == 6 * 3
    assert store.stats().physical <= 5 * BIG
    for commit in store.log():
        assert same(store.get(commit), make_payload(int(commit.key.split()[1]), BIG))


def test_a_dry_run_says_the_same_and_does_nothing(store: Store) -> None:
    for n in range(10):
        put(store, n)
    planned = store.gc(max_size=5 * BIG, dry_run=True)
    assert (files(store), store.stats().commits) == (10, 10)
    done = store.gc(max_size=5 * BIG)
    assert {item.commit.id for item in planned.evicted} == {item.commit.id for item in done.evicted}
    assert (planned.freed, planned.blobs, planned.left) == (done.freed, done.blobs, done.left)


def test_what_took_long_stays_longer(store: Store) -> None:
    costly = put(store, 1, seconds=600.0)
    cheap = [put(store, n, seconds=2.0) for n in range(2, 6)]
    evicted = {item.commit.id for item in store.gc(max_size=2 * BIG).evicted}
    assert costly.id not in evicted
    assert evicted <= {commit.id for commit in cheap}


def test_what_was_used_lately_stays_longer(store: Store) -> None:
    long_ago = time.time() - 90 * 86400
    commits = [put(store, n, created=long_ago + n, seconds=10.0) for n in range(6)]
    store.touch(commits[0], 10.0)
    evicted = {item.commit.id for item in store.gc(max_size=2 * BIG).evicted}
    assert commits[0].id not in evicted
    assert evicted


def test_old_versions_of_a_cell_go_before_the_newest_of_another(store: Store) -> None:
    cell = Cell("x = slow()", id="cell", notebook="a.ipynb")
    versions = [put(store, n, cell=cell, seconds=1000.0) for n in range(4)]
    other = put(store, 9, seconds=1.0)
    store.gc(max_size=3 * BIG)
    assert left(store) == {versions[-1].id, other.id}


def test_pinned_and_tagged_ones_go_last(store: Store) -> None:
    tagged = put(store, 1, tags={"paper": "1"}, seconds=1.0)
    pinned = put(store, 2, pinned=True, seconds=1.0)
    for n in range(3, 8):
        put(store, n, seconds=1000.0)
    store.gc(max_size=3 * BIG)
    assert {tagged.id, pinned.id} == left(store) or {tagged.id, pinned.id} < left(store)
    collected = store.gc(max_size=0)
    assert left(store) == {pinned.id}
    assert collected.over > BIG


def test_expired_ones_go_in_any_case_but_not_pinned_ones(store: Store) -> None:
    over = put(store, 1, expires=time.time() - 1)
    pinned = put(store, 2, expires=time.time() - 1, pinned=True)
    later = put(store, 3, expires=time.time() + 1000)
    (evicted,) = store.gc().evicted
    assert (evicted.commit.id, evicted.why) == (over.id, "expired")
    assert left(store) == {pinned.id, later.id}


def test_older_than_counts_from_the_last_use(store: Store) -> None:
    long_ago = time.time() - 40 * 86400
    used, unused = (put(store, n, created=long_ago + n) for n in range(2))
    new = put(store, 3, created=time.time())
    tagged = put(store, 4, created=long_ago, tags={"paper": "1"})
    store.touch(used, 1.0)
    store.gc(older_than=30 * 86400.0)
    assert left(store) == {used.id, new.id, tagged.id}
    assert unused.id not in left(store)


def test_a_blob_that_several_share_goes_with_the_last_of_them(store: Store) -> None:
    one = store.put(make_commit("key 1"), make_payload(7, BIG), durable=False)
    other = store.put(make_commit("key 2"), make_payload(7, BIG), durable=False)
    store.rm(one)
    assert store.gc().blobs == 0
    assert same(store.get(other), make_payload(7, BIG))
    store.rm(other)
    assert store.gc().blobs == 3
    assert files(store) == 0
    assert (store.stats().blobs, store.stats().physical) == (0, 0)


def test_a_removed_result_that_comes_again_is_kept(store: Store) -> None:
    commit = put(store, 1)
    store.rm(commit)
    again = put(store, 1, created=commit.created)
    store.gc()
    assert same(store.get(again), make_payload(1, BIG))


def test_what_the_log_makes_anew_is_what_was_left(store: Store, tmp_path: Path) -> None:
    for n in range(10):
        put(store, n)
    store.gc(max_size=5 * BIG)
    kept = left(store)
    store.close()
    (tmp_path / "store" / "index.db").unlink()
    again = open_store(tmp_path / "store")
    assert left(again) == kept
    assert again.stats().blobs == 3 * len(kept)  # what was removed is not counted again
    assert again.clear(dry_run=True).freed == again.stats().physical
    for commit in again.log():
        assert same(again.get(commit), make_payload(int(commit.key.split()[1]), BIG))


def test_clear_leaves_what_is_pinned_unless_it_is_meant(store: Store) -> None:
    pinned = put(store, 1, pinned=True)
    tagged = put(store, 2, tags={"a": "1"})
    planned = store.clear(dry_run=True)
    assert [item.commit.id for item in planned.evicted] == [tagged.id]
    assert {item.why for item in store.clear().evicted} == {"cleared"}
    assert left(store) == {pinned.id}
    store.clear(pinned=True)
    assert (files(store), store.stats().commits, store.stats().physical) == (0, 0, 0)


def test_files_that_belong_to_nothing_go_after_a_while(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = put(store, 1)
    stray = store.path / "objects" / "ab" / ("0" * 62)
    draft = store.path / "tmp" / "1-left"
    damaged = store.path / "quarantine" / "old"
    for file in (stray, draft):
        file.write_bytes(b"left by a kill")
    damaged.mkdir()
    (damaged / "x").touch()
    assert store.gc().strays == 0
    assert stray.exists()
    monkeypatch.setattr(strays, "GRACE", 0.0)
    monkeypatch.setattr(strays, "KEEP_DAMAGED", 0.0)
    assert store.gc().strays == 2
    assert not stray.exists()
    assert not draft.exists()
    assert not damaged.exists()
    assert same(store.get(kept), make_payload(1, BIG))


def test_a_folder_in_the_place_of_a_condemned_blob_is_put_aside(store: Store) -> None:
    commit = put(store, 1)
    digest = commit.buffers[0].digest
    file = store.path / "objects" / digest[:2] / digest[2:]
    file.unlink()
    file.mkdir()
    store.rm(commit)
    store.gc()
    assert not file.exists()


def test_the_limit_is_a_tenth_of_a_small_disk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    found = os.statvfs(store.path)
    tenth = (found.f_bavail * found.f_frsize + worth.held(store.stats())) // 10
    assert store.limit == pytest.approx(min(10 << 30, tenth), rel=0.1)
    store.max_size = 5
    assert store.limit == 5
    monkeypatch.setattr(os, "statvfs", lambda path: (_ for _ in ()).throw(OSError("no")))
    store.max_size = None
    assert store.limit == 10 << 30


def test_a_store_that_is_only_read_is_not_collected(store: Store) -> None:
    put(store, 1)
    store.read_only = "it is read-only"
    assert len(store.clear(dry_run=True).evicted) == 1
    with pytest.raises(StoreError, match="read-only"):
        store.gc()


def test_a_collection_stops_when_it_is_asked_to(store: Store) -> None:
    for n in range(5):
        put(store, n)
    store.gc(max_size=0, stop=lambda: True)
    assert len(left(store)) == 5


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
class TestFullDisk:
    @pytest.fixture
    def disk(self, tmp_path: Path):
        folder = tmp_path / "disk"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(folder)]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("cannot mount")
        yield folder
        subprocess.run(["umount", "-l", str(folder)], check=True)

    def fill(self, store: Store) -> int:
        """Results of the same cell until nothing more fits; how many were stored."""
        cell = Cell("x = slow()", id="cell", notebook="a.ipynb")
        for n in range(1000):
            before = {commit.id for commit in store.log(limit=1000)}
            store.put(make_commit(f"key {n}", cell=cell), make_payload(n, 4 << 20), durable=n % 2 == 0)
            if not before <= {commit.id for commit in store.log(limit=1000)}:
                return n + 1
        return 1000

    def test_old_results_make_room_for_new_ones(self, disk: Path) -> None:
        store = open_store(disk / "store", max_size=1 << 40)
        stored = self.fill(store)
        assert 10 < stored < 30
        newest = store.log(limit=1)[0]
        assert same(store.get(newest), make_payload(stored - 1, 4 << 20))
        for commit in store.log(limit=1000):
            store.get(commit)
        store.close()

    def test_what_cannot_have_room_is_an_error_and_the_disk_can_still_be_collected(self, disk: Path) -> None:
        store = open_store(disk / "store", max_size=1 << 40)
        kept = []
        with pytest.raises(StoreError, match="disk is full"):
            kept.extend(
                store.put(make_commit(f"key {n}"), make_payload(n, 4 << 20), durable=False, pinned=True)
                for n in range(1000)
            )
        with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
            while filler.write(b"x" * 4096):
                pass
        assert os.statvfs(disk).f_bavail == 0
        for commit in kept:
            assert store.get(commit)
        store.clear(pinned=True)
        assert store.stats().commits == 0
        assert files(store) == 0
        (disk / "filler").unlink()
        again = store.put(make_commit("again"), make_payload(1, 4 << 20), durable=True)
        assert same(store.get(again), make_payload(1, 4 << 20))
        store.close()
