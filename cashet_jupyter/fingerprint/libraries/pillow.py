"""Pillow: images by mode, size, palette, metadata and pixels.

An image that was opened from a file is read first, as any use of it would do; its file name counts. What only the
decoder of one format knows (the quantization tables of a JPEG) does not: it does not survive a pickle.
"""

from __future__ import annotations

from typing import Any

from PIL import Image, ImagePalette

from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.fingerprint.libraries.runs import Run

#: bytes of pixels that are brought together at a time
BAND = 4 << 20


def install() -> None:
    """Register images and palettes."""
    register(Image.Image, encode_image)
    register(ImagePalette.ImagePalette, encode_palette)


def encode_image(enc: Encoder, image: Any) -> None:
    """An image: one frame."""
    if getattr(image, "is_animated", False):
        enc.refuse(
            "an image of several frames, most of which are still in the file", "keep a list of copies of its frames"
        )
    try:
        image.load()
    except (OSError, ValueError, SyntaxError) as error:
        enc.refuse(f"an image that cannot be read: {error}")
    enc.values([image.mode, *image.size, image.format, str(getattr(image, "filename", "") or "")])
    with enc.step(".info"):
        enc.value(image.info)
    _palette(enc, image)
    enc.value(_pixels(image))


def encode_palette(enc: Encoder, palette: Any) -> None:
    """A palette by its colours; in which form it keeps them is its own business."""
    enc.text(palette.mode)
    enc.buffer(palette.tobytes() if palette.rawmode is None else bytes(palette.palette))
    enc.value(palette.rawmode)


def _palette(enc: Encoder, image: Any) -> None:
    mode = None if image.palette is None else image.palette.mode
    colours = image.getpalette(mode) if mode else None
    # a palette without colours is none: it does not survive a pickle
    enc.values([mode, *colours] if colours else [])


def _pixels(image: Any) -> bytes:
    """The digest of the pixels, band by band: Pillow lends its memory to nobody in one layout for all modes."""
    width, height = image.size
    run = Run()
    rows = max(1, BAND // max(1, width * 4))
    if rows >= height:
        run.add(image.tobytes())
        return run.digest()
    for top in range(0, height, rows):
        run.add(image.crop((0, top, width, min(top + rows, height))).tobytes())
    return run.digest()
