"""matplotlib: figures and what they are made of have no fingerprint; colour maps and norms have.

Measured on matplotlib 3.11: the reduction of a figure holds memory addresses (a transform keeps its parents under
their `id`), counters of callbacks, and what the last drawing left behind. Two figures made by the same code differ in
200 places, a figure and its pickled copy in thousands. A digest of that would miss every time and never say why, so it
is refused.
"""

from __future__ import annotations

from typing import Any

from matplotlib import artist, backend_bases, cbook, colors, figure, transforms

from cashet_jupyter.fingerprint.encoder import Encoder, register

#: made from the other attributes when the colour map is first used
MADE = frozenset({"_lut", "_isinit"})
#: where a transform stands in a figure, and what follows from its other attributes
LINKS = frozenset({"_parents", "_invalid", "_trf"})


def install() -> None:
    """Register colour maps and norms; refuse figures, axes, lines and their like."""
    for kind in (artist.Artist, figure.FigureBase, backend_bases.FigureCanvasBase):
        register(kind, refuse_figure)
    register(transforms.TransformNode, encode_transform)
    register(cbook.CallbackRegistry, encode_callbacks)
    register(colors.Colormap, encode_colormap)
    register(colors.Normalize, encode_norm)


def refuse_figure(enc: Encoder, part: Any) -> None:
    """A figure, or a part of one."""
    enc.refuse(
        f"a matplotlib {type(part).__name__} holds addresses and what was drawn last, so it has no value",
        "make, change and show a figure in one cell; pass data between cells",
    )


def encode_transform(enc: Encoder, transform: Any) -> None:
    """The transform of a scale, which stands alone; any other belongs to a figure."""
    if type(transform).__module__ != "matplotlib.scale":
        refuse_figure(enc, transform)
    _attributes(enc, transform, LINKS)


def encode_norm(enc: Encoder, norm: Any) -> None:
    """A norm: its limits and its scale."""
    _attributes(enc, norm, LINKS)


def encode_colormap(enc: Encoder, colormap: Any) -> None:
    """A colour map: what it was made from."""
    _attributes(enc, colormap, MADE)


def encode_callbacks(enc: Encoder, callbacks: Any) -> None:
    """Who is told of a change: nobody, or no fingerprint."""
    if any(callbacks.callbacks.values()):
        enc.refuse("a figure follows its changes", "make a new one for the next figure")
    enc.values([None] if callbacks._signals is None else sorted(map(str, callbacks._signals)))


def _attributes(enc: Encoder, obj: Any, hidden: frozenset[str]) -> None:
    enc.attributes({name: value for name, value in sorted(vars(obj).items()) if name not in hidden})
