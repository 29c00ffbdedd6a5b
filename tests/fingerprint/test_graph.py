"""The graph of a cell's inputs: digests per name, what they share, numbers, and what a run has changed."""

from __future__ import annotations

import gc
import sys
import threading

import numpy as np
import pytest

from cashet_jupyter.errors import NotFingerprintable
from cashet_jupyter.fingerprint.graph import InputGraph
from tests.fingerprint.sources import STANDARD

WHOLE = frozenset({()})


def space(source):
    namespace = {"__name__": "__main__"}
    exec(STANDARD, namespace)
    exec(source, namespace)
    return namespace


def graph(source, *names, **options):
    namespace = space(source)
    return InputGraph(names, namespace, **options), namespace


# ------------------------------------------------------------------------------------------------------- digests
def test_a_change_of_one_variable_never_shows_in_the_digest_of_another():
    namespace = space("a = [1]\nb = {'k': (2, [3])}")
    before = InputGraph(["a", "b"], namespace)
    namespace["a"].append(2)
    after = InputGraph(["a", "b"], namespace)
    assert before.digests["b"] == after.digests["b"]
    assert before.digests["a"] != after.digests["a"]
    assert before.joint != after.joint


def test_a_graph_that_is_hashed_with_several_threads_has_the_same_digest(monkeypatch):
    many = {"many": [[number] for number in range(100)]}
    alone = InputGraph(["many"], many).digests["many"]
    monkeypatch.setattr("cashet_jupyter.digest.MANY_THREADS", 64)
    assert InputGraph(["many"], many).digests["many"] == alone


def test_a_digest_does_not_depend_on_what_else_is_read():
    namespace = space("x = [1]\na = [x, x]\nb = (x, 2)")
    alone, together = InputGraph(["b"], namespace), InputGraph(["a", "b", "x"], namespace)
    assert alone.digests["b"] == together.digests["b"]


SHARING = {
    "one list": ("a = [1]\nb = a", "a = [1]\nb = [1]"),
    "a part": ("a = [[1]]\nb = a[0]", "a = [[1]]\nb = [1]"),
    "deep parts": ("a = {'k': ([1],)}\nb = [a['k'][0]]", "a = {'k': ([1],)}\nb = [[1]]"),
    "which part": ("a = [[], []]\nb = a[0]", "a = [[], []]\nb = a[1]"),
    "a function's global": ("b = []\ndef a(): return b", "c = []\nb = []\ndef a(): return c"),
    "memory": (
        "import numpy as np\na = np.zeros(4)\nb = a[1:]",
        "import numpy as np\na = np.zeros(4)\nb = np.zeros(3)",
    ),
    "which memory": (
        "import numpy as np\na = np.zeros(4)\nb = a[1:3]",
        "import numpy as np\na = np.zeros(4)\nb = a[2:4]",
    ),
    "memory of a bytearray": (
        "import numpy as np\na = bytearray(4)\nb = np.frombuffer(a, 'u1', 2)",
        "import numpy as np\na = bytearray(4)\nb = np.frombuffer(bytearray(4), 'u1', 2)",
    ),
    "attributes": (
        "class O: pass\na = O()\na.x = 1\nb = vars(a)",
        "class O: pass\na = O()\na.x = 1\nb = {'x': 1}",
    ),
    "attributes of a function": ("def a(): pass\na.x = 1\nb = vars(a)", "def a(): pass\na.x = 1\nb = {'x': 1}"),
}


@pytest.mark.parametrize("name", SHARING)
def test_what_two_variables_share_is_a_part_of_the_joint_digest(name):
    one, other = (graph(source, "a", "b")[0] for source in SHARING[name])
    if name not in {"a function's global", "memory of a bytearray"}:
        assert dict(one.digests) == dict(other.digests)
    assert one.joint != other.joint


def test_sharing_of_immutable_values_does_not_count():
    one, _ = graph("t = (1, 'x' * 500, (2, 3))\na = [t]\nb = {'k': t}", "a", "b")
    other, _ = graph("a = [(1, 'x' * 500, (2, 3))]\nb = {'k': (1, 'x' * 500, (2, 3))}", "a", "b")
    assert one.joint == other.joint
    assert one.digests == other.digests


def test_builtins_missing_names_and_values_differ():
    namespace = space("none = None")
    digests = InputGraph(["len", "missing", "none"], namespace).digests
    assert len(set(digests.values())) == 3
    assert InputGraph(["len"], space("len = len")).digests["len"] != digests["len"]


