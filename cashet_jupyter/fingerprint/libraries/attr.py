"""attrs: classes by what their methods were generated from.

The generated `__hash__` holds a constant that depends on the hash seed, and the other generated methods read
globals that were made for them. All of them follow from `__attrs_attrs__` and `__attrs_props__`, which say
everything about the fields. Instances are ordinary objects.
"""

from __future__ import annotations

from types import FunctionType

from cashet_jupyter.fingerprint.classes import derive


def install() -> None:
    """Leave generated methods out of classes."""
    derive(is_generated)


def is_generated(kind: type, _name: str, value: object) -> bool:
    """Whether an entry of a class is a method that attrs wrote."""
    if not isinstance(value, FunctionType) or "__attrs_attrs__" not in vars(kind):
        return False
    return value.__code__.co_filename.startswith("<attrs generated") or value.__module__ == "attr._make"
