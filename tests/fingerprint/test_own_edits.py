"""More edits: what a function or class reaches, by whatever way, counts; what it does not reach does not."""

from __future__ import annotations

import pytest

from cashet_jupyter.fingerprint import fingerprint_value
from cashet_jupyter.fingerprint.graph import InputGraph
from tests.fingerprint.sources import code

#: name -> before, after; both bind `f`, and a call may do something else afterwards
CHANGES: dict[str, tuple[str, str]] = {
    "keyword-only default": ("def f(*, a=1): return a", "def f(*, a=2): return a"),
    "constant in a nested function": (
        "def f():\n    def g(): return 1\n    return g()",
        "def f():\n    def g(): return 2\n    return g()",
    ),
    "constant in a comprehension": ("def f(): return ['a' for _ in 'x']", "def f(): return ['b' for _ in 'x']"),
    "text that is also the docstring": (
        "def f():\n    'a'\n    return 'a'",
        "def f():\n    'b'\n    return 'b'",
    ),
    "type of a constant": ("def f(): return 1", "def f(): return True"),
    "sign of a zero": ("def f(): return 0.0", "def f(): return -0.0"),
    "type of a constant in a tuple": ("def f(): return (1, 2)", "def f(): return (1, 2.0)"),
    "constant in a set": ("def f(x): return x in {1, 2}", "def f(x): return x in {1, 3}"),
    "name of an attribute": ("def f(x): return x.real", "def f(x): return x.imag"),
    "name of an argument": ("def f(a): return a", "def f(b): return b"),
    "exception that is caught": (
        "def f():\n    try: g()\n    except KeyError: pass",
        "def f():\n    try: g()\n    except ValueError: pass",
    ),
    "extent of a try block": (
        "def f():\n    try:\n        a()\n    except KeyError: pass\n    b()",
        "def f():\n    try:\n        a()\n        b()\n    except KeyError: pass",
    ),
    "annotation": ("def f(x: int): return x", "def f(x: float): return x"),
    "global list, far down": ("K = {'a': [[1]]}\ndef f(): return K", "K['a'][0].append(2)"),
    "global that appears": ("def f(): return later()", "def later(): return 1"),
    "global that goes": ("K = 1\ndef f(): return K", "del K"),
    "builtin that is shadowed by a value": ("def f(): return len", "len = 3"),
    "global of a nested function": ("K = 1\ndef f():\n    return (lambda: K)()", "K = 2"),
    "global in a comprehension": ("K = 1\ndef f(): return [K for _ in 'x']", "K = 2"),
    "global of a class body inside": ("K = 1\ndef f():\n    class C:\n        k = K\n    return C.k", "K = 2"),
    "mutually recursive functions": (
        "def f(n): return g(n - 1) if n else 0\ndef g(n): return f(n - 1) if n else 1",
        "def g(n): return f(n - 1) if n else 2",
    ),
    "helper in an attribute": (
        "class O: pass\no = O()\no.h = lambda: 1\ndef f(): return o.h()",
        "o.h = lambda: 2",
    ),
    "helper in a dict": ("T = {'a': lambda: 1}\ndef f(): return T['a']()", "T['a'] = lambda: 2"),
    "helper in a list": ("T = [lambda: 1]\ndef f(): return T[0]()", "T[0] = lambda: 2"),
    "helper in a partial": (
        "import functools\ndef h(x): return 1\np = functools.partial(h, 1)\ndef f(): return p()",
        "def h(x): return 2\np = functools.partial(h, 1)",
    ),
    "helper as a default": ("def h(): return 1\ndef f(g=h): return g()", "def h(): return 2\ndef f(g=h): return g()"),
    "helper as a bound method": (
        "class C:\n    def m(self): return 1\nm = C().m\ndef f(): return m()",
        "class C:\n    def m(self): return 2\nm = C().m",
    ),
    "shared cell": (
        "def make():\n    n = 0\n    def inc():\n        nonlocal n\n        n += 1\n    return inc, lambda: n\ninc, f = make()",
        "inc()",
    ),
    "closure over a list": (
        "def make(x):\n    def f(): return x\n    return f\ndata = [1]\nf = make(data)",
        "data.append(2)",
    ),
    "global of a wrapped function": (
        "import functools\ndef deco(g):\n    @functools.wraps(g)\n    def w(*a): return g(*a)\n    return w\nK = 1\n@deco\ndef f(): return K",
        "K = 2",
    ),
    "result cache around an edited function": (
        "import functools\n@functools.lru_cache\ndef f(): return 1",
        "@functools.lru_cache\ndef f(): return 2",
    ),
    "size of a result cache": (
        "import functools\n@functools.lru_cache(maxsize=1)\ndef f(): return 1",
        "@functools.lru_cache(maxsize=2)\ndef f(): return 1",
    ),
    "new case of a dispatch": (
        "import functools\n@functools.singledispatch\ndef f(x): return 1",
        "@f.register\ndef _(x: int): return 2",
    ),
    "case of a dispatch": (
        "import functools\n@functools.singledispatch\ndef f(x): return 1\n@f.register\ndef _(x: int): return 2",
        "@f.register\ndef _(x: int): return 3",
    ),
    "staticmethod": (
        "class C:\n    @staticmethod\n    def m(): return 1\ndef f(): return C.m()",
        "class C:\n    @staticmethod\n    def m(): return 2",
    ),
    "classmethod": (
        "class C:\n    @classmethod\n    def m(cls): return 1\ndef f(): return C.m()",
        "class C:\n    @classmethod\n    def m(cls): return 2",
    ),
    "property": (
        "class C:\n    @property\n    def p(self): return 1\nc = C()\ndef f(): return c.p",
        "class C:\n    @property\n    def p(self): return 2\nc = C()",
    ),
    "setter of a property": (
        "class C:\n    @property\n    def p(self): return 1\n    @p.setter\n    def p(self, x): self.x = 1\ndef f(): return C",
        "class C:\n    @property\n    def p(self): return 1\n    @p.setter\n    def p(self, x): self.x = 2",
    ),
    "cached property": (
        "import functools\nclass C:\n    @functools.cached_property\n    def p(self): return 1\ndef f(): return C().p",
        "class C:\n    @functools.cached_property\n    def p(self): return 2",
    ),
    "base class of a base class": (
        "class A:\n    def m(self): return 1\nclass B(A): pass\nclass C(B): pass\ndef f(): return C().m()",
        "class A:\n    def m(self): return 2\nclass B(A): pass\nclass C(B): pass",
    ),
    "method added later": ("class C: pass\nc = C()\ndef f(): return c", "C.m = lambda self: 1"),
    "method replaced under its instance": ("class C:\n    def m(self): return 1\nc = C()\ndef f(): return c.m()", "C.m = lambda self: 2"),
    "attribute of a metaclass": (
        "class M(type):\n    k = 1\nclass C(metaclass=M): pass\ndef f(): return C.k",
        "M.k = 2",
    ),
    "method of a metaclass": (
        "class M(type):\n    def m(cls): return 1\nclass C(metaclass=M): pass\ndef f(): return C.m()",
        "M.m = lambda cls: 2",
    ),
    "decorated class": (
        "def deco(c):\n    c.k = 1\n    return c\n@deco\nclass C: pass\ndef f(): return C.k",
        "def deco(c):\n    c.k = 2\n    return c\n@deco\nclass C: pass",
    ),
    "descriptor": (
        "class D:\n    def __get__(self, o, t): return 1\nclass C:\n    d = D()\ndef f(): return C.d",
        "class D:\n    def __get__(self, o, t): return 2\nclass C:\n    d = D()",
    ),
    "value of an enum member": (
        "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2\ndef f(): return E.A",
        "class E(enum.Enum):\n    A = 1\n    B = 3",
    ),
    "alias of an enum member": (
        "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2\ndef f(): return list(E)",
        "class E(enum.Enum):\n    A = 1\n    B = 1",
    ),
    "order of enum members": (
        "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2\ndef f(): return list(E)",
        "class E(enum.Enum):\n    B = 2\n    A = 1",
    ),
    "member of an enum, when its class changes": (
        "import enum\nclass E(enum.Enum):\n    A = 1\n    def m(self): return 1\ne = E.A\ndef f(): return e.m()",
        "class E(enum.Enum):\n    A = 1\n    def m(self): return 2\ne = E.A",
    ),
    "default factory": (
        "import dataclasses\ndef made(): return 1\n@dataclasses.dataclass\nclass C:\n    x: int = dataclasses.field(default_factory=made)\ndef f(): return C()",
        "def made(): return 2\n@dataclasses.dataclass\nclass C:\n    x: int = dataclasses.field(default_factory=made)",
    ),
    "default of a field": (
        "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 1\ndef f(): return C()",
        "@dataclasses.dataclass\nclass C:\n    x: int = 2",
    ),
    "frozen or not": (
        "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 1\ndef f(): return C()",
        "@dataclasses.dataclass(frozen=True)\nclass C:\n    x: int = 1",
    ),
    "virtual subclass": (
        "import abc\nclass A(abc.ABC): pass\nclass B: pass\ndef f(): return isinstance(B(), A)",
        "A.register(B)",
    ),
    "abstract method": (
        "import abc\nclass A(abc.ABC):\n    def m(self): pass\ndef f(): return A()",
        "class A(abc.ABC):\n    @abc.abstractmethod\n    def m(self): pass",
    ),
    "parameter of a generic class": (
        "import typing\nT = typing.TypeVar('T')\nclass G(typing.Generic[T]): pass\nclass C(G[int]): pass\ndef f(): return C",
        "class C(G[str]): pass",
    ),
    "slots of a class": ("class C: pass\ndef f(): return C()", "class C:\n    __slots__ = ('a',)"),
    "function of a library replaced": (
        "import textwrap\nbefore = textwrap.dedent\ndef f(): return textwrap.dedent('a')",
        "textwrap.dedent = lambda text: 'b'",
    ),
    "constant of a library replaced": (
        "import textwrap\nbefore = textwrap.TextWrapper\ndef f(): return textwrap.LIMIT\ntextwrap.LIMIT = 1",
        "textwrap.LIMIT = 2",
    ),
    "method of a library's class replaced": (
        "import fractions\nbefore = fractions.Fraction\nx = fractions.Fraction(1, 2)\ndef f(): return x.limit()\nfractions.Fraction.limit = lambda self: 1",
        "fractions.Fraction.limit = lambda self: 2",
    ),
    "library behind a name": ("import json as j\ndef f(): return j.dumps", "import pickle as j"),
    "anything, where anything can be read": ("K = 1\ndef f(): return globals()['K']", "K = 2"),
    "variable in the text of a query": (
        "limit = 1\ndef f(df): return df.query('a > @limit')",
        "limit = 2",
    ),
    "asynchronous or not": ("async def f(): return 1", "def f(): return 1"),
    "generator or not": ("def f(): yield 1", "def f(): return 1"),
    "one function twice or two": ("g = lambda: 1\nf = [g, g]", "f = [lambda: 1, lambda: 1]"),
    "two closures over one list": (
        "def make(x): return lambda: x\nd = []\nf = [make(d), make(d)]",
        "f = [make([]), make([])]",
    ),
}  # fmt: skip

