"""The client: what the seed library's readers know it by, and what ours does besides."""

from __future__ import annotations

import asyncio
import functools
import pickle
from datetime import UTC, datetime, timedelta

import pytest

import cashet_jupyter
from cashet_jupyter import Client, Commit, ObjectRef, ResultRef, TaskDef, TaskStatus


@pytest.fixture
def client(tmp_path):
    with Client(tmp_path / "store") as made:
        yield made


def add(x, y=1):
    """Add."""
    return x + y


def load_dataset(path):
    return list(range(100))


def normalize(data):
    largest = max(data)
    return [x / largest for x in data]


def train_model(data, lr=0.01):
    return {"loss": 0.05, "lr": lr, "samples": len(data)}


# ------------------------------------------------------------------------------------------------------- first steps
def test_the_same_call_is_computed_once(client):
    first = client.submit(add, 1, y=2)
    again = client.submit(add, 1, 2)
    assert (first.load(), again.load()) == (3, 3)
    assert first.commit_hash == again.commit_hash
    assert len(client.log()) == 1


def test_a_pipeline_is_chained_and_only_what_is_behind_a_change_runs_again(client):
    raw = client.submit(load_dataset, "data/train.csv")
    normalized = client.submit(normalize, raw)
    model = client.submit(train_model, normalized, lr=0.001)
    assert model.load() == {"loss": 0.05, "lr": 0.001, "samples": 100}
    client.submit(train_model, client.submit(normalize, client.submit(load_dataset, "data/train.csv")), lr=0.1)
    assert [len(client.log(name)) for name in ("load_dataset", "normalize", "train_model")] == [1, 1, 2]


def test_another_client_of_the_same_folder_has_the_results(client, tmp_path):
    ref = client.submit(add, 1)
    with Client(store_dir=str(tmp_path / "store")) as other:
        assert other.submit(add, 1).commit_hash == ref.commit_hash


def test_without_a_folder_it_is_where_the_notebook_s_store_is(tmp_path, monkeypatch):
    monkeypatch.setenv("CASHET_DIR", str(tmp_path / "here"))
    with Client() as client:
        assert client.store_dir == tmp_path / "here"
        client.submit(add, 1)
    assert (tmp_path / "here" / "objects").is_dir()


def test_a_closed_client_opens_its_store_again(client):
    ref = client.submit(add, 1)
    client.close()
    assert ref.load() == 2
    assert client.submit(add, 1).commit_hash == ref.commit_hash


def test_a_client_can_be_pickled_and_is_no_part_of_a_key(client):
    def nested(x):
        return client.submit(add, x).load()

    assert client.submit(nested, 1).load() == 2
    assert pickle.loads(pickle.dumps(client)).submit(add, 1).load() == 2
    other = Client(client.store_dir)
    assert client.submit(lambda c: 1, client).hash == client.submit(lambda c: 1, other).hash


# ------------------------------------------------------------------------------------------------- what is submitted
def test_coroutines_are_run_to_their_end(client):
    async def double(x):
        await asyncio.sleep(0)
        return x * 2

    assert client.submit(double, 4).load() == 8
    assert client.submit(double, 4).load() == 8
    assert len(client.log()) == 1


def test_coroutines_are_run_beside_a_loop_that_is_at_work(client):
    async def double(x):
        await asyncio.sleep(0)
        return x * 2

    async def main():
        return client.submit(double, 4).load()

    assert asyncio.run(main()) == 8


def test_whatever_can_be_called_can_be_submitted(client):
    class Scale:
        def __init__(self, by=2):
            self.by = by

        def times(self, x):
            return x * self.by

        def __call__(self, x):
            return x + self.by

        @staticmethod
        def half(x):
            return x / 2

        @classmethod
        def made(cls, by):
            return cls(by).by

    for func, expected in [
        (Scale(3).times, 12),
        (Scale(3), 7),
        (Scale.half, 2.0),
        (Scale.made, 4),
        (functools.partial(add, y=10), 14),
        (lambda x: -x, -4),
        (str, "4"),
        (float(4).__add__, 8.0),
        (abs, 4),
    ]:
        assert client.submit(func, 4).load() == client.submit(func, 4).load() == expected


# --------------------------------------------------------------------------------------------------------- the task
def test_a_task_submits_when_it_is_called(client):
    @client.task
    def double(x):
        """Twice."""
        return x * 2

    ref = double(5)
    assert isinstance(ref, ResultRef)
    assert ref.load() == 10
    assert client.submit(double, 5).commit_hash == ref.commit_hash
    assert (double.__name__, double.__doc__) == ("double", "Twice.")
    assert double._cashet_wrapped_func(5) == 10
    assert any("double" in name for name in client._registered_tasks)


def test_a_task_has_options_and_a_call_may_say_otherwise(client):
    @client.task(name="counting", tags={"team": "ml"}, cache=False, retries=2)
    def run(x):
        return x

    first, second = run(1), run(1)
    assert first.commit_hash != second.commit_hash
    assert first.hash == second.hash
    commit = client.show(first.commit_hash)
    assert (commit.task_def.func_name, commit.tags, commit.task_def.retries) == ("counting", {"team": "ml"}, 2)
    assert commit.task_def.cache is False
    assert run(1, _cache=True).commit_hash == run(1, _cache=True, _tags={"a": "b"}).commit_hash
    assert "counting" in client._registered_tasks
    assert len(client.log("counting")) == 3


