"""A power cut on a real file system: what was durable is there, and nothing is ever wrong.

A kill cannot show this: what a killed process wrote stays in memory. So the store lies on a disk in a file, and the
file system is told to drop everything that it has not written, as a power cut would.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashet_jupyter.errors import Damaged
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload, same

EXT4_IOC_SHUTDOWN = 0x8004587D
DROP_THE_JOURNAL, FLUSH_THE_JOURNAL = 2, 1

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mkfs.ext4"), reason="mounting a disk needs root"),
]


class Disk:
    """An ext4 file system in a file."""

    def __init__(self, folder: Path) -> None:
        self.image, self.root = folder / "image", folder / "disk"
        self.root.mkdir()
        with self.image.open("wb") as file:
            file.truncate(96 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", str(self.image)], check=True)

    def mount(self) -> None:
        subprocess.run(["mount", "-o", "loop", str(self.image), str(self.root)], check=True, capture_output=True)

    def unmount(self) -> None:
        subprocess.run(["umount", str(self.root)], check=True)

    def cut_power(self, how: int) -> None:
        fd = os.open(self.root, os.O_RDONLY)
        fcntl.ioctl(fd, EXT4_IOC_SHUTDOWN, struct.pack("I", how))
        os.close(fd)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path)
    try:
        disk.mount()
    except subprocess.CalledProcessError:
        pytest.skip("cannot mount")
    yield disk
    subprocess.run(["umount", "-l", str(disk.root)], check=False, capture_output=True)


def write_until_the_cut(disk: Disk, chance: random.Random, start: int, how: int) -> tuple[set[int], set[int]]:
    """Store runs in a child until the power goes; the numbers of the durable and of the lazy ones."""
    end = start + chance.randrange(1, 12)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with contextlib.suppress(BaseException):
            store = open_store(disk.root / "store")
            for n in range(start, end):
                durable = n % 3 == 0
                store.put(make_commit(f"key {n}"), make_payload(n, 100, 20_000), durable=durable)
                os.write(writing, f"{n}\n".encode())
            disk.cut_power(how)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        stored = {int(line) for line in pipe}
    os.waitpid(child, 0)
    return {n for n in stored if n % 3 == 0}, {n for n in stored if n % 3}


@pytest.mark.parametrize("how", [DROP_THE_JOURNAL, FLUSH_THE_JOURNAL])
def test_what_was_durable_survives_a_power_cut(disk: Disk, how: int) -> None:
    chance = random.Random(how)
    kept: set[int] = set()
    lost = 0
    for number in range(60):
        durable, lazy = write_until_the_cut(disk, chance, number * 12, how)
        disk.unmount()
        disk.mount()
        store = open_store(disk.root / "store")
        kept |= durable
        for n in kept | lazy:
            found = store.find(f"key {n}")
            assert found or n in lazy, n
            lost += not found
            for commit in found:
                try:
                    payload = store.get(commit)
                except Damaged:
                    assert n in lazy
                    lost += 1
                else:
                    assert same(payload, make_payload(n, 100, 20_000))
        store.put(make_commit(f"key {number} healed"), make_payload(number, 20_000), durable=True)
        assert same(store.get(store.find(f"key {number} healed")[0]), make_payload(number, 20_000))
        store.close()
    assert len(kept) > 60
    assert lost > 0 or how == FLUSH_THE_JOURNAL  # else the cut was none
    (disk.root / "store" / "index.db").unlink()
    store = open_store(disk.root / "store")
    assert all(same(store.get(store.find(f"key {n}")[0]), make_payload(n, 100, 20_000)) for n in kept)
    store.close()
