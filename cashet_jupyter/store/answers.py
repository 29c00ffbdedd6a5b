"""What a store answers: counts and findings, without anything behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cashet_jupyter.models import Commit

#: called with what is done so far, how much there is (0: unknown), and in which unit (`blobs`, `bytes`, `commits`)
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class StoreStats:
    """What a store holds, from totals that are kept up with every change (never from a scan)."""

    commits: int = 0
    blobs: int = 0
    """Distinct blobs, the small ones inside the index among them."""
    logical: int = 0
    """Bytes of all commits, each counted with all its blobs."""
    physical: int = 0
    """Bytes of all blobs, each counted once."""
    hits: int = 0
    saved: float = 0.0
    """Seconds that all hits spared."""
    today_hits: int = 0
    today_saved: float = 0.0
    """The same of the local day of whoever asks, as far as the store knows when its hits were: versions before the
    fifth schema of the index did not note it."""


@dataclass(frozen=True, slots=True)
class Evicted:
    """A commit that a collection removed, or would remove."""

    commit: Commit
    size: int
    """Bytes that go with it: its blobs, each divided by the number of commits that use it."""
    why: str
    """`expired`, `older than 30 d`, `over the limit`, `cleared`."""
    trusted: bool = True
    """Whether this user wrote it; once it has gone nobody else can tell."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection did, or would do."""

    evicted: Sequence[Evicted] = ()
    freed: int = 0
    """Bytes of the blobs that went (or would go)."""
    blobs: int = 0
    """How many blobs that were."""
    strays: int = 0
    """Files that belonged to no blob: left by writers that were killed."""
    left: int = 0
    """Bytes that the store holds afterwards; see `StoreStats.physical`."""
    limit: int | None = None
    """The size it was to be brought below; None if there was none."""

    @property
    def over(self) -> int:
        """Bytes above the limit that stay, because what holds them is pinned."""
        return 0 if self.limit is None else max(0, self.left - self.limit)


@dataclass(frozen=True, slots=True)
class Verified:
    """What an examination of the whole store found. What was damaged is put aside when this is returned."""

    blobs: int = 0
    """Blobs whose bytes were hashed."""
    size: int = 0
    """Their bytes."""
    damaged: tuple[str, ...] = ()
    """Digests of blobs that were damaged or missing."""
    lost: tuple[Commit, ...] = ()
    """Commits that needed them, or whose own record was damaged; their cells run again."""
    strays: int = 0
    """Files that belong to no commit; the next collection removes them."""
    index: str = ""
    """What was wrong with the index, which is made anew in any case; empty if nothing was."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came out of an archive."""

    commits: int = 0
    """Commits that were new."""
    known: int = 0
    """Commits that were there already."""
    blobs: int = 0
    size: int = 0
    """Bytes of the blobs that were new."""
    foreign: int = 0
    """Commits that this user did not write: kept, shown in the history, never loaded."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the owner of a claim is doing, for those who wait; all of it a hint, and unknown where it is empty."""

    notebook: str = ""
    """Path of the notebook."""
    label: str = ""
    """The cell, in a few words."""
    expected: float | None = None
    """Seconds that it takes, by what it took before."""
    started: float = 0.0
    """Seconds since the epoch, by the owner's clock; filled by the store, as are the next two."""
    pid: int = 0
    host: str = ""
