from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cashet_jupyter import Client, JsonSerializer, Store, TaskError
from tests.functions import jobs
from tests.functions.stores import MemoryStore, Sqlite


@pytest.fixture(params=["memory", "sqlite"])
def given(request: pytest.FixtureRequest, tmp_path: Path):
    return MemoryStore() if request.param == "memory" else Sqlite(tmp_path / "mine.db")


def test_a_store_of_the_protocol_is_one(given):
    assert isinstance(given, Store)
    assert not isinstance(object(), Store)


def test_results_come_from_the_users_own_store(given):
    client = Client(store=given)
    ref = client.submit(jobs.square, 7)
    assert ref.load() == 49
    assert client.submit(jobs.square, 7).commit_hash == ref.commit_hash
    assert client.submit(jobs.add, ref, 1).load() == 50
    assert len(given.commits) == 2
    assert client.show(ref.commit_hash).task_def.func_name == "square"
    assert client.get(ref.commit_hash) == 49
    assert [commit.task_def.func_name for commit in client.log()] == ["add", "square"]
    assert client.history(ref.commit_hash)[0].hash == ref.commit_hash
    assert client.rm(ref.commit_hash) is True
    assert client.show(ref.commit_hash) is None


def test_another_client_finds_what_is_there(tmp_path: Path):
    first = Client(store=Sqlite(tmp_path / "mine.db")).submit(np.ones, 5)
    second = Client(store=Sqlite(tmp_path / "mine.db")).submit(np.ones, 5)
    assert second.commit_hash == first.commit_hash
    np.testing.assert_array_equal(second.load(), np.ones(5))


def test_files_are_watched_there_too(given, tmp_path: Path):
    client = Client(store=given)
    path = tmp_path / "data.txt"
    for text in ("one", "two", "two"):
        path.write_text(text)
        assert client.submit(jobs.read, str(path)).load() == text
    assert len(client.log("read")) == 2


def test_a_blob_is_what_the_serializer_wrote(given):
    client = Client(store=given, serializer=JsonSerializer())
    ref = client.submit(jobs.add, [1], ["x"])
    assert given.get_blob(ref.ref) == b'[1,"x"]'
    assert client.submit(jobs.add, [1], ["x"]).load() == [1, "x"]


def test_failures_are_kept_and_not_served(given):
    client = Client(store=given)
    with pytest.raises(TaskError, match="kaboom"):
        client.submit(jobs.fail, "kaboom")
    assert "kaboom" in client.log(status="failed")[0].error


def test_what_is_no_store_is_an_error():
    with pytest.raises(TypeError, match="no store"):
        Client(store=object())
