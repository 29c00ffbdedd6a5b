"""A page of the runs that somebody looks for, newest first.

What can be found by an index of the store is; what cannot is looked at run by run, for a second at most. A page then
comes back short, with the place to go on from.
"""

from __future__ import annotations

import contextlib
import heapq
import time
from collections.abc import Iterator
from dataclasses import dataclass

from cashet_jupyter.errors import NotFound
from cashet_jupyter.history.log import pages
from cashet_jupyter.models import FUNCTION, Commit
from cashet_jupyter.store.store import Store

#: seconds that one page may take
_PATIENCE = 1.0
#: so many labels, functions or notebooks are followed side by side; beyond, runs are looked at one after the other
_STREAMS = 64
_NAMES = 50_000

#: characters from which on a text may be the beginning of an id, and ids that are then looked up
_ID, _IDS = 4, 64

#: conditions of `Store.log`
_Condition = dict[str, str | tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; what is empty is no condition."""

    text: str = ""
    """A part of a cell's first line in any case, a variable, a tag or its name, or the first four signs of an id."""
    cell: str = ""
    """The id of a cell."""
    variable: str = ""
    tag: str = ""
    """`name=value`, or a name."""
    status: str = ""
    """`completed` or `failed`."""
    since: float | None = None
    until: float | None = None
    notebooks: tuple[str, ...] = ()
    """Paths of one notebook."""

    def fits(self, commit: Commit) -> bool:
        """Whether a run is looked for."""
        return (
            (not self.status or commit.status == self.status)
            and (self.until is None or commit.created < self.until)
            and (not self.cell or commit.cell.id == self.cell)
            and (not self.notebooks or commit.cell.notebook in self.notebooks)
            and (not self.variable or any(item.name == self.variable for item in commit.outputs))
            and (not self.tag or _has_tag(commit, self.tag))
            and (not self.text or self._has_text(commit))
        )

    def _has_text(self, commit: Commit) -> bool:
        return (
            self.text.lower() in commit.cell.label.lower()
            or _has_tag(commit, self.text)
            or (len(self.text) >= _ID and commit.id.startswith(self.text.lower()))
            or any(item.name == self.text for item in commit.outputs)
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was found."""

    commits: tuple[Commit, ...]
    next: str = ""
    """The id of the run after which to go on; empty at the end."""


def search(store: Store, query: Query, *, before: str = "", limit: int = 50, patience: float = _PATIENCE) -> Page:
    """A page of at most `limit` runs after `before`; fewer, with a place to go on, where it took too long.

    Raises `NotFound` if `before` is not there any more.
    """
    deadline = time.monotonic() + patience
    found: list[Commit] = []
    for commit in _candidates(store, query, before or None):
        if query.since is not None and commit.created < query.since:
            return Page(tuple(found))
        if query.fits(commit):
            found.append(commit)
        if len(found) >= limit or time.monotonic() > deadline:
            return Page(tuple(found), commit.id)
    return Page(tuple(found))


def _candidates(store: Store, query: Query, before: str | None) -> Iterator[Commit]:
    """Runs among which all are that are looked for, newest first."""
    conditions = _conditions(store, query)
    by_text = not (query.cell or query.variable or query.tag)
    ids = store.known("id", query.text, limit=_IDS + 1) if by_text and len(query.text) >= _ID else []
    if conditions is None or len(conditions) > _STREAMS or len(ids) > _IDS:
        return pages(store, before=before)
    streams = [pages(store, before=before, **condition) for condition in conditions]
    return _merged([*streams, _of_ids(store, ids, before)] if ids else streams)


def _of_ids(store: Store, ids: list[str], before: str | None) -> Iterator[Commit]:
    """The runs of these ids, newest first, from after `before` on."""
    found = list[Commit]()
    for id in ids:
        with contextlib.suppress(NotFound):  # removed at this moment
            found.append(store.resolve(id))
    last = store.resolve(before) if before else None
    kept = [commit for commit in found if last is None or (commit.created <= last.created and commit.id != last.id)]
    return iter(sorted(kept, key=_age))


def _conditions(store: Store, query: Query) -> list[_Condition] | None:
    """Conditions of `Store.log` each of which finds a part; None if there is none that finds all."""
    if query.cell:
        return [{"cell_id": query.cell}]
    if query.variable:
        return [{"name": query.variable}]
    if query.tag:
        return [{"tag": tag} for tag in _tags(store, query.tag)]
    if query.text:
        return _of_text(store, query.text)
    if query.notebooks:
        return [{"notebook": notebook} for notebook in query.notebooks]
    if query.status == "failed":  # only functions are kept when they fail
        return [{"cell_id": id} for id in store.known("cell", FUNCTION, limit=_STREAMS + 1)]
    return None


def _of_text(store: Store, text: str) -> list[_Condition] | None:
    known = store.known("label", limit=_NAMES)
    labels = [label for label in known if text.lower() in label.lower()]
    if len(known) >= _NAMES:
        return None
    found: list[_Condition] = [{"label": label} for label in labels]
    for tag in _tags(store, text):
        found.append({"tag": tag})
    return [*found, {"name": text}]


def _tags(store: Store, text: str) -> list[tuple[str, str]]:
    """The tags that `name=value` or a name stands for."""
    name, equals, value = text.partition("=")
    if equals:
        return [(name, value)]
    known = (tag.partition("=") for tag in store.known("tag", f"{name}=", limit=_STREAMS + 1))
    return [(found, content) for found, _, content in known if found == name]


def _has_tag(commit: Commit, text: str) -> bool:
    name, equals, value = text.partition("=")
    return name in commit.tags and (not equals or commit.tags[name] == value)


def _merged(streams: list[Iterator[Commit]]) -> Iterator[Commit]:
    """Several sequences, newest first, as one; each run once."""
    seen: set[str] = set()
    merged = heapq.merge(*streams, key=_age)
    return (commit for commit in merged if not (commit.id in seen or seen.add(commit.id)))


def _age(commit: Commit) -> float:
    return -commit.created
