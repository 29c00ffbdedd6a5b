"""All versions of one cell or function, through its edits.

Of a submitted function that is its name. Of a cell it is the id that its notebook gives it, as long as it has one;
where there is none, where a notebook was saved without ids, or where a cell was cut in two, it is what stands in it:
the same code, the same first line, or text that is alike. Each version says what it is known by. Two cells that both
went on being run are never taken for versions of each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from cashet_jupyter.history.compare import made_of
from cashet_jupyter.history.log import pages
from cashet_jupyter.history.reason import difference
from cashet_jupyter.history.same import likeness
from cashet_jupyter.models import Commit
from cashet_jupyter.store.protocol import Store

#: commits of a notebook (a cell, a function) that are looked at, newest first
RUNS = 2000
#: versions that a text is compared with: the last ones that were found
_COMPARED = 5


@dataclass(frozen=True, slots=True)
class Version:
    """The runs of one code."""

    runs: tuple[Commit, ...]
    """Newest first; never empty."""
    link: str
    """What it is known by: `asked for`, `cell id`, `function`, `same code`, `first line`, `87 % alike`."""
    change: str = ""
    """What changed against the version before, in one line; empty for the oldest."""
    added: int = 0
    """Lines that the version before did not have."""
    removed: int = 0

    @property
    def newest(self) -> Commit:
        """Its last run."""
        return self.runs[0]


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of a cell or function, newest first."""

    asked: Commit
    versions: tuple[Version, ...]
    complete: bool = True
    """Whether all runs were looked at; otherwise there may be older versions."""

    @property
    def runs(self) -> tuple[Commit, ...]:
        """All runs, newest first."""
        found = [run for version in self.versions for run in version.runs]
        return tuple(sorted(found, key=lambda run: -run.created))


@dataclass(slots=True)
class _Strand:
    """Runs that are surely of one cell: they share the id of the cell, or their code."""

    runs: list[Commit]
    """Newest first."""
    sure: bool
    """By the id of the cell."""
    link: str = ""

    @property
    def first(self) -> Commit:
        return self.runs[-1]

    @property
    def last(self) -> Commit:
        return self.runs[0]


def versions_of(store: Store, commit: Commit) -> Versions:
    """The versions of the cell or function that a commit is a run of."""
    if commit.function:
        runs = list(itertools.islice(pages(store, cell_id=commit.cell.id), RUNS))
        strands = [_Strand(runs, sure=True, link="function")]
        return Versions(commit, _versions(strands), len(runs) < RUNS)
    found = _candidates(store, commit)
    strands = _strands(found.values())
    start = next(strand for strand in strands if any(run.id == commit.id for run in strand.runs))
    start.link = "cell id" if start.sure else "asked for"
    chosen = _Links(found.values()).of(start, strands)
    return Versions(commit, _versions(chosen), len(found) < RUNS)


def _candidates(store: Store, commit: Commit) -> dict[str, Commit]:
    """Runs that may be of the same cell, by id: those of its notebook; without one, those that have names in common."""
    notebook, cell = commit.cell.notebook, commit.cell.id
    found = {commit.id: commit}
    if notebook:
        sources = [pages(store, notebook=notebook)]
        sources += [pages(store, cell_id=cell, notebook=notebook)] if cell else []
    else:
        sources = [pages(store, code=commit.code), pages(store)]
        sources += [pages(store, label=commit.cell.label)] if commit.cell.label else []
        sources += [pages(store, name=value.name) for value in commit.outputs[:_COMPARED]]
    for source in sources:
        for run in itertools.islice(source, RUNS):
            if (run.cell.notebook or None) == (notebook or None) and not run.function:
                found[run.id] = run
    return found


def _strands(runs: Iterable[Commit]) -> list[_Strand]:
    found: dict[tuple[str, str], _Strand] = {}
    for run in sorted(runs, key=lambda run: -run.created):
        key = ("id", run.cell.id) if run.cell.id else ("code", run.code)
        found.setdefault(key, _Strand([], sure=bool(run.cell.id))).runs.append(run)
    return list(found.values())


