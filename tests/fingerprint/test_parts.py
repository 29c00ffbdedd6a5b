"""Components of inputs: they name what changed, are bounded, and leave the graph as it was."""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.fingerprint.parts import LINES, MOST, line_marks, parts_of


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class Reduced:
    def __init__(self, kept, dropped):
        self.kept, self.dropped = kept, dropped

    def __getstate__(self):
        return {"kept": self.kept}


def _parts(value) -> dict[str, str]:
    graph = InputGraph(["value"], {"value": value})
    return {part.path: part.digest for part in parts_of(graph)["value"]}


def _differ(one, other) -> set[str]:
    a, b = _parts(one), _parts(other)
    return {path for path in a.keys() | b.keys() if a.get(path) != b.get(path)}


SHARED = [1]


@pytest.mark.parametrize(
    ("one", "other", "paths"),
    [
        ({"a": 1, "b": [1]}, {"a": 2, "b": [1]}, {"['a']"}),
        ({"a": 1, "b": [1]}, {"a": 1, "b": [2]}, {"['b']"}),
        ({"a": {1, 2}}, {"a": {2, 1}}, set()),
        ({"a": {(1, 2), "x"}}, {"a": {(1, 3), "x"}}, {"['a']"}),
        ([1, "x"], [1, "y"], {"[1]"}),
        ((1, [2]), (1, [3]), {"[1]"}),
        ([SHARED, SHARED], [[1], [1]], set()),
        (Point(1, 2), Point(1, 3), {".y"}),
        (Reduced([1], 5), Reduced([2], 5), {".kept"}),
        ("x" * 9999, "y" * 9999, set()),
        ({"a": "x" * 9999}, {"a": "x" * 9998 + "y"}, {"['a']"}),
        ({"a": np.zeros(3)}, {"a": np.ones(3)}, {"['a']"}),
        (pd.DataFrame({"a": [1], "s": ["x"]}), pd.DataFrame({"a": [1], "s": ["y"]}), {"['s']"}),
        (pd.DataFrame({"a": [1], "o": [[1]]}), pd.DataFrame({"a": [1], "o": [[2]]}), {"['o']"}),
        (pd.DataFrame({"a": [1]}, index=[1]), pd.DataFrame({"a": [1]}, index=[2]), {".index"}),
        (pl.DataFrame({"a": [1], "s": ["x"]}), pl.DataFrame({"a": [2], "s": ["x"]}), {"['a']"}),
    ],
)
def test_the_part_that_differs_is_the_one_that_is_named(one, other, paths):
    assert _differ(one, other) == paths


def test_parts_are_the_same_for_equal_values_and_leave_the_graph_as_it_was():
    namespace = {"d": {"a": [1, {2, 3}], "b": Point(1, [2])}, "df": pd.DataFrame({"a": [1], "o": [[1]]})}
    graph = InputGraph(namespace, namespace)
    size = len(graph.records.objects), len(graph.records.memo)
    before = parts_of(graph)
    assert parts_of(graph) == before
    assert (len(graph.records.objects), len(graph.records.memo)) == size
    assert graph.changed() == []
    namespace["d"]["a"].append(1)
    assert len(graph.changed()) == 1


def test_columns_are_those_from_before_a_change():
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    graph = InputGraph(["frame"], {"frame": frame})
    before = parts_of(graph)
    frame.loc[0, "a"] = 9
    graph.changed()
    assert parts_of(graph)["frame"][0] == before["frame"][0]


def test_there_are_never_more_than_a_bounded_number():
    for value in ({n: [n] for n in range(10_000)}, list(range(10_000)), pd.DataFrame(np.zeros((2, 500)))):
        assert len(_parts(value)) <= MOST


def test_big_parts_are_marked_as_looked_at_in_part():
    parts = _parts({"big": [[n] for n in range(5000)], "small": [[1]]})
    assert parts["['big']"].startswith("~")
    assert not parts["['small']"].startswith("~")


def test_a_cycle_and_a_value_that_fails_to_describe_itself_are_no_obstacle():
    loop: list = []
    loop.append(loop)
    assert _parts({"loop": loop, "b": 1}).keys() == {"['loop']", "['b']"}


def test_an_object_is_described_without_running_its_code():
    class Loud:
        def __init__(self):
            self.x = 1

        def __getattribute__(self, name):
            if name == "x":
                raise AssertionError("a user's code was run")
            return object.__getattribute__(self, name)

    parts_of(InputGraph(["loud"], {"loud": {"a": 1}}))
    assert ".x" in _parts(Loud())


def test_lines_are_marked_without_their_comments_and_blanks():
    assert line_marks(["def f():", "", "    # why", "    return 1  "]) == line_marks(
        ["def f():\n", "\n", "    # so\n", "    return 1\n"]
    )
    assert len(line_marks(["x"] * LINES)) == 4 * LINES


@pytest.mark.soak
def test_parts_cost_little_beside_the_fingerprint():
    namespace = {"a": {n: [[m] for m in range(100)] for n in range(2000)}, "df": pd.DataFrame(np.random.rand(10**6, 4))}
    start = time.perf_counter()
    graph = InputGraph(namespace, namespace)
    walked = time.perf_counter()
    parts_of(graph)
    assert time.perf_counter() - walked < (walked - start) / 10, sys.version
