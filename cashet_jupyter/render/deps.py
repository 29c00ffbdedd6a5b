"""The answer of `%cashet deps`, as text and as HTML."""

from __future__ import annotations

from html import escape
from typing import Any

from cashet_jupyter.models import Explanation
from cashet_jupyter.render.answer import PLAIN, Answer, Style
from cashet_jupyter.render.findings import as_data, groups_html, groups_text


class Deps(Answer):
    """The answer of `deps`."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation

    def text(self, style: Style = PLAIN) -> str:
        """As lines."""
        del style
        return deps_text(self.explanation)

    def html(self) -> str:
        """As one block."""
        return deps_html(self.explanation)

    @property
    def data(self) -> dict[str, Any]:
        """See `findings.as_data`."""
        return as_data(self.explanation)


def deps_text(explanation: Explanation) -> str:
    """What the cell depends on, each with where it was seen; then what is not tracked."""
    lines = [f"cashet {explanation.commit[:6]}  {explanation.cell}".rstrip(), *groups_text(explanation.findings)]
    return "\n".join([*lines, "not tracked:", *(f"  {line}" for line in explanation.not_tracked)])


def deps_html(explanation: Explanation) -> str:
    """The same as one self-contained block; every text is escaped."""
    head = f"<div><b>cashet {escape(explanation.commit[:6])}</b> {escape(explanation.cell)}</div>"
    missing = "".join(f"<li>{escape(line)}</li>" for line in explanation.not_tracked)
    tail = f"<details><summary>not tracked</summary><ul>{missing}</ul></details>"
    return f'<div class="cashet-deps">{head}{groups_html(explanation.findings)}{tail}</div>'
