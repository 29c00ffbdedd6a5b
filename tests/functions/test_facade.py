from __future__ import annotations

from pathlib import Path

import pytest

from cashet_jupyter import Client, Commit, Executor, LocalExecutor, ObjectRef, Store, TaskError, TaskStatus
from tests.functions import jobs
from tests.functions.stores import MemoryStore


class Own:
    """An executor as the seed library's users write them."""

    def __init__(self) -> None:
        self.runs = 0

    def submit(self, func, args, kwargs, task_def, store, serializer):
        found = store.find_by_fingerprint(task_def.fingerprint) if task_def.cache else None
        if found is not None:
            return found, True
        self.runs += 1
        commit = Commit(hash=f"{self.runs:064x}", task_def=task_def, tags=dict(task_def.tags))
        args = tuple(arg.load() if hasattr(arg, "__cashet_ref__") else arg for arg in args)
        try:
            commit.output_ref = store.put_blob(serializer.dumps(func(*args, **kwargs)))
            commit.status = TaskStatus.COMPLETED
        except Exception as error:
            commit.status, commit.error = TaskStatus.FAILED, repr(error)
        store.put_commit(commit)
        return commit, False


@pytest.mark.parametrize("store", [None, MemoryStore])
def test_an_executor_of_the_protocol_runs_the_calls(store):
    executor = Own()
    assert isinstance(executor, Executor)
    client = Client(store=store and store(), executor=executor)
    ref = client.submit(jobs.square, 7, _tags={"env": "test"})
    assert ref.load() == 49
    assert client.submit(jobs.square, 7).load() == 49
    assert executor.runs == 1
    assert client.submit(jobs.add, ref, 1).load() == 50
    assert client.get(ref.commit_hash) == 49
    assert client.show(ref.commit_hash).tags == {"env": "test"}
    with pytest.raises(TaskError, match="kaboom"):
        client.submit(jobs.fail, "kaboom")
    assert [commit.status for commit in client.log(status="failed")] == [TaskStatus.FAILED]


def test_what_it_stored_a_plain_client_finds():
    commit = Client(executor=Own()).submit(jobs.square, 8).commit_hash
    with Client() as plain:
        ref = plain.submit(jobs.square, 8)
        assert ref.commit_hash == commit
        assert ref.load() == 64


class Around:
    def __init__(self) -> None:
        self.inner, self.cached = LocalExecutor(), []

    def submit(self, func, args, kwargs, task_def, store, serializer):
        commit, cached = self.inner.submit(func, args, kwargs, task_def, store, serializer)
        self.cached.append(cached)
        return commit, cached


def test_one_may_stand_around_the_local_one():
    around = Around()
    client = Client(executor=around)
    assert client.submit(jobs.square, 3).load() == 9
    assert client.submit(jobs.square, 3).load() == 9
    assert around.cached == [False, True]
    with pytest.raises(TaskError, match="kaboom"):
        client.submit(jobs.fail, "kaboom")


def test_the_local_executor_is_what_a_client_does_anyway():
    assert Client(executor=LocalExecutor()).submit(jobs.square, 4).load() == 16


def test_what_is_no_executor_is_an_error():
    with pytest.raises(TypeError, match="no executor"):
        Client(executor=object())


def test_the_store_under_the_seed_librarys_name(tmp_path: Path):
    from cashet_jupyter.store import SQLiteStore

    store = SQLiteStore(tmp_path / "s")
    assert isinstance(store, Store)
    ref = store.put_blob(b"data")
    assert store.get_blob(ref) == b"data"
    assert store.put_blob(b"data") == ref
    with pytest.raises(ValueError, match="not found"):
        store.get_blob(ObjectRef("ab" * 32))
    client = Client(store=store)
    made = client.submit(jobs.square, 5)
    found = store.get_commit(made.commit_hash[:12])
    assert found is not None
    assert store.find_by_fingerprint(found.fingerprint).hash == made.commit_hash
    assert [commit.hash for commit in store.list_commits(func_name="square")] == [made.commit_hash]
    assert [commit.hash for commit in store.get_history(made.commit_hash)] == [made.commit_hash]
    assert store.stats()["total_commits"] >= 1
    assert store.delete_commit(made.commit_hash) is True
    assert store.delete_commit(made.commit_hash) is False
    assert store.get_commit("") is None
    store.close()


def test_modules_by_the_seed_librarys_names():
    from cashet_jupyter import executor, hashing, protocols

    assert executor.LocalExecutor is LocalExecutor
    assert protocols.Store is Store
    assert set(hashing.__all__) >= {"ClosureWarning", "Serializer", "SafePickleSerializer"}
