"""Frames of any library: schema, rows that came and went, and the cells of the rows that both have.

What a library does in its own way is its `engine.Engine`; this module only goes through the frames, some ten thousand
rows at a time and column by column, so that nothing larger than such a block is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cashet_jupyter.diffs.blocks import BLOCK
from cashet_jupyter.diffs.comparing import Comparing
from cashet_jupyter.diffs.engine import Column, Engine, Frame, Rows
from cashet_jupyter.diffs.model import Figure, Part, Table, ValueDiff
from cashet_jupyter.diffs.words import cell, counted, cut, listed, number, pair, plain_figure, share, spaced

#: columns of rows that are shown as examples, and signs of a cell
_COLUMNS = 8
_CELL = 32


@dataclass(slots=True)
class Cells:
    """What was counted of one column that both have."""

    old: Column
    new: Column
    compared: int = 0
    differ: int = 0
    measured: int = 0
    largest: float = 0.0
    total: float = 0.0
    examples: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])

    def diff(self) -> ValueDiff:
        """It as a value of its own."""
        figures: dict[str, Figure] = {"compared": self.compared, "differ": self.differ}
        said = [f"{self.old.dtype} -> {self.new.dtype}"] if self.old.dtype != self.new.dtype else []
        if self.differ:
            text = share(self.differ, self.compared, "cell")
            if self.measured:
                figures["max_abs"] = plain_figure(self.largest)
                figures["mean_change"] = plain_figure(self.total / self.measured)
                text += f", by at most {number(self.largest)}"
            said.append(text)
        return ValueDiff("column", "different", self.old.dtype, self.new.dtype, "; ".join(said), figures)


def compare(
    kind: str, old: Frame, new: Frame, words: tuple[str, str], engine: Engine, comparing: Comparing
) -> ValueDiff:
    """Two frames of one library."""
    pairs, gone, come = paired(old.columns, new.columns)
    rows = engine.match(old, new, pairs, comparing)
    columns = [Cells(before, after) for before, after in pairs]
    changed, done = _through(columns, rows, engine, comparing)
    return _said(kind, words, old, new, (gone, come), columns, rows, changed, done, engine, comparing)


def paired(
    old: Sequence[Column], new: Sequence[Column]
) -> tuple[list[tuple[Column, Column]], list[Column], list[Column]]:
    """Columns of the same name, the n-th with the n-th; those that are gone; those that came."""
    waiting: dict[str, list[Column]] = {}
    for column in new:
        waiting.setdefault(column.label, []).append(column)
    pairs: list[tuple[Column, Column]] = []
    gone: list[Column] = []
    for column in old:
        if found := waiting.get(column.label):
            pairs.append((column, found.pop(0)))
        else:
            gone.append(column)
    return pairs, gone, [column for left in waiting.values() for column in left]


def _through(columns: list[Cells], rows: Rows, engine: Engine, comparing: Comparing) -> tuple[int, int]:
    """Go through the common rows: how many of them differ, and how many were compared."""
    changed = 0
    for at in range(0, rows.common, BLOCK):
        end = min(at + BLOCK, rows.common)
        either: Any = None
        for column in columns:
            before = engine.block(column.old.data, rows.old, at, end)
            after = engine.block(column.new.data, rows.new, at, end)
            mask = engine.unequal(before, after, comparing)
            count = engine.count(mask)
            column.compared += end - at
            if count:
                either = mask if either is None else engine.either(either, mask)
                _note(column, count, at, before, after, mask, engine, comparing)
        changed += 0 if either is None else engine.count(either)
        if comparing.late and end < rows.common:
            return changed, end
    return changed, rows.common


def _note(
    column: Cells, count: int, at: int, before: Any, after: Any, mask: Any, engine: Engine, comparing: Comparing
) -> None:
    """Take down what differs in a block."""
    column.differ += count
    room = comparing.budget.examples - len(column.examples)
    for place in engine.first(mask, room) if room > 0 else ():
        column.examples.append((at + place, *pair(engine.cell(before, place), engine.cell(after, place), _CELL)))
    measured = engine.measure(before, after, mask)
    if measured is not None:
        column.measured += measured.count
        column.total += measured.total
        column.largest = max(column.largest, measured.largest)


def _said(
    kind: str,
    words: tuple[str, str],
    old: Frame,
    new: Frame,
    schema: tuple[list[Column], list[Column]],
    columns: list[Cells],
    rows: Rows,
    changed: int,
    done: int,
    engine: Engine,
    comparing: Comparing,
) -> ValueDiff:
    gone, come = schema
    differing = [column for column in columns if column.differ or column.old.dtype != column.new.dtype]
    reordered = _reordered(old.columns, new.columns)
    said = _schema_words(gone, come, columns, reordered=reordered)
    cells = sum(column.differ for column in columns)
    if kind == "series" and columns:
        said += _value_words(rows, columns[0])
    else:
        said += _row_words(rows, changed, cells, sum(column.differ > 0 for column in columns))
    notes = [f"rows {rows.how}"] if rows.common or rows.added or rows.removed else []
    if done < rows.common:
        notes.append(f"compared the first {spaced(done)} of {counted(rows.common, 'row')}: the time was up")
    parts = [Part(f"[{c.label!r}]", "removed", ValueDiff("column", "different", c.dtype, "", "is gone")) for c in gone]
    parts += [Part(f"[{c.label!r}]", "added", ValueDiff("column", "different", "", c.dtype, "is new")) for c in come]
    parts += [Part(f"[{c.old.label!r}]", "changed", c.diff()) for c in differing]
    figures: dict[str, Figure] = {
        "rows_old": old.height,
        "rows_new": new.height,
        "rows_added": rows.added,
        "rows_removed": rows.removed,
        "rows_compared": done,
        "rows_changed": changed,
        "cells_differ": cells,
        "columns_old": len(old.columns),
        "columns_new": len(new.columns),
    }
    if kind == "series":  # its one column is itself
        parts, figures = [], figures | (dict(columns[0].diff().figures) if columns else {})
    verdict = "different" if said else "unknown" if done < rows.common else "equal"
    tables = _tables(old, new, columns, rows, engine, comparing) if said else ()
    most = comparing.budget.parts
    return ValueDiff(
        kind, verdict, *words, "; ".join(said), figures, tuple(parts[:most]), len(parts), (), tables, (), tuple(notes)
    )


def _reordered(old: Sequence[Column], new: Sequence[Column]) -> bool:
    labels = [column.label for column in old], [column.label for column in new]
    common = set(labels[0]) & set(labels[1])
    return [label for label in labels[0] if label in common] != [label for label in labels[1] if label in common]


def _schema_words(gone: list[Column], come: list[Column], columns: list[Cells], *, reordered: bool) -> list[str]:
    said = [f"{counted(len(come), 'column')} added ({listed(c.label for c in come)})"] if come else []
    said += [f"{counted(len(gone), 'column')} removed ({listed(c.label for c in gone)})"] if gone else []
    typed = [f"{c.old.label} {c.old.dtype} -> {c.new.dtype}" for c in columns if c.old.dtype != c.new.dtype]
    said += [f"types: {listed(typed, 3)}"] if typed else []
    said += ["columns in another order"] if reordered else []
    return said


def _row_words(rows: Rows, changed: int, cells: int, columns: int) -> list[str]:
    said = [f"{counted(rows.added, 'row')} added"] if rows.added else []
    said += [f"{counted(rows.removed, 'row')} removed"] if rows.removed else []
    said += ["rows in another order"] if rows.moved else []
    if changed:
        where = f"{counted(cells, 'cell')} in {counted(columns, 'column')}"
        said.append(f"{counted(changed, 'row')} changed ({where})")
    return said


def _value_words(rows: Rows, column: Cells) -> list[str]:
    """Of a series: how many values, and by how much."""
    said = _row_words(rows, 0, 0, 0)
    if not column.differ:
        return said
    by = f", by at most {number(column.largest)}" if column.measured else ""
    return [*said, f"{share(column.differ, column.compared, 'value')}{by}"]


def _tables(
    old: Frame, new: Frame, columns: list[Cells], rows: Rows, engine: Engine, comparing: Comparing
) -> tuple[Table, ...]:
    """Cells that differ, and rows that came and went, as examples."""
    found: list[Table] = []
    most = comparing.budget.examples
    cells = sorted(
        ((at, number, column) for number, column in enumerate(columns) for at, *_ in column.examples),
        key=lambda item: item[:2],
    )
    values = {(id(c), at): (a, b) for c in columns for at, a, b in c.examples}
    shown = tuple(
        (engine.label(rows.labels[1], engine.place(rows.new, at)), column.new.label, *values[id(column), at])
        for at, _, column in cells[: most * 2]
    )
    if shown:
        found.append(Table("the first cells that differ", ("row", "column", "old", "new"), shown))
    for caption, frame, places in (
        ("the first rows added", new, rows.added_at),
        ("the first rows removed", old, rows.removed_at),
    ):
        if places:
            found.append(_rows_table(caption, frame, places[:most], rows, engine, labelled=frame is new))
    return tuple(found)


def _rows_table(
    caption: str, frame: Frame, places: Sequence[int], rows: Rows, engine: Engine, *, labelled: bool
) -> Table:
    columns = frame.columns[:_COLUMNS]
    labels = rows.labels[1 if labelled else 0]
    more = ("...",) if len(frame.columns) > _COLUMNS else ()
    body = tuple(
        (
            engine.label(labels, at),
            *(cell(engine.cell(column.data, at), _CELL) for column in columns),
            *more,
        )
        for at in places
    )
    header = ("row", *(cut(column.label, _CELL) for column in columns), *more)
    return Table(caption, header, body, "new" if labelled else "old")
