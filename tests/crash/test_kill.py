"""A process may be killed at any step, and any step may fail: what was acknowledged stays, nothing is ever wrong."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from cashet_jupyter.errors import CashetError
from cashet_jupyter.models import Commit, Payload
from cashet_jupyter.store.gc import Collector
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload, same
from tests.crash.steps import Stop, watched

SIZES = (100, 20_000)


def payload_of(key: str) -> Payload:
    return make_payload(int(key.split()[1]), *SIZES)


def work(path: Path, start: int, acknowledge: Callable[[str], None]) -> None:
    """Store three runs, the last of them with the bytes of the first; change and remove one."""
    store = open_store(path)
    for n in range(2):
        key = f"key {start + n}"
        store.put(make_commit(key), payload_of(key), durable=n == 0)
        acknowledge(key)
    stored = store.put(make_commit(f"key {start} again"), payload_of(f"key {start}"), durable=False, tags={"a": "1"})
    store.get(stored)
    store.pin(stored)
    store.rm(stored)
    store.touch(stored, 1.0)
    store.close()


def check(path: Path, keys: set[str], unsure: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """All of `keys` are there; those that were being written may be."""
    store = open_store(path)
    for key in keys | unsure:
        found = store.find(key)
        assert found or key in unsure, key
        for commit in found:
            assert same(store.get(commit), payload_of(key))
    store.put(make_commit("key 7"), payload_of("key 7"), durable=False)
    assert same(store.get(store.find("key 7")[0]), payload_of("key 7"))
    store.close()


def steps_of(path: Path) -> int:
    stop = Stop(-1, lambda name: None)
    with watched(stop):
        work(path, 0, lambda key: None)
    return stop.count


def in_a_child(action: Callable[[int], None]) -> set[str]:
    """Run it in a forked process; what it acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with contextlib.suppress(BaseException):
            action(writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        acknowledged = set(pipe.read().splitlines())
    os.waitpid(child, 0)
    return acknowledged


def acknowledger(fd: int) -> Callable[[str], None]:
    write = os.write
    return lambda key: write(fd, f"{key}\n".encode()) and None


def kill(name: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def stride(request: pytest.FixtureRequest) -> int:
    """Every step in a long campaign, else every eleventh: a prime, so that each kind of step is met."""
    return 1 if request.config.getoption("--soak") else 11


def test_a_kill_before_any_step_loses_nothing_that_was_acknowledged(tmp_path: Path, stride: int) -> None:
    path = tmp_path / "store"
    total = steps_of(path)
    assert total > 80
    keys: set[str] = set()
    for step in range(0, total, stride):

        def action(fd: int, step: int = step) -> None:
            with watched(Stop(step, kill)):
                work(path, 10 * step + 10, acknowledger(fd))

        acknowledged = in_a_child(action)
        mine = {f"key {10 * step + 10 + n}" for n in range(2)}
        assert acknowledged <= mine
        check(path, acknowledged, mine - acknowledged)
        keys |= acknowledged
    assert keys
    check(path, keys)
    (path / "index.db").unlink()
    check(path, keys)


FAULTS: dict[str, Callable[[str], BaseException]] = {
    "full": lambda name: OSError(errno.ENOSPC, "No space left on device") if name.islower() else apsw.FullError("full"),
    "broken": lambda name: OSError(errno.EIO, "Input/output error") if name.islower() else apsw.IOError("io"),
    "busy": lambda name: OSError(errno.EMFILE, "Too many open files") if name.islower() else apsw.BusyError("busy"),
    "damaged": lambda name: OSError(errno.EACCES, "Permission denied") if name.islower() else apsw.CorruptError("bad"),
    "memory": lambda name: MemoryError(),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_failure_of_any_step_is_an_error_of_the_store(
    tmp_path: Path, kind: str, stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a full disk makes the store remove old versions of a cell, which is right and not asked here
    monkeypatch.setattr(Collector, "make_room", lambda self, wanted: False)
    path = tmp_path / "store"
    total = steps_of(path)
    errors: list[str] = []
    left = 0
    for step in range(list(FAULTS).index(kind), total, stride):
        acknowledged: set[str] = set()
        failed: list[str] = []

        def fail(name: str, failed: list[str] = failed) -> None:
            failed.append(name)
            raise FAULTS[kind](name)

        start = 10 * step + 10
        try:
            with watched(Stop(step, fail)):
                work(path, start, acknowledged.add)
        except CashetError as error:
            errors.append(str(error))
        check(path, acknowledged, {f"key {start + n}" for n in range(2)} - acknowledged)
        left += failed == ["unlink"]
        assert len(list((path / "tmp").iterdir())) <= left
    assert errors
    assert not [error for error in errors if "\n" in error]


def test_an_interrupt_at_any_step_leaves_the_store_usable(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = open_store(path)
    store.put(make_commit("key 1"), payload_of("key 1"), durable=False)
    stop = Stop(-1, lambda name: None)
    with watched(stop):
        store.put(make_commit("key 2"), payload_of("key 2"), durable=True)
    for step in range(stop.count):

        def interrupt(name: str) -> None:
            raise KeyboardInterrupt

        key = f"key {step + 10}"
        with contextlib.suppress(KeyboardInterrupt), watched(Stop(step, interrupt)):
            store.put(make_commit(key), payload_of(key), durable=True)
        for commit in store.find(key):
            assert same(store.get(commit), payload_of(key))
        stored: Commit = store.put(make_commit(key), payload_of(key), durable=False)
        assert same(store.get(stored), payload_of(key))
    store.close()


def hammer(path: Path, seed: int, fd: int) -> None:
    store: Store = open_store(path)
    acknowledge = acknowledger(fd)
    for n in range(10_000):
        key = f"key {seed * 10_000 + n}"
        store.put(make_commit(key), payload_of(key), durable=n % 4 == 3)
        acknowledge(key)


def kill_rounds(path: Path, rounds: int) -> None:
    chance = random.Random(rounds)
    open_store(path).close()
    keys: set[str] = set()
    for number in range(1, rounds + 1):
        reading, writing = os.pipe()
        children: list[int] = []
        for worker in range(2):
            child = os.fork()
            if child == 0:
                with contextlib.suppress(BaseException):
                    hammer(path, 2 * number + worker, writing)
                os._exit(1)
            children.append(child)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            first = pipe.readline()
            time.sleep(chance.uniform(0.0, 0.1))
            for child in children:
                os.kill(child, signal.SIGKILL)
            acknowledged = {first.strip(), *pipe.read().splitlines()}
        for child in children:
            os.waitpid(child, 0)
        check(path, acknowledged)
        keys |= acknowledged
    assert len(keys) >= rounds
    (path / "index.db").unlink()
    check(path, keys)


def test_processes_killed_at_random_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    kill_rounds(tmp_path / "store", 8)


@pytest.mark.soak
def test_processes_killed_at_random_for_long_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    kill_rounds(tmp_path / "store", 400)
