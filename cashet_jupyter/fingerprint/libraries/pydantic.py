"""pydantic: models and their classes, without what was compiled from them.

An instance is an ordinary object. Its class holds validators and serializers that pydantic compiled from the
annotations, fields and decorated methods in it; they cannot be read, and the schema that they were made of names
classes by their address. So the class counts by what they were compiled from.
"""

from __future__ import annotations

from typing import Any

import pydantic
import pydantic.fields
from pydantic._internal._decorators import Decorator
from pydantic._internal._model_construction import ModelMetaclass
from pydantic_core import SchemaSerializer, SchemaValidator

from cashet_jupyter.fingerprint.classes import derive
from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.fingerprint.objects import all_slots, encode_slots

#: worked out when the first model is made
FACTORY = "_default_factory_takes_validated_data"
#: what pydantic compiles, and notes for itself while it does
COMPILED = frozenset(
    f"__pydantic_{name}__"
    for name in (
        "complete",
        "computed_fields",  # they stand among the decorators
        "core_schema",
        "custom_init",
        "extra_info",
        "fields_complete",
        "parent_namespace",
        "post_init",
        "serializer",
        "setattr_handlers",  # a cache, filled by assignments
        "validator",
    )
)


def install() -> None:
    """Register what describes fields and methods, and refuse compiled validators that stand alone."""
    derive(is_compiled)
    register(Decorator, encode_decorator, node=False)
    for kind in (pydantic.fields.FieldInfo, pydantic.fields.ModelPrivateAttr):
        register(kind, encode_field, whole=True)
    register(pydantic.TypeAdapter, encode_adapter)
    register("pydantic._internal._validate_call:ValidateCallWrapper", encode_checked_function)
    for kind in (SchemaValidator, SchemaSerializer):
        register(kind, refuse_compiled)


def is_compiled(kind: type, name: str, _value: object) -> bool:
    """Whether an entry of a class is pydantic's own."""
    return name in COMPILED or (name == "__signature__" and isinstance(kind, ModelMetaclass))


def encode_decorator(enc: Encoder, decorator: Any) -> None:
    """A decorated method by name and what was said about it; the method itself stands in the class."""
    enc.text(decorator.cls_var_name)
    enc.content(decorator.info)


def encode_field(enc: Encoder, field: Any) -> None:
    """A field: what was said about it, without what pydantic found out about its default factory."""
    slots = all_slots(type(field))
    encode_slots(enc, field, {name: slots[name] for name in slots if name != FACTORY})


def encode_adapter(enc: Encoder, adapter: Any) -> None:
    """A type adapter: the type and the settings."""
    with enc.step("._type"):
        enc.value(adapter._type)
    with enc.step("._config"):
        enc.value(adapter._config)


def encode_checked_function(enc: Encoder, checked: Any) -> None:
    """A function whose arguments are validated: the function and the settings."""
    with enc.step(".function"):
        enc.value(checked.function)
    enc.value(checked.validate_return)
    enc.value(checked.config_wrapper.config_dict)


def refuse_compiled(enc: Encoder, compiled: Any) -> None:
    """A compiled validator or serializer."""
    enc.refuse(f"a {type(compiled).__name__} cannot be read", "keep the model or the schema")
