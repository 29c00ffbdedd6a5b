"""Tables and arrays of pyarrow, with its own compute functions."""

from __future__ import annotations

import importlib
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
from cashet_jupyter.diffs.words import cut, spaced


def compare_tables(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two tables or batches: rows by a key or by position; columns by their names."""
    frames = [
        Frame(
            tuple(
                Column(field.name, str(field.type), column)
                for field, column in zip(table.schema, table.columns, strict=True)
            ),
            table.num_rows,
        )
        for table in (old, new)
    ]
    words = [f"{type(table).__name__} {spaced(table.num_rows)} x {table.num_columns}" for table in (old, new)]
    found = compare("frame", frames[0], frames[1], (words[0], words[1]), ArrowEngine(keyed=True), comparing)
    return found if old.schema.equals(new.schema, check_metadata=True) else _also(found, old.schema, new.schema)


def _also(found: ValueDiff, old: Any, new: Any) -> ValueDiff:
    """With what the schemas say besides names and types."""
    said: list[str] = []
    metadata = [
        {key: value for key, value in (schema.metadata or {}).items() if key != b"pandas"} for schema in (old, new)
    ]
    said += ["metadata of the schema changed"] if metadata[0] != metadata[1] else []
    empty = [{field.name for field in schema if not field.nullable} for schema in (old, new)]
    said += ["which columns may be null changed"] if empty[0] != empty[1] else []
    if not said:
        return found
    return replace(found, verdict="different", change="; ".join([*([found.change] if found.change else []), *said]))


def compare_arrays(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two arrays by position."""
    frames = [Frame((Column("value", str(array.type), array),), len(array)) for array in (old, new)]
    words = [f"{type(array).__name__} {array.type} {spaced(len(array))}" for array in (old, new)]
    return compare("series", frames[0], frames[1], (words[0], words[1]), ArrowEngine(keyed=False), comparing)


class ArrowEngine:
    """See `engine.Engine` and `keys.Keyed`. Masks are arrays of truth values without nulls."""

    def __init__(self, *, keyed: bool) -> None:
        self._keyed = keyed
        self._pa = sys.modules["pyarrow"]
        # a part of the library that is loaded, which it loads itself as soon as it is needed
        self._pc: Any = importlib.import_module("pyarrow.compute")

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
        types = self._pa.types
        kind = column.data.type
        return any(test(kind) for test in (types.is_integer, types.is_string, types.is_large_string, types.is_temporal))

    def unique(self, column: Column, most: int | None) -> bool:
        """Whether nothing repeats and nothing is missing."""
        data = column.data if most is None else column.data.slice(0, most)
        return data.null_count == 0 and self._pc.count_distinct(data).as_py() == len(data)

    def by_key(self, old: Column, new: Column, how: str) -> Rows:
        """Each key of the old one looked up among those of the new one."""
        pc = self._pc
        keys = [_whole(self._pa, column.data) for column in (old, new)]
        where = pc.index_in(keys[0], value_set=keys[1])
        places = pc.indices_nonzero(pc.is_valid(where))
        there = where.drop_null()
        removed = pc.indices_nonzero(pc.is_null(where))
        added = pc.indices_nonzero(pc.invert(pc.is_in(keys[1], value_set=keys[0])))
        falls = pc.less(there.slice(1), there.slice(0, max(0, len(there) - 1)))
        return Rows(
            how,
            len(there),
            places,
            there,
            len(removed),
            len(added),
            tuple(removed.slice(0, 10).to_pylist()),
            tuple(added.slice(0, 10).to_pylist()),
            moved=bool(pc.any(falls).as_py()),
            labels=(old.data, new.data),
        )

    def block(self, data: Any, places: Any, at: int, end: int) -> Any:
        """A slice without a copy, or the rows at some places."""
        found = data.slice(at, end - at) if places is None else data.take(places.slice(at, end - at))
        return _whole(self._pa, found)

    def take(self, data: Any, places: list[int]) -> Any:
        """The rows at some places."""
        return _whole(self._pa, data.take(self._pa.array(places, type=self._pa.int64())))

    def unequal(self, old: Any, new: Any, comparing: Comparing) -> Any:
        """Null is equal to null, NaN to NaN."""
        pa, pc = self._pa, self._pc
        try:
            mask = pc.not_equal(old, new)
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid, pa.ArrowTypeError):
            pairs = zip(old.to_pylist(), new.to_pylist(), strict=True)
            return pa.array([comparing.inside(a, b).verdict != "equal" for a, b in pairs], type=pa.bool_())
        if pa.types.is_floating(old.type) and pa.types.is_floating(new.type):
            both = pc.and_(pc.is_nan(old), pc.is_nan(new))
            mask = pc.and_not(mask, both)
        if old.null_count or new.null_count:
            one = pc.xor(pc.is_null(old), pc.is_null(new))
            mask = pc.or_(pc.fill_null(mask, fill_value=False), one)
        return mask

    def either(self, mask: Any, other: Any) -> Any:
        """Or."""
        return self._pc.or_(mask, other)

    def count(self, mask: Any) -> int:
        """How often it is set."""
        return mask.true_count

    def first(self, mask: Any, most: int) -> list[int]:
        """The first places."""
        return self._pc.indices_nonzero(mask).slice(0, most).to_pylist()

    def measure(self, old: Any, new: Any, mask: Any) -> Measured | None:
        """Numbers that both have."""
        pa, pc = self._pa, self._pc
        kinds = old.type, new.type
        if not all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in kinds):
            return None
        before, after = (pc.cast(block.filter(mask), pa.float64(), safe=False) for block in (old, new))
        by = pc.subtract(after, before)
        by = by.filter(pc.fill_null(pc.is_finite(by), fill_value=False))
        if not len(by):
            return None
        total = float(pc.sum(by).as_py())
        return Measured(len(by), float(pc.max(pc.abs(by)).as_py()), total if math.isfinite(total) else 0.0)

    def cell(self, data: Any, at: int) -> Any:
        """One value."""
        return data[at].as_py()

    def place(self, places: Any, at: int) -> int:
        """Where a common row is."""
        return at if places is None else int(places[at].as_py())

    def label(self, labels: Any, at: int) -> str:
        """Its key, else its position."""
        return str(at) if labels is None else cut(str(labels[at].as_py()), 40)


def _whole(pa: Any, data: Any) -> Any:
    """One array instead of chunks."""
    if not isinstance(data, pa.ChunkedArray):
        return data
    return data.chunk(0) if data.num_chunks == 1 else data.combine_chunks()
