"""Ratios of figures that were taken in the same repetition, and which peer to compare with.

Absolute times say more about the machine and its neighbours than about the program. Two figures of one repetition lie
seconds apart, so what slows the one slows the other.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.figures import LIMIT, OURS, PLAIN, SUBMIT, UNKNOWN, Figures

#: engines that are never the best peer
_NO_PEERS = frozenset({OURS, SUBMIT, UNKNOWN, LIMIT, PLAIN})


@dataclass(frozen=True)
class Spread:
    """A median with what it lies between."""

    median: float
    least: float
    most: float
    number: int


def spread(values: Mapping[int, float] | list[float]) -> Spread | None:
    """Median, minimum and maximum; None of nothing."""
    numbers = list(values.values()) if isinstance(values, Mapping) else values
    if not numbers:
        return None
    return Spread(statistics.median(numbers), min(numbers), max(numbers), len(numbers))


def ratio(ours: Mapping[int, float], theirs: Mapping[int, float]) -> Spread | None:
    """The median of the ratios of each repetition; None without a pair, or against a zero.

    Not the ratio of the medians: these may come from different repetitions, one of which had a busy neighbour. Peers
    that are too slow to be run each time are paired where they ran; if there is no common repetition at all, there is
    no ratio.
    """
    pairs = [(ours[number], theirs[number]) for number in sorted(ours.keys() & theirs.keys())]
    if not pairs or any(below == 0 for _, below in pairs):
        return None
    return spread([above / below for above, below in pairs])


def best_sound(figures: Figures, measure: str, workload: str) -> str | None:
    """The peer with the lowest median among those whose answers were right; None if there is none."""
    wrong = figures.unsound(workload)
    peers = [name for name in figures.engines(measure) if name not in _NO_PEERS and name not in wrong]
    medians = {name: figures.median(name, measure) for name in peers}
    known = {name: median for name, median in medians.items() if median is not None}
    return min(known, key=lambda name: known[name]) if known else None
