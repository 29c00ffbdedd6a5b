"""Arrays a block at a time: which elements differ, and by how much. No block is larger than the processor's cache."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cashet_jupyter.diffs.comparing import ATOMS, Comparing
from cashet_jupyter.diffs.containers import same_atom
from cashet_jupyter.diffs.model import Figure
from cashet_jupyter.diffs.scalars import is_plain
from cashet_jupyter.diffs.words import plain_figure

#: elements of a block
BLOCK = 1 << 16
_NUMERIC = "iufcb"


def blocks(old: Any, new: Any) -> Iterator[tuple[int, Any, Any]]:
    """Two arrays of one shape, in C order: where a block begins, and the elements of both, one-dimensional.

    Views where both lie in memory in that order, else buffers that are used again for the next block.
    """
    if old.flags.c_contiguous and new.flags.c_contiguous:
        before, after = old.reshape(-1), new.reshape(-1)
        for at in range(0, before.shape[0], BLOCK):
            yield at, before[at : at + BLOCK], after[at : at + BLOCK]
        return
    numpy = sys.modules["numpy"]
    flags = ["external_loop", "buffered", "zerosize_ok", "refs_ok"]
    both = [["readonly"], ["readonly"]]
    at = 0
    for before, after in numpy.nditer([old, new], flags=flags, op_flags=both, order="C", buffersize=BLOCK):
        yield at, before, after
        at += before.shape[0]


def unequal(old: Any, new: Any, comparing: Comparing) -> Any:
    """A mask of two one-dimensional arrays: where they differ. What is missing is equal to what is missing."""
    numpy = sys.modules["numpy"]
    if old.dtype.hasobject or new.dtype.hasobject:
        return _unequal_objects(old, new, comparing)
    try:
        with numpy.errstate(all="ignore"):
            mask = old != new
    except TypeError:  # text and numbers, times of which numpy knows no common unit
        return _unequal_objects(old, new, comparing)
    if not isinstance(mask, numpy.ndarray):
        return numpy.full(old.shape, bool(mask))
    if old.dtype.kind in "fcmM" and new.dtype.kind in "fcmM" and mask.any():
        mask &= ~((old != old) & (new != new))
    return mask


def _unequal_objects(old: Any, new: Any, comparing: Comparing) -> Any:
    numpy = sys.modules["numpy"]
    before, after = old.tolist(), new.tolist()
    kinds = set(map(type, before)) | set(map(type, after))
    if kinds <= ATOMS and len(kinds & {bool, int, float, complex}) < 2:  # else 1 == True
        mask = numpy.fromiter(map(operator.ne, before, after), bool, len(before))
        if float in kinds or complex in kinds:
            for at in numpy.flatnonzero(mask).tolist():
                mask[at] = not same_atom(before[at], after[at])
        return mask
    return numpy.fromiter(
        (_unequal(value, other, comparing) for value, other in zip(before, after, strict=True)), bool, len(before)
    )


def _unequal(old: Any, new: Any, comparing: Comparing) -> bool:
    if same_atom(old, new):
        return False
    if type(old) in ATOMS and type(new) in ATOMS:
        return True
    if type(old) is type(new) and is_plain(old):
        try:
            return not bool(old == new) and not (bool(old != old) and bool(new != new))
        except (TypeError, ValueError, ArithmeticError):
            return True
    return comparing.inside(old, new).verdict != "equal"


def distances(old: Any, new: Any) -> Any:
    """New minus old of elements that differ, as floats; None for what is no number or time.

    Integers are subtracted exactly before they become floats.
    """
    numpy = sys.modules["numpy"]
    kinds = {old.dtype.kind, new.dtype.kind}
    with numpy.errstate(all="ignore"):
        if kinds <= {"i"} or kinds <= {"u"}:
            wide = numpy.uint64
            size = numpy.where(new > old, new.astype(wide) - old.astype(wide), old.astype(wide) - new.astype(wide))
            return numpy.where(new > old, 1.0, -1.0) * size.astype(float)
        if kinds <= set("iufb") and kinds != {"b"}:
            return new.astype(float, copy=False) - old.astype(float, copy=False)
        if "c" in kinds and kinds <= set(_NUMERIC):
            return numpy.abs(new.astype(complex) - old.astype(complex))
        if kinds == {"M"} or kinds == {"m"}:
            try:
                return (new - old) / numpy.timedelta64(1, "s")
            except TypeError:  # units without a common one: months and seconds
                return None
    return None


@dataclass(slots=True)
class Tally:
    """What was counted over the blocks of an array or column."""

    examples: int
    compared: int = 0
    differ: int = 0
    measured: int = 0
    """Of those that differ: numbers that both have."""
    largest: float = 0.0
    where: int = -1
    total: float = 0.0
    """Sum of new minus old."""
    shown: list[tuple[int, Any, Any]] = field(default_factory=list[tuple[int, Any, Any]])
    """The first that differ: where, old, new."""

    def add(self, at: int, old: Any, new: Any, mask: Any) -> None:
        """A block, which begins at the element `at`; `mask` says which of it differ."""
        numpy = sys.modules["numpy"]
        self.compared += mask.shape[0]
        places = numpy.flatnonzero(mask)
        if not places.shape[0]:
            return
        self.differ += int(places.shape[0])
        every = places.shape[0] == mask.shape[0]
        before, after = (old, new) if every else (old[places], new[places])
        for index in range(min(self.examples - len(self.shown), places.shape[0])):
            self.shown.append((at + int(places[index]), before[index], after[index]))
        self.measure(at, places, distances(before, after))

    def measure(self, at: int, places: Any, by: Any) -> None:
        """How far elements are apart; those that are no finite numbers are left out."""
        if by is None:
            return
        numpy = sys.modules["numpy"]
        with numpy.errstate(all="ignore"):
            total = float(by.sum())
            if not math.isfinite(total):
                finite = numpy.isfinite(by)
                by, places = by[finite], places[finite]
                total = float(by.sum())
        if not by.shape[0]:
            return
        size = numpy.abs(by)
        top = int(size.argmax())
        if self.where < 0 or float(size[top]) > self.largest:
            self.largest, self.where = float(size[top]), at + int(places[top])
        self.measured += int(by.shape[0])
        self.total += total

    def figures(self) -> dict[str, Figure]:
        """Counts and measures, by name."""
        found: dict[str, Figure] = {"compared": self.compared, "differ": self.differ}
        if self.measured:
            found["max_abs"] = plain_figure(self.largest)
            found["mean_change"] = plain_figure(self.total / self.measured)
        return found
