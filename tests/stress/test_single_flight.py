"""Of many processes that want one result, one computes it; whatever happens to that one, somebody does."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import re
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashet_jupyter.config import CellOptions
from cashet_jupyter.store import claims
from cashet_jupyter.store.answers import Work
from cashet_jupyter.store.layout import find_store_dir
from cashet_jupyter.store.protocol import Claim
from cashet_jupyter.store.store import Store, open_store
from tests.stress.flight import Child, Log, fly


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    monkeypatch.setenv("CASHET_DIR", str(tmp_path / ".cashet"))
    open_store(tmp_path / ".cashet").close()
    return Log(tmp_path / "log")


@contextlib.contextmanager
def children(*made: Child) -> Iterator[None]:
    try:
        yield
    finally:
        for child in made:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                child.kill()
                child.end()


def left_claims() -> list[Path]:
    return list((find_store_dir() / "locks" / "flight").iterdir())


def say(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        print(f"\n    {text}", file=sys.stderr)


# ------------------------------------------------------------------------------------------------------ one computes
def test_of_sixteen_processes_one_computes_and_the_others_take_it(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    crowd = [Child(lambda: fly(log, during=lambda: time.sleep(1.0))) for _ in range(16)]
    assert [child.end() for child in crowd] == [0] * 16
    words = log.words()
    assert (words.count("start"), words.count("done"), words.count("hit")) == (1, 1, 15)
    assert left_claims() == []
    say(capsys, f"16 processes, 1 computation of 1.0 s: all had it after {time.monotonic() - started:.2f} s")


def test_a_result_that_was_stored_just_now_is_taken_and_not_computed_again(log: Log) -> None:
    crowd = [Child(lambda: fly(log)) for _ in range(16)]
    assert [child.end() for child in crowd] == [0] * 16
    assert (log.words().count("start"), log.words().count("hit")) == (1, 15)


def _doomed(log: Log, source: str, seed: int) -> bool:
    def during() -> None:
        chance = random.Random(seed)
        time.sleep(chance.uniform(0.0, 0.04))
        if chance.random() < 0.4:
            log.say("dies")
            os.kill(os.getpid(), signal.SIGKILL)

    return fly(log, source, during)


def campaign(tmp_path: Path, rounds: int, processes: int) -> tuple[int, int]:
    """How many runs there were, and how many of them were killed."""
    runs = kills = 0
    for number in range(rounds):
        log = Log(tmp_path / f"log {number}")
        source = f"y = {number}\nx = 42"
        seeds = range(number * 100, number * 100 + processes)
        crowd = [Child(lambda log=log, source=source, seed=seed: _doomed(log, source, seed)) for seed in seeds]
        codes = [child.end() for child in crowd]
        words = [word for word in log.words() if word != "want"]
        died = words.count("dies")
        assert set(codes) <= {0, -signal.SIGKILL}, codes
        assert codes.count(-signal.SIGKILL) == died
        assert words.count("done") == (1 if died < processes else 0)
        # One begins, and another only when that one has died: nobody computes beside it, nobody after a success.
        order = [word for word in words if word != "hit"]
        assert order == [*["start", "dies"] * died, *(["start", "done"] if died < processes else [])]
        runs, kills = runs + words.count("start"), kills + died
    return runs, kills


def test_owners_that_are_killed_are_followed_by_one_each_and_a_success_by_none(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs, kills = campaign(tmp_path, 5, 8)
    assert kills > 0
    say(capsys, f"5 rounds of 8 processes: {runs} runs, {kills} of them killed, 0 duplicates")


def test_a_result_that_comes_between_lookup_and_claim_is_taken(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    claim, seen = Store.claim, list[str]()

    def late(store: Store, key: str, work: Work) -> Claim:
        if not seen:
            seen.append(key)
            assert Child(lambda: fly(log)).end() == 0
        return claim(store, key, work)

    monkeypatch.setattr(Store, "claim", late)
    assert Child(lambda: fly(log)).end() == 0
    assert [word for word in log.words() if word != "want"] == ["start", "done", "hit"]


@pytest.mark.soak
def test_many_owners_that_are_killed(log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs, kills = campaign(tmp_path, 60, 16)
    assert kills > 30
    say(capsys, f"60 rounds of 16 processes: {runs} runs, {kills} of them killed, 0 duplicates")


# ------------------------------------------------------------------------------------------------------- dead owners
def _live_on(log: Log) -> None:
    log.say("helper")
    time.sleep(60)


def _own(log: Log, source: str, *, helper: bool) -> bool:
    def during() -> None:
        if helper:
            multiprocessing.get_context("fork").Process(target=_live_on, args=(log,)).start()
        log.say("holds")
        time.sleep(60)

    return fly(log, source, during)


def takeovers(tmp_path: Path, number: int, *, helper: bool) -> list[float]:
    """Seconds from an owner's death to the start of the run that takes over."""
    found: list[float] = []
    for n in range(number):
        log, source = Log(tmp_path / f"log {helper} {n}"), f"y = {n, helper}\nx = 42"
        owner = Child(lambda log=log, source=source: _own(log, source, helper=helper))
        log.wait_for("holds")
        waiter = Child(lambda log=log, source=source: fly(log, source))
        with children(owner, waiter):
            log.wait_for("want", 2)
            time.sleep(0.7)  # its pauses have grown to their full length
            assert log.words().count("start") == 1
            killed = time.time()
            owner.kill()
            assert waiter.end() == 0
        found.append(log.times("start")[1] - killed)
        for line in log.path.read_text().splitlines():
            if line.startswith("helper"):
                os.kill(int(line.split()[1]), 0)  # it lives, and has not kept the claim
                os.kill(int(line.split()[1]), signal.SIGKILL)
    return found


