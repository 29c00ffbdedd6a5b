"""Which arrays share memory, so that they still do when they come back.

An array that lies in the memory of an input becomes a view of that input. Arrays of the outputs that overlap become
views of one of them, or of a stretch of memory that covers them all. Which outputs overlap is known only when all of
them have been met: then the values are pickled a second time, knowing it.

Imported only when numpy is.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, cast

import numpy as np

from cashet_jupyter.errors import NotSerializable
from cashet_jupyter.serialize.origin import Origin
from cashet_jupyter.serialize.views import as_steps, by_bytes, by_steps, extent, in_memory_order

#: numpy's own types cannot say what is done to arrays here
Array = Any


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """Memory that others may lie in: `base` is what is stored of it, `array` how it lies here."""

    low: int
    high: int
    array: Array
    base: Any
    frame: bool = False
    """Whether it is a block of a frame: blocks of other frames never become views of it."""
    changed: bool = False
    """Whether the run changed the array: its shape may have been another one before."""


def memory_of(obj: Any) -> Any:
    """The memory of a bytearray or `array.array` as bytes.

    It cannot be resized while such a view of it lives, as after a run that made one.
    """
    return np.frombuffer(obj, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """An array of the outputs. `tied` ones are never made views: copy-on-write keeps them apart."""

    low: int
    high: int
    array: Array
    block: bool
    tied: bool


class Sharing:
    """Finds the memory that arrays share, among inputs (`roots`) and among outputs (as they are met)."""

    def __init__(self, roots: Iterable[Root], owners: Iterable[Root] = ()) -> None:
        self._inputs = _Lookup(roots)
        self._owners = _Lookup(owners)
        self._bytes: dict[int, Any] = {}
        self.met: list[Met] = []

    def view(self, array: Array, *, block: bool, tied: bool) -> tuple[Any, ...] | None:
        """How `array` is made from memory that is known, as a reduction; None if it has memory of its own.

        Raises `NotSerializable` where it shares memory and it cannot be said how.
        """
        if not array.size or not array.itemsize:
            return None
        low, high = extent(array)
        if not tied:
            for lookup in (self._inputs, self._owners):
                touching = [root for root in lookup.touching(low, high) if not (block and root.frame)]
                if any(root.base is array for root in touching):
                    break
                for root in touching:
                    if root.low <= low and high <= root.high and (made := view_of(root, array)) is not None:
                        return made
                if touching:
                    raise NotSerializable("", "shares memory in a way that cannot be stored", "store a copy of it")
        self.met.append(Met(low, high, array, block, tied))
        return None

    def add_bytes(self, base: Any, array: Array) -> None:
        """Make the memory of a bytearray that `array` uses known: it is stored as a view of it.

        Not where inputs use that memory too: then it is theirs.
        """
        if len(base) and id(base) not in self._bytes and not self._inputs.touching(*extent(array)):
            self._bytes[id(base)] = base
            memory = memory_of(base)
            self._inputs.add(Root(*extent(memory), memory, Origin(memory_of, (base,))))

    def is_used(self, array: Array) -> bool:
        """Whether an array that was not met shares memory with an input or with an array that was."""
        low, high = extent(array)
        if self._inputs.touching(low, high):
            return True
        return any(met.low < high and low < met.high for met in self.met)

    def owners(self) -> list[Root]:
        """Roots for the arrays that were met and overlap; empty if none do."""
        found: list[Root] = []
        for group in _overlapping(self.met):
            free = [met for met in group if not met.tied]
            if free and len(group) > 1:
                found += _roots(group, free)
        return found


def view_of(root: Root, array: Array) -> tuple[Any, ...] | None:
    """The reduction of an array that lies in a root; None if that cannot be said."""
    writeable = bool(array.flags.writeable)
    base = root.array
    if writeable and not base.flags.writeable:
        return None
    contiguous = base.flags.c_contiguous or base.flags.f_contiguous
    raw = contiguous and not base.dtype.hasobject and not array.dtype.hasobject
    made: Any = root.base
    if root.changed and contiguous and base.ndim != 1:
        base, made = in_memory_order(base), Origin(in_memory_order, (root.base,))
    if not (raw and root.changed) and (found := as_steps(base, array)) is not None:
        return by_steps, (made, array.shape, *found, writeable)
    if not raw:
        return None
    offset = array.__array_interface__["data"][0] - root.low
    return by_bytes, (root.base, base.nbytes, offset, array.shape, array.strides, array.dtype, writeable)


class _Lookup:
    """Finds the intervals of addresses that overlap another."""

    def __init__(self, roots: Iterable[Root]) -> None:
        self._put(roots)

    def _put(self, roots: Iterable[Root]) -> None:
        self._roots = sorted(roots, key=lambda root: root.low)
        self._lows = [root.low for root in self._roots]
        self._reach = list(accumulate((root.high for root in self._roots), max))

    def add(self, root: Root) -> None:
        """One more."""
        self._put([*self._roots, root])

    def touching(self, low: int, high: int) -> list[Root]:
        """The roots that overlap [low, high), widest first."""
        found: list[Root] = []
        for index in range(bisect_left(self._lows, high) - 1, -1, -1):
            if self._reach[index] <= low:
                break
            if self._roots[index].high > low:
                found.append(self._roots[index])
        return sorted(found, key=lambda root: root.low - root.high)


def _overlapping(met: Sequence[Met]) -> list[list[Met]]:
    """Groups of arrays whose stretches of memory overlap."""
    groups: list[list[Met]] = []
    reach = 0
    for item in sorted(met, key=lambda item: (item.low, -item.high)):
        if groups and item.low < reach:
            groups[-1].append(item)
        else:
            groups.append([item])
        reach = max(reach, item.high)
    return groups


def _roots(group: Sequence[Met], free: Sequence[Met]) -> list[Root]:
    """What the free arrays of a group shall be views of: one array of the group, or the memory that they cover."""
    low, high = min(met.low for met in free), max(met.high for met in free)
    covering = [met for met in group if met.low <= low and met.high >= high]
    # The array of a frame, or one that can be written to: it cannot be a view of a read-only one.
    for met in sorted(covering, key=lambda met: (not met.block, not met.array.flags.writeable)):
        whole = met.array.flags.c_contiguous or met.array.flags.f_contiguous
        if whole or met.array.dtype.hasobject:
            return [Root(met.low, met.high, met.array, met.array)]
    if any(met.array.dtype.hasobject for met in free):
        owner = _owner(free[0].array)
        return [Root(*extent(owner), owner, owner)]
    memory = np.frombuffer(cast("Any", (ctypes.c_ubyte * (high - low)).from_address(low)), np.uint8)
    return [Root(low, high, memory, memory)]


def _owner(array: Array) -> Array:
    """The array whose memory it is."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
