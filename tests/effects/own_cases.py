"""More effects, of kinds that the shared battery does not have."""

from __future__ import annotations

from tests.cases.effects import Effect
from tests.cases.source import code

NUMPY = ("numpy",)
PANDAS = ("numpy", "pandas")
TORCH = ("torch",)


def _case(name: str, setup: str, cell: str, probe: str, needs: tuple[str, ...] = ()) -> Effect:
    return Effect(id=name, setup=code(setup), cell=code(cell), probe=probe, needs=needs)


CONTAINERS = [
    _case("insertion-order", "d = {'a': 1, 'b': 2}", "d['a'] = d.pop('a')", "list(d)"),
    _case("nested-defaultdict", "import collections\nd = collections.defaultdict(lambda: collections.defaultdict(list))\ne = d",
          "d['x']['y'].append(1)", "e['x']['y'], e['new']['k'], e is d, type(e['x']).__name__"),
    _case("default-factory-replaced", "import collections\nd = collections.defaultdict(list)", "d.default_factory = set", "d['k']"),
    _case("ordered-dict-moved", "import collections\nd = collections.OrderedDict(a=1, b=2, c=3)\ne = d",
          "d.move_to_end('a')\nd['z'] = 0", "list(e.items()), list(reversed(e)), e.popitem()"),
    _case("counter", "import collections\nc = collections.Counter('aab')\nd = c", "c.update('ab')\nc['z'] = 0", "d, d is c, d.total()"),
    _case("new-counter-with-an-attribute", "import collections", "c = collections.Counter('aab')\nc.note = [c]", "c, c.note[0] is c"),
    _case("list-subclass-with-attributes", """
        class L(list):
            def append(self, item):
                raise RuntimeError('no')
        x = L([1])
        x.tag = [1]
        y = x, x.tag
     """, "list.append(x, 2)\nx.tag.append(3)\nx.more = x", "y[0] is x, list(y[0]), x.tag is y[1], y[1], x.more is x"),
    _case("dict-subclass-with-hooks", """
        class D(dict):
            def __setitem__(self, key, value):
                raise RuntimeError('no')
            __slots__ = ('owner',)
        d = D(a=1)
        e = d
     """, "dict.__setitem__(d, 'b', 2)\nd.owner = d", "dict(e), e.owner is d"),
    _case("set-subclass", "class S(set):\n    pass\ns = S({1})\nt = s", "s.add(2)\ns.note = 'x'", "sorted(t), t.note, type(t).__name__"),
    _case("frozen-keys", "d = {}", "d[(1, ('a', None))] = 1\nd[frozenset({1, 2})] = 2\nd[None] = 3", "d"),
    _case("deque-rotated", "import collections\nq = collections.deque([1, 2, 3], 3)\np = [q]", "q.rotate(1)\nq.append(9)", "p[0], p[0].maxlen"),
    _case("bytearray", "b = bytearray(b'abc')\nc = [b]", "b.extend(b'def')\nb[0] = 0", "c[0], c[0] is b"),
    _case("array-module", "import array\na = array.array('d', [1.0])\nb = a", "a.append(2.5)", "b, b is a"),
    _case("heap-sorted-in-place", "import heapq\nh = [5, 1, 4]\nk = h", "heapq.heapify(h)\nheapq.heappush(h, 0)", "k"),
    _case("slice-assignment", "x = [1, 2, 3]\ny = x", "x[1:2] = [9, 9]\ndel x[0]", "y"),
    _case("cleared", "x = [1]\nd = {1: 1}\ns = {1}\nk = [x, d, s]", "x.clear()\nd.clear()\ns.clear()", "k"),
    _case("list-in-itself", "x = []", "x.append(x)\ny = [x]", "x[0] is x, y[0] is x"),
    _case("chain-map", "import collections\na = {}\nm = collections.ChainMap(a, {'z': 1})", "m['k'] = [a]\nn = m.new_child()",
          "a['k'][0] is a, n.maps[1] is a, n['z']"),
    _case("user-dict", "import collections\nu = collections.UserDict(a=1)\nv = u.data", "u['b'] = 2", "v"),
    _case("simple-namespace", "import types\nn = types.SimpleNamespace(a=1)\nm = n", "n.b = [n]\ndel n.a", "m.b[0] is n, vars(m).keys()"),
    _case("set-of-hashed-by-content", """
        class P:
            def __init__(self, x): self.x = x
            def __hash__(self): return hash(self.x)
            def __eq__(self, o): return self.x == o.x
        s = {P(1)}
        t = s
     """, "s.add(P(2))\nd = {P(3): 'x'}", "P(2) in t, P(1) in t, d[P(3)], len(t)"),
    _case("changed-key-in-changed-set", """
        class P:
            def __init__(self, x): self.x = x
            def __hash__(self): return hash(self.x)
            def __eq__(self, o): return self.x == o.x
        p = P(1)
        s = {p}
     """, "s.clear()\np.x = 2\ns.add(p)", "p in s, P(2) in s, P(1) in s"),
    _case("changed-key-in-a-new-set", """
        class P:
            def __init__(self, x): self.x = x
            def __hash__(self): return hash(self.x)
            def __eq__(self, o): return self.x == o.x
        p, q = P(1), P(5)
     """, "p.x = 2\nd = {(p, 1): 'a', q: 'b'}\ns = [{p}]", "d[p, 1], p in s[0], P(1) in s[0], list(d) == [(p, 1), q]"),
    _case("changed-key-not-found-any-more", """
        class P:
            def __init__(self, x): self.x = x
            def __hash__(self): return hash(self.x)
            def __eq__(self, o): return self.x == o.x
        p = P(1)
        s = {p}
     """, "p.x = 2", "p in s, P(2) in s, [k.x for k in s]"),
    _case("dict-views", "d = {'a': 1}", "k = d.keys()\nv = d.values()\ni = d.items()", "d.__setitem__('b', 2), list(k), list(v), list(i)"),
    _case("proxy-of-a-live-dict", "import types\nd = {'a': 1}", "p = types.MappingProxyType(d)", "d.__setitem__('b', 2), dict(p)"),
    _case("iterator-over-an-input", "x = [1, 2, 3]", "it = iter(x)\nnext(it)", "x.append(4), list(it)"),
    _case("enumerate-and-zip", "x = [1, 2]", "e = enumerate(x)\nz = zip(x, 'ab')\nnext(e)", "x.append(3), list(e), list(z)"),
    _case("bound-builtin-method", "x = []", "push = x.append", "push(3), x"),
    _case("memoryview-of-an-output", "n = 4", "b = bytearray(n)\nm = memoryview(b)", "m.__setitem__(0, 7), b, m.readonly, m.format"),
    _case("memoryview-cast", "import array\nb = bytearray(8)", "m = memoryview(b).cast('I')\nr = memoryview(b).toreadonly()",
          "m.__setitem__(0, 1), b[0], m.format, r.readonly, r[0]"),
    _case("weak-references", "class C:\n    pass\nc = C()", "import weakref\nr = weakref.ref(c)\nw = weakref.WeakValueDictionary(k=c)\ns = weakref.WeakSet([c])",
          "r() is c, w['k'] is c, c in s"),
    _case("weak-keys", "class C:\n    pass\nc = C()", "import weakref\nw = weakref.WeakKeyDictionary()\nw[c] = [c]", "w[c][0] is c, len(w)"),
    _case("deep-list", "n = 20_000", "x = []\nfor _ in range(n):\n    x = [x]", "depth(x)" if False else "type(x).__name__, len(x), x[0][0][0].__class__.__name__"),
    _case("deep-dict-around-an-input", "leaf = ['leaf']", "x = leaf\nfor _ in range(5_000):\n    x = {'k': x, 'n': [1]}", "len(x), x['k']['k']['n']"),
    _case("linked-list-of-objects", """
        class Node:
            def __init__(self, back): self.back, self.next = back, None
        n = 3000
        def length(node):
            count = 0
            while node.back:
                node, count = node.back, count + 1
            return count
     """, """
        first = last = Node(None)
        for _ in range(n):
            last.next = Node(last)
            last = last.next
     """, "last.next, first.next.back is first, length(last)"),
    _case("deep-change-of-an-input", "x = []\ny = x", "z = x\nfor _ in range(3000):\n    z.append([])\n    z = z[0]", "y is x, len(y), len(y[0])"),
]  # fmt: skip

