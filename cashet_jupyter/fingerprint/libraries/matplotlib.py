"""matplotlib: figures, with everything in them; colour maps and norms.

A figure is a graph of artists and transforms. Its pickle reduction is nearly canonical; what is not is left out here:
links from transforms to their parents (kept under memory addresses), caches of transforms and colour maps, counters
and listeners of callback registries (a pickle drops those too, and asking for it turns the counter on), and the canvas.

Drawing a figure makes ticks and settles limits, which the figure then holds, so a figure before and after it was drawn
are two values. Drawing it first would change the value that is looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import artist, backend_bases, cbook, colors, figure, path, transforms

from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.fingerprint.libraries.numpy import _content
from cashet_jupyter.fingerprint.pieces import ATOMS

#: attributes of artists that say what is to be done next, or that belong to the canvas
PENDING = frozenset(
    {
        "_callbacks",
        "_canvas_callbacks",
        "_button_pick_id",
        "_scroll_pick_id",
        "_cachedRenderer",
        "_imcache",
        "_renderer",
        "_restore_to_pylab",
        "_stale",
        "__mpl_version__",
        "canvas",
        "stale_callback",
    }
)
#: attributes of transforms that tie them to their parents, or that follow from the others
LINKS = frozenset({"_parents", "_invalid", "_inverted"})
#: attributes that are made when a colour map or a norm is first used
MADE = frozenset({"_lut", "_isinit", "_trf"})


def install() -> None:
    """Register artists and what they are made of."""
    for kind in (artist.Artist, figure.FigureBase):
        register(kind, encode_artist)
    register("matplotlib.figure:_AxesStack", encode_stack)
    register("matplotlib.colorbar:Colorbar", encode_colorbar)
    register(backend_bases.FigureCanvasBase, encode_canvas)
    register(transforms.TransformNode, encode_transform)
    register(cbook.CallbackRegistry, encode_callbacks)
    for kind in (colors.Colormap, colors.Normalize):
        register(kind, encode_colours)
    register(path.Path, encode_path)


def encode_artist(enc: Encoder, part: Any) -> None:
    """A figure, or anything that can be drawn: what it would pickle."""
    state = part.__getstate__()
    own = vars(part)
    names = sorted(name for name in state if name not in PENDING)
    made = [name for name in names if state[name] is not own.get(name) and type(state[name]) not in ATOMS]
    _attributes(enc, {name: state[name] for name in names if name not in made})
    for name in made:
        # only for the pickle: which axes are shared
        enc.text(name)
        enc.content(state[name])


def encode_stack(enc: Encoder, stack: Any) -> None:
    """The axes of a figure, in the order in which they were added."""
    enc.mapping(stack._axes)


def encode_colorbar(enc: Encoder, colorbar: Any) -> None:
    """A colour bar: its attributes."""
    _attributes(enc, {name: value for name, value in sorted(vars(colorbar).items()) if name not in PENDING})


def encode_canvas(enc: Encoder, canvas: Any) -> None:
    """A canvas: the figure that it shows."""
    enc.value(canvas.figure)


def encode_transform(enc: Encoder, transform: Any) -> None:
    """A transform: what it was made from."""
    hidden = LINKS
    if isinstance(transform, transforms.Affine2DBase) and not isinstance(transform, transforms.Affine2D):
        hidden |= {"_mtx"}
    elif isinstance(transform, transforms.TransformedBbox):
        hidden |= {"_points"}
    elif isinstance(transform, transforms.TransformedPath):
        hidden |= {"_transformed_path", "_transformed_points"}
    _attributes(enc, {name: value for name, value in sorted(vars(transform).items()) if name not in hidden})


def encode_callbacks(enc: Encoder, callbacks: Any) -> None:
    """What can be listened to. Who listens is not kept by a pickle either."""
    enc.values([None] if callbacks._signals is None else sorted(map(str, callbacks._signals)))


def encode_colours(enc: Encoder, colours: Any) -> None:
    """A colour map or a norm: what it was made from."""
    _attributes(enc, {name: value for name, value in sorted(vars(colours).items()) if name not in MADE})


def encode_path(enc: Encoder, outline: Any) -> None:
    """A path: points and codes."""
    _attributes(enc, dict(sorted(vars(outline).items())))


def _attributes(enc: Encoder, attributes: dict[str, Any]) -> None:
    """Attributes; arrays by their numbers alone.

    Artists hold the same numbers in several views and mark some of them read-only, which a pickle does not keep.
    """
    plain = {name: value for name, value in attributes.items() if not _has_arrays(value)}
    enc.attributes(plain)
    for name, value in attributes.items():
        if name not in plain:
            enc.text(name)
            for item in value if isinstance(value, tuple) else (value,):
                _numbers(enc, item)


def _has_arrays(value: Any) -> bool:
    if type(value) is tuple:
        return any(isinstance(item, np.ndarray) for item in value)
    return isinstance(value, np.ndarray)


def _numbers(enc: Encoder, item: Any) -> None:
    if not isinstance(item, np.ndarray):
        enc.value(item)
        return
    plain = np.asarray(item)
    enc.values([plain.dtype.str, *plain.shape])
    _content(enc, plain)
    mask = np.ma.getmaskarray(item) if isinstance(item, np.ma.MaskedArray) else None
    # a mask that hides nothing and none are the same, but for a pickle
    if mask is not None and mask.any():
        enc.tag("mask")
        _content(enc, mask)
