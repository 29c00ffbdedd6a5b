"""Ours, the peers and the limits on nine workloads, in one run: the table of what is to be reached."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks import Table, campaign, report
from tests.benchmarks.campaign import Plan
from tests.benchmarks.environment import ROOT, prepare
from tests.benchmarks.figures import Figures
from tests.benchmarks.report import Line
from tests.benchmarks.targets import ROWS

RESULTS = ROOT / "build" / "bench" / "results.json"


def measured(plan: Plan) -> tuple[Figures, list[Line], dict[str, object]]:
    """The figures, the lines of the table for the workloads of the plan, and what they were measured on."""
    environment = prepare(say)
    figures = campaign.run(plan, environment, say)
    rows = [
        row for row in ROWS if row.workload.partition(" ")[0] in {name.partition(" ")[0] for name in plan.workloads}
    ]
    about = {
        "scale": plan.scale,
        "repetitions": plan.repetitions,
        "machine": report.machine(),
        "versions": dict(environment.versions),
    }
    return figures, report.lines(figures, rows), about


def measure(plan: Plan | None = None, results: Path = RESULTS) -> Table:
    """The table; all figures of the run are left in `build/bench/results.json`."""
    plan = plan or Plan()
    figures, lines, about = measured(plan)
    report.write_json(report.as_data(figures, lines, about), results)
    judged = [line.reached for line in lines if line.reached is not None]
    title = (
        f"Nine workloads at scale {plan.scale:g}: {sum(judged)} of {len(judged)} targets reached; ratios are medians"
    )
    return report.table(lines, title, report.unsound_words(figures))


def say(text: str) -> None:
    """Tell how it goes, apart from the tables."""
    print(text, file=sys.stderr, flush=True)