NAMES = [
    _case("swap", "a, b = [1], [2]\nc = a", "a, b = b, a", "a, b, c is b"),
    _case("delete-and-bind-again", "x = [1]\ny = 2\nz = 3", "t = x\ndel x\nx = t", "x is t, [n for n in globals() if n in ('x', 'y', 'z', 't')]"),
    _case("delete-all", "x = 1\ny = [x]", "del x, y", "'x' in globals(), 'y' in globals()"),
    _case("order-of-new-names", "x = 1", "b = 1\na = 2\nc = a", "[n for n in globals() if n in ('a', 'b', 'c', 'x')]"),
    _case("global-in-a-helper", "count = 0\ndef bump():\n    global count, made\n    count += 1\n    made = [count]", "bump()\nbump()", "count, made"),
    _case("rebound-to-an-equal-value", "x = [1]\ny = x", "x = [1]", "x is y, x"),
    _case("rebound-to-part-of-an-input", "x = [[1], [2]]", "x = x[1]", "x"),
    _case("output-tuple-holds-an-input", "x = [1]", "t = (x, (x, {'k': x}))", "t[0] is x, t[1][0] is x, t[1][1]['k'] is x"),
    _case("namespace-itself", "x = 1", "g = globals()\nh = {'g': g}", "g is globals(), h['g'] is g"),
    _case("written-through-globals", "x = 1", "globals()['y'] = [x]", "y"),
    _case("result-is-an-input", "x = [1]", "x.append(2)\nx", "x"),
    _case("modules", "x = 1", "import json as j, collections.abc as a\nimport xml.dom", "j.dumps([x]), a.__name__, xml.dom.__name__"),
    _case("star-import", "x = 1", "from math import *", "floor(pi + x), sin is __import__('math').sin"),
    _case("two-names-for-one-output", "n = 2", "a = b = {'k': [n]}", "a is b"),
    _case("plain-output-shared-with-an-object", "class C:\n    pass", "l = [[1], [2]]\nc = C()\nc.inner = l[0]", "c.inner is l[0], l"),
    _case("vars-of-an-output", "class C:\n    pass", "c = C()\nc.x = 1\nd = vars(c)", "d.__setitem__('y', 2), c.y"),
    _case("vars-of-an-input", "class C:\n    pass\nc = C()", "d = vars(c)\nd['x'] = [1]", "d.__setitem__('y', 2), c.y, c.x"),
    _case("vars-of-a-module", "import math", "d = vars(math)", "d['pi'], d is vars(math)"),
    _case("closed-file", "import os", "with open(os.devnull, encoding='utf-8') as f:\n    text = f.read()\nwith open(os.devnull, 'rb') as g:\n    pass",
          "f.closed, f.name, f.mode, f.encoding, g.closed, g.name, g.mode, repr(f)"),
    _case("standard-streams", "import sys", "class S:\n    out = sys.__stdout__\ns = [sys.__stderr__]", "s[0] is sys.__stderr__, S.out is sys.__stdout__"),
    _case("atoms", "x = 1", "y = (1, True, 1.0, -0.0, 2**80, 1j, b'b', '\\ud800', None, ...)\nz = {1: 'a', (2, 3): {4}, 2**70: frozenset({5})}\nnan = float('nan')",
          "[(type(v).__name__, repr(v)) for v in y], z, nan != nan"),
]  # fmt: skip

