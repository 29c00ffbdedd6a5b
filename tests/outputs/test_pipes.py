"""Descriptors that ipykernel watches, without a kernel around them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq
from ipykernel.iostream import IOPubThread, OutStream
from jupyter_client.session import Session

from cashet_jupyter.outputs import pipes
from cashet_jupyter.outputs.pipes import drain


class Collected(OutStream):
    """A stream that keeps what it is given."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.text = ""
        super().__init__(*args, **options)

    def write(self, string: str) -> int:
        self.text += string
        return len(string)


@pytest.fixture
def console(tmp_path: Path) -> Path:
    """What stands for the terminal of a kernel."""
    return tmp_path / "console"


@pytest.fixture
def stream(console: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with console.open("w") as original, zmq.Context() as context:
        monkeypatch.setattr(sys, "stdout", original)
        socket = context.socket(zmq.PUB)
        socket.linger = 0
        thread = IOPubThread(socket)  # it is not started: nothing is sent
        stream = Collected(Session(), thread, "stdout", watchfd="force")
        yield stream
        stream.close()
        thread.io_loop.close(all_fds=True)
        thread.close()


def put(stream: Any, text: bytes) -> None:
    """Write as a library in C does."""
    while text:
        text = text[os.write(stream._original_stdstream_fd, text) :]


@pytest.mark.parametrize(
    "text", ["", "a", "line\n" * 50, "x" * 1000, "y" * 60_000, "\x1b_", "\x1b" * 999, "ä中\n", "\0\x1b[31m"]
)
def test_after_draining_all_text_is_there_and_nothing_else(stream: Any, console: Path, text: str) -> None:
    for rounds in range(1, 4):
        put(stream, text.encode())
        assert drain([stream])
        assert stream.text.replace("�", "") == text * rounds or "ä" in text
        assert "write" not in vars(stream)
    assert "\x1b_" not in stream.text.replace(text, "") or not text
    assert console.read_bytes() == text.encode() * 3


def test_the_token_is_found_wherever_the_pipe_is_cut(stream: Any, console: Path) -> None:
    for size in range(900, 1010, 3):
        before = len(stream.text)
        put(stream, b"z" * size)
        assert drain([stream])
        assert stream.text[before:] == "z" * size
    assert set(console.read_text()) == {"z"}


def test_text_of_a_child_is_there(stream: Any) -> None:
    subprocess.run(["sh", "-c", "echo one; echo two"], stdout=stream._original_stdstream_fd, check=True)
    assert drain([stream])
    assert stream.text == "one\ntwo\n"


def test_text_that_comes_meanwhile_is_not_lost(stream: Any, console: Path) -> None:
    done = threading.Event()

    def work() -> None:
        for number in range(300):
            put(stream, b"%d\n" % number)
        done.set()

    threading.Thread(target=work).start()
    while not done.is_set():
        drain([stream])
    assert drain([stream])
    expected = "".join(f"{number}\n" for number in range(300))
    assert stream.text == expected
    # the copy for the terminal may be out of order by a line where a token was taken out; nothing is lost
    assert sorted(console.read_text().split()) == sorted(expected.split())


def test_a_watcher_that_does_not_read_is_not_waited_for_long_and_leaves_no_token(
    stream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = threading.Event()
    write = stream.write
    monkeypatch.setattr(stream, "write", lambda text: (blocked.wait(5), write(text))[1])
    put(stream, b"first\n")
    time.sleep(0.05)
    put(stream, b"second\n")
    started = time.monotonic()
    assert not drain([stream])
    assert time.monotonic() - started < 2 * pipes.PATIENCE
    blocked.set()
    assert drain([stream])
    assert stream.text == "first\nsecond\n"


def test_a_terminal_that_nobody_reads_does_not_hold_the_cell_back(stream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "PATIENCE", 0.1)
    read, write = os.pipe()
    os.set_blocking(write, False)
    while True:
        try:
            os.write(write, b"x" * 4096)
        except BlockingIOError:
            break
    os.set_blocking(write, True)
    kept = os.dup(stream._original_stdstream_copy)
    os.dup2(write, stream._original_stdstream_copy)
    worker = threading.Thread(
        target=lambda: [put(stream, b"a line\n") or drain([stream]) for _ in range(3)], daemon=True
    )
    worker.start()
    worker.join(10)
    assert not worker.is_alive()
    os.dup2(kept, stream._original_stdstream_copy)
    os.read(read, 1 << 20)
    for descriptor in (read, write, kept):
        os.close(descriptor)


def test_a_token_that_comes_late_is_taken_out_all_the_same(stream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "PATIENCE", 0.1)
    entered, blocked, write = threading.Event(), threading.Event(), stream.write

    def slow(text: str) -> int:
        entered.set()
        blocked.wait(5)
        return write(text)

    monkeypatch.setattr(stream, "write", slow)
    put(stream, b"first\n")
    entered.wait(5)  # the pipe is empty now, and its text in the watcher's hands
    assert not drain([stream])
    blocked.set()
    put(stream, b"later\n")
    deadline = time.monotonic() + 5
    while "later\n" not in stream.text and time.monotonic() < deadline:
        time.sleep(0.01)
    assert stream.text == "first\nlater\n"
    assert stream.write is slow


def test_a_stream_that_is_not_watched_needs_no_draining() -> None:
    assert drain([sys.stdout, object()])
