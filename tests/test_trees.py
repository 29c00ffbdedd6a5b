"""Trees of plain data: found exactly, whatever they hold, and without asking what is in them one by one."""

from __future__ import annotations

import array
import collections
import enum
import gc
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter import trees
from cashet_jupyter.trees import ATOMS, DEEPEST, ROOMIEST, tree_of

atoms = st.sampled_from([None, True, 0, 1, 2**70, -0.0, 1.5, math.nan, "", "a", "\udc80", b"", b"a"])
odd = st.sampled_from(
    [1j, ..., set(), frozenset(), frozenset({1}), bytearray(), bytearray(b"a"), object, np.float64(2)]
)
values = st.recursive(
    st.one_of(*[atoms] * 12, odd),
    lambda inner: st.one_of(
        st.lists(inner, max_size=9),
        st.tuples(inner, inner),
        st.just(()),
        st.dictionaries(st.one_of(st.text(max_size=2), st.integers(), st.tuples(st.integers())), inner, max_size=9),
    ),
    max_leaves=60,
)


def is_tree(root):
    """The same question, asked of every part."""
    seen = set()

    def look(value):
        kind = type(value)
        if kind in (list, dict):
            if id(value) in seen:
                return False
            seen.add(id(value))
        if kind is dict:
            return all(map(look, value)) and all(map(look, value.values()))
        return all(map(look, value)) if kind in (list, tuple) else kind in ATOMS

    return look(root)


def prove(value):
    """Go through all of a value, and raise for an atom that is not exact."""
    if type(value) in (list, tuple, dict, set, frozenset):
        for item in value:
            prove(item)
        if type(value) is dict:
            prove(list(value.values()))
    elif type(value) not in ATOMS:
        raise TypeError


@pytest.fixture(params=["in chunks", "in small chunks"], autouse=True)
def chunks(request, monkeypatch):
    if request.param == "in small chunks":
        for name, size in {"CHUNK": 3, "PIECE": 5, "FEWEST": 2, "WIDEST": 4, "MOST_WAITING": 7}.items():
            monkeypatch.setattr(trees, name, size)


@given(st.lists(values, max_size=12), st.randoms(use_true_random=False))
def test_a_tree_is_found_exactly_if_it_is_one(items, random):
    if items and random.random() < 0.3:
        items.append(random.choice(items))
    rooms = is_tree(items)
    assert (tree_of(items) is not None) == rooms
    assert (tree_of(items, prove) is not None) == rooms
    named = {str(at): item for at, item in enumerate(items)}
    assert (tree_of(named) is not None) == (tree_of(named, prove) is not None) == is_tree(named)
    assert (tree_of(tuple(items)) is not None) == rooms


class Text(str):
    __slots__ = ()

    def __bool__(self):
        raise AssertionError("code of the user ran")


class Color(enum.IntEnum):
    RED = 1


Point = collections.namedtuple("Point", "x y")