OBJECTS = [
    _case("attribute-deleted", "class C:\n    pass\nc = C()\nc.a, c.b = 1, 2\nd = c", "del c.a", "vars(d)"),
    _case("property-setter-does-not-run", """
        calls = []
        class C:
            @property
            def v(self): return self._v
            @v.setter
            def v(self, value):
                calls.append(value)
                self._v = value
        c = C()
        c.v = 1
     """, "c.v = 2", "calls, c._v"),
    _case("setattr-hook-does-not-run", """
        log = []
        class C:
            def __setattr__(self, name, value):
                log.append(name)
                object.__setattr__(self, name, value)
        c = C()
     """, "c.a = 1\nc.b = [c]", "log, c.b[0] is c"),
    _case("frozen-dataclass", """
        import dataclasses
        @dataclasses.dataclass(frozen=True)
        class P:
            x: int
            y: list
        p = P(1, [2])
        q = p
     """, "object.__setattr__(p, 'x', 5)\np.y.append(3)\nr = dataclasses.replace(p, x=9)", "q.x, q.y, r.x, r.y is p.y, hash(P(1, ())) == hash(P(1, ()))"),
    _case("slots-inherited", """
        class A:
            __slots__ = ('a',)
        class B(A):
            __slots__ = ('b', '__dict__')
        class C(B):
            __slots__ = 'c'
        o = C()
        o.a, o.b = 1, 2
        p = o
     """, "o.c = o\ndel o.a\no.extra = [o]", "hasattr(p, 'a'), p.b, p.c is p, p.extra[0] is p"),
    _case("slots-of-the-same-name", """
        class A:
            __slots__ = ('v',)
        class B(A):
            __slots__ = ('v',)
        o = B()
        A.v.__set__(o, 'base')
     """, "o.v = 'own'\nA.v.__set__(o, 'changed')", "o.v, A.v.__get__(o)"),
    _case("getstate-leaves-something-out", """
        import threading
        class M:
            def __init__(self):
                self.lock, self.n = threading.Lock(), 0
            def __getstate__(self):
                return {'n': self.n}
            def __setstate__(self, state):
                self.__init__()
                self.n = state['n']
        m = M()
        k = m
     """, "m.n += 5", "k.n, k is m, m.lock.acquire(False)"),
    _case("reduce-of-its-own", """
        class R:
            def __init__(self, a): self.a = a
            def __reduce__(self): return R, (self.a,)
        r = R([1])
        s = r
     """, "r.a.append(2)\nt = [r]", "s.a, t[0] is s"),
    _case("method-of-an-input", "class C:\n    def m(self): return self.v\nc = C()\nc.v = 1", "f = c.m", "setattr(c, 'v', 9), f(), f.__self__ is c"),
    _case("partial-of-an-input", "import functools\nx = [1]\ndef f(a, b=0): return a, b", "p = functools.partial(f, x, b=2)", "p()[0] is x, p.func is f"),
    _case("partial-changed", "import functools\np = functools.partial(int, base=2)\nq = p", "p.note = [1]", "q.note, q('101')"),
    _case("instance-of-a-class-of-the-notebook", "class C:\n    def m(self): return 'live'", "c = C()\nl = [C(), C]", "type(c) is C, isinstance(l[0], C), l[1] is C"),
    _case("random-module-object", "import random\nr = random.Random(0)\ns = r", "v = r.random()\nr.shuffle(l := [1, 2, 3])", "s.random(), v, l"),
    _case("string-io", "import io\ns = io.StringIO('abc')\nb = io.BytesIO(b'x')\nt = s, b", "s.seek(0, 2)\ns.write('def')\nb.write(b'yz')", "t[0].getvalue(), t[0].tell(), t[1].getvalue(), t[0] is s"),
    _case("exception", """
        class E(Exception):
            def __init__(self, a, b):
                super().__init__(f'{a}-{b}')
                self.a = a
     """, """
        try:
            try:
                1 / 0
            except ZeroDivisionError as inner:
                raise E(1, 2) from inner
        except E as outer:
            err = outer
            err.add_note('note')
        os_error = OSError(2, 'gone', 'file')
        keys = KeyError('k')
     """, "str(err), err.a, type(err.__cause__).__name__, err.__notes__, type(err) is E, os_error.filename, os_error.errno, keys.args"),
    _case("exception-group", "x = 1", "g = ExceptionGroup('many', [ValueError(x), TypeError('t')])\nu = UnicodeDecodeError('utf-8', b'x', 0, 1, 'bad')", "repr(g), str(u), g.exceptions"),
    _case("pattern-and-match", "import re", "p = re.compile('a+', re.I)\nm = p.fullmatch", "p.flags, bool(m('AA'))"),
    _case("logger", "import logging", "log = logging.getLogger('cashet.case')\nlog.setLevel(logging.ERROR)", "log is logging.getLogger('cashet.case'), log.level"),
    _case("sentinels-of-modules", "import dataclasses, inspect", "m = [dataclasses.MISSING, inspect.Parameter.empty, NotImplemented, Ellipsis, type(None)]",
          "m[0] is dataclasses.MISSING, m[1] is inspect.Parameter.empty, m[2:]"),
    _case("function-of-the-module-generator", "import random", "rnd = random.random", "rnd.__self__ is random._inst"),
    _case("standard-values", "x = 1", """
        import datetime, decimal, fractions, pathlib, uuid, zoneinfo, ipaddress
        v = [datetime.datetime(2020, 1, 1, tzinfo=zoneinfo.ZoneInfo('Europe/Paris')), datetime.timedelta(1), decimal.Decimal('1.10'),
             fractions.Fraction(1, 3), pathlib.Path('a/b'), uuid.UUID(int=1), range(3), slice(1, 2), ipaddress.ip_address('::1')]
     """, "v, [type(i).__name__ for i in v]"),
    _case("module-made-by-hand", "import types", "m = types.ModuleType('mine', 'doc')\nm.x = [1]\nm.self = m", "m.x, m.self is m, m.__doc__, m.__name__"),
    _case("sklearn-estimator-refitted", "from sklearn.linear_model import LinearRegression\nimport numpy as np\nX = np.arange(8.0).reshape(4, 2)\nm = LinearRegression().fit(X, X[:, 1])\nk = [m]",
          "m.fit(X, X[:, 0])\nm.set_params(fit_intercept=False)", "k[0] is m, m.coef_.round(6).tolist(), m.get_params()['fit_intercept']", ("numpy", "sklearn")),
    _case("pipeline-and-forest", "import numpy as np\nX = np.arange(40.0).reshape(20, 2)", """
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        f = RandomForestRegressor(5, random_state=0)
        p = make_pipeline(StandardScaler(), f).fit(X, X[:, 0])
     """, "p.steps[1][1] is f, p.predict(X).round(4).tolist()", ("numpy", "sklearn")),
]  # fmt: skip