def test_a_task_can_be_a_method_and_can_be_used_by_another(client):
    class Model:
        def __init__(self, by):
            self.by = by

        @client.task
        def scale(self, x):
            return x * self.by

    @client.task
    def outer(x):
        return inner(x).load() + 1

    @client.task
    def inner(x):
        return x * 2

    assert Model(3).scale(2).load() == 6
    assert Model(4).scale(2).load() == 8
    assert outer(1).load() == 3


# -------------------------------------------------------------------------------------------------------- options
def test_without_caching_every_call_runs_and_is_a_commit_after_the_last(client):
    refs = [client.submit(add, 1, _cache=False) for _ in range(3)]
    assert len({ref.commit_hash for ref in refs}) == 3
    log = client.log()
    assert [commit.parent_hash for commit in log] == [log[1].hash, log[2].hash, None]
    assert [commit.hash for commit in client.history(refs[0].commit_hash)] == [ref.commit_hash for ref in refs]
    assert client.submit(add, 1).commit_hash not in {ref.commit_hash for ref in refs}


def test_runs_of_a_function_that_counts_are_one_history(client):
    counter = 0

    def compute(x):
        nonlocal counter
        counter += 1
        return x + counter

    for _ in range(3):
        client.submit(compute, 5, _cache=False)
    log = client.log()
    history = client.history(log[0].hash)
    assert [commit.hash for commit in history] == [commit.hash for commit in reversed(log)]
    assert history[2].parent_hash == history[1].hash
    assert [client.get(commit.hash) for commit in history] == [6, 7, 8]


def test_force_runs_and_stores_anew(client):
    first = client.submit(add, 1)
    forced = client.submit(add, 1, _force=True)
    assert forced.commit_hash != first.commit_hash
    assert client.submit(add, 1).commit_hash == forced.commit_hash
    assert client.show(forced.commit_hash).parent_hash == first.commit_hash


def test_a_result_counts_for_its_time_only(client, monkeypatch):
    first = client.submit(add, 1, _ttl=timedelta(hours=1))
    commit = client.show(first.commit_hash)
    assert commit.task_def.ttl == timedelta(hours=1) == commit.expires_at - commit.created_at
    assert client.submit(add, 1).commit_hash == first.commit_hash
    assert client.submit(add, 1, _ttl=3600).commit_hash == first.commit_hash
    assert client.submit(add, 1, _ttl=0).commit_hash != first.commit_hash


def test_tags_are_no_part_of_the_key(client):
    first = client.submit(add, 1, _tags={"experiment": "v1"})
    assert client.submit(add, 1, _tags={"experiment": "v2"}).commit_hash == first.commit_hash
    assert [commit.hash for commit in client.log(tags={"experiment": "v1"})] == [first.commit_hash]
    assert client.log(tags={"experiment": "v2"}) == []
    assert len(client.log(tags={"experiment": None})) == 1


# ------------------------------------------------------------------------------------------------------- the history
def test_a_commit_says_all_that_the_seed_library_s_says(client):
    before = datetime.now(UTC)
    ref = client.submit(add, 1, y=2, _tags={"a": "b"})
    commit = client.show(ref.commit_hash)
    assert isinstance(commit, Commit)
    assert isinstance(commit.task_def, TaskDef)
    assert isinstance(commit.output_ref, ObjectRef)
    assert commit.task_def.func_name == "add"
    assert commit.task_def.func_source.startswith("def add(x, y=1):")
    assert b"x=1" in commit.task_def.args_snapshot
    assert commit.task_def.dep_versions["python"]
    assert commit.fingerprint == f"{commit.task_def.func_hash}:{commit.task_def.args_hash}"
    assert commit.status is TaskStatus.COMPLETED
    assert before - timedelta(seconds=1) <= commit.created_at <= datetime.now(UTC) + timedelta(seconds=1)
    assert commit.output_ref.hash == ref.hash
    assert commit.short_hash() == ref.commit_hash[:12] == ref.short_hash
    assert repr(commit) == f"Commit({ref.short_hash}, add, status=completed)"
    assert commit.summary()["function"] == "add"
    assert commit.tags == {"a": "b"}
    assert commit.error is None


def test_the_log_is_newest_first_and_can_be_narrowed(client):
    for x in range(3):
        client.submit(add, x)
    client.submit(normalize, [1, 2])
    assert [commit.task_def.func_name for commit in client.log()] == ["normalize", "add", "add", "add"]
    assert len(client.log(func_name="add", limit=2)) == 2
    assert len(client.log("test_client.add")) in (0, 3)
    assert client.log(status=TaskStatus.FAILED) == []
    with pytest.raises(ValueError, match="Invalid status 'neither'"):
        client.log(status="neither")


