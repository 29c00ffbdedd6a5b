"""Entries that were checked: a row of the index, believed or not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Commit
from cashet_jupyter.store import queries, records
from cashet_jupyter.store.index import Index, Row
from cashet_jupyter.store.trust import Signer

#: commits whose record was checked in this process, kept so that a hit need not hash and decode them again
_KNOWN = 1024


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
        self._known: dict[bytes, tuple[bytes, bytes, Entry]] = {}
        self.foreign: set[bytes] = set()
        """Seals of whole entries that are not by this user."""

    def of(self, row: Row) -> Entry | None:
        """The entry of a row; None if it is damaged."""
        known = self._known.get(row.seal)
        if known is not None and known[0] == row.record and known[1] == row.id:
            entry = known[2]
        else:
            entry = self._check(row)
            if entry is None:
                return None
            self._remember(row.seal, row.record, row.id, entry)
        if not row.pinned and not row.tagged:
            return entry
        tags = queries.tags(self._index, row.n) if row.tagged else {}
        return Entry(dataclasses.replace(entry.commit, pinned=bool(row.pinned), tags=tags), entry.trusted)

    def remember(self, record: bytes, seal: bytes, commit: Commit) -> None:
        """What this process has just stored, without its tags and pin."""
        self._remember(seal, record, bytes.fromhex(commit.id), Entry(commit, trusted=True))

    def _remember(self, seal: bytes, record: bytes, id: bytes, entry: Entry) -> None:
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[seal] = (record, id, entry)

    def all(self, rows: Iterator[Row]) -> Iterator[Entry]:
        """The entries among rows."""
        return (entry for entry in map(self.of, rows) if entry is not None)

    def by_id(self, id: str) -> Entry | None:
        """The entry of a whole id; raises `Damaged` if there is one that cannot be read."""
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
            commit = records.decode(row.record, id)
        except Damaged:
            return None
        trusted = self._signer.accepts(row.record, row.seal)
        if not trusted:
            self.foreign.add(row.seal)
        return Entry(commit, trusted)