CODE = [
    _case("closures-share-a-cell", "x = 1", """
        def make():
            n = 0
            def inc():
                nonlocal n
                n += 1
                return n
            def get():
                return n
            return inc, get
        inc, get = make()
        inc()
     """, "inc(), inc(), get()"),
    _case("mutual-recursion", "x = 1", "def even(n): return n == 0 or odd(n - 1)\ndef odd(n): return n != 0 and even(n - 1)", "even(10), odd(7)"),
    _case("recursive-closure", "x = 1", "def make():\n    def fact(n):\n        return 1 if n < 2 else n * fact(n - 1)\n    return fact\nf = make()", "f(5)"),
    _case("function-attribute-cycle", "x = 1", "def f(): return f.me is f\nf.me = f\nf.l = [f]", "f(), f.l[0] is f"),
    _case("default-refers-to-an-input", "cfg = {'a': 1}", "f = lambda c=cfg: c\ndef g(*, c=cfg): return c", "f() is cfg, g() is cfg"),
    _case("annotations-and-docstring", "x = 1", 'def f(a: int, *, b: "str" = \'q\') -> list:\n    """What f does."""\n    return [a]',
          "f.__annotations__, f.__doc__, f.__name__, f.__qualname__, f.__module__, f.__kwdefaults__"),
    _case("code-replaced", "def f(): return 1\ng = f", "def h(): return 2\nf.__code__ = h.__code__\nf.__defaults__ = None", "g(), g is f"),
    _case("lru-cache-unused", "import functools", "@functools.lru_cache(maxsize=7)\ndef f(n): return n * 2", "f(3), f.cache_info()"),
    _case("lru-cache-used", "import functools", "@functools.cache\ndef fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nv = fib(20)", "v, fib.cache_info(), fib(20), fib.cache_info()"),
    _case("lru-cache-keeps-identity", "import functools", "@functools.lru_cache\ndef get(k, *, o=1): return [k]\na = get('x')\nb = get('y', o=2)", "get('x') is a, get('y', o=2) is b, get.cache_info()"),
    _case("lru-cache-bounded", "import functools", "@functools.lru_cache(2, typed=True)\ndef f(n): return [n]\nfor i in [1, 2, 1, 3, 1, 1.0]: f(i)", "f.cache_info(), f(1), f.cache_info(), f(3), f.cache_info(), f(1.0), f.cache_info()"),
    _case("wraps", "import functools\nlog = []", """
        def deco(g):
            @functools.wraps(g)
            def w(*a):
                log.append(a)
                return g(*a)
            return w
        @deco
        def f(x): return x + 1
     """, "f(1), f.__wrapped__(1), f.__name__, log"),
    _case("singledispatch", "import functools", "@functools.singledispatch\ndef f(a): return 'any'\n@f.register\ndef _(a: int): return 'int'", "f(1), f('x'), sorted(t.__name__ for t in f.registry)"),
    _case("context-manager-and-generator-function", "import contextlib", "@contextlib.contextmanager\ndef cm():\n    yield 5\ndef gen():\n    yield 1\nasync def co(): return 1",
          "cm().__enter__(), list(gen()), co.__code__.co_flags"),
    _case("function-in-another-namespace", "d = {'k': 5}", "exec('def f(): return k', d)\nf = d['f']", "f(), d.__setitem__('k', 6), f(), f.__globals__ is d"),
    _case("function-of-a-library-made-inside", "import operator", "get = operator.itemgetter(1)\nattr = operator.attrgetter('a.b')\ncaller = operator.methodcaller('upper')", "get('ab'), caller('x')"),
    _case("class-whose-instances-have-a-module", "x = 1", "class C:\n    __module__ = property(lambda self: 'mine')\nc = C()", "c.__module__, type(c) is C"),
    _case("class-with-everything", "x = 1", '''
        import abc, functools
        class Base(abc.ABC):
            """Base doc."""
            registry = []
            def __init_subclass__(cls, **k):
                Base.registry.append((cls.__name__, k))
            @abc.abstractmethod
            def area(self): ...
        class Square(Base, tag='sq'):
            """Square doc."""
            sides: int = 4
            def __init__(self, a): self.a = a
            def area(self): return self.a ** 2
            @property
            def p(self):
                """P doc."""
                return self.a * self.sides
            @classmethod
            def unit(cls): return cls(1)
            @staticmethod
            def s(): return 's'
            @functools.cached_property
            def big(self): return [self.a]
            def sup(self): return super().__class__.__name__
            class Inner:
                v = 1
        sq = Square(3)
     ''', "sq.area(), sq.p, Square.unit().a, Square.s(), sq.big is sq.big, sq.sup(), Square.Inner.v, Base.registry, Square.__doc__, Base.__abstractmethods__, Square.p.__doc__, Square.__annotations__, Square.Inner.__qualname__, isinstance(sq, Base), [n for n in vars(Square) if n != '__slotnames__']"),
    _case("init-subclass-runs-once", """
        class Base:
            seen = []
            def __init_subclass__(cls): Base.seen.append(cls.__name__)
     """, "class A(Base):\n    pass\nclass B(A):\n    pass", "Base.seen, issubclass(B, Base), B.__mro__[1] is A"),
    _case("set-name-runs-once", """
        seen = []
        class Field:
            def __set_name__(self, owner, name): self.name = name; seen.append(name)
            def __get__(self, o, t): return self.name
     """, "class M:\n    a = Field()\n    b = Field()", "seen, M().a, M.b"),
    _case("metaclass", """
        made = []
        class Meta(type):
            def __new__(m, name, bases, ns, **k):
                made.append(name)
                return super().__new__(m, name, bases, ns)
            def __call__(cls, *a): made.append('call'); return super().__call__(*a)
            @property
            def shout(cls): return cls.__name__.upper()
     """, "class K(metaclass=Meta):\n    v = 1\nk = K()", "made, K.shout, type(K) is Meta, k.v, type(k) is K"),
    _case("metaclass-of-the-same-cell", "x = 1", "class Meta(type):\n    def hi(cls): return cls.__name__\nclass K(metaclass=Meta): pass\nk = K()", "K.hi(), type(K) is Meta, type(k) is K"),
    _case("enums", "import enum", """
        class Color(enum.Enum):
            RED = 1
            GREEN = 'g'
            ALIAS = 1
            def hi(self): return self.name
        class Size(enum.IntEnum):
            S = 1
            L = 5
        class Perm(enum.Flag):
            R = enum.auto()
            W = enum.auto()
            RW = R | W
        class Name(str, enum.Enum):
            A = 'a'
        class Planet(enum.Enum):
            EARTH = (5, 6)
            def __init__(self, m, r): self.m, self.r = m, r
        c, s, p, n = Color.GREEN, Size.L, Perm.R | Perm.W, Name.A
        d = {Color.RED: 1}
     """, "c is Color.GREEN, c.hi(), Color(1) is Color.RED, Color['ALIAS'] is Color.RED, s + 1, s is Size.L, p is Perm.RW, Perm.R in p, n.upper(), n is Name.A, Planet.EARTH.r, Planet((5, 6)).m, d[Color.RED], list(Color), Size(5).name, Color.RED.value, Perm(0), repr(Name('a'))"),
    _case("enum-of-an-earlier-cell", "import enum\nclass C(enum.Enum):\n    A = 1\n    B = 2", "x = C.A\ny = {C.B: [C.A]}", "x is C.A, y[C.B][0] is C.A"),
    _case("dataclasses-of-the-cell", "import dataclasses", """
        @dataclasses.dataclass(order=True)
        class P:
            x: int
            y: list = dataclasses.field(default_factory=list, compare=False)
            z: dataclasses.InitVar[int] = 3
            def __post_init__(self, z): self.y.append(z)
        @dataclasses.dataclass(frozen=True)
        class F:
            a: int = 1
        @dataclasses.dataclass(slots=True)
        class S:
            a: int
            b: list = dataclasses.field(default_factory=list)
        p, f = P(1), F()
     """, "p, f, P(2) > p, p.y, dataclasses.fields(P)[0].default is dataclasses.MISSING, dataclasses.asdict(p), dataclasses.replace(f, a=2), P.__doc__, S(1), S.__slots__, hasattr(S(2), '__dict__')"),
    _case("named-tuples", "import collections, typing", """
        P = collections.namedtuple('P', 'x y', defaults=[7])
        class Q(typing.NamedTuple):
            a: int
            b: str = 'b'
            def both(self): return self.a, self.b
        p, q = P(1), Q(2)
     """, "p, q, p._replace(y=1), q.both(), P._fields, Q._field_defaults, type(p) is P, type(q) is Q, P.__doc__"),
    _case("generic-classes", "import typing", """
        T = typing.TypeVar('T', bound=int)
        class Box(typing.Generic[T]):
            def __init__(self, v: T): self.v = v
        class Named(typing.Protocol):
            name: str
        b = Box[int](1)
        A = Box[T]
        D = typing.TypedDict('D', {'k': int})
     """, "type(b) is Box, Box[str].__args__, Box.__parameters__ == (T,), A.__parameters__[0] is T, T.__bound__, D.__annotations__, b.__orig_class__, Box.__orig_bases__"),
    _case("class-attribute-is-an-instance", "x = 1", "class C:\n    pass\nC.default = C()\nC.all = [C.default, C]", "type(C.default) is C, C.all[0] is C.default, C.all[1] is C"),
    _case("class-of-an-input-changed", "class C:\n    k = 1\n    def m(self): return 1\nc = C()", "def m2(self): return 2\nC.m = m2\nC.new = c\ndel C.k", "c.m(), C.new is c, hasattr(C, 'k')"),
    _case("class-replaced", "class C:\n    def v(self): return 1\nc = C()", "class C:\n    def v(self): return 2\nd = C()", "c.v(), d.v(), type(c) is type(d), type(d) is C"),
    _case("subclass-of-an-input", "class A:\n    def v(self): return 'A'", "class B(A):\n    def v(self): return super().v() + 'B'\nb = B()", "b.v(), B.__mro__[1] is A"),
    _case("multiple-inheritance-and-mixins", "class A: pass\nclass M:\n    def hi(self): return 'hi'", "class B(M, A, dict):\n    pass\nb = B(k=1)", "b.hi(), b, B.__bases__[1] is A"),
    _case("descriptors-and-operators", "x = 1", "class V:\n    __slots__ = ('x', '__weakref__')\n    def __init__(s, x): s.x = x\n    def __eq__(s, o): return s.x == o.x\n    __hash__ = None\n    def __add__(s, o): return V(s.x + o.x)\nv = V(1)",
          "(v + V(2)).x, v == V(1), V.__hash__, hasattr(v, '__dict__'), V.x.__name__"),
    _case("exception-class", "x = 1", "class MyError(ValueError):\n    code = 5\n    def __init__(self, a): self.a = a; super().__init__('m', a)\ne = MyError(3)", "e.args, e.a, e.code, type(e) is MyError"),
    _case("abc-registered", "import abc\nclass A(abc.ABC): pass", "class V(abc.ABC): pass\nclass X: pass\nV.register(X)", "issubclass(X, V), isinstance(X(), V), isinstance(3, V)"),
    _case("type-alias-and-newtype", "import typing", "U = typing.NewType('U', int)\nA = dict[str, list[int]]\nO = typing.Optional[int]\nL = typing.Literal['a']", "U(3), A, O, L, U.__name__"),
    _case("types-without-a-name", "x = 1", "t = [type(iter([])), type({}.keys()), type(x for x in []), type(len), type(type(None)), type(object.__init__)]", "[v.__name__ for v in t], t[0] is type(iter([])), t[3] is type(len)"),
    _case("class-made-by-type", "x = 1", "K = type('K', (), {'v': x, 'm': lambda self: self.v})\nk = K()", "k.m(), type(k) is K, K.__module__"),
    _case("private-names", "x = 1", "class C:\n    __slots__ = ('__p',)\n    def __init__(self): self.__p = 3\n    def get(self): return self.__p\nc = C()", "c.get()"),
    _case("loggers-handlers-not-needed", "import logging", "class H(logging.Handler):\n    def emit(self, r): pass", "issubclass(H, logging.Handler)"),
]  # fmt: skip

