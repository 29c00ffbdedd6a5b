"""Frames as the comparison sees them, and what each library does for it in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cashet_jupyter.diffs.comparing import Comparing


@dataclass(frozen=True, slots=True)
class Column:
    """A column, as its library has it."""

    label: str
    dtype: str
    data: Any


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame or series: its columns, how many rows, and what names the rows (None: their position)."""

    columns: tuple[Column, ...]
    height: int
    index: Any = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows belong together."""

    how: str
    """In words: `by position`, `by their index`."""
    common: int
    """How many rows both have."""
    old: Any = None
    """Where the common rows are in the old frame, as the library has it; None: the first ones, in order."""
    new: Any = None
    removed: int = 0
    added: int = 0
    removed_at: tuple[int, ...] = ()
    """Where the first ones of them are."""
    added_at: tuple[int, ...] = ()
    moved: bool = False
    """Whether the common rows stand in another order."""
    labels: tuple[Any, Any] = (None, None)
    """What names the rows of the old and of the new frame; None: their position."""


@dataclass(frozen=True, slots=True)
class Measured:
    """By how much cells of a block differ."""

    count: int
    largest: float
    total: float


class Engine(Protocol):
    """What one library does for the comparison."""

    def match(self, old: Frame, new: Frame, pairs: Sequence[tuple[Column, Column]], comparing: Comparing) -> Rows:
        """Which rows belong together."""
        ...

    def block(self, data: Any, places: Any, at: int, end: int) -> Any:
        """Rows of a column: those at `places[at:end]`, or `at` to `end`."""
        ...

    def take(self, data: Any, places: list[int]) -> Any:
        """Some rows of a column."""
        ...

    def unequal(self, old: Any, new: Any, comparing: Comparing) -> Any:
        """A mask of two blocks: what is missing is equal to what is missing, and NaN to NaN."""
        ...

    def either(self, mask: Any, other: Any) -> Any:
        """Where one of two masks is set."""
        ...

    def count(self, mask: Any) -> int:
        """How often a mask is set."""
        ...

    def first(self, mask: Any, most: int) -> list[int]:
        """Where it is set first."""
        ...

    def measure(self, old: Any, new: Any, mask: Any) -> Measured | None:
        """By how much they differ; None for what is no number."""
        ...

    def cell(self, data: Any, at: int) -> Any:
        """One value of a block or column."""
        ...

    def place(self, places: Any, at: int) -> int:
        """One of `Rows.old` or `Rows.new`."""
        ...

    def label(self, labels: Any, at: int) -> str:
        """What names a row; `labels` is one of `Rows.labels`."""
        ...
