"""Laws over random values: distinct ones differ, equal ones agree whatever their history, in every process."""

from __future__ import annotations

import copy
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cashet_jupyter
from cashet_jupyter.fingerprint import fingerprint_value
from cashet_jupyter.fingerprint.graph import InputGraph

atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(),
    st.complex_numbers(allow_nan=False),
)
keys = st.one_of(st.text(), st.integers(), st.tuples(st.integers(), st.text()))
values = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(keys, inner, max_size=4),
        st.sets(keys, max_size=4),
        st.frozensets(keys, max_size=4),
    ),
    max_leaves=20,
)


def exact(value):
    """A text that is equal exactly for values of the same types and contents; order counts for dicts, not for sets."""
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({', '.join(map(exact, value))})"
    if isinstance(value, dict):
        return f"dict({', '.join(f'{exact(k)}: {exact(v)}' for k, v in value.items())})"
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__}({', '.join(sorted(map(exact, value)))})"
    return f"{type(value).__name__}:{value!r}"


@given(values, values)
def test_two_values_agree_exactly_if_they_are_the_same(a, b):
    assert (fingerprint_value(a) == fingerprint_value(b)) == (exact(a) == exact(b))


@given(values)
def test_copies_agree_with_the_original(value):
    assert fingerprint_value(copy.deepcopy(value)) == fingerprint_value(value)
    assert fingerprint_value(pickle.loads(pickle.dumps(value))) == fingerprint_value(value)


@given(st.dictionaries(keys, values, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_a_dict_counts(value, rng):
    items = list(value.items())
    rng.shuffle(items)
    assert (fingerprint_value(dict(items)) == fingerprint_value(value)) == (items == list(value.items()))


@given(st.sets(keys, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_a_set_does_not_count(value, rng):
    items = list(value)
    rng.shuffle(items)
    again = set()
    for item in items:
        again.add(item)
    assert fingerprint_value(again) == fingerprint_value(value)


class Node:
    pass


def random_graph(rng, size):
    """Lists, dicts, tuples, sets and objects that refer to each other at random."""
    nodes = [rng.choice([list, dict, set, Node])() for _ in range(size)]
    for node in nodes:
        for _ in range(rng.randrange(3)):
            target = rng.choice([rng.choice(nodes), rng.randrange(3), (rng.choice(nodes), rng.randrange(2))])
            link(node, target, rng)
    return nodes[0]


def link(node, target, rng):
    if isinstance(node, list):
        node.append(target)
    elif isinstance(node, dict):
        node[rng.randrange(3)] = target
    elif isinstance(node, Node):
        setattr(node, rng.choice("abc"), target)
    elif type(target) in (Node, int):
        node.add(target)


@pytest.mark.parametrize("seed", range(200))
def test_a_copy_of_any_graph_is_the_same_graph(seed):
    rng = random.Random(seed)
    value = random_graph(rng, rng.randrange(1, 12))
    assert fingerprint_value(pickle.loads(pickle.dumps(value))) == fingerprint_value(value)


def shape(value):
    """A canonical description of a graph of lists only: by numbers in order of first visit."""
    order, number = [value], {id(value): 0}
    described = []
    for node in order:
        row = []
        for item in node:
            if isinstance(item, list):
                if id(item) not in number:
                    number[id(item)] = len(order)
                    order.append(item)
                row.append(("node", number[id(item)]))
            else:
                row.append(item)
        described.append(tuple(row))
    return tuple(described)


def list_graph(rng):
    nodes = [[] for _ in range(rng.randrange(1, 5))]
    for node in nodes:
        node += [rng.choice([rng.choice(nodes), rng.randrange(2)]) for _ in range(rng.randrange(3))]
    return nodes[0]


def test_graphs_agree_exactly_if_they_have_the_same_shape():
    seen: dict[object, str] = {}
    digests: dict[str, object] = {}
    for seed in range(1500):
        value = list_graph(random.Random(seed))
        described, digest = shape(value), fingerprint_value(value)
        assert seen.setdefault(described, digest) == digest
        assert digests.setdefault(digest, described) == described
    assert len(seen) > 100


MANY = """
import collections, datetime as dt, dataclasses, enum, decimal, fractions, functools, pathlib, random, re, uuid, types, typing
import numpy as np, pandas as pd
class C:
    "d"
    k = {'x', 'y', 'z'}
    def __init__(self, i): self.i = i; self.s = {f'k{i}', 'b', 'a'}
    def m(self): return C, self.s, {'p', 'q', 'r'}, frozenset('uvw')
@dataclasses.dataclass
class D:
    x: int = 1
    y: list = dataclasses.field(default_factory=list)
class E(enum.Enum):
    A = 1
    B = 'x'
class F(enum.Flag):
    A = 1
    B = 2
def f(x, y={'a', 'b'}): return x in {'r', 's', 't'} and C(1) and np.sum(x)
class Meta(type): pass
class M(metaclass=Meta): pass
o = [C(i) for i in range(5)]
v = [{'a', 'b', 'c', 1, None, (1, 'x')}, frozenset('abcdef'), {frozenset('ab'), frozenset('cd')}, set(o), (o, {(1, o[0]), (2, o[1])}),
     C, D, D(2), E, E.B, F, F.A | F.B, f, M, Meta, [f, f], functools.partial(f, 1), o[0].m, {'k': o}, collections.Counter('abca'),
     dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc), decimal.Decimal('1.10'), fractions.Fraction(1, 3), pathlib.Path('a'),
     re.compile('a', re.I), uuid.UUID(int=5), random.Random(3), types.SimpleNamespace(a=1), typing.Optional[int], list[int],
     np.arange(5), np.array([{'a', 'b'}, None], object), np.random.default_rng(1), np.float64(2.5),
     pd.DataFrame({'a': [1, 2], 'b': ['x', None]}), collections.namedtuple('P', 'x y')(1, 2), ValueError('a', {'x', 'y'})]
"""
ELSEWHERE = f"""
import sys
from cashet_jupyter.fingerprint import fingerprint_value
space = {{'__name__': '__main__'}}
exec({MANY!r}, space)
print('\\n'.join(map(fingerprint_value, space['v'])))
"""


def test_other_processes_with_other_hash_seeds_agree():
    pytest.importorskip("pandas")
    home = str(Path(cashet_jupyter.__file__).parent.parent)
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", ELSEWHERE],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": home},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("0", "1", "4711")
    ]
    printed = [run.communicate()[0].split() for run in runs]
    assert printed[0] == printed[1] == printed[2]
    assert len(set(printed[0])) == len(printed[0]) > 30


@given(st.lists(values, min_size=1, max_size=4))
def test_looking_twice_finds_nothing_changed(items):
    graph = InputGraph(["x", "y"], {"x": items, "y": [items, items[0]]})
    assert not graph.changed()
