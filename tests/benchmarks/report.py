"""The table: what is measured against what, and whether that is what was to be reached."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks import Table
from tests.benchmarks.figures import LIMIT, Figures
from tests.benchmarks.ratios import Spread, best_sound, ratio, spread
from tests.benchmarks.targets import BEST, ITSELF, REASONS, Criterion, Row


@dataclass(frozen=True)
class Line:
    """One row against one other."""

    row: str
    measure: str
    unit: str
    ours: Spread | None
    best: str
    """The best sound peer; empty if there is none."""
    best_value: float | None
    limit: str
    limit_value: float | None
    against: str
    ratio: Spread | None
    target: float | None
    reached: bool | None
    """None where there is no target."""
    why: str
    """Of a target that is not reached: by how much, and why."""

    @property
    def name(self) -> str:
        """What the regression gate calls it: the measure, and what it is compared with."""
        return f"{self.measure} / {self.against}"


def lines(figures: Figures, rows: Sequence[Row]) -> list[Line]:
    """The table's lines, in its order; rows of which nothing was measured are lines too, and are not reached."""
    return [_line(figures, row, criterion) for row in rows for criterion in row.criteria]


def _line(figures: Figures, row: Row, criterion: Criterion) -> Line:
    ours = figures.of(row.engine, row.measure)
    best = best_sound(figures, row.measure, row.workload)
    limit = next((c.measure for c in row.criteria if c.against == LIMIT), "")
    against, found = _compared(figures, row, criterion, best)
    reached = None if criterion.bound is None else found is not None and found.median <= criterion.bound
    why = "" if reached is not False else _why(figures, row, f"{row.measure} / {against}", found, criterion)
    return Line(
        row=row.name,
        measure=row.measure if row.engine == "ours" else f"{row.measure} ({row.engine})",
        unit=row.unit,
        ours=spread(ours),
        best=best or "",
        best_value=figures.median(best, row.measure) if best else None,
        limit=limit,
        limit_value=figures.median(LIMIT, limit) if limit else None,
        against=against,
        ratio=found,
        target=criterion.bound,
        reached=reached,
        why=why,
    )


def _compared(figures: Figures, row: Row, criterion: Criterion, best: str | None) -> tuple[str, Spread | None]:
    """Who it is compared with, and the ratio; the figure itself where nothing is compared."""
    ours = figures.of(row.engine, row.measure)
    if criterion.against == ITSELF:
        return ITSELF, spread(ours)
    engine = criterion.against if criterion.against != BEST else best or ""
    measure = criterion.measure or row.measure
    name = {LIMIT: f"limit: {measure}", BEST: BEST}.get(criterion.against, engine)
    return name, ratio(ours, figures.of(engine, measure))


def _why(figures: Figures, row: Row, name: str, found: Spread | None, criterion: Criterion) -> str:
    """By how much a target is missed, and why."""
    if found is None:
        told = [f"{f.engine}: {f.why}" for f in figures.faults if f.workload in (row.workload, "all")]
        return "not measured" + (f" ({'; '.join(told)})" if told else "")
    assert criterion.bound is not None
    much = f"{found.median / criterion.bound:.1f} times the target"
    reason = REASONS.get(name, "")
    return f"{much}: {reason}" if reason else much


# ------------------------------------------------------------------------------------------------------- as text
def figure(value: float | None, unit: str) -> str:
    """A figure with a unit that suits it."""
    if value is None:
        return "-"
    if unit == "B":
        size = next(
            ((value / step, name) for step, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")) if value >= step), None
        )
        return f"{size[0]:.3g} {size[1]}" if size else f"{value:.0f} B"
    step, name = next(((s, n) for s, n in ((1, "s"), (1e-3, "ms")) if abs(value) >= s), (1e-6, "us"))
    return f"{value / step:.3g} {name}"


def _ratio_text(line: Line) -> str:
    if line.ratio is None:
        return "-"
    if line.against == ITSELF:
        return figure(line.ratio.median, line.unit)
    spread_ = line.ratio
    return f"{spread_.median:.3g} [{spread_.least:.3g}-{spread_.most:.3g}]"


def _target_text(line: Line) -> str:
    if line.target is None:
        return ""
    return f"<= {figure(line.target, line.unit) if line.against == ITSELF else f'{line.target:g}'}"


HEADER = ("row", "ours", "best sound peer", "limit", "ours against", "ratio", "target", "reached")


def cells(found: Sequence[Line]) -> Iterator[tuple[str, ...]]:
    """The table as text; what a row says once stands in its first line."""
    before = ""
    for line in found:
        first = line.row != before
        before = line.row
        best = f"{figure(line.best_value, line.unit)} ({line.best})" if line.best else "-"
        limit = figure(line.limit_value, line.unit) if line.limit else "-"
        head = (
            (line.row, figure(line.ours.median if line.ours else None, line.unit), best, limit) if first else ("",) * 4
        )
        against = line.against if line.against != BEST or not line.best else f"{BEST}: {line.best}"
        reached = {None: "", True: "yes", False: f"no: {line.why}"}[line.reached]
        yield (*head, against, _ratio_text(line), _target_text(line), reached)


def table(found: Sequence[Line], title: str, notes: Sequence[str] = ()) -> Table:
    """The table, to be printed; what is not reached is explained below it."""
    rows = tuple((*row, reached.partition(":")[0]) for *row, reached in cells(found))
    missed = [f"not reached: {line.row}, against {line.against}: {line.why}" for line in found if line.reached is False]
    return Table(title, HEADER, rows, ("", *missed, *notes))


def markdown(found: Sequence[Line]) -> str:
    """The table, for the docs."""
    rows = [HEADER, ("---",) * len(HEADER), *cells(found)]
    return "\n".join("| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in rows)


# ------------------------------------------------------------------------------------------------------- as data
def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_GiB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")), "")


def as_data(figures: Figures, found: Sequence[Line], about: Mapping[str, Any]) -> dict[str, Any]:
    """All of a run: the table, the figures of every engine, and what went wrong."""
    measured: dict[str, dict[str, Any]] = {}
    for measure in sorted({sample.measure for sample in figures.samples}):
        spreads = {engine: spread(figures.of(engine, measure)) for engine in figures.engines(measure)}
        measured[measure] = {engine: _rounded(asdict(found)) for engine, found in spreads.items() if found is not None}
    return {
        "about": dict(about),
        "table": [{**asdict(line), "name": line.name} for line in found],
        "figures": measured,
        "faults": [asdict(fault) for fault in figures.faults],
    }


def _rounded(spread_: Mapping[str, Any]) -> dict[str, Any]:
    return {name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in spread_.items()}


def write_json(data: Mapping[str, Any], path: Path) -> None:
    """Write a run's data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1, default=str) + "\n", encoding="utf-8")


def unsound_words(figures: Figures) -> list[str]:
    """What is no fair comparison, one line each."""
    order = {"unsound": 0, "failed": 1, "left out": 2}
    told = sorted(figures.faults, key=lambda fault: (order[fault.kind], fault.workload, fault.engine))
    return [f"{fault.workload}: {fault.engine} {fault.kind}: {fault.why}" for fault in told]
