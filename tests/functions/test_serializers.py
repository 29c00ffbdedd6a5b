from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import ipaddress
import math
import pathlib
import pickle
import uuid
import zoneinfo
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.errors import NotSerializable
from cashet_jupyter.functions.serializers import JsonSerializer, PickleSerializer, SafePickleSerializer, Serializer


@dataclass
class Point:
    x: int


class Colour(enum.Enum):
    RED = 1


class Attack:
    """Its pickle calls a function when it is loaded."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("serializer", [PickleSerializer(), SafePickleSerializer(), JsonSerializer()])
def test_all_are_serializers(serializer):
    assert isinstance(serializer, Serializer)
    assert serializer.loads(serializer.dumps({"a": [1, 2.5, None, "x", True]})) == {"a": [1, 2.5, None, "x", True]}


def test_any_object_with_both_methods_is_a_serializer():
    class Mine:
        def dumps(self, obj): ...
        def loads(self, data): ...

    assert isinstance(Mine(), Serializer)
    assert not isinstance(object(), Serializer)


def test_pickle_takes_a_protocol():
    assert PickleSerializer(protocol=2).dumps(1)[:2] == b"\x80\x02"
    assert PickleSerializer().loads(PickleSerializer().dumps(Point(1))) == Point(1)


PLAIN = [
    None, True, 42, 3.14, 2 + 1j, "x", b"x", bytearray(b"x"), [1, [2]], (1, 2), {1: "a"}, {1, 2}, frozenset({1}),
    range(3), slice(1, 2), ..., NotImplemented,
    datetime.datetime(2024, 1, 1), datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC), datetime.date(2024, 1, 1),
    datetime.time(1), datetime.timedelta(1), datetime.timezone(datetime.timedelta(hours=2)),
    datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
    decimal.Decimal("1.50"), fractions.Fraction(1, 3), uuid.UUID(int=7), ipaddress.ip_address("127.0.0.1"),
    pathlib.Path("a/b"), pathlib.PureWindowsPath("c:/x"),
    collections.OrderedDict(a=1), collections.Counter("aab"), collections.deque([1], maxlen=2),
    collections.defaultdict(list, a=[1]), collections.ChainMap({"a": 1}),
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_safe_pickle_gives_plain_data_back(value):
    again = SafePickleSerializer().loads(SafePickleSerializer().dumps(value))
    assert again == value
    assert type(again) is type(value)


ARRAYS = {
    "float": np.arange(3.0),
    "fortran": np.asfortranarray(np.ones((2, 3))),
    "objects": np.array(["a", None], dtype=object),
    "text": np.array(["a", "bc"]),
    "times": np.array(["2024-01-01"], dtype="M8[D]"),
    "rows": np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    "masked": np.ma.array([1, 2], mask=[0, 1]),
    "scalar": np.float32(1.5),
    "frame": pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.Categorical(["u", "v"])}),
    "zoned": pd.Series(pd.date_range("2024", periods=3, tz="Europe/Berlin")),
    "many": pd.DataFrame({"i": pd.array([1, None], dtype="Int64"), "p": pd.period_range("2024", periods=2, freq="M")}),
    "levels": pd.MultiIndex.from_product([[1, 2], ["a", "b"]]),
    "interval": pd.Series(pd.interval_range(0, 3)),
    "timestamp": pd.Timestamp("2024-01-01", tz="UTC"),
    "missing": pd.NaT,
    "offset": pd.date_range("2024", periods=3, freq="MS"),
    "sparse": pd.Series(pd.arrays.SparseArray([0, 0, 1])),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_safe_pickle_gives_arrays_and_frames_back(name):
    value = ARRAYS[name]
    again = SafePickleSerializer().loads(SafePickleSerializer().dumps(value))
    assert type(again) is type(value)
    assert pickle.dumps(again) == pickle.dumps(pickle.loads(pickle.dumps(value)))


@pytest.mark.parametrize(
    "attack",
    [
        Attack(print, "x"), Attack(eval, "1"), Attack(getattr, 1, "real"), Attack(open, "x"), Attack(type, "X", (), {}),
        Attack(pd.read_pickle, "x"), Attack(np.load, "x"), Attack(__import__, "os"), Attack(pickle.loads, b"I1\n."),
    ],
)  # fmt: skip
def test_safe_pickle_calls_nothing_that_is_not_allowed(attack):
    data = pickle.dumps([attack])
    with pytest.raises(pickle.UnpicklingError, match=r"Blocked class .*extra_classes"):
        SafePickleSerializer().loads(data)


def test_safe_pickle_allows_names_whole_and_exactly():
    for module, name in [("numpy.random", "seed"), ("collections", "abc.Mapping"), ("pandas", "io.common.os.system")]:
        data = b"\x80\x04" + pickle.SHORT_BINUNICODE + bytes([len(module)]) + module.encode()
        data += pickle.SHORT_BINUNICODE + bytes([len(name)]) + name.encode() + pickle.STACK_GLOBAL + b"."
        with pytest.raises(pickle.UnpicklingError, match="Blocked class"):
            SafePickleSerializer().loads(data)


def test_safe_pickle_refuses_to_write_what_it_would_not_load():
    for value in [Point(1), {"a": [Colour.RED]}, print, Point, lambda: 1, type(None)]:
        with pytest.raises(NotSerializable) as caught:
            SafePickleSerializer().dumps(value)
        assert isinstance(caught.value, pickle.PicklingError)
    assert "extra_classes=[Point]" in _refusal(Point(1)).advice
    assert "test_serializers.Point" in str(_refusal([Point(1)]))


def _refusal(value) -> NotSerializable:
    with pytest.raises(NotSerializable) as caught:
        SafePickleSerializer().dumps(value)
    return caught.value


@pytest.mark.parametrize("classes", [[Point, Colour], (Point, Colour), {Point, Colour}])
def test_safe_pickle_loads_the_classes_that_are_named(classes):
    serializer = SafePickleSerializer(extra_classes=classes)
    assert serializer.loads(serializer.dumps([Point(1), Colour.RED])) == [Point(1), Colour.RED]
    with pytest.raises(pickle.UnpicklingError, match="Blocked class"):
        SafePickleSerializer().loads(serializer.dumps(Point(1)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_json_gives_every_json_value_back(value):
    again = JsonSerializer().loads(JsonSerializer().dumps(value))
    assert repr(again) == repr(value)


def test_json_keeps_order_and_special_numbers():
    assert list(JsonSerializer().loads(JsonSerializer().dumps({"b": 1, "a": 2}))) == ["b", "a"]
    nan, inf, minus = JsonSerializer().loads(JsonSerializer().dumps([math.nan, math.inf, -0.0]))
    assert math.isnan(nan)
    assert math.isinf(inf)
    assert math.copysign(1, minus) == -1


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ((1, 2), ""), ({"a": [1, (2,)]}, "['a'][1]"), ({1: "x"}, ""), ({"a": {None: 1}}, "['a']"), ({1, 2}, ""),
        ([np.float64(1.5)], "[0]"), ([np.int64(1)], "[0]"), (collections.OrderedDict(a=1), ""), (b"x", ""),
        (datetime.date(2024, 1, 1), ""), (Point(1), ""), ({"a": Colour.RED}, "['a']"), (object(), ""),
    ],
)  # fmt: skip
def test_json_refuses_what_would_come_back_changed(value, path):
    with pytest.raises(NotSerializable) as caught:
        JsonSerializer().dumps(value)
    assert isinstance(caught.value, TypeError)
    assert caught.value.path == path
    assert caught.value.why


def test_json_refuses_what_holds_itself_and_takes_what_comes_twice():
    circle: list = []
    circle.append(circle)
    with pytest.raises(NotSerializable, match="holds itself"):
        JsonSerializer().dumps(circle)
    twice = [1]
    assert JsonSerializer().loads(JsonSerializer().dumps([twice, twice])) == [[1], [1]]
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NotSerializable, match="too deep"):
        JsonSerializer().dumps(deep)
