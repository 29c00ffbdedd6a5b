"""The answer of `%cashet why`, as text and as HTML."""

from __future__ import annotations

from html import escape

from cashet_jupyter.models import Explanation
from cashet_jupyter.render import units
from cashet_jupyter.render.findings import groups_html, groups_text


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
