"""Values of pydantic."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("pydantic",)

DIFFER = pairs(
    "pydantic",
    NEEDS,
    [
        (
            "field",
            "class M(pydantic.BaseModel):\n    a: int = 1\n    b: list[int] = []\nv = M()",
            "class M(pydantic.BaseModel):\n    a: int = 1\n    b: list[int] = []\nv = M(a=2)",
        ),
        (
            "which-fields-were-set",
            "class M(pydantic.BaseModel):\n    a: int = 1\n    b: list[int] = []\nv = M()",
            "class M(pydantic.BaseModel):\n    a: int = 1\n    b: list[int] = []\nv = M(a=1)",
            "v.model_fields_set",
        ),
        (
            "extra",
            "class M(pydantic.BaseModel, extra='allow'):\n    a: int = 1\nv = M()",
            "class M(pydantic.BaseModel, extra='allow'):\n    a: int = 1\nv = M(z=1)",
            "v.model_extra",
        ),
        (
            "private",
            "class M(pydantic.BaseModel):\n    _p: int = 1\nv = M()",
            "class M(pydantic.BaseModel):\n    _p: int = 1\nv = M()\nv._p = 2",
            "v._p",
        ),
        (
            "type-of-field",
            "class v(pydantic.BaseModel):\n    a: int",
            "class v(pydantic.BaseModel):\n    a: float",
            "v(a=1)",
        ),
        (
            "default",
            "class v(pydantic.BaseModel):\n    a: int = 1",
            "class v(pydantic.BaseModel):\n    a: int = 2",
            "v()",
        ),
        (
            "constraint",
            "class v(pydantic.BaseModel):\n    a: int = pydantic.Field(gt=0)",
            "class v(pydantic.BaseModel):\n    a: int = pydantic.Field(gt=1)",
            "v.model_json_schema()",
        ),
        (
            "alias",
            "class v(pydantic.BaseModel):\n    a: int = pydantic.Field(alias='x')",
            "class v(pydantic.BaseModel):\n    a: int = pydantic.Field(alias='y')",
            "v.model_json_schema()",
        ),
        (
            "config",
            "class v(pydantic.BaseModel):\n    a: int = 1",
            "class v(pydantic.BaseModel, frozen=True):\n    a: int = 1",
            "v.model_config",
        ),
        (
            "validator",
            "class v(pydantic.BaseModel):\n    a: int\n    @pydantic.field_validator('a')\n    @classmethod\n    def check(cls, x):\n        return x + 1",
            "class v(pydantic.BaseModel):\n    a: int\n    @pydantic.field_validator('a')\n    @classmethod\n    def check(cls, x):\n        return x + 2",
            "v(a=1)",
        ),
        (
            "validator-mode",
            "class v(pydantic.BaseModel):\n    a: int\n    @pydantic.field_validator('a', mode='before')\n    @classmethod\n    def check(cls, x):\n        return x * 2",
            "class v(pydantic.BaseModel):\n    a: int\n    @pydantic.field_validator('a', mode='after')\n    @classmethod\n    def check(cls, x):\n        return x * 2",
            "v(a='1')",
        ),
        (
            "default-factory",
            "class v(pydantic.BaseModel):\n    a: list = pydantic.Field(default_factory=lambda: [1])",
            "class v(pydantic.BaseModel):\n    a: list = pydantic.Field(default_factory=lambda: [2])",
            "v()",
        ),
        (
            "computed-field",
            "class v(pydantic.BaseModel):\n    @pydantic.computed_field\n    @property\n    def a(self) -> int:\n        return 1",
            "class v(pydantic.BaseModel):\n    @pydantic.computed_field\n    @property\n    def a(self) -> int:\n        return 2",
            "v().model_dump()",
        ),
        (
            "model-of-a-field",
            "class A(pydantic.BaseModel):\n    x: int = 1\nv = pydantic.create_model('v', a=(A, A()))",
            "class A(pydantic.BaseModel):\n    x: int = 2\nv = pydantic.create_model('v', a=(A, A()))",
            "v()",
        ),
        (
            "dataclass",
            "@pydantic.dataclasses.dataclass\nclass v:\n    a: int = 1",
            "@pydantic.dataclasses.dataclass\nclass v:\n    a: int = 2",
            "v()",
        ),
        ("adapter", "v = pydantic.TypeAdapter(int)", "v = pydantic.TypeAdapter(float)", "v.validate_python(1)"),
    ],
)

DIFFER += pairs(
    "pydantic",
    NEEDS,
    [
        (
            "checked-function",
            "@pydantic.validate_call\ndef v(x: int):\n    return x",
            "@pydantic.validate_call\ndef v(x: int):\n    return x + 1",
            "v(1)",
        ),
        (
            "settings-of-a-checked-function",
            "@pydantic.validate_call\ndef v(x: int):\n    return x",
            "@pydantic.validate_call(config={'str_to_lower': True})\ndef v(x: int):\n    return x",
            "v.__wrapped__.__name__, v.__closure__[0].cell_contents.__self__.config_wrapper.config_dict",
        ),
    ],
)

EQUAL = pairs(
    "pydantic",
    NEEDS,
    [
        (
            "model-made-twice",
            "class v(pydantic.BaseModel):\n    '''A model.'''\n\n    model_config = pydantic.ConfigDict(frozen=True)\n    a: int = pydantic.Field(1, gt=0, description='d')\n    b: 'list[v] | None' = None\n    _p: dict = pydantic.PrivateAttr(default_factory=dict)\n\n    @pydantic.field_validator('a', mode='after')\n    @classmethod\n    def check(cls, x):\n        return x\n\n    @pydantic.model_validator(mode='after')\n    def whole(self):\n        return self\n\n    @pydantic.field_serializer('a')\n    def out(self, x):\n        return str(x)\n\n    @pydantic.computed_field\n    @property\n    def twice(self) -> int:\n        return 2 * self.a",
            "class v(pydantic.BaseModel):\n    '''A model.'''\n\n    model_config = pydantic.ConfigDict(frozen=True)\n    a: int = pydantic.Field(1, gt=0, description='d')\n    b: 'list[v] | None' = None\n    _p: dict = pydantic.PrivateAttr(default_factory=dict)\n\n    @pydantic.field_validator('a', mode='after')\n    @classmethod\n    def check(cls, x):\n        return x\n\n    @pydantic.model_validator(mode='after')\n    def whole(self):\n        return self\n\n    @pydantic.field_serializer('a')\n    def out(self, x):\n        return str(x)\n\n    @pydantic.computed_field\n    @property\n    def twice(self) -> int:\n        return 2 * self.a",
            "v().model_dump()",
        ),
        (
            "model-after-use",
            "class v(pydantic.BaseModel):\n    '''A model.'''\n\n    model_config = pydantic.ConfigDict(frozen=True)\n    a: int = pydantic.Field(1, gt=0, description='d')\n    b: 'list[v] | None' = None\n    _p: dict = pydantic.PrivateAttr(default_factory=dict)\n\n    @pydantic.field_validator('a', mode='after')\n    @classmethod\n    def check(cls, x):\n        return x\n\n    @pydantic.model_validator(mode='after')\n    def whole(self):\n        return self\n\n    @pydantic.field_serializer('a')\n    def out(self, x):\n        return str(x)\n\n    @pydantic.computed_field\n    @property\n    def twice(self) -> int:\n        return 2 * self.a",
            "class v(pydantic.BaseModel):\n    '''A model.'''\n\n    model_config = pydantic.ConfigDict(frozen=True)\n    a: int = pydantic.Field(1, gt=0, description='d')\n    b: 'list[v] | None' = None\n    _p: dict = pydantic.PrivateAttr(default_factory=dict)\n\n    @pydantic.field_validator('a', mode='after')\n    @classmethod\n    def check(cls, x):\n        return x\n\n    @pydantic.model_validator(mode='after')\n    def whole(self):\n        return self\n\n    @pydantic.field_serializer('a')\n    def out(self, x):\n        return str(x)\n\n    @pydantic.computed_field\n    @property\n    def twice(self) -> int:\n        return 2 * self.a\nv(a=3), v.model_json_schema(), v().model_dump(), v.__signature__, v.model_fields",
            "v().model_dump()",
        ),
        (
            "instance-after-use",
            "class M(pydantic.BaseModel):\n    a: int = 1\n    b: list[int] = []\nv = M(a=2)",
            "class M(pydantic.BaseModel):\n    a: int = 1\n    b: list[int] = []\nv = M(a=2)\nv.model_dump(), repr(v), v.model_dump_json(), v == M()",
        ),
        (
            "assigned",
            "class M(pydantic.BaseModel):\n    a: int = 1\n    b: list[int] = []\nv = M(a=2)",
            "class M(pydantic.BaseModel):\n    a: int = 1\n    b: list[int] = []\nv = M(a=3)\nv.a = 2",
        ),
        (
            "dataclass",
            "@pydantic.dataclasses.dataclass\nclass v:\n    a: int = 1",
            "@pydantic.dataclasses.dataclass\nclass v:\n    a: int = 1\nv()",
            "v()",
        ),
        (
            "adapter",
            "v = pydantic.TypeAdapter(list[int])",
            "v = pydantic.TypeAdapter(list[int])\nv.validate_python([1]), v.json_schema()",
            "v.validate_python([1])",
        ),
    ],
)

ROUNDTRIP = values(
    "pydantic",
    NEEDS,
    [
        "class M(pydantic.BaseModel):\n    a: int = 1\n    b: list[int] = []\nv = M(b=[1])",
        "\nclass v(pydantic.BaseModel):\n    '''A model.'''\n\n    model_config = pydantic.ConfigDict(frozen=True)\n    a: int = pydantic.Field(1, gt=0, description='d')\n    b: 'list[v] | None' = None\n    _p: dict = pydantic.PrivateAttr(default_factory=dict)\n\n    @pydantic.field_validator('a', mode='after')\n    @classmethod\n    def check(cls, x):\n        return x\n\n    @pydantic.model_validator(mode='after')\n    def whole(self):\n        return self\n\n    @pydantic.field_serializer('a')\n    def out(self, x):\n        return str(x)\n\n    @pydantic.computed_field\n    @property\n    def twice(self) -> int:\n        return 2 * self.a\nv = v(a=3)",
        "\nclass v(pydantic.BaseModel):\n    '''A model.'''\n\n    model_config = pydantic.ConfigDict(frozen=True)\n    a: int = pydantic.Field(1, gt=0, description='d')\n    b: 'list[v] | None' = None\n    _p: dict = pydantic.PrivateAttr(default_factory=dict)\n\n    @pydantic.field_validator('a', mode='after')\n    @classmethod\n    def check(cls, x):\n        return x\n\n    @pydantic.model_validator(mode='after')\n    def whole(self):\n        return self\n\n    @pydantic.field_serializer('a')\n    def out(self, x):\n        return str(x)\n\n    @pydantic.computed_field\n    @property\n    def twice(self) -> int:\n        return 2 * self.a\n",
    ],
)
