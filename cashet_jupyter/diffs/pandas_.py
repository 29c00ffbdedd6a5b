"""Frames, series and indexes of pandas."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cashet_jupyter.diffs import blocks
from cashet_jupyter.diffs.comparing import Comparing
from cashet_jupyter.diffs.engine import Column, Frame, Measured, Rows
from cashet_jupyter.diffs.frames import compare
from cashet_jupyter.diffs.model import ValueDiff
from cashet_jupyter.diffs.pandas_rows import by_labels, hashed, match
from cashet_jupyter.diffs.words import brief, cut, listed

#: kinds of element types that may name rows
_KEYS = "iuMO"
#: categories that are named
_CATEGORIES = 6


def compare_frames(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two frames: rows by their index or by a key; columns by their names."""
    found = compare("frame", _frame(old), _frame(new), (brief(old), brief(new)), PandasEngine(), comparing)
    return _with_index(found, old, new, comparing)


def compare_series(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two series: rows by their index; what they are called counts too."""
    frames = [
        Frame((Column("value", _dtype(series.dtype), _data(series)),), len(series), series.index)
        for series in (old, new)
    ]
    found = compare("series", frames[0], frames[1], (brief(old), brief(new)), PandasEngine(keyed=False), comparing)
    return _renamed(_with_index(found, old, new, comparing), old.name, new.name)


def compare_indexes(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two indexes, as values in order."""
    pandas = sys.modules["pandas"]
    if isinstance(old, pandas.MultiIndex) != isinstance(new, pandas.MultiIndex) or old.nlevels != new.nlevels:
        words = brief(old), brief(new)
        return ValueDiff("index", "different", *words, f"{old.nlevels} -> {new.nlevels} levels")
    kinds = type(old).__name__, type(new).__name__
    frames = [
        Frame(
            tuple(
                Column(f"level {n}", str(level.dtype), _data(level))
                for n, level in enumerate(index.get_level_values(n) for n in range(index.nlevels))
            ),
            len(index),
        )
        for index in (old, new)
    ]
    found = compare("index", frames[0], frames[1], (brief(old), brief(new)), PandasEngine(), comparing)
    found = _also(found, [f"{kinds[0]} -> {kinds[1]}"] if kinds[0] != kinds[1] else [])
    return _renamed(found, list(old.names), list(new.names))


def compare_extension(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two arrays of pandas' own: categories, missing values, times with a zone."""
    frames = [Frame((Column("value", _dtype(array.dtype), array),), len(array)) for array in (old, new)]
    words = (f"{type(old).__name__} {len(old)}", f"{type(new).__name__} {len(new)}")
    return compare("series", frames[0], frames[1], words, PandasEngine(keyed=False), comparing)


def _frame(frame: Any) -> Frame:
    columns = tuple(
        Column(_label(label), _dtype(dtype), _data(frame.iloc[:, number]))
        for number, (label, dtype) in enumerate(zip(frame.columns.tolist(), frame.dtypes.tolist(), strict=True))
    )
    return Frame(columns, len(frame), frame.index)


def _dtype(dtype: Any) -> str:
    """Its name, and which categories there are."""
    if type(dtype).__name__ != "CategoricalDtype" or dtype.categories is None:
        return str(dtype)
    values = listed(map(brief, dtype.categories[:_CATEGORIES].tolist()), _CATEGORIES)
    more = len(dtype.categories) - _CATEGORIES
    return f"category{', ordered' if dtype.ordered else ''} ({values}{f' and {more} more' if more > 0 else ''})"


def _label(label: Any) -> str:
    return label if isinstance(label, str) else brief(label)


def _data(series: Any) -> Any:
    """The values without a copy: an array of numpy, or one of pandas' own."""
    array = series.array
    return array.to_numpy() if type(array).__name__ in ("NumpyExtensionArray", "PandasArray") else array


def _with_index(found: ValueDiff, old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """With what the rows' index is, and what was noted on the frame, where that is what differs."""
    names = [[None if name is None else str(name) for name in value.index.names] for value in (old, new)]
    said = [f"index {names[0]} -> {names[1]}"] if names[0] != names[1] else []
    types = [str(getattr(value.index, "dtype", "")) for value in (old, new)]
    said += [f"index {types[0]} -> {types[1]}"] if types[0] != types[1] else []
    kinds = [type(value.index).__name__ for value in (old, new)]
    if not found.change and kinds[0] != kinds[1] and types[0] == types[1]:
        said.append(f"{kinds[0]} -> {kinds[1]}")
    notes = comparing.inside(old.attrs, new.attrs)
    said += [f"attrs: {notes.change}"] if notes.differs else []
    return _also(found, said)


def _renamed(found: ValueDiff, old: Any, new: Any) -> ValueDiff:
    words = brief(old), brief(new)
    return _also(found, [f"name {words[0]} -> {words[1]}"] if words[0] != words[1] else [])


def _also(found: ValueDiff, said: list[str]) -> ValueDiff:
    if not said:
        return found
    return replace(found, verdict="different", change="; ".join([*said, *([found.change] if found.change else [])]))


class PandasEngine:
    """See `engine.Engine` and `keys.Keyed`. Masks are arrays of numpy.

    With `keyed`, rows without names may be found by their content.
    """

    def __init__(self, *, keyed: bool = True) -> None:
        self._keyed = keyed
        self._labels: dict[int, Any] = {}

    def match(self, old: Frame, new: Frame, pairs: Sequence[tuple[Column, Column]], comparing: Comparing) -> Rows:
        """By the index, else by a key, else by position."""
        return match(old, new, pairs, self, comparing, keyed=self._keyed)

    def may_be_key(self, column: Column) -> bool:
        """Integers, text and times; no categories, which repeat."""
        kind = getattr(column.data.dtype, "kind", "O")
        return kind in _KEYS and type(column.data).__name__ != "Categorical"

    def unique(self, column: Column, most: int | None) -> bool:
        """Whether nothing repeats and nothing is missing."""
        data = column.data if most is None else column.data[:most]
        try:
            labels = self._index(column) if most is None else hashed(data)
            return bool(labels.is_unique) and not bool(_missing(data).any())
        except (TypeError, ValueError):  # lists and the like
            return False

    def by_key(self, old: Column, new: Column, how: str) -> Rows:
        """By the labels that a column holds."""
        return by_labels(self._index(old), self._index(new), how, (old.data, new.data))

    def _index(self, column: Column) -> Any:
        """A column as labels: made once, since looking one up needs a table of all of them."""
        known = self._labels.get(id(column.data))
        if known is None:
            known = self._labels[id(column.data)] = hashed(column.data)
        return known

    def take(self, data: Any, places: list[int]) -> Any:
        """The rows at some places."""
        return data.take(sys.modules["numpy"].asarray(places, dtype="intp"))

    def block(self, data: Any, places: Any, at: int, end: int) -> Any:
        """A slice without a copy, or the rows at some places."""
        return data[at:end] if places is None else data.take(places[at:end])

    def unequal(self, old: Any, new: Any, comparing: Comparing) -> Any:
        """As of arrays; pandas' own arrays say what is missing."""
        numpy = sys.modules["numpy"]
        if isinstance(old, numpy.ndarray) and isinstance(new, numpy.ndarray):
            return blocks.unequal(old, new, comparing)
        missing = _missing(old), _missing(new)
        try:
            if old.dtype != new.dtype:
                msg = "compared as objects"
                raise TypeError(msg)
            found = old != new
            mask = found.to_numpy(dtype=bool, na_value=True) if hasattr(found, "to_numpy") else numpy.asarray(found)
        except (TypeError, ValueError, NotImplementedError, AttributeError):
            before, after = (numpy.asarray(block, dtype=object) for block in (old, new))
            mask = blocks.unequal(before, after, comparing)
        return (mask & ~(missing[0] | missing[1])) | (missing[0] ^ missing[1])

    def either(self, mask: Any, other: Any) -> Any:
        """Or."""
        return mask | other

    def count(self, mask: Any) -> int:
        """How often it is set."""
        return int(sys.modules["numpy"].count_nonzero(mask))

    def first(self, mask: Any, most: int) -> list[int]:
        """The first places."""
        return sys.modules["numpy"].flatnonzero(mask)[:most].tolist()

    def measure(self, old: Any, new: Any, mask: Any) -> Measured | None:
        """Numbers and times that both have; times in seconds."""
        numpy = sys.modules["numpy"]
        every = bool(mask.all())  # then nothing has to be picked out
        before, after = (_numbers(block if every else block[mask]) for block in (old, new))
        by = None if before is None or after is None else blocks.distances(before, after)
        if by is None:
            return None
        with numpy.errstate(all="ignore"):
            total = float(by.sum())
            if not math.isfinite(total):
                by = by[numpy.isfinite(by)]
                total = float(by.sum())
        if not by.shape[0]:
            return None
        return Measured(int(by.shape[0]), max(float(by.max()), -float(by.min())), total)

    def cell(self, data: Any, at: int) -> Any:
        """One value."""
        return data[at]

    def place(self, places: Any, at: int) -> int:
        """Where a common row is."""
        return at if places is None else int(places[at])

    def label(self, labels: Any, at: int) -> str:
        """Its index or key, else its position."""
        return str(at) if labels is None else cut(_label(labels[at]), 40)


def _missing(block: Any) -> Any:
    return sys.modules["numpy"].asarray(sys.modules["pandas"].isna(block), dtype=bool)


def _numbers(block: Any) -> Any:
    """Cells as an array of numbers; None if they are none."""
    numpy = sys.modules["numpy"]
    if isinstance(block, numpy.ndarray):
        return None if block.dtype.kind not in "iufcmM" else block
    kind = getattr(block.dtype, "kind", "O")
    if kind in "mM" and hasattr(block, "asi8"):
        return numpy.asarray(block, dtype=f"{kind}8[ns]")
    if kind not in "iuf" or type(block).__name__ == "Categorical":
        return None
    return block.to_numpy(dtype=float, na_value=numpy.nan)
