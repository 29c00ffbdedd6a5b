"""From records to canonical digests.

Records come in the order of the walk. Here the graph below a root gets numbers of its own: breadth first from the root,
children in their order. Two graphs are the same exactly if the contents, in this order, and the numbers of the children
are the same; then also which object stands where twice is the same. Only integers are handled; no value is looked at.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

from blake3 import blake3

from cashet_jupyter.digest import digest, encode, threads
from cashet_jupyter.fingerprint.records import Records
from cashet_jupyter.fingerprint.unordered import Arrangement

#: contents that are joined at once
_PIECE = 1 << 16


class Numbering:
    """The graph below one root, in canonical order."""

    def __init__(self, records: Records, root: int, arrangement: Arrangement) -> None:
        self.records = records
        self.number: dict[int, int] = {root: 0}
        """Record -> its number."""
        self.order: list[int] = [root]
        """The records, by number."""
        self._arranged: dict[int, Sequence[int]] = {}
        self._visit(arrangement)

    def _visit(self, arrangement: Arrangement) -> None:
        children, groups = self.records.children, self.records.groups
        number, order = self.number, self.order
        for index in order:  # grows while it is gone through
            below = children[index]
            if not below:
                continue
            if index in groups:
                below = self._arranged[index] = arrangement.arrange(index, number)
            for child in below:
                if child not in number:
                    number[child] = len(order)
                    order.append(child)

    def digest(self) -> str:
        """The digest of everything below the root, with all aliasing."""
        hasher = blake3(max_threads=threads(8 * len(self.order)))  # the longest pieces are lists of numbers
        for piece in self._pieces():
            hasher.update(piece)
        return hasher.hexdigest()

    def _pieces(self) -> Iterable[bytes]:
        records, order = self.records, self.order
        contents: list[bytes] = list(map(records.contents.__getitem__, order))  # type: ignore[arg-type]
        yield array("Q", [len(order)]).tobytes()
        yield array("Q", map(len, contents)).tobytes()
        for start in range(0, len(order), _PIECE):
            yield b"".join(contents[start : start + _PIECE])
        below: list[Sequence[int]] = list(map(records.children.__getitem__, order))
        for index, arranged in self._arranged.items():
            below[self.number[index]] = arranged
        yield array("Q", map(len, below)).tobytes()
        yield array("Q", map(self.number.__getitem__, chain.from_iterable(below))).tobytes()
        yield encode(("overlaps", *overlaps(self.records, self.number)))


class Layout:
    """All names together: the order of their nodes, and what they share."""

    def __init__(self, records: Records, roots: Mapping[str, int], wanted: Collection[str]) -> None:
        arrangement = Arrangement(records)
        self.digests: dict[str, str] = {}
        """Of the `wanted` names."""
        joint: dict[int, int] = {}
        first: dict[int, tuple[int, int]] = {}
        self._shared: list[tuple[int, int, int, int]] = []
        for position, (name, root) in enumerate(roots.items()):
            numbering = Numbering(records, root, arrangement)
            if name in wanted:
                self.digests[name] = numbering.digest()
            number = numbering.number
            self._shared += sorted((position, number[index], *first[index]) for index in number.keys() & first.keys())
            for index in numbering.order:
                if index not in joint:
                    joint[index] = len(joint)
                    first[index] = (position, number[index])
        self._together = overlaps(records, joint)
        self.order = [index for index in joint if records.is_node(index)]
        """The records of the nodes, by number."""
        self.numbers = {index: number for number, index in enumerate(self.order)}
        self.nodes = [records.objects[index] for index in self.order]

    def joint(self, mark: str, digests: Mapping[str, str]) -> str:
        """The digest of all names: their own, which objects they share, and which memory."""
        return digest(mark, *(list(pair) for pair in digests.items()), self._shared, self._together)  # type: ignore[arg-type]


def overlaps(records: Records, number: dict[int, int]) -> list[tuple[int, int, int, int]]:
    """Which of the numbered records share memory that one of them may write to.

    Memory that hangs together is a region; for each record in a region that it does not have for itself: the region,
    the number of the record, its offset in the region, and its length. Linear in the number of views.
    """
    known = number.keys() & records.extents.keys()
    extents = records.extents
    spans = sorted((low, high, number[index], writes) for index in known for low, high, writes in extents[index])
    regions: list[list[tuple[int, int, int, bool]]] = []
    end = -1
    for low, high, owner, writes in spans:
        if low >= end:
            regions.append([])
        regions[-1].append((owner, low, high, writes))
        end = max(end, high)
    shared = sorted(
        sorted((owner, low - region[0][1], high - low) for owner, low, high, _ in region)
        for region in regions
        if len({owner for owner, *_ in region}) > 1 and any(writes for *_, writes in region)
    )
    result = [(at, *view) for at, region in enumerate(shared) for view in region]
    return result + _parts(records, number)


def _parts(records: Records, number: dict[int, int]) -> list[tuple[int, int, int, int]]:
    """Objects that are a part of a numbered record and are inputs of their own as well: `vars(obj)` of `obj`."""
    found: list[tuple[int, int, int, int]] = []
    for index in number.keys() & records.parts.keys():
        for identity, offset in records.parts[index]:
            part = records.memo.get(identity)
            if part is not None and part in number:
                found.append((-1, number[index], number[part], offset))
    return sorted(found)