ARRAYS = [
    _case("outputs-share-memory", "import numpy as np\nn = 6", "a = np.arange(float(n))\nb = a[2:5]\nc = b[::-1]", "a.__setitem__(3, 99.0), b[1], c[1], np.shares_memory(a, c)", NUMPY),
    _case("views-of-a-forgotten-owner", "import numpy as np", "big = np.arange(100)\nx = big[10:20]\ny = big[15:25]\ndel big", "x.__setitem__(5, -1), y[0], x.size, y.size", NUMPY),
    _case("view-of-a-strided-input", "import numpy as np\nx = np.arange(20)[::2]", "y = x[1::3]\nz = x[::-1]", "x.__setitem__(1, -5), y[0], z[-2]", NUMPY),
    _case("views-of-a-2d-strided-input", "import numpy as np\nx = np.arange(40).reshape(5, 8)[::2, 1::3]", "t = x.T\nr = x[1]\nc = x[:, ::-1]\nn = x[None, :, 0]",
          "x.__setitem__((1, 1), -5), t.tolist(), r.tolist(), c.tolist(), n.tolist(), t.shape", NUMPY),
    _case("reshaped-transposed-and-other-dtype", "import numpy as np\na = np.arange(6.0)", "b = a.reshape(2, 3)\nc = b.T\nd = a.view('i8')\ne = a[1:3].view('u1')",
          "b.__setitem__((0, 1), 7.5), a[1], c[1, 0], d[1], e[:8].tobytes() == a[1:2].tobytes()", NUMPY),
    _case("field-of-a-structured-input", "import numpy as np\nr = np.zeros(3, [('x', 'f8'), ('y', 'i2')])", "x = r['x']\nr['y'] = [1, 2, 3]\ns = r[1:]", "x.__setitem__(1, 4.0), r, s", NUMPY),
    _case("element-of-a-structured-input", "import numpy as np\nr = np.zeros(3, [('x', 'f8'), ('y', 'i2')])", "e = r[1]\nq = np.ones(2, r.dtype)\nf = q[0]", "e.__setitem__('x', 4.0), r, f.__setitem__('y', 5), q, type(e).__name__", NUMPY),
    _case("structured-array", "import numpy as np\nn = 2", "r = np.array([(1, 'a'), (2, 'b')], [('n', 'i4'), ('s', 'U3')])\nq = r.view(np.recarray)", "r, r.dtype, q.s.tolist(), type(q).__name__", NUMPY),
    _case("object-array-holds-inputs", "import numpy as np\nx = [1]", "o = np.empty(3, object)\no[:] = [x, (x, 2), None]\np = o[:2]", "o[0] is x, o[1][0] is x, p.__setitem__(1, 'new'), o[1]", NUMPY),
    _case("object-array-holds-itself", "import numpy as np", "o = np.empty(2, object)\no[0] = o\no[1] = [o]", "o[0] is o, o[1][0] is o", NUMPY),
    _case("views-of-a-forgotten-object-array", "import numpy as np", "o = np.array([[1], 'a', None, 2], object)\np, q = o[:3], o[1:]\ndel o", "p.__setitem__(1, 'x'), q[0]", NUMPY),
    _case("object-input-changed", "import numpy as np\no = np.array([None, 1], object)\nv = o[:1]", "o[0] = o2 = [o]", "v[0] is o2, v[0][0] is o", NUMPY),
    _case("resize-in-place", "import numpy as np", "a = np.arange(4)\na.resize(6, refcheck=False)", "a, a.resize(8, refcheck=False), a.shape", NUMPY),
    _case("shape-set-in-place", "import numpy as np\na = np.arange(6)\nb = a", "a.shape = (2, 3)\na[0, 0] = 9", "b.shape, b[0, 0]", NUMPY),
    _case("dtype-set-in-place", "import numpy as np\na = np.arange(3, dtype='i8')\nb = [a]", "a.dtype = 'f8'\na[0] = 1.5", "b[0].dtype.str, b[0][0]", NUMPY),
    _case("read-only", "import numpy as np\na = np.arange(3)\nb = a", "a.setflags(write=False)\nv = a[1:]\nw = np.arange(2)\nw.setflags(write=False)", "b.flags.writeable, v.flags.writeable, w.flags.writeable", NUMPY),
    _case("made-writeable-and-changed", "import numpy as np\na = np.arange(3)\na.setflags(write=False)\nb = a", "a.setflags(write=True)\na[0] = 9", "b.flags.writeable, b", NUMPY),
    _case("changed-although-read-only", "import numpy as np\na = np.arange(3)\nv = a[:]\nv.setflags(write=False)", "a[0] = 9", "v, v.flags.writeable", NUMPY),
    _case("fortran-order", "import numpy as np\na = np.asfortranarray(np.arange(6.0).reshape(2, 3))", "b = np.asfortranarray(np.ones((3, 2)))\na[0, 1] = 7\nc = a.T", "b.flags.f_contiguous, a, c.flags.c_contiguous, np.shares_memory(a, c)", NUMPY),
    _case("zero-dimensions-and-empty", "import numpy as np\nz = np.array(5)", "y = z[...]\ne = np.empty((0, 3))\nu = np.empty(2, 'U0')\nz[...] = 6", "y, y.shape, e.shape, u, np.shares_memory(y, z)", NUMPY),
    _case("broadcast", "import numpy as np\na = np.arange(3)", "b = np.broadcast_to(np.arange(3), (1000, 3))\nc = np.broadcast_to(a, (4, 3))\nd = np.broadcast_to(7, (2, 2))", "b.strides, b[5].tolist(), a.__setitem__(0, 9), c[3, 0], b.flags.writeable, d.tolist()", NUMPY),
    _case("diagonal", "import numpy as np\na = np.arange(9).reshape(3, 3)", "d = a.diagonal()\ne = np.einsum('ii->i', a)", "a.__setitem__((1, 1), 50), d[1], e[1]", NUMPY),
    _case("sliding-window", "import numpy as np\na = np.arange(6)", "w = np.lib.stride_tricks.sliding_window_view(a, 3)", "a.__setitem__(2, 9), w[0, 2], w[2, 0], w.shape", NUMPY),
    _case("frombuffer-of-an-input", "import numpy as np\nb = bytearray(8)", "a = np.frombuffer(b, 'u1')\nc = np.frombuffer(b, 'u4', offset=4)", "a.__setitem__(4, 1), b[4], c[0]", NUMPY),
    _case("frombuffer-of-an-output", "import numpy as np", "b = bytearray(8)\na = np.frombuffer(b, 'u1')", "a.__setitem__(4, 1), b[4]", NUMPY),
    _case("masked-array", "import numpy as np\nm = np.ma.array([1.0, 2, 3], mask=[0, 1, 0])\nk = m", "m[0] = np.ma.masked\nm.fill_value = -1\nn = np.ma.array([1, 2], mask=[1, 0], hard_mask=True)", "k, k.fill_value, n, n.hardmask, np.ma.masked is (n[0])", NUMPY),
    _case("subclass-with-attributes", "import numpy as np\nclass A(np.ndarray):\n    pass", "a = np.arange(3).view(A)\na.unit = ['m']\nm = np.matrix([[1, 2]])", "type(a) is A, a.unit, a.tolist(), type(m).__name__, m", NUMPY),
    _case("datetimes-and-others", "import numpy as np", "d = np.array(['2020-01-01', 'NaT'], 'M8[D]')\nt = np.array([1], 'm8[s]')\nh = np.float16([1.5])\nl = np.longdouble([1]) / 3\nb = np.array([True, False])\ns = np.array(['a', 'bcd'], np.dtypes.StringDType())\nx = np.array([b'ab'])\nbig = np.arange(3, dtype='>i4')",
          "d, t, h, l, b, s, x, big.dtype.str, big", NUMPY),
    _case("dtype-with-metadata", "import numpy as np", "a = np.zeros(2, np.dtype('f8', metadata={'k': 1}))", "a.dtype.metadata, a", NUMPY),
    _case("scalars", "import numpy as np", "s = [np.float64(1.5), np.int8(3), np.str_('x'), np.datetime64('2020'), np.bool_(True)]", "[(type(v).__name__, v) for v in s]", NUMPY),
    _case("generators", "import numpy as np\ng = np.random.default_rng(1)\nr = np.random.RandomState(2)\nb = g.bit_generator", "g.normal()\nr.rand(3)\ns = np.random.SeedSequence(5).spawn(1)[0]\nh = np.random.Generator(np.random.MT19937(3))",
          "g.normal(), r.rand(), b is g.bit_generator, b.random_raw(), s.generate_state(1), h.random()", NUMPY),
    _case("big-array", "import numpy as np", "a = np.arange(300_000.0)\nb = a.reshape(500, 600)\nc = np.ones((700, 300), order='F')", "a.__setitem__(0, 9.0), b[0, 0], a.flags.writeable, c.flags.f_contiguous, float(a.sum())", NUMPY),
    _case("equal-big-arrays-stay-apart", "import numpy as np", "a = np.ones(200_000)\nb = np.ones(200_000)", "a.__setitem__(0, 5.0), b[0], a[0]", NUMPY),
    _case("memory-map", "import numpy as np, tempfile, os\nf = os.path.join(tempfile.mkdtemp(), 'm')\nnp.arange(4).tofile(f)\ndel f", "m = np.arange(4)\nn = m[::2]", "m, n", NUMPY),
    _case("array-in-an-object-and-on-its-own", "import numpy as np\nclass C: pass", "a = np.arange(5)\nc = C()\nc.a = a\nc.v = a[1:]", "c.a is a, a.__setitem__(1, 9), c.v[0]", NUMPY),
]  # fmt: skip

