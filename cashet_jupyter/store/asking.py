"""The questions that a store answers from its index alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cashet_jupyter.errors import NotFound
from cashet_jupyter.models import Commit
from cashet_jupyter.store import catalogue, queries
from cashet_jupyter.store.door import door
from cashet_jupyter.store.entries import Entries, Entry
from cashet_jupyter.store.index import Index
from cashet_jupyter.store.opening import Opened
from cashet_jupyter.store.pending import Pending
from cashet_jupyter.store.trust import Signer

if TYPE_CHECKING:
    from cashet_jupyter.store.space import Space

_MIN_PREFIX = 4
#: entries of an answer that is kept while nothing changes
_REMEMBERED = 64


class Asking:
    """What can be asked of a store."""

    def __init__(self, opened: Opened, signer: Signer) -> None:
        self.path: Path = opened.layout.root
        self.notices: list[str] = opened.notices
        self.read_only = opened.read_only
        """Why nothing can be stored; empty if it can."""
        self.index: Index = opened.index
        self._entries = Entries(self.index, signer)
        self._pending = Pending()

    # ------------------------------------------------------------------------------------------------------- lookup
    @property
    def foreign(self) -> int:
        """How many entries were met and left out because this user did not write them."""
        return len(self._entries.foreign)

    @door
    def find(self, key: str, *, limit: int = 64) -> list[Commit]:
        """The commits of a computation that count as hits, newest first."""
        entries: Iterable[Entry] = self.index.remembered(("key", key), lambda: self._of_key(key))
        if len(entries) > _REMEMBERED:
            entries = self._entries.all(queries.by_key(self.index, key))
        return list(itertools.islice((entry.commit for entry in entries if _why_not(entry, key) is None), limit))

    def _of_key(self, key: str) -> tuple[Entry, ...]:
        """The entries of a computation, newest first; if there are very many, not all."""
        return tuple(itertools.islice(self._entries.all(queries.by_key(self.index, key)), _REMEMBERED + 1))

    @door
    def why_not(self, key: str) -> str:
        """Why entries of that key do not count, in one line; empty if there are none such."""
        reasons: dict[str, int] = {}
        for row in queries.by_key(self.index, key):
            entry = self._entries.of(row)
            reason = "damaged" if entry is None else _why_not(entry, key)
            if reason is not None:
                reasons[reason] = reasons.get(reason, 0) + 1
        return ", ".join(f"{number} {reason}" for reason, number in reasons.items())

    # ------------------------------------------------------------------------------------------------------ history
    @door
    def log(
        self,
        *,
        limit: int = 50,
        before: str | None = None,
        code: str | None = None,
        notebook: str | None = None,
        cell_id: str | None = None,
        name: str | None = None,
        tag: tuple[str, str] | None = None,
        label: str | None = None,
    ) -> list[Commit]:
        """The newest commits that fit, those of other authors too."""
        conditions = queries.Conditions(code, notebook, cell_id, name, tag, label)

        def ask() -> list[Commit]:
            rows = queries.page(self.index, conditions, before=before)
            return [entry.commit for entry in itertools.islice(self._entries.all(rows), limit)]

        if limit > _REMEMBERED:
            return ask()
        return list(self.index.remembered(("log", limit, before, conditions), ask))

    @door
    def latest(
        self, *, code: str | None = None, cell_id: str | None = None, notebook: str | None = None
    ) -> Commit | None:
        """The newest commit by this user, of a code, a cell or a notebook."""

        def ask() -> Commit | None:
            rows = queries.page(self.index, queries.Conditions(code, notebook, cell_id))
            return next((entry.commit for entry in self._entries.all(rows) if entry.trusted), None)

        return self.index.remembered(("latest", code, cell_id, notebook), ask)

    @door
    def known(self, kind: catalogue.Known, prefix: str = "", *, limit: int = 1000) -> list[str]:
        """The distinct names of a kind that begin with `prefix`, in order."""
        return catalogue.known(self.index, kind, prefix, limit)

    @door
    def state(self) -> object:
        """Something that is another thing after every change."""
        return self.index.connections.identity(), self.index.rows("SELECT seq FROM totals")

    @door
    def space(self) -> tuple[Space, ...]:
        """What takes space, by notebook and cell, the biggest first."""
        from cashet_jupyter.store import space  # a kernel seldom asks for it

        return space.remembered_space(self.index)

    @door
    def described(self, space: Space) -> tuple[str, str]:
        """The id of the newest run of a cell, and what the cell is called; both empty if it has gone."""
        from cashet_jupyter.store.space import described

        return described(self.index, space)

    @door
    def made_from(self, commit: Commit, *, limit: int = 100) -> list[Commit]:
        """The commits that read what this one left, newest first."""
        rows = catalogue.made_from(self.index, commit.id, limit)
        # the index only finds: what is not in the record is not so
        return [entry.commit for entry in self._entries.all(rows) if commit.id in entry.commit.lineage]

    @door
    def uses(self, commit: Commit) -> tuple[int, float]:
        """How often a commit was used so far, and the seconds that this spared."""
        hits, saved = catalogue.uses(self.index, commit.id)
        more, spared = self._pending.of(commit.id)
        return hits + more, saved + spared

    @door
    def trusted(self, commit: Commit) -> bool:
        """Whether this user wrote it."""
        entry = self._entries.by_id(commit.id)
        return entry is not None and entry.trusted

    @door
    def resolve(self, text: str) -> Commit:
        """The one commit that a prefix of an id, or a tag `name=value`, names."""
        name, equals, value = text.partition("=")
        if equals:
            rows = list(itertools.islice(queries.page(self.index, queries.Conditions(tag=(name, value))), 20))
        elif len(text) >= _MIN_PREFIX and len(text) <= 64 and set(text.lower()) <= set("0123456789abcdef"):
            rows = queries.by_prefix(self.index, text.lower())
        else:
            msg = f"{text!r} is neither a tag (name=value) nor the first {_MIN_PREFIX} or more characters of an id"
            raise NotFound(msg)
        found = [entry.commit for entry in self._entries.all(iter(rows))]
        if len(found) == 1:
            return found[0]
        candidates = ", ".join(f"{commit.id[:12]} {commit.cell.label}".rstrip() for commit in found)
        raise NotFound(f"{text} names several commits: {candidates}" if found else f"no commit {text}")

    @door
    def timing(self, code: str) -> float | None:
        """How long the last plain run of a code took, in seconds."""
        noted = self._pending.timing(code)
        return queries.timing(self.index, code) if noted is None else noted


def _why_not(entry: Entry, key: str) -> str | None:
    if not entry.trusted:
        return "not by this user"
    if entry.commit.key != key:
        return "damaged"  # the index said that it was of this key
    return "expired" if queries.expired(entry.commit.expires) else None
