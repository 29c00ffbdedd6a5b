"""Mappings by key, sequences by what belongs together, sets by what only one of them has."""

from __future__ import annotations

from array import array
from collections import defaultdict, deque
from collections.abc import Hashable
from itertools import islice
from types import MappingProxyType
from typing import Any

from cashet_jupyter.diffs.align import Run, align
from cashet_jupyter.diffs.comparing import ATOMS, Comparing, Gathering, typed
from cashet_jupyter.diffs.model import Figure, ValueDiff, equal
from cashet_jupyter.diffs.words import brief, plain_figure, spaced

_SEQUENCES = (list, tuple, deque, array)
_MAPPINGS = (dict, MappingProxyType)
_VIEWS = (type({}.keys()), type({}.values()), type({}.items()))
#: items between the first and the last that differ, up to which they are brought together; beyond, by position
_ALIGNED = 50_000
_CHUNK = 4096
#: items of a part up to which it is told apart from others by all that it holds
_TOKEN = 64
_TOKEN_DEPTH = 3
#: after that many places it is looked at the clock
_TICK = 256


def compare(old: Any, new: Any, comparing: Comparing) -> ValueDiff | None:
    """Two containers; None if they are none, or not of the same sort."""
    if isinstance(old, _VIEWS) and type(old) is type(new):
        old, new = list(old), list(new)
    if isinstance(old, _MAPPINGS) and isinstance(new, _MAPPINGS):
        found = _mappings(old, new, comparing)
    elif isinstance(old, _SEQUENCES) and isinstance(new, _SEQUENCES):
        found = _sequences(old, new, comparing)
    elif isinstance(old, set | frozenset) and isinstance(new, set | frozenset):
        found = _sets(old, new, comparing)
    else:
        return None
    return typed(_attributes(found, old, new, comparing), old, new)


