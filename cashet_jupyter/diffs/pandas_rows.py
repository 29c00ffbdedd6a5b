"""Which rows of two frames of pandas belong together: by the index, where somebody gave it a meaning, else by a key."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cashet_jupyter.diffs.blocks import BLOCK
from cashet_jupyter.diffs.comparing import Comparing
from cashet_jupyter.diffs.engine import Column, Frame, Rows
from cashet_jupyter.diffs.keys import Keyed, Pairs, by_key, by_position, cost_of, enough, only_at_the_end

#: share of cells that differ by position from which rows are looked for by their content
_SCRAMBLED = 0.25
#: columns whose content is used for that
_HASHED = 8
#: rows that are looked for in the other frame before all of them are, and the share that must be found
_SAMPLE = 512
_SAMPLED = 0.25


def match(old: Frame, new: Frame, pairs: Pairs, engine: Keyed, comparing: Comparing, *, keyed: bool) -> Rows:
    """The rows of two frames that belong together; with `keyed`, rows without names may be found by their content."""
    plain = replace(by_position(old.height, new.height), labels=(old.index, new.index))
    if old.index is not None and not (_numbered(old.index) and _numbered(new.index)):
        return _by_index(old, new, plain)
    if not (pairs and plain.common and keyed):
        return plain
    cost = cost_of(plain, pairs, engine, comparing)
    if only_at_the_end(cost, plain, pairs):
        return plain
    found = by_key(pairs, (old.height, new.height), engine, comparing, cost)
    if found is None and cost > _SCRAMBLED * plain.common * len(pairs) and not comparing.late:
        found = _by_content(pairs, cost)
    return found or plain


def _numbered(index: Any) -> bool:
    """Whether an index only numbers the rows."""
    pandas = sys.modules["pandas"]
    return isinstance(index, pandas.RangeIndex) and index.start == 0 and index.step == 1


def _by_index(old: Frame, new: Frame, plain: Rows) -> Rows:
    if old.index.nlevels != new.index.nlevels:
        return replace(plain, how="by position: their indexes have not the same levels")
    if old.index.equals(new.index):
        return replace(plain, how="by their index")
    labels = [_unique(frame.index) for frame in (old, new)]
    if labels[0] is None or labels[1] is None:
        return replace(plain, how="by position: their index repeats itself too often")
    repeats = "" if old.index.is_unique and new.index.is_unique else ", the first of each label with the first"
    return by_labels(labels[0], labels[1], f"by their index{repeats}", (old.index, new.index))


def _unique(index: Any) -> Any:
    """Labels that name one row each: the label and which one of its kind it is, where labels repeat."""
    if index.is_unique:
        return index
    pandas = sys.modules["pandas"]
    try:
        plain = index.to_frame(index=False)
        which = plain.groupby(list(plain.columns), dropna=False, sort=False).cumcount()
        return pandas.MultiIndex.from_frame(plain.assign(__which__=which.to_numpy()))
    except (TypeError, ValueError):
        return None


def by_labels(old: Any, new: Any, how: str, labels: Any) -> Rows:
    """The rows of equal labels, which do not repeat; `labels` are those that people are shown."""
    numpy = sys.modules["numpy"]
    try:
        where = new.get_indexer(old)
    except (TypeError, ValueError):  # labels of kinds that do not mix
        where = new.astype(object).get_indexer(old.astype(object))
    places_old = numpy.flatnonzero(where >= 0)
    places_new = where[places_old]
    removed = numpy.flatnonzero(where < 0)
    added = numpy.ones(len(new), bool)
    added[places_new] = False
    added = numpy.flatnonzero(added)
    moved = bool((numpy.diff(places_new) < 0).any())
    return Rows(
        how,
        int(places_old.shape[0]),
        places_old,
        places_new,
        int(removed.shape[0]),
        int(added.shape[0]),
        tuple(removed[:10].tolist()),
        tuple(added[:10].tolist()),
        moved,
        labels,
    )


def hashed(data: Any) -> Any:
    """Labels that are quick to look up: text by a hash of 64 bits.

    Two texts of one hash would show as a changed cell.
    """
    pandas = sys.modules["pandas"]
    if getattr(data.dtype, "kind", "O") != "O":
        return pandas.Index(data)
    return pandas.Index(pandas.util.hash_array(data, categorize=False))


def _by_content(pairs: Pairs, cost: float) -> Rows | None:
    """By what stands in them: rows that are the same in their first columns, wherever they are."""
    pandas, numpy = sys.modules["pandas"], sys.modules["numpy"]
    used = [pair for pair in pairs if pair[0].dtype == pair[1].dtype][:_HASHED]
    if len(used) < min(2, len(pairs)):
        return None
    try:
        labels = [_content([pair[side] for pair in used]) for side in (0, 1)]
    except (TypeError, ValueError):  # lists and the like have no hash
        return None
    if not _overlap(*labels):
        return None
    indexes = [_unique(pandas.Index(numpy.asarray(label))) for label in labels]
    found = by_labels(indexes[0], indexes[1], "by their content, since nothing names them", (None, None))
    whole = enough(found, len(labels[0]), len(labels[1]))
    return found if whole and (found.removed + found.added) * len(pairs) < cost else None


def _overlap(old: Any, new: Any) -> bool:
    """Whether some rows of a sample are there: it is asked before tables are made of all of them."""
    numpy = sys.modules["numpy"]
    shorter, longer = sorted((old, new), key=len)
    sample = shorter[:: max(1, len(shorter) // _SAMPLE)]
    there = numpy.zeros(len(sample), bool)
    for at in range(0, len(longer), BLOCK):
        there |= numpy.isin(sample, longer[at : at + BLOCK])
    return bool(there.mean() >= _SAMPLED)


def _content(columns: Sequence[Column]) -> Any:
    """A number for each row, the same for rows of the same content."""
    pandas, numpy = sys.modules["pandas"], sys.modules["numpy"]
    found = numpy.zeros(len(columns[0].data), numpy.uint64)
    with numpy.errstate(over="ignore"):
        for at in range(0, len(found), BLOCK):
            for column in columns:
                hashed = pandas.util.hash_array(column.data[at : at + BLOCK], categorize=True)
                found[at : at + BLOCK] = found[at : at + BLOCK] * numpy.uint64(0x100000001B3) ^ hashed
    return found
