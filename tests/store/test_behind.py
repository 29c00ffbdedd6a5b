"""One thing is written in the background, and whoever asks waits for it."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from cashet_jupyter.store import behind as module
from cashet_jupyter.store.behind import Behind


@pytest.fixture
def behind():
    return Behind()


class Work:
    """Something to write that takes until it is told to end, or to stop."""

    def __init__(self, seconds=10.0):
        self.go = threading.Event()
        self.log = []
        self.thread = None
        self._seconds = seconds

    def write(self, stop):
        self.thread = threading.current_thread()
        deadline = time.monotonic() + self._seconds
        while not self.go.is_set() and not stop() and time.monotonic() < deadline:
            time.sleep(0.005)
        self.log.append("given up" if stop() else "written")

    def settle(self):
        self.log.append(f"settled in {threading.current_thread().name}")


def press_soon(seconds=0.1):
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    return timer


def test_beginning_does_not_wait_and_finishing_does(behind):
    work = Work(0.2)
    behind.begin(work.write, work.settle)
    assert behind.writing
    assert work.log == []
    assert behind.finish() is False
    assert work.log == ["written", "settled in MainThread"]
    assert not behind.writing


def test_finishing_is_done_once_and_costs_nothing_without_work(behind):
    assert behind.finish() is False
    work = Work(0.0)
    behind.begin(work.write, work.settle)
    behind.finish()
    behind.finish()
    assert work.log == ["written", "settled in MainThread"]


def test_the_next_one_waits_for_the_first(behind):
    first, second = Work(0.1), Work(0.0)
    behind.begin(first.write, first.settle)
    behind.begin(second.write, second.settle)
    assert first.log == ["written", "settled in MainThread"]
    behind.finish()


def test_what_it_writes_with_may_ask_for_it(behind):
    asked = []
    behind.begin(lambda _: asked.append(behind.finish()), lambda: asked.append(behind.finish()))
    behind.finish()
    assert asked == [False, False]


def test_several_threads_that_wait_settle_once(behind):
    work = Work(0.2)
    behind.begin(work.write, work.settle)
    threads = [threading.Thread(target=behind.finish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line.partition(" ")[0] for line in work.log] == ["written", "settled"]


@pytest.fixture
def interruptible():
    """Interrupts are heard, also where the tests were started by something that ignores them."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


def test_an_interrupt_gives_it_up_and_is_not_raised(behind, interruptible):
    work = Work()
    behind.begin(work.write, work.settle)
    timer = press_soon()
    assert behind.finish() is True
    timer.join()
    assert work.log == ["given up", "settled in MainThread"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_goes_to_nobody_else_meanwhile(behind):
    """The kernel's handler for asynchronous cells only notes it for later."""
    noted = []
    former = signal.signal(signal.SIGINT, lambda *_: noted.append(1))
    try:
        work = Work()
        behind.begin(work.write, work.settle)
        timer = press_soon()
        assert behind.finish() is True
        timer.join()
        assert noted == []
    finally:
        signal.signal(signal.SIGINT, former)


def test_who_ignores_interrupts_still_does(behind):
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        work = Work(0.4)
        behind.begin(work.write, work.settle)
        timer = press_soon()
        assert behind.finish() is False
        timer.join()
        assert work.log[0] == "written"
    finally:
        signal.signal(signal.SIGINT, former)


def test_who_waits_long_is_told_and_told_of_the_end(behind, monkeypatch):
    monkeypatch.setattr(module, "_QUIET", 0.1)
    told = []
    behind.told = told.append
    work = Work(0.35)
    behind.begin(work.write, work.settle)
    behind.finish()
    assert len(told) >= 3
    assert told == [*sorted(told[:-1]), 0.0]
    told.clear()
    work = Work(0.01)
    behind.begin(work.write, work.settle)
    behind.finish()
    assert told == []


def test_a_process_that_forks_waits_and_its_child_knows_of_nothing(behind):
    work = Work(0.2)
    behind.begin(work.write, work.settle)
    pid = os.fork()
    if pid == 0:
        os._exit(0 if work.log[:1] == ["written"] and not behind.finish() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert len(work.log) == 2


def test_where_no_thread_can_be_begun_it_is_written_at_once(behind, monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    work = Work(0.0)
    behind.begin(work.write, work.settle)
    assert work.log == ["written"]
    behind.finish()
    assert work.log[-1] == "settled in MainThread"


def test_a_process_that_ends_waits(tmp_path):
    import subprocess
    import sys

    script = (
        "import atexit, time\n"
        "from cashet_jupyter.store.behind import Behind\n"
        "behind = Behind()\n"
        "atexit.register(lambda: print('exit function'))\n"
        "behind.begin(lambda stop: (time.sleep(0.3), print('written')), lambda: None)\n"
        "print('end')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["end", "written", "exit function", ""]
