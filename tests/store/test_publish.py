"""A commit and its blobs are one: whatever happens to the blobs in between, the commit waits for them."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Generator
from pathlib import Path

import apsw
import pytest

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import StoreError
from cashet_jupyter.memory.pieces import pieces_of
from cashet_jupyter.models import Blob, Commit, Payload
from cashet_jupyter.store.fold import INLINE
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.objects import Objects
from cashet_jupyter.store.publish import Publisher
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import make_commit, make_payload, same


@pytest.fixture
def store(tmp_path: Path) -> Generator[Store]:
    store = open_store(tmp_path / "store")
    yield store
    store.close()


def blobs(path: Path) -> list[Path]:
    return [file for file in (path / "objects").glob("*/*") if file.is_file()]


def before_the_lock(monkeypatch: pytest.MonkeyPatch, times: int, action: str, path: Path) -> None:
    """Something happens to the blobs after they were written and before the write lock is taken."""
    real = Index.writing
    left = [times]

    @contextlib.contextmanager
    def writing(self: Index, **kwargs: float) -> Generator[apsw.Connection]:
        if left[0] > 0:
            left[0] -= 1
            for file in blobs(path):
                file.unlink()
                if action == "cut":
                    file.write_bytes(b"")
        with real(self, **kwargs) as db:  # type: ignore[arg-type]
            yield db

    monkeypatch.setattr(Index, "writing", writing)


@pytest.mark.parametrize("action", ["delete", "cut"])
@pytest.mark.parametrize("durable", [False, True])
def test_blobs_that_vanish_before_the_commit_are_written_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, action: str, durable: bool
) -> None:
    payload = make_payload(1, 20_000, 30_000)
    before_the_lock(monkeypatch, 3, action, store.path)
    stored = store.put(make_commit(), payload, durable=durable)
    assert same(store.get(stored), payload)


def test_blobs_that_vanish_every_time_are_an_error_in_the_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before_the_lock(monkeypatch, 1000, "delete", store.path)
    with pytest.raises(StoreError, match="vanish"):
        store.put(make_commit(), make_payload(1, 20_000), durable=False)
    monkeypatch.undo()
    assert store.log() == []


def test_a_blob_that_vanishes_while_it_is_made_durable_is_written_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = make_payload(1, 20_000)
    store.put(make_commit(), payload, durable=False)
    real = Objects.sync

    def sync(self: Objects, blob: Blob) -> None:
        (store.path / "objects" / blob.digest[:2] / blob.digest[2:]).unlink(missing_ok=True)
        real(self, blob)

    monkeypatch.setattr(Objects, "sync", sync)
    assert same(store.get(store.put(make_commit(), payload, durable=True)), payload)


def test_a_run_that_another_process_removes_at_once_was_stored_all_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_store(store.path)
    real = Publisher.put

    def put(self: Publisher, *args: object, **kwargs: object) -> Commit:
        stored = real(self, *args, **kwargs)  # type: ignore[arg-type]
        other.rm(stored)
        return stored

    monkeypatch.setattr(Publisher, "put", put)
    stored = store.put(make_commit(), make_payload(), durable=False, tags={"a": "1"}, pinned=True)
    assert (stored.tags, stored.pinned, len(stored.id)) == ({"a": "1"}, True, 64)
    assert store.log() == []
    other.close()


def test_staged_files_that_are_swept_away_are_written_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.rename
    swept = [3]

    def rename(source: Path, target: str, **kwargs: int) -> None:
        if swept[0] and "tmp" in str(source):
            swept[0] -= 1
            source.unlink()
        real(source, target, **kwargs)

    monkeypatch.setattr(os, "rename", rename)
    payload = make_payload(1, 20_000)
    assert same(store.get(store.put(make_commit(), payload, durable=False)), payload)
    assert swept == [0]


def test_a_good_blob_is_never_written_over(store: Store) -> None:
    payload = make_payload(1, 20_000, 3 << 20)
    store.put(make_commit(), payload, durable=False)
    before = {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in blobs(store.path)}
    store.put(make_commit(), payload, durable=True)
    other = open_store(store.path)
    other.put(make_commit(), payload, durable=False)
    other.close()
    assert {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in blobs(store.path)} == before


def test_a_stray_blob_without_a_row_is_used_if_it_is_sound(store: Store) -> None:
    """A commit that failed after its blobs were written left them there."""
    payload = make_payload(1, 20_000)
    store.rm(store.put(make_commit(), payload, durable=False))
    for suffix in ("", "-wal", "-shm"):
        (store.path / f"index.db{suffix}").unlink()
    for file in (store.path / "log").iterdir():
        file.unlink()
    (stray,) = blobs(store.path)
    inode = stray.stat().st_ino
    other = open_store(store.path)
    assert same(other.get(other.put(make_commit(), payload, durable=False)), payload)
    assert stray.stat().st_ino == inode
    stray.chmod(0o600)
    stray.write_bytes(bytes(20_000))
    other.rm(other.log()[0])
    assert same(other.get(other.put(make_commit(), payload, durable=False)), payload)
    other.close()


def test_a_buffer_that_changes_while_it_is_stored_gives_a_miss_and_never_other_bytes(store: Store) -> None:
    data = bytearray(24 << 20)
    done = threading.Event()

    def scribble() -> None:
        n = 0
        while not done.is_set():
            n = (n + 999_983) % len(data)
            data[n] ^= 1

    thread = threading.Thread(target=scribble)
    thread.start()
    try:
        stored = store.put(make_commit(), Payload(b"", b"", (memoryview(data),)), durable=False)
    finally:
        done.set()
        thread.join()
    with contextlib.suppress(StoreError):
        (buffer,) = store.get(stored).buffers
        assert [digest_buffer(piece) for piece in pieces_of(buffer)] == [blob.digest for blob in stored.buffers]


def test_small_blobs_make_no_files(store: Store) -> None:
    store.put(make_commit(), make_payload(1, 0, 1, INLINE), durable=True)
    assert blobs(store.path) == []
    store.put(make_commit(), make_payload(1, INLINE + 1), durable=True)
    assert len(blobs(store.path)) == 1


def test_looking_up_and_restoring_take_few_questions(store: Store) -> None:
    """One for the lookup; for the small pieces one each, after one that finds the entry; and whether anything changed."""
    stored = store.put(make_commit(), make_payload(1, 2 << 20), durable=False)
    db = store.index.connections.get().db
    asked: list[str] = []
    db.exec_trace = lambda _, sql, values: asked.append(sql) or True
    store.find(stored.key)
    assert [sql.split()[0] for sql in asked].count("SELECT") == 1
    asked.clear()
    store.get(stored)
    assert [sql.split()[0] for sql in asked].count("SELECT") <= 4  # and one for what is known of the files
    db.exec_trace = None


def test_a_durable_run_does_not_count_on_a_file_that_was_written_lazily_since(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collection takes the synced file away, another process writes it again, and does not sync it."""
    other = open_store(store.path)
    payload = make_payload(1, 20_000)
    real, synced = Publisher._commit, []

    def commit(self: Publisher, *args: object, **kwargs: object) -> None:
        if self is store._publisher:
            file = next(path for path in (store.path / "objects").glob("*/*"))
            file.unlink()
            other.put(make_commit("another"), payload, durable=False)
            monkeypatch.setattr(Objects, "sync", lambda self, blob: synced.append(blob.digest) or sync(self, blob))
        real(self, *args, **kwargs)  # type: ignore[arg-type]

    sync = Objects.sync
    monkeypatch.setattr(Publisher, "_commit", commit)
    stored = store.put(make_commit(), payload, durable=True)
    assert synced == [stored.buffers[0].digest]
    assert same(store.get(stored), payload)


def test_where_no_thread_can_begin_the_caller_writes_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refused)
    payload = make_payload(1, 9 << 20, 20_000)
    assert same(store.get(store.put(make_commit(), payload, durable=False)), payload)
