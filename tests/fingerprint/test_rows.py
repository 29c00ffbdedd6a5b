"""Containers that are encoded together: the very same records as one by one."""

from __future__ import annotations

import pytest

from cashet_jupyter.fingerprint import rows
from cashet_jupyter.fingerprint.graph import InputGraph


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Pair(tuple):
    pass


SHARED = [0]
PAIR, WIDE = (1, "a"), tuple(range(100))
VALUES = {
    "flat dicts": [{"a": i, "b": str(i)} for i in range(50)],
    "flat lists of all lengths": [[i] * i for i in range(50)],
    "lists in lists": [[i, [i, [str(i)]]] for i in range(50)],
    "lists of one shared list": [[i, SHARED] for i in range(50)],
    "dicts of lists": [{"a": i, "t": ["x"] * (i % 3)} for i in range(50)],
    "dicts with other keys": [{str(i % 3): i, "t": []} for i in range(50)],
    "keys that are equal and differ": [{(0.0 if i % 2 else -0.0): []} for i in range(50)],
    "keys of other types": [{(1 if i % 2 else True): []} for i in range(50)],
    "keys that are tuples": [{(i, 1): [], "a": 1} for i in range(50)],
    "objects": [Point(i, str(i)) for i in range(50)],
    "objects of objects": [Point(Point(i, None), [i]) for i in range(50)],
    "objects that share": [Point(SHARED, SHARED) for _ in range(50)],
    "long texts": [{"a": "x" * i, "b": [i]} for i in range(0, 5000, 100)],
    "big dicts": [{str(k): k for k in range(1000)} for _ in range(20)],
    "tuples": [(i, str(i)) for i in range(50)],
    "long tuples": [(i, "x" * i * 10) for i in range(50)],
    "tuples in dicts": [{"a": i, "p": (i, str(i)), "t": [i], "q": (-0.0, None)} for i in range(50)],
    "tuples and nothing else": [[(i,), (i, 1.5), ()] for i in range(50)],
    "tuples of all lengths in dicts": [{"p": tuple(range(i)), "q": [i]} for i in range(50)],
    "tuples of lists in dicts": [{"p": (i, [i]), "q": [i]} for i in range(50)],
    "shared tuples": [{"p": PAIR, "q": [PAIR], "r": WIDE} for _ in range(50)],
    "tuples in objects": [Point((i, 1), {"k": (i,)}) for i in range(50)],
    "subclasses of tuples": [{"p": Pair((i, 1)), "q": []} for i in range(50)],
    "none and lists": [None if i % 2 else [i] for i in range(50)],
    "rows with and without lists": [[i, [] if i % 2 else i] for i in range(50)],
    "classes and functions": [[i, int if i % 2 else len] for i in range(50)],
    "empty ones": [[[], {}, Point(None, None)] for _ in range(50)],
}


def one_by_one(value, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(rows, "FEWEST", 1 << 60)
        patch.setattr("cashet_jupyter.fingerprint.records.FEWEST", 1 << 60)
        return InputGraph(["v"], {"v": value})


@pytest.mark.parametrize("name", VALUES)
def test_together_or_one_by_one_gives_the_same_fingerprint(name, monkeypatch):
    value = VALUES[name]
    together, alone = InputGraph(["v"], {"v": value}), one_by_one(value, monkeypatch)
    assert together.joint == alone.joint
    assert [id(node) for node in together.nodes] == [id(node) for node in alone.nodes]
    assert not together.changed()
    assert not alone.changed()


@pytest.mark.parametrize("name", VALUES)
def test_a_graph_that_was_made_together_compares_one_by_one(name, monkeypatch):
    together = InputGraph(["v"], {"v": VALUES[name]})
    monkeypatch.setattr("cashet_jupyter.fingerprint.records.FEWEST", 1 << 60)
    assert not together.changed()


def test_attributes_of_objects_that_are_encoded_together_are_still_shared_with_them():
    points = [Point(i, i) for i in range(20)]
    one = InputGraph(["p", "d"], {"p": points, "d": vars(points[3])})
    other = InputGraph(["p", "d"], {"p": points, "d": dict(vars(points[3]))})
    assert one.joint != other.joint
    assert one.digests == other.digests