FRAMES = [
    _case("columns-added-dropped-renamed", "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1], 'b': [1.0, 2.0]})\ne = df", "df['c'] = df['a'] * 2\ndel df['b']\ndf.rename(columns={'a': 'A'}, inplace=True)", "e is df, e", PANDAS),
    _case("sorted-in-place", "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2]})\ne = df", "df.sort_values('a', inplace=True)\ndf.reset_index(drop=True, inplace=True)", "e, e.index", PANDAS),
    _case("loc", "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1], 's': ['x', 'y']})\ne = df", "df.loc[0, 'a'] = 7\ndf.loc[5] = [1, 'z']\ndf.iloc[1, 1] = None", "e, e.dtypes", PANDAS),
    _case("one-cell-in-place", "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1], 'b': [1.0, 2.0]})\ns = pd.Series([1, 2, 3])\ne = df", "df.loc[0, 'a'] = 7\ndf.iat[1, 1] = 9.0\ns.iloc[1] = 5", "e, s", PANDAS),
    _case("one-cell-in-place-and-its-array", "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1], 'b': [1, 2]})\ns = pd.Series([1, 2, 3])", "df.loc[0, 'a'] = 7\ns.iloc[1] = 5\nv = df['a'].to_numpy()\nw = s.to_numpy()", "df, v, w, v.flags.writeable", PANDAS),
    _case("index-renamed-for-all", "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1]})\ni = df.index", "df.index.name = 'n'\nd2 = df * 2", "i.name, d2.index.name, df.index is i", PANDAS),
    _case("index-replaced", "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1]})\ne = df", "df.index = ['p', 'q']\ndf.index.name = 'n'\ndf.columns = ['z']", "e, e.index.name", PANDAS),
    _case("attrs-and-flags", "import pandas as pd\ndf = pd.DataFrame({'a': [3]})\ne = df", "df.attrs['k'] = [1]\ndf.flags.allows_duplicate_labels = False\no = pd.DataFrame({'b': [1]})\no.attrs['x'] = df.attrs['k']", "e.attrs, e.flags, o.attrs", PANDAS),
    _case("series-changed", "import pandas as pd\ns = pd.Series([1, 2], name='n')\nt = s", "s[0] = 9\ns.name = 'm'\ns.index = ['a', 'b']", "t is s, t", PANDAS),
    _case("column-of-a-frame-is-apart", "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2], 'b': [3, 4]})", "s = df['a']\ns2 = df.loc[:, 'b']", "s.__setitem__(0, 9), df.loc[0, 'a'], df.__setitem__('b', [7, 7]), s2.tolist()", PANDAS),
    _case("column-and-frame-are-outputs", "import pandas as pd", "df = pd.DataFrame({'a': [1, 2], 'b': [3, 4]})\ns = df['a']\nd2 = df[['a']]", "s.__setitem__(0, 9), df.loc[0, 'a'], d2.loc[0, 'a']", PANDAS),
    _case("array-under-a-series", "import pandas as pd, numpy as np\ns = pd.Series([1.0, 2.0, 3.0])", "v = s.to_numpy()\nw = s.values[1:]", "v.flags.writeable, s.__setitem__(1, 9.0), v.tolist(), w.tolist()", PANDAS),
    _case("array-under-a-frame", "import pandas as pd, numpy as np\ndf = pd.DataFrame({'a': [1, 2], 'b': [3, 4], 'c': [1.0, 2.0]})", "v = df['a'].to_numpy()\nw = df[['a', 'b']].to_numpy()", "v.flags.writeable, df.__setitem__('z', 1), v.tolist(), w.tolist()", PANDAS),
    _case("frame-over-an-input-array", "import pandas as pd, numpy as np\na = np.arange(6.0).reshape(3, 2)", "df = pd.DataFrame(a, copy=False)", "a.__setitem__((0, 0), 9.0), df.iloc[0, 0]", PANDAS),
    _case("categories-changed", "import pandas as pd\ns = pd.Series(['a', 'b'], dtype='category')\nt = s", "s.iloc[0] = 'b'\nc = s.cat.add_categories(['z'])", "t, c.cat.categories.tolist()", PANDAS),
    _case("extension-dtypes", "import pandas as pd", """
        df = pd.DataFrame({
            'i': pd.array([1, None], dtype='Int64'), 'b': pd.array([True, None], dtype='boolean'), 's': ['x', None],
            't': pd.to_datetime(['2020', '2021']).tz_localize('UTC'), 'd': pd.to_timedelta([1, 2], 's'), 'p': pd.period_range('2020', periods=2),
            'v': pd.interval_range(0, 2), 'c': pd.Categorical(['x', 'y'], ordered=True), 'o': [[1], {}], 'n': pd.to_datetime(['2020', '2021']),
        })
     """, "df.dtypes.astype(str).to_dict(), df.to_dict('list')", PANDAS),
    _case("extension-array-changed", "import pandas as pd\na = pd.array([1, None], dtype='Int64')\nb = [a]\nc = pd.Categorical(['x', 'y'])\nd = c\nt = pd.array(pd.to_datetime(['2020', '2021']))\nu = t", "a[0] = 5\nc[0] = 'y'\nt[0] = pd.Timestamp('1999')", "b[0], d, u, b[0] is a", PANDAS),
    _case("objects-in-a-frame", "import pandas as pd\nx = [1]", "df = pd.DataFrame({'o': [x, x, None]})", "df['o'][0] is x, df['o'][1] is df['o'][0]", PANDAS),
    _case("multiindex-and-groupby", "import pandas as pd\ndf = pd.DataFrame({'k': ['a', 'a', 'b'], 'v': [1, 2, 3]})", "g = df.groupby('k').agg(['sum', 'mean'])\nm = df.set_index(['k', 'v'])", "g, m.index.names", PANDAS),
    _case("groupby-object", "import pandas as pd\ndf = pd.DataFrame({'k': ['a', 'a', 'b'], 'v': [1, 2, 3]})", "r = df.groupby('k')", "r['v'].sum().tolist(), r.obj is df", PANDAS),
    _case("array-of-a-masked-series", "import pandas as pd\ns = pd.Series([1, 2, None], dtype='Int64')", "a = s.array\nb = a.to_numpy(na_value=0)", "a, b.tolist(), s.__setitem__(0, 9), a[0]", PANDAS),
    _case("same-frame-twice", "import pandas as pd", "df = pd.DataFrame({'a': [1]})\nl = [df, df]\nd = {'s': df['a']}", "l[0] is df, l[1] is df, d['s'].tolist()", PANDAS),
    _case("result-is-an-output", "import pandas as pd", "df = pd.DataFrame({'a': [1]})\ndf", "df", PANDAS),
    _case("big-frame", "import pandas as pd, numpy as np", "df = pd.DataFrame({f'c{i}': np.arange(200_000) + i for i in range(3)} | {'f': np.ones(200_000)})\ndf2 = df.copy()\ndf3 = pd.DataFrame(np.ones((200_000, 2)))",
          "df.sum().tolist(), df2.equals(df), df.__setitem__('c0', 0), df2['c0'].iloc[5], df.loc.__setitem__((0, 'c1'), 99), df2.loc[0, 'c1'], df3.sum().tolist(), len(df2._mgr.blocks)", PANDAS),
    _case("big-consolidated-frame", "import pandas as pd, numpy as np", "df = pd.DataFrame(np.arange(800_000).reshape(4, 200_000).T.copy(), columns=list('abcd')).copy()\ndf['t'] = pd.date_range('2020', periods=200_000, freq='s')", "df.sum(numeric_only=True).tolist(), len(df._mgr.blocks), df['t'].iloc[-1], df.values.shape", PANDAS),
    _case("strings", "import pandas as pd", "s = pd.Series(['a', None, 'ccc'] * 1000)\no = pd.Series(['a', None], dtype=object)\nw = pd.Series(['a', 'b'], dtype='string')\ni = pd.Index(['x', 'y'])", "s.dtype, s.isna().sum(), o.dtype, w.dtype, i", PANDAS),
    _case("pandas-singletons", "import pandas as pd", "v = [pd.NA, pd.NaT, pd.Timestamp('2020'), pd.Timedelta(1), pd.Interval(0, 1)]", "v[0] is pd.NA, v[1] is pd.NaT, v[2:]", PANDAS),
    _case("frame-subclass", "import pandas as pd\nclass F(pd.DataFrame):\n    _metadata = ['unit']\n    @property\n    def _constructor(self): return F", "f = F({'a': [1]})\nf.unit = 'm'", "type(f) is F, f.unit, f", PANDAS),
    _case("polars", "import polars as pl\ndf = pl.DataFrame({'a': [1, 2]})\ne = df", "df.insert_column(1, pl.Series('b', ['x', 'y']))\ns = df['a']\nz = df.lazy().select('a')", "e is df, e.to_dict(as_series=False), s.to_list(), z.collect().to_dict(as_series=False)", ("polars",)),
    _case("xarray", "import xarray as xr, numpy as np\nd = xr.DataArray(np.zeros(2), dims='x', coords={'x': [1, 2]})\ne = d", "d[0] = 5\nd.attrs['k'] = 1\ns = xr.Dataset({'v': d})", "e, e.attrs, s['v'].values.tolist()", ("numpy", "xarray")),
    _case("pyarrow", "import pyarrow as pa", "t = pa.table({'a': [1, 2], 's': ['x', None]})\nu = t.slice(1)\na = pa.array([[1], None])", "t.to_pydict(), u.to_pydict(), a.to_pylist(), str(t.schema)", ("pyarrow",)),
    _case("scipy-sparse", "import scipy.sparse as sp, numpy as np\nm = sp.csr_matrix(np.eye(3))\nk = m", "m.data[0] = 5\nn = m.T\nl = sp.lil_matrix((2, 2))", "k.toarray().tolist(), n.toarray().tolist(), l.shape", ("numpy", "scipy")),
    _case("networkx", "import networkx as nx\ng = nx.Graph([(1, 2)])\nh = g", "g.add_edge(2, 3, w=1)\nd = nx.DiGraph(g)", "list(h.edges(data=True)), list(d.edges), h.degree[2]", ("networkx",)),
    _case("pillow", "from PIL import Image\ni = Image.new('L', (2, 2))\nj = i", "k = i.resize((4, 4))", "k.size, j is i", ("PIL",)),
    _case("pydantic", "import pydantic", "class M(pydantic.BaseModel):\n    x: int\n    y: list[int] = []\nm = M(x='3')", "m, m.model_dump(), M(x=1, y=[2]), type(m) is M, M.model_fields.keys()", ("pydantic",)),
    _case("pydantic-changed", "import pydantic\nclass M(pydantic.BaseModel):\n    x: int\nm = M(x=1)\nk = [m]", "m.x = 5", "k[0].x, k[0] is m", ("pydantic",)),
    _case("attrs", "import attrs", "@attrs.define\nclass A:\n    x: int\n    y: list = attrs.field(factory=list)\na = A(1)", "a, A(2), type(a) is A, hasattr(a, '__dict__')", ("attrs",)),
    _case("sympy", "import sympy", "x, y = sympy.symbols('x y')\ne = sympy.expand((x + y)**2)", "str(e), e.diff(x) == 2*x + 2*y", ("sympy",)),
    _case("matplotlib-figure", "from matplotlib.figure import Figure", "f = Figure()\na = f.subplots()\na.plot([1, 2])", "f.axes[0] is a, len(a.lines)", ("matplotlib",)),
]  # fmt: skip

