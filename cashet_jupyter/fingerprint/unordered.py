"""The order in which the items of a set are numbered, when the items are objects.

The order must come from what the items are, not from where they lie in memory. Each gets a rank from what is below it,
looked at 4, 8, ... 64 references deep, until all items of the set differ. Objects that are the same to that depth are
taken in the order in which they have been met elsewhere. If nothing tells them apart, two equal sets may be numbered
differently: a needless run, never a wrong result, because the numbering is a complete description in any case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cashet_jupyter.fingerprint.records import Records

_DEPTHS = (4, 8, 16, 32, 64)


class Arrangement:
    """Canonical orders of unordered children, found when they are asked for."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._ranks: dict[int, dict[int, int]] = {}
        self._ranked: dict[int, tuple[dict[int, int], list[int]]] = {}

    def arrange(self, index: int, number: Mapping[int, int]) -> Sequence[int]:
        """The children of a record, with those whose order does not count in canonical order.

        `number` holds the numbers that have been given so far.
        """
        children = list(self._records.children[index])
        for start, stop in self._records.groups[index]:
            children[start:stop] = self._sorted(children[start:stop], number)
        return children

    def _sorted(self, group: list[int], number: Mapping[int, int]) -> list[int]:
        keys: dict[int, tuple[int, ...]] = dict.fromkeys(group, ())
        tied = group
        for depth in _DEPTHS:
            ranks = self._ranks_at(depth, tied)
            for item in tied:
                keys[item] = (*keys[item], ranks[item])
            tied = _tied(tied, keys)
            if not tied:
                break
        unmet = len(number)
        return sorted(group, key=lambda item: (keys[item], number.get(item, unmet)))

    def _ranks_at(self, depth: int, items: Sequence[int]) -> dict[int, int]:
        """A hash of what lies below each item, down to a depth; equal for equal objects, in every process.

        Python's hash of a tuple of integers does not depend on the hash seed.
        """
        known = self._ranks.setdefault(depth, {})
        if not all(item in known for item in items):
            below = self._below(items)
            records = self._records
            first = {index: hash(tuple(records.contents[index] or b"")) for index in below}
            current = first
            for _ in range(depth):
                current = {index: self._mixed(index, first[index], current) for index in below}
            known |= {item: current[item] for item in items}
        return known

    def _mixed(self, index: int, own: int, ranks: Mapping[int, int]) -> int:
        below = [ranks[child] for child in self._records.children[index]]
        for start, stop in self._records.groups.get(index, ()):
            below[start:stop] = sorted(below[start:stop])
        return hash((own, *below))

    def _below(self, items: Sequence[int]) -> list[int]:
        met = dict.fromkeys(items)
        order = list(met)
        for index in order:
            for child in self._records.children[index]:
                if child not in met:
                    met[child] = None
                    order.append(child)
        return order


def _tied(items: Sequence[int], keys: Mapping[int, tuple[int, ...]]) -> list[int]:
    """Items that share their key with another one."""
    seen: dict[tuple[int, ...], list[int]] = {}
    for item in items:
        seen.setdefault(keys[item], []).append(item)
    return [item for same in seen.values() if len(same) > 1 for item in same]
