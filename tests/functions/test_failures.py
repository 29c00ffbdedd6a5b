"""Functions that fail, or take too long."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from cashet_jupyter import ClosureWarning, NotCachedWarning, TaskError, TaskStatus
from cashet_jupyter.errors import OptionError


def boom(x):
    raise ValueError(f"kaboom {x}")


def test_a_failure_is_raised_with_its_text_and_its_cause(client):
    with pytest.raises(TaskError, match="ValueError: kaboom 1") as caught:
        client.submit(boom, 1)
    assert isinstance(caught.value, RuntimeError)
    assert isinstance(caught.value.__cause__, ValueError)
    assert "in boom" in str(caught.value)
    assert "cashet_jupyter" not in str(caught.value)


def test_a_failure_is_in_the_history_and_is_never_served(client):
    for _ in range(2):
        with pytest.raises(TaskError):
            client.submit(boom, 1)
    failed = client.log(status="failed")
    assert [commit.status for commit in failed] == [TaskStatus.FAILED] * 2
    assert "kaboom 1" in failed[0].error
    assert failed[0].output_ref is None
    assert failed[0].parent_hash == failed[1].hash
    assert client.log(status=TaskStatus.COMPLETED) == []
    with pytest.raises(KeyError, match="failed"):
        client.get(failed[0].hash)


def test_it_is_tried_again_as_often_as_is_said(client):
    tries = []

    def flaky(least):
        tries.append(1)
        if len(tries) < least:
            raise ValueError("not yet")
        return 42

    with pytest.warns((ClosureWarning, NotCachedWarning)):
        assert client.submit(flaky, 3, _retries=2).load() == 42
    assert len(tries) == 3
    tries.clear()
    with pytest.raises(TaskError, match="not yet"):
        client.submit(flaky, 9, _retries=2)
    assert len(tries) == 3
    assert len(client.log(status="failed")) == 1, "one call, one run"


def test_a_run_that_succeeds_at_last_is_stored_with_its_retries(client, tmp_path):
    path = tmp_path / "there"

    def wait_for(path):
        if not Path(path).exists():
            Path(path).touch()
            raise OSError("not there yet")
        return 1

    ref = client.submit(wait_for, str(path), _retries=1)
    assert ref.load() == 1
    assert client.show(ref.commit_hash).task_def.retries == 1


def test_fewer_than_no_retries_are_none(client):
    with pytest.raises(TaskError):
        client.submit(boom, 1, _retries=-1)


def test_after_its_time_nobody_waits_any_longer(client):
    ended = threading.Event()

    def spin():
        try:
            while True:
                time.sleep(0.01)
        finally:
            ended.set()

    with pytest.raises(TaskError, match=r"longer than 0\.2 s"):
        client.submit(spin, _timeout=0.2, _cache=False)
    assert ended.wait(10), "code of Python is broken off"
    assert "TimeoutError" in client.log(status="failed")[0].error


def test_a_timeout_counts_as_a_failure_that_is_tried_again(client, tmp_path):
    marker = tmp_path / "ran"

    def slow_at_first(path):
        if not Path(path).exists():
            Path(path).touch()
            time.sleep(30)
        return "done"

    assert client.submit(slow_at_first, str(marker), _timeout=1, _retries=1, _cache=False).load() == "done"


def test_what_is_in_time_is_served(client):
    def quick(x):
        return x

    assert client.submit(quick, 1, _timeout=30).commit_hash == client.submit(quick, 1, _timeout=30).commit_hash


def test_an_interrupt_is_no_failure(client):
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.submit(interrupted)
    assert client.log() == []


def test_wrong_options_are_said(client):
    with pytest.raises(OptionError, match="allow"):
        client.submit(boom, 1, _allow="everything")
    with pytest.raises(OptionError, match="there is no option 'caches'"):
        client.task(boom, caches=False)
    with pytest.raises(TypeError, match="callable"):
        client.submit("boom")


def test_arguments_that_do_not_fit_are_a_failure_of_the_call(client):
    with pytest.raises(TaskError, match="TypeError"):
        client.submit(boom)
