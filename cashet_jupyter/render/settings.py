"""The answer of `config`: which settings hold, and where each comes from."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from cashet_jupyter.render import units
from cashet_jupyter.render.answer import PLAIN, Answer, Style
from cashet_jupyter.render.commits import FORMAT
from cashet_jupyter.render.table import columns


class Configuration(Answer):
    """Settings by name, with their values and where those are from; and where the store is."""

    def __init__(self, settings: Sequence[tuple[str, Any, str]], store: str, source: str) -> None:
        self.settings = tuple(settings)
        self.store = store
        self.source = source

    def text(self, style: Style = PLAIN) -> str:
        """A line for each."""
        del style
        return "\n".join(columns(self._rows()))

    def html(self) -> str:
        """The same as a table."""
        rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self._rows())
        return f'<table class="cashet-config">{rows}</table>'

    @property
    def data(self) -> dict[str, Any]:
        """Sizes in bytes, times in seconds."""
        found = [{"name": name, "value": value, "source": source} for name, value, source in self.settings]
        return {"format": FORMAT, "settings": found, "store": self.store, "store_source": self.source}

    def _rows(self) -> list[tuple[str, str, str]]:
        rows = [(name.replace("_", "-"), _said(name, value), source) for name, value, source in self.settings]
        return [*rows, ("store", self.store, self.source)]


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return "10 GB, or a tenth of the disk" if name == "max_size" else "none"
    if name == "max_size":
        return units.size(value)
    return units.duration(value) if isinstance(value, int | float) else str(value)


def _cell(text: str) -> str:
    return f'<td style="text-align: left; padding: 2px 12px 2px 0">{escape(text)}</td>'
