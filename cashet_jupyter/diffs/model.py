"""What a comparison says: frozen, and made of text, numbers and small pictures only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: `unknown`: no difference was found, and it cannot be said that there is none
Verdict = Literal["equal", "different", "unknown"]
Status = Literal["changed", "added", "removed", "unknown"]
Figure = int | float | str


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a comparison may take, and how much of it is told."""

    seconds: float = 2.0
    """After this long nothing new is begun; what was compared by then is said."""
    depth: int = 8
    """How deep containers are followed."""
    parts: int = 20
    """Differences that are told one by one, of each container."""
    examples: int = 5
    """Cells, elements or rows that are shown as examples."""
    lines: int = 200
    """Lines of a text diff."""
    width: int = 120
    """Characters of one value or of one line."""
    pixels: int = 480_000
    """Of a picture that is shown; larger ones are made smaller."""
    picture: int = 400_000
    """Bytes of one picture; larger ones are left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text diff."""

    sign: Literal[" ", "-", "+"]
    text: str
    old: int = 0
    """Its number in the old text, from 1; 0 if it is not there."""
    new: int = 0
    marks: tuple[tuple[int, int], ...] = ()
    """The words that differ from its counterpart: from, to (exclusive), in characters of `text`."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that lie together, with a few equal ones around."""

    lines: tuple[Line, ...]

    @property
    def heading(self) -> str:
        """`@@ -3,4 +3,5 @@`, as diffs have it."""
        return f"@@ -{self._span('-')} +{self._span('+')} @@"

    def _span(self, sign: str) -> str:
        numbers = [line.old if sign == "-" else line.new for line in self.lines if line.sign in (" ", sign)]
        numbers = [number for number in numbers if number]
        return f"{numbers[0]},{len(numbers)}" if numbers else "0,0"


@dataclass(frozen=True, slots=True)
class Table:
    """Examples, or figures by column."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shows: Literal["old", "new", "both"] = "both"
    """Whose values these are; of both, the last two columns are the old and the new ones."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Two pictures side by side; PNG, empty where there is none."""

    caption: str
    old: bytes = b""
    new: bytes = b""


@dataclass(frozen=True, slots=True)
class Part:
    """One place inside a value that differs."""

    path: str
    """Behind the name of what holds it: `['a'][3]`, `.lr`."""
    status: Status
    diff: ValueDiff


@dataclass(frozen=True, slots=True)
class ValueDiff:
    """What differs between two values."""

    kind: str
    """What was compared: `number`, `text`, `bytes`, `mapping`, `sequence`, `set`, `instance`, `array`, `frame`, ...;
    `type` where the two are of kinds that have nothing in common."""
    verdict: Verdict
    old: str = ""
    """The old value in a few words; empty for what is new."""
    new: str = ""
    change: str = ""
    """What differs, in one line; empty if nothing does."""
    figures: Mapping[str, Figure] = field(default_factory=dict[str, Figure])
    """What was counted and measured, by name; which names there are depends on `kind`."""
    parts: tuple[Part, ...] = ()
    """The places inside that differ, the first ones."""
    total: int = 0
    """How many there are in all."""
    hunks: tuple[Hunk, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()
    """How it was compared, and what was not looked at."""

    @property
    def differs(self) -> bool:
        """Whether a difference was found."""
        return self.verdict == "different"


def equal(kind: str, text: str = "", *notes: str) -> ValueDiff:
    """No difference."""
    return ValueDiff(kind, "equal", text, text, notes=notes)