#: name -> before, after; both bind `f`, and no call does anything else afterwards
STAYS: dict[str, tuple[str, str]] = {
    "layout of a call": ("def f(x):\n    return max(x, 1)", "def f(x):\n    return max(\n        x,\n        1,\n    )"),
    "brackets": ("def f(x): return x + 1 * 2", "def f(x): return x + (1 * 2)"),
    "blank lines and comments": ("def f(x):\n    y = x\n    return y", "\n\n\ndef f(x):\n    # a\n\n    y = x  # b\n\n    return y"),
    "statements on one line": ("def f(x):\n    y = x\n    return y", "def f(x):\n    y = x; return y"),
    "place of a class in a function": (
        "def f():\n    class C:\n        def m(self): self.a = self.b = 1\n    return C",
        "\n\n\ndef f():\n\n    class C:\n        def m(self): self.a = self.b = 1\n    return C",
    ),
    "place of a class": ("class C:\n    x = 1\ndef f(): return C()", "\n\n\nclass C:\n    x = 1"),
    "quotes": ("def f(): return 'a'", 'def f(): return "a"'),
    "global that is not read": ("K = 1\ndef f(): return 1", "K = 2"),
    "argument with the name of a global": ("K = 1\ndef f(K): return K", "K = 2"),
    "local with the name of a global": ("K = 1\ndef f():\n    K = 3\n    return K", "K = 2"),
    "other attribute of a text": ("U = 1\ndef f(): return {'U': 'U'}", "U = 2"),
    "unread variable of a closure": (
        "def make(x, y):\n    def f(): return x\n    return f\nf = make(1, 1)",
        "f = make(1, 2)",
    ),
    "another function's default": ("def g(a=1): pass\ndef f(): return 1", "def g(a=2): pass"),
    "the function defined again": ("def f(x): return x", "def f(x): return x"),
    "the class defined again": ("class C:\n    def m(self): return C\ndef f(): return C()", "class C:\n    def m(self): return C"),
    "order of methods": (
        "class C:\n    def a(self): pass\n    def b(self): pass\ndef f(): return C()",
        "class C:\n    def b(self): pass\n    def a(self): pass",
    ),
    "a call of a cached function": ("import functools\n@functools.lru_cache\ndef f(): return 1", "f()"),
    "a call of a dispatching function": ("import functools\n@functools.singledispatch\ndef f(x): return 1", "f(1)"),
    "import under the same name again": ("import json\ndef f(): return json.dumps", "import json"),
    "another attribute of a library": (
        "import textwrap\nbefore = textwrap.shorten\ndef f(): return textwrap.dedent('a')",
        "textwrap.shorten = lambda text: 'b'",
    ),
}  # fmt: skip


