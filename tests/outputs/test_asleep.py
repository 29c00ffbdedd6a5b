"""A thread counts as waiting only while it waits, and only for what was asked."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from cashet_jupyter.outputs.asleep import waits_for_events, waits_for_text
from cashet_jupyter.outputs.wire import _is_sent

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")


@contextmanager
def running(work: Callable[[], object]) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield thread


def soon(question: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.001)
    return True


def test_a_thread_that_reads_an_empty_pipe_waits_for_text_there_only() -> None:
    reader, writer = os.pipe()
    with running(lambda: os.read(reader, 1)) as thread:
        assert soon(lambda: waits_for_text(thread, reader))
        assert not waits_for_text(thread, writer)
        assert not waits_for_events(thread)
        os.write(writer, b"x")
        thread.join(5)
        assert not waits_for_text(thread, reader)
    os.close(reader)
    os.close(writer)


def test_a_thread_that_works_or_waits_for_a_lock_waits_for_neither() -> None:
    ended, lock = threading.Event(), threading.Lock()

    def work() -> None:
        while not ended.is_set():
            pass

    with lock, running(work) as busy, running(lambda: lock.acquire(timeout=5)) as locked:
        for _ in range(20):
            for thread in (busy, locked):
                assert not waits_for_text(thread, 0)
                assert not waits_for_events(thread)
        ended.set()


def test_a_loop_without_events_waits_for_them() -> None:
    loop = asyncio.new_event_loop()
    with running(loop.run_forever) as thread:
        assert soon(lambda: waits_for_events(thread))
        assert not waits_for_text(thread, 0)
        held = threading.Event()
        loop.call_soon_threadsafe(held.wait, 5)
        assert soon(lambda: not waits_for_events(thread))
        held.set()
        assert soon(lambda: waits_for_events(thread))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
    loop.close()


def test_what_is_no_thread_waits_for_nothing() -> None:
    assert not waits_for_events(None)
    assert not waits_for_text(threading.Thread(), 0)


class _Sender:
    def __init__(self, thread: object) -> None:
        self.thread = thread
        self._events: list[object] = []


class _Stream:
    def __init__(self) -> None:
        self._buffers: dict[str, str] = {}


def test_nothing_is_on_its_way_only_where_nothing_is_left_anywhere() -> None:
    loop = asyncio.new_event_loop()
    with running(loop.run_forever) as thread:
        assert soon(lambda: waits_for_events(thread))
        sender, stream = _Sender(thread), _Stream()
        assert _is_sent([stream], sender)
        stream._buffers["parent"] = "text"
        assert not _is_sent([_Stream(), stream], sender)
        sender._events.append("flush")
        assert not _is_sent([_Stream()], sender)
        assert not _is_sent([object()], _Sender(thread))
        assert not _is_sent([_Stream()], object())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
    assert not _is_sent([_Stream()], _Sender(thread))
    loop.close()