def test_names_are_numbered_in_their_order_whatever_order_they_come_in():
    namespace = space("a = [1]\nb = [2]\nc = (a, [3])")
    one, other = InputGraph(["c", "a", "b"], namespace), InputGraph(["b", "c", "a", "a"], namespace)
    assert one.joint == other.joint
    assert [one.number(node) for node in one.nodes] == [other.number(node) for node in one.nodes]


# --------------------------------------------------------------------------------------------------------- nodes
def test_every_object_with_an_identity_has_a_number_and_nothing_else():
    made, namespace = graph("class C: pass\nx = [1, (2, {3: []})]\nc = C()\nc.x = x\ndef f(): return c", "f")
    x, c = namespace["x"], namespace["c"]
    for node in (namespace["f"], c, namespace["C"], x, x[1][1], x[1][1][3]):
        assert made.nodes[made.number(node)] is node
    for other in (x[1], 2, "x", [1], len, int, object()):
        assert made.number(other) is None
    assert len(made.nodes) == 6


def test_equal_fingerprints_mean_equal_numbers():
    source = "class C: pass\nn = {C() for _ in range(5)}\nfor i, o in enumerate(n): o.i = i\nx = [n, sorted(n, key=lambda o: o.i)]"
    one, first = graph(source, "x", "n")
    other, second = graph(source, "x", "n")
    assert one.joint == other.joint
    for a, b in zip(first["x"][1], second["x"][1], strict=True):
        assert one.number(a) == other.number(b)


def test_flat_containers_that_are_encoded_together_are_nodes_like_all_others():
    many = [{"a": i} for i in range(100)]
    made = InputGraph(["many"], {"many": many})
    assert [made.number(item) for item in many] == list(range(1, 101))


