"""One computes, the others take its result: between threads and processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

from cashet_jupyter import Client

SCRIPT = """
    import sys, time
    from cashet_jupyter import Client

    def slow(seconds):
        time.sleep(seconds)
        return seconds * 2

    with Client(sys.argv[1]) as client:
        print(client.submit(slow, float(sys.argv[2])).load())
"""


def started(folder: Path, seconds: float) -> subprocess.Popen[str]:
    script = folder / "script.py"
    script.write_text(textwrap.dedent(SCRIPT))
    command = [sys.executable, str(script), str(folder / "store"), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)


def wait_for_claim(folder: Path, owner: int) -> None:
    """Until that process says that it computes."""
    until = time.monotonic() + 60
    while not any(str(owner).encode() in path.read_bytes() for path in folder.glob("store/locks/flight/*")):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_of_two_processes_one_computes(tmp_path):
    first = started(tmp_path, 2)
    wait_for_claim(tmp_path, first.pid)
    second = started(tmp_path, 2)
    assert [process.communicate(timeout=60)[0].strip() for process in (first, second)] == ["4.0", "4.0"]
    with Client(tmp_path / "store") as client:
        assert len(client.log()) == 1


def test_a_process_that_died_keeps_nobody_waiting(tmp_path):
    first = started(tmp_path, 120)
    wait_for_claim(tmp_path, first.pid)
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = started(tmp_path, 120)
    wait_for_claim(tmp_path, second.pid)
    second.kill()
    second.wait()


def test_of_many_threads_one_computes(tmp_path):
    begun = threading.Barrier(6)
    refs = []

    def slow(x):
        time.sleep(0.3)
        return x + 1

    def submit():
        with Client(tmp_path / "store") as client:
            begun.wait()
            refs.append(client.submit(slow, 1))

    threads = [threading.Thread(target=submit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ref.commit_hash for ref in refs}) == 1
    assert {ref.load() for ref in refs} == {2}


def test_a_thread_waits_however_long_another_one_of_its_process_computes(tmp_path, monkeypatch):
    monkeypatch.setattr("cashet_jupyter.store.claims.NESTED", 0.0)
    test_of_many_threads_one_computes(tmp_path)


def test_calls_side_by_side_do_not_see_each_others_doings(tmp_path):
    """What one reads is no dependency of the other, and a thread of a pool keeps neither from being served."""
    paths = [tmp_path / str(number) for number in range(4)]
    for path in paths:
        path.write_text(path.name)

    def read(path):
        time.sleep(0.05)
        text = Path(path).read_text()
        time.sleep(0.05)
        return text

    with Client(tmp_path / "store") as client:
        refs = client.map(read, [str(path) for path in paths], max_workers=4)
        assert [ref.load() for ref in refs] == [path.name for path in paths]
        for ref in refs:
            trace = client.store.resolve(ref.commit_hash).trace
            assert [Path(item.name).name for item in trace if item.kind == "file"] == [ref.load()]
        again = client.map(read, [str(path) for path in paths], max_workers=4)
        assert [ref.commit_hash for ref in again] == [ref.commit_hash for ref in refs]
