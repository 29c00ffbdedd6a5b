"""The commits of a store that somebody asks for, newest first.

Every condition but the status and the time is found by an index of the store: the labels, notebooks and functions
that fit are few, and each has an index of its own. Only where very many fit, or where nothing is said but the status,
commits are looked at one after the other.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cashet_jupyter.models import FUNCTION, Commit
from cashet_jupyter.store.protocol import Store

#: commits that are read at a time
_PAGE = 250
#: so many labels (notebooks, functions) are followed side by side; beyond, commits are looked at one by one
_STREAMS = 64
#: how the label of a long line ends
_CUT = "\N{HORIZONTAL ELLIPSIS}"
#: names that are looked through; a store has one for each cell ever written
_NAMES = 50_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What commits are asked for; what is empty is no condition."""

    cell: str = ""
    """Text in the label of a cell, or the whole id of a cell."""
    notebook: str = ""
    """Path of a notebook, or its end: the name is enough."""
    function: str = ""
    """Name of a submitted function: `preprocess` or `module.preprocess`."""
    tags: tuple[tuple[str, str], ...] = ()
    status: str = ""
    """`completed` or `failed`."""
    since: float | None = None
    """Seconds since the epoch."""

    def fits(self, commit: Commit) -> bool:
        """Whether a commit is asked for."""
        return (
            (self.since is None or commit.created >= self.since)
            and (not self.status or commit.status == self.status)
            and all(commit.tags.get(name) == value for name, value in self.tags)
            and (not self.function or is_function(commit.function, self.function))
            and (not self.notebook or is_notebook(commit.cell.notebook or "", self.notebook))
            and (not self.cell or is_label(commit.cell.label, self.cell) or self.cell == commit.cell.id)
        )


def log(store: Store, wanted: Wanted | None = None, limit: int | None = None) -> Iterator[Commit]:
    """The commits that are wanted, newest first; `limit` of them at most."""
    wanted = wanted or Wanted()
    found: Iterator[Commit] = _candidates(store, wanted)
    if (since := wanted.since) is not None:
        found = itertools.takewhile(lambda commit: commit.created >= since, found)
    return itertools.islice(filter(wanted.fits, found), limit)


def pages(store: Store, **conditions: Any) -> Iterator[Commit]:
    """All commits that fit conditions of `Store.log`, newest first, read as they are asked for."""
    before: str | None = conditions.pop("before", None)
    while page := store.log(limit=_PAGE, before=before, **conditions):
        yield from page
        before = page[-1].id


def is_function(name: str, text: str) -> bool:
    """Whether `text` means the function `module.qualname`: its whole name, or the end of it."""
    return bool(name) and f".{name}".endswith(f".{text.removesuffix('()')}")


def is_notebook(path: str, text: str) -> bool:
    """Whether `text` means the notebook at `path`: its path, or the end of it."""
    return f"/{path}".endswith(f"/{text.removeprefix('/')}")


def is_label(label: str, text: str) -> bool:
    """Whether `text` means a cell of that label: a part of it, or the whole line that the label was cut from."""
    return text in label or (label.endswith(_CUT) and len(label) > 1 and text.startswith(label[:-1]))


def functions(store: Store, text: str) -> list[str]:
    """The ids (`models.FUNCTION` and the name) of the submitted functions that `text` means."""
    known = store.known("cell", FUNCTION, limit=_NAMES)
    return [id for id in known if is_function(id.removeprefix(FUNCTION), text)]


def labels(store: Store, text: str) -> list[str]:
    """The labels of cells that hold `text`."""
    return [label for label in store.known("label", limit=_NAMES) if is_label(label, text)]


def _candidates(store: Store, wanted: Wanted) -> Iterator[Commit]:
    """Commits among which all that are wanted are, newest first."""
    if wanted.tags:
        return pages(store, tag=wanted.tags[0])
    for conditions in _narrow(store, wanted):
        if len(conditions) <= _STREAMS:
            return _merged([pages(store, **condition) for condition in conditions])
    return pages(store)


def _narrow(store: Store, wanted: Wanted) -> Iterator[list[Mapping[str, str]]]:
    """Sets of conditions, each of which finds all that are wanted, from the narrowest on."""
    if wanted.function:
        yield [{"cell_id": id} for id in functions(store, wanted.function)]
    if wanted.cell:
        named: list[Mapping[str, str]] = [{"label": label} for label in labels(store, wanted.cell)]
        yield [*named, {"cell_id": wanted.cell}]
    if wanted.notebook:
        known = store.known("notebook", limit=_NAMES)
        yield [{"notebook": path} for path in known if is_notebook(path, wanted.notebook)]
    if wanted.status == "failed":  # only functions are kept when they fail
        yield [{"cell_id": id} for id in store.known("cell", FUNCTION, limit=_STREAMS + 1)]


def _merged(streams: list[Iterator[Commit]]) -> Iterator[Commit]:
    """Several sequences, newest first, as one; each commit once."""
    if len(streams) == 1:
        return streams[0]
    newest: Callable[[Commit], float] = lambda commit: -commit.created  # noqa: E731 - a key, named for its type
    seen: set[str] = set()
    return (commit for commit in heapq.merge(*streams, key=newest) if not (commit.id in seen or seen.add(commit.id)))
