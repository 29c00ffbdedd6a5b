"""The table as a picture: each target, and where we are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.ratios import Spread
from tests.benchmarks.report import Line, figure
from tests.benchmarks.targets import BEST, ITSELF

_REACHED, _MISSED, _MARK = "#1a7f5a", "#c2410c", "#1f2937"


@dataclass(frozen=True)
class Bar:
    """What is drawn of a line."""

    name: str
    ratio: Spread
    target: float
    reached: bool

    @property
    def color(self) -> str:
        """Green where the target is reached."""
        return _REACHED if self.reached else _MISSED

    @property
    def hatch(self) -> str:
        """The same for those who see no colours."""
        return "" if self.reached else "////"


def draw(lines: Sequence[Line], path: Path) -> None:
    """A row for each target: a bar as long as the ratio, on a logarithmic scale, and a mark where it should end.

    On an opaque white ground, so that it can be read on light and on dark pages.
    """
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    bars = [bar for bar in map(_bar, lines) if bar is not None]
    if not bars:
        return
    with mpl.rc_context({"svg.hashsalt": "performance", "font.size": 9, "font.family": "sans-serif"}):
        drawing, axes = plt.subplots(figsize=(10, 0.27 * len(bars) + 1.4), layout="constrained")
        floor = min(min(bar.ratio.least, bar.target) for bar in bars) / 2
        for place, bar in enumerate(reversed(bars)):
            axes.barh(
                place,
                bar.ratio.median - floor,
                left=floor,
                height=0.62,
                color=bar.color,
                hatch=bar.hatch,
                edgecolor="white",
            )
            axes.plot([bar.ratio.least, bar.ratio.most], [place, place], color=_MARK, linewidth=1)
            axes.plot([bar.target, bar.target], [place - 0.4, place + 0.4], color=_MARK, linewidth=2)
        axes.set_yticks(range(len(bars)), [bar.name for bar in reversed(bars)])
        axes.set_xscale("log")
        axes.set_xlim(left=floor)
        axes.set_ylim(-0.7, len(bars) - 0.3)
        axes.axvline(1, color="#9ca3af", linewidth=0.8, zorder=0)
        axes.set_xlabel("ours : theirs, median with least and most; the upright mark is the target")
        axes.set_title("What it takes, compared in one run (hatched: the target is not reached)")
        axes.spines[["top", "right"]].set_visible(False)
        drawing.savefig(path, format="svg", facecolor="white", metadata={"Date": None})
        plt.close(drawing)


def _bar(line: Line) -> Bar | None:
    """The bar of a line; none where there is no target, nothing was measured, or it took less than nothing."""
    if line.target is None or line.ratio is None or line.ratio.least <= 0:
        return None
    reached = bool(line.reached)
    if line.against == ITSELF:  # no ratio: shown as a part of its target
        part = {name: getattr(line.ratio, name) / line.target for name in ("median", "least", "most")}
        name = f"{line.row} : {figure(line.target, line.unit)}"
        return Bar(name, Spread(**part, number=line.ratio.number), 1.0, reached)
    against = line.best if line.against == BEST and line.best else line.against
    return Bar(f"{line.row} : {against}", line.ratio, line.target, reached)
