from __future__ import annotations

import multiprocessing
import os
import random
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cashet_jupyter import Client, JsonSerializer, TaskError, TaskRef
from cashet_jupyter.functions.executors import shares_memory
from cashet_jupyter.functions.pending import PendingRef
from cashet_jupyter.trace.lookup import Lookup
from tests.functions import jobs


@pytest.fixture(scope="module")
def spawned():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture
def processes(spawned: ProcessPoolExecutor):
    with Client(executor=spawned) as client:
        yield client


@pytest.fixture
def threads():
    with ThreadPoolExecutor(4) as pool, Client(executor=pool) as client:
        yield client


@pytest.fixture(params=["threads", "processes"])
def client(request: pytest.FixtureRequest) -> Client:
    return request.getfixturevalue(request.param)


# ----------------------------------------------------------------------------------------------------- every executor
def test_a_call_is_on_its_way_and_then_there(client: Client):
    ref = client.submit(jobs.square, 7)
    assert isinstance(ref, PendingRef)
    assert ref.load() == 49
    assert ref.done()
    assert client.show(ref.commit_hash).task_def.func_name == "square"
    assert client.show(ref.commit_hash).task_def.func_source.startswith("def square")
    assert client.get(ref.commit_hash) == 49


def test_what_an_executor_computed_is_a_hit_for_everybody(client: Client):
    ref = client.submit(jobs.square, 8)
    assert ref.load() == 64
    again = client.submit(jobs.square, 8)
    assert not isinstance(again, PendingRef)
    assert again.commit_hash == ref.commit_hash
    with Client() as plain:
        assert plain.submit(jobs.square, 8).commit_hash == ref.commit_hash
        assert len(plain.log()) == 1


def test_what_a_plain_client_computed_is_a_hit_for_an_executor(client: Client):
    with Client() as plain:
        commit = plain.submit(jobs.square, 9).commit_hash
    ref = client.submit(jobs.square, 9)
    assert ref.done()
    assert ref.commit_hash == commit


def test_functions_of_a_notebook_go_along_by_value(client: Client):
    rate = 3

    def local(x):
        return x * rate

    ref = client.submit(local, 2)
    assert ref.load() == 6
    assert client.submit(local, 2).commit_hash == ref.commit_hash
    rate = 4
    assert client.submit(local, 2).load() == 8


def test_chains_need_one_worker_only(client: Client):
    first = client.submit(jobs.square, 3)
    second = client.submit(jobs.add, first, 1)
    third = client.submit(jobs.total, [first, second, {"a": second}["a"]])
    assert third.load() == 9 + 10 + 10
    show = client.show(third.commit_hash)
    assert {ref.hash for ref in show.input_refs} == {first.hash, second.hash}
    again = client.submit(jobs.add, client.submit(jobs.square, 3), 1)
    assert not isinstance(again, PendingRef)
    assert again.commit_hash == second.commit_hash


def test_a_failure_is_a_task_error_with_its_traceback_and_is_in_the_history(client: Client):
    ref = client.submit(jobs.fail, "kaboom")
    with pytest.raises(TaskError, match=r"kaboom(.|\n)*in fail") as caught:
        ref.load()
    assert isinstance(caught.value.__cause__, ValueError)
    for waits in (lambda: ref.hash, lambda: ref.commit_hash, lambda: ref.size):
        with pytest.raises(TaskError):
            waits()
    assert [commit.status.value for commit in client.log(status="failed")] == ["failed"]


def test_what_needs_a_failed_call_fails_too_and_says_of_whom(client: Client):
    ref = client.submit(jobs.fail, "kaboom")
    chained = client.submit(jobs.add, ref, 1) if not ref.done() else None
    if chained is not None:
        with pytest.raises(TaskError, match=r"add needs the result of fail(.|\n)*kaboom"):
            chained.load()
    with pytest.raises(TaskError):
        ref.load()
    with pytest.raises(TaskError, match="needs the result of fail"):
        client.submit(jobs.add, ref, 2)
    assert client.submit(jobs.square, 2).load() == 4