# ------------------------------------------------------------------------------------------------------- changes
CHANGES = {
    "list": ("x = [1]", "x.append(2)", ["x"]),
    "one list of several": ("x = [[1], [2]]", "x[1].append(3)", ["x[1]"]),
    "list and dict": ("x = [{}, []]", "x[0]['a'] = 1; x.append(1)", ["x", "x[0]"]),
    "list in a tuple": ("x = ([1], 2)", "x[0].append(1)", ["x[0]"]),
    "set": ("x = [{1}]", "x[0].add(2)", ["x[0]"]),
    "order of a dict": ("x = {'a': 1, 'b': 2}", "x['a'] = x.pop('a')", ["x"]),
    "deque": ("x = collections.deque([1])", "x.append(2)", ["x"]),
    "item replaced by an equal one": ("x = [[1]]", "x[0] = [1]", ["x"]),
    "item replaced by another node": ("x = [[1], [1]]", "x[0] = x[1]", ["x"]),
    "attribute": ("class C: pass\nx = C()\nx.a = 1", "x.a = 2", ["x"]),
    "attribute that goes": ("class C: pass\nx = C()\nx.a = 1", "del x.a", ["x"]),
    "attribute of a part": ("class C: pass\nx = C()\nx.a = C()", "x.a.b = 2", ["x.a"]),
    "slot": ("class C:\n    __slots__ = ('a',)\nx = C()", "x.a = 1", ["x"]),
    "class attribute": ("class C:\n    k = 1\nx = C()", "C.k = 2", ["C"]),
    "list in a class": ("class C:\n    k = []\nx = C()", "C.k.append(1)", ["C.k"]),
    "function attribute": ("def x(): pass", "x.k = 1", ["x"]),
    "mutable default": ("def x(a=[]): a.append(1)", "x()", ["x.__defaults__[0]"]),
    "closure": (
        "def make():\n    n = 0\n    def inc():\n        nonlocal n\n        n += 1\n    return inc\nx = make()",
        "x()",
        ["x.__closure__[0]"],
    ),
    "list of a helper": ("acc = []\ndef x(): acc.append(1)", "x()", ["acc"]),
    "global of a helper": ("n = 0\ndef x():\n    global n\n    n += 1", "x()", []),
    "generator of numbers": ("x = random.Random(1)", "x.random()", ["x"]),
    "bytearray": ("x = bytearray(b'a')", "x[0] = 1", ["x"]),
    "iterator": ("x = iter([1, 2])", "next(x)", ["x"]),
    "array": ("import numpy as np\nx = [np.zeros(3), np.zeros(3)]", "x[1][0] = 1", ["x[1]"]),
    "array and its view": ("import numpy as np\nx = np.zeros(3)\ny = x[:2]\nz = x[2:]", "x[0] = 1", ["x", "y"]),
    "numpy generator": ("import numpy as np\nx = np.random.default_rng(0)", "x.normal()", ["x.bit_generator"]),
    "nothing": ("class C: pass\nx = [C(), {1: (2, [3])}, {4}]", "y = list(x); repr(x); hash(x[0])", []),
    "nothing in a numpy array": ("import numpy as np\nx = np.zeros(3)", "x.sum(); x.T; x[0]; x.data", []),
    "nothing in a class that was used": (
        "class C:\n    def m(self): return super().__repr__()\nx = C()",
        "import pickle, copy\nx.m()\ncopy.copy(x)\nisinstance(x, C)",
        [],
    ),
    "nothing in an abstract class": ("import abc\nclass C(abc.ABC): pass\nx = C()", "isinstance(3, C)", []),
    "nothing in an enum": ("class E(enum.Flag):\n    A = 1\n    B = 2\nx = E", "x.A | x.B; x(3); x['A']", []),
    "nothing in a cached function": ("@functools.lru_cache\ndef x(a): return a", "x(1)", []),
    "nothing in a reduced object": ("x = [collections.Counter('ab'), enumerate([1]), dt.datetime(2020, 1, 1)]", "repr(x)", []),
    "state that a reducer collects": (
        "class C:\n    def __getstate__(self): return {'a': list(self.a), 'b': self.b}\nx = C()\nx.a = [1]\nx.b = []",
        "x.a.append(2)",
        ["x"],
    ),
    "part that a reducer passes on": (
        "class C:\n    def __getstate__(self): return {'a': list(self.a), 'b': self.b}\nx = C()\nx.a = [1]\nx.b = []",
        "x.b.append(2)",
        ["x.b"],
    ),
    "nothing that a reducer collects": (
        "class C:\n    def __getstate__(self): return {'a': list(self.a), 'b': self.b}\nx = C()\nx.a = [1]\nx.b = []",
        "repr(x)",
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_exactly_the_nodes_that_were_changed_are_found(name):
    source, cell, places = CHANGES[name]
    namespace = space(source)
    names = [word for word in ("x", "y", "z", "acc", "C") if word in namespace]
    made = InputGraph(names, namespace)
    assert list(made.changed()) == []
    exec(cell, namespace)
    assert list(made.changed()) == sorted(made.number(eval(place, namespace)) for place in places)
    assert list(made.changed()) == list(made.changed())


def test_a_flat_item_among_many_is_found_when_it_changes():
    many = [{"a": i} for i in range(100)]
    made = InputGraph(["many"], {"many": many})
    many[41]["a"] = []
    assert list(made.changed()) == [made.number(many[41])]


def test_looking_for_changes_leaves_no_trace():
    x = [[1], {2: (3,)}]
    made = InputGraph(["x"], {"x": x})
    new = [4]
    x.append((new, new))
    assert list(made.changed()) == [0]
    assert made.number(new) is None
    x.pop()
    assert list(made.changed()) == []


def test_an_object_that_is_freed_lends_its_number_to_nobody():
    x = [[1]]
    made = InputGraph(["x"], {"x": x})
    x.clear()
    gc.collect()
    assert all(made.number([2]) is None for _ in range(100))
    assert list(made.changed()) == [0]


def test_a_node_that_has_no_value_any_more_counts_as_changed():
    x = [[1]]
    made = InputGraph(["x"], {"x": x})
    x[0].append(threading.Lock())
    assert list(made.changed()) == [1]


def test_globals_that_a_run_binds_anew_are_reported():
    namespace = space("n = 0\nm = 0\ndef x():\n    global n\n    n += 1\n    return m")
    made = InputGraph(["x", "m"], namespace)
    assert list(made.rebound({})) == []
    namespace["x"]()
    assert list(made.rebound({})) == ["x → n"]
    namespace["m"] = 5
    assert "m" in made.rebound({})


# --------------------------------------------------------------------------------------------------------- shapes
def nested(make, depth=20_000):
    value = make(None)
    for _ in range(depth):
        value = make(value)
    return value


SHAPES = {
    "list": lambda inner: [inner],
    "dict": lambda inner: {"k": inner},
    "tuple": lambda inner: (inner,),
    "tuple and list": lambda inner: ([inner],),
    "frozenset": lambda inner: frozenset({inner}),
    "tuple and frozenset": lambda inner: (1, frozenset({(inner,)})),
    "wide tuple": lambda inner: (inner, inner),
    "list twice": lambda inner: [inner, inner],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_values_of_any_depth_have_a_fingerprint(shape):
    make = SHAPES[shape]
    one, same, other = nested(make), nested(make), nested(make, 19_999)
    try:
        digests = [InputGraph(["v"], {"v": value}).joint for value in (one, same, other)]
        assert digests[0] == digests[1] != digests[2]
    finally:
        for value in (one, same, other):
            dismantle(value)


def dismantle(value):
    """Take a deep value apart from the outside: freeing it all at once can overflow the C stack."""
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, list):
            waiting += inner[:1]
            inner.clear()


def test_the_collector_is_on_again_after_a_walk():
    assert gc.isenabled()
    InputGraph(["x"], {"x": [1]})
    assert gc.isenabled()
    with pytest.raises(NotFingerprintable):
        InputGraph(["x"], {"x": threading.Lock()})
    assert gc.isenabled()


def test_big_arrays_are_read_in_place():
    import tracemalloc

    big = np.zeros(4_000_000)
    tracemalloc.start()
    try:
        InputGraph(["big"], {"big": big})
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


# -------------------------------------------------------------------------------------------------------- refusals
class Holder:
    pass


def held(value):
    holder = Holder()
    holder.logger = Holder()
    holder.logger.handlers = [{"lock": value}]
    return holder


def test_a_refusal_names_the_whole_path():
    with pytest.raises(NotFingerprintable) as caught:
        InputGraph(["model"], {"model": held(threading.Lock())})
    assert str(caught.value) == "model.logger.handlers[0]['lock']: a lock has no value"
    assert caught.value.path == "model.logger.handlers[0]['lock']"
    assert caught.value.advice


REFUSALS = {
    "(i for i in 'ab')": "x: a generator has no value",
    "[1, (2, iter(i for i in 'ab'))]": "x[1][1]: a generator has no value",
    "map(str, (i for i in 'ab'))": ": a generator has no value",
    "threading.RLock()": "x: a lock has no value",
    "threading.Event()": "x._cond._lock: a lock has no value",
    "open(__file__)": "x: an open file has no value",
    "io.FileIO(__file__)": "x: an open file has no value",
    "sys._getframe()": "x: a frame has no value",
    "__import__('socket').socket()": "x: a socket has no value",
    "__import__('sqlite3').connect(':memory:')": "x: a database connection has no value",
    "threading.current_thread()": "x: a thread has no value",
    "__import__('hashlib').sha256()": "x: a running hash has no value",
    "functools.partial(print, file=open(__file__))": "x.keywords['file']: an open file has no value",
    "threading.local()": "values of a thread have no value for others",
    "__import__('contextvars').copy_context()": "x: a context has no value",
    "__import__('concurrent.futures').futures.ThreadPoolExecutor()": "x: a pool of workers has no value",
    "type('C', (), {'lock': threading.Lock()})": "x.lock: a lock has no value",
    "type('C', (), {'lock': threading.Lock()})()": ".lock: a lock has no value",
    "{frozenset({(1, threading.Lock())})}": "a lock has no value",
}


@pytest.mark.parametrize("source", REFUSALS)
def test_what_has_no_value_is_refused_in_words(source):
    namespace = space("import threading, io, sys, functools")
    namespace["__file__"] = __file__
    with pytest.raises(NotFingerprintable) as caught:
        InputGraph(["x"], {"x": eval(source, namespace)})
    assert REFUSALS[source] in str(caught.value)
    assert str(caught.value).startswith("x")


def test_a_refusal_behind_a_global_of_a_function_says_how_it_is_reached():
    namespace = space("import threading\nlock = threading.Lock()\ndef g(): return lock\ndef f(): return g()")
    with pytest.raises(NotFingerprintable) as caught:
        InputGraph(["f"], namespace)
    assert caught.value.path == "f → g → lock"


def test_an_error_in_the_method_of_a_class_is_a_refusal():
    namespace = space("class C:\n    def __reduce__(self): raise OSError('no')\nx = [C()]")
    with pytest.raises(NotFingerprintable, match=r"x\[0\]: .*no"):
        InputGraph(["x"], namespace)
    namespace = space("class C:\n    def __cashet_fingerprint__(self): raise OSError('no')\nx = [C()]")
    with pytest.raises(NotFingerprintable, match=r"x\[0\]: .*no"):
        InputGraph(["x"], namespace)


def test_a_coroutine_is_refused():
    namespace = space("async def f(): pass\nx = f()")
    with pytest.raises(NotFingerprintable, match="a coroutine has no value"):
        InputGraph(["x"], namespace)
    namespace["x"].close()


def test_closed_files_and_the_standard_streams_have_values():
    with open(__file__) as file:
        pass
    assert InputGraph(["x"], {"x": [file, sys.stdout]}).joint


def test_a_lock_that_a_class_leaves_out_of_its_state_is_no_obstacle():
    source = (
        "import threading\nclass C:\n    def __init__(self): self.a, self.lock = 1, threading.Lock()\n"
        "    def __getstate__(self): return {'a': self.a}\nx = C()"
    )
    assert graph(source, "x")[0].joint == graph(source, "x")[0].joint
