"""How two values differ, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cashet_jupyter.diffs.model import Hunk, Line, Part, Table, ValueDiff
from cashet_jupyter.render.answer import Style
from cashet_jupyter.render.table import columns

#: nested differences are shown as deep as this; JSON has them all
_DEEP = 4
_SIGNS = {"-": "bad", "+": "good"}
_STATUS = {"added": "good", "removed": "bad"}


def value_lines(diff: ValueDiff, style: Style, depth: int = 0) -> Iterator[str]:
    """Everything but `change`, which stands before it; each line without the indent of its place."""
    for note in diff.notes:
        yield style.paint(fitted_line(note, style.width), "faint")
    yield from _parts_lines(diff, style, depth)
    for hunk in () if _one_line(diff) else diff.hunks:
        yield from hunk_lines(hunk, style, heading=not begins(hunk))
    for table in diff.tables if depth == 0 else ():  # inside, the line says how many and by how much
        yield from _table_lines(table, style)
    for picture in diff.pictures:
        sizes = [f"{len(image):,} bytes".replace(",", " ") if image else "none" for image in (picture.old, picture.new)]
        text = f"[{picture.caption}: {sizes[0]} -> {sizes[1]}; a notebook shows them]"
        yield style.paint(fitted_line(text, style.width), "faint")


def _parts_lines(diff: ValueDiff, style: Style, depth: int) -> Iterator[str]:
    if said_already(diff):
        return
    width = min(28, style.width // 3, max((len(part.path) for part in diff.parts), default=0))
    for part in diff.parts:
        yield _part_line(part, width, style)
        if depth < _DEEP:
            for line in value_lines(part.diff, Style(max(24, style.width - 4), style.colour), depth + 1):
                yield f"    {line}"
    if diff.total > len(diff.parts):
        yield style.paint(f"... and {diff.total - len(diff.parts)} more places", "faint")


def said_already(diff: ValueDiff) -> bool:
    """Whether the line above says all of the one place inside that differs."""
    if len(diff.parts) != 1 or diff.total != 1 or _inner(diff.parts[0].diff):
        return False
    only = diff.parts[0]
    return only.path in diff.change and only.diff.change in diff.change


def _one_line(diff: ValueDiff) -> bool:
    """Whether it is a short text, both sides of which stand in the line above."""
    return diff.kind == "text" and " -> " in diff.change and len(diff.hunks) == 1 and len(diff.hunks[0].lines) == 2


def begins(hunk: Hunk) -> bool:
    """Whether it begins with the first line: then nobody has to be told where it is."""
    return max(hunk.lines[0].old, hunk.lines[0].new) <= 1


def _inner(diff: ValueDiff) -> bool:
    return bool(diff.parts or diff.hunks or diff.tables or diff.pictures)


def _part_line(part: Part, width: int, style: Style) -> str:
    text = part.diff.change or "; ".join(part.diff.notes) or part.status
    path = fitted_line(part.path, style.width // 2).ljust(width)
    words = fitted_line(text, max(16, style.width - len(path) - 2))
    return f"{path}  {painted(words, _STATUS.get(part.status, ''), style)}".rstrip()


def hunk_lines(hunk: Hunk, style: Style, *, heading: bool = True) -> Iterator[str]:
    """As git writes them; the words that differ are marked where there are colours."""
    if heading:
        yield style.paint(hunk.heading, "id")
    for line in hunk.lines:
        yield _line(line, style)


def _line(line: Line, style: Style) -> str:
    role = _SIGNS.get(line.sign, "")
    text = f"{line.sign} {fitted_line(line.text, style.width - 2)}"
    if not style.colour or not line.marks or len(line.text) > style.width - 2 or not line.text.isprintable():
        return painted(text.rstrip(), role, style)
    parts: list[str] = [f"{line.sign} "]
    at = 0
    for start, end in line.marks:
        parts += [line.text[at:start], f"\x1b[7m{line.text[start:end]}\x1b[27m"]
        at = end
    return painted("".join([*parts, line.text[at:]]), role, style)


def painted(text: str, role: str, style: Style) -> str:
    """In the colour of a role; as it is without one."""
    return style.paint(text, role) if role else text


def _table_lines(table: Table, style: Style) -> Iterator[str]:
    yield style.paint(fitted_line(f"{table.caption}:", style.width), "faint")
    rows = [table.header, *table.rows]
    for line in columns(_narrowed(rows, style.width - 2)):
        yield f"  {fitted_line(line, style.width - 2)}"


def _narrowed(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """Cells cut so that the table fits, the widest columns first."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    while sum(widths) + 2 * (len(widths) - 1) > width and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    return [[fitted_line(text, most) for text, most in zip(row, widths, strict=True)] for row in rows]


def fitted_line(text: str, width: int) -> str:
    """On one line, without what a terminal would obey, and cut off where it is longer than `width`."""
    line = "".join(sign if sign.isprintable() else " " if sign in "\t\n" else "?" for sign in text)
    return line if len(line) <= width else f"{line[: max(1, width - 3)]}..."
