"""Nine processes use one store, and are killed at random: nothing that was acknowledged is lost, nothing leaks."""

from __future__ import annotations

import collections
import contextlib
import fcntl
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

import cashet_jupyter
from cashet_jupyter.store import strays
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import same
from tests.stress import workers
from tests.stress.accounts import leaks
from tests.stress.workers import payload_of

ROOT = Path(cashet_jupyter.__file__).parents[1]
#: blobs that have to be reclaimed for each second, or the test did not test the collection
RECLAIMED_A_SECOND = 1000 / 120


class Campaign:
    """Workers of every role, each started again when it was killed."""

    def __init__(self, path: Path, seed: int = 1) -> None:
        self.path = path
        self.counts: collections.Counter[str] = collections.Counter()
        self.kept: list[str] = []
        self.bad: list[str] = []
        self._chance = random.Random(seed)
        self._workers: dict[int, Callable[..., None]] = {}
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._rest = b""

    def run(self, seconds: float, *, pause: float = 0.04, enough: Callable[[], bool] = lambda: True) -> None:
        """Let them work, and kill one of them every `pause` seconds on average.

        On a slow machine they go on until enough was done, for five times as long at most.
        """
        open_store(self.path).close()
        for role in workers.ROLES:
            self._start(role)
        end, latest = time.monotonic() + seconds, time.monotonic() + 5 * seconds
        following = time.monotonic() + pause
        while time.monotonic() < (latest if not enough() else end) and not self.bad:
            time.sleep(0.005)
            self._hear()
            if time.monotonic() > following:
                os.kill(self._victim(), signal.SIGKILL)
                following = time.monotonic() + self._chance.expovariate(1 / pause)
            self._replace()
        self._stop()

    def _victim(self) -> int:
        """Any of them, but one that takes seconds for its work is let alone most of the time, or it would never end."""
        child = self._chance.choice(list(self._workers))
        return child if self._workers[child] not in workers.SLOW or self._chance.random() < 0.05 else self._victim()

    def _start(self, role: Callable[..., None]) -> None:
        seed = self._chance.randrange(1 << 30)
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                os.close(self._reading)
                workers.live(self.path, role, seed, self._writing)
            os._exit(1)
        self._workers[child] = role
        self.counts["started"] += 1

    def _replace(self) -> None:
        for child in list(self._workers):
            if os.waitpid(child, os.WNOHANG)[0]:
                self.counts["killed"] += 1
                self._start(self._workers.pop(child))

    def _stop(self) -> None:
        for child in self._workers:
            os.kill(child, signal.SIGKILL)
        for child in self._workers:
            os.waitpid(child, 0)
        self._hear()
        os.close(self._reading)
        os.close(self._writing)

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._reading, 1 << 16):
                self._rest += data
        *lines, self._rest = self._rest.split(b"\n")
        for word, _, rest in (line.decode().partition(" ") for line in lines):
            self.counts[word] += int(rest) if word == "reclaimed" else 1
            if word == "kept":
                self.kept.append(rest)
            elif word in ("wrong", "failed"):
                self.bad.append(f"{word} {rest}")


def judge(path: Path, kept: list[str]) -> list[str]:
    """What was lost, is wrong or leaks, when nobody works on the store any more."""
    bad: list[str] = []
    store = open_store(path)
    there = {commit.host: commit for commit in store.log(limit=10**6)}
    bad += [f"LOST {host}" for host in kept if host not in there]
    for host, commit in there.items():
        if not same(store.get(commit), payload_of(host)):
            bad.append(f"WRONG {host}")
    with mock.patch.object(strays, "GRACE", 0.0):  # nobody is at work: what belongs to nothing goes at once
        store.gc()
    bad += leaks(store)
    before = (store.log(limit=10**6), store.stats())
    store.close()
    (path / "index.db").unlink()
    store = open_store(path)
    store.gc()
    if (store.log(limit=10**6), store.stats()) != before:
        bad.append("the index made anew from the log is another one")
    store.close()
    return bad


def stress(path: Path, seconds: float, capsys: pytest.CaptureFixture[str]) -> None:
    least = RECLAIMED_A_SECOND * seconds
    campaign = Campaign(path)
    counts = campaign.counts
    campaign.run(seconds, enough=lambda: counts["reclaimed"] >= least and counts["killed"] >= 2 * seconds)
    with capsys.disabled():
        print(f"\n  {seconds:.0f} s: {dict(sorted(campaign.counts.items()))}")
    assert campaign.bad == []
    assert judge(path, campaign.kept) == []
    assert counts["reclaimed"] >= least
    assert counts["killed"] >= 2 * seconds
    for word in ("put", "kept", "read", "removed", "verified", "deleted"):
        assert counts[word], word


