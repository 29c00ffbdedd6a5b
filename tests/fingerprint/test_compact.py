"""Big plain data as one record: the digest says what the walk through all of it says, and nothing else can be told."""

from __future__ import annotations

import copy
import math
import pickle
import struct
import sys
import threading
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.errors import NotFingerprintable
from cashet_jupyter.fingerprint import compact, fingerprint_value
from cashet_jupyter.fingerprint.graph import InputGraph

MANY = 200


def rows(many=MANY):
    return [
        {"id": i, "name": f"user{i}", "score": i * 0.5, "tags": ["a", f"t{i % 7}"], "ok": i % 2 == 0, "pos": (i, [i])}
        for i in range(many)
    ]


def lazy(namespace, *names):
    return InputGraph(names or namespace, namespace, lazy=True)


def trees(graph):
    """How many records are trees, as long as nobody has looked into them."""
    return len(graph._records.trees)


def in_full(namespace, *names):
    """The digests of a walk through everything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compact, "FEWEST", sys.maxsize)
        return InputGraph(names or namespace, namespace)


# ---------------------------------------------------------------------------------------------------- equal or not
nan = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000001))[0]
atoms = st.sampled_from(
    [None, False, True, 0, 1, 1.0, -0.0, 0.0, 2**64, math.nan, nan, "", "1", "\udc80", b"", b"1", 1j, ...]
)
values = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.sampled_from(["a", "b", 1, True, (1, "a")]), inner, max_size=3),
        st.sets(st.integers(0, 3), max_size=2),
    ),
    max_leaves=8,
)


def filled(value):
    """A value in data that is big enough to be one record."""
    return [[value], *({"n": n} for n in range(compact.FEWEST))]


@given(values, values)
def test_two_values_agree_exactly_if_they_do_in_full(a, b):
    here = fingerprint_value(filled(a)) == fingerprint_value(filled(b))
    there = in_full({"v": filled(a)}).digests["v"] == in_full({"v": filled(b)}).digests["v"]
    assert here == there


@given(values)
def test_copies_agree(value):
    value = filled(value)
    known = fingerprint_value(value)
    assert fingerprint_value(copy.deepcopy(value)) == known
    assert fingerprint_value(pickle.loads(pickle.dumps(value))) == known


NEAR = {
    "int and bool": (1, True),
    "int and float": (1, 1.0),
    "zeros": (0.0, -0.0),
    "nans": (math.nan, nan),
    "text and bytes": ("a", b"a"),
    "list and tuple": ([1], (1,)),
    "empty list and dict": ([], {}),
    "empty list and tuple": ([], ()),
    "nothing and false": (None, False),
    "keys": ({"a": 1}, {"b": 1}),
    "types of keys": ({1: 1}, {True: 1}),
    "order of keys": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "key and value": ({"a": "b"}, {"b": "a"}),
    "order of items": ([1, 2], [2, 1]),
    "nesting": ([[1], [2]], [[1, 2]]),
    "a part further in": ([[1], 2], [[1, 2]]),
    "surrogates": ("\ud800\udc00", "\U00010000"),
    "big ints": (2**64, 2**64 + 1),
}


@pytest.mark.parametrize("name", NEAR)
@pytest.mark.parametrize("inside", [lambda v: [v], lambda v: {"k": v}, lambda v: (1, v), lambda v: [[], {"k": (v,)}]])
def test_what_differs_by_little_differs(name, inside):
    one, other = NEAR[name]
    one, other = {"x": filled(inside(one))}, {"x": filled(inside(other))}
    assert trees(lazy(one)) == trees(lazy(other)) == 1
    assert lazy(one).digests != lazy(other).digests


def test_a_big_dict_is_one_record_and_its_order_and_keys_count():
    table = {n: [n] for n in range(MANY)}
    graph = lazy({"x": table})
    assert trees(graph) == 1
    digests = {graph.digests["x"]}
    digests.add(fingerprint_value({**{n: [n] for n in range(1, MANY)}, 0: [0]}))
    digests.add(fingerprint_value({float(n): [n] for n in range(MANY)}))
    digests.add(fingerprint_value([[n] for n in range(MANY)]))
    digests.add(fingerprint_value(list(table.items())))
    assert len(digests) == 5
    assert fingerprint_value(dict(table)) == graph.digests["x"]


def test_interning_and_sharing_of_text_and_tuples_do_not_count():
    pair = (1, "x" * 3)
    shared = [[pair, sys.intern("name" + "x" * 9)] for _ in range(MANY)]
    apart = [[(1, "".join(["x"] * 3)), "".join(["name", *["x"] * 9])] for _ in range(MANY)]
    assert fingerprint_value(shared) == fingerprint_value(apart)
    assert trees(lazy({"x": shared})) == 1


def test_attributes_that_were_bound_in_another_order_are_other_dicts():
    class Holder:
        pass

    def holders(*names):
        found = [Holder() for _ in range(MANY)]
        for holder in found:
            for name in names:
                setattr(holder, name, [name])
        return found

    first, second = holders("a", "b"), holders("b", "a")
    one, other = [vars(holder) for holder in first], [vars(holder) for holder in second]
    assert trees(lazy({"x": one})) == 1
    assert fingerprint_value(one) != fingerprint_value(other)
    assert fingerprint_value(one) == fingerprint_value([{"a": ["a"], "b": ["b"]} for _ in range(MANY)])


# ------------------------------------------------------------------------------------------- which values are trees
def aliased():
    inner = [1]
    return [inner, inner, *([n] for n in range(MANY))]


def looped():
    loop = [[n] for n in range(MANY)]
    loop[0].append(loop)
    return loop


def deep(depth=1000):
    inner = []
    for _ in range(depth):
        inner = [inner]
    return [inner, *([n] for n in range(MANY))]


NO_TREES = {
    "aliasing": aliased,
    "a loop": looped,
    "depth": deep,
    "a set": lambda: filled({1}),
    "an empty frozen set": lambda: filled(frozenset()),
    "a bytearray": lambda: filled(bytearray(b"a")),
    "wide tuples": lambda: [(n, *range(100)) for n in range(MANY)],
    "atoms only": lambda: list(range(MANY)),
    "few items": lambda: rows(compact.FEWEST - 1),
}


@pytest.mark.parametrize("name", NO_TREES)
def test_what_is_no_tree_is_walked_as_ever(name):
    namespace = {"x": NO_TREES[name]()}
    graph = lazy(namespace)
    assert trees(graph) == 0
    assert graph.digests == in_full(namespace).digests


def test_aliasing_counts():
    inner = [1]
    twice, apart = [inner, inner, *rows()], [[1], [1], *rows()]
    assert trees(lazy({"x": twice})) == 0
    assert trees(lazy({"x": apart})) == 1
    assert fingerprint_value(twice) != fingerprint_value(apart)
    empty = []
    assert fingerprint_value([empty, empty, *rows()]) != fingerprint_value([[], [], *rows()])


def test_a_tree_inside_of_other_things_is_one_record():
    class Model:
        pass

    model = Model()
    model.rows, model.lock = rows(), {1, 2}
    graph = lazy({"x": {"a": model, "b": rows()}})
    assert trees(graph) == 2
    assert graph.digests == lazy({"x": {"a": copy.deepcopy(model), "b": rows()}}).digests
    model.rows[7]["tags"].append("new")
    assert graph.digests != lazy({"x": {"a": model, "b": rows()}}).digests


# ------------------------------------------------------------------------------------------------- what names share
def test_a_digest_says_the_same_alone_and_with_others_that_share_parts():
    data = rows()
    namespace = {"data": data, "row": data[5], "tags": data[5]["tags"], "other": rows(), "both": [data, data]}
    alone = {name: lazy(namespace, name).digests[name] for name in namespace}
    assert dict(lazy(namespace).digests) == alone
    assert dict(InputGraph(namespace, namespace).digests) == alone
    for name in namespace:
        assert lazy(namespace, "data", name).digests[name] == alone[name]
    assert alone["data"] == alone["other"]


SHARED = {
    "a row": lambda data: data[5],
    "another row": lambda data: data[6],
    "a part of a row": lambda data: data[5]["tags"],
    "a list in a tuple": lambda data: data[5]["pos"][1],
    "a row in a list": lambda data: [data[5]],
    "many rows": lambda data: data[10:190],
    "the whole": lambda data: data,
    "the whole in a list": lambda data: [data],
}


@pytest.mark.parametrize("name", SHARED)
def test_what_two_names_share_is_a_part_of_the_joint_digest(name):
    data = rows()
    shared = lazy({"data": data, "x": SHARED[name](data)})
    apart = lazy({"data": data, "x": copy.deepcopy(SHARED[name](data))})
    assert shared.digests == apart.digests
    assert shared.joint != apart.joint
    again = copy.deepcopy(data)
    assert lazy({"data": again, "x": SHARED[name](again)}).joint == shared.joint


def test_each_way_of_sharing_has_a_joint_digest_of_its_own():
    joints = set()
    for pick in (lambda d: d[5], lambda d: d[6], lambda d: copy.deepcopy(d[5])):
        data = [{"a": []} for _ in range(MANY)]
        joints.add(lazy({"data": data, "x": pick(data)}).joint)
        joints.add(lazy({"data": data, "x": [pick(data)]}).joint)
    assert len(joints) == 6


def test_two_trees_that_share_a_row_share_it():
    def pair(shared):
        one, other = rows(), rows()
        other[3] = one[3] if shared else other[3]
        return lazy({"a": one, "b": other})

    assert pair(shared=True).digests == pair(shared=False).digests
    assert pair(shared=True).joint != pair(shared=False).joint
    assert trees(pair(shared=False)) == 2


def test_sharing_inside_of_one_value_counts():
    class Model:
        pass

    def model(pick):
        made = Model()
        made.rows = rows()
        made.best = pick(made.rows[5])
        return made

    shared, apart = model(lambda row: row), model(dict)
    digests = {fingerprint_value(shared), fingerprint_value(apart), fingerprint_value(model(copy.deepcopy))}
    assert len(digests) == 3
    assert fingerprint_value(copy.deepcopy(shared)) == fingerprint_value(shared)
    assert lazy({"m": shared, "r": 1}).digests["m"] == fingerprint_value(shared)
    assert lazy({"m": shared, "r": shared.rows}).digests["m"] == fingerprint_value(shared)


def test_attributes_of_an_object_that_stand_in_a_tree_are_shared():
    class Holder:
        pass

    def made(pick):
        holder = Holder()
        holder.a = 1
        return lazy({"holder": holder, "data": [pick(holder), *rows()]})

    shared, apart = made(vars), made(lambda holder: dict(vars(holder)))
    assert shared.digests == apart.digests
    assert shared.joint != apart.joint


def test_a_function_that_keeps_a_row_shares_it():
    space = {"__name__": "__main__", "data": rows()}
    exec("def make(row):\n    def f(): return row\n    return f\nf = make(data[3])\ng = make(dict(data[3]))", space)
    assert lazy(space, "data", "f").joint != lazy(space, "data", "g").joint
    assert lazy(space, "data", "f").digests["data"] == lazy(space, "data").digests["data"]


@given(st.randoms(use_true_random=False))
def test_whatever_is_shared_digests_and_joint_tell_as_much_as_in_full(random):
    def made():
        pool = [{"a": [random.randrange(2)]} for _ in range(70)]
        names = {}
        for name in "xyz":
            size = random.choice([1, 2, 68])
            items = [random.choice(pool)] if size < 3 else list(pool[:size])
            if random.random() < 0.4:
                items = copy.deepcopy(items)
            names[name] = random.choice([items, items[0], {"k": items}, items[0]["a"]])
        return names

    one, other = made(), made()
    for namespace in (one, other):
        graph = lazy(namespace)
        assert {name: lazy(namespace, name).digests[name] for name in namespace} == graph.digests
        assert lazy(copy.deepcopy(namespace)).joint == graph.joint
    same = in_full(one).joint == in_full(other).joint
    assert (lazy(one).joint == lazy(other).joint) == same


# --------------------------------------------------------------------------------------------- numbers and changes
def test_all_that_is_asked_besides_fingerprints_is_as_in_full():
    namespace = {"data": rows(), "n": 1}
    expected, graph = in_full(namespace), lazy(namespace)
    assert trees(graph) == 1
    assert list(map(id, graph.nodes)) == list(map(id, expected.nodes))
    assert trees(graph) == 0
    for make in (lazy, lambda space: InputGraph(space, space)):
        graph = make(namespace)
        assert graph.number(namespace["data"][9]["tags"]) == expected.number(namespace["data"][9]["tags"])
        assert graph.records.contents[graph.roots["data"]] == expected.records.contents[expected.roots["data"]]
        assert list(graph.changed()) == []


CHANGES = {
    "a value": (lambda data: data[7].update(id=-1), lambda data: [data[7]]),
    "a list": (lambda data: data[7]["tags"].append(1), lambda data: [data[7]["tags"]]),
    "a list in a tuple": (lambda data: data[7]["pos"][1].clear(), lambda data: [data[7]["pos"][1]]),
    "the root": (lambda data: data.append({}), lambda data: [data]),
    "a row replaced by an equal one": (lambda data: data.__setitem__(7, dict(data[7])), lambda data: [data]),
    "an odd thing": (lambda data: data[7].update(x=threading.Lock()), lambda data: [data[7]]),
    "nothing": (lambda data: sorted(data, key=str), lambda data: []),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("make", ["expanded", "at once"])
def test_exactly_the_nodes_that_were_changed_are_found(name, make):
    change, places = CHANGES[name]
    namespace = {"data": rows()}
    graph = InputGraph(namespace, namespace, lazy=make == "expanded")
    graph.expand()
    change(namespace["data"])
    assert list(graph.changed()) == sorted(graph.number(place) for place in places(namespace["data"]))


def test_what_has_changed_before_it_was_looked_into_is_not_guessed():
    namespace = {"data": rows()}
    graph = lazy(namespace)
    namespace["data"][3]["tags"].append("new")
    for ask in (graph.changed, lambda: graph.nodes, graph.expand, lambda: graph.number(namespace)):
        with pytest.raises(NotFingerprintable, match="data: it was changed while it was looked at"):
            ask()
    assert graph.digests["data"] == fingerprint_value(rows())


def test_looking_into_it_leaves_the_fingerprints_alone():
    namespace = {"data": rows(), "x": [1]}
    graph = lazy(namespace)
    before = dict(graph.digests), graph.joint
    graph.expand()
    assert (dict(graph.digests), graph.joint) == before
    eager = InputGraph(namespace, namespace)
    assert (dict(eager.digests), eager.joint) == before


def test_a_refusal_beside_a_tree_still_has_its_path():
    with pytest.raises(NotFingerprintable) as caught:
        lazy({"x": {"rows": rows(), "lock": [threading.Lock()]}})
    assert caught.value.path == "x['lock'][0]"


def test_nothing_is_held_twice():
    data = rows(20_000)
    tracemalloc.start()
    try:
        lazy({"data": data})
        assert tracemalloc.get_traced_memory()[1] < sys.getsizeof(data) * 10
    finally:
        tracemalloc.stop()
