"""Commits that a collection chose, as they were: taken out of the index before they go, read only if somebody looks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import overload

from cashet_jupyter.models import Cell, Commit
from cashet_jupyter.store.answers import Evicted
from cashet_jupyter.store.entries import Entries
from cashet_jupyter.store.index import COLUMNS, Index, Row
from cashet_jupyter.store.worth import Candidate

_AT_ONCE = 1000
_ROWS = f"SELECT {COLUMNS} FROM json_each(?) j CROSS JOIN commits c ON c.n = j.value"


class Described(Sequence[Evicted]):
    """The chosen ones, in their order. One that cannot be read any more is known by its id only."""

    def __init__(self, index: Index, entries: Entries, chosen: Sequence[Candidate], why: str) -> None:
        self._entries = entries
        self._why = why
        rows = dict[int, Row]()
        for first in range(0, len(chosen), _AT_ONCE):
            numbers = json.dumps([one.n for one in chosen[first : first + _AT_ONCE]])
            rows.update((row.n, row) for row in index.commits(_ROWS, (numbers,)))
        self._chosen = [(one, rows[one.n]) for one in chosen if one.n in rows]

    def __len__(self) -> int:
        return len(self._chosen)

    @overload
    def __getitem__(self, place: int) -> Evicted: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Evicted]: ...

    def __getitem__(self, place: int | slice) -> Evicted | Sequence[Evicted]:
        if isinstance(place, slice):
            return tuple(self._read(one, row) for one, row in self._chosen[place])
        return self._read(*self._chosen[place])

    def __iter__(self) -> Iterator[Evicted]:
        return (self._read(one, row) for one, row in self._chosen)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment] - as that of any sequence of commits

    def _read(self, one: Candidate, row: Row) -> Evicted:
        entry = self._entries.of(row)
        commit = Commit("", "", Cell(""), 0.0, 0.0, id=one.id.hex()) if entry is None else entry.commit
        return Evicted(commit, one.size, self._why or one.why, entry is not None and entry.trusted)
