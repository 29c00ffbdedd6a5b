"""Trees of plain data, found out at C speed: rows of a table, records of JSON, by the hundred thousand.

Whether a list or dict holds nothing but exact atoms, lists, dicts and tuples, and no list or dict twice, could be seen
by a walk; that costs a microsecond for every part. Here it is looked at level by level: what the containers of one
level hold comes from `gc.get_referents`, which types occur is a set, and nothing in Python happens once for each part.

Whether a list or dict is met twice is not asked of a set of all ids either. One that nobody else refers to has one
reference, that of the container it lies in; so only those with more have to be told apart. These few are also the only
ones that anything outside of the tree can share: see `Tree.held`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import compress, filterfalse, islice
from math import prod
from sys import getrefcount
from types import NoneType
from typing import Any

#: sets are none of it: the order of their items says nothing. Neither are the rarer atoms, which pickle and marshal
#: write by ways of their own
ATOMS: frozenset[type] = frozenset({NoneType, bool, int, float, str, bytes})
CONTAINERS: frozenset[type] = frozenset({list, dict, tuple})
KINDS = ATOMS | CONTAINERS

#: levels; far below what pickle and marshal can nest, so that neither ever runs into its limit
DEEPEST = 24
#: items that a tuple may have, those of the tuples in it included. A tuple can stand in a million places at no cost,
#: and here it is gone through each time. A tree is a function of the value, so its identity cannot be asked
ROOMIEST = 64
#: parts that are looked at together, approximately: they stay in the processor's cache from one look to the next
CHUNK = 1 << 11
PIECE = 1 << 13
#: parts that may wait until their types are proven: 8 MiB of pointers
MOST_WAITING = 1 << 20
#: parts of one container that are sorted in columns, where all containers of a level have equally many
WIDEST = 64
FEWEST = 8


class NotATreeError(Exception):
    """A value is no tree of plain data."""


@dataclass(frozen=True, slots=True)
class Tree:
    """What is known of a tree."""

    size: int
    """How many parts it has: items of lists and tuples, values of dicts (and keys, where they are not all text)."""
    held: frozenset[int]
    """Ids of the lists and dicts inside that something else may refer to as well; the root is not among them."""


def tree_of(root: Any, prove: Callable[[list[Any]], object] | None = None) -> Tree | None:
    """What is known of a list, dict or tuple that is a tree of plain data; None if it is none.

    The answer is a function of the value alone, but for `held`. No code of the user runs.

    `prove` is given the items of the root, `CHUNK` at once, when they are known to be bounded: for a dict some keys,
    then their values. It must go through all that is in them, and raise `TypeError` if an atom is not of an exact type.
    Then this is not asked here, which takes half of the time.
    """
    kind = type(root)
    if kind not in CONTAINERS:
        return None
    look = _Look(root, proven=prove is not None)
    again = _chunks(root, kind)
    try:
        for chunk in _chunks(root, kind):
            look.column(chunk, 0, 0)
            if prove is not None:
                prove(next(again))
                look.settle()
    except (NotATreeError, TypeError):
        return None
    return Tree(look.size, frozenset(look.met - {id(root)}))


def _chunks(root: Any, kind: type) -> Iterator[list[Any]]:
    """The items of a container, in lists that are used up."""
    if kind is list:
        yield from (root[start : start + CHUNK] for start in range(0, len(root), CHUNK))
        return
    iterators = [iter(root), iter(root.values())] if kind is dict else [iter(root)]
    for _ in range(0, len(root), CHUNK):
        yield from (list(islice(items, CHUNK)) for items in iterators)


class _Look:
    """One look at a tree.

    Every list of parts that is handed on here is the only one that holds them, besides the containers that they are
    parts of: `_meet` counts references.
    """

    def __init__(self, root: object, *, proven: bool) -> None:
        self.size = 0
        self.met: set[int] = {id(root)}
        self._proven = proven
        self._quiet: list[tuple[list[Any], int]] = []
        """Parts that hold nothing, and how deep they are, until their types are proven: atoms, or empty containers."""
        self._waiting = 0
        self._room = [1] * (DEEPEST + 2)
        """The widest tuple, by the number of tuples right around it."""

    def column(self, parts: list[Any], depth: int, inside: int) -> None:
        """Look at parts that are probably alike; the list is used up. `inside`: how many tuples are right around."""
        self.size += len(parts)
        probably = self._proven and type(parts[0]) not in CONTAINERS and self._waiting < MOST_WAITING
        if probably and not gc.get_referents(*parts):
            self._quiet.append((parts, depth))
            self._waiting += len(parts)
        else:
            self._by_types(parts, depth, inside)

    def settle(self) -> None:
        """Look for empty containers, now that atoms are proven: asking these whether they are false runs no code."""
        for parts, depth in self._quiet:
            if not all(parts):
                false = list(filterfalse(None, parts))
                parts.clear()
                self._by_types(false, depth, 0)
        self._quiet.clear()
        self._waiting = 0

    def _by_types(self, parts: list[Any], depth: int, inside: int) -> None:
        """Look at parts by their types; the list is used up."""
        types = list(map(type, parts))
        if types.count(types[0]) == len(types):
            if types[0] in CONTAINERS:
                self._containers(types[0], parts, depth, inside)
            elif types[0] not in ATOMS:
                raise NotATreeError
            return
        kinds = set(types)
        if not kinds <= KINDS:
            raise NotATreeError
        groups = [(kind, list(compress(parts, [each is kind for each in types]))) for kind in kinds & CONTAINERS]
        parts.clear()
        for kind, group in groups:
            self._containers(kind, group, depth, inside)

    def _containers(self, kind: type, containers: list[Any], depth: int, inside: int) -> None:
        """Look at containers of one type."""
        if depth > DEEPEST:
            raise NotATreeError
        if kind is tuple:
            inside += 1
            widest = max(map(len, containers))
            self._room[inside] = max(self._room[inside], widest)
            if prod(self._room) > ROOMIEST:
                raise NotATreeError
        else:
            inside = 0
            self._meet(containers)
        self._into(kind, containers, depth + 1, inside)

    def _into(self, kind: type, containers: list[Any], depth: int, inside: int) -> None:
        """Look at what containers hold."""
        start, density = 0, len(containers[0])
        while start < len(containers):
            piece = containers[start : start + PIECE // (density + 1) + 1]
            start += len(piece)
            # The keys of a dict are among the parts, unless all of them are exact strings: those the cyclic collector
            # need not know. The values may come in another order than the keys; no order matters here.
            parts = gc.get_referents(*piece)
            density, rest = divmod(len(parts), len(piece))
            if kind is dict and rest == 0 and 1 < density <= WIDEST and len(piece) >= FEWEST:
                columns = [parts[column::density] for column in range(density)]
                parts.clear()
                for column in columns:
                    self.column(column, depth, inside)
            while parts:
                column = parts[-PIECE:]
                del parts[-PIECE:]
                self.column(column, depth, inside)

    def _meet(self, containers: list[Any]) -> None:
        """See that no list or dict is met twice."""
        alone: list[Any] = []  # held by this variable as the others are by what they lie in, and by `containers`
        containers.append(alone)
        counts = list(map(getrefcount, containers))
        once = counts.pop()
        containers.pop()
        if counts.count(once) != len(counts):
            others = [id(item) for item, count in zip(containers, counts, strict=True) if count > once]
            expected = len(self.met) + len(others)
            self.met.update(others)
            if len(self.met) != expected:
                raise NotATreeError
