"""The records of a walk: every object met, once, with its content and the objects that it holds.

A record is a node (an object with an identity), an immutable value that is too big to stand inline (found again by
content), or a slot: a global or a module attribute that code reads. Records are numbered in the order in which they
were met, which depends on the walk; canonical numbers are given later (numbering.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from marshal import dumps
from struct import Struct
from typing import Any

from cashet_jupyter.fingerprint.dispatch import entry_of
from cashet_jupyter.fingerprint.encoder import (
    ATOMS,
    INLINE,
    MARSHAL,
    Content,
    Encoder,
    Slot,
    buffer_digest,
    shortened,
)
from cashet_jupyter.fingerprint.headers import header_of
from cashet_jupyter.fingerprint.modules import encode_slot
from cashet_jupyter.fingerprint.registry import REGISTRY, Entry

#: so many containers of one kind in a row are encoded together
RUN = 8
LONGEST_RUN = 16384

_length = Struct("<Q").pack


class Records:
    """All records of one walk, as parallel lists."""

    def __init__(self, *, docstrings: bool = True) -> None:
        self.docstrings = docstrings
        self.memo: dict[int, int] = {}
        """id of an object -> its record. Everything in it is kept alive, so an id never names another object."""
        self.objects: list[Any] = []
        """The node or slot; None for an immutable value."""
        self.contents: list[bytes | None] = []
        self.children: list[Sequence[int]] = []
        self.parents: list[int] = []
        """By which record it was met first, -1 for roots: from this the path to an object is found."""
        self.groups: dict[int, tuple[tuple[int, int], ...]] = {}
        """Ranges of a record's children whose order does not count."""
        self.extents: dict[int, tuple[tuple[int, int, bool], ...]] = {}
        self.parts: dict[int, tuple[tuple[int, int], ...]] = {}
        self.encoder = Encoder(self)
        self._kept: list[object] = []
        self._by_content: dict[tuple[bytes, tuple[int, ...], tuple[tuple[int, int], ...]], int] = {}
        self._slots: dict[tuple[int, str, frozenset[tuple[str, ...]] | None, str], int] = {}
        self._entries: dict[type, Entry] = {}
        self._headers: dict[type, bytes | None] = {}
        self._registered = REGISTRY.version
        self._current = -1

    # -------------------------------------------------------------------------------------------- look-ups
    def entry(self, kind: type) -> Entry:
        """How values of a type are encoded."""
        entry = self._entries.get(kind)
        if entry is None:
            entry = self._entries[kind] = entry_of(kind)
        return entry

    def header(self, kind: type) -> bytes | None:
        """The bytes that stand for a type, or None where its content does."""
        try:
            return self._headers[kind]
        except KeyError:
            found = self._headers[kind] = header_of(kind)
            return found

    # --------------------------------------------------------------------------------------------- meeting
    def meet(self, obj: object) -> int:
        """The record of a node, made if need be; its content is encoded when the walk comes to it."""
        index = self.memo.get(id(obj))
        if index is None:
            index = self.memo[id(obj)] = self._append(obj, None)
        return index

    def meet_all(self, items: Sequence[object]) -> Sequence[int]:
        """The records of nodes; a range, at C speed, when none of them has been met before."""
        ids = list(map(id, items))
        if self.memo.keys().isdisjoint(ids) and len(set(ids)) == len(ids):
            start, size = len(self.objects), len(ids)
            new = range(start, start + size)
            self.memo.update(zip(ids, new, strict=True))
            self.objects += items
            self.contents += repeat(None, size)
            self.children += repeat((), size)
            self.parents += repeat(self._current, size)
            return new
        return [self.meet(item) for item in items]

    def slot(self, slot: Slot) -> int:
        """The record of a slot."""
        key = (id(slot.namespace), slot.name, slot.chains, slot.kind)
        index = self._slots.get(key)
        if index is None:
            index = self._slots[key] = self._append(slot, None)
        return index

    def record(self, content: bytes, children: list[int], groups: list[tuple[int, int]]) -> int:
        """The record of an immutable value, found by its content."""
        key = (content, tuple(children), tuple(groups))
        index = self._by_content.get(key)
        if index is None:
            index = self._by_content[key] = self._append(None, content, key[1])
            if groups:
                self.groups[index] = key[2]
        return index

    def remember(self, obj: object, index: int) -> None:
        """Keep the record of an immutable object, and the object, so that it is encoded once."""
        self.memo[id(obj)] = index
        self._kept.append(obj)

    def _append(self, obj: object, content: bytes | None, children: Sequence[int] = ()) -> int:
        self.objects.append(obj)
        self.contents.append(content)
        self.children.append(children)
        self.parents.append(self._current)
        return len(self.objects) - 1

    def is_node(self, index: int) -> bool:
        """Whether a record is an object with an identity."""
        obj = self.objects[index]
        return obj is not None and type(obj) is not Slot

    # --------------------------------------------------------------------------------------------- encoding
    def walk(self) -> None:
        """Encode everything that has been met, and what is met on the way.

        Raises `NotFingerprintable` without a path; `current` is the record that refused.
        """
        index = len(self.contents)
        index = next((at for at, content in enumerate(self.contents) if content is None), index)
        patience = 0
        while index < len(self.objects):
            if self.contents[index] is None:
                kind = type(self.objects[index])
                if (kind is dict or kind is list) and index >= patience:
                    run = self._run(index)
                    if self._encode_flat(index, run):
                        index += run
                        continue
                    patience = index + run
                self._encode(index)
            index += 1

    @property
    def current(self) -> int:
        """The record that is being encoded."""
        return self._current

    def encode(self, index: int) -> Content:
        """The content, children, groups and extents of a record, as they are now."""
        self._current = index
        encoder, obj = self.encoder, self.objects[index]
        encoder.begin()
        if type(obj) is Slot:
            encode_slot(encoder, obj)
        else:
            encoder.whole(obj, self.entry(type(obj)))
        return encoder.end()

    def _encode(self, index: int) -> None:
        content = self.encode(index)
        self.contents[index] = content.data
        self.children[index] = content.children
        for table, value in ((self.groups, content.groups), (self.extents, content.extents), (self.parts, content.parts)):
            if value:
                table[index] = value

    def _run(self, start: int) -> int:
        """How many records from here on are nodes of one exact type, and still to be encoded."""
        kind = type(self.objects[start])
        stop = min(start + LONGEST_RUN, len(self.objects))
        for index in range(start, stop):
            if type(self.objects[index]) is not kind or self.contents[index] is not None:
                return index - start
        return stop - start

    def _encode_flat(self, start: int, run: int) -> bool:
        """Encode many lists or dicts that hold only atoms, at C speed; False if they do not."""
        if run < RUN:
            return False
        items = self.objects[start : start + run]
        flat = flat_contents(items)
        if flat is None:
            return False
        self.contents[start : start + run] = flat
        return True

    # --------------------------------------------------------------------------------------------- afterwards
    def is_unchanged(self, index: int) -> bool:
        """Whether a record is what it was; one that has no value any more is not."""
        try:
            now = self.encode(index)
        except Exception:
            return False
        was = (self.contents[index], self.groups.get(index, ()), self.extents.get(index, ()))
        return (now.data, now.groups, now.extents) == was and list(now.children) == list(self.children[index])

    def mark(self) -> tuple[int, int, int, int]:
        """How much there is now, to come back to with `forget`."""
        return len(self.objects), len(self.memo), len(self._kept), len(self._slots)

    def forget(self, mark: tuple[int, int, int, int]) -> None:
        """Drop everything that was met since `mark`. Dicts keep the order of insertion, so what is new is last."""
        size, memo, kept, slots = mark
        for parallel in (self.objects, self.contents, self.children, self.parents):
            del parallel[size:]
        del self._kept[kept:]
        for table, length in ((self.memo, memo), (self._slots, slots)):
            while len(table) > length:
                table.popitem()
        while self._by_content and next(reversed(self._by_content.values())) >= size:
            self._by_content.popitem()
        for table in (self.groups, self.extents, self.parts):
            for index in [index for index in table if index >= size]:
                del table[index]


def flat_contents(items: list[Any]) -> list[bytes] | None:
    """The contents of lists, or of dicts, that hold nothing but atoms; None if one of them holds more.

    The very bytes that the encoder would give, one by one.
    """
    if not set(map(type, chain.from_iterable(items))) <= ATOMS:
        return None
    prefix = b"[m"
    if type(items[0]) is dict:
        if not set(map(type, chain.from_iterable(map(dict.values, items)))) <= ATOMS:
            return None
        prefix = b"{m"
    plain = b"\0" + prefix
    return [
        plain + _length(len(data)) + data if len(data) < 80 else _one_flat(item)
        for item in items
        if (data := dumps(item, MARSHAL))
    ]


def _one_flat(item: Any) -> bytes:
    data = dumps(item, MARSHAL)
    prefix = b"[m" if type(item) is list else b"{m"
    return shortened(prefix + _length(len(data)) + (data if len(data) < INLINE else buffer_digest(data)))
