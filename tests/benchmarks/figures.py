"""What is measured: one number of one engine in one repetition; and what went wrong."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

#: engines that are no peers
OURS, UNKNOWN, LIMIT, PLAIN = "ours", "ours, digests unknown", "limit", "plain"
#: our `Client.submit`, beside the engine that is only put together of our doors
SUBMIT = "ours, submit"


@dataclass(frozen=True)
class Sample:
    """One figure: seconds, or bytes where the measure says so."""

    engine: str
    measure: str
    """The workload and what of it, such as `W2 hit`."""
    repetition: int
    value: float


@dataclass(frozen=True)
class Fault:
    """Why an engine has no figure for a workload, or one that does not count."""

    engine: str
    workload: str
    kind: Literal["failed", "unsound", "left out"]
    """An unsound engine gave a stale or a different value: it has figures, but is no best sound peer."""
    why: str


@dataclass
class Figures:
    """All that a run measured."""

    samples: list[Sample] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def of(self, engine: str, measure: str) -> dict[int, float]:
        """Repetition -> figure; the last one counts where there are several."""
        return {s.repetition: s.value for s in self.samples if s.engine == engine and s.measure == measure}

    def engines(self, measure: str) -> list[str]:
        """Who has figures for a measure."""
        return sorted({sample.engine for sample in self.samples if sample.measure == measure})

    def unsound(self, workload: str) -> set[str]:
        """Engines whose answers for a workload were wrong."""
        return {f.engine for f in self.faults if f.kind == "unsound" and f.workload == workload}

    def median(self, engine: str, measure: str) -> float | None:
        """The middle figure, or None if there is none."""
        values = self.of(engine, measure).values()
        return statistics.median(values) if values else None

    def add(self, others: Iterable[Sample | Fault]) -> None:
        """Take in what a process has told."""
        for other in others:
            if isinstance(other, Sample):
                self.samples.append(other)
            elif other not in self.faults:
                self.faults.append(other)


Tell = Callable[[Sample | Fault], None]


def print_line(item: Sample | Fault) -> None:
    """Tell the process that started this one; the inverse of `read_line`."""
    print(json.dumps({"is": type(item).__name__, **asdict(item)}), flush=True)


def read_line(line: str) -> Sample | Fault | None:
    """What a worker has told; None for a line that is something else (a peer that prints)."""
    try:
        told: Any = json.loads(line)
        kind = told.pop("is")
    except (ValueError, AttributeError, KeyError, TypeError):
        return None
    return Sample(**told) if kind == "Sample" else Fault(**told)
