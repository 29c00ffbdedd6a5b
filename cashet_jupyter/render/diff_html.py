"""A difference as HTML that a notebook shows even where it is not trusted.

No script, no style sheet, no SVG: styles stand in the tags, parts are folded with `<details>`, pictures are PNG in
`data:` addresses. Every text is escaped.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape
from itertools import zip_longest

from cashet_jupyter.diffs.difference import Difference, Entry, Section, Side, SourceDiff
from cashet_jupyter.diffs.model import Hunk, Line, Part, Picture, Table, ValueDiff
from cashet_jupyter.render import units
from cashet_jupyter.render.diff_values import begins, said_already

_TITLES = {
    "error": "How it ended",
    "inputs": "Inputs",
    "outputs": "Outputs",
    "shown": "What was shown",
    "environment": "Environment",
    "outside": "Files and other things that were read",
    "files": "Files that were written",
}
#: nested differences are shown as deep as this
_DEEP = 4

_QUIET = "color: var(--jp-ui-font-color2, #777)"
_OLD, _NEW = "rgba(248, 81, 73, 0.15)", "rgba(46, 160, 67, 0.15)"
_OLD_WORD, _NEW_WORD = "rgba(248, 81, 73, 0.4)", "rgba(46, 160, 67, 0.4)"
_CODE = "font-family: monospace; white-space: pre-wrap; text-align: left; vertical-align: top; padding: 0 6px"
_NUMBER = f"{_CODE}; {_QUIET}; text-align: right; white-space: nowrap; width: 1%"
_CELL = "text-align: left; vertical-align: top; padding: 2px 12px 2px 0"
_FRAME = "text-align: left; vertical-align: top; padding: 4px"
_MARKS = {
    "changed": ("~", ""),
    "added": ("+", f"background-color: {_NEW}"),
    "removed": ("−", f"background-color: {_OLD}"),
    "unknown": ("?", _QUIET),
    "equal": ("=", _QUIET),
}


def difference_html(found: Difference, *, everything: bool = False, stat: bool = False) -> str:
    """One self-contained block."""
    parts = [_sides(found)]
    if found.old.id == found.new.id:
        parts.append("<div>It is the same run.</div>")
    else:
        parts += _source(found.source, everything=everything, stat=stat)
        for section in found.sections:
            parts += _section(section, everything=everything, stat=stat)
        if not found.differing:
            parts.append("<div>No difference was found but when it ran and how long it took.</div>")
    return f'<div class="cashet-diff" style="overflow-x: auto">{"".join(parts)}</div>'


def _sides(found: Difference) -> str:
    rows = "".join(
        f'<tr style="background-color: {colour}">{_cell("th", side.short)}{_cell("td", side.function or side.label)}'
        f"{_cell('td', units.moment(side.created, side.offset))}{_cell('td', units.duration(side.seconds))}"
        f"{_cell('td', units.size(side.size))}{_cell('td', side.arguments or _ended(side))}</tr>"
        for side, colour in ((found.old, _OLD), (found.new, _NEW))
    )
    return f'<table style="border-collapse: collapse; margin: 0 0 4px 0">{rows}</table>'


def _ended(side: Side) -> str:
    return "failed" if side.status == "failed" else ""


def _cell(tag: str, text: str) -> str:
    return f'<{tag} style="{_CELL}; padding-left: 6px">{escape(text)}</{tag}>'


def _folded(title: str, note: str, body: str, *, opened: bool = True) -> str:
    more = f' <span style="{_QUIET}">{escape(note)}</span>' if note else ""
    state = " open" if opened else ""
    return f'<details{state} style="margin: 2px 0"><summary><b>{escape(title)}</b>{more}</summary>{body}</details>'


def _note(text: str) -> str:
    return f'<div style="{_QUIET}">{escape(text)}</div>'


def _source(source: SourceDiff, *, everything: bool, stat: bool) -> Iterator[str]:
    if not (source.changed or source.only_formatting):
        if everything:
            yield _folded("Source", "the same", "", opened=False)
        return
    what = "only comments or formatting changed" if source.only_formatting else "changed"
    notes = "".join(map(_note, source.notes))
    body = notes if stat else notes + hunks_html(source.hunks)
    yield _folded("Source", f"{what}, +{source.added} −{source.removed} lines", body, opened=source.changed)


def _section(section: Section, *, everything: bool, stat: bool) -> Iterator[str]:
    entries = section.entries if everything else section.differing
    if not entries and not (everything and section.note):
        return
    equal = len(section.entries) - len(section.differing)
    note = f"{len(section.differing)} changed" + (f", {equal} as before" if equal else "")
    body = "".join(_entry(entry, stat=stat) for entry in entries)
    yield _folded(_TITLES[section.title], section.note or note, body, opened=bool(section.differing))


def _entry(entry: Entry, *, stat: bool) -> str:
    sign, style = _MARKS[entry.status]
    said = entry.new if entry.status == "equal" else entry.change or entry.why or entry.status
    why = _note(entry.why) if entry.why and entry.change else ""
    line = (
        f'<span style="font-family: monospace; {style}">{sign} <b>{escape(entry.name)}</b></span> '
        f'<span style="{_QUIET if entry.status in ("equal", "unknown") else ""}">{escape(said)}</span>'
    )
    inner = "" if stat else "".join(_inside(entry))
    return f'<div style="margin: 2px 0 2px 14px">{line}{why}{inner}</div>'


def _inside(entry: Entry) -> Iterator[str]:
    if entry.diff is not None and entry.status != "unknown":
        yield value_html(entry.diff)
    elif entry.parts:
        items = "".join(
            f"<li><code>{escape(part.name)}</code> {escape(part.change.removeprefix(': '))}</li>"
            for part in entry.parts
        )
        yield f'<ul style="margin: 0">{items}</ul>'


# -------------------------------------------------------------------------------------------------------- values
def value_html(diff: ValueDiff, depth: int = 0) -> str:
    """Everything but `change`, which stands before it."""
    found = [_note(note) for note in diff.notes]
    found += [_parts(diff, depth)] if diff.parts and not said_already(diff) else []
    found += [hunks_html(diff.hunks)] if diff.hunks else []
    found += [_table(table) for table in diff.tables]
    found += [_picture(picture) for picture in diff.pictures]
    return f'<div style="margin-left: 14px">{"".join(found)}</div>' if found else ""


def _parts(diff: ValueDiff, depth: int) -> str:
    items = "".join(_part(part, depth) for part in diff.parts)
    more = diff.total - len(diff.parts)
    return items + (_note(f"... and {more} more places") if more > 0 else "")


def _part(part: Part, depth: int) -> str:
    _, style = _MARKS[part.status]
    text = part.diff.change or "; ".join(part.diff.notes) or part.status
    line = f'<code style="{style}">{escape(part.path)}</code> {escape(text)}'
    inner = value_html(part.diff, depth + 1) if depth < _DEEP else ""
    return f'<details style="margin: 0"><summary>{line}</summary>{inner}</details>' if inner else f"<div>{line}</div>"


def _table(table: Table) -> str:
    head = "".join(f'<th style="{_CELL}">{escape(text)}</th>' for text in table.header)
    both = {len(table.header) - 2: _OLD, len(table.header) - 1: _NEW} if table.shows == "both" else {}
    all_of_it = {"old": _OLD, "new": _NEW}.get(table.shows, "transparent")
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td style="{_CELL}; background-color: {both.get(place, all_of_it)}">{escape(text)}</td>'
            for place, text in enumerate(row)
        )
        + "</tr>"
        for row in table.rows
    )
    return f'{_note(table.caption)}<table style="border-collapse: collapse">{head and f"<tr>{head}</tr>"}{rows}</table>'


def _picture(picture: Picture) -> str:
    cells = "".join(
        f'<td style="{_FRAME}; background-color: {colour}">{_image(data, name)}</td>'
        for data, name, colour in ((picture.old, "before", _OLD), (picture.new, "after", _NEW))
    )
    return f'{_note(picture.caption)}<table style="border-collapse: collapse"><tr>{cells}</tr></table>'


def _image(data: bytes, name: str) -> str:
    if not data.startswith(b"\x89PNG"):
        return _note("no picture")
    address = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return f'<img src="{address}" alt="{name}" style="max-width: 100%">'


# --------------------------------------------------------------------------------------------------------- lines
def hunks_html(hunks: Sequence[Hunk]) -> str:
    """Old and new side by side."""
    rows = "".join(row for hunk in hunks for row in _hunk(hunk))
    return f'<table style="border-collapse: collapse; width: 100%">{rows}</table>'


def _hunk(hunk: Hunk) -> Iterator[str]:
    if not begins(hunk):
        yield f'<tr><td colspan="4" style="{_CODE}; {_QUIET}">{escape(hunk.heading)}</td></tr>'
    old: list[Line] = []
    new: list[Line] = []
    for line in hunk.lines:
        if line.sign == " " or (line.sign == "-" and new):
            yield from _rows(old, new)
            old, new = [], []
        if line.sign == " ":
            yield f"<tr>{_half(line, '', '', old=True)}{_half(line, '', '', old=False)}</tr>"
        else:
            (old if line.sign == "-" else new).append(line)
    yield from _rows(old, new)


def _rows(old: Sequence[Line], new: Sequence[Line]) -> Iterator[str]:
    for before, after in zip_longest(old, new):
        yield f"<tr>{_half(before, _OLD, _OLD_WORD, old=True)}{_half(after, _NEW, _NEW_WORD, old=False)}</tr>"


def _half(line: Line | None, colour: str, word: str, *, old: bool) -> str:
    if line is None or (old and not line.old):  # nothing there; a comment that the old text had in other words
        return f'<td style="{_NUMBER}"></td><td style="{_CODE}; width: 49%"></td>'
    number = line.old if old else line.new
    background = f"; background-color: {colour}" if colour else ""
    return (
        f'<td style="{_NUMBER}{background}">{number or ""}</td>'
        f'<td style="{_CODE}; width: 49%{background}">{_marked(line, word)}</td>'
    )


def _marked(line: Line, colour: str) -> str:
    if not colour:
        return escape(line.text)
    parts: list[str] = []
    at = 0
    for start, end in line.marks:
        parts.append(escape(line.text[at:start]))
        parts.append(f'<span style="background-color: {colour}">{escape(line.text[start:end])}</span>')
        at = end
    return "".join([*parts, escape(line.text[at:])])
