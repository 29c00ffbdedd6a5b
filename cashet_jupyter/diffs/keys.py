"""A column that names the rows of two frames, where nothing else does.

A row that was inserted, or a sort, moves all rows that follow. So a column is looked for that does not repeat and
whose values are in both frames. It is taken only if fewer cells differ that way (on a sample, a row that came or went
counting as all of its cells), so that neither a column of ranks nor one that was edited is taken for a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from cashet_jupyter.diffs.comparing import Comparing
from cashet_jupyter.diffs.engine import Column, Engine, Rows

#: columns that are tried as a key, and how many of them in full
_TRIED = 12
_IN_FULL = 3
_SAMPLE = 512
#: rows in which a key may not repeat before all of them are looked at
_UNIQUE_IN = 1 << 14
#: share of the smaller frame's rows that must be in both
_OVERLAP = 0.5
_NAMED = re.compile(r"(?i)(^|_|\b)(id|key|uuid|guid|code|no|nr|index)$|Id$|ID$")

Pairs = Sequence[tuple[Column, Column]]


class Keyed(Engine, Protocol):
    """An engine that can find rows by a column."""

    def may_be_key(self, column: Column) -> bool:
        """Whether its type is one of names: integers, text, times."""
        ...

    def unique(self, column: Column, most: int | None) -> bool:
        """Whether nothing repeats and nothing is missing, among the first rows or in all of them."""
        ...

    def by_key(self, old: Column, new: Column, how: str) -> Rows:
        """The rows of equal keys."""
        ...


def by_position(old: int, new: int) -> Rows:
    """The first with the first; what is left of the longer frame came or went."""
    short = min(old, new)
    return Rows(
        "by position",
        short,
        removed=old - short,
        added=new - short,
        removed_at=tuple(range(short, min(old, short + 10))),
        added_at=tuple(range(short, min(new, short + 10))),
    )


def cost_of(rows: Rows, pairs: Pairs, engine: Engine, comparing: Comparing) -> float:
    """How many cells differ, estimated on a sample of the common rows, those of rows that came or went included."""
    alone = float((rows.removed + rows.added) * len(pairs))
    if not rows.common:
        return alone
    size = min(_SAMPLE, rows.common)
    sample = [at * rows.common // size for at in range(size)]
    old, new = ([engine.place(side, at) for at in sample] for side in (rows.old, rows.new))
    differ = 0
    for before, after in pairs:
        mask = engine.unequal(engine.take(before.data, old), engine.take(after.data, new), comparing)
        differ += engine.count(mask)
    return alone + differ * rows.common / size


def enough(rows: Rows, old: int, new: int) -> bool:
    """Whether so many rows are in both that they are two states of one frame."""
    return rows.common >= _OVERLAP * min(old, new)


def by_key(pairs: Pairs, heights: tuple[int, int], engine: Keyed, comparing: Comparing, cost: float) -> Rows | None:
    """By a column that names the rows, if there is one by which less than `cost` cells differ."""
    candidates = [pair for pair in pairs if pair[0].dtype == pair[1].dtype and engine.may_be_key(pair[1])]
    candidates.sort(key=lambda pair: not _NAMED.search(pair[1].label))
    tried = 0
    for before, after in candidates[:_TRIED]:
        if tried >= _IN_FULL or comparing.late:
            break
        if not all(engine.unique(column, _UNIQUE_IN) for column in (before, after)):
            continue
        tried += 1
        if max(heights) > _UNIQUE_IN and not all(engine.unique(column, None) for column in (before, after)):
            continue
        found = engine.by_key(before, after, f"by the key {after.label!r}, found by its content")
        if enough(found, *heights) and cost_of(found, pairs, engine, comparing) < cost:
            return found
    return None


def only_at_the_end(cost: float, rows: Rows, pairs: Pairs) -> bool:
    """Whether, by position, nothing differs but rows at the end."""
    return cost <= (rows.removed + rows.added) * len(pairs)