def test_a_run_is_found_by_hash_prefix_tag_and_name(client):
    ref = client.submit(add, 1, _tags={"stage": "one"})
    for name in (ref.commit_hash, ref.commit_hash[:8], "stage=one", "add"):
        assert client.show(name).hash == ref.commit_hash
        assert client.get(name) == 2
    for text in ("deadbeef", "", "_", "d", "def add"):
        assert client.show(text) is None
        assert client.history(text) == []
        assert client.rm(text) is False
    with pytest.raises(KeyError, match="not found"):
        client.get("deadbeef")


def test_diff_says_what_changed(client):
    refs = [client.submit(add, 1), client.submit(add, 5), client.submit(normalize, [1, 2])]
    one, other, third = (ref.commit_hash for ref in refs)
    found = client.diff(one, other)
    assert (found["func_changed"], found["args_changed"], found["output_changed"]) == (False, True, True)
    assert (found["a_output_repr"], found["b_output_repr"]) == ("2", "6")
    assert found["args_diff"] == {"a_args": "x=1, y=1", "b_args": "x=5, y=1"}
    assert found["a"]["func"] == "add"
    found = client.diff(one, third)
    assert found["func_changed"]
    assert found["source_diff"]["b_source"].startswith("def normalize")
    assert client.diff(one, one)["output_changed"] is False
    with pytest.raises(KeyError, match="not found"):
        client.diff("deadbeef", "cafebabe")


def test_stats_count(client):
    client.submit(add, 1)
    client.submit(add, 1)
    found = client.stats()
    assert (found["total_commits"], found["completed_commits"], found["failed_commits"]) == (1, 1, 0)
    assert found["stored_objects"] >= 1
    assert found["disk_bytes"] > 0
    assert found["hits"] == 1


# ----------------------------------------------------------------------------------------------------- keeping house
def test_rm_removes_one_run(client):
    ref = client.submit(add, 1)
    assert client.rm(ref.commit_hash) is True
    assert client.rm(ref.commit_hash) is False
    assert client.show(ref.commit_hash) is None
    assert client.submit(add, 1).commit_hash != ref.commit_hash


def test_invalidate_forgets_a_function_or_one_of_its_calls(client):
    refs = [client.submit(add, x) for x in range(3)]
    assert client.invalidate(add, 1) == 1
    assert [client.show(ref.commit_hash) is None for ref in refs] == [False, True, False]
    assert client.invalidate(add) == 2
    client.submit(add, 1)
    assert client.invalidate("add") == 1
    assert client.invalidate("add") == 0


def test_invalidate_forgets_what_has_tags(client):
    refs = [client.submit(add, x, _tags={"model": f"v{x}"}) for x in range(3)]
    assert client.invalidate({"model": "v1"}) == 1
    assert client.invalidate(tags={"model": None}) == 2
    assert [client.show(ref.commit_hash) for ref in refs] == [None] * 3
    assert client.invalidate() == client.invalidate({}) == 0


def test_gc_and_clear_remove_all_but_what_is_pinned(client):
    kept = client.submit(add, 1)
    for x in range(2, 5):
        client.submit(add, x)
    assert client.gc() == client.gc(timedelta(days=365)) == 0
    assert client.pin(kept.commit_hash).hash == kept.commit_hash
    assert client.gc(timedelta(0)) == 3
    assert client.clear() == 0
    client.unpin(kept.commit_hash)
    assert client.clear() == 1
    assert client.stats()["total_commits"] == 0


def test_tags_are_added_and_taken_off(client):
    ref = client.submit(add, 1)
    assert client.tag(ref.commit_hash, {"a": "1"}, b="2").tags == {"a": "1", "b": "2"}
    assert client.untag(ref.commit_hash, "a").tags == {"b": "2"}
    with pytest.raises(KeyError):
        client.tag("deadbeef", a="1")


def test_an_archive_carries_results_to_another_store(client, tmp_path):
    refs = [client.submit(add, x) for x in range(3)]
    assert client.export(tmp_path / "all.tar.gz") == 3
    assert client.export(tmp_path / "one.tar.gz", [refs[0].commit_hash]) == 1
    with Client(tmp_path / "other") as other:
        assert other.import_archive(tmp_path / "all.tar.gz") == 3
        assert other.import_archive(tmp_path / "all.tar.gz") == 0
        assert other.submit(add, 1).commit_hash == refs[1].commit_hash
        assert other.get(refs[2].commit_hash) == 3


def test_map_is_one_call_for_each_item(client):
    refs = client.map(add, range(4), y=10)
    assert [ref.load() for ref in refs] == [10, 11, 12, 13]
    client.map(add, range(5), y=10, _tags={"a": "b"})
    assert len(client.log("add")) == 5


# ------------------------------------------------------------------------------------------------------------ names
def test_public_names_come_from_the_package():
    for name in ("Client", "ResultRef", "TaskError", "TaskStatus", "ClosureWarning", "NotCachedWarning"):
        assert getattr(cashet_jupyter, name).__name__ == name
    assert "Client" in dir(cashet_jupyter)
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        cashet_jupyter.nothing_of_that_name  # noqa: B018
