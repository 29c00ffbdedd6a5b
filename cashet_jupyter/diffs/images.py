"""Pictures of Pillow: how many pixels differ, and both side by side."""

from __future__ import annotations

import importlib
import io
import math
import operator
from typing import Any

from cashet_jupyter.diffs.comparing import Comparing
from cashet_jupyter.diffs.model import Budget, Figure, Picture, ValueDiff
from cashet_jupyter.diffs.words import share

#: modes with one number of more than 8 bits for a pixel -> how memory is read
_WIDE = {"I": "i", "F": "I", "I;16": "H", "I;16L": "H", "I;16B": "H", "I;16N": "H"}


def compare_images(old: Any, new: Any, comparing: Comparing) -> ValueDiff:
    """Two pictures: size, mode, pixels."""
    words = _words(old), _words(new)
    said = [f"size {_size(old)} -> {_size(new)}"] if old.size != new.size else []
    said += [f"mode {old.mode} -> {new.mode}"] if old.mode != new.mode else []
    figures: dict[str, Figure] = {}
    if not said:
        differ, largest = _pixels(old, new)
        figures = {"compared": old.size[0] * old.size[1], "differ": differ}
        figures |= {} if largest is None else {"max_abs": largest}
        if differ:
            by = "" if largest is None else f", by at most {largest}"
            said.append(share(differ, old.size[0] * old.size[1], "pixel") + by)
        elif _palette(old) != _palette(new):
            said.append("the palette changed")
    if not said:
        return ValueDiff("image", "equal", *words, "", figures)
    picture = Picture("the pictures", *(_png(image, comparing.budget) for image in (old, new)))
    return ValueDiff("image", "different", *words, "; ".join(said), figures, pictures=(picture,))


def _size(image: Any) -> str:
    return f"{image.size[0]} x {image.size[1]}"


def _words(image: Any) -> str:
    return f"image {image.mode} {_size(image)}"


def _palette(image: Any) -> Any:
    return image.getpalette() if image.mode == "P" else None


def _pixels(old: Any, new: Any) -> tuple[int, int | None]:
    """How many pixels differ, and by how much one band of one does at most; None if that says nothing."""
    data = old.tobytes(), new.tobytes()
    if data[0] == data[1]:
        return 0, 0
    size = old.size[0] * old.size[1]
    if old.mode in _WIDE or old.mode == "P":
        before, after = (_numbers(piece, old.mode) for piece in data)
        return sum(map(operator.ne, before, after)), None
    chops = _chops()
    differ: Any = None
    largest = 0
    for before, after in zip(old.split(), new.split(), strict=True):
        by = chops.difference(before.convert("L"), after.convert("L"))
        largest = max(largest, by.getextrema()[1])
        differ = by if differ is None else chops.lighter(differ, by)
    return size - differ.histogram()[0], largest


def _numbers(data: bytes, mode: str) -> Any:
    """A number for each pixel."""
    view: Any = memoryview(data)
    return view.cast(_WIDE.get(mode, "B"))


def _chops() -> Any:
    """A part of the library, which is loaded."""
    return importlib.import_module("PIL.ImageChops")


def _png(image: Any, budget: Budget) -> bytes:
    """A PNG of at most so many pixels; empty if it is still too large."""
    width, height = image.size
    if not width or not height:
        return b""
    scale = min(1.0, math.sqrt(budget.pixels / (width * height)))
    shown = image if image.mode in ("1", "L", "LA", "RGB", "RGBA", "P") else image.convert("RGB")
    if scale < 1:
        shown = shown.convert("RGBA" if "A" in shown.mode else "RGB").resize(
            (max(1, int(width * scale)), max(1, int(height * scale)))
        )
    buffer = io.BytesIO()
    shown.save(buffer, format="PNG")
    data = buffer.getvalue()
    return data if len(data) <= budget.picture else b""
