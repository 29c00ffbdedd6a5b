"""Values of attrs."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("attrs",)

DIFFER = pairs(
    "attrs",
    NEEDS,
    [
        (
            "value",
            "@attrs.define\nclass A:\n    x: int = 1\nv = A()",
            "@attrs.define\nclass A:\n    x: int = 1\nv = A(2)",
        ),
        ("default", "@attrs.define\nclass v:\n    x: int = 1", "@attrs.define\nclass v:\n    x: int = 2", "v()"),
        (
            "validator",
            "@attrs.define\nclass v:\n    x: int = attrs.field(validator=attrs.validators.gt(0))",
            "@attrs.define\nclass v:\n    x: int = attrs.field(validator=attrs.validators.gt(1))",
            "attrs.fields(v)",
        ),
        (
            "converter",
            "@attrs.define\nclass v:\n    x: int = attrs.field(converter=int)",
            "@attrs.define\nclass v:\n    x: int = attrs.field(converter=float)",
            "v(1)",
        ),
        (
            "equality",
            "@attrs.define\nclass v:\n    x: int = 1",
            "@attrs.define(eq=False)\nclass v:\n    x: int = 1",
            "v() == v()",
        ),
        (
            "frozen",
            "@attrs.define\nclass v:\n    x: int = 1",
            "@attrs.frozen\nclass v:\n    x: int = 1",
            "v.__setattr__ is object.__setattr__",
        ),
        (
            "method",
            "@attrs.define\nclass A:\n    def m(self): return 1\nv = A()",
            "@attrs.define\nclass A:\n    def m(self): return 2\nv = A()",
            "v.m()",
        ),
    ],
)

EQUAL = pairs(
    "attrs",
    NEEDS,
    [
        (
            "made-twice",
            "@attrs.define\nclass v:\n    x: int = 1\n    y: list = attrs.field(factory=list, validator=attrs.validators.instance_of(list))",
            "@attrs.define\nclass v:\n    x: int = 1\n    y: list = attrs.field(factory=list, validator=attrs.validators.instance_of(list))\nv(), repr(v()), attrs.fields(v)",
            "v()",
        ),
        (
            "dict-class",
            "import attr\n@attr.s\nclass v:\n    x = attr.ib(1)",
            "import attr\n@attr.s\nclass v:\n    x = attr.ib(1)\nv(), hash(v)",
            "v()",
        ),
    ],
)

ROUNDTRIP = values(
    "attrs",
    NEEDS,
    [
        "@attrs.define\nclass A:\n    x: int = 1\n    y: list = attrs.field(factory=list)\nv = A()",
        "@attrs.frozen\nclass A:\n    x: int = 1\nv = A()",
        "@attrs.define\nclass v:\n    x: int = attrs.field(default=1, validator=attrs.validators.gt(0))",
    ],
)
