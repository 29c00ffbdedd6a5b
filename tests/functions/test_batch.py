from __future__ import annotations

import threading

import pytest

from cashet_jupyter.functions.batch import TaskRef, calls_of, submit_many


def call(func, *args, **kwargs):
    """A `submit` that has no cache."""
    return func(*args, **kwargs)


def add(x, y=0):
    return x + y


def noop(*args, **kwargs):
    return args, kwargs


def test_a_list_gives_a_list_in_its_own_order():
    assert submit_many(call, [(add, (TaskRef(2), 1)), (add, (1,), {"y": 2}), lambda: 10]) == [11, 3, 10]
    assert submit_many(call, []) == []


def test_a_dict_gives_a_dict_in_its_own_order():
    found = submit_many(call, {"second": (add, (TaskRef("first"), 4)), "first": (add, (1, 2))})
    assert found == {"second": 7, "first": 3}
    assert list(found) == ["second", "first"]


def test_refs_are_found_in_keywords_and_inside_plain_containers():
    found = submit_many(call, [lambda: 5, (noop, ([TaskRef(0), 1],), {"k": {"a": (TaskRef(0),)}})])
    assert found[1] == (([5, 1],), {"k": {"a": (5,)}})


def test_an_argument_without_refs_is_handed_on_as_it_is():
    given = [1, [2]]
    given.append(given)
    (args, _kwargs), *_ = submit_many(call, [(noop, (given,))])
    assert args[0] is given


def test_each_call_runs_once_and_after_those_that_it_needs():
    order: list[str] = []

    def step(name, *_needs):
        order.append(name)
        return name

    tasks = {
        "d": (step, ("d", TaskRef("b"), TaskRef("c"))),
        "b": (step, ("b", TaskRef("a"))),
        "c": (step, ("c", TaskRef("a"))),
        "a": (step, ("a",)),
    }
    submit_many(call, tasks)
    assert sorted(order) == ["a", "b", "c", "d"]
    assert order[0] == "a"
    assert order[-1] == "d"


@pytest.mark.parametrize(
    ("tasks", "words"),
    [
        ([(noop, (TaskRef(1),)), (noop, (TaskRef(0),))], "Circular dependency"),
        ({"a": (noop, (TaskRef("b"),)), "b": (noop, ([TaskRef("a")],))}, "Circular dependency"),
        ([(noop, (TaskRef(0),))], "cannot depend on itself"),
        ([(noop, (TaskRef(5),))], "not found"),
        ({"a": (noop, (TaskRef("missing"),))}, "not found"),
        ([(noop, (TaskRef(-1),))], "not found"),
    ],
)
def test_refs_that_lead_nowhere_are_value_errors_before_anything_runs(tasks, words):
    ran: list[int] = []
    with pytest.raises(ValueError, match=words):
        submit_many(lambda *_: ran.append(1), tasks)
    assert not ran


@pytest.mark.parametrize(
    ("tasks", "words"),
    [
        (["not a function"], "expected callable"),
        ([("not a function", ())], "expected callable"),
        ([(noop, "not a tuple")], "expected args as tuple"),
        ([(noop, (), [])], "expected kwargs as dict"),
        ([(noop, (), {}, 1)], "length 2 or 3"),
        ({1, 2}, "list or a dict"),
    ],
)
def test_what_is_no_call_is_a_type_error(tasks, words):
    with pytest.raises(TypeError, match=words):
        submit_many(call, tasks)


def test_calls_run_side_by_side_where_that_is_asked_for():
    together = threading.Barrier(2, timeout=30)
    found = submit_many(call, [together.wait, together.wait, (noop, (TaskRef(0), TaskRef(1)))], max_workers=2)
    assert sorted(found[2][0]) == [0, 1]


def test_a_failure_is_raised_once_the_others_have_ended():
    ended = threading.Event()

    def fails():
        raise KeyError("gone")

    def slow():
        ended.set()
        return 1

    with pytest.raises(KeyError, match="gone"):
        submit_many(call, [slow, fails, (noop, (TaskRef(1),))], max_workers=2)
    assert ended.is_set()
    with pytest.raises(KeyError, match="gone"):
        submit_many(call, [fails])


@pytest.mark.parametrize("workers", [0, -1])
def test_less_than_one_worker_is_an_error(workers):
    with pytest.raises(ValueError, match="max_workers"):
        submit_many(call, [], max_workers=workers)


def test_map_is_a_batch_with_the_item_first():
    assert submit_many(call, calls_of(add, iter([1, 2]), (10,), {})) == [11, 12]
    assert submit_many(call, calls_of(add, [1], (), {"y": 5})) == [6]