def test_processes_killed_at_random_lose_nothing_and_leak_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stress(tmp_path / "store", 8.0, capsys)


@pytest.mark.soak
def test_processes_killed_at_random_for_two_minutes_lose_nothing_and_leak_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stress(tmp_path / "store", 120.0, capsys)


@pytest.mark.soak
def test_nothing_is_lost_where_locks_lock_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On some network file systems every caller gets every lock."""
    monkeypatch.setattr(fcntl, "flock", lambda fd, kind: None)
    stress(tmp_path / "store", 30.0, capsys)


# --------------------------------------------------------------------------------------- one process, many at work
class Work:
    """Some rounds of every role but those that wait, in one process."""

    def __init__(self, seed: int, rounds: int) -> None:
        self.seed = seed
        self.rounds = rounds
        self.said: list[str] = []

    def __call__(self, store: Store) -> None:
        chance = random.Random(self.seed)
        roles = (workers.store_runs, workers.store_runs, workers.read_runs, workers.remove_runs, workers.collect)
        try:
            for n in range(self.rounds):
                roles[(n + self.seed) % len(roles)](store, chance, self.said.append)
        except BaseException as error:
            self.said.append(f"failed {type(error).__name__}: {error}")

    @property
    def kept(self) -> list[str]:
        return [text.removeprefix("kept ") for text in self.said if text.startswith("kept ")]

    @property
    def bad(self) -> list[str]:
        return [text for text in self.said if text.startswith(("wrong", "failed"))]


def reclaimed(works: list[Work]) -> int:
    return sum(int(text.split()[1]) for work in works for text in work.said if text.startswith("reclaimed"))


def test_threads_that_share_a_store_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = open_store(path)
    works: list[Work] = []
    while reclaimed(works) <= 10 and len(works) < 50:
        fresh = [Work(len(works) + number, 100) for number in range(5)]
        threads = [threading.Thread(target=work, args=(store,)) for work in fresh]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        works += fresh
    store.close()
    assert [text for work in works for text in work.bad] == []
    assert reclaimed(works) > 10
    assert judge(path, [host for work in works for host in work.kept]) == []


def test_children_forked_from_a_process_that_uses_the_store_lose_nothing(tmp_path: Path) -> None:
    """As `multiprocessing` does by default on Linux before Python 3.14."""
    path = tmp_path / "store"
    store = open_store(path)
    mine = Work(0, 60)
    mine(store)
    context = multiprocessing.get_context("fork")
    said = context.SimpleQueue()

    def child(seed: int) -> None:
        work = Work(seed, 60)
        work(store)
        said.put((work.kept, work.bad))

    children = [context.Process(target=child, args=(seed,)) for seed in range(1, 4)]
    for process in children:
        process.start()
    mine(store)
    results = [said.get() for _ in children]
    for process in children:
        process.join(60)
        assert process.exitcode == 0
    mine(store)
    store.close()
    assert mine.bad == []
    assert [bad for _, bad in results] == [[], [], []]
    assert judge(path, [*mine.kept, *(host for kept, _ in results for host in kept)]) == []


# --------------------------------------------------------------------------------------------------- other versions
def other_pythons() -> list[str]:
    """Interpreters of other versions that have what the store needs."""
    found: dict[str, str] = {}
    for minor in range(11, 20):
        python = shutil.which(f"python3.{minor}")
        if python and minor != sys.version_info.minor and _runs(python, "import apsw, blake3, msgpack, platformdirs"):
            found[f"3.{minor}"] = python
    return list(found.values())


def _runs(python: str, code: str) -> bool:
    return subprocess.run([python, "-c", code], capture_output=True, timeout=60).returncode == 0


ROUNDS_ELSEWHERE = """
import json, sys
from pathlib import Path
from cashet_jupyter.store.store import open_store
from tests.stress.test_stress import Work
work = Work(int(sys.argv[2]), 100)
store = open_store(Path(sys.argv[1]))
work(store)
store.close()
print(json.dumps([work.kept, work.bad]))
"""


def test_another_version_of_python_uses_the_same_store(tmp_path: Path) -> None:
    pythons = [python for python in other_pythons() if _runs(python, "import pytest")]
    if not pythons:
        pytest.skip("no other Python here that has the dependencies")
    import json

    path = tmp_path / "store"
    store = open_store(path)
    commands = [[python, "-c", ROUNDS_ELSEWHERE, str(path), str(n)] for n, python in enumerate(pythons)]
    others = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for command in commands]
    work = Work(99, 150)
    work(store)
    kept = work.kept
    for other in others:
        out, _ = other.communicate(timeout=120)
        assert other.returncode == 0
        theirs, bad = json.loads(out)
        assert bad == []
        kept += theirs
    store.close()
    assert work.bad == []
    assert judge(path, kept) == []
