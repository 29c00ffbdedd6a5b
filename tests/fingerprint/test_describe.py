"""Values described for people: short, bounded, quick, and without running the user's code."""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import time

import pytest

from cashet_jupyter.fingerprint.describe import describe
from tests.cases.distinctions import must_differ


class Colour(enum.Enum):
    RED = 1


class Hostile(list):
    def __len__(self):
        raise AssertionError("called")

    __repr__ = __str__ = __iter__ = __len__


class Silent:
    def __init__(self):
        self.x = 1

    def __repr__(self):
        raise AssertionError("called")

    __getattribute__ = __len__ = __str__ = __sizeof__ = __repr__


class Plain:
    def __init__(self):
        self.x = 1


def function(a, b=1, *args, c, d=2, **more):
    pass


WORDS = [
    (None, "None", "NoneType"),
    (True, "True", "bool"),
    (3, "3", "int"),
    (10**5000, "an integer of 16,610 bits", "int"),
    (0.5, "0.5", "float"),
    ("abc", "'abc'", "str"),
    (b"abc", "b'abc'", "bytes"),
    ([1] * 250, "250 items", "list"),
    ({"a": 1}, "1 item", "dict"),
    (set(), "0 items", "set"),
    (Hostile([1, 2]), "2 items", "Hostile"),
    (range(5), "range(0, 5)", "range"),
    (Colour.RED, "Colour.RED", "Colour"),
    (datetime.date(2020, 1, 2), "2020-01-02", "date"),
    (decimal.Decimal("1.50"), "1.50", "Decimal"),
    (pathlib.PurePosixPath("a/b"), "a/b", "PurePosixPath"),
    (function, "function(a, b=..., *args, c, d=..., **more)", "function"),
    (Plain, "Plain", "type"),
    (Plain(), "1 attribute", "Plain"),
    (ValueError("no", 3), "'no', 3", "ValueError"),
    (len, "len()", "builtin_function_or_method"),
]


@pytest.mark.parametrize(("value", "summary", "kind"), WORDS, ids=[kind for *_, kind in WORDS])
def test_a_value_is_described_in_a_few_words(value, summary, kind):
    found = describe("v", value, "d")
    assert (found.name, found.summary, found.type, found.digest) == ("v", summary, kind, "d")


def test_arrays_and_tables_are_described_by_their_shape():
    np, pd = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": np.arange(10_000), "b": 0.5})
    assert describe("v", np.zeros((3, 4))).summary == "float64 (3, 4)"
    assert describe("v", np.zeros((3, 4))).size == 96
    assert describe("v", frame).summary == "10,000 x 2"
    assert describe("v", frame).size == 160_000
    assert describe("v", frame["a"]).summary == "int64, 10,000 items"
    assert describe("v", np.float64(2.5)).summary == "2.5"


def test_code_of_the_user_is_never_run():
    assert describe("v", Silent()).type == "Silent"
    assert describe("v", [Silent()] * 3).summary == "3 items"
    assert describe("v", {1: Hostile()}).summary == "1 item"


@pytest.mark.parametrize("case", must_differ(), ids=lambda pair: pair.id)
def test_any_value_is_described_in_bounded_words(case):
    for make in case.thunks:
        found = describe("v", make())
        assert len(found.summary) <= 160
        assert found.size >= 0


def test_sizes_are_about_right():
    assert 9_000 <= describe("v", [str(i) for i in range(1000)]).size <= 120_000
    assert 100_000 <= describe("v", "x" * 100_000).size <= 100_100
    assert 8_000_000 <= describe("v", list(range(1_000_000))).size <= 80_000_000


def test_big_values_are_described_quickly():
    values = [list(range(1_000_000)), {i: i for i in range(100_000)}, "x" * 10_000_000, list("ab" * 100_000)]
    for value in values:
        best = min(_seconds(value) for _ in range(20))
        assert best < 0.002


def _seconds(value):
    start = time.perf_counter()
    describe("v", value)
    return time.perf_counter() - start
