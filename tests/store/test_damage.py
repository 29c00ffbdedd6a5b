"""Damage of any kind is a miss, never other bytes, and the next run heals it."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashet_jupyter.errors import Damaged, StoreError
from cashet_jupyter.models import Blob, Commit
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload, same

SMALL, BIG = 20_000, (1 << 20) + 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = open_store(path)
    yield store
    store.close()


def file_of(path: Path, blob: Blob) -> Path:
    return path / "objects" / blob.digest[:2] / blob.digest[2:]


def rewrite(file: Path, content: bytes) -> None:
    """Write in place: the inode stays."""
    file.chmod(0o600)
    with file.open("r+b") as opened:
        opened.write(content)
        opened.truncate()


def flip(file: Path, offset: int) -> None:
    content = bytearray(file.read_bytes())
    content[offset] ^= 1 << (offset % 8)
    rewrite(file, bytes(content))


def replace(file: Path, make: Callable[[Path], object]) -> None:
    file.unlink()
    make(file)


def a_socket(file: Path) -> None:
    folder = Path.cwd()
    os.chdir(file.parent)  # the path of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(file.name)
    finally:
        os.chdir(folder)


def a_sparse_terabyte(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(1 << 40)


def a_link_to_the_same_bytes(file: Path) -> None:
    copy = file.parent.parent.parent / "copy"
    shutil.copy(file, copy)
    file.unlink()
    file.symlink_to(copy)


def a_linked_shard(file: Path) -> None:
    shard = file.parent
    shard.rename(shard.parent.parent / "moved")
    shard.symlink_to(shard.parent.parent / "moved")


def a_file_for_a_shard(file: Path) -> None:
    shutil.rmtree(file.parent)
    file.parent.write_bytes(b"")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "deleted": os.unlink,
    "empty": lambda file: rewrite(file, b""),
    "one byte short": lambda file: rewrite(file, file.read_bytes()[:-1]),
    "one byte long": lambda file: rewrite(file, file.read_bytes() + b"\0"),
    "zeros": lambda file: rewrite(file, bytes(file.stat().st_size)),
    "first bit": lambda file: flip(file, 0),
    "last bit": lambda file: flip(file, file.stat().st_size - 1),
    "sparse": lambda file: replace(file, a_sparse_terabyte),
    "folder": lambda file: replace(file, Path.mkdir),
    "full folder": lambda file: replace(file, lambda it: (it / "a" / "b").mkdir(parents=True)),
    "loop": lambda file: replace(file, lambda it: it.symlink_to(it)),
    "link to a secret": lambda file: replace(file, lambda it: it.symlink_to("/etc/passwd")),
    "link to the same bytes": a_link_to_the_same_bytes,
    "pipe": lambda file: replace(file, os.mkfifo),
    "socket": lambda file: replace(file, a_socket),
    "device": lambda file: replace(file, lambda it: os.mknod(it, 0o20600, os.makedev(1, 5))),
    "linked shard": a_linked_shard,
    "shard removed": lambda file: shutil.rmtree(file.parent),
    "file for a shard": a_file_for_a_shard,
    "no folder of objects": lambda file: shutil.rmtree(file.parent.parent),
}


def damage(kind: str, file: Path) -> None:
    try:
        DAMAGE[kind](file)
    except PermissionError:
        pytest.skip("only root can make a device")


@pytest.mark.parametrize("size", [SMALL, BIG])
@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_blob_is_a_miss_and_the_next_run_heals_it(path: Path, store: Store, kind: str, size: int) -> None:
    payload = make_payload(1, size)
    stored = store.put(make_commit(), payload, durable=False)
    damage(kind, file_of(path, stored.buffers[0]))
    with pytest.raises(Damaged):
        store.get(stored)
    assert store.find(stored.key) == []
    again = store.put(make_commit(), payload, durable=False)
    assert store.find(stored.key) == [again]
    assert same(store.get(again), payload)


@pytest.mark.parametrize("size", [SMALL, BIG])
@pytest.mark.parametrize("kind", DAMAGE)
def test_the_same_result_stored_again_heals_a_damage_that_nobody_met(
    path: Path, store: Store, kind: str, size: int
) -> None:
    payload = make_payload(1, size)
    first = store.put(make_commit(), payload, durable=False)
    damage(kind, file_of(path, first.buffers[0]))
    second = store.put(make_commit(), payload, durable=True)
    assert same(store.get(second), payload)
    assert same(store.get(first), payload)


@pytest.mark.parametrize("kind", ["first bit", "folder", "pipe", "link to a secret"])
def test_what_was_damaged_is_kept_in_quarantine(path: Path, store: Store, kind: str) -> None:
    stored = store.put(make_commit(), make_payload(1, SMALL), durable=False)
    damage(kind, file_of(path, stored.buffers[0]))
    with pytest.raises(Damaged):
        store.get(stored)
    (kept,) = (path / "quarantine").iterdir()
    assert kept.name.startswith(stored.buffers[0].digest)
    assert not os.path.lexists(file_of(path, stored.buffers[0]))


@pytest.mark.parametrize("size", [SMALL, BIG])
def test_no_flipped_bit_gets_through(path: Path, store: Store, size: int) -> None:
    payload = make_payload(1, size)
    for offset in (*range(0, size, size // 23), size - 1):
        stored = store.put(make_commit(), payload, durable=False)
        assert same(store.get(stored), payload)
        flip(file_of(path, stored.buffers[0]), offset)
        with pytest.raises(Damaged):
            store.get(stored)


def test_a_change_of_a_blob_that_was_verified_before_is_seen(path: Path, store: Store) -> None:
    payload = make_payload(1, BIG)
    stored = store.put(make_commit(), payload, durable=False)
    time.sleep(0.15)  # old enough to be believed from now on
    assert same(store.get(stored), payload)
    file = file_of(path, stored.buffers[0])
    before = file.stat()
    flip(file, 7)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # a cunning one
    with pytest.raises(Damaged):
        store.get(stored)


def test_swapped_blobs_are_damage(path: Path, store: Store) -> None:
    stored = store.put(make_commit(), make_payload(1, BIG, BIG), durable=False)
    one, other = (file_of(path, blob) for blob in stored.buffers)
    one.rename(path / "aside")
    other.rename(one)
    (path / "aside").rename(other)
    with pytest.raises(Damaged):
        store.get(stored)


def test_other_results_that_shared_the_blob_are_misses_too_until_it_is_healed(path: Path, store: Store) -> None:
    payload = make_payload(1, SMALL)
    one = store.put(make_commit("one"), payload, durable=False)
    other = store.put(make_commit("other"), payload, durable=False)
    flip(file_of(path, one.buffers[0]), 5)
    with pytest.raises(Damaged):
        store.get(one)
    assert store.find("other") == [other]
    healed = store.put(make_commit("one"), payload, durable=False)
    assert same(store.get(healed), payload)
    assert same(store.get(other), payload)


def test_a_pipe_does_not_hang_the_kernel(path: Path, store: Store) -> None:
    stored = store.put(make_commit(), make_payload(1, SMALL), durable=False)
    file = file_of(path, stored.buffers[0])
    file.unlink()
    os.mkfifo(file)
    done: list[type[BaseException]] = []

    def get() -> None:
        try:
            store.get(stored)
        except StoreError as error:
            done.append(type(error))

    thread = threading.Thread(target=get, daemon=True)
    thread.start()
    thread.join(10)
    assert done == [Damaged]


def test_a_damaged_small_blob_is_a_miss_and_healed(path: Path) -> None:
    payload = make_payload(1, 3000)
    store = open_store(path)
    stored = store.put(make_commit(), payload, durable=False)
    store.close()
    index = path / "index.db"
    content = index.read_bytes()
    bytes_of_it = bytes(payload.buffers[0])
    assert bytes_of_it[100:200] in content
    index.write_bytes(content.replace(bytes_of_it[100:200], bytes(100)))
    store = open_store(path)
    assert store.find(stored.key) == [stored]
    with pytest.raises(Damaged):
        store.get(stored)
    assert store.find(stored.key) == []
    again = store.put(make_commit(), payload, durable=False)
    assert same(store.get(again), payload)
    store.close()


def test_a_forgotten_entry_stays_forgotten_when_the_index_is_made_anew(path: Path, store: Store) -> None:
    stored = store.put(make_commit(), make_payload(1, SMALL), durable=False)
    flip(file_of(path, stored.buffers[0]), 5)
    with pytest.raises(Damaged):
        store.get(stored)
    store.close()
    (path / "index.db").unlink()
    again = open_store(path)
    assert again.log() == []
    again.close()


def test_a_failure_that_is_no_damage_forgets_nothing(path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stored: Commit = store.put(make_commit(), make_payload(1, SMALL), durable=False)
    real = os.open

    def no_descriptors(name: object, flags: int, *args: object, **kwargs: object) -> int:
        if "objects" in str(name):
            raise OSError(24, os.strerror(24))
        return real(name, flags, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", no_descriptors)
    with pytest.raises(StoreError) as failure:
        store.get(stored)
    assert not isinstance(failure.value, Damaged)
    monkeypatch.undo()
    assert store.find(stored.key) == [stored]
    assert same(store.get(stored), make_payload(1, SMALL))
