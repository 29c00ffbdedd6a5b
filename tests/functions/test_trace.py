"""A result counts while everything that its run read is as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cashet_jupyter import NotCachedWarning


def read(path):
    return Path(path).read_text()


def runs(client, name=None):
    return len(client.log(name))


def test_a_file_that_changes_makes_the_function_run_again(client, tmp_path):
    path = tmp_path / "data.txt"
    path.write_text("one")
    assert client.submit(read, str(path)).load() == client.submit(read, str(path)).load() == "one"
    assert runs(client) == 1
    path.write_text("another")
    assert client.submit(read, str(path)).load() == "another"
    path.write_text("one")
    assert client.submit(read, str(path)).load() == "one"
    assert runs(client) == 2


def test_an_environment_variable_that_changes_makes_it_run_again(client, monkeypatch):
    def setting():
        return os.environ.get("LEVEL", "none")

    assert client.submit(setting).load() == "none"
    monkeypatch.setenv("LEVEL", "3")
    assert client.submit(setting).load() == "3"
    monkeypatch.delenv("LEVEL")
    assert client.submit(setting).load() == "none"
    assert runs(client) == 2


def test_a_file_that_an_inner_call_has_read_is_a_dependency_of_the_outer_one(client, tmp_path):
    path = tmp_path / "data.txt"
    path.write_text("1")

    def outer(path):
        return int(client.submit(read, path).load()) + 1

    client.submit(read, str(path))  # so that the inner call is a hit when the outer one runs
    assert client.submit(outer, str(path)).load() == 2
    path.write_text("10")
    assert client.submit(outer, str(path)).load() == 11


def test_a_function_of_a_library_that_reads_a_file_is_traced(client, tmp_path):
    from pandas import read_csv

    path = tmp_path / "table.csv"
    path.write_text("a\n1\n")
    assert client.submit(read_csv, str(path)).load()["a"].tolist() == [1]
    path.write_text("a\n22\n")
    assert client.submit(read_csv, str(path)).load()["a"].tolist() == [22]


@pytest.mark.parametrize("timeout", [None, 30])
def test_a_run_with_a_timeout_is_traced_as_well(client, tmp_path, timeout):
    path = tmp_path / "data.txt"
    for text in ("a", "bb"):
        path.write_text(text)
        assert client.submit(read, str(path), _timeout=timeout).load() == text


def test_what_gives_another_result_each_time_is_not_served(client):
    import time
    import uuid

    def clock():
        return time.time()

    for func, kind in ((clock, "clock"), (time.time, "clock"), (uuid.uuid4, "entropy")):
        with pytest.warns(NotCachedWarning, match=kind):
            first = client.submit(func).load()
        with pytest.warns(NotCachedWarning):
            assert client.submit(func).load() != first


def test_what_is_allowed_is_served(client, recwarn):
    import time

    def clock():
        return time.time()

    assert client.submit(clock, _allow="clock").load() == client.submit(clock, _allow=["clock"]).load()
    assert not [item for item in recwarn if issubclass(item.category, NotCachedWarning)]


def test_a_program_that_is_started_is_seen_while_it_runs(client):
    def start(module):
        return __import__(module).run(["true"], check=True).returncode

    with pytest.warns(NotCachedWarning, match="program"):
        assert client.submit(start, "subprocess").load() == 0


def test_an_argument_without_a_value_does_not_keep_it_from_running(client):
    import threading

    def use(lock):
        with lock:
            return 5

    with pytest.warns(NotCachedWarning, match="lock"):
        ref = client.submit(use, threading.Lock())
    assert ref.load() == 5
    assert runs(client) == 1


def test_a_result_that_cannot_be_stored_is_kept_in_memory(client):
    def generator():
        return (x for x in range(3))

    with pytest.warns(NotCachedWarning, match="generator"):
        ref = client.submit(generator)
    assert list(ref.load()) == [0, 1, 2]
    assert not ref.stored
    assert ref.commit_hash == ""
