"""Many containers of one kind at once.

Data often comes as thousands of small lists, dicts or objects that are built alike. One by one they cost some ten
microseconds each; here they are taken apart column by column, where a column is what stands at one place of all rows,
and most of the work is done at C speed. The bytes are exactly those that the encoder writes for each on its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from marshal import dumps
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

from cashet_jupyter.fingerprint.encoder import ATOMS, MARSHAL, blob, shortened

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
    """Rows with values of the same types at the same places; nothing if one of them is neither atom nor node."""
    atomic = [type(column[0]) in ATOMS for column in columns]
    atoms = [column for column, is_atomic in zip(columns, atomic, strict=True) if is_atomic]
    others = [column for column, is_atomic in zip(columns, atomic, strict=True) if not is_atomic]
    if not all(records.is_kind_of_node(type(column[0])) for column in others):
        return
    start = head + b"v" + _length(len(columns))
    end = b"N" * len(others)
    if atoms:
        start += bytes(atomic)
        contents = [shortened(start + blob(dumps(list(row), MARSHAL)) + end) for row in zip(*atoms, strict=True)]
    else:
        contents = [shortened(start + end)] * len(indices)
    below = [records.meet_column(column, indices) for column in others]
    yield Rows(indices, contents, [first + row for row in zip(*below, strict=True)])
