"""Numbers, other small values, containers, instances, functions and classes."""

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import math
import threading
import types
import uuid
import weakref
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.diffs.compare import compare
from cashet_jupyter.diffs.model import Budget
from cashet_jupyter.fingerprint.values import fingerprint_value
from cashet_jupyter.render.diff_data import value_data

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
FLIPPED = {"added": "removed", "removed": "added"}


def again(value):
    """An equal value made of other objects."""
    if isinstance(value, dict):
        return {key: again(item) for key, item in value.items()}
    if isinstance(value, list):
        return [again(item) for item in value]
    if isinstance(value, float):
        return float(str(value))
    return value


def places(diff):
    return [(part.path, part.status) for part in diff.parts]


@given(plain)
def test_equal_values_have_an_empty_diff(value):
    diff = compare(value, again(value))
    assert (diff.verdict, diff.change, diff.parts) == ("equal", "", ())


@given(plain, plain)
def test_a_diff_turned_round_says_the_same(old, new):
    there, back = compare(old, new), compare(new, old)
    assert there.verdict == back.verdict
    assert (there.old, there.new) == (back.new, back.old) or there.kind == "same"
    statuses = [sorted(part.status for part in diff.parts) for diff in (there, back)]
    if there.kind == "mapping":
        assert statuses[1] == sorted(FLIPPED.get(status, status) for status in statuses[0])


@given(plain, plain)
def test_values_that_python_tells_apart_differ(old, new):
    if json.dumps(value_data(compare(old, new))) and fingerprint_value(old) == fingerprint_value(new):
        return
    assert compare(old, new).verdict == "different" or old == new


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (1, 3, "1 -> 3 (+2, +200 %)"),
        (0.5, 0.25, "0.5 -> 0.25 (-0.25, -50 %)"),
        (0, 2, "0 -> 2 (+2)"),
        (1, 1.0, "type int -> float"),
        (True, 1, "bool True -> int 1"),
        (1.0, math.nan, "1 -> nan"),
        (None, "a", "None -> str 'a'"),
        (decimal.Decimal("1.5"), decimal.Decimal("2"), "1.5 -> 2 (+0.5, +33.3 %)"),
        (fractions.Fraction(1, 2), fractions.Fraction(1, 4), "-50 %"),
        (1 + 2j, 1 + 3j, "(1+2j) -> (1+3j) (+1"),
        (Colour.RED, Colour.BLUE, "Colour.RED -> Colour.BLUE"),
        (datetime.date(2026, 1, 1), datetime.date(2026, 1, 2), "(+86400 s)"),
        (range(3), range(4), "range(0, 3) -> range(0, 4)"),
        (PurePosixPath("a"), PurePosixPath("b"), "PurePosixPath('a') -> PurePosixPath('b')"),
        pytest.param(10**5000, 10**5000 + 1, "an integer of 16,610 bits", id="huge"),
    ],
)
def test_small_values_say_how_they_changed(old, new, change):
    diff = compare(old, new)
    assert diff.differs
    assert change in diff.change


@pytest.mark.parametrize(
    "value",
    [math.nan, decimal.Decimal("NaN"), decimal.Decimal("sNaN"), float("inf"), Colour.RED, uuid.UUID(int=5), ...],
)
def test_what_is_not_equal_to_itself_is_the_same_to_us(value):
    copies = [type(value)(str(value)) if isinstance(value, float | decimal.Decimal) else value for _ in range(2)]
    assert compare(*copies).verdict == "equal"


def test_places_in_containers_have_paths():
    old = {"a": [1, {"lr": 0.1}], "b": (1, 2), "gone": 1}
    new = {"a": [1, {"lr": 0.2}], "b": (1, 3), "new": 2}
    diff = compare(old, new)
    assert places(diff) == [("['a']", "changed"), ("['b']", "changed"), ("['gone']", "removed"), ("['new']", "added")]
    assert diff.parts[0].diff.change == "[1]['lr'] 0.1 -> 0.2 (+0.1, +100 %)"
    assert (diff.figures["changed"], diff.figures["added"], diff.figures["removed"]) == (2, 1, 1)


def test_an_item_put_in_at_the_front_is_one_item():
    diff = compare([{"i": n} for n in range(50)], [{"i": -1}, *({"i": n} for n in range(50))])
    assert places(diff) == [("[0]", "added")]
    assert diff.change == "50 -> 51 items; 1 added"


def test_every_item_that_changed_is_counted_though_few_are_told():
    new = list(range(100_000))
    for place in range(0, 100_000, 7):
        new[place] = -1
    diff = compare(list(range(100_000)), new)
    assert diff.figures["changed"] == diff.total == len(range(0, 100_000, 7))
    assert len(diff.parts) == Budget().parts


def test_every_key_that_changed_is_counted_though_few_are_told():
    old = {f"k{n}": n for n in range(50_000)}
    diff = compare(old, {key: value + (value % 5 == 0) for key, value in old.items()})
    assert diff.figures["changed"] == 10_000


def test_the_order_of_keys_is_told_and_nothing_else():
    assert compare({"a": 1, "b": 2}, {"b": 2, "a": 1}).change == "the same items in another order"


def test_sets_tell_what_only_one_of_them_has():
    assert places(compare({1, 2, "x"}, {2, 3, "x"})) == [("[1]", "removed"), ("[3]", "added")]


def test_a_container_of_another_type_with_the_same_items_says_so():
    assert compare([1, 2], (1, 2)).change == "type list -> tuple"
    assert compare([], {}).change == "list [] -> dict {}"
    assert compare({1}, frozenset({1})).change == "type set -> frozenset"


