"""The regression gate: ratios of a quick run against those that were committed. Never seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.report import Line
from tests.benchmarks.targets import ITSELF

COMMITTED = Path(__file__).parent / "gate.json"


@dataclass(frozen=True)
class Gate:
    """What the ratios were when they were committed, and how much they may grow."""

    scale: float
    repetitions: int
    slack: float
    """A ratio may be this many times what it was: a quick run on a busy machine is not precise."""
    exact: float
    """The same for bytes, which are no matter of chance."""
    least: float
    """Ratios below this are not told apart: a hundredth of a peer's time that became two is no regression to see."""
    ratios: Mapping[str, float]


def read(path: Path = COMMITTED) -> Gate:
    """The committed gate."""
    return Gate(**json.loads(path.read_text(encoding="utf-8")))


def write(gate: Gate, path: Path = COMMITTED) -> None:
    """Commit another one."""
    path.write_text(json.dumps(gate.__dict__, indent=1) + "\n", encoding="utf-8")


def ratios_of(lines: Sequence[Line]) -> dict[str, float]:
    """What a gate keeps of a run: the ratios of all lines with a target."""
    judged = [line for line in lines if line.target is not None and line.against != ITSELF]
    return {line.name: float(f"{line.ratio.median:.3g}") for line in judged if line.ratio is not None}


def regressions(gate: Gate, lines: Sequence[Line]) -> dict[str, str]:
    """What became worse than it may, by name, each with a line of text. What was not measured counts as worse."""
    now = {line.name: line for line in lines}
    found: dict[str, str] = {}
    for name, committed in gate.ratios.items():
        line = now.get(name)
        if line is None or line.ratio is None:
            found[name] = f"{name}: not measured" + (f" ({line.why})" if line is not None and line.why else "")
            continue
        allowed = max(committed, gate.least) * (gate.exact if line.unit == "B" else gate.slack)
        if line.ratio.median > allowed:
            text = f"{line.row}, against {line.against}: {line.ratio.median:.3g}"
            found[name] = f"{text}, was {committed:.3g}, may be {allowed:.3g}"
    return found
