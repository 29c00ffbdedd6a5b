"""The key of a computation covers code, Python and all inputs, and nothing else."""

from __future__ import annotations

import platform

from cashet_jupyter.fingerprint import computation
from cashet_jupyter.fingerprint.computation import fingerprint
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.models import CellAnalysis, Value


def analysis(code="c" * 64):
    return CellAnalysis(code, reads=frozenset("ab"), binds=frozenset(), deletes=frozenset())


def key(code="c" * 64, depends=None, **variables):
    return fingerprint(analysis(code), InputGraph(["a", "b"], variables), depends=depends or {}).key


def test_the_same_computation_has_the_same_key():
    assert key(a=[1], b={2}) == key(a=[1], b={2})
    assert len(key(a=1)) == 64


def test_everything_that_can_change_the_result_changes_the_key():
    shared = [1]
    keys = [
        key(a=[1], b=[1]),
        key(a=[2], b=[1]),
        key(a=[1], b=[2]),
        key(a=[1]),
        key(b=[1]),
        key(),
        key(a=shared, b=shared),
        key("d" * 64, a=[1], b=[1]),
        key(a=[1], b=[1], depends={"x": "1"}),
        key(a=[1], b=[1], depends={"x": "2"}),
        key(a=[1], b=[1], depends={"y": "1"}),
    ]
    assert len(set(keys)) == len(keys)


def test_another_python_or_another_format_is_another_computation(monkeypatch):
    before = key(a=1)
    monkeypatch.setattr(platform, "python_version", lambda: "3.99.0")
    other = key(a=1)
    monkeypatch.setattr(computation, "KEY_VERSION", 0)
    assert len({before, other, key(a=1)}) == 3


def test_descriptions_are_passed_on_and_have_no_part_in_the_key():
    graph = InputGraph(["a"], {"a": 1})
    plain = fingerprint(analysis(), graph)
    described = fingerprint(analysis(), graph, values=[Value("a", graph.digests["a"], "int", "1")], depends={})
    assert described.key == plain.key
    assert described.inputs == (Value("a", graph.digests["a"], "int", "1"),)
    assert described.code == "c" * 64


def test_what_the_user_named_is_kept_with_its_digest():
    made = fingerprint(analysis(), InputGraph([], {}), depends={"y": "2", "x": "1"})
    assert made.depends == (Value("x", "1"), Value("y", "2"))
