"""The store on disk keeps every promise of a store, on a local and on a network file system."""

from __future__ import annotations

import os
import shutil
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashet_jupyter.errors import Damaged, StoreError
from cashet_jupyter.store import opening
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import StoreContract, make_commit, make_payload, same


class TestLocalStore(StoreContract):
    @pytest.fixture
    def _prepare(self, tmp_path: Path) -> None:
        self.path = tmp_path / "store"

    def open(self) -> Store:
        return open_store(self.path)


class TestStoreOnANetwork(TestLocalStore):
    @pytest.fixture
    def _prepare(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = tmp_path / "store"
        monkeypatch.setattr(opening, "shares_memory", lambda path: False)

    def test_there_is_no_write_ahead_log(self, store: Store) -> None:
        store.put(make_commit(), make_payload(), durable=False)
        assert not list(self.path.glob("index.db-wal")) + list(self.path.glob("index.db-shm"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = open_store(path)
    yield store
    store.close()


def test_nobody_else_can_read_it(path: Path) -> None:
    before = os.umask(0)
    try:
        store = open_store(path)
        store.put(make_commit(), make_payload(1, 20_000, 2 << 20), durable=True)
        blobs = {file for file in (path / "objects").rglob("*") if file.is_file()}
        assert len(blobs) == 2
        for item in (path, *path.rglob("*")):
            mode = stat.S_IMODE(item.stat().st_mode)
            expected = 0o700 if item.is_dir() else 0o400 if item in blobs else 0o600
            assert mode == expected, item
        assert (path / "index.db-wal").exists()
        store.close()
    finally:
        os.umask(before)


def test_big_blobs_are_files_named_by_their_digest(path: Path, store: Store) -> None:
    stored = store.put(make_commit(), make_payload(1, 20_000), durable=False)
    digest = stored.buffers[0].digest
    assert (path / "objects" / digest[:2] / digest[2:]).read_bytes() == bytes(make_payload(1, 20_000).buffers[0])


def test_nothing_temporary_is_left(path: Path, store: Store) -> None:
    for n in range(3):
        store.put(make_commit(), make_payload(n % 2, 20_000, 20_000, 3 << 20), durable=bool(n))
    assert list((path / "tmp").iterdir()) == []


def test_two_handles_in_one_process_do_not_disturb_each_other(path: Path) -> None:
    one, other = open_store(path), open_store(path)
    for n in range(10):
        first, second = (one, other) if n % 2 else (other, one)
        stored = first.put(make_commit(), make_payload(n, 20_000), durable=False)
        assert second.find(stored.key)[0] == stored
        assert same(second.get(stored), make_payload(n, 20_000))
        open_store(path).close()  # closing a third one must not drop the locks of the others
    one.close()
    assert len(other.log()) == 10
    other.put(make_commit(), make_payload(), durable=True)
    other.close()


def test_two_stores_in_one_process_are_apart(tmp_path: Path) -> None:
    one, other = open_store(tmp_path / "a"), open_store(tmp_path / "b")
    stored = one.put(make_commit(), make_payload(1), durable=False)
    assert other.find(stored.key) == []
    one.close()
    other.close()


def test_a_store_that_is_removed_under_a_living_kernel_begins_again(path: Path, store: Store) -> None:
    store.put(make_commit("before"), make_payload(1, 20_000), durable=False)
    shutil.rmtree(path)
    assert store.find("before") == []
    stored = store.put(make_commit("after"), make_payload(2, 20_000), durable=False)
    assert store.find("after") == [stored]
    assert same(store.get(stored), make_payload(2, 20_000))
    other = open_store(path)
    assert other.find("after") == [stored]
    other.close()


@pytest.mark.parametrize("folder", ["tmp", "locks", "quarantine", "objects", "log"])
def test_a_folder_that_is_removed_under_a_living_kernel_is_made_again(path: Path, store: Store, folder: str) -> None:
    payload = make_payload(1, 20_000)
    before = store.put(make_commit("before"), payload, durable=False)
    shutil.rmtree(path / folder)
    stored = store.put(make_commit("after"), make_payload(2, 30_000, 2 << 20), durable=True)
    assert same(store.get(stored), make_payload(2, 30_000, 2 << 20))
    if folder == "objects":
        with pytest.raises(Damaged):
            store.get(before)
    again = store.put(make_commit("before"), payload, durable=True)
    digest = again.buffers[0].digest
    (path / "objects" / digest[:2] / digest[2:]).unlink()
    (path / "objects" / digest[:2] / digest[2:]).mkdir()
    with pytest.raises(Damaged):
        store.get(again)
    assert same(store.get(store.put(make_commit("before"), payload, durable=True)), payload)


def test_many_threads_come_and_go_without_using_up_descriptors(path: Path, store: Store) -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    def work() -> None:
        store.find("k" * 64)

    work()
    before = count()
    for _ in range(40):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert count() <= before + 6


def test_mapped_buffers_hold_no_descriptors(path: Path, store: Store) -> None:
    stored = store.put(make_commit(), make_payload(1, *[(1 << 20) + n for n in range(40)]), durable=False)
    before = len(list(Path("/proc/self/fd").iterdir()))
    fetched = store.get(stored)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert same(fetched, store.get(stored))


def test_an_unreadable_place_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nowhere")):
        with pytest.raises(StoreError):
            open_store(place)


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("42 pages")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StoreError, match="not a store"):
        open_store(tmp_path)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("folder", ["objects", "log", "tmp", "quarantine", "locks"])
def test_a_store_whose_folders_are_links_is_not_used(path: Path, tmp_path: Path, folder: str) -> None:
    open_store(path).close()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.rmtree(path / folder)
    (path / folder).symlink_to(elsewhere)
    with pytest.raises(StoreError, match="not a folder"):
        open_store(path)
    assert list(elsewhere.iterdir()) == []
