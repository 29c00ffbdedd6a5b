"""The scalars of pandas: timestamps, time differences, periods, intervals, offsets, and the two missing values.

All are immutable, so they have no identity, and all are encoded by their parts: the pickle reduction of a timestamp
forgets `fold`.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from cashet_jupyter.fingerprint.encoder import Encoder, register


def install() -> None:
    """Register the scalars."""
    register(pd.Timestamp, encode_timestamp, node=False)
    register(pd.Timedelta, encode_timedelta, node=False)
    register(pd.Period, encode_period, node=False)
    register(pd.Interval, encode_interval, node=False)
    register(pd.offsets.BaseOffset, encode_offset, node=False)
    register(type(pd.NaT), encode_missing, node=False)
    register(type(pd.NA), encode_missing, node=False)


def encode_timestamp(enc: Encoder, value: Any) -> None:
    """A point in time: the count since the epoch, its unit, its zone."""
    enc.values([value._value, value.unit, value.fold])
    enc.value(value.tzinfo)


def encode_timedelta(enc: Encoder, value: Any) -> None:
    """A time difference: the count and its unit."""
    enc.values([value._value, value.unit])


def encode_period(enc: Encoder, value: Any) -> None:
    """A period: the count and its frequency."""
    enc.value(value.ordinal)
    enc.value(value.freq)


def encode_interval(enc: Encoder, value: Any) -> None:
    """An interval: its ends, and which of them belong to it."""
    enc.text(value.closed)
    enc.value(value.left)
    enc.value(value.right)


def encode_offset(enc: Encoder, value: Any) -> None:
    """A date offset: its class and the arguments that make it anew."""
    _, arguments, *state = value.__reduce_ex__(5)
    enc.content(arguments)
    enc.content(state[0] if state else None)


def encode_missing(enc: Encoder, value: Any) -> None:
    """`NaT` or `NA`."""
    enc.text(repr(value))