ODD = {
    "a subclass of int": Color.RED,
    "a subclass of str": Text("a"),
    "an empty one": Text(),
    "a namedtuple": Point(1, 2),
    "a default dict": collections.defaultdict(list),
    "an ordered dict": collections.OrderedDict(a=1),
    "a set": {1},
    "an empty set": set(),
    "a frozen set": frozenset({1}),
    "an empty frozen set": frozenset(),
    "a frozen set in a tuple": (1, frozenset({1})),
    "a bytearray": bytearray(b"a"),
    "an empty bytearray": bytearray(),
    "an array": array.array("d", [1.0]),
    "a memoryview": memoryview(b"abc"),
    "a numpy array": np.zeros(2),
    "a number of numpy": np.float64(1),
    "a text of numpy": np.str_("a"),
    "false of numpy": np.bool_(False),
    "a complex number": 1j,
    "an ellipsis": ...,
    "a type": int,
    "StopIteration": StopIteration,
    "a code object": is_tree.__code__,
    "a function": is_tree,
    "an object": object(),
    "a range": range(2),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("place", ["item", "value", "inside", "alone inside", "among many"])
def test_whatever_is_not_plain_is_found_wherever_it_stands(name, place):
    value = ODD[name]
    root = {
        "item": [1, value],
        "value": {"a": 1, "b": value},
        "inside": [{"a": [1, (2, value)]}],
        "alone inside": [[[value]]],
        "among many": [{"a": 1, "b": "x"} for _ in range(50)] + [{"a": 1, "b": value}],
    }[place]
    assert tree_of(root) is None
    assert tree_of(root, prove) is None


@pytest.mark.parametrize("key", [Text("b"), Color.RED, Point(1, 2), frozenset({1}), (1, frozenset()), 1j, ...])
def test_keys_have_to_be_plain_too(key):
    for root in ({key: 1}, [{key: 1}], [{"a": 1}, {"a": 1, key: 2}], [[{"b": {key: 3}}]], {(1, key): 1}):
        assert tree_of(root) is None
        assert tree_of(root, prove) is None


ALIASES = {
    "twice in a list": lambda inner: [inner, inner],
    "far apart": lambda inner: [inner, *([n] for n in range(5000)), inner],
    "on two levels": lambda inner: [[inner], inner],
    "in a tuple": lambda inner: [(1, inner), {"a": inner}],
    "in a tuple that stands twice": lambda inner: [(1, inner)] * 2,
    "in values": lambda inner: {"a": {"b": inner}, "c": [inner]},
    "in columns": lambda inner: [{"a": inner if n in (3, 70) else [n], "b": n} for n in range(100)],
    "in unequal rows": lambda inner: [[n] * (n % 3) + [inner] * (n in (7, 50)) for n in range(100)],
}


@pytest.mark.parametrize("inner", [[], {}, [1], {"a": 1}, [[]], {"a": {}}], ids=repr)
@pytest.mark.parametrize("place", ALIASES)
def test_a_list_or_dict_that_is_met_twice_is_found(place, inner):
    root = ALIASES[place](inner)
    del inner
    assert tree_of(root) is None
    assert tree_of(root, prove) is None


def test_a_value_that_holds_itself_is_no_tree():
    loop = [[1]]
    loop[0].append(loop)
    assert tree_of(loop) is None
    table = {"a": []}
    table["a"].append((table,))
    assert tree_of(table) is None
    assert tree_of(table, prove) is None


def test_parts_that_something_else_holds_are_told():
    row, empty, table = {"a": [1]}, [], {}
    root = [row, [empty, table, {}], [[2]], {"a": {"b": []}}, *([n] for n in range(300))]
    found = tree_of(root)
    assert found.held == {id(row), id(empty), id(table)}
    assert tree_of(root, prove) == found
    again = [*root[2:], {"a": [1]}, [[], {}, {}]]
    del root
    assert tree_of(again).held == set()
    assert tree_of(again, prove).held == set()


def test_a_part_that_is_held_by_what_is_not_tracked_is_told():
    root = [{"a": n} for n in range(100)]
    views = [root[3].values(), iter(root[5].items()), gc.get_referents(root)[-1:]]
    assert tree_of(root).held >= {id(root[3]), id(root[5])}
    assert len(tree_of(root).held) == 3
    del views


def nested(depth, inner=0):
    for _ in range(depth):
        inner = [inner]
    return inner


def test_depth_is_bounded_by_the_value_alone():
    for inner in (0, [], {"a": 1}):
        for more in (None, prove):
            assert tree_of([nested(DEEPEST, inner)], more) is not None
            assert tree_of([nested(DEEPEST + 2, inner)], more) is None
    assert tree_of([nested(DEEPEST + 1, [])]) is tree_of([nested(DEEPEST + 1, [])], prove) is None
    assert tree_of([nested(100_000)]) is None


def test_tuples_are_bounded_so_that_one_that_stands_in_many_places_costs_little():
    wide = tuple(range(ROOMIEST))
    assert tree_of([wide] * 100) is not None
    assert tree_of([(*wide, 1)]) is None
    assert tree_of([(wide,), (wide, 1)]) is None
    assert tree_of([([wide],)]) is not None
    deep = (1,)
    for _ in range(100):
        deep = (deep, deep)
    assert tree_of([deep]) is None
    assert tree_of([tuple(range(1000))] * 1_000_000) is None
    assert tree_of(tuple([n] for n in range(1000))) is not None


class Holder:
    pass


def test_attributes_of_objects_are_dicts_like_others():
    holders = [Holder() for _ in range(100)]
    for n, holder in enumerate(holders):
        for name in ("a", "b") if n % 2 else ("b", "a"):
            setattr(holder, name, [n])
    root = [vars(holder) for holder in holders]
    found = tree_of(root, prove)
    assert found is not None
    assert found.held == set(map(id, root))


def test_the_size_is_the_number_of_parts():
    assert tree_of([{"a": 1, "b": [1, 2]}, (3, 4)]).size == 8
    assert tree_of([]).size == 0
    assert tree_of({}).size == 0
    assert tree_of(5) is None
