"""What cannot be stored is refused, and the refusal says where it stands."""

from __future__ import annotations

from fnmatch import fnmatch

import pytest

from cashet_jupyter.errors import NotSerializable
from tests.cases.source import code
from tests.effects.notebook import new_namespace, run

MODEL = code("""
    import threading, logging
    class Model:
        pass
    model = Model()
    model.parts = [Model()]
""")

REFUSED = {
    "a-lock-in-an-output": ("", "import threading\nm = {'a': [1, threading.Lock()]}", "m['a'][1]"),
    "a-lock-in-an-object": (MODEL, "other = Model()\nother.deep = Model()\nother.deep.lock = threading.Lock()", "other.deep.lock"),
    "a-lock-in-a-changed-input": (MODEL, "model.parts[0].lock = threading.Lock()", "model.parts[0].lock"),
    "handlers-of-a-logger": (MODEL, "model.log = logging.Logger('x')\nmodel.log.addHandler(logging.StreamHandler())", "model.log"),
    "a-generator": ("", "g = (i for i in range(3))", "g"),
    "a-generator-in-a-closure": ("", "def make():\n    it = (i for i in [1])\n    return lambda: next(it)\nf = make()", "f.it"),
    "a-generator-as-default": ("", "def f(a=(i for i in [1])): return a", "f.__defaults__[0]"),
    "the-result": ("", "x = 1\n[i for i in [x]], (i for i in [x])", "_[1]"),
    "a-context-variable": ("", "import contextvars\nv = [contextvars.ContextVar('v')]", "v[0]"),
    "an-open-file": ("", "import os\nfiles = {'null': open(os.devnull)}", "files['null']"),
    "a-socket": ("", "import socket\ns = socket.socket()", "s"),
    "a-database": ("", "import sqlite3\nc = sqlite3.connect(':memory:')", "c"),
    "a-thread": ("", "import threading\nt = threading.Thread(target=print)", "t.*"),
    "a-frame": ("", "import sys\nf = sys._getframe()", "f"),
    "a-coroutine": ("", "async def co(): pass\nc = co()", "c"),
    "a-part-of-memory": ("", "b = bytearray(8)\nm = memoryview(b)[2:4]", "m"),
    "an-attribute-with-a-slot": ("", "class S:\n    __slots__ = 'g'\ns = S()\ns.g = (i for i in [])", "s.g"),
    "a-class-attribute": ("", "class C:\n    gen = (i for i in [])", "C.gen"),
    "a-weak-reference-that-calls-back": (MODEL, "import weakref\nr = weakref.ref(model, print)", "r"),
    "a-type-that-nobody-names": ("", "import itertools\nt = [int, type(iter(int, 1))]", "t[1]"),
    "its-own-word": ("", "class No:\n    def __reduce__(self): raise TypeError('I stay here')\nn = [No()]", "n[0]"),
    "an-iterator-moved-on": ("it = iter([1, 2, 3])\nd = [it]", "next(it)", "it"),
    "a-counter-moved-on": ("import itertools\nc = [itertools.count()]", "next(c[0])", "c[0]"),
    "a-key-that-is-lost": (
        "class P:\n    def __init__(s, x): s.x = x\n    def __hash__(s): return s.x\n    def __eq__(s, o): return s.x == o.x\np = P(1)",
        "s = [{p}]\np.x = 2",
        "s[0]",
    ),
    "a-tensor-with-its-calculation": ("import torch\nw = torch.ones(2, requires_grad=True)", "loss = (w * 2).sum()", "loss"),
    "memory-that-only-overlaps": ("import numpy as np\nx = np.arange(10)[2:5]", "y = x.base", "y"),
    "a-cache-of-a-method": ("", "import functools\nclass C:\n    def __call__(self, n): return n\nf = functools.cache(C())\nf(1)", "f"),
}  # fmt: skip


@pytest.mark.parametrize(("setup", "cell", "path"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_stored_is_refused_with_its_path(setup: str, cell: str, path: str):
    namespace = new_namespace(setup)
    with pytest.raises(NotSerializable) as refused:
        run(cell, namespace)
    assert fnmatch(refused.value.path, path.replace("[", "[[]"))
    assert refused.value.why
    assert "0x" not in str(refused.value)


def test_a_refusal_leaves_the_values_of_the_run_alone():
    namespace = new_namespace()
    with pytest.raises(NotSerializable):
        run("import threading\nx = [1]\nlock = threading.Lock()", namespace)
    assert namespace["x"] == [1]
    assert namespace["lock"].acquire(blocking=False)


def test_a_big_graph_is_refused_by_the_name_of_its_variable(monkeypatch):
    monkeypatch.setattr("cashet_jupyter.serialize.graph.BUDGET", 1000)
    with pytest.raises(NotSerializable) as refused:
        run("import threading\nx = [object() for _ in range(2000)]\nx.append(threading.Lock())", new_namespace())
    assert refused.value.path == "x"
