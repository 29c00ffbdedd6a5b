"""The answer of `%cashet why`, as text and as HTML."""

from __future__ import annotations

from html import escape
from typing import Any

from cashet_jupyter.models import Explanation
from cashet_jupyter.render import units
from cashet_jupyter.render.answer import PLAIN, Answer, Style
from cashet_jupyter.render.findings import as_data, groups_html, groups_text


class Why(Answer):
    """The answer of `why`."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation

    def text(self, style: Style = PLAIN) -> str:
        """As lines."""
        del style
        return why_text(self.explanation)

    def html(self) -> str:
        """As one block."""
        return why_html(self.explanation)

    @property
    def data(self) -> dict[str, Any]:
        """See `findings.as_data`."""
        return as_data(self.explanation)


def why_text(explanation: Explanation) -> str:
    """The answer in one line, then everything that the key was made of and what of it changed."""
    lines = [explanation.answer, *_heading(explanation)]
    if explanation.not_stored:
        lines.append(f"not stored: {explanation.not_stored}")
    if explanation.advice:
        lines.append(f"what helps: {explanation.advice}")
    return "\n".join([*lines, *groups_text(explanation.findings)])


def why_html(explanation: Explanation) -> str:
    """The same as one self-contained block; every text is escaped."""
    lines = [f"<b>{escape(explanation.answer)}</b>", *(escape(line) for line in _heading(explanation))]
    if explanation.not_stored:
        lines.append(f"not stored: {escape(explanation.not_stored)}")
    if explanation.advice:
        lines.append(f"what helps: {escape(explanation.advice)}")
    head = "".join(f"<div>{line}</div>" for line in lines)
    return f'<div class="cashet-why">{head}{groups_html(explanation.findings)}</div>'


def _heading(explanation: Explanation) -> list[str]:
    words = ["cashet", explanation.commit[:6]] if explanation.commit else ["cashet"]
    lines = ["  ".join([" ".join(words), explanation.cell]).rstrip()]
    if explanation.against:
        when = units.moment(explanation.against_created, explanation.against_offset)
        lines.append(f"compared with {explanation.against[:6]} of {when}")
    return lines
