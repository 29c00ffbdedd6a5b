"""Several kernels use one store at once: nothing is lost, nothing is mixed up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import cashet_jupyter
from cashet_jupyter.store import locks
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload, same
from tests.store.worker import KEYS, payload_of

ROOT = Path(cashet_jupyter.__file__).parents[1]


def start(path: Path, number: int, rounds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.worker", str(path), str(number), str(rounds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(workers: list[subprocess.Popen[str]]) -> tuple[int, int]:
    stored = read = 0
    for worker in workers:
        out, errors = worker.communicate(timeout=1500)
        assert worker.returncode == 0, errors
        one, other = map(int, out.split())
        stored, read = stored + one, read + other
    return stored, read


def campaign(path: Path, workers: int, rounds: int) -> None:
    stored, read = finish([start(path, number, rounds) for number in range(workers)])
    assert stored == workers * rounds
    store = open_store(path)
    found = [commit for n in range(KEYS) for commit in store.find(f"key {n}", limit=10**6)]
    assert {commit.host for commit in found} == {str(w * 1000 + n) for w in range(workers) for n in range(rounds)}
    for commit in found:
        assert same(store.get(commit), payload_of(commit.host))
    assert store.stats().commits == stored
    assert store.stats().hits == read
    assert len(store.log(tag=("worker", "0"), limit=1000)) == (rounds + 6) // 7
    before = (store.log(limit=10**6), store.stats())
    store.close()
    (path / "index.db").unlink()
    store = open_store(path)
    assert (store.log(limit=10**6), store.stats()) == before
    store.close()


def test_processes_that_make_and_fill_one_store_at_once_lose_nothing(tmp_path: Path) -> None:
    campaign(tmp_path / "store", 4, 30)


@pytest.mark.soak
def test_many_processes_for_long_lose_nothing(tmp_path: Path) -> None:
    campaign(tmp_path / "store", 6, 250)


def test_an_index_that_vanishes_again_and_again_loses_nothing(tmp_path: Path) -> None:
    """Threads with handles of their own store runs while the index is put aside under them."""
    path = tmp_path / "store"
    open_store(path).close()
    done = threading.Event()
    stored: list[str] = []
    renewed: list[float] = []
    failures: list[BaseException] = []

    def work(number: int) -> None:
        store = open_store(path)
        try:
            n = 0
            while n < 15 or (len(renewed) < 2 and n < 3000):
                key = f"key {number} {n}"
                store.put(make_commit(key), make_payload(n, 17_000), durable=False)
                stored.append(key)
                assert store.find(key), key
                n += 1
        except BaseException as error:
            failures.append(error)
        store.close()

    def disturb() -> None:
        other = open_store(path)
        index = other.index
        while not done.is_set():
            index.renew(index.connections.identity())
            renewed.append(time.monotonic())
            time.sleep(0.05)
        other.close()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    disturber = threading.Thread(target=disturb)
    for thread in (*workers, disturber):
        thread.start()
    for thread in workers:
        thread.join()
    done.set()
    disturber.join()
    assert not failures
    assert len(list((path / "quarantine").glob("index-*"))) > 1
    store = open_store(path)
    assert len(stored) >= 45
    assert all(store.find(key) for key in stored)
    assert store.stats().commits == len(stored)
    store.close()


def test_locks_that_lock_nothing_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On some network file systems every caller gets every lock."""
    monkeypatch.setattr(locks.fcntl, "flock", lambda fd, kind: None)
    test_an_index_that_vanishes_again_and_again_loses_nothing(tmp_path)


def test_a_forked_child_that_ends_normally_leaves_its_parents_store_alone(tmp_path: Path) -> None:
    """Not by `os._exit`: the interpreter frees what the child inherited, connections among it."""
    script = """
import os, sys
from pathlib import Path
from cashet_jupyter.store import locks
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload, same
store = open_store(Path(sys.argv[1]))
for n in range(5):
    stored = store.put(make_commit(f"parent {n}"), make_payload(n, 20_000), durable=False)
    if (child := os.fork()) == 0:
        if n % 2:
            store.put(make_commit(f"child {n}"), make_payload(n), durable=False)
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
    store.put(make_commit(f"after {n}"), make_payload(n), durable=False)
    assert same(store.get(stored), make_payload(n, 20_000))
assert len(store.log()) == 12
"""
    path = tmp_path / "store"
    subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, check=True, timeout=60)
    store = open_store(path)
    assert store.stats().commits == 12
    assert store.notices == []
    store.close()


def test_a_process_waits_for_the_one_that_writes(tmp_path: Path) -> None:
    path = tmp_path / "store"
    one, other = open_store(path), open_store(path)
    one.find("open")
    released: list[float] = []

    def hold() -> None:
        with one.index.writing():
            time.sleep(1.0)
        released.append(time.monotonic())

    thread = threading.Thread(target=hold)
    thread.start()
    time.sleep(0.1)
    other.touch(make_commit(id="ab" * 32), 1.0)
    assert not released  # noting does not wait
    stored = other.put(make_commit(), make_payload(), durable=False)
    assert released
    thread.join()
    assert one.find(stored.key) == [stored]
    one.close()
    other.close()


def test_a_store_may_be_copied_and_moved(tmp_path: Path) -> None:
    store = open_store(tmp_path / "one")
    stored = store.put(make_commit(), make_payload(1, 20_000), durable=False)
    store.close()
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    os.rename(tmp_path / "one", tmp_path / "moved")  # noqa: PTH104
    for place in ("copy", "moved"):
        store = open_store(tmp_path / place)
        assert store.find(stored.key) == [stored]
        assert same(store.get(stored), make_payload(1, 20_000))
        store.close()
