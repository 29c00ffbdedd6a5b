from __future__ import annotations

import pytest

from cashet_jupyter.history.compare import Made, compare, distance, one_line
from cashet_jupyter.history.reason import left_out
from cashet_jupyter.history.values import edited_line, first_difference, summary_change
from cashet_jupyter.models import Dependency, Part, Value


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.5", "0.7", "0.5 -> 0.7"),
        ("10,000 x 4", "10,250 x 4", ": 10 000 -> 10 250 rows"),
        ("10 x 4", "12 x 5", ": 10 -> 12 rows, 4 -> 5 columns"),
        ("2 items", "1 item", ": 2 -> 1 item"),
        ("float64, 10 items", "float64, 1,000 items", ": 10 -> 1 000 items"),
        ("float64, 10 items", "int64, 10 items", ": float64 -> int64"),
        ("float64 (3, 4)", "float64 (3, 5)", ": shape (3, 4) -> (3, 5)"),
        ("float64 (3)", "float32 (3)", ": float64 -> float32"),
        ("'" + "a" * 40 + "'... (100 characters)", "'b'", ""),
        ("same", "same", ""),
        ("", "1", ""),
    ],
)
def test_two_summaries_are_told_apart_in_human_terms(old, new, words):
    assert summary_change(old, new) == words


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (["a", "b"], ["a", "c"], 2),
        (["a", "b"], ["", "a", "", "c"], 4),
        (["a", "b"], ["a", "", "b"], 0),
        (["a", "b"], ["a"], 1),
        (["a"], ["a", "b"], 2),
        ([], [], 0),
        (["a"], [], 1),
    ],
)
def test_the_edited_line_is_the_first_that_means_something_else(old, new, line):
    assert first_difference(old, new) == line


def test_marks_of_lines_are_four_characters_each():
    assert edited_line("aaaabbbb", "aaaa....cccc") == 3
    assert edited_line("aaaa....bbbb", "aaaabbbb") == 0
    assert edited_line("", "aaaa") == 0


def _made(key="k", source="y = x", versions=None, trace=(), **inputs: Value) -> Made:
    return Made(key, "code", source, tuple(inputs.values()), (), versions or {}, tuple(trace))


def _line(old: Made, new: Made) -> str:
    return one_line(compare(old, new))


def test_another_python_is_named_and_not_blamed_on_functions():
    old = _made(
        versions={"python": "3.11.7"}, f=Value("f", "1", "function", "f(x)", 0, (Part("function", "f()", "a"),))
    )
    new = _made(
        versions={"python": "3.12.1"}, f=Value("f", "2", "function", "f(x)", 0, (Part("function", "f()", "b"),))
    )
    assert _line(old, new) == "Python 3.11.7 -> 3.12.1"
    edited = Value("f", "2", "function", "f(x)", 0, (Part("function", "f()", "b", "1 line", "aaaa"),))
    was = Value("f", "1", "function", "f(x)", 0, (Part("function", "f()", "a", "1 line", "bbbb"),))
    both = _line(_made(versions={"python": "3.11.7"}, f=was), _made(versions={"python": "3.12.1"}, f=edited))
    assert both == "Python 3.11.7 -> 3.12.1, helper f() edited (line 1)"


def test_a_library_that_only_one_of_two_runs_knew_is_no_change():
    assert _line(_made(versions={"python": "3.11.7"}), _made(versions={"python": "3.11.7", "numpy": "2.4.1"})) == ""


def test_an_entry_without_parts_is_compared_as_a_whole():
    old = _made(d=Value("d", "1", "dict", "1 item"))
    new = _made(d=Value("d", "2", "dict", "1 item", 0, (Part("key", "['a']", "x", "1"),)))
    assert _line(old, new) == "d changed"


def test_a_class_is_not_named_beside_its_own_method():
    def model(class_digest: str, method: str) -> Value:
        parts = (Part("class", "class Model", class_digest), Part("function", "Model.fit()", method))
        return Value("m", class_digest + method, "Model", "", 0, parts)

    assert _line(_made(m=model("1", "a")), _made(m=model("2", "b"))) == "Model.fit() edited"
    assert _line(_made(m=model("1", "a")), _made(m=model("2", "a"))) == "class Model edited"


def test_parts_of_which_nothing_is_known_are_not_taken_for_changed():
    old = _made(d=Value("d", "1", "dict", "9 items", 0, (Part("key", "['a']", ""), Part("key", "['b']", "1"))))
    new = _made(d=Value("d", "2", "dict", "9 items", 0, (Part("key", "['a']", "5"), Part("key", "['b']", "2"))))
    assert _line(old, new) == "d['b'] changed"


def test_traces_are_compared_and_a_file_takes_the_place_of_its_absence():
    absent, there = Dependency("absent", "a.csv", "absent"), Dependency("file", "a.csv", "1" * 64, "5 0")
    assert _line(_made(trace=[absent]), _made(trace=[there])) == "a.csv is there now"
    assert _line(_made(trace=[there]), _made(trace=[absent])) == "a.csv is gone"
    assert _line(_made(trace=[there]), _made(trace=[there])) == ""


def test_the_nearest_run_is_the_one_that_differs_in_fewest_things():
    one, two = Value("a", "1"), Value("b", "1")
    now = _made(a=one, b=two)
    assert distance(now, now) == 0
    assert distance(_made(a=one, b=Value("b", "2")), now) < distance(_made(a=Value("a", "2"), b=Value("b", "2")), now)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("1 expired", "the earlier run has expired (--ttl)"),
        ("2 expired, 1 damaged", "2 earlier runs have expired (--ttl), the earlier run is damaged"),
        ("3 not by this user", "3 earlier runs are not by this user"),
        ("something else", "something else"),
    ],
)
def test_what_a_store_leaves_out_is_a_sentence(said, sentence):
    assert left_out(said) == sentence
