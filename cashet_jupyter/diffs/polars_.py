"""Frames and series of polars, in its own engine: numpy need not be there."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cashet_jupyter.diffs.comparing import Comparing
from cashet_jupyter.diffs.engine import Column, Frame, Measured, Rows
from cashet_jupyter.diffs.frames import compare
from cashet_jupyter.diffs.keys import by_key, by_position, cost_of, only_at_the_end
from cashet_jupyter.diffs.model import ValueDiff
from cashet_jupyter.diffs.words import brief, cut


def compare_frames(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two frames: rows by a key or by position; columns by their names."""
    frames = [
        Frame(tuple(Column(series.name, str(series.dtype), series) for series in frame.get_columns()), frame.height)
        for frame in (old, new)
    ]
    return compare("frame", frames[0], frames[1], (brief(old), brief(new)), PolarsEngine(keyed=True), comparing)


def compare_series(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two series by position; what they are called counts too."""
    frames = [Frame((Column("value", str(series.dtype), series),), len(series)) for series in (old, new)]
    found = compare("series", frames[0], frames[1], (brief(old), brief(new)), PolarsEngine(keyed=False), comparing)
    if old.name == new.name:
        return found
    said = f"name {old.name!r} -> {new.name!r}"
    return replace(found, verdict="different", change=f"{said}; {found.change}" if found.change else said)


def compare_lazy(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two plans: nothing is computed."""
    return comparing.inside(old.explain(optimized=False), new.explain(optimized=False))


class PolarsEngine:
    """See `engine.Engine` and `keys.Keyed`. Masks are series of truth values."""

    def __init__(self, *, keyed: bool) -> None:
        self._keyed = keyed

    def match(self, old: Frame, new: Frame, pairs: Sequence[tuple[Column, Column]], comparing: Comparing) -> Rows:
        """By a key if that is better than by position."""
        plain = by_position(old.height, new.height)
        if not (pairs and plain.common and self._keyed):
            return plain
        cost = cost_of(plain, pairs, self, comparing)
        if only_at_the_end(cost, plain, pairs):
            return plain
        return by_key(pairs, (old.height, new.height), self, comparing, cost) or plain

    def may_be_key(self, column: Column) -> bool:
        """Integers, text and times."""
        dtype = column.data.dtype
        return dtype.is_integer() or dtype.is_temporal() or str(dtype) == "String"

    def unique(self, column: Column, most: int | None) -> bool:
        """Whether nothing repeats and nothing is missing."""
        data = column.data if most is None else column.data.head(most)
        return data.null_count() == 0 and data.n_unique() == len(data)

    def by_key(self, old: Column, new: Column, how: str) -> Rows:
        """A join of the keys with where they stand."""
        pl = sys.modules["polars"]
        sides = [
            pl.DataFrame({"key": column.data.alias("key")}).with_row_index(name)
            for column, name in ((old, "old"), (new, "new"))
        ]
        joined = sides[0].join(sides[1], on="key", how="full", coalesce=True).select("old", "new")
        common = joined.drop_nulls().sort("old")
        removed = joined.filter(pl.col("new").is_null())["old"].sort()
        added = joined.filter(pl.col("old").is_null())["new"].sort()
        places = common["old"], common["new"]
        return Rows(
            how,
            common.height,
            *places,
            len(removed),
            len(added),
            tuple(removed.head(10).to_list()),
            tuple(added.head(10).to_list()),
            moved=not places[1].is_sorted(),
            labels=(old.data, new.data),
        )

    def block(self, data: Any, places: Any, at: int, end: int) -> Any:
        """A slice without a copy, or the rows at some places."""
        return data.slice(at, end - at) if places is None else data.gather(places.slice(at, end - at))

    def take(self, data: Any, places: list[int]) -> Any:
        """The rows at some places."""
        return data.gather(places)

    def unequal(self, old: Any, new: Any, comparing: Comparing) -> Any:
        """Null is equal to null; NaN to NaN, as polars has it."""
        pl = sys.modules["polars"]
        try:
            return old.ne_missing(new)
        except Exception:  # types that polars does not compare, by whatever error
            pairs = zip(old.to_list(), new.to_list(), strict=True)
            return pl.Series([comparing.inside(a, b).verdict != "equal" for a, b in pairs], dtype=pl.Boolean)

    def either(self, mask: Any, other: Any) -> Any:
        """Or."""
        return mask | other

    def count(self, mask: Any) -> int:
        """How often it is set."""
        return int(mask.sum() or 0)

    def first(self, mask: Any, most: int) -> list[int]:
        """The first places."""
        return mask.arg_true().head(most).to_list()

    def measure(self, old: Any, new: Any, mask: Any) -> Measured | None:
        """Numbers and times that both have; times in seconds."""
        before, after = (_numbers(block.filter(mask)) for block in (old, new))
        if before is None or after is None:
            return None
        by = after - before
        by = by.filter(by.is_finite().fill_null(value=False))
        if not len(by):
            return None
        largest, total = float(by.abs().max()), float(by.sum())
        return Measured(len(by), largest, total) if math.isfinite(total) else Measured(len(by), largest, 0.0)

    def cell(self, data: Any, at: int) -> Any:
        """One value."""
        return data[at]

    def place(self, places: Any, at: int) -> int:
        """Where a common row is."""
        return at if places is None else int(places[at])

    def label(self, labels: Any, at: int) -> str:
        """Its key, else its position."""
        return str(at) if labels is None else cut(str(labels[at]), 40)


#: units of polars' times, by how many there are in a second
_UNITS = {"ns": 1e9, "us": 1e6, "ms": 1e3}


def _numbers(block: Any) -> Any:
    """Cells as floats; None if they are no numbers."""
    pl = sys.modules["polars"]
    dtype = block.dtype
    if dtype.is_numeric():
        return block.cast(pl.Float64)
    if dtype == pl.Date:
        return block.cast(pl.Int32).cast(pl.Float64) * 86400.0
    if dtype.is_temporal() and (unit := getattr(dtype, "time_unit", None)) in _UNITS:
        return block.cast(pl.Int64).cast(pl.Float64) / _UNITS[unit]
    return None
