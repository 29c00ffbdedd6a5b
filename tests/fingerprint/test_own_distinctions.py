"""More values that must, or must not, be told apart: each stands for a class of mistakes."""

from __future__ import annotations

import copy
import pickle

import pytest

from cashet_jupyter.fingerprint import fingerprint_value
from tests.fingerprint.sources import build, pickled_copy

#: name -> two sources that bind `v`
DIFFER: dict[str, tuple[str, str]] = {
    # containers and sharing
    "one list in two tuples": ("x = [1]\nv = ((x,), (x,))", "v = (([1],), ([1],))"),
    "one list in a tuple and beside it": ("x = []\nv = [(x,), x]", "v = [([],), []]"),
    "one dict as value and in a set of tuples": ("x = []\nv = {'a': x, 'b': (1, x)}", "v = {'a': [], 'b': (1, [])}"),
    "which of two equal lists is shared": ("a, b = [1], [1]\nv = [a, b, a]", "a, b = [1], [1]\nv = [a, b, b]"),
    "sharing far down": ("x = [0]\nv = [[[x]], [[x]]]", "v = [[[[0]]], [[[0]]]]"),
    "empty list or empty tuple": ("v = []", "v = ()"),
    "empty dict or empty set": ("v = {}", "v = set()"),
    "set or frozenset": ("v = {1}", "v = frozenset({1})"),
    "nested emptiness": ("v = [[], []]", "v = [[[]]]"),
    "where one list ends": ("v = [[1, 2], [3]]", "v = [[1], [2, 3]]"),
    "key or value": ("v = {'a': 'b'}", "v = {'b': 'a'}"),
    "none or its name": ("v = None", "v = 'None'"),
    "text or bytes": ("v = 'a'", "v = b'a'"),
    "int or float": ("v = [1]", "v = [1.0]"),
    "true or one in a tuple": ("v = (1, [])", "v = (True, [])"),
    "complex negative zero": ("v = complex(0.0, 0.0)", "v = complex(0.0, -0.0)"),
    "lone surrogate": ("v = '\\ud800'", "v = '\\ud801'"),
    "big ints": ("v = 2 ** 200", "v = 2 ** 200 + 1"),
    "long texts": ("v = 'a' * 100_000", "v = 'a' * 99_999 + 'b'"),
    "long lists": ("v = list(range(100_000))", "v = [*range(99_999), -1]"),
    "a flat dict among many": ("v = [{'a': i} for i in range(100)]", "v = [{'a': i} for i in range(99)] + [{'a': 98}]"),
    "the same flat dict twice among many": (
        "v = [{'a': i} for i in range(100)]\nv.append(v[7])",
        "v = [{'a': i} for i in range(100)]\nv.append({'a': 7})",
    ),
    "mixed list order": ("v = [1, [2], 3]", "v = [1, 3, [2]]"),
    "cycle through a dict": ("v = {}\nv['a'] = v", "v = {'a': {}}\nv['a']['a'] = v['a']"),
    "cycle through a tuple": ("x = []\nx.append((x,))\nv = x", "x = []\nx.append(([],))\nv = x"),
    "bytearrays shared": ("x = bytearray(b'a')\nv = [x, x]", "v = [bytearray(b'a'), bytearray(b'a')]"),
    "view of which bytes": ("v = memoryview(b'abc')[:2]", "v = memoryview(b'abc')[1:]"),
    "view of a shared buffer": (
        "b = bytearray(b'abc')\nv = [b, memoryview(b)]",
        "v = [bytearray(b'abc'), memoryview(bytearray(b'abc'))]",
    ),
    "range step": ("v = range(0, 10, 2)", "v = range(0, 10, 3)"),
    "slice bounds": ("v = slice(1, 2)", "v = slice(1, None)"),
    "ellipsis or not implemented": ("v = ...", "v = NotImplemented"),
    "set of tuples with objects": (
        "class O: pass\na, b = O(), O()\na.x = 1\nb.x = 2\nv = ({(1, a)}, a)",
        "class O: pass\na, b = O(), O()\na.x = 1\nb.x = 2\nv = ({(1, b)}, b)",
    ),
    "object in a set is the one beside it": (
        "class O: pass\na = O()\nv = [{a}, a]",
        "class O: pass\nv = [{O()}, O()]",
    ),
    # subclasses
    "attributes of a list subclass": (
        "class L(list): pass\nv = L([1])\nv.k = 1",
        "class L(list): pass\nv = L([1])\nv.k = 2",
    ),
    "attributes of a dict subclass": (
        "class D(dict): pass\nv = D(a=1)\nv.k = 1",
        "class D(dict): pass\nv = D(a=1)\nv.k = 2",
    ),
    "items of a dict subclass that hides them": (
        "class D(dict):\n    def items(self): return ()\n    def __iter__(self): return iter(())\nv = D(a=1)",
        "class D(dict):\n    def items(self): return ()\n    def __iter__(self): return iter(())\nv = D(a=2)",
    ),
    "attributes of a str subclass": (
        "class S(str): pass\nv = S('a')\nv.k = 1",
        "class S(str): pass\nv = S('a')\nv.k = 2",
    ),
    "value of an int subclass": ("class I(int): pass\nv = I(1)", "class I(int): pass\nv = I(2)"),
    "value of a float subclass": (
        "class F(float):\n    def __float__(self): return 0.0\nv = F(1)",
        "class F(float):\n    def __float__(self): return 0.0\nv = F(2)",
    ),
    "slots of a tuple subclass": (
        "class T(tuple): pass\nv = T((1,))\nv.a = 1",
        "class T(tuple): pass\nv = T((1,))\nv.a = 2",
    ),
    "counter or dict": ("v = collections.Counter('aab')", "v = {'a': 2, 'b': 1}"),
    "ordered dict moved": (
        "v = collections.OrderedDict(a=1, b=2)",
        "v = collections.OrderedDict(a=1, b=2)\nv.move_to_end('a')",
    ),
    "fields of a namedtuple class": (
        "v = collections.namedtuple('P', 'x y')(1, 2)",
        "v = collections.namedtuple('P', 'x z')(1, 2)",
    ),
    # standard library
    "deque bound": ("v = collections.deque([1])", "v = collections.deque([1], 5)"),
    "chain map": ("v = collections.ChainMap({'a': 1}, {'b': 1})", "v = collections.ChainMap({'a': 1, 'b': 1})"),
    "fold": ("v = dt.datetime(2020, 1, 1, fold=0)", "v = dt.datetime(2020, 1, 1, fold=1)"),
    "same moment in two zones": (
        "v = dt.datetime(2020, 1, 1, 12, tzinfo=zoneinfo.ZoneInfo('UTC'))",
        "v = dt.datetime(2020, 1, 1, 12, tzinfo=zoneinfo.ZoneInfo('Europe/London'))",
    ),
    "date or datetime": ("v = dt.date(2020, 1, 1)", "v = dt.datetime(2020, 1, 1)"),
    "name of a zone": ("v = dt.timezone(dt.timedelta(0), 'A')", "v = dt.timezone(dt.timedelta(0), 'B')"),
    "negative decimal zero": ("v = decimal.Decimal('0')", "v = decimal.Decimal('-0')"),
    "fraction or int": ("v = fractions.Fraction(2)", "v = 2"),
    "kind of path": ("v = pathlib.PurePosixPath('a')", "v = pathlib.PureWindowsPath('a')"),
    "uuid": ("v = uuid.UUID(int=1)", "v = uuid.UUID(int=2)"),
    "pattern of bytes": ("v = re.compile('a')", "v = re.compile(b'a')"),
    "groups of a match": ("v = re.match('(a)b?', 'ab')", "v = re.match('(ab?)', 'ab')"),
    "array type": ("v = array.array('i', [1])", "v = array.array('l', [1])"),
    "namespace": ("v = types.SimpleNamespace(a=1)", "v = types.SimpleNamespace(a=2)"),
    "position in a stream": ("v = io.StringIO('ab')", "v = io.StringIO('ab')\nv.read(1)"),
    "bytes in a stream": ("v = io.BytesIO(b'a')", "v = io.BytesIO(b'b')"),
    "random gauss": ("v = random.Random(1)\nv.gauss(0, 1)", "v = random.Random(1)\nv.random()\nv.random()"),
    "arguments of an exception": ("v = ValueError('a')", "v = ValueError('b')"),
    "attributes of an exception": ("v = ValueError()\nv.k = 1", "v = ValueError()\nv.k = 2"),
    "cause of an exception": ("v = ValueError()\nv.__cause__ = KeyError(1)", "v = ValueError()\nv.__cause__ = KeyError(2)"),
    "file of an error": ("v = OSError(2, 'no', 'a')", "v = OSError(2, 'no', 'b')"),
    "partial keyword": ("v = functools.partial(int, base=2)", "v = functools.partial(int, base=3)"),
    "bound method of which object": ("v = [1].append", "v = [2].append"),
    "method of which name": ("x = []\nv = x.append", "x = []\nv = x.extend"),
    "alias of a type": ("v = list[int]", "v = list[str]"),
    "typing alias": ("v = typing.Optional[int]", "v = typing.Optional[str]"),
    "callable alias": ("v = typing.Callable[[int], str]", "v = typing.Callable[[str], str]"),
    "union": ("v = int | str", "v = int | None"),
    "type variable bound": ("v = typing.TypeVar('T', bound=int)", "v = typing.TypeVar('T', bound=str)"),
    "weak reference": ("class O: pass\nx = O()\nx.a = 1\nv = [x, weakref.ref(x)]", "class O: pass\nx, y = O(), O()\nx.a = 1\ny.a = 1\nv = [x, weakref.ref(y), y][:2]\nkeep = y"),
    "weak values": (
        "class O: pass\nx = O()\nx.a = 1\nv = [x, weakref.WeakValueDictionary(k=x)]",
        "class O: pass\nx = O()\nx.a = 1\nv = [x, weakref.WeakValueDictionary(j=x)]",
    ),
    "position of an iterator": ("v = iter([1, 2])", "v = iter([1, 2])\nnext(v)"),
    "start of enumerate": ("v = enumerate([1])", "v = enumerate([1], 5)"),
    "function of map": ("v = map(int, ['1'])", "v = map(float, ['1'])"),
    "zip of what": ("v = zip([1], [2])", "v = zip([1], [3])"),
    "reversed of what": ("v = reversed([1, 2])", "v = reversed([1, 3])"),
    "logger": ("v = logging.getLogger('a')", "v = logging.getLogger('b')"),
    "struct": ("v = struct.Struct('i')", "v = struct.Struct('q')"),
    "itemgetter": ("v = operator.itemgetter(1)", "v = operator.itemgetter(2)"),
    "string template": ("v = string.Template('a')", "v = string.Template('b')"),
    "read-only view": ("v = types.MappingProxyType({'a': 1})", "v = types.MappingProxyType({'a': 2})"),
    # objects
    "order of attributes": (
        "class O: pass\nv = O()\nv.a = 1\nv.b = 2",
        "class O: pass\nv = O()\nv.b = 2\nv.a = 1",
    ),
    "mangled attribute": (
        "class O:\n    def __init__(self): self.__x = 1\nv = O()",
        "class O:\n    def __init__(self): self.__x = 2\nv = O()",
    ),
    "inherited slots": (
        "class A:\n    __slots__ = ('a',)\nclass B(A):\n    __slots__ = ('b',)\nv = B()\nv.a = 1",
        "class A:\n    __slots__ = ('a',)\nclass B(A):\n    __slots__ = ('b',)\nv = B()\nv.b = 1",
    ),
    "slots and a dict": (
        "class A:\n    __slots__ = ('a', '__dict__')\nv = A()\nv.a = 1\nv.c = 1",
        "class A:\n    __slots__ = ('a', '__dict__')\nv = A()\nv.a = 1\nv.c = 2",
    ),
    "slot with a mangled name": (
        "class A:\n    __slots__ = ('__a',)\n    def set(self, x):\n        self.__a = x\n        return self\nv = A().set(1)",
        "class A:\n    __slots__ = ('__a',)\n    def set(self, x):\n        self.__a = x\n        return self\nv = A().set(2)",
    ),
    "state of a class that pickles itself": (
        "class A:\n    def __init__(self, x): self.x = x\n    def __getstate__(self): return {'x': self.x, 'y': [self.x]}\nv = A(1)",
        "class A:\n    def __init__(self, x): self.x = x\n    def __getstate__(self): return {'x': self.x, 'y': [self.x]}\nv = A(2)",
    ),
    "arguments of a reducer": (
        "class A:\n    def __init__(self, x): self.x = x\n    def __reduce__(self): return A, (self.x,), {'y': [self.x]}\nv = A(1)",
        "class A:\n    def __init__(self, x): self.x = x\n    def __reduce__(self): return A, (self.x,), {'y': [self.x]}\nv = A(2)",
    ),
    "sharing in a state": (
        "class A:\n    def __getstate__(self): return dict(vars(self))\nv = A()\nv.a = []\nv.b = v.a",
        "class A:\n    def __getstate__(self): return dict(vars(self))\nv = A()\nv.a = []\nv.b = []",
    ),
    "own word of a class": (
        "class A:\n    def __init__(self, x): self.x = x\n    def __cashet_fingerprint__(self): return self.x\nv = A(1)",
        "class A:\n    def __init__(self, x): self.x = x\n    def __cashet_fingerprint__(self): return self.x\nv = A(2)",
    ),
    "word for dask": (
        "class A:\n    def __init__(self, x): self.x = x\n    def __dask_tokenize__(self): return ['A', self.x]\nv = A(1)",
        "class A:\n    def __init__(self, x): self.x = x\n    def __dask_tokenize__(self): return ['A', self.x]\nv = A(2)",
    ),
    "an object and its attributes": (
        "class O: pass\nx = O()\nx.a = 1\nv = [x, vars(x)]",
        "class O: pass\nx = O()\nx.a = 1\nv = [x, dict(vars(x))]",
    ),
    "frozen dataclass": (
        "@dataclasses.dataclass(frozen=True)\nclass P:\n    x: int\nv = P(1)",
        "@dataclasses.dataclass(frozen=True)\nclass P:\n    x: int\nv = P(2)",
    ),
    "dataclass with slots": (
        "@dataclasses.dataclass(slots=True)\nclass P:\n    x: int\nv = P(1)",
        "@dataclasses.dataclass(slots=True)\nclass P:\n    x: int\nv = P(2)",
    ),
    "object or object": ("x = object()\nv = [x, x]", "v = [object(), object()]"),
}  # fmt: skip