def test_a_file_that_was_read_there_is_watched_here(client: Client, tmp_path: Path):
    path = tmp_path / "data.txt"
    path.write_text("one")
    assert client.submit(jobs.read, str(path)).load() == "one"
    assert client.submit(jobs.read, str(path)).done()
    path.write_text("two")
    assert client.submit(jobs.read, str(path)).load() == "two"


def test_options_of_a_call_hold_there(client: Client):
    for _ in range(2):
        client.submit(jobs.square, 5, _cache=False, _tags={"env": "test"}).load()
    assert len(client.log(tags={"env": "test"})) == 2
    ref = client.submit(jobs.square, 5)
    assert ref.load() == 25
    assert client.submit(jobs.square, 5, _force=True).commit_hash != ref.commit_hash


def test_retries_and_timeouts_hold_there(client: Client):
    def slow():
        import time

        while True:
            time.sleep(0.01)

    with pytest.raises(TaskError, match="timeout"):
        client.submit(slow, _timeout=0.2).load()
    with pytest.raises(TaskError, match="again"):
        client.submit(jobs.fail, "again", _retries=2).load()
    assert client.log(status="failed")[0].task_def.retries == 2


def test_a_serializer_of_the_users_own_goes_along(spawned: ProcessPoolExecutor):
    with Client(executor=spawned, serializer=JsonSerializer()) as client:
        assert client.submit(jobs.add, [1], ["x"]).load() == [1, "x"]
        assert client.submit(jobs.add, [1], ["x"]).load() == [1, "x"]
        assert client.get(client.log()[0].hash) == [1, "x"]


def test_batches_and_maps_are_chains_of_refs(client: Client):
    refs = client.submit_many({"b": (jobs.add, (TaskRef("a"), 1)), "a": (jobs.square, (4,))}, max_workers=3)
    assert refs["b"].load() == 17
    assert [ref.load() for ref in client.map(jobs.add, [1, 2, 3], 10)] == [11, 12, 13]


def test_tasks_are_submitted_to_the_executor(client: Client):
    @client.task(tags={"team": "ml"})
    def double(x):
        return 2 * x

    ref = double(4)
    assert ref.load() == 8
    assert client.show(ref.commit_hash).tags == {"team": "ml"}


def test_closing_a_client_waits_for_what_is_on_its_way(spawned: ProcessPoolExecutor):
    with Client(executor=spawned) as client:
        ref = client.submit(jobs.add, client.submit(jobs.square, 5), 1)
    assert ref.done()
    assert ref.load() == 26


def test_a_finished_ref_can_be_pickled_and_a_representation_never_waits(client: Client):
    import pickle

    ref = client.submit(jobs.square, 6)
    assert "square" in repr(ref) or ref.done()
    assert pickle.loads(pickle.dumps(ref)).load() == 36
    assert repr(ref).startswith("ResultRef(")


def test_many_of_one_key_are_computed_once(client: Client):
    refs = [client.submit(jobs.square, 21) for _ in range(5)]
    assert [ref.load() for ref in refs] == [441] * 5
    assert len(client.log()) == 1


# ------------------------------------------------------------------------------------------------------------- threads
def test_threads_run_side_by_side_and_submit_returns_at_once(threads: Client):
    together = threading.Barrier(3, timeout=60)
    alive: list[int] = []

    def waits(number):
        alive.append(together.wait())
        return number

    refs = [threads.submit(waits, number, _cache=False) for number in range(2)]
    assert not any(ref.done() for ref in refs)
    together.wait()
    assert [ref.load() for ref in refs] == [0, 1]


