"""What an encoded value is put together from: pieces of bytes, each with its length, and references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from marshal import dumps
from struct import Struct
from types import EllipsisType, NoneType
from typing import Any, Literal, NamedTuple

from blake3 import blake3

from cashet_jupyter.memory.content import content_digest

#: exact types that `marshal` writes canonically. Version 2 of its format has no references and no mark for interned
#: strings, so equal values give equal bytes, whatever their history
ATOMS: frozenset[type] = frozenset({NoneType, bool, int, float, complex, str, bytes, EllipsisType})
MARSHAL = 2

#: longer content is replaced by its digest
INLINE = 4096
#: immutable values up to this size stand where they are used
SMALL = 128

length = Struct("<Q").pack


def shortened(raw: bytes | bytearray) -> bytes:
    """The content of a record: itself where it is short, else its digest."""
    return b"\0" + raw if len(raw) < 96 else b"\1" + blake3(raw).digest()


def blob(data: bytes) -> bytes:
    """Bytes with their length; long ones by their digest."""
    return length(len(data)) + (data if len(data) < INLINE else content_digest(data))


def short_tuple(item: tuple[Any, ...]) -> bytes | None:
    """What is written for a tuple of atoms that stands where it is used; None if it is too long for that."""
    data = dumps(list(item), MARSHAL)
    return None if len(data) > SMALL - 10 else b"iN" + bytes((len(data) + 10,)) + b"(m" + length(len(data)) + data


class Content(NamedTuple):
    """What a record is, apart from the records that it refers to."""

    data: bytes
    children: Sequence[int]
    groups: tuple[tuple[int, int], ...]
    """Ranges of the children whose order does not count."""
    extents: tuple[tuple[int, int, bool], ...]
    """Memory that it covers: addresses, from and up to, and whether it may be written through it."""
    parts: tuple[tuple[int, int], ...]
    """Objects that are a part of it: id and offset."""


class Span(NamedTuple):
    """A piece of a record."""

    data: bytes
    children: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A name in a namespace that code reads: a global, or an attribute of a module of the user."""

    namespace: Mapping[str, Any]
    name: str
    chains: frozenset[tuple[str, ...]] | None = None
    """If the value is a module: the attribute chains that are followed from it; None: all that it holds."""
    kind: Literal["variable", "global", "attribute"] = "global"
