"""Odd and hostile values, each against each: a diff never raises, and never calls a value different from itself."""

import array
import collections
import ctypes
import datetime
import decimal
import functools
import itertools
import json
import math
import re
import sys
import threading
import types

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from cashet_jupyter.diffs.compare import compare
from cashet_jupyter.render.answer import Style
from cashet_jupyter.render.diff_data import value_data
from cashet_jupyter.render.diff_html import value_html
from cashet_jupyter.render.diff_values import value_lines


class Evil:
    def __getattribute__(self, name):
        raise RuntimeError(name)


class Meta(type):
    def __eq__(cls, other):
        raise ValueError

    __hash__ = type.__hash__


class Made(metaclass=Meta):
    pass


class Sulky:
    """What subclasses of containers, text and numbers may raise."""

    def _fail(self, *args):
        raise ValueError

    __eq__ = __ne__ = __len__ = __iter__ = __repr__ = __str__ = __sub__ = __abs__ = __contains__ = _fail
    keys = items = values = get = _fail


class BadList(Sulky, list):
    pass


class BadDict(Sulky, dict):
    pass


class BadText(Sulky, str):
    __hash__ = str.__hash__


class BadNumber(Sulky, int):
    __hash__ = int.__hash__


def odd():
    return [
        *(None, 1, 2.5, "a", "é\ud800", b"x", bytearray(b"y"), memoryview(b"zz"), [1], (1,), {1}, {"a": 1}, ..., NotImplemented),
        *(Evil(), Made(), Made, BadList([1]), BadDict(a=1), BadText("q"), BadNumber(3), Evil, int, type(None), sys, len),
        *(lambda x: x, functools.partial(max, 1), re.compile("a"), itertools.count(), (i for i in [1]), iter([]), threading.Lock()),
        *(10**6000, math.nan, complex("nan"), decimal.Decimal("sNaN"), range(10**30), slice(1), array.array("d", [1.0])),
        *(datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), datetime.timedelta.max, datetime.date.max),
        *(types.SimpleNamespace(a=1), types.MappingProxyType({"a": 1}), ctypes.c_int(3), collections.ChainMap({}), {}.keys(), Exception("a")),
        *(np.arange(3), np.float32(2), np.array("x"), np.array(5), np.zeros((0, 2)), np.datetime64("NaT"), np.void(b"ab")),
        *(np.array([object()], object), np.ma.array([1, 2], mask=[0, 1]), np.zeros(2, [("a", int)]), np.random.default_rng(0)),
        *(pd.DataFrame({"a": [1]}), pd.DataFrame(), pd.DataFrame({1: [1], "x": [datetime.date(2020, 1, 1)]}), pd.Series([None, "x"])),
        *(pd.Series([{1: 2}]), pd.MultiIndex.from_tuples([(1, 2)]), pd.NaT, pd.NA, pd.Timestamp("2020", tz="UTC"), pd.Categorical(["a"])),
        *(pl.DataFrame({"a": [1]}), pl.DataFrame(), pl.Series([[1]]), pl.Series([object()]), pl.col("a"), pl.Series([{"a": 1}])),
        *(pa.table({"a": [{"x": 1}]}), pa.array([[1]]), pa.nulls(3), pa.array(["a", "b"]).dictionary_encode(), pa.scalar(1)),
        *("x" * 100_000, "\n" * 1000, object()),
    ]  # fmt: skip


def test_odd_values_against_one_another():
    for (one, old), (other, new) in itertools.combinations_with_replacement(enumerate(odd()), 2):
        diff = compare(old, new)
        json.dumps(value_data(diff), allow_nan=False)
        html = value_html(diff)
        assert html.count("<div") == html.count("</div")
        assert all("\x1b" not in line for line in value_lines(diff, Style(80)))
        assert not (one == other and diff.differs)
        assert compare(new, old).verdict == diff.verdict
