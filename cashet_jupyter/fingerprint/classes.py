"""Classes: metaclass, bases, and what stands in the class; enums; and what descriptors hold."""

from __future__ import annotations

import sys
from abc import ABCMeta
from collections.abc import Callable
from enum import Enum
from functools import cached_property
from types import (
    ClassMethodDescriptorType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    WrapperDescriptorType,
)
from typing import Any

from cashet_jupyter.fingerprint.encoder import Encoder, register
from cashet_jupyter.fingerprint.headers import header_of, patches
from cashet_jupyter.fingerprint.origins import is_local, reference, resolves
from cashet_jupyter.fingerprint.registry import REGISTRY, Entry

#: entries of a class that Python, pickle and the standard library write there for themselves
VOLATILE = frozenset(
    {
        "__dict__",
        "__weakref__",
        "__slotnames__",  # copyreg's memo
        "_abc_impl",  # its registry is encoded, its caches are not
        "__static_attributes__",  # in no stable order
        "__firstlineno__",
        "__annotations_cache__",
        "__classdictcell__",
        "__non_callable_proto_members__",  # filled when first asked for
        "_value2member_map_",  # enum: derived, and flags add combinations to it as they are used
        "_unhashable_values_",
        "_unhashable_values_map_",
        "_hashable_values_",
    }
)
#: what every member of an enum has
_OF_MEMBERS = frozenset(
    {"_name_", "_value_", "__objclass__", "_sort_order_", "_inverted_", "_generate_next_value_", "_hashable_values_"}
)


#: whether an entry (class, name, value) was written by a library and follows from the other entries
Derived = Callable[[type, str, Any], bool]
_derived: list[Derived] = []


def derive(test: Derived) -> None:
    """Say which entries a library makes in the user's classes from the others: of these, only the names count."""
    _derived.append(test)


def install() -> None:
    """Register classes and descriptors."""
    REGISTRY.entries[type] = Entry(type, encode_class, inline=header_of)
    register(Enum, encode_member, node=False)
    for kind in (
        WrapperDescriptorType,
        MethodDescriptorType,
        ClassMethodDescriptorType,
        GetSetDescriptorType,
        MemberDescriptorType,
    ):
        register(kind, encode_descriptor, node=False)
    register(property, encode_property, node=False)
    for kind in (staticmethod, classmethod):
        register(kind, encode_method_wrapper, node=False)
    register(cached_property, encode_cached_property, node=False)


def encode_class(encoder: Encoder, kind: type) -> None:
    """A class by its content; a library's class that the user has added to, by its name and what was added."""
    if resolves(kind) and not is_local(kind.__module__):
        encoder.tag("changed")
        encoder.text(reference(kind.__module__, kind.__qualname__).hex())
        encoder.values(kind.__bases__)
        encoder.attributes(patches(kind))
        return
    encoder.text(kind.__qualname__)
    encoder.value(type(kind))
    encoder.values(kind.__bases__)
    hidden = VOLATILE if encoder.docstrings else VOLATILE | {"__doc__"}
    content = {name: value for name, value in sorted(vars(kind).items()) if name not in hidden}
    derived = [name for name, value in content.items() if any(test(kind, name, value) for test in _derived)]
    encoder.values(derived)
    encoder.attributes({name: value for name, value in content.items() if name not in derived})
    if isinstance(kind, ABCMeta):
        encoder.unordered(_registered(kind))


def _registered(kind: ABCMeta) -> list[Any]:
    """The virtual subclasses that were registered with an abstract class."""
    abc: Any = sys.modules["_abc"]
    found = [ref() for ref in abc._get_dump(kind)[0]]
    return [known for known in found if known is not None]


def encode_member(encoder: Encoder, member: Any) -> None:
    """A member of an enum: its name and value, and the attributes that it was given."""
    encoder.value(member._name_)
    with encoder.step("._value_"):
        encoder.value(member._value_)
    given = getattr(member, "__dict__", {})
    encoder.attributes({name: given[name] for name in sorted(given) if name not in _OF_MEMBERS})


def encode_descriptor(encoder: Encoder, descriptor: Any) -> None:
    """A method or attribute of a C type, or a slot: its name and its class."""
    encoder.text(descriptor.__name__)
    encoder.value(descriptor.__objclass__)


def encode_property(encoder: Encoder, obj: property) -> None:
    """A property: its three functions, and its docstring where docstrings count."""
    for name, function in (("fget", obj.fget), ("fset", obj.fset), ("fdel", obj.fdel)):
        with encoder.step(f".{name}"):
            encoder.value(function)
    if encoder.docstrings:
        encoder.value(obj.__doc__)


def encode_method_wrapper(encoder: Encoder, obj: Any) -> None:
    """A static method or a class method: the function in it."""
    with encoder.step(".__func__"):
        encoder.value(obj.__func__)


def encode_cached_property(encoder: Encoder, obj: Any) -> None:
    """A cached property: its function and its name; up to Python 3.11 it also has a lock, which means nothing."""
    encoder.value(obj.attrname)
    with encoder.step(".func"):
        encoder.value(obj.func)