def test_named_fields_have_their_names():
    Point = collections.namedtuple("Point", "x y")
    assert compare(Point(1, 2), Point(1, 3)).change == ".y 2 -> 3 (+1, +50 %)"


def test_what_holds_itself_has_a_diff():
    old, new = [1], [2]
    old.append(old)
    new.append(new)
    assert compare(old, new).figures["changed"] == 1


def test_what_lies_too_deep_is_not_guessed():
    old, new = [1], [2]
    for _ in range(30):
        old, new = {"in": old}, {"in": new}
    assert compare(old, new).verdict == "unknown"
    assert compare(old, new, fingerprint=fingerprint_value).verdict == "different"
    assert compare(old, old.copy(), fingerprint=fingerprint_value).verdict == "equal"


@dataclasses.dataclass
class Config:
    rate: float
    layers: list


class Slotted:
    __slots__ = ("x", "y")


class Words(dict):
    """A dict with attributes."""


def test_instances_differ_by_their_attributes():
    diff = compare(Config(0.1, [1, 2]), Config(0.1, [1, 3]))
    assert diff.change == ".layers[1] 2 -> 3 (+1, +50 %)"
    old, new = Slotted(), Slotted()
    old.x, new.x, new.y = 1, 1, 5
    assert places(compare(old, new)) == [(".y", "added")]
    old, new = Words(a=1), Words(a=1)
    old.source, new.source = "x", "y"
    assert compare(old, new).change == ".source 'x' -> 'y'"


def test_the_same_class_defined_again_is_the_same_class():
    def made():
        class Model:
            def __init__(self):
                self.x = 1

        return Model

    assert compare(made()(), made()()).verdict == "equal"


def test_failures_differ_by_what_they_say():
    assert compare(ValueError("a"), ValueError("b")).change == ".args[0] 'a' -> 'b'"


class Hostile:
    """Raises whatever is asked of it."""

    def __init__(self, x):
        self.x = x

    def _fail(self, *args):
        raise RuntimeError

    __eq__ = __ne__ = __repr__ = __str__ = __len__ = __bool__ = __getattr__ = __reduce_ex__ = __iter__ = _fail
    __hash__ = None


def test_code_of_the_users_is_not_run_and_never_breaks_a_diff():
    assert compare(Hostile(1), Hostile(2)).change == ".x 1 -> 2 (+1, +100 %)"
    assert compare([Hostile(1)], [Hostile(1)]).verdict == "equal"
    assert compare({"a": Hostile(1)}, {"a": 5}).differs


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n

    def __eq__(self, other):
        raise RuntimeError


def test_keys_that_cannot_be_compared_give_no_answer_and_no_error():
    diff = compare({Key(1): 1}, {Key(1): 2})
    assert diff.verdict == "unknown"
    assert "RuntimeError" in diff.notes[0]


def test_what_nobody_knows_is_told_by_its_fingerprint_or_not_at_all():
    locks = threading.Lock(), threading.Lock()
    assert compare(*locks).verdict == "unknown"
    assert compare(*locks, fingerprint=lambda value: "a").verdict == "equal"
    assert compare(*locks, fingerprint=lambda value: str(id(value))).differs


def test_references_and_modules_are_told_by_what_they_stand_for():
    old, new = Config(1.0, []), Config(2.0, [])
    assert compare(weakref.ref(old), weakref.ref(new)).differs
    assert compare(json, json).verdict == "equal"
    assert compare(json, math).change == "module json -> module math"


def test_functions_differ_by_their_source():
    def one(x):
        return x + 1

    def two(x):
        # a comment
        return x + 2

    two.__qualname__, two.__name__ = one.__qualname__, one.__name__
    diff = compare(one, two)
    assert diff.differs
    assert ("+", "    return x + 2") in [(line.sign, line.text) for hunk in diff.hunks for line in hunk.lines]


def test_a_source_that_is_not_that_of_the_code_is_not_shown():
    namespaces: list[dict] = [{}, {}]
    for number, namespace in enumerate(namespaces):
        exec(compile(f"def f(x):\n    return x + {number}", "<nowhere>", "exec"), namespace)
    diff = compare(namespaces[0]["f"], namespaces[1]["f"])
    assert diff.change == "its code changed (the source is not there to be shown)"
    assert diff.hunks == ()


def test_defaults_and_what_a_function_closes_over_count():
    def made(rate, default):
        def f(x=default):
            return x * rate

        return f

    assert compare(made(1, 2), made(1, 2)).verdict == "equal"
    assert places(compare(made(1, 2), made(3, 4))) == [(".__defaults__", "changed"), (" → rate", "changed")]


def test_classes_differ_by_their_members():
    def made(n):
        class Model:
            rate = n

            def fit(self):
                return 1 if n == 1 else 2

            @property
            def size(self):
                return 5

        return Model

    assert compare(made(1), made(1)).verdict == "equal"
    assert ".rate" in [path for path, _ in places(compare(made(1), made(2)))]


def test_views_proxies_and_deques_are_containers():
    assert compare({"a": 1}.keys(), {"b": 1}.keys()).differs
    assert compare(types.MappingProxyType({"a": 1}), types.MappingProxyType({"a": 2})).change.startswith("['a']")
    assert compare(collections.deque([1, 2]), collections.deque([1, 3])).change.startswith("[1]")


def test_a_diff_holds_plain_data_only():
    diff = compare({"a": Config(1, [object()]), 5: {1}}, {"a": Config(2, [object()]), 5: {2}})
    assert json.loads(json.dumps(value_data(diff)))["kind"] == "mapping"
