"""The records of a walk: every object met, once, with its content and the objects that it holds.

A record is a node (an object with an identity), an immutable value that is too big to stand inline (found again by
content), or a slot: a global or a module attribute that code reads. Records are numbered in the order in which they
were met, which depends on the walk; canonical numbers are given later (numbering.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

from cashet_jupyter.fingerprint.compact import compacted
from cashet_jupyter.fingerprint.dispatch import entry_of
from cashet_jupyter.fingerprint.encoder import Encoder
from cashet_jupyter.fingerprint.headers import SHORT, header_of
from cashet_jupyter.fingerprint.modules import encode_slot
from cashet_jupyter.fingerprint.objects import encode_dict
from cashet_jupyter.fingerprint.pieces import ATOMS, Content, Slot, Span
from cashet_jupyter.fingerprint.registry import Entry
from cashet_jupyter.fingerprint.rows import FEWEST, Rows, encode_lists, encode_mappings


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
        self.components: dict[int, tuple[Iterable[object], Sequence[bytes | Span], bool]] = {}
        """Of a table: the names of its columns, digests or spans of them, and whether its first child is an index."""
        self.trees: dict[int, frozenset[int]] = {}
        """Lists and dicts that are one record with all that is in them -> what is held in them: see `Tree.held`."""
        self.encoder = Encoder(self)
        self._kept: list[object] = []
        self._by_content: dict[tuple[bytes, tuple[int, ...], tuple[tuple[int, int], ...]], int] = {}
        self._slots: dict[tuple[int, str, frozenset[tuple[str, ...]] | None, str], int] = {}
        self._entries: dict[type, Entry] = {}
        self._headers: dict[type, bytes | None] = {}
        self._current = -1

    # -------------------------------------------------------------------------------------------- look-ups
    def kinds(self) -> Iterable[type]:
        """The types of all that was met."""
        return self._entries.keys()

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

    def meet_column(self, items: Sequence[object], parents: Sequence[int]) -> Sequence[int]:
        """The records of nodes that stand at one place of many containers: `parents` are those."""
        size = len(self.objects)
        met = self.meet_all(items)
        if len(self.objects) - size == len(items):
            self.parents[size:] = parents
        return met

    def is_kind_of_node(self, kind: type) -> bool:
        """Whether all values of a type are nodes."""
        if kind in ATOMS:
            return False
        entry = self.entry(kind)
        return entry.node and entry.inline is None

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
    @property
    def current(self) -> int:
        """The record that is being encoded."""
        return self._current

    def walk(self) -> None:
        """Encode everything that has been met, and what is met on the way.

        Raises `NotFingerprintable` without a path; `current` is the record that refused.
        """
        self._walk(self._encode_most)

    def expand(self) -> None:
        """Walk through the trees that are one record, too: from now on every list and dict is a record of its own.

        Raises `NotFingerprintable` if one of them has changed since: then nothing is known of what it was.
        """
        for index in self.trees:
            self._current, obj = index, self.objects[index]
            found = compacted(obj, SHORT[type(obj)])
            if found is None or found[0] != self.contents[index]:
                self.encoder.refuse("it was changed while it was looked at")
        for index in self.trees:
            self.contents[index] = None
        self.trees.clear()
        self._walk(self._encode_all)

    def _walk(self, encode: Callable[[list[int]], None]) -> None:
        done = 0
        while done < len(self.objects):
            waiting = [at for at in range(done, len(self.objects)) if self.contents[at] is None]
            done = len(self.objects)
            for indices in self._by_kind(waiting):
                encode(indices)

    def _encode_most(self, indices: list[int]) -> None:
        """Encode records whose objects are of one type: big plain data as one record."""
        kind = type(self.objects[indices[0]])
        if kind is list or kind is dict:
            for index in indices:
                self._current = index
                found = compacted(self.objects[index], SHORT[kind])
                if found is not None:
                    self.contents[index], self.trees[index] = found[0], found[1].held
            indices = [index for index in indices if index not in self.trees]
        if indices:
            self._encode_all(indices)

    def _encode_all(self, indices: list[int]) -> None:
        """Encode records whose objects are of one type."""
        for rows in self._rows(indices):
            for index, content, children in zip(*rows, strict=True):
                self.contents[index] = content
                self.children[index] = children
        for index in indices:
            if self.contents[index] is None:
                content = self.encode(index)
                self.contents[index] = content.data
                self.children[index] = content.children
                if content.groups:
                    self.groups[index] = content.groups
                if content.extents:
                    self.extents[index] = content.extents
                if content.parts:
                    self.parts[index] = content.parts

    def encode(self, index: int) -> Content:
        """The content of a record, as it is now."""
        self._current = index
        encoder, obj = self.encoder, self.objects[index]
        encoder.begin()
        if type(obj) is Slot:
            encode_slot(encoder, obj)
        else:
            encoder.whole(obj, self.entry(type(obj)))
        return encoder.end()

    def _by_kind(self, indices: Sequence[int]) -> Iterable[list[int]]:
        """Records, those of one type together."""
        found: dict[type, list[int]] = {}
        for index in indices:
            found.setdefault(type(self.objects[index]), []).append(index)
        return found.values()

    def _rows(self, indices: list[int]) -> Iterable[Rows]:
        """What can be encoded together of records whose objects are of one type."""
        kind = type(self.objects[indices[0]])
        if len(indices) < FEWEST or kind is Slot:
            return ()
        items = [self.objects[index] for index in indices]
        if kind is list:
            return encode_lists(self, indices, items)
        if kind is dict:
            return encode_mappings(self, indices, items, b"{", ())
        if self.entry(kind).encode is encode_dict:
            return self._object_rows(kind, indices, [item.__dict__ for item in items])
        return ()

    def _object_rows(self, kind: type, indices: list[int], attributes: list[dict[str, Any]]) -> Iterable[Rows]:
        head = self.header(kind)
        first: tuple[int, ...] = ()
        if head is None:
            head, first = b"KN", (self.meet(kind),)
        for index, own in zip(indices, attributes, strict=True):
            self.parts[index] = ((id(own), 0),)
        return encode_mappings(self, indices, attributes, head, first)

    # --------------------------------------------------------------------------------------------- afterwards
    def different(self, indices: Sequence[int]) -> list[int]:
        """Those records that are not what they were, ascending; one that has no value any more is not."""
        found: list[int] = []
        for same in self._by_kind(indices):
            compared: set[int] = set()
            for rows in self._rows(same):
                compared.update(rows.indices)
                for index, content, children in zip(*rows, strict=True):
                    if content != self.contents[index] or children != tuple(self.children[index]):
                        found.append(index)
            found += [index for index in same if index not in compared and not self._is_unchanged(index)]
        return sorted(found)

    def _is_unchanged(self, index: int) -> bool:
        try:
            now = self.encode(index)
        except Exception:
            return False
        was = (self.contents[index], self.groups.get(index, ()), self.extents.get(index, ()))
        return (now.data, now.groups, now.extents) == was and tuple(now.children) == tuple(self.children[index])

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
        for table in (self.groups, self.extents, self.parts, self.components):
            for index in [index for index in table if index >= size]:
                del table[index]
