"""Blobs: written whole or not at all, verified once, mapped without cost."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Blob
from cashet_jupyter.store import objects as module
from cashet_jupyter.store.layout import Layout, create
from cashet_jupyter.store.objects import Objects, Staged
from cashet_jupyter.store.writing import GivenUp
from tests.contracts.store_contract import bytes_of


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "store")
    create(layout)
    return layout


def stage(objects: Objects, data: bytes, *, durable: bool = False) -> Staged:
    return objects.stage(Blob(digest_buffer(data), len(data)), memoryview(data), durable=durable)


@pytest.mark.parametrize("size", [0, 1, 5000, (1 << 20) + 7, (16 << 20) + 3])
@pytest.mark.parametrize("durable", [False, True])
def test_what_is_staged_and_placed_is_read_back(layout: Layout, size: int, durable: bool) -> None:
    objects, data = Objects(layout), bytes_of(1, size)
    staged = stage(objects, data, durable=durable)
    assert staged.blob == Blob(digest_buffer(data), size)
    assert not objects.present(staged.blob)
    assert objects.state(staged.blob) == "absent"
    assert objects.place(staged, durable=durable)
    assert objects.present(staged.blob)
    assert objects.state(staged.blob) == "sound"
    assert bytes(objects.read(staged.blob)) == data
    assert not staged.path.exists()


def test_a_second_file_of_the_same_name_is_dropped(layout: Layout) -> None:
    objects, data = Objects(layout), bytes_of(1, 50_000)
    first, second = (stage(objects, data) for _ in range(2))
    assert objects.place(first, durable=False)
    inode = (layout.objects / first.blob.digest[:2] / first.blob.digest[2:]).stat().st_ino
    assert not objects.place(second, durable=False)
    assert (layout.objects / first.blob.digest[:2] / first.blob.digest[2:]).stat().st_ino == inode
    assert list(layout.tmp.iterdir()) == []


def test_a_big_blob_is_hashed_once(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    objects, data = Objects(layout), bytes_of(1, 2 << 20)
    staged = stage(objects, data)
    objects.place(staged, durable=False)
    hashed: list[int] = []

    def count(data: memoryview) -> str:
        hashed.append(len(data))
        return digest_buffer(data)

    monkeypatch.setattr(module, "digest_buffer", count)
    objects.read(staged.blob)
    time.sleep(0.12)  # a stamp that is as young as its file proves nothing
    objects.read(staged.blob)
    assert len(hashed) == 2
    objects.read(staged.blob)
    assert len(hashed) == 2
    Objects(layout).read(staged.blob)
    assert len(hashed) == 3


def test_a_blob_of_another_name_does_not_profit_from_the_stamp(layout: Layout) -> None:
    objects, data = Objects(layout), bytes_of(1, 2 << 20)
    staged = stage(objects, data)
    objects.place(staged, durable=False)
    time.sleep(0.12)
    objects.read(staged.blob)
    other = Blob("ab" * 32, staged.blob.size)
    os.link(
        layout.objects / staged.blob.digest[:2] / staged.blob.digest[2:],
        layout.objects / other.digest[:2] / other.digest[2:],
    )
    with pytest.raises(Damaged):
        objects.read(other)


@pytest.mark.parametrize("size", [50_000, 20 << 20])
def test_a_write_that_fails_leaves_no_file(layout: Layout, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    real = os.write
    threads = threading.active_count()

    def fail(fd: int, data: bytes) -> int:
        real(fd, data[:10])
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(OSError, match="Input/output"):
        stage(Objects(layout), bytes(size))
    assert list(layout.tmp.iterdir()) == []
    assert threading.active_count() == threads


@pytest.mark.parametrize("after", [0, 1])
def test_a_write_that_is_given_up_leaves_no_file(layout: Layout, after: int) -> None:
    asked = iter([False] * after + [True] * 10)
    data = bytes(40 << 20)
    with pytest.raises(GivenUp):
        Objects(layout).stage(
            Blob(digest_buffer(data), len(data)), memoryview(data), durable=False, stop=asked.__next__
        )
    assert list(layout.tmp.iterdir()) == []
