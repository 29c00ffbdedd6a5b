"""Values of Pillow."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("numpy", "PIL")

DIFFER = pairs(
    "pillow",
    NEEDS,
    [
        ("mode", "v = Image.new('L', (2, 2))", "v = Image.new('1', (2, 2))", "v.mode"),
        ("size", "v = Image.new('L', (2, 3))", "v = Image.new('L', (3, 2))", "v.size"),
        ("info", "v = Image.new('L', (2, 2))", "v = Image.new('L', (2, 2))\nv.info['dpi'] = 1", "v.info"),
        (
            "palette",
            "v = Image.new('P', (2, 2))\nv.putpalette([1, 2, 3])",
            "v = Image.new('P', (2, 2))\nv.putpalette([3, 2, 1])",
            "v.getpalette()",
        ),
        (
            "alpha",
            "v = Image.new('RGBA', (1, 1), (0, 0, 0, 0))",
            "v = Image.new('RGBA', (1, 1), (0, 0, 0, 1))",
            "v.tobytes()",
        ),
        (
            "last-pixel-of-many",
            "v = Image.new('L', (2000, 3000))",
            "v = Image.new('L', (2000, 3000))\nv.putpixel((1999, 2999), 1)",
            "v.getpixel((1999, 2999))",
        ),
        ("wide-integers", "v = Image.new('I;16', (1, 1), 1)", "v = Image.new('I;16', (1, 1), 2)", "v.getpixel((0, 0))"),
        (
            "one-image-or-two",
            "x = Image.new('L', (1, 1))\nv = [x, x]",
            "v = [Image.new('L', (1, 1)), Image.new('L', (1, 1))]",
            "v[0] is v[1]",
        ),
        (
            "opened-or-made",
            "b = io.BytesIO()\nImage.new('L', (2, 2)).save(b, 'PNG')\nv = Image.open(io.BytesIO(b.getvalue()))",
            "v = Image.new('L', (2, 2))",
            "v.format",
        ),
    ],
)

EQUAL = pairs(
    "pillow",
    NEEDS,
    [
        (
            "after-use",
            "v = Image.new('P', (2, 2))\nv.putpalette([1, 2, 3])",
            "v = Image.new('P', (2, 2))\nv.putpalette([1, 2, 3])\nv.convert('RGB'), v.getpixel((0, 0)), v.resize((4, 4)), repr(v), v.getexif(), v.getpalette()",
            "v.tobytes()",
        ),
        ("from-an-array", "v = Image.fromarray(np.zeros((2, 2), 'u1'))", "v = Image.new('L', (2, 2))", "v.tobytes()"),
        ("cropped", "v = Image.new('RGB', (4, 4)).crop((1, 1, 3, 3))", "v = Image.new('RGB', (2, 2))", "v.tobytes()"),
        (
            "padding-of-rgb",
            "v = Image.new('RGBA', (2, 2), (1, 2, 3, 4)).convert('RGB')",
            "v = Image.new('RGB', (2, 2), (1, 2, 3))",
            "v.tobytes()",
        ),
    ],
)

ROUNDTRIP = values(
    "pillow",
    NEEDS,
    [
        "v = Image.new('1', (3, 2))",
        "v = Image.new('L', (3, 2))",
        "v = Image.new('P', (3, 2))",
        "v = Image.new('RGB', (3, 2))",
        "v = Image.new('RGBA', (3, 2))",
        "v = Image.new('CMYK', (3, 2))",
        "v = Image.new('I', (3, 2))",
        "v = Image.new('F', (3, 2))",
        "v = Image.new('LA', (3, 2))",
        "v = Image.new('I;16', (3, 2))",
        "v = Image.new('P', (2, 2))\nv.putpalette([1, 2, 3])\nv.info['a'] = (1, 2)",
        "b = io.BytesIO()\nImage.new('RGB', (2, 2)).save(b, 'PNG', dpi=(72, 72))\nv = Image.open(io.BytesIO(b.getvalue()))",
        "b = io.BytesIO()\nImage.new('RGB', (2, 2)).save(b, 'JPEG')\nv = Image.open(io.BytesIO(b.getvalue()))",
        "b = io.BytesIO()\nImage.new('P', (2, 2)).save(b, 'GIF')\nv = Image.open(io.BytesIO(b.getvalue()))",
    ],
)
