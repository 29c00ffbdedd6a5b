"""The answer of `%cashet deps`, as text and as HTML."""

from __future__ import annotations

from html import escape

from cashet_jupyter.models import Explanation
from cashet_jupyter.render.findings import groups_html, groups_text


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
