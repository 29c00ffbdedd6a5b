"""What a comparison of two runs says: plain data, made by `history.diff` and shown by `render.diff`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cashet_jupyter.diffs.model import Hunk, ValueDiff
from cashet_jupyter.models import Finding

EntryStatus = Literal["equal", "changed", "added", "removed", "unknown"]
Title = Literal["error", "inputs", "outputs", "shown", "environment", "outside", "files"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs."""

    id: str
    label: str
    """The cell's first line of code, or the function's name."""
    function: str
    """`module.name` of a submitted function; empty for a cell."""
    notebook: str
    status: Literal["completed", "failed"]
    created: float
    """Seconds since the epoch."""
    offset: int
    """Seconds that clocks were ahead of UTC where it ran."""
    seconds: float
    size: int
    """Bytes in the store."""
    host: str
    source: str
    arguments: str
    """What a function was called with, as text."""

    @property
    def short(self) -> str:
        """The part of the id that people are shown."""
        return self.id[:6]


@dataclass(frozen=True, slots=True)
class SourceDiff:
    """How the code differs."""

    changed: bool
    """Whether it means something else: comments, formatting and docstrings do not count."""
    only_formatting: bool
    """Whether the text differs, but not what it means."""
    hunks: tuple[Hunk, ...] = ()
    """Lines of what means something else; of everything, where nothing does."""
    added: int = 0
    """Lines that came, in the whole text."""
    removed: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a section: an input, an output, a printed text, a version, a file."""

    name: str
    status: EntryStatus
    kind: str = ""
    """What it is: `input`, `depends`, `output`, `text`, `image`, `version`, or a kind of `Dependency`."""
    old: str = ""
    """What it was, in a few words; empty for what is new."""
    new: str = ""
    change: str = ""
    """How it differs, in one line."""
    why: str = ""
    """Why no more can be said, in one line."""
    parts: tuple[Finding, ...] = ()
    """Of an input: what is known of what it holds, where the value itself is not there."""
    diff: ValueDiff | None = None
    """How the values differ, where both are there."""


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind."""

    title: Title
    entries: tuple[Entry, ...] = ()
    note: str = ""
    """What holds for all of it: why nothing could be read, that nothing had to be."""

    @property
    def differing(self) -> tuple[Entry, ...]:
        """Those that are not the same."""
        return tuple(entry for entry in self.entries if entry.status != "equal")

    @property
    def differs(self) -> bool:
        """Whether something in it surely differs."""
        return any(entry.status not in ("equal", "unknown") for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two runs."""

    old: Side
    new: Side
    source: SourceDiff
    sections: tuple[Section, ...]
    """Each of them once, in the order of `Title`."""

    def section(self, title: Title) -> Section:
        """One of the sections."""
        return next(section for section in self.sections if section.title == title)

    @property
    def differing(self) -> tuple[str, ...]:
        """What differs: `source` and titles of sections. Durations and sizes always do, and are not among it."""
        return tuple(self._differing())

    def _differing(self) -> Iterator[str]:
        if self.source.changed or self.source.only_formatting:
            yield "source"
        yield from (section.title for section in self.sections if section.differs)