def test_side_by_side_each_run_is_told_by_the_files_that_it_reads_itself(threads: Client, tmp_path: Path):
    """The doings of the others, and of the notebook meanwhile, are none of its own."""
    names = ["a", "b"]
    for name in (*names, "c"):
        (tmp_path / name).write_text(name)
    where = str(tmp_path)
    (begun, begin), (first, go), (second, on) = os.pipe(), os.pipe(), os.pipe()

    def reads(name):
        import os

        os.write(begin, b".")
        os.read(first, 1)
        with open(f"{where}/{name}") as file:
            text = file.read()
        with open(f"{where}/out-{name}", "w") as file:
            file.write(text)
        os.write(begin, b".")
        os.read(second, 1)
        return text

    def step(gate: int) -> None:
        assert os.read(begun, 1) + os.read(begun, 1) == b".."
        os.write(gate, b"..")

    refs = [threads.submit(reads, name) for name in names]
    step(go)
    (tmp_path / "c").read_text()
    (tmp_path / "out-c").write_text("c")
    step(on)
    assert [ref.load() for ref in refs] == names
    for name, ref in zip(names, refs, strict=True):
        commit = threads.store.resolve(ref.commit_hash)
        seen = {Path(item.name).name for item in commit.trace if item.kind == "file"}
        assert seen == {name}
        assert [Path(artifact.path).name for artifact in commit.artifacts] == [f"out-{name}"]


def test_a_hidden_state_that_changes_beside_other_threads_is_not_cached(threads: Client):
    def draws():
        random.seed(3)
        return random.random()

    with pytest.warns(UserWarning, match="other threads"):
        threads.submit(draws).load()
    assert not threads.submit(draws).done() or threads.log()[0].task_def.cache is False


def test_threads_share_the_arguments(threads: Client):
    values = [1]
    assert threads.submit(jobs.appended, values, 2).load() == 2
    assert values == [1, 2]


def test_a_call_that_has_not_begun_can_be_cancelled(threads: Client):
    with ThreadPoolExecutor(1) as pool, Client(executor=pool) as client:
        begun, go = threading.Event(), threading.Event()

        def holds():
            begun.set()
            go.wait(60)

        running = client.submit(holds, _cache=False)
        begun.wait(60)
        waiting = client.submit(jobs.square, 11)
        chained = client.submit(jobs.add, waiting, 1)
        assert waiting.cancel()
        with pytest.raises(TaskError, match="cancelled"):
            waiting.load()
        with pytest.raises(TaskError, match="needs the result of square"):
            chained.load()
        assert not running.cancel()
        go.set()
        running.load()
        assert client.submit(jobs.square, 11).load() == 121


def test_closing_does_not_wait_for_a_call_that_is_cancelled_meanwhile(threads: Client):
    go = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        client = Client(executor=pool)
        running = client.submit(lambda: go.wait(60), _cache=False)
        chained = client.submit(jobs.add, running, 1)
        closing = threading.Thread(target=client.close)
        closing.start()
        assert chained.cancel()
        go.set()
        closing.join(60)
        assert not closing.is_alive()


# ----------------------------------------------------------------------------------------------------------- processes
def test_arguments_go_as_they_are_when_they_are_submitted_and_changes_stay_there(processes: Client):
    values = [1]
    first = processes.submit(jobs.square, 12)
    ref = processes.submit(jobs.appended, values, first)
    values.append("later")
    assert ref.load() == 2
    assert values == [1, "later"]
    again = processes.submit(jobs.appended, [1], processes.submit(jobs.square, 12))
    assert again.commit_hash == ref.commit_hash
    fresh = [1]
    assert processes.submit(jobs.appended, fresh, 144).load() == 2
    assert processes.submit(jobs.appended, fresh, 144).done()
    assert fresh == [1]


def test_arrays_come_back_whole(processes: Client):
    def ones(n):
        return np.ones(n)

    np.testing.assert_array_equal(processes.submit(ones, 300_000).load(), np.ones(300_000))


def test_a_result_that_cannot_be_stored_is_brought_back_or_said_to_be_lost(processes: Client):
    def generator():
        yield 1

    with pytest.raises(TaskError, match="generator"):
        processes.submit(generator).load()


