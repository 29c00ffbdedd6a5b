"""Whatever of the writes a power cut leaves on the disk: what was durable is there, and nothing is ever wrong."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash import replay
from tests.crash.campaign import Arena, Tally
from tests.crash.workloads import WORKLOADS


def test_what_was_durable_survives_a_power_cut_on_a_strict_disk(
    arena: Arena, figures: Callable[[object], None]
) -> None:
    tally = Tally("power cuts")
    for workload in WORKLOADS.values():
        list(arena.cut_power(workload, tally, step=53, stride=11, extra=2))
    figures(tally)
    assert not tally.violations
    assert tally.trials > 100


@pytest.mark.soak
@pytest.mark.parametrize("name", WORKLOADS)
def test_what_was_durable_survives_every_power_cut_on_a_strict_disk(
    arena: Arena, figures: Callable[[object], None], name: str
) -> None:
    tally = Tally(f"power cuts in {name!r}")
    list(arena.cut_power(WORKLOADS[name], tally, step=3, extra=3))
    figures(tally)
    assert not tally.violations
    assert tally.trials >= 300


def test_a_played_disk_with_everything_on_it_is_the_real_one(arena: Arena) -> None:
    workload = WORKLOADS["collect"]
    arena.renew(workload)
    recorder = replay.record(arena.child(workload), arena.root)
    real = contents(arena.root)
    replay.build(recorder, [True] * len(recorder.pieces), arena.root)
    assert contents(arena.root) == real


def contents(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else b"folder"
        for path in root.rglob("*")
        if not path.name.endswith("-shm")
    }


def test_only_what_was_synced_lasts(arena: Arena) -> None:
    root = arena.root
    root.mkdir()

    def work(fd: int) -> None:
        for name in ("synced", "unsynced"):
            with (root / name).open("wb") as file:
                file.write(b"bytes")
                file.flush()
                if name == "synced":
                    os.fsync(file.fileno())
        folder = os.open(root, replay.os.O_RDONLY)
        os.fsync(folder)
        (root / "later").touch()
        os.write(fd, b"done")

    recorder = replay.record(work, root)
    assert recorder.pieces[-1].data == b"done"
    replay.build(recorder, replay.lasting(recorder.pieces), root)
    assert contents(root) == {"synced": b"bytes", "unsynced": b""}
    found = set[frozenset[tuple[str, bytes]]]()
    for disk in replay.disks(recorder.pieces, random.Random(1), 3):
        replay.build(recorder, disk, root)
        found.add(frozenset(contents(root).items()))
    assert len(found) == 4  # the later name and the unsynced bytes, each there or not
