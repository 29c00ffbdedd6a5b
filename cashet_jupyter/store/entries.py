"""Entries that were checked: a row of the index, believed or not."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Commit
from cashet_jupyter.store import queries, records
from cashet_jupyter.store.index import Index, Row
from cashet_jupyter.store.trust import Signer

#: commits whose record was checked in this process, kept so that a hit need not hash and decode them again
_KNOWN = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """A commit whose record is whole, and whether this user sealed it."""

    commit: Commit
    trusted: bool


class Entries:
    """Reads rows. A row whose record is not what its id says, or cannot be read, is no entry."""

    def __init__(self, index: Index, signer: Signer) -> None:
        self._index = index
        self._signer = signer
        self._known = OrderedDict[Hashable, tuple[bytes, bytes, Entry]]()
        self.foreign: set[bytes] = set()
        """Seals of whole entries that are not by this user."""

    def of(self, row: Row) -> Entry | None:
        """The entry of a row; None if it is damaged."""
        mark = row.seal if not row.pinned and row.tags is None else (row.seal, bool(row.pinned), row.tags)
        known = self._known.get(mark)
        if known is not None and known[0] == row.record and known[1] == row.id:
            return known[2]
        entry = self._check(row)
        if entry is not None:
            if mark is not row.seal:
                commit = records.marked(entry.commit, queries.tags_of(row), pinned=bool(row.pinned))
                entry = Entry(commit, entry.trusted)
            self._remember(mark, row.record, row.id, entry)
        return entry

    def remember(self, record: bytes, seal: bytes, commit: Commit) -> None:
        """What this process has just stored, without its tags and pin."""
        self._remember(seal, record, bytes.fromhex(commit.id), Entry(commit, trusted=True))

    def _remember(self, mark: Hashable, record: bytes, id: bytes, entry: Entry) -> None:
        if len(self._known) >= _KNOWN:
            self._known.popitem(last=False)  # in one step: other threads ask, too
        self._known[mark] = (record, id, entry)

    def all(self, rows: Iterator[Row]) -> Iterator[Entry]:
        """The entries among rows."""
        return (entry for entry in map(self.of, rows) if entry is not None)

    def by_id(self, id: str) -> Entry | None:
        """The entry of a whole id; raises `Damaged` if there is one that cannot be read."""
        return self._index.remembered(("id", id), lambda: self._by_id(id))

    def _by_id(self, id: str) -> Entry | None:
        row = queries.by_id(self._index, id)
        if row is None:
            return None
        entry = self.of(row)
        if entry is None:
            msg = f"the record of commit {id[:12]} is damaged"
            raise Damaged(msg)
        return entry

    def _check(self, row: Row) -> Entry | None:
        if not (isinstance(row.record, bytes) and isinstance(row.seal, bytes)):  # a damaged page may hold any type
            return None
        try:
            id = records.identify(row.record)
            if id != row.id:
                return None
            if self._signer.accepts(row.record, row.seal):
                return Entry(records.decode_later(row.record, id), trusted=True)
            commit = records.decode(row.record, id)  # at once: it may hold anything
        except Damaged:
            return None
        self.foreign.add(row.seal)
        return Entry(commit, trusted=False)