#: name -> two sources that bind `v`
EQUAL: dict[str, tuple[str, str]] = {
    "tuples shared or not": ("t = (1, (2, 'x' * 200))\nv = [t, t]", "v = [(1, (2, 'x' * 200)), (1, (2, 'x' * 200))]"),
    "tuples with lists, shared or not": ("x = []\nt = (x,)\nv = [t, t]", "x = []\nv = [(x,), (x,)]"),
    "frozensets shared or not": ("f = frozenset({(1, 2)})\nv = [f, f]", "v = [frozenset({(1, 2)}), frozenset({(1, 2)})]"),
    "history of a dict": ("v = {'a': 1, 'b': 2}", "v = {'z': 0, 'a': 1}\ndel v['z']\nv['b'] = 2"),
    "history of a list": ("v = [1, 2]", "v = [0] * 1000\nv[:] = [1, 2]"),
    "order of a set of tuples": (
        "v = {(i, str(i)) for i in range(50)}",
        "v = set()\nfor i in reversed(range(50)): v.add((i, str(i)))",
    ),
    "order of a set of objects": (
        "class O: pass\nv = set()\nfor i in range(20):\n    o = O()\n    o.i = i\n    v.add(o)",
        "class O: pass\nv = set()\nfor i in reversed(range(20)):\n    o = O()\n    o.i = i\n    v.add(o)",
    ),
    "order of a set of sets": (
        "v = {frozenset({i, i + 1}) for i in range(20)}",
        "v = {frozenset({i + 1, i}) for i in reversed(range(20))}",
    ),
    "order of a set of objects that know each other": (
        "class O: pass\nos = [O() for _ in range(6)]\nfor i, o in enumerate(os):\n    o.i = i\n    o.near = {os[i - 1], os[(i + 1) % 6]}\nv = set(os)",
        "class O: pass\nos = [O() for _ in range(6)]\nfor i, o in enumerate(os):\n    o.i = i\n    o.near = {os[(i + 1) % 6], os[i - 1]}\nv = set(reversed(os))",
    ),
    "dates shared or not": ("d = dt.date(2020, 1, 1)\nv = [d, d]", "v = [dt.date(2020, 1, 1), dt.date(2020, 1, 1)]"),
    "cached hash of a path": ("v = pathlib.PurePosixPath('a')", "v = pathlib.PurePosixPath('a')\nhash(v), str(v)"),
    "comment in a lambda": ("v = lambda x: (x + 1)", "v = lambda x: (  # comment\n    x + 1\n)"),
    "results in a cache": (
        "@functools.lru_cache\ndef v(x): return x",
        "@functools.lru_cache\ndef v(x): return x\nv(1)",
    ),
    "dispatch that has been used": (
        "@functools.singledispatch\ndef v(x): return x",
        "@functools.singledispatch\ndef v(x): return x\nv(1)",
    ),
    "class that was pickled": ("class v: pass", "class v: pass\nimport copyreg\ncopyreg._slotnames(v)"),
    "abstract class that was asked": (
        "class v(abc.ABC): pass",
        "class v(abc.ABC): pass\nisinstance(1, v), issubclass(int, v)",
    ),
    "flags that were combined": (
        "class v(enum.Flag):\n    A = 1\n    B = 2",
        "class v(enum.Flag):\n    A = 1\n    B = 2\nv.A | v.B",
    ),
    "bound method taken twice": ("class A:\n    def m(self): pass\na = A()\nv = [a.m, a.m]", "class A:\n    def m(self): pass\na = A()\nm = a.m\nv = [m, m]"),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFER)
