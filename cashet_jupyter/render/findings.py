"""What a result depends on, as a tree: indented text, nested lists, plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from cashet_jupyter.models import Explanation, Finding

#: version of the structure that `--json` gives; it grows when a field changes its meaning or goes
FORMAT = 1
#: rows of a group, and parts of one finding, that are shown before the rest is counted; JSON has them all
ROWS = 40
PARTS = 12
_STYLE = "color: var(--jp-ui-font-color2, #777)"

#: title -> the kinds that stand under it; what is in none of them stands under the last one
_GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    ("code", frozenset({"code"})),
    ("inputs", frozenset({"input"})),
    ("helpers", frozenset({"function", "class", "global", "closure"})),
    ("named with --depends", frozenset({"depends"})),
    ("modules and versions", frozenset({"python", "version"})),
    ("files", frozenset({"file", "absent", "exists", "link", "size", "stat", "access", "listing", "entries",
                         "details", "tree", "glob", "path-glob"})),
    ("environment", frozenset({"env", "cwd", "argv"})),
    ("random state", frozenset({"random"})),
    ("options", frozenset({"options"})),
    ("other", frozenset()),
)  # fmt: skip


def grouped(findings: Sequence[Finding]) -> list[tuple[str, list[Finding]]]:
    """The findings under their titles, empty groups left out."""
    groups: dict[str, list[Finding]] = {title: [] for title, _ in _GROUPS}
    for finding in findings:
        title = next((title for title, kinds in _GROUPS if finding.kind in kinds), "other")
        groups[title].append(finding)
    return [(title, found) for title, found in groups.items() if found]


def groups_text(findings: Sequence[Finding]) -> list[str]:
    """Every group as lines."""
    lines: list[str] = []
    for title, found in grouped(findings):
        lines.append(f"{title}:")
        width = min(32, max(len(finding.name) for finding in found[:ROWS]))
        for finding in found[:ROWS]:
            lines.append(f"  {finding.name.ljust(width)}  {words(finding)}".rstrip())
            lines += [f"    {line}" for line in _parts_text(finding)]
        lines += [f"  {text}" for text in _more(found, ROWS)]
    return lines


def groups_html(findings: Sequence[Finding]) -> str:
    """Every group as a list that can be folded; every text is escaped."""
    return "".join(
        f"<details{_open(found)}><summary>{escape(title)} ({len(found)})</summary><ul>"
        f"{''.join(_item(finding) for finding in found[:ROWS])}{_notes(_more(found, ROWS))}</ul></details>"
        for title, found in grouped(findings)
    )


def _open(found: Sequence[Finding]) -> str:
    return " open" if any(finding.change for finding in found) or len(found) <= PARTS else ""


def words(finding: Finding) -> str:
    """What changed, else what it is; and where it was seen."""
    what = finding.change.removeprefix(": ") or finding.now
    return f"{what}  ({finding.where})" if finding.where and what else what or finding.where


def _item(finding: Finding) -> str:
    text = escape(words(finding))
    inner = f"<b>{text}</b>" if finding.change else f'<span style="{_STYLE}">{text}</span>'
    shown = _shown_parts(finding)
    parts = "".join(_item(part) for part in shown) + _notes(_more(finding.parts, len(shown)))
    return f"<li><code>{escape(finding.name)}</code> {inner}{f'<ul>{parts}</ul>' if parts else ''}</li>"


def _notes(texts: Sequence[str]) -> str:
    return "".join(f"<li>{escape(text)}</li>" for text in texts)


def _parts_text(finding: Finding) -> list[str]:
    shown = _shown_parts(finding)
    return [f"{part.name}  {words(part)}".rstrip() for part in shown] + _more(finding.parts, len(shown))


def _shown_parts(finding: Finding) -> list[Finding]:
    """Those that changed come first; of the others as many as there is room for."""
    changed = [part for part in finding.parts if part.change]
    return [*changed, *(part for part in finding.parts if not part.change)][:PARTS]


def _more(found: Sequence[object], shown: int) -> list[str]:
    return [f"... and {len(found) - shown} more"] if len(found) > shown else []


def as_data(explanation: Explanation) -> dict[str, Any]:
    """An explanation as plain data: what `--json` prints.

    `format` (1), `question` (`why` or `deps`), `answer`, `cell`, `commit`, `status`, `against` (`commit`, `created`; or
    null), `not_stored`, `advice`, `findings` (a list of `kind`, `name`, `now`, `change`, `where`, `parts`, the last one
    a list of the same) and `not_tracked` (a list of sentences). Texts that do not apply are empty.
    """
    data = asdict(explanation)
    created, _ = data.pop("against_created"), data.pop("against_offset")
    data["against"] = {"commit": explanation.against, "created": created} if explanation.against else None
    return {"format": FORMAT, **data}
