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

_length = Struct("<Q").pack


class Rows(NamedTuple):
    """Records that were encoded together."""

    indices: Sequence[int]
    contents: Sequence[bytes]
    children: Sequence[tuple[int, ...]]


def encode_lists(records: Records, indices: list[int], items: list[list[Any]]) -> Iterator[Rows]:
    """Encode the lists that can be encoded together; the others do not appear in the result."""
    if _all_atoms(items):
        yield _flat(b"[", (), indices, items)
        return
    by_length: dict[int, list[int]] = {}
    for at, item in enumerate(items):
        by_length.setdefault(len(item), []).append(at)
    for length, places in by_length.items():
        if len(places) >= FEWEST and 0 < length <= WIDEST:
            rows = [items[at] for at in places]
            numbers = [indices[at] for at in places]
            if _all_atoms(rows):
                yield _flat(b"[", (), numbers, rows)
            else:
                yield from _columns(records, b"[", (), numbers, list(zip(*rows, strict=True)))


def encode_mappings(
    records: Records, indices: list[int], items: list[dict[Any, Any]], head: bytes, first: tuple[int, ...]
) -> Iterator[Rows]:
    """Encode the dicts that can be encoded together: those of objects, too, with `head` and child `first` for their type.

    Those that do not appear in the result are left to the encoder.
    """
    if _all_atoms(items) and _all_atoms(map(dict.values, items)):
        yield _flat(head, first, indices, items)
        return
    by_keys: dict[tuple[Any, ...], list[int]] = {}
    for at, item in enumerate(items):
        if set(map(type, item)) <= ATOMS:
            by_keys.setdefault((*item, *map(type, item)), []).append(at)
    for places in by_keys.values():
        if len(places) < FEWEST:
            continue
        rows = [items[at] for at in places]
        numbers = [indices[at] for at in places]
        if _all_atoms(map(dict.values, rows)):
            yield _flat(head, first, numbers, rows)
        else:
            keys = b"p" + b"m" + blob(dumps(list(rows[0]), MARSHAL))
            yield from _columns(records, head + keys, first, numbers, list(zip(*map(dict.values, rows), strict=True)))


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
    """Rows with an atom, or with an object that has an identity, at the same places; nothing if there is another kind."""
    kinds = [set(map(type, column)) for column in columns]
    atomic = [kind <= ATOMS for kind in kinds]
    for kind, is_atomic in zip(kinds, atomic, strict=True):
        if not is_atomic and not all(records.is_kind_of_node(each) for each in kind):
            return
    atoms = [column for column, is_atomic in zip(columns, atomic, strict=True) if is_atomic]
    others = [column for column, is_atomic in zip(columns, atomic, strict=True) if not is_atomic]
    start = head + b"v" + _length(len(columns))
    end = b"N" * len(others)
    if atoms:
        start += bytes(atomic)
        contents = [shortened(start + blob(dumps(list(row), MARSHAL)) + end) for row in zip(*atoms, strict=True)]
    else:
        contents = [shortened(start + end)] * len(indices)
    below = [records.meet_column(column, indices) for column in others]
    yield Rows(indices, contents, [first + row for row in zip(*below, strict=True)])