def fingerprints(before, after):
    namespace = {"__name__": "__main__"}
    exec(before, namespace)
    try:
        first = fingerprint_value(namespace["f"])
        exec(after, namespace)
        return first, fingerprint_value(namespace["f"])
    finally:
        _undo(namespace)


def _undo(namespace):
    """Put back what a case has changed in a library."""
    import fractions
    import textwrap

    if "textwrap" in namespace:
        before = namespace["before"]
        setattr(textwrap, before.__name__, before)
    vars(textwrap).pop("LIMIT", None)
    if hasattr(fractions.Fraction, "limit"):
        del fractions.Fraction.limit


@pytest.mark.parametrize("name", CHANGES)
def test_an_edit_that_may_change_a_result_changes_the_fingerprint(name):
    before, after = fingerprints(*CHANGES[name])
    assert before != after


@pytest.mark.parametrize("name", STAYS)
def test_an_edit_that_cannot_change_a_result_leaves_the_fingerprint(name):
    before, after = fingerprints(*STAYS[name])
    assert before == after


DOCSTRINGS = {
    "function": ("def f():\n    'one'\n    return 1", "def f():\n    'two'\n    return 1"),
    "nested function": (
        "def f():\n    def g():\n        'one'\n        return 1\n    return g()",
        "def f():\n    def g():\n        'two'\n        return 1\n    return g()",
    ),
    "class in a function": (
        "def f():\n    class C:\n        'one'\n    return C",
        "def f():\n    class C:\n        'two'\n    return C",
    ),
    "class": ("class f:\n    'one'\n    x = 1", "class f:\n    'two'\n    x = 1"),
    "method": ("class f:\n    def m(self):\n        'one'", "class f:\n    def m(self):\n        'two'"),
    "property": (
        "class f:\n    @property\n    def p(self):\n        'one'",
        "class f:\n    @property\n    def p(self):\n        'two'",
    ),
    "dispatched function": (
        "import functools\n@functools.singledispatch\ndef f(x):\n    'one'",
        "import functools\n@functools.singledispatch\ndef f(x):\n    'two'",
    ),
    "cached function": (
        "import functools\n@functools.lru_cache\ndef f(x):\n    'one'",
        "import functools\n@functools.lru_cache\ndef f(x):\n    'two'",
    ),
    "wrapped function": (
        "import functools\ndef g():\n    'one'\n@functools.wraps(g)\ndef f(): pass",
        "import functools\ndef g():\n    'two'\n@functools.wraps(g)\ndef f(): pass",
    ),
    "dataclass": (
        "import dataclasses\n@dataclasses.dataclass\nclass f:\n    'one'\n    x: int",
        "import dataclasses\n@dataclasses.dataclass\nclass f:\n    'two'\n    x: int",
    ),
}


@pytest.mark.parametrize("name", DOCSTRINGS)
def test_docstrings_count_exactly_where_they_can_be_read(name):
    found = []
    for source in DOCSTRINGS[name]:
        namespace = {"__name__": "__main__"}
        exec(source, namespace)
        found.append([InputGraph(["f"], namespace, docstrings=seen).joint for seen in (True, False)])
    (seen_one, hidden_one), (seen_two, hidden_two) = found
    assert seen_one != seen_two
    assert hidden_one == hidden_two


def test_a_text_that_is_returned_is_no_docstring():
    found = []
    for text in ("one", "two"):
        namespace = {"__name__": "__main__"}
        exec(code(f"def f():\n    '{text}'\n    return '{text}'"), namespace)
        found.append(InputGraph(["f"], namespace, docstrings=False).joint)
    assert found[0] != found[1]
