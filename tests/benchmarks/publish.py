"""The docs of a run: the table in `docs/performance.md`, its data and its plot beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.bench_suite import RESULTS, say
from tests.benchmarks.environment import ROOT
from tests.benchmarks.plot import draw
from tests.benchmarks.ratios import Spread
from tests.benchmarks.report import Line, markdown

DOCS = ROOT / "docs"
_PARTS = re.compile(r"(<!-- (\w+): .*? -->\n).*?(<!-- end -->)", re.DOTALL)


def publish(results: Path = RESULTS, docs: Path = DOCS) -> None:
    """Write what the newest run has measured into the docs."""
    data = json.loads(results.read_text(encoding="utf-8"))
    lines = lines_of(data)
    draw(lines, docs / "performance.svg")
    (docs / "performance.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    page = docs / "performance.md"
    parts = {"table": markdown(lines), "machine": _about(data), "faults": _faults(data)}
    page.write_text(filled(page.read_text(encoding="utf-8"), parts), encoding="utf-8")
    say(f"{page.name}, performance.json and performance.svg are those of this run")


def lines_of(data: Mapping[str, Any]) -> list[Line]:
    """The table's lines, out of a run's data."""
    found: list[Line] = []
    for told in data["table"]:
        fields = {name: value for name, value in told.items() if name != "name"}
        for name in ("ours", "ratio"):
            fields[name] = Spread(**fields[name]) if fields[name] else None
        found.append(Line(**fields))
    return found


def filled(page: str, parts: Mapping[str, str]) -> str:
    """A page with its generated parts written anew; each stands between two comments."""
    return _PARTS.sub(lambda part: f"{part[1]}{parts.get(part[2], '')}\n{part[3]}", page)


def _about(data: Mapping[str, Any]) -> str:
    about = data["about"]
    machine, versions = about["machine"], about["versions"]
    libraries = ", ".join(f"{name} {version}" for name, version in versions.items())
    text = f"{machine['processor']}, {machine['cores']} cores, {machine['memory_GiB']} GiB, {machine['system']}"
    judged = [line["reached"] for line in data["table"] if line["reached"] is not None]
    return (
        f"{sum(judged)} of {len(judged)} targets are reached. Measured on {text}; {libraries}. "
        f"Scale {about['scale']:g}, {about['repetitions']} repetitions."
    )


def _faults(data: Mapping[str, Any]) -> str:
    order: Sequence[str] = ("unsound", "failed", "left out")
    told = sorted(data["faults"], key=lambda fault: (order.index(fault["kind"]), fault["workload"], fault["engine"]))
    rows = [f"| {f['workload']} | {f['engine']} | {f['kind']} | {f['why'].replace('|', '/')} |" for f in told]
    return "\n".join(["| workload | engine | | why |", "| --- | --- | --- | --- |", *rows])