@pytest.mark.parametrize("helper", [False, True], ids=["alone", "with a forked child that lives on"])
def test_a_killed_owner_is_followed_within_half_a_second(
    log: Log, tmp_path: Path, helper: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    found = takeovers(tmp_path, 4, helper=helper)
    kind = "whose child lives on" if helper else "alone"
    say(capsys, f"owner {kind} killed: taken over after {statistics.median(found):.3f} s, at most {max(found):.3f} s")
    assert max(found) <= 0.5


def test_an_owner_that_was_interrupted_is_followed_by_one(log: Log) -> None:
    owner = Child(lambda: fly(log, during=lambda: time.sleep(60)))
    log.wait_for("start")
    crowd = [Child(lambda: fly(log, during=lambda: time.sleep(0.3))) for _ in range(4)]
    with children(owner, *crowd):
        log.wait_for("want", 5)
        time.sleep(0.3)
        os.kill(owner.pid, signal.SIGINT)
        assert owner.end() == 3
        assert [child.end() for child in crowd] == [0] * 4
    assert (log.words().count("start"), log.words().count("hit")) == (2, 3)


# ---------------------------------------------------------------------------------------------- those who do not wait
def _runs_at_once(log: Log, number: int) -> float:
    """The share of the time of the runs during which the first and the last of them ran side by side."""
    starts, ends = sorted(log.times("start"))[-number:], sorted([*log.times("ran"), *log.times("done")])[-number:]
    return (ends[0] - starts[-1]) / (ends[-1] - starts[0])


@pytest.mark.parametrize("source", ["x = 42\n1 / 0", "x = 42\nlock = __import__('threading').Lock()"])
def test_those_who_waited_for_a_run_that_stored_nothing_do_not_run_one_after_another(log: Log, source: str) -> None:
    owner = Child(lambda: fly(log, source, lambda: time.sleep(1.0)))
    log.wait_for("start")
    crowd = [Child(lambda: fly(log, source, lambda: time.sleep(1.5))) for _ in range(4)]
    with children(owner, *crowd):
        assert [child.end() for child in (owner, *crowd)] == [0] * 5
    assert (log.words().count("start"), log.words().count("ran")) == (5, 5)
    assert _runs_at_once(log, 4) > 0.4
    assert left_claims() == []


def test_those_for_whom_the_result_does_not_hold_do_not_run_one_after_another(log: Log) -> None:
    """The cell reads a variable of the environment, which is another one in each process."""
    source = "import os\nx = 42 + 0 * len(os.environ['MODE_OF_TEST'])"

    def run(mode: str, seconds: float) -> bool:
        os.environ["MODE_OF_TEST"] = mode
        return fly(log, source, lambda: time.sleep(seconds))

    owner = Child(lambda: run("a", 1.0))
    log.wait_for("start")
    crowd = [Child(lambda mode=mode: run(mode, 1.5)) for mode in "bcda"]
    with children(owner, *crowd):
        assert [child.end() for child in (owner, *crowd)] == [0] * 5
    assert (log.words().count("start"), log.words().count("hit")) == (4, 1)
    assert _runs_at_once(log, 3) > 0.4


def test_refresh_runs_at_once_and_the_one_it_did_not_wait_for_goes_on(log: Log) -> None:
    owner = Child(lambda: fly(log, during=lambda: time.sleep(1.0)))
    log.wait_for("start")
    second = Child(lambda: fly(log, options=CellOptions(refresh=True)))
    with children(owner, second):
        assert second.end() == 0
        assert log.words().count("done") == 1
        assert owner.end() == 0
    assert (log.words().count("start"), log.words().count("done")) == (2, 2)


def test_who_waits_takes_what_anyone_stores(log: Log) -> None:
    owner = Child(lambda: fly(log, during=lambda: time.sleep(60)))
    log.wait_for("start")
    waiter = Child(lambda: fly(log))
    with children(owner, waiter):
        log.wait_for("want", 2)
        assert Child(lambda: fly(log, options=CellOptions(refresh=True))).end() == 0
        assert waiter.end() == 0
    assert log.words().count("hit") == 1


def test_a_run_that_is_not_to_be_stored_neither_waits_nor_is_waited_for(log: Log) -> None:
    options = CellOptions(store=False)
    first = Child(lambda: fly(log, during=lambda: time.sleep(1.0), options=options))
    log.wait_for("start")
    second = Child(lambda: fly(log, during=lambda: time.sleep(1.0)))
    log.wait_for("start", 2)
    third = Child(lambda: fly(log, options=options))
    with children(first, second, third):
        assert third.end() == 0
        assert log.words().count("done") == 0
        assert (first.end(), second.end()) == (0, 0)
    assert (log.words().count("ran"), log.words().count("done")) == (2, 1)


def test_locks_that_lock_nothing_cost_time_and_nothing_else(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims.fcntl, "flock", lambda fd, kind: None)
    crowd = [Child(lambda: fly(log, during=lambda: time.sleep(1.0))) for _ in range(6)]
    assert [child.end() for child in crowd] == [0] * 6
    assert log.words().count("done") == 6
    assert Child(lambda: fly(log)).end() == 0
    assert log.words().count("hit") == 1


# ---------------------------------------------------------------------------------------------------------- the user
def test_who_waits_is_interrupted_at_once(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    owner = Child(lambda: fly(log, during=lambda: time.sleep(60)))
    log.wait_for("start")
    found: list[float] = []

    def wait() -> bool:
        try:
            return fly(log)
        except KeyboardInterrupt:
            log.say("interrupted")
            raise

    with children(owner):
        for n in range(5):
            waiter = Child(wait)
            with children(waiter):
                log.wait_for("want", n + 2)
                time.sleep(0.6)
                pressed = time.time()
                os.kill(waiter.pid, signal.SIGINT)
                assert waiter.end() == 3
            found.append(log.times("interrupted")[-1] - pressed)
        assert len(left_claims()) == 1
    say(capsys, f"interrupted after {statistics.median(found) * 1e3:.1f} ms, at most {max(found) * 1e3:.1f} ms")
    assert max(found) <= 0.05


def test_the_line_comes_after_a_third_of_a_second_counts_and_goes(log: Log, tmp_path: Path) -> None:
    shown = Log(tmp_path / "lines")
    owner = Child(lambda: fly(log, during=lambda: time.sleep(2.0)))
    log.wait_for("start")
    waiter = Child(lambda: fly(log, waiting=lambda line: shown.say(line.replace(" ", "_") or "-")))
    with children(owner, waiter):
        assert (owner.end(), waiter.end()) == (0, 0)
    *lines, last = shown.words()
    assert last == "-"
    assert 2 <= len(lines) <= 3
    assert all(re.fullmatch(r"waiting_for_train.ipynb,_running_since_0:0\d", line) for line in lines)
    assert shown.times(lines[0])[0] - log.times("want")[1] >= 0.3


def test_of_a_short_wait_nothing_is_said(log: Log, tmp_path: Path) -> None:
    shown = Log(tmp_path / "lines")
    ready, go = os.pipe()
    owner = Child(lambda: fly(log, during=lambda: os.read(ready, 1)))
    log.wait_for("start")
    waiter = Child(lambda: fly(log, waiting=lambda line: shown.say(line or "-")))
    with children(owner, waiter):
        log.wait_for("want", 2)
        os.write(go, b".")
        assert (owner.end(), waiter.end()) == (0, 0)
    os.close(ready)
    os.close(go)
    assert log.words().count("hit") == 1
    assert shown.words() == []