def test_what_can_be_told_apart_is(name):
    a, b = DIFFER[name]
    assert fingerprint_value(build(a)) != fingerprint_value(build(b))


@pytest.mark.parametrize("name", EQUAL)
def test_what_cannot_be_told_apart_is_not(name):
    a, b = EQUAL[name]
    assert fingerprint_value(build(a)) == fingerprint_value(build(b))


@pytest.mark.parametrize("source", [source for pair in (*DIFFER.values(), *EQUAL.values()) for source in pair])
def test_a_value_built_again_is_the_same(source):
    first, second = build(source), build(source)
    assert fingerprint_value(first) == fingerprint_value(second)


#: what pickle or cloudpickle do not keep, or refuse
LOST = (
    "weakref", "memoryview", "re.match", "TypeVar", "MappingProxyType", "__cause__", "vars(x)]", "def items",
    "struct.Struct", "lru_cache", "singledispatch", "slots", "frozen=True",
)  # fmt: skip


@pytest.mark.parametrize("source", [source for pair in (*DIFFER.values(), *EQUAL.values()) for source in pair])
def test_a_pickled_copy_is_the_same(source):
    if any(word in source for word in LOST):
        pytest.skip("pickle does not keep this")
    value = build(source)
    assert fingerprint_value(pickled_copy(value)) == fingerprint_value(value)


@pytest.mark.parametrize("name", ["nested", "shared"])
def test_a_deep_copy_is_the_same(name):
    shared = [1, {"a": (2.5, None)}]
    value = {"nested": [shared, {"k": {1, 2}}], "shared": [shared, shared, (shared, shared)]}[name]
    assert fingerprint_value(copy.deepcopy(value)) == fingerprint_value(value)
    assert fingerprint_value(pickle.loads(pickle.dumps(value))) == fingerprint_value(value)