TENSORS = [
    _case("tensor-changed", "import torch\nt = torch.zeros(3)\nu = t", "t[1] = 5\nt.add_(1)", "u is t, u", TORCH),
    _case("tensor-views", "import torch\nt = torch.arange(6.0)", "v = t[2:4]\nw = t.view(2, 3)", "t.__setitem__(2, 99.0), v[0].item(), w[0, 2].item()", TORCH),
    _case("output-tensors-share", "import torch", "t = torch.arange(6.0)\nv = t[1:]\nw = t.reshape(2, 3).t()", "t.__setitem__(1, 9.0), v[0].item(), w[1, 0].item(), w.stride()", TORCH),
    _case("tensor-and-array", "import torch, numpy as np\na = np.zeros(3)\nt = torch.zeros(2)", "s = torch.from_numpy(a)\nb = t.numpy()", "a.__setitem__(0, 5.0), s[0].item(), t.__setitem__(1, 7.0), b[1]", ("torch", "numpy")),
    _case("output-tensor-and-array", "import torch, numpy as np", "a = np.zeros(3)\ns = torch.from_numpy(a)", "a.__setitem__(0, 5.0), s[0].item()", ("torch", "numpy")),
    _case("parameters-and-gradients", "import torch\ntorch.manual_seed(0)\nm = torch.nn.Linear(2, 1)", "m(torch.ones(1, 2)).sum().backward()\np = torch.nn.Parameter(torch.ones(2))\nq = torch.ones(2, requires_grad=True)", "m.weight.grad, p, type(p).__name__, p.requires_grad, q.requires_grad", TORCH),
    _case("module-defined-in-the-cell", "import torch\ntorch.manual_seed(0)", "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.l = torch.nn.Linear(2, 2)\n        self.register_buffer('b', torch.ones(1))\n    def forward(self, x): return self.l(x) + self.b\nnet = Net()\nsd = net.state_dict()",
          "net(torch.ones(1, 2)).shape, type(net) is Net, sd['l.weight'].data_ptr() == net.l.weight.data_ptr(), list(net.state_dict())", TORCH),
    _case("adam", "import torch\ntorch.manual_seed(0)\nm = torch.nn.Linear(2, 1)\no = torch.optim.Adam(m.parameters())\nsch = torch.optim.lr_scheduler.StepLR(o, 1)", "for _ in range(2):\n    o.zero_grad()\n    m(torch.ones(1, 2)).sum().backward()\n    o.step()\n    sch.step()",
          "sch.get_last_lr(), [round(v, 5) for v in m.weight.flatten().tolist()], o.state[m.weight]['step'].item(), o.param_groups[0]['params'][0] is m.weight", TORCH),
    _case("torch-generator", "import torch\ng = torch.Generator()\ng.manual_seed(3)", "v = torch.rand(2, generator=g)", "v, torch.rand(2, generator=g)", TORCH),
    _case("dtypes", "import torch", "t = [torch.ones(2, dtype=d) for d in (torch.bfloat16, torch.bool, torch.int8, torch.complex64)]\ne = torch.empty(0, 3)\ns = torch.tensor(5)", "t, e.shape, s, torch.float32", TORCH),
]  # fmt: skip

OWN = [*CONTAINERS, *NAMES, *OBJECTS, *CODE, *ARRAYS, *FRAMES, *TENSORS]
