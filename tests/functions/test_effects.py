"""What a function leaves besides its result comes back too."""

from __future__ import annotations

import random
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from cashet_jupyter import ClosureWarning, NotCachedWarning


def append(items, value):
    items.append(value)
    return len(items)


def test_an_argument_that_was_changed_in_place_is_changed_again(client):
    first, second = [0], [0]
    ran = client.submit(append, first, 1)
    hit = client.submit(append, second, 1)
    assert hit.commit_hash == ran.commit_hash
    assert first == second == [0, 1]
    assert hit.load() == 2


def test_all_who_hold_the_argument_see_the_change(client):
    for _ in range(2):
        inner = [0]
        outer = {"inner": inner}
        client.submit(append, outer["inner"], inner and 1)
        assert outer == {"inner": [0, 1]}


def test_arrays_are_changed_in_place(client):
    def scale(array):
        array *= 2
        return array.sum()

    arrays = [np.arange(4.0), np.arange(4.0)]
    refs = [client.submit(scale, array) for array in arrays]
    assert refs[0].commit_hash == refs[1].commit_hash
    assert arrays[0].tolist() == arrays[1].tolist() == [0, 2, 4, 6]


def test_a_result_that_is_an_argument_is_a_copy_each_time(client):
    def same(items):
        return items

    given = [1]
    for _ in range(2):
        found = client.submit(same, given).load()
        assert found == given
        assert found is not given


def test_a_function_that_changes_its_closure_runs_each_time_and_is_warned_of(client):
    count = 0

    def counted(x):
        nonlocal count
        count += 1
        return x + count

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert [client.submit(counted, 1).load() for _ in range(2)] == [2, 3]
        assert [item.category for item in seen] == [ClosureWarning] * 2
        assert "count" in str(seen[0].message)
        count, runs = 0, len(client.log())
        assert client.submit(counted, 1).load() == 2
    assert (count, len(client.log())) == (1, runs), "a hit leaves what the run left"


def test_a_global_that_is_changed_keeps_a_result_from_being_served(client):
    space = {"__name__": "__main__", "total": 0}
    exec("def add(x):\n    global total\n    total += x\n    return total", space)
    with pytest.warns(ClosureWarning, match="total"):
        assert client.submit(space["add"], 5).load() == 5
    space["total"] = 0
    with pytest.warns(ClosureWarning):
        assert client.submit(space["add"], 5).load() == 5
    assert space["total"] == 5


def test_a_global_that_is_only_set_keeps_a_result_from_being_served(client):
    space = {"__name__": "__main__"}
    exec("def note(x):\n    global last\n    last = x\n    return x", space)
    for _ in range(2):
        space.pop("last", None)
        with pytest.warns(ClosureWarning, match="last"):
            client.submit(space["note"], 5)
        assert space["last"] == 5


def test_a_default_that_is_changed_is_warned_of(client):
    def collect(x, seen=[]):  # noqa: B006
        seen.append(x)
        return len(seen)

    with pytest.warns(ClosureWarning):
        assert client.submit(collect, 1).load() == 1
    with pytest.warns(ClosureWarning):
        assert client.submit(collect, 1).load() == 2


def test_the_state_of_a_random_generator_is_put_back(client):
    def draw():
        random.seed(7)
        return random.random()

    random.seed(0)
    value, after = client.submit(draw).load(), random.random()
    random.seed(0)
    assert client.submit(draw).load() == value
    assert random.random() == after
    assert len(client.log()) == 1


def test_a_draw_without_a_seed_is_made_again_from_another_state(client):
    def draw():
        return random.random()

    random.seed(1)
    first = client.submit(draw).load()
    assert client.submit(draw).load() != first
    random.seed(1)
    assert client.submit(draw).load() == first
    assert len(client.log()) == 2


def test_files_that_were_written_come_back(client, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text):
        Path("out.txt").write_text(text)
        return len(text)

    client.submit(write, "abc")
    Path("out.txt").unlink()
    client.submit(write, "abc")
    assert Path("out.txt").read_text() == "abc"
    assert len(client.log()) == 1


def test_that_a_run_loads_a_library_does_not_make_the_function_another_one(client, tmp_path, monkeypatch):
    (tmp_path / "own_module.py").write_text("LIMIT = 5")
    monkeypatch.syspath_prepend(str(tmp_path))

    def standard():
        import colorsys

        return colorsys.rgb_to_hsv(0, 0, 0)

    def own():
        import own_module

        return own_module.LIMIT

    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    assert client.submit(standard).commit_hash == client.submit(standard).commit_hash
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [client.submit(own).load() for _ in range(3)] == [5] * 3
    assert len(client.log("own")) <= 2


def test_the_object_of_a_method_is_an_argument(client):
    class Total:
        def __init__(self):
            self.value = 0

        def add(self, x):
            self.value += x
            return self.value

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            total = Total()
            assert client.submit(total.add, 3).load() == total.value == 3
    assert len(client.log()) == 1


def test_without_caching_nothing_is_said_of_changes(client):
    count = 0

    def counted():
        nonlocal count
        count += 1
        return count

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [client.submit(counted, _cache=False).load() for _ in range(2)] == [1, 2]


def test_what_cannot_be_changed_again_is_not_served(client):
    class Locked:
        __slots__ = ("value",)

        def __init__(self):
            self.value = iter([1, 2, 3])

    def step(locked):
        return next(locked.value)

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        results = [client.submit(step, Locked()).load() for _ in range(2)]
    assert results == [1, 1]
    assert all(issubclass(item.category, (NotCachedWarning, ClosureWarning)) for item in seen)
