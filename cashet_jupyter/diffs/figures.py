"""Figures of matplotlib: the data that they draw, their labels, and how both look."""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import replace
from typing import Any

from cashet_jupyter.diffs.comparing import Comparing, Gathering
from cashet_jupyter.diffs.model import Budget, Picture, ValueDiff

#: dots per inch of a figure that is shown, at most
_DPI = 72


def compare_figures(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two figures: what is in them, and their pictures where that differs or nothing in particular is known."""
    gathering = Gathering(comparing)
    gathering.both(".size", *(_numbers(figure.get_size_inches()) for figure in (old, new)))
    gathering.both(".title", *(_suptitle(figure) for figure in (old, new)))
    axes = old.axes, new.axes
    for number in range(max(map(len, axes))):
        path = f".axes[{number}]"
        if number >= len(axes[1]):
            gathering.removed(path, _content(axes[0][number]))
        elif number >= len(axes[0]):
            gathering.added(path, _content(axes[1][number]))
        else:
            _axes(gathering, path, axes[0][number], axes[1][number])
    pictures = [_png(figure, comparing.budget) for figure in (old, new)]
    found = gathering.finish("figure", old, new)
    words = _words(old), _words(new)
    if pictures[0] == pictures[1] and found.verdict == "equal":
        return ValueDiff("figure", "equal", *words)
    change = found.change or "it looks different"
    picture = Picture("the figures", *pictures)
    shown = (picture,) if any(pictures) else ()
    return ValueDiff(
        "figure",
        "different",
        *words,
        change,
        found.figures,
        found.parts,
        found.total,
        pictures=shown,
        notes=found.notes,
    )


def compare_axes(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two axes: what is in them; how they look is told by their figures."""
    gathering = Gathering(comparing)
    _axes(gathering, "", old, new)
    return gathering.finish("axes", old, new)


def compare_artists(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two of the things that figures are made of: lines, points, texts. What else they hold is how they are drawn."""
    gathering = Gathering(comparing)
    before, after = _artist(old), _artist(new)
    for name in before.keys() & after.keys():
        gathering.both(f".{name}", before[name], after[name])
    found = gathering.finish("artist", old, new)
    note = "only its data and its text were compared; its figure shows how it looks"
    return found if found.differs else replace(found, verdict="unknown", notes=(note,))


def _artist(artist: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"label": artist.get_label()}
    for name in ("xdata", "ydata", "offsets", "array", "text", "color"):
        getter = getattr(artist, f"get_{name}", None)
        if callable(getter):
            found[name] = getter()
    return found


def _axes(gathering: Gathering, path: str, old: Any, new: Any) -> None:
    """Attribute by attribute: so each of them is a place of its own."""
    before, after = _content(old), _content(new)
    for name, value in before.items():
        if name in after:
            gathering.both(f"{path}.{name}", value, after[name])
        else:
            gathering.removed(f"{path}.{name}", value)
    for name, value in after.items():
        if name not in before:
            gathering.added(f"{path}.{name}", value)


def _content(axes: Any) -> dict[str, Any]:
    """What can be seen in axes, by name."""
    found: dict[str, Any] = {
        "title": axes.get_title(),
        "xlabel": axes.get_xlabel(),
        "ylabel": axes.get_ylabel(),
        "xlim": _numbers(axes.get_xlim()),
        "ylim": _numbers(axes.get_ylim()),
        "xscale": axes.get_xscale(),
        "yscale": axes.get_yscale(),
    }
    for number, line in enumerate(axes.lines):
        found[f"lines[{number}].x"] = line.get_xdata(orig=False)
        found[f"lines[{number}].y"] = line.get_ydata(orig=False)
        found[f"lines[{number}].style"] = (str(line.get_color()), line.get_linestyle(), str(line.get_marker()))
    for number, points in enumerate(axes.collections):
        found[f"collections[{number}].points"] = points.get_offsets()
        values = points.get_array()
        found |= {} if values is None else {f"collections[{number}].values": values}
    if axes.patches:
        found["patches"] = [_numbers(patch.get_extents().bounds) for patch in axes.patches[:1000]]
    for number, image in enumerate(axes.images):
        found[f"images[{number}]"] = image.get_array()
    found["texts"] = [text.get_text() for text in axes.texts]
    legend = axes.get_legend()
    found["legend"] = [] if legend is None else [text.get_text() for text in legend.get_texts()]
    return found


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(round(float(value), 9) for value in values)


def _suptitle(figure: Any) -> str:
    return figure.get_suptitle() if hasattr(figure, "get_suptitle") else ""


def _words(figure: Any) -> str:
    width, height = figure.get_size_inches()
    return f"Figure {width:g} x {height:g} in, {len(figure.axes)} axes"


def _png(figure: Any, budget: Budget) -> bytes:
    """How it looks; empty if it cannot be drawn or is too large."""
    width, height = figure.get_size_inches()
    dpi = min(_DPI, math.sqrt(budget.pixels / max(width * height, 1e-9)))
    buffer = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    except Exception:  # a font, a formula, an artist of the user's
        return b""
    data = buffer.getvalue()
    return data if len(data) <= budget.picture else b""
