"""What a question is answered with: text in a terminal, HTML in a notebook, plain data for programs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_COLOURS = {"id": "33", "bad": "31", "good": "32", "faint": "2", "strong": "1"}


@dataclass(frozen=True, slots=True)
class Style:
    """How text is written: in how many columns, and whether with colours."""

    width: int = 100
    colour: bool = False

    def paint(self, text: str, role: str) -> str:
        """`text` in the colour of a role (`id`, `bad`, `good`, `faint`, `strong`), where there are colours."""
        return f"\x1b[{_COLOURS[role]}m{text}\x1b[0m" if self.colour and text else text


#: how it is written where nobody says otherwise
PLAIN = Style()


class Answer(ABC):
    """One answer; a subclass for each question."""

    @abstractmethod
    def text(self, style: Style = PLAIN) -> str:
        """For a terminal."""

    @abstractmethod
    def html(self) -> str:
        """For a notebook: one self-contained block in which every text is escaped."""

    @property
    @abstractmethod
    def data(self) -> Mapping[str, Any]:
        """For programs: what `--json` prints; sizes in bytes, times in seconds since the epoch."""

    @property
    def empty(self) -> bool:
        """Whether nothing was found: a terminal's exit code is 1 then."""
        return False

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.html()
