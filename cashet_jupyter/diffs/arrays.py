"""Arrays of numpy: shape, element type, how many elements differ, by how much, and where the first one is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cashet_jupyter.diffs.blocks import BLOCK, Tally, blocks, unequal
from cashet_jupyter.diffs.comparing import Comparing, Gathering
from cashet_jupyter.diffs.model import Figure, Table, ValueDiff
from cashet_jupyter.diffs.words import brief, counted, number, pair, share, spaced


def compare_arrays(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two arrays. Where the shapes differ, what both have is compared. NaN is equal to NaN."""
    numpy = sys.modules["numpy"]
    if isinstance(old, numpy.ma.MaskedArray) or isinstance(new, numpy.ma.MaskedArray):
        return _masked(old, new, comparing)
    old, new = numpy.asarray(old), numpy.asarray(new)
    extra = _outside(old, new)
    words = brief(old), brief(new)
    if old.ndim != new.ndim:
        return ValueDiff("array", "different", *words, "; ".join(extra))
    if old.dtype.names or new.dtype.names:
        return _structured(old, new, extra, comparing)
    notes: list[str] = []
    if old.shape != new.shape:
        old, new = _corners(old, new, notes)
    tally = Tally(comparing.budget.examples)
    if not _tallied(tally, old, new, comparing):
        notes.append(f"compared the first {spaced(tally.compared)} of {counted(old.size, 'element')}: the time was up")
    return _said(tally, old, words, extra, notes)


def _tallied(tally: Tally, old: Any, new: Any, comparing: Comparing) -> bool:
    """Whether all of it was compared."""
    if old.dtype.kind == "V":  # bytes without a meaning
        old, new = (numpy_bytes(array) for array in (old, new))
        if old.shape != new.shape:
            return True
    for at, before, after in blocks(old, new):
        tally.add(at, before, after, unequal(before, after, comparing))
        if comparing.late and tally.compared < old.size:
            return False
    return True


def numpy_bytes(array: Any) -> Any:
    """The bytes of an array's elements."""
    numpy = sys.modules["numpy"]
    return numpy.ascontiguousarray(array).view(numpy.uint8)


def _outside(old: Any, new: Any) -> list[str]:
    """What differs besides the elements."""
    extra: list[str] = []
    if old.shape != new.shape:
        extra.append(f"shape {_shape(old)} -> {_shape(new)}")
    if old.dtype != new.dtype:
        extra.append(f"dtype {old.dtype} -> {new.dtype}")
    if old.flags.writeable != new.flags.writeable:
        extra.append(f"writeable {old.flags.writeable} -> {new.flags.writeable}")
    return extra


def _shape(array: Any) -> str:
    return f"({', '.join(map(str, array.shape))})"


def _said(tally: Tally, old: Any, words: tuple[str, str], extra: list[str], notes: list[str]) -> ValueDiff:
    numpy = sys.modules["numpy"]
    figures: dict[str, Figure] = {**tally.figures()}
    said = list(extra)
    tables: tuple[Table, ...] = ()
    if tally.differ:
        said.append(differing(tally, "element"))
        places = [(_index(numpy, at, old.shape), *pair(a, b)) for at, a, b in tally.shown]
        figures["first"] = places[0][0] if places else ""
        if tally.where >= 0:
            figures["largest_at"] = _index(numpy, tally.where, old.shape)
        if tally.compared > 1:
            tables = (Table("the first elements that differ", ("index", "old", "new"), tuple(places)),)
    left = any("time was up" in note for note in notes)
    verdict = "different" if said else "unknown" if left else "equal"
    return ValueDiff("array", verdict, *words, "; ".join(said), figures, tables=tables, notes=tuple(notes))


def differing(tally: Tally, what: str) -> str:
    """`3 of 10 elements differ, by at most 0.5`."""
    if tally.compared == 1 and tally.shown:
        return " -> ".join(pair(*tally.shown[0][1:]))
    text = share(tally.differ, tally.compared, what)
    return f"{text}, by at most {number(tally.largest)}" if tally.measured else text


def _index(numpy: Any, at: int, shape: tuple[int, ...]) -> str:
    return f"[{', '.join(str(int(place)) for place in numpy.unravel_index(at, shape))}]" if shape else "[]"


def _structured(old: Any, new: Any, extra: list[str], comparing: Comparing) -> ValueDiff:
    """Field by field."""
    gathering = Gathering(comparing)
    names = old.dtype.names or (), new.dtype.names or ()
    for name in names[0]:
        if name in names[1]:
            gathering.both(f"[{name!r}]", old[name], new[name])
    found = gathering.finish("array", old, new, None, *extra)
    return replace(found, old=brief(old), new=brief(new))


def _masked(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """What is masked, and what is not masked on either side."""
    numpy = sys.modules["numpy"]
    words = brief(old), brief(new)
    extra = [] if type(old) is type(new) else [f"type {type(old).__name__} -> {type(new).__name__}"]
    extra += _outside(old, new)
    notes: list[str] = []
    if old.ndim != new.ndim or old.dtype.names or new.dtype.names:
        gathering = Gathering(comparing)
        gathering.both(".data", numpy.ma.getdata(old), numpy.ma.getdata(new))
        gathering.both(".mask", numpy.ma.getmaskarray(old), numpy.ma.getmaskarray(new))
        return replace(gathering.finish("array", old, new, None, *extra), old=words[0], new=words[1])
    if old.shape != new.shape:
        old, new = _corners(old, new, notes)
    data = numpy.ma.getdata(old), numpy.ma.getdata(new)
    masks = numpy.ma.getmaskarray(old), numpy.ma.getmaskarray(new)
    tally, moved = Tally(comparing.budget.examples), 0
    for (at, a, b), hidden in zip(blocks(*data), _hidden(*masks), strict=True):
        one, other = hidden
        moved += int((one != other).sum())
        tally.add(at, a, b, unequal(a, b, comparing) & ~(one | other))
    if moved:
        extra.append(f"{counted(moved, 'element')} masked on one side only")
    return _said(tally, old, words, extra, notes)


def _hidden(old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    """The masks in the same blocks as the data."""
    for at in range(0, max(1, old.size), BLOCK):
        flat = slice(at, at + BLOCK)
        yield old.reshape(-1)[flat], new.reshape(-1)[flat]


def _corners(old: Any, new: Any, notes: list[str]) -> tuple[Any, Any]:
    """What both have."""
    corner = tuple(slice(min(a, b)) for a, b in zip(old.shape, new.shape, strict=True))
    old, new = old[corner], new[corner]
    notes.append(f"compared where both have elements: {' x '.join(map(str, old.shape))}")
    return old, new
