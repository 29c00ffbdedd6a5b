"""What is remembered of a function says what a walk would say, whatever was changed meanwhile."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.functions.flat import flat
from cashet_jupyter.functions.guards import known_function

SOURCE = """
import math
import numpy as np
A = 1
B = "text"
def inner(x, y=A): return x + y + C
C = 2.5
def helper(x): return inner(x) * len(B)
def outer(x, n=3, *, k=(1, 2)): return helper(x) + n + math.floor(x) + np.float64(A)
def other(x): return x
def closing(n):
    def closed(x): return x + n + A
    return closed
closed = closing(1)
"""
#: changes of the namespace; each may make another function of one of them, or the same
EDITS = {
    "number": lambda s: s.update(A=2),
    "back": lambda s: s.update(A=1),
    "equal": lambda s: s.update(B="".join(["te", "xt"])),
    "text": lambda s: s.update(B="other"),
    "mutable": lambda s: s.update(C=[1]),
    "immutable": lambda s: s.update(C=2.5),
    "grown": lambda s: s["C"].append(2) if isinstance(s["C"], list) else None,
    "helper": lambda s: exec("def helper(x): return x", s),
    "helper back": lambda s: exec("def helper(x): return inner(x) * len(B)", s),
    "code": lambda s: setattr(s["inner"], "__code__", s["other"].__code__),
    "defaults": lambda s: setattr(s["outer"], "__defaults__", (4,)),
    "defaults back": lambda s: setattr(s["outer"], "__defaults__", (3,)),
    "keyword": lambda s: s["outer"].__kwdefaults__.update(k=5),
    "keyword back": lambda s: s["outer"].__kwdefaults__.update(k=(1, 2)),
    "name": lambda s: setattr(s["inner"], "__qualname__", "renamed"),
    "annotated": lambda s: s["inner"].__annotations__.update(x=int),
    "attribute": lambda s: setattr(s["helper"], "mark", 1),
    "no attribute": lambda s: vars(s["helper"]).pop("mark", None),
    "shadowed": lambda s: s.update(len=s["other"]),
    "not shadowed": lambda s: s.pop("len", None),
    "module": lambda s: s.update(math=np),
    "module back": lambda s: s.update(math=math),
    "gone": lambda s: s.pop("B", None),
    "there": lambda s: s.update(B="text"),
    "cell": lambda s: setattr(s["closed"].__closure__[0], "cell_contents", 7),
    "cell back": lambda s: setattr(s["closed"].__closure__[0], "cell_contents", 1),
    "cell mutable": lambda s: setattr(s["closed"].__closure__[0], "cell_contents", [1]),
    "class": lambda s: s.update(C=int),
    "own class": lambda s: exec("class C: limit = 1", s),
}


def walked(func):
    name = f"{func.__name__}()"
    return InputGraph([name], {name: func}, docstrings=False, lazy=True).digests[name]


@given(st.lists(st.sampled_from(sorted(EDITS)), max_size=12))
def test_after_any_edits_it_is_what_a_walk_gives(edits):
    space = {"__name__": "__main__"}
    exec(compile(SOURCE, "<cell>", "exec"), space)
    for edit in ["", *edits]:
        if edit:
            EDITS[edit](space)
        for name in ("outer", "inner", "closed", "other"):
            known = known_function(space[name])
            if known is not None:
                assert known.digest == walked(space[name]), (edit, name)


def test_what_reaches_only_immutable_values_is_remembered():
    space = {"__name__": "__main__"}
    exec(compile(SOURCE, "<cell>", "exec"), space)
    for name in ("outer", "inner", "closed", "other"):
        known = known_function(space[name])
        assert known is not None
        assert known_function(space[name]) is known


def test_what_reaches_something_mutable_is_walked_each_time():
    space = {"__name__": "__main__"}
    exec("DATA = [1]\ndef f(): return DATA\ndef g(): return f()\ndef h():\n    import json\n    return json", space)
    assert known_function(space["f"]) is known_function(space["g"]) is known_function(space["h"]) is None


def test_a_library_that_the_user_has_changed_counts(monkeypatch):
    space = {"__name__": "__main__", "math": math}
    exec("def f(x): return math.floor(x) + math.pi", space)
    before = known_function(space["f"]).digest
    monkeypatch.setattr(math, "pi", 3)
    assert known_function(space["f"]).digest == walked(space["f"]) != before
    monkeypatch.setattr(math, "floor", lambda x: 0)
    assert known_function(space["f"]) is None


atoms = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5)
values = atoms | st.lists(atoms, max_size=3) | st.tuples(atoms) | st.dictionaries(atoms, atoms, max_size=3)


@given(st.dictionaries(st.sampled_from("abc"), values), st.dictionaries(st.sampled_from("abc"), values))
def test_plain_arguments_are_alike_as_bytes_exactly_if_they_are_alike_as_a_graph(one, other):
    graphs = [InputGraph(given, given, lazy=True) for given in (one, other)]
    same = (graphs[0].digests, graphs[0].joint) == (graphs[1].digests, graphs[1].joint)
    assert (flat(one) == flat(other)) == same