def _attributes(found: ValueDiff, old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """With what a subclass's instances hold besides their items."""
    own = _own(old), _own(new)
    if not (own[0] or own[1]):
        return found
    gathering = Gathering(comparing)
    for part in found.parts:
        gathering.take(part)
    gathering.changed(found.total - len(found.parts))
    _by_key(gathering, own[0], own[1], comparing, attribute)
    return gathering.finish(found.kind, old, new, found.figures)


def _own(value: Any) -> dict[str, Any]:
    """The attributes of a container: of a subclass, and those of the standard library's."""
    own = object.__getattribute__(value, "__dict__") if type(value).__dictoffset__ else {}
    found: dict[str, Any] = dict(own) if type(own) is dict else {}
    if isinstance(value, defaultdict):
        found["default_factory"] = value.default_factory
    elif isinstance(value, deque):
        found["maxlen"] = value.maxlen
    elif isinstance(value, array):
        found["typecode"] = value.typecode
    return found


# ----------------------------------------------------------------------------------------------------------- mappings
def key(value: Any) -> str:
    """The path of an item by its key."""
    return f"[{brief(value, 60)}]"


def attribute(value: Any) -> str:
    """The path of an attribute."""
    return f".{value}"


def _mappings(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    gathering = Gathering(comparing)
    before, after = (dict(dict.items(value) if isinstance(value, dict) else value) for value in (old, new))
    _by_key(gathering, before, after, comparing, key)
    figures: dict[str, Figure] = {"length_old": len(before), "length_new": len(after)}
    found = gathering.finish("mapping", old, new, figures)
    if found.verdict == "equal" and list(map(id, before)) != list(map(id, after)) and list(before) != list(after):
        return gathering.finish("mapping", old, new, figures, "the same items in another order")
    return found


def _by_key(
    gathering: Gathering, before: dict[Any, Any], after: dict[Any, Any], comparing: Comparing, path: Any
) -> None:
    missing = object()
    for count, (name, value) in enumerate(before.items()):
        other = after.get(name, missing)
        if other is missing:
            gathering.removed(path(name), value)
        elif not same_atom(value, other):
            if gathering.full and type(value) in ATOMS and type(other) in ATOMS:
                gathering.changed(1)
            else:
                gathering.both(path(name), value, other)
        if count % _TICK == _TICK - 1 and comparing.late:
            gathering.unknown(len(before) - count - 1)
            gathering.notes.append(f"stopped after {spaced(count + 1)} of {spaced(len(before))} keys: the time was up")
            break
    for name, value in after.items():
        if name not in before:
            gathering.added(path(name), value)


def same_atom(old: Any, new: Any) -> bool:
    """Whether two values are surely the same, found without running anybody's code."""
    return old is new or (type(old) is type(new) and type(old) in ATOMS and (old == new or (old != old and new != new)))


# ---------------------------------------------------------------------------------------------------------- sequences
def _items(value: Any) -> list[Any]:
    base: Any
    for base in _SEQUENCES:
        if isinstance(value, base):
            return list(base.__iter__(value))
    return list(value)


def _sequences(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    before, after = _items(old), _items(new)
    fields = getattr(type(new), "_fields", None) if isinstance(new, tuple) else None
    if (
        fields is not None
        and fields == getattr(type(old), "_fields", None)
        and len(before) == len(after) == len(fields)
    ):
        gathering = Gathering(comparing)
        for name, value, other in zip(fields, before, after, strict=True):
            gathering.both(attribute(name), value, other)
        return gathering.finish("sequence", old, new)
    head, tail = _ends(before, after)
    middle = before[head : len(before) - tail], after[head : len(after) - tail]
    if not middle[0] and not middle[1]:
        return equal("sequence", brief(new))
    gathering = Gathering(comparing)
    if max(map(len, middle)) <= _ALIGNED and all(middle):
        runs = align(*(_tokens(items, comparing) for items in middle))
    else:
        runs = [Run(False, 0, len(middle[0]), 0, len(middle[1]))]
        if all(middle):
            gathering.notes.append("compared by position: too much differs for looking what belongs together")
    largest = _runs(gathering, middle[0], middle[1], [run for run in runs if not run.same], head, comparing)
    figures: dict[str, Figure] = {"length_old": len(before), "length_new": len(after)}
    if largest is not None:
        figures["max_abs"] = plain_figure(largest)
    length = f"{spaced(len(before))} -> {spaced(len(after))} items"
    return gathering.finish("sequence", old, new, figures, *([length] if len(before) != len(after) else []))


def _ends(old: list[Any], new: list[Any]) -> tuple[int, int]:
    """How many items at the beginning and at the end are surely the same."""
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and _same_chunk(old, new, head, head, size := min(_CHUNK, shorter - head)):
        head += size
    while head < shorter and same_atom(old[head], new[head]):
        head += 1
    tail = 0
    while tail < shorter - head:
        size = min(_CHUNK, shorter - head - tail)
        if not _same_chunk(old, new, len(old) - tail - size, len(new) - tail - size, size):
            break
        tail += size
    while tail < shorter - head and same_atom(old[-1 - tail], new[-1 - tail]):
        tail += 1
    return head, tail


def _same_chunk(old: list[Any], new: list[Any], at: int, to: int, size: int) -> bool:
    """At C speed, and only for atoms: `==` of anything else may run code, and `1 == True`."""
    a, b = old[at : at + size], new[to : to + size]
    kinds = list(map(type, a))
    return ATOMS.issuperset(kinds) and kinds == list(map(type, b)) and a == b


def _runs(
    gathering: Gathering, old: list[Any], new: list[Any], runs: list[Run], first: int, comparing: Comparing
) -> float | int | None:
    """Each run of items that differ: pairs in their order, then what is left of the longer side.

    Gives how far the numbers among the pairs are from one another at most; None if there are none.
    """
    largest: float | int | None = None
    ticks = 0
    for run in runs:
        paired = min(run.b - run.a, run.d - run.c)
        for at in range(paired):
            value, other = old[run.a + at], new[run.c + at]
            if same_atom(value, other):
                continue
            if type(value) in (int, float) and type(other) in (int, float):
                distance = abs(other - value)
                largest = distance if largest is None or distance > largest else largest
            ticks += 1
            if ticks % _TICK == 0 and comparing.late:
                gathering.unknown(paired - at)
                gathering.notes.append("stopped: the time was up")
                return largest
            if gathering.full and type(value) in ATOMS and type(other) in ATOMS:
                gathering.changed(1)
            else:
                gathering.both(_place(first + run.a + at, first + run.c + at), value, other)
        for at in range(run.a + paired, run.b):
            gathering.removed(f"[{first + at}]", old[at])
        for at in range(run.c + paired, run.d):
            gathering.added(f"[{first + at}]", new[at])
    return largest


def _place(old: int, new: int) -> str:
    return f"[{new}]" if old == new else f"[{old} -> {new}]"


def _tokens(items: list[Any], comparing: Comparing) -> list[Hashable]:
    """Something for each item that is equal for equal items, and is compared at C speed."""
    asked = 0
    tokens: list[Hashable] = []
    for item in items:
        token = _token(item, _TOKEN_DEPTH)
        if token is None and asked < _TOKEN and not comparing.late:
            asked += 1
            digest = comparing.fingerprint(item)
            token = ("fingerprint", digest) if digest else None
        tokens.append(("alone", id(item)) if token is None else token)
    return tokens


def _token(item: Any, depth: int) -> Hashable:
    """None where it cannot be said cheaply."""
    kind = type(item)
    if kind in ATOMS:
        return (kind, "nan") if item != item else (kind, item)
    if depth and kind in (list, tuple, dict) and len(item) <= _TOKEN:
        inner = list(item.items()) if kind is dict else item
        tokens = tuple(_token(part, depth - (kind is not dict)) for part in islice(inner, _TOKEN))
        return None if None in tokens else (kind, tokens)
    return None


# --------------------------------------------------------------------------------------------------------------- sets
def _sets(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    gathering = Gathering(comparing)
    gone, come = set(old) - set(new), set(new) - set(old)
    for value in _sorted(gone):
        gathering.removed(key(value), value)
    for value in _sorted(come):
        gathering.added(key(value), value)
    return gathering.finish("set", old, new, {"length_old": len(old), "length_new": len(new)})


def _sorted(values: set[Any]) -> list[Any]:
    try:
        return sorted(values) if {type(value) for value in values} <= ATOMS else sorted(values, key=brief)
    except TypeError:
        return sorted(values, key=brief)
