"""Many containers of one kind at once.

Data often comes as thousands of small lists, dicts or objects that are built alike. One by one they cost some ten
microseconds each; here they are taken apart column by column, where a column is what stands at one place of all rows,
and most of the work is done at C speed. The bytes are exactly those that the encoder writes for each on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from marshal import dumps
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from cashet_jupyter.fingerprint.pieces import ATOMS, MARSHAL, blob, short_tuple, shortened

if TYPE_CHECKING:
    from cashet_jupyter.fingerprint.records import Records

#: fewer rows than this are not worth it
FEWEST = 8
#: longer lists are fast enough on their own
WIDEST = 64

#: as keys, two of these can be equal and yet differ: 0.0 and -0.0
_INEXACT = {float, complex}

_length = Struct("<Q").pack


class Rows(NamedTuple):
    """Records that were encoded together."""

    indices: Sequence[int]
    contents: Sequence[bytes]
    children: Sequence[tuple[int, ...]]


def encode_lists(records: Records, indices: list[int], items: list[list[Any]]) -> Iterator[Rows]:
    """Encode the lists that can be encoded together; the others do not appear in the result."""
    flat, others = _separated(items)
    if flat:
        yield _flat(b"[", (), [indices[at] for at in flat], [items[at] for at in flat])
    for places in _alike(others, [tuple(map(type, items[at])) for at in others]):
        columns = list(zip(*(items[at] for at in places), strict=True))
        if len(columns) <= WIDEST:
            yield from _columns(records, b"[", (), [indices[at] for at in places], columns)


def encode_mappings(
    records: Records, indices: list[int], items: list[dict[Any, Any]], head: bytes, first: tuple[int, ...]
) -> Iterator[Rows]:
    """Encode the dicts that can be encoded together; for those of objects, `head` and child `first` stand for the type.

    Those that do not appear in the result are left to the encoder.
    """
    named = list(range(len(items)))
    if not _all_atoms(items):
        named = [at for at in named if set(map(type, items[at])) <= ATOMS]
    values = [items[at].values() for at in named]
    flat, others = _separated(values)
    others = [at for at in others if not set(map(type, items[named[at]])) & _INEXACT]
    if flat:
        yield _flat(head, first, [indices[named[at]] for at in flat], [items[named[at]] for at in flat])
    patterns = [(*map(type, values[at]), *items[named[at]], *map(type, items[named[at]])) for at in others]
    for places in _alike(others, patterns):
        keys = b"p" + b"m" + blob(dumps(list(items[named[places[0]]]), MARSHAL))
        columns = list(zip(*(values[at] for at in places), strict=True))
        yield from _columns(records, head + keys, first, [indices[named[at]] for at in places], columns)


def _separated(items: Sequence[Any]) -> tuple[Sequence[int], list[int]]:
    """The places of the items that hold nothing but atoms, and of the others."""
    if _all_atoms(items):
        return range(len(items)), []
    flat = [set(map(type, item)) <= ATOMS for item in items]
    return [at for at, is_flat in enumerate(flat) if is_flat], [at for at, is_flat in enumerate(flat) if not is_flat]


def _alike(places: Sequence[int], patterns: Sequence[tuple[Any, ...]]) -> list[list[int]]:
    """Places by pattern; without those that are too few."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for at, pattern in zip(places, patterns, strict=True):
        found.setdefault(pattern, []).append(at)
    return [alike for alike in found.values() if len(alike) >= FEWEST]


def _all_atoms(rows: Any) -> bool:
    return set(map(type, chain.from_iterable(rows))) <= ATOMS


def _flat(head: bytes, first: tuple[int, ...], indices: list[int], items: Sequence[Any]) -> Rows:
    """Rows that hold nothing but atoms."""
    plain = b"\0" + head + b"m"
    room = 86 - len(head) - 1
    contents = [
        plain + _length(len(data)) + data if len(data) < room else shortened(head + b"m" + blob(data))
        for data in map(dumps, items, repeat(MARSHAL))
    ]
    return Rows(indices, contents, [first] * len(indices))


def _columns(
    records: Records, head: bytes, first: tuple[int, ...], indices: list[int], columns: list[tuple[Any, ...]]
) -> Iterator[Rows]:
    """Rows with values of the same types at the same places; nothing if one is no atom, node or short tuple."""
    atomic = [type(column[0]) in ATOMS for column in columns]
    atoms = [column for column, is_atomic in zip(columns, atomic, strict=True) if is_atomic]
    others = [column for column, is_atomic in zip(columns, atomic, strict=True) if not is_atomic]
    nodes = [column for column in others if records.is_kind_of_node(type(column[0]))]
    marks = _marks(others, nodes)
    if marks is None:
        return
    start = head + b"v" + _length(len(columns))
    if atoms:
        start += bytes(atomic)
        rows = zip(zip(*atoms, strict=True), marks, strict=False)
        contents = [shortened(start + blob(dumps(list(row), MARSHAL)) + end) for row, end in rows]
    else:
        contents = [shortened(start + end) for _, end in zip(indices, marks, strict=False)]
    below = [records.meet_column(column, indices) for column in nodes]
    yield Rows(
        indices, contents, [first + row for row in zip(*below, strict=True)] if below else [first] * len(indices)
    )


def _marks(others: list[tuple[Any, ...]], nodes: list[tuple[Any, ...]]) -> Iterable[bytes] | None:
    """What is written, row by row, for values that are no atoms; None if that is not known here."""
    if len(nodes) == len(others):
        return repeat(b"N" * len(nodes))
    written: list[Iterable[bytes]] = []
    for column in others:
        if any(column is known for known in nodes):
            written.append(repeat(b"N", len(column)))
            continue
        if type(column[0]) is not tuple or not _all_atoms(column):
            return None
        tuples = list(map(short_tuple, column))
        if None in tuples:
            return None
        written.append(cast("list[bytes]", tuples))
    return map(b"".join, zip(*written, strict=True))
