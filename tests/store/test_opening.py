"""Stores that cannot be written, or that a newer version made, are read; and nothing worse happens."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from cashet_jupyter.errors import Damaged, StoreError
from cashet_jupyter.models import Commit, Payload
from cashet_jupyter.store import layout as layouts
from cashet_jupyter.store import opening, schema
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.layout import FORMAT
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload, same

KEY = bytes(range(32))
NOBODY = 65534


def fill(path: Path) -> list[tuple[Commit, Payload]]:
    store = open_store(path, key=KEY)
    pairs: list[tuple[Commit, Payload]] = []
    for n in range(3):
        payload = make_payload(n, 100, 20_000 + n)
        pairs.append((store.put(make_commit(f"key {n}"), payload, durable=False), payload))
    store.close()
    return pairs


def check_read_only(path: Path, pairs: list[tuple[Commit, Payload]], why: str) -> None:
    store = open_store(path, key=KEY)
    assert len(store.notices) == 1
    assert why in store.notices[0]
    assert "\n" not in store.notices[0]
    for commit, payload in pairs:
        assert store.find(commit.key) == [commit]
        assert same(store.get(commit), payload)
    commit = pairs[0][0]
    store.touch(commit, 1.0)
    store.note_timing("code", 1.0)
    assert store.timing("code") == 1.0
    assert store.stats().commits == len(pairs)
    assert store.stats().hits == 1
    for action in (
        lambda: store.put(make_commit(), make_payload(), durable=True),
        lambda: store.tag(commit, {"a": "1"}),
        lambda: store.pin(commit),
        lambda: store.rm(commit),
    ):
        with pytest.raises(StoreError, match=why):
            action()
    assert len(store.log()) == len(pairs)
    store.close()


def contents(path: Path) -> dict[str, bytes | None]:
    return {str(item.relative_to(path)): item.read_bytes() if item.is_file() else None for item in path.rglob("*")}


# ------------------------------------------------------------------------------------------------------ newer versions
def test_a_store_of_a_newer_format_is_read_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store"
    pairs = fill(path)
    (path / "format").write_text(f"{FORMAT + 1}\n")
    before = contents(path)
    check_read_only(path, pairs, "newer version")
    after = contents(path)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) <= {"index.db-wal", "index.db-shm"}


def test_a_format_that_is_not_understood_is_read_only_too(tmp_path: Path) -> None:
    path = tmp_path / "store"
    pairs = fill(path)
    (path / "format").write_text("two\n")
    check_read_only(path, pairs, "does not know")


def test_a_newer_index_is_left_alone_and_the_log_read_instead(tmp_path: Path) -> None:
    path = tmp_path / "store"
    pairs = fill(path)
    db = apsw.Connection(str(path / "index.db"))
    db.execute(f"ALTER TABLE commits ADD COLUMN mood; PRAGMA user_version={len(schema.MIGRATIONS) + 1}")
    db.close()
    check_read_only(path, pairs, "newer version")
    db = apsw.Connection(str(path / "index.db"))
    assert db.pragma("user_version") == len(schema.MIGRATIONS) + 1
    db.close()


def test_a_format_file_cut_off_by_a_crash_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "store"
    pairs = fill(path)
    (path / "format").write_bytes(b"")
    store = open_store(path, key=KEY)
    assert store.notices == []
    assert store.find("key 1") == [pairs[1][0]]
    assert (path / "format").read_text() == f"{FORMAT}\n"
    store.close()


# ------------------------------------------------------------------------------------------- no permission, no room
@contextlib.contextmanager
def public_folder() -> Iterator[Path]:
    """A folder that every user can reach; the test's own is root's."""
    folder = Path(tempfile.mkdtemp(prefix="cashet-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for item in (folder, *folder.rglob("*")):
            if item.is_dir() and not item.is_symlink():
                item.chmod(0o700)
        shutil.rmtree(folder)


def as_nobody(action: Callable[[], None], owned: Path) -> None:
    """Run it in a child that no permission is waived for."""
    if os.geteuid() == 0:
        for item in (owned, *owned.rglob("*")):
            os.lchown(item, NOBODY, NOBODY)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            action()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def lock_away(path: Path) -> None:
    for item in (path, *path.rglob("*")):
        item.chmod(0o500 if item.is_dir() else 0o400)


def test_a_folder_without_write_permission_is_read() -> None:
    with public_folder() as folder:
        pairs = fill(folder / "store")
        lock_away(folder / "store")
        as_nobody(lambda: check_read_only(folder / "store", pairs, "permission denied"), folder)


def test_what_stands_only_in_the_write_ahead_log_is_read_too() -> None:
    with public_folder() as folder:
        store = open_store(folder / "living", key=KEY)
        payload = make_payload(1, 20_000)
        pairs = [(store.put(make_commit("key"), payload, durable=False), payload)]
        shutil.copytree(folder / "living", folder / "store")
        store.close()
        assert (folder / "store" / "index.db-wal").stat().st_size > 0
        lock_away(folder / "store")
        before = set(Path(tempfile.gettempdir()).glob("cashet-*"))
        as_nobody(lambda: check_read_only(folder / "store", pairs, "permission denied"), folder)
        left = set(Path(tempfile.gettempdir()).glob("cashet-*")) - before
        assert not [item for item in left if item.stat().st_uid == (NOBODY if os.geteuid() == 0 else os.geteuid())]


def test_a_folder_that_cannot_even_be_read_is_a_store_error() -> None:
    def action() -> None:
        for place in ("store", "locked/store"):
            with pytest.raises(StoreError, match="permission denied"):
                open_store(folder / place, key=KEY)

    with public_folder() as folder:
        fill(folder / "store")
        (folder / "store").chmod(0)
        (folder / "locked").mkdir(mode=0o500)
        as_nobody(action, folder)


def test_a_blob_of_our_own_that_lost_its_mode_is_damage_and_healed() -> None:
    def action() -> None:
        store = open_store(folder / "store", key=KEY)
        (commit, payload), *_ = pairs
        with pytest.raises(Damaged):
            store.get(commit)
        again = store.put(make_commit("key 0"), payload, durable=False)
        assert same(store.get(again), payload)
        store.close()

    with public_folder() as folder:
        pairs = fill(folder / "store")
        digest = pairs[0][0].buffers[1].digest
        (folder / "store" / "objects" / digest[:2] / digest[2:]).chmod(0)
        as_nobody(action, folder)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_is_a_store_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    store = open_store(tmp_path / "store", key=KEY)
    payload = make_payload(1, 100, 20_000, 2 << 20)
    stored = store.put(make_commit("before"), payload, durable=False)
    real = os.write
    for allowed in range(4):
        left = [allowed]

        def write(fd: int, data: bytes, left: list[int] = left) -> int:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(number, os.strerror(number))
            return real(fd, data[: len(data) // 2 or 1])  # a full disk begins with a short write

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", write)
            with pytest.raises(StoreError, match="the disk is full"):
                store.put(make_commit(f"full {allowed}"), make_payload(allowed + 5, 100, 20_000), durable=True)
        assert store.find(f"full {allowed}") == []
        assert list((tmp_path / "store" / "tmp").iterdir()) == []
        assert same(store.get(stored), payload)
    store.put(make_commit("after"), payload, durable=False)
    before = store.log()
    store.close()
    (tmp_path / "store" / "index.db").unlink()
    again = open_store(tmp_path / "store", key=KEY)
    assert again.log() == before
    again.close()


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="mounting a small disk needs root on Linux")
def test_a_disk_that_is_really_full_is_read_and_used_again_when_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("cannot mount")
    try:
        pairs = fill(disk / "store")
        with contextlib.suppress(OSError), (disk / "ballast").open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        store = open_store(disk / "store", key=KEY)
        for commit, payload in pairs:
            assert store.find(commit.key) == [commit]
            assert same(store.get(commit), payload)
        with pytest.raises(StoreError, match="disk is full"):
            store.put(make_commit("more"), make_payload(10, 300_000), durable=False)
        store.touch(pairs[0][0], 1.0)
        store.close()
        (disk / "ballast").unlink()
        store = open_store(disk / "store", key=KEY)
        assert store.notices == []
        stored = store.put(make_commit("again"), make_payload(77, 300_000), durable=True)
        assert same(store.get(stored), make_payload(77, 300_000))
        store.close()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


# ----------------------------------------------------------------------------------------------------------- creation
def test_many_threads_may_make_the_same_store_at_once(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        try:
            barrier.wait()
            store = open_store(tmp_path / "store", key=KEY)
            store.put(make_commit(f"key {number}"), make_payload(number), durable=False)
            store.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    store = open_store(tmp_path / "store", key=KEY)
    assert store.stats().commits == 8
    store.close()


@pytest.mark.parametrize("step", range(0, 270, 15))
def test_a_store_whose_making_was_cut_off_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    path = tmp_path / "store"
    calls = [0]

    def cut_off(name: str) -> None:
        real = getattr(layouts, name)

        def call(*args: object, **kwargs: object) -> object:
            calls[0] += 1
            if calls[0] > step:
                raise KeyboardInterrupt
            return real(*args, **kwargs)

        monkeypatch.setattr(layouts, name, call)

    for name in ("_folder", "write_once", "sync_folder"):
        cut_off(name)
    with contextlib.suppress(KeyboardInterrupt):
        open_store(path, key=KEY).close()
    monkeypatch.undo()
    store = open_store(path, key=KEY)
    assert store.notices == []
    assert len(list((path / "objects").iterdir())) == 256
    stored = store.put(make_commit(), make_payload(1, 20_000), durable=True)
    assert same(store.get(stored), make_payload(1, 20_000))
    store.close()


def test_an_index_that_cannot_be_read_for_a_moment_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody deletes it just now: SQLite calls that an I/O error."""
    pairs = fill(tmp_path / "store")
    real, left = Index._connect, [3]

    def connect(self: Index) -> apsw.Connection:
        if left[0]:
            left[0] -= 1
            raise apsw.IOError("just now")
        return real(self)

    monkeypatch.setattr(Index, "_connect", connect)
    store = open_store(tmp_path / "store", key=KEY)
    assert (store.read_only, left) == ("", [0])
    assert store.find("key 1") == [pairs[1][0]]
    store.close()


def test_a_network_file_system_is_said_once_and_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "shares_memory", lambda path: False)
    monkeypatch.setattr(opening, "file_system", lambda path: "nfs4")
    store = open_store(tmp_path / "store", key=KEY)
    (notice,) = store.notices
    assert "(nfs4)" in notice
    stored = store.put(make_commit(), make_payload(1, 20_000), durable=True)
    assert not (tmp_path / "store" / "index.db-wal").exists()
    store.rm(stored)
    assert store.gc().blobs == 3
    store.close()
