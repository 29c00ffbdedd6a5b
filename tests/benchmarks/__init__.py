"""Benchmarks: each module `bench_*.py` has a function `measure() -> Table`; `make bench` prints them all.

What is compared is measured in turns within one run, and told as a ratio: absolute times say more about the machine.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Figures to print; the first column is a name, the others are aligned to the right."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    """Lines below it."""

    def __str__(self) -> str:
        lines = (self.header, *self.rows)
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.header))]
        padded = [
            "  ".join(text.rjust(width) if column else text.ljust(width) for column, (text, width) in enumerate(cells))
            for cells in (list(zip(line, widths, strict=True)) for line in lines)
        ]
        return "\n".join([self.title, "-" * len(padded[0]), *padded, *self.notes])
