"""The answer of `diff`: what differs between two runs, only that unless all is asked for."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from cashet_jupyter.diffs.difference import Difference, Entry, Section, Side
from cashet_jupyter.render import units
from cashet_jupyter.render.answer import PLAIN, Answer, Style
from cashet_jupyter.render.diff_data import difference_data
from cashet_jupyter.render.diff_html import difference_html
from cashet_jupyter.render.diff_values import fitted_line, hunk_lines, painted, value_lines
from cashet_jupyter.render.table import counted

#: title of a section -> what it is called before its entries
TITLES = {
    "error": "how it ended",
    "inputs": "inputs",
    "outputs": "outputs",
    "shown": "what was shown",
    "environment": "environment",
    "outside": "files and other things that were read",
    "files": "files that were written",
}
_SIGNS = {"changed": "~", "added": "+", "removed": "-", "unknown": "?", "equal": "="}
_ROLES = {"added": "good", "removed": "bad", "unknown": "faint", "equal": "faint"}
#: characters of one change
_CHANGE = 400


class Diff(Answer):
    """What differs between two runs; with `everything`, what is equal too; with `stat`, only how much."""

    def __init__(self, difference: Difference, *, everything: bool = False, stat: bool = False) -> None:
        self.difference = difference
        self.everything = everything
        self.stat = stat

    def text(self, style: Style = PLAIN) -> str:
        """For a terminal: hunks as git writes them, a line for each thing that differs, examples below it."""
        return "\n".join(self._lines(style))

    def html(self) -> str:
        """For a notebook: one self-contained block, sources side by side, pictures in it; every text is escaped."""
        return difference_html(self.difference, everything=self.everything, stat=self.stat)

    @property
    def data(self) -> dict[str, Any]:
        """See `diff_data.difference_data`."""
        return difference_data(self.difference, everything=self.everything, stat=self.stat)

    def _lines(self, style: Style) -> Iterator[str]:
        found = self.difference
        yield from _heading(found, style)
        if found.old.id == found.new.id:
            yield "it is the same run"
            return
        yield summary(found)
        yield from self._source(style)
        for section in found.sections:
            yield from self._section(section, style)

    def _source(self, style: Style) -> Iterator[str]:
        source = self.difference.source
        if not (source.changed or source.only_formatting):
            if self.everything:
                yield from ("", style.paint("source:", "strong"), style.paint("  the same", "faint"))
            return
        what = "only comments or formatting" if source.only_formatting else "code"
        yield ""
        yield f"{style.paint('source:', 'strong')} {what} changed, +{source.added} -{source.removed} lines"
        for note in source.notes:
            yield style.paint(f"  {fitted_line(note, style.width - 2)}", "faint")
        if not self.stat and (source.changed or self.everything):
            for hunk in source.hunks:
                yield from hunk_lines(hunk, style)

    def _section(self, section: Section, style: Style) -> Iterator[str]:
        entries = section.entries if self.everything else section.differing
        equal = [entry for entry in section.entries if entry.status == "equal"]
        if not entries and not (self.everything and section.note):
            return
        yield ""
        rest = f" ({counted(len(equal), 'is', 'are')} as before)" if equal and not self.everything else ""
        yield f"{style.paint(f'{TITLES[section.title]}:', 'strong')}{style.paint(rest, 'faint')}"
        if section.note and self.everything:
            yield style.paint(f"  {fitted_line(section.note, style.width - 2)}", "faint")
        width = min(24, style.width // 3, max((len(entry.name) for entry in entries), default=0))
        for entry in entries:
            yield from self._entry(entry, width, style)

    def _entry(self, entry: Entry, width: int, style: Style) -> Iterator[str]:
        name = fitted_line(entry.name, style.width // 2).ljust(width)
        room = max(16, style.width - len(name) - 6)
        first, *rest = textwrap.wrap(fitted_line(entry_words(entry), _CHANGE), room) or [""]
        yield f"  {_SIGNS[entry.status]} {painted(name, _ROLES.get(entry.status, ''), style)}  {first}".rstrip()
        yield from (f"{' ' * (len(name) + 6)}{line}" for line in rest)
        inner = Style(max(24, style.width - 6), style.colour)
        if entry.why and entry.change:
            yield f"      {style.paint(fitted_line(entry.why, inner.width), 'faint')}"
        if self.stat:
            return
        if entry.diff is not None and entry.status != "unknown":
            for line in value_lines(entry.diff, inner):
                yield f"      {line}"
        else:
            for part in entry.parts:
                text = f"{part.name}  {part.change.removeprefix(': ')}"
                yield f"      {fitted_line(text, inner.width)}"


def entry_words(entry: Entry) -> str:
    """What became of it, in a few words."""
    if entry.status == "equal":
        return entry.new
    return entry.change or entry.why or entry.status


def summary(found: Difference) -> str:
    """`differs: source, inputs, outputs`."""
    names = [TITLES.get(name, name) for name in found.differing]
    if names:
        return f"differs: {', '.join(names)}"
    unknown = [TITLES[section.title] for section in found.sections if section.differing]
    if unknown:
        return f"no difference was found; not all of it could be compared: {', '.join(unknown)}"
    return "nothing differs but when it ran and how long it took"


def side_words(side: Side) -> str:
    """`12 May 2026, 14:03:09  4.1 s  12 kB`, and what stands out."""
    words = [units.moment(side.created, side.offset), units.duration(side.seconds), units.size(side.size)]
    words += ["failed"] if side.status == "failed" else []
    return "  ".join(words)


def _heading(found: Difference, style: Style) -> Iterator[str]:
    for side, sign, role in ((found.old, "---", "bad"), (found.new, "+++", "good")):
        when = side_words(side)
        label = fitted_line(side.function or side.label, max(8, style.width - len(when) - 14))
        yield f"{style.paint(f'{sign} {side.short}', role)}  {when}  {label}".rstrip()
        if side.arguments:
            yield style.paint(f"      called with {fitted_line(side.arguments, style.width - 18)}", "faint")
