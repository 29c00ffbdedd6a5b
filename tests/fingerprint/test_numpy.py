"""NumPy's values: what a cell can see of an array counts, its history does not."""

from __future__ import annotations

import copy
import pickle

import pytest

from cashet_jupyter.errors import NotFingerprintable
from cashet_jupyter.fingerprint import fingerprint_value
from cashet_jupyter.fingerprint.graph import InputGraph
from tests.fingerprint.sources import build

np = pytest.importorskip("numpy")

IMPORT = "import numpy as np\n"
RECORD = "np.dtype([('a', 'i1'), ('b', 'f8')], align=True)"

DIFFER = {
    "byte order": ("v = np.arange(3, dtype='<i4')", "v = np.arange(3, dtype='>i4')"),
    "byte order and bytes": ("v = np.array([1], '<i2')", "v = np.array([256], '>i2')"),
    "signed or not": ("v = np.zeros(2, 'i8')", "v = np.zeros(2, 'u8')"),
    "size of text": ("v = np.array(['a'], 'U1')", "v = np.array(['a'], 'U2')"),
    "text or bytes": ("v = np.array(['a'])", "v = np.array([b'a'])"),
    "no dimension or one": ("v = np.array(1.0)", "v = np.array([1.0])"),
    "array or scalar": ("v = np.array(1.0)", "v = np.float64(1.0)"),
    "scalar types": ("v = np.float64(1.0)", "v = np.float32(1.0)"),
    "scalar of another name": ("v = np.int64(1)", "v = np.uint64(1)"),
    "text scalar or text": ("v = np.str_('a')", "v = 'a'"),
    "empty shapes": ("v = np.zeros((0, 3))", "v = np.zeros((3, 0))"),
    "order of memory": ("v = np.ones((2, 3))", "v = np.ones((2, 3), order='F')"),
    "negative zero": ("v = np.array([0.0])", "v = np.array([-0.0])"),
    "names of fields": ("v = np.zeros(2, [('a', 'i4')])", "v = np.zeros(2, [('b', 'i4')])"),
    "offsets of fields": (
        "v = np.zeros(2, {'names': ['a'], 'formats': ['i1'], 'offsets': [0], 'itemsize': 4})",
        "v = np.zeros(2, {'names': ['a'], 'formats': ['i1'], 'offsets': [1], 'itemsize': 4})",
    ),
    "value in a record": (f"v = np.zeros(2, {RECORD})", f"v = np.zeros(2, {RECORD})\nv['b'][1] = 1"),
    "field of a record with objects": (
        "v = np.array([(1, 'a')], [('n', 'i4'), ('o', object)])",
        "v = np.array([(1, 'b')], [('n', 'i4'), ('o', object)])",
    ),
    "array fields": ("v = np.zeros(2, [('a', 'i4', (2,))])", "v = np.zeros(2, [('a', 'i4', (1, 2))])"),
    "record array": ("v = np.zeros(2, [('a', 'i4')])", "v = np.zeros(2, [('a', 'i4')]).view(np.recarray)"),
    "metadata": ("v = np.dtype('i4')", "v = np.dtype('i4', metadata={'a': 1})"),
    "unit of a date": ("v = np.datetime64('2020-01-01')", "v = np.datetime64('2020-01-01T00')"),
    "not a time": ("v = np.array(['NaT'], 'M8[s]')", "v = np.array([0], 'M8[s]')"),
    "hidden value of a masked array": (
        "v = np.ma.array([1, 2], mask=[0, 1])",
        "v = np.ma.array([1, 3], mask=[0, 1])",
    ),
    "fill value": ("v = np.ma.array([1, 2], mask=[0, 1], fill_value=7)", "v = np.ma.array([1, 2], mask=[0, 1], fill_value=8)"),
    "hard mask": ("v = np.ma.array([1, 2], mask=[0, 1])", "v = np.ma.array([1, 2], mask=[0, 1], hard_mask=True)"),
    "matrix or array": ("v = np.eye(2)", "v = np.matrix(np.eye(2))"),
    "attribute of a subclass": (
        "class A(np.ndarray): pass\nv = np.zeros(2).view(A)\nv.k = 1",
        "class A(np.ndarray): pass\nv = np.zeros(2).view(A)\nv.k = 2",
    ),
    "one object twice": ("x = []\nv = np.array([x, x, 1], object)", "v = np.array([[], [], 1], object)"),
    "views at other places": (
        "x = np.zeros(4)\nv = [x[:2], x[1:3]]",
        "x = np.zeros(5)\nv = [x[:2], x[3:]]",
    ),
    "which way a view overlaps": (
        "x = np.zeros(4)\nv = [x[:3], x[1:]]",
        "x = np.zeros(4)\nv = [x[1:], x[:3]]",
    ),
    "reversed view": ("x = np.zeros(3)\nv = [x, x[::-1]]", "v = [np.zeros(3), np.zeros(3)]"),
    "view of objects": ("x = np.array([None, None])\nv = [x, x[:1]]", "v = [np.array([None, None]), np.array([None])]"),
    "state of the old generator": ("v = np.random.RandomState(1)", "v = np.random.RandomState(2)"),
    "gauss of the old generator": (
        "v = np.random.RandomState(1)\nv.normal()",
        "v = np.random.RandomState(1)\nv.random_sample(2)",
    ),
    "kind of generator": ("v = np.random.Generator(np.random.PCG64(1))", "v = np.random.Generator(np.random.MT19937(1))"),
    "children of a seed": (
        "v = np.random.default_rng(1)",
        "v = np.random.default_rng(1)\nv.spawn(1)",
    ),
    "shared bit generator": (
        "b = np.random.PCG64(1)\nv = [np.random.Generator(b), np.random.Generator(b)]",
        "v = [np.random.Generator(np.random.PCG64(1)), np.random.Generator(np.random.PCG64(1))]",
    ),
    "universal function": ("v = np.add", "v = np.subtract"),
    "vectorized function": ("v = np.vectorize(lambda x: x)", "v = np.vectorize(lambda x: x + 1)"),
    "polynomial": ("v = np.poly1d([1, 2])", "v = np.poly1d([1, 3])"),
}  # fmt: skip