class _Links:
    """What makes runs versions of one cell."""

    def __init__(self, runs: Iterable[Commit]) -> None:
        self._last_seen: dict[str, float] = {}
        """Variable -> when a run last read or left it."""
        for run in runs:
            for value in (*run.inputs, *run.outputs):
                self._last_seen[value.name] = max(run.created, self._last_seen.get(value.name, 0.0))

    def of(self, start: _Strand, strands: Sequence[_Strand]) -> list[_Strand]:
        """The strands that are of the same cell as one of them."""
        return [start, *self._before(start, strands), *self._after(start, strands)]

    def _before(self, start: _Strand, strands: Sequence[_Strand]) -> Iterator[_Strand]:
        """What the cell was before, newest first."""
        chosen = [start]
        older = [strand for strand in strands if strand.first.created < start.first.created]
        for strand in sorted(older, key=lambda strand: -strand.last.created):
            if any(_beside(strand, other) for other in chosen):
                continue
            nearest = reversed(chosen[-_COMPARED:])
            strand.link = next((link for other in nearest if (link := self._link(strand, other))), "")
            if strand.link:
                chosen.append(strand)
                yield strand

    def _after(self, start: _Strand, strands: Sequence[_Strand]) -> Iterator[_Strand]:
        """What became of it, oldest first: each from the one before alone, for a cell may have been cut in two."""
        head = start
        newer = [strand for strand in strands if strand is not start and strand.first.created >= start.first.created]
        for strand in sorted(newer, key=lambda strand: strand.first.created):
            if not _beside(strand, head) and (link := self._link(strand, head)):
                strand.link, head = link, strand
                yield strand

    def _link(self, one: _Strand, other: _Strand) -> str:
        """What makes one an edit of the other; empty if nothing does.

        Of each, the run next to the other in time counts.
        """
        early, late = (one, other) if one.first.created < other.first.created else (other, one)
        before, after = early.last, late.first
        if before.code == after.code:
            return "same code"
        alike = likeness(before, after, renamed=self._gone(before, after))
        if before.cell.label and before.cell.label == after.cell.label and (alike or not (one.sure and other.sure)):
            return "first line"
        return f"{alike * 100:.0f} % alike" if alike else ""

    def _gone(self, before: Commit, after: Commit) -> bool:
        """Whether nobody has asked for the variables of a run since another one: they may have got new names."""
        return all(self._last_seen[value.name] < after.created for value in before.outputs)


def _beside(one: _Strand, other: _Strand) -> bool:
    """Whether two cells with ids went on being run beside each other: then neither is what became of the other."""
    if not (one.sure and other.sure):
        return False
    return one.first.created <= other.last.created and other.first.created <= one.last.created


# ---------------------------------------------------------------------------------------------------- the versions
def _versions(strands: Sequence[_Strand]) -> tuple[Version, ...]:
    """The runs of strands by code, newest first, each with what changed."""
    runs: dict[str, list[Commit]] = {}
    links: dict[str, str] = {}
    for strand in strands:
        for run in strand.runs:
            runs.setdefault(run.code, []).append(run)
            links.setdefault(run.code, strand.link)
    ordered = [(links[code], sorted(found, key=lambda run: -run.created)) for code, found in runs.items()]
    ordered.sort(key=lambda item: -item[1][0].created)
    found = [Version(tuple(group), link) for link, group in ordered]
    older = [*found[1:], None]
    return tuple(_changed(version, before) for version, before in zip(found, older, strict=True))


def _changed(version: Version, before: Version | None) -> Version:
    if before is None:
        return version
    words = difference(made_of(before.newest), made_of(version.runs[-1]))
    added, removed = line_changes(before.newest.cell.source, version.newest.cell.source)
    return Version(version.runs, version.link, words, added, removed)


def line_changes(old: str, new: str) -> tuple[int, int]:
    """How many lines were added and removed."""
    added = removed = 0
    matcher = SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            removed += end - start
            added += new_end - new_start
    return added, removed