def test_what_cannot_be_sent_is_a_clear_error(processes: Client):
    lock = threading.Lock()
    with pytest.raises(TaskError, match="cannot be sent to a worker"):
        processes.submit(jobs.square, lock)


def test_settings_of_libraries_hold_in_the_worker(client: Client):
    def printed():
        return str(np.array([1 / 3]))

    with np.printoptions(precision=2):
        assert client.submit(printed).load() == "[0.33]"
        assert client.submit(printed).done()
    with np.printoptions(precision=5):
        assert client.submit(printed).load() == "[0.33333]"


def test_a_worker_that_dies_is_a_task_error_and_blocks_nobody():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        client = Client(executor=pool)
        dead = client.submit(jobs.die)
        with pytest.raises(TaskError, match="its worker failed"):
            client.submit(jobs.add, dead, 1).load()
        with pytest.raises(TaskError, match="its worker failed"):
            dead.load()
        with pytest.raises(TaskError, match="takes no call"):
            client.submit(jobs.square, 13)
        client.close()
    with Client() as plain:
        assert plain.submit(jobs.square, 13).load() == 169


def test_an_executor_that_is_shut_down_takes_no_calls():
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    client = Client(executor=pool)
    with pytest.raises(TaskError, match="takes no call"):
        client.submit(jobs.square, 14)
    client.close()


# ---------------------------------------------------------------------------------------------------- other executors
class Inline(Executor):
    """Whatever calls itself an executor: this one does it at once."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


def test_any_executor_will_do():
    with Client(executor=Inline()) as client:
        assert client.submit(jobs.add, client.submit(jobs.square, 2), 1).load() == 5
        with pytest.raises(TaskError, match="kaboom"):
            client.submit(jobs.fail, "kaboom").load()
    assert not shares_memory(Inline())


def test_a_worker_with_older_code_does_not_answer_for_the_newer(tmp_path: Path, monkeypatch):
    """A module that was edited and loaded anew here is what it was in a worker that has been running for long."""
    (tmp_path / "edited_helpers.py").write_text("def rate():\n    return 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import edited_helpers

    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
        Client(executor=pool) as client,
    ):
        assert client.submit(edited_helpers.rate).load() == 1
        (tmp_path / "edited_helpers.py").write_text("def rate():\n    return 2 + 0\n")
        import importlib
        import linecache
        import sys

        sys.modules.pop("edited_helpers")
        importlib.invalidate_caches()
        linecache.clearcache()
        edited = importlib.import_module("edited_helpers")
        assert edited.rate() == 2
        client.submit(edited.rate).load()
        with Client() as plain:
            assert plain.submit(edited.rate).load() == 2


def test_loky_is_an_executor():
    loky = pytest.importorskip("loky")
    pool = loky.get_reusable_executor(max_workers=1)
    try:
        with Client(executor=pool) as client:
            ref = client.submit(jobs.add, client.submit(jobs.square, 3), 1)
            assert ref.load() == 10
            assert client.submit(jobs.square, 3).done()
    finally:
        pool.shutdown(wait=True, kill_workers=True)


def test_a_dask_cluster_of_processes_computes_each_key_once(tmp_path: Path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.chdir(tmp_path)

    def slow(x):
        import time

        time.sleep(0.2)
        return x * 2

    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as dask:
        pool = dask.get_executor()
        with Client(executor=pool) as one, Client(executor=pool) as other:
            refs = [client.submit(slow, x) for x in range(3) for client in (one, other)]
            assert [ref.load() for ref in refs] == [0, 0, 2, 2, 4, 4]
            assert len({ref.commit_hash for ref in refs}) == 3
            chained = one.submit(jobs.total, refs[::2])
            assert chained.load() == 6
            commit = one.store.resolve(refs[0].commit_hash)
            assert Lookup().broken(commit.trace) is None
            assert one.submit(jobs.total, [other.submit(slow, x) for x in range(3)]).done()
            with pytest.raises(TaskError, match="kaboom"):
                other.submit(jobs.fail, "kaboom").load()
            assert len(one.log("slow")) == 3