EQUAL = {
    "strided view": ("v = np.arange(12).reshape(3, 4)[:, ::2]", "v = np.arange(12).reshape(3, 4)[:, ::2].copy()"),
    "reversed view": ("v = np.arange(3)[::-1]", "v = np.array([2, 1, 0])"),
    "slice of a bigger array": ("v = np.arange(10)[2:5]", "v = np.arange(2, 5)"),
    "padding of records": (
        f"v = np.frombuffer(bytes(range(32)), {RECORD}).copy()\nv['a'] = 1\nv['b'] = 2",
        f"v = np.zeros(2, {RECORD})\nv['a'] = 1\nv['b'] = 2",
    ),
    "long doubles": ("v = np.array([1, 2], np.longdouble)", "v = np.array(['1', '2']).astype(np.longdouble)"),
    "views that do not overlap": ("x = np.zeros(4)\nv = [x[:2], x[2:]]", "v = [np.zeros(2), np.zeros(2)]"),
    "asked for its fill value": (
        "v = np.ma.array([1, 2], mask=[0, 1])",
        "v = np.ma.array([1, 2], mask=[0, 1])\nv.fill_value",
    ),
    "read-only copy of one": ("v = np.zeros(2)\nv.setflags(write=False)", "v = np.zeros(2).copy()\nv.setflags(write=False)"),
    "generator drawn to the same state": (
        "v = np.random.default_rng(1)",
        "v = np.random.default_rng(1)\ns = v.bit_generator.state\nv.normal()\nv.bit_generator.state = s",
    ),
}  # fmt: skip

KEPT = [
    source
    for pair in (*DIFFER.values(), *EQUAL.values())
    for source in pair
    if "x[" not in source and "write=" not in source
]


#: what pickle cannot take, or what NumPy's own pickling loses
LOST = ("lambda", "class", "metadata", "'>i", "hard_mask")


@pytest.mark.parametrize("name", DIFFER)
def test_what_a_cell_can_see_counts(name):
    a, b = (build(IMPORT + source) for source in DIFFER[name])
    assert fingerprint_value(a) != fingerprint_value(b)


@pytest.mark.parametrize("name", EQUAL)
def test_what_no_cell_can_see_does_not_count(name):
    a, b = (build(IMPORT + source) for source in EQUAL[name])
    assert fingerprint_value(a) == fingerprint_value(b)


@pytest.mark.parametrize("source", KEPT)
def test_a_value_made_again_and_a_pickled_copy_are_the_same(source):
    value = build(IMPORT + source)
    assert fingerprint_value(build(IMPORT + source)) == fingerprint_value(value)
    if not any(word in source for word in LOST):
        assert fingerprint_value(pickle.loads(pickle.dumps(value))) == fingerprint_value(value)
        assert fingerprint_value(copy.deepcopy(value)) == fingerprint_value(value)


@pytest.mark.skipif(not hasattr(np.dtypes, "StringDType"), reason="this NumPy has no StringDType")
def test_strings_of_any_length_count_by_their_text():
    from numpy.dtypes import StringDType

    long = "x" * 100
    a, b = np.array(["a", long], StringDType()), np.array(["b", long], StringDType())
    assert fingerprint_value(a) != fingerprint_value(b)
    b[0] = "a"
    assert fingerprint_value(a) == fingerprint_value(b)
    missing = np.array(["a", None], StringDType(na_object=None))
    assert fingerprint_value(missing) != fingerprint_value(np.array(["a", "b"], StringDType(na_object=None)))


def test_the_global_generator_is_not_taken_by_value():
    before = fingerprint_value(np.random.rand)
    np.random.rand()
    assert fingerprint_value(np.random.rand) == before


def test_a_function_that_hides_its_code_is_refused():
    with pytest.raises(NotFingerprintable, match="hides the code"):
        fingerprint_value(np.frompyfunc(lambda x: x, 1, 1))


def test_a_write_through_a_view_changes_both():
    base = np.zeros(4)
    view = base[1:3]
    graph = InputGraph(["base", "view", "other"], {"base": base, "view": view, "other": np.zeros(4)})
    view[0] = 1
    assert [graph.nodes[number] is base or graph.nodes[number] is view for number in graph.changed()] == [True, True]


def test_an_array_with_a_lock_is_refused_with_its_path():
    import threading

    with pytest.raises(NotFingerprintable, match=r"value\[1\]: a lock has no value"):
        fingerprint_value(np.array([1, threading.Lock()], object))
