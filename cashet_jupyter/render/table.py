"""Tables of text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

#: style of a cell of an HTML table: inline, for a notebook that is not trusted loses style sheets
CELL = "text-align: left; vertical-align: top; padding: 2px 12px 2px 0"


def columns(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> list[str]:
    """Lines with aligned columns; those with these numbers are aligned to the right."""
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            text.rjust(width) if number in right else text.ljust(width)
            for number, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def fitted(rows: Sequence[Sequence[str]], width: int, cut: Mapping[int, int], right: Collection[int] = ()) -> list[str]:
    """The same in at most `width` characters, as far as that can be.

    `cut` has the columns that may be cut, and the least that is left of each; the widest is cut first. Columns without
    any text below the first row take no room.
    """
    used = [number for number in range(len(rows[0])) if any(row[number] for row in rows[1:] or rows)]
    widths = {number: max(len(" ".join(row[number].split())) for row in rows) for number in used}
    room = width - 2 * (len(used) - 1)
    while sum(widths.values()) > room:
        widest = max((n for n in used if widths[n] > cut.get(n, widths[n])), key=lambda n: widths[n], default=None)
        if widest is None:
            break
        widths[widest] -= 1
    short = [[shortened(row[number], max(widths[number], 4)) for number in used] for row in rows]
    return columns(short, [place for place, number in enumerate(used) if number in right])


def shortened(text: str, width: int) -> str:
    """On one line, and cut off where it is longer than `width` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 3]}..."


def counted(number: int, one: str, many: str = "") -> str:
    """`1 result`, `12 results`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
