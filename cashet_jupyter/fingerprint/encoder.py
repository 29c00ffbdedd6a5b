"""The encoder: a value becomes canonical bytes and references to the objects that it holds.

Every piece says its type and its length, so that no content can move from one field to another. An object with an
identity (a *node*) is encoded once, on its own; where another object holds it there is only a reference. Immutable
values have no identity: small ones stand where they are used, bigger ones are records that are found again by their
content, so that a tuple that is used a million times costs one record, and two equal tuples are never told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from marshal import dumps
from typing import TYPE_CHECKING, Any, NoReturn

from cashet_jupyter.errors import NotFingerprintable
from cashet_jupyter.fingerprint.pieces import (
    ATOMS,
    INLINE,
    MARSHAL,
    SMALL,
    Content,
    Slot,
    Span,
    blob,
    length,
    short_tuple,
    shortened,
)
from cashet_jupyter.fingerprint.registry import Entry, register
from cashet_jupyter.memory.content import Run, content_digest

if TYPE_CHECKING:
    from cashet_jupyter.fingerprint.records import Records

__all__ = ["Encode", "Encoder", "register"]

#: how a type is encoded
Encode = Callable[["Encoder", Any], None]

#: tuples that are nested deeper than this are encoded from the inside, not by recursion
DEEP = 25

_NO_STEP = nullcontext()


class Encoder:
    """Encodes one object at a time; what handlers (`Encode`) write to."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._out = bytearray()
        self._children: list[int] = []
        self._groups: list[tuple[int, int]] = []
        self._extents: list[tuple[int, int, bool]] = []
        self._parts: list[tuple[int, int]] = []
        self._depth = 0

    @property
    def docstrings(self) -> bool:
        """Whether docstrings count: they do not where nothing can read them."""
        return self.records.docstrings

    # ------------------------------------------------------------------------------------------ pieces
    def tag(self, name: str) -> None:
        """Write what kind of thing follows."""
        data = name.encode()
        self._out += b"t" + length(len(data)) + data

    def text(self, value: str) -> None:
        """Write a string; lone surrogates are allowed."""
        data = value.encode("utf-8", "surrogatepass")
        self._out += b"s" + length(len(data)) + data

    def buffer(self, data: memoryview | bytes) -> None:
        """Write raw bytes; big ones are hashed where they lie and never copied.

        A `memoryview` must be contiguous; its bytes are taken in memory order.
        """
        view = data if isinstance(data, bytes) else data.cast("B") if data.nbytes else b""
        self._out += b"b" + length(len(view))
        self._out += view if len(view) < INLINE else content_digest(view)

    def pieces(self, size: int, data: Iterable[memoryview]) -> None:
        """Write raw bytes that come in pieces, `size` of them: as `buffer` writes them in one."""
        self._out += b"b" + length(size)
        if size < INLINE:
            self._out += b"".join(data)
            return
        run = Run(size)
        for piece in data:
            run.add(piece)
        self._out += run.digest()

    def extent(self, low: int, high: int, *, writes: bool = True) -> None:
        """Say that the object covers memory from address `low` up to `high`.

        Addresses are not part of the fingerprint; which objects overlap, and where, is. `writes=False`: nothing is
        ever written through this object (it copies first), so that sharing only shows where another one may write.
        """
        if low < high:
            self._extents.append((low, high, writes))

    def part(self, obj: object, offset: int = 0) -> None:
        """Say that `obj` is a part of this object; if it is an input of its own as well, the two change together."""
        self._parts.append((id(obj), offset))

    def columns(self, table: object, names: Iterable[object], columns: Sequence[bytes | Span], *, index: bool) -> None:
        """Say what the columns of a table are, as digests or spans; for people, who are told which of them changed.

        `index`: the first thing that was written of the table is an object, its index.
        """
        found = self.records.memo.get(id(table))
        if found is not None:  # a table without an identity is a part of something else
            self.records.components.setdefault(found, (names, columns, index))

    def place(self) -> tuple[int, int]:
        """Where in the record we are; see `since`."""
        return len(self._out), len(self._children)

    def since(self, place: tuple[int, int]) -> Span:
        """What was written since."""
        start, children = place
        return Span(shortened(self._out[start:]), tuple(self._children[children:]))

    def step(self, name: str) -> AbstractContextManager[None]:
        """Where we are, for the path of a refusal: `.attribute`, `[3]`, `['key']`."""
        del name  # only the tracing encoder needs it: paths are found again when they are needed
        return _NO_STEP

    def refuse(self, why: str, advice: str = "") -> NoReturn:
        """Say that the current object has no value. Raises `NotFingerprintable`; its path is filled in later."""
        raise NotFingerprintable("", why, advice)

    # ------------------------------------------------------------------------------------------ values
    def value(self, obj: object) -> None:
        """Write any value: immutable ones by content, an object with an identity as a reference."""
        kind = type(obj)
        if kind in ATOMS:
            self._atom(obj)
            return
        records = self.records
        index = records.memo.get(id(obj))
        if index is None:
            entry = records.entry(kind)
            if entry.inline is not None and (known := entry.inline(obj)) is not None:
                self._out += known
                return
            if not entry.node:
                self._immutable(obj, entry)
                return
            index = records.meet(obj)
        self._out += b"N"
        self._children.append(index)

    def values(self, items: Sequence[object]) -> None:
        """Write a sequence; fast when all its items are exact atoms."""
        kinds = set(map(type, items))
        if kinds <= ATOMS:
            self._out += b"m"
            self._marshalled(items if type(items) is list else list(items))
            return
        self._out += b"v" + length(len(items))
        others = items
        if kinds & ATOMS:
            atomic = [kind in ATOMS for kind in map(type, items)]
            self._out += bytes(atomic)
            self._marshalled([item for item, is_atom in zip(items, atomic, strict=True) if is_atom])
            others = [item for item, is_atom in zip(items, atomic, strict=True) if not is_atom]
        self._objects(others, kinds - ATOMS)

    def mapping(self, items: Mapping[Any, object]) -> None:
        """Write the keys and values of a mapping in their order."""
        if type(items) is dict and set(map(type, items)) <= ATOMS and set(map(type, items.values())) <= ATOMS:
            self._out += b"m"
            self._marshalled(items)
        else:
            self._out += b"p"
            self.values(list(items.keys()))
            self.values(list(items.values()))

    def attributes(self, items: Mapping[str, object]) -> None:
        """Write the attributes of an object, in their order."""
        self.mapping(items)

    def content(self, obj: object) -> None:
        """Write an object by its content, without an identity of its own.

        For what only exists while an object is taken apart, and for private parts that nobody else can reach.
        """
        kind = type(obj)
        if kind in ATOMS:
            self._atom(obj)
        else:
            self._refer(b"C", self._nested(obj, self.records.entry(kind)))

    def unordered(self, items: Iterable[object]) -> None:
        """Write items whose order does not count."""
        known = list(items)
        if set(map(type, known)) <= ATOMS:
            self._out += b"m" + length(len(known))
            atoms: list[Any] = known
            self._blob(b"".join(sorted(dumps(item, MARSHAL) for item in atoms)))
            return
        closed, referred = self._separate(known)
        self._out += b"u" + length(len(closed)) + length(len(referred)) + b"".join(sorted(closed))
        if referred:
            start = len(self._children)
            self._children += sorted(referred)
            self._groups.append((start, len(self._children)))

    def slot(self, slot: Slot) -> None:
        """Write a global, or an attribute of a module, that code reads by name."""
        self.text(slot.name)
        self._children.append(self.records.slot(slot))

    # ------------------------------------------------------------------------------------------ a record
    def begin(self) -> None:
        """Start a record."""
        self._out = bytearray()
        self._children, self._groups, self._extents, self._parts = [], [], [], []

    def whole(self, obj: object, entry: Entry) -> None:
        """Write the type and the content of a node."""
        self._header(type(obj))
        entry.encode(self, obj)

    def end(self) -> Content:
        """The record that was begun."""
        return Content(
            shortened(self._out), self._children, tuple(self._groups), tuple(self._extents), tuple(self._parts)
        )

    # ---------------------------------------------------------------------------------------- internals
    def _separate(self, items: list[object]) -> tuple[list[bytes], list[int]]:
        """Items of a set: those that are bytes all by themselves, and those that are records."""
        closed: list[bytes] = []
        referred: list[int] = []
        for item in items:
            outer = self._out, self._children
            self._out, self._children = bytearray(), []
            self.value(item)
            if self._children:
                referred += self._children
            else:
                closed.append(bytes(self._out))
            self._out, self._children = outer
        return closed, referred

    def _atom(self, obj: Any) -> None:
        data = dumps(obj, MARSHAL)
        self._out += b"a"
        if len(data) < INLINE:
            self._out += data
        else:
            self._out += b"!"  # no type code of marshal
            self._blob(data)

    def _marshalled(self, items: Any) -> None:
        self._blob(dumps(items, MARSHAL))

    def _blob(self, data: bytes) -> None:
        self._out += blob(data)

    def _objects(self, items: Sequence[object], kinds: set[type]) -> None:
        """Write values none of which is an atom."""
        records = self.records
        if len(items) > 8 and all(map(records.is_kind_of_node, kinds)):
            self._out += b"N" * len(items)
            self._children += records.meet_all(items)
        elif len(items) > 8 and kinds == {tuple} and set(map(type, chain.from_iterable(items))) <= ATOMS:  # type: ignore[arg-type]
            for item in items:
                self._flat_tuple(item)
        else:
            for item in items:
                self.value(item)

    def _immutable(self, obj: object, entry: Entry) -> None:
        if self._depth > DEEP and isinstance(obj, tuple | frozenset):
            self._from_inside(obj)
        found = self._nested(obj, entry)
        if isinstance(found, int):
            self.records.remember(obj, found)
        self._refer(b"N", found)

    def _flat_tuple(self, item: Any) -> None:
        """A tuple of atoms: as `value` writes it."""
        data = short_tuple(item)
        if data is None:
            self.value(item)
        else:
            self._out += data

    def _from_inside(self, obj: object) -> None:
        """Encode the tuples in a deep tuple from the innermost outwards, so that the stack stays flat."""
        records = self.records
        waiting: list[tuple[Any, bool]] = [(obj, False)]
        seen: set[int] = set()
        while waiting:
            item, entered = waiting.pop()
            if entered:
                found = self._nested(item, records.entry(type(item)))
                if isinstance(found, int):
                    records.remember(item, found)
            elif id(item) not in seen and id(item) not in records.memo and not records.entry(type(item)).node:
                seen.add(id(item))
                waiting.append((item, True))
                inside = tuple.__iter__(item) if isinstance(item, tuple) else frozenset.__iter__(item)
                waiting += [(part, False) for part in inside if isinstance(part, tuple | frozenset)]

    def _refer(self, mark: bytes, found: bytes | int) -> None:
        if isinstance(found, int):
            self._out += mark
            self._children.append(found)
        else:
            self._out += b"i" + mark + bytes((len(found),)) + found

    def _nested(self, obj: object, entry: Entry) -> bytes | int:
        """An object encoded apart: its bytes if it is small and refers to nothing, else the number of its record."""
        outer = self._out, self._children, self._groups, self._extents, self._parts
        self._depth += 1
        try:
            self._out, self._children, self._groups, self._extents, self._parts = bytearray(), [], [], [], []
            self._header(type(obj))
            entry.encode(self, obj)
            out, children, groups = self._out, self._children, self._groups
        finally:
            self._out, self._children, self._groups, self._extents, self._parts = outer
            self._depth -= 1
        if not children and len(out) <= SMALL:
            return bytes(out)
        return self.records.record(shortened(out), children, groups)

    def _header(self, kind: type) -> None:
        """Write the type of what follows: library types by name and version, the user's by their content."""
        known = self.records.header(kind)
        if known is None:
            self._out += b"K"
            self.value(kind)
        else:
            self._out += known
