"""The order in which the items of a set are numbered, when the items are objects.

The order must come from what the items are, not from where they lie in memory. Each gets a rank from what is below it,
looked at 0, 4, 16, 64 references deep, until all items of the set differ. Objects that are the same to that depth are
taken in the order in which they have been met elsewhere. If nothing tells them apart, two equal sets may be numbered
differently: a needless run, never a wrong result, because the numbering is a complete description in any case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cashet_jupyter.fingerprint.records import Records

_DEPTHS = (0, 4, 16, 64)


class Arrangement:
    """Canonical orders of unordered children, found when they are asked for."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._ranks: list[dict[int, int]] = [{} for _ in range(_DEPTHS[-1] + 1)]

    def arrange(self, index: int, number: Mapping[int, int]) -> Sequence[int]:
        """The children of a record, with those whose order does not count in canonical order.

        `number` holds the numbers that have been given so far.
        """
        children = list(self._records.children[index])
        for start, stop in self._records.groups[index]:
            if stop - start > 1:
                children[start:stop] = self._sorted(children[start:stop], number)
        return children

    def _sorted(self, group: list[int], number: Mapping[int, int]) -> list[int]:
        keys: dict[int, tuple[int, ...]] = dict.fromkeys(group, ())
        tied: Sequence[int] = group
        for depth in _DEPTHS:
            for item in tied:
                keys[item] = (*keys[item], self._rank(item, depth))
            tied = _tied(tied, keys)
            if not tied:
                break
        unmet = len(number)
        return sorted(group, key=lambda item: (keys[item], number.get(item, unmet)))

    def _rank(self, index: int, depth: int) -> int:
        """A hash of what lies below a record, down to a depth; equal for equal objects, in every process.

        Python's hash of a tuple of integers does not depend on the hash seed, as that of bytes does.
        """
        known = self._ranks[depth].get(index)
        if known is not None:
            return known
        records = self._records
        rank = hash(tuple(records.contents[index] or b""))
        if depth:
            below = [self._rank(child, depth - 1) for child in records.children[index]]
            for start, stop in records.groups.get(index, ()):
                below[start:stop] = sorted(below[start:stop])
            rank = hash((rank, *below))
        self._ranks[depth][index] = rank
        return rank


def _tied(items: Sequence[int], keys: Mapping[int, tuple[int, ...]]) -> list[int]:
    """Items that share their key with another one."""
    seen: dict[tuple[int, ...], list[int]] = {}
    for item in items:
        seen.setdefault(keys[item], []).append(item)
    return [item for same in seen.values() if len(same) > 1 for item in same]
