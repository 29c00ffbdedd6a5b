"""matplotlib: figures and what they are made of have no fingerprint; colour maps and norms have.

Measured on matplotlib 3.11: the reduction of a figure holds memory addresses (a transform keeps its parents under
their `id`), counters of callbacks, and what the last drawing left behind. Two figures made by the same code differ
in 200 places, a figure and its pickled copy in thousands. A digest of that would miss every time and never say why,
so it is refused.
"""

from __future__ import annotations

from typing import Any

from matplotlib import artist, backend_bases, cbook, colors, figure, transforms

from cashet_jupyter.fingerprint.encoder import Encoder, register

#: made from the other attributes when the map is first used
MADE = frozenset({"_lut", "_isinit"})


def install() -> None:
    """Register colour maps; refuse figures, axes, lines and their like."""
    for kind in (artist.Artist, figure.FigureBase, backend_bases.FigureCanvasBase, transforms.TransformNode):
        register(kind, refuse_figure)
    register(cbook.CallbackRegistry, encode_callbacks)
    register(colors.Colormap, encode_colormap)


def refuse_figure(enc: Encoder, part: Any) -> None:
    """A figure, or a part of one."""
    enc.refuse(
        f"a matplotlib {type(part).__name__} holds addresses and what was drawn last, so it has no value",
        "make, change and show a figure in one cell; pass data between cells",
    )


def encode_callbacks(enc: Encoder, callbacks: Any) -> None:
    """Who is told of a change: nobody, or no fingerprint."""
    if any(callbacks.callbacks.values()):
        enc.refuse("a figure follows its changes", "make a new one for the next figure")
    enc.values([None] if callbacks._signals is None else sorted(map(str, callbacks._signals)))


def encode_colormap(enc: Encoder, colormap: Any) -> None:
    """A colour map: what it was made from."""
    enc.attributes({name: value for name, value in sorted(vars(colormap).items()) if name not in MADE})
