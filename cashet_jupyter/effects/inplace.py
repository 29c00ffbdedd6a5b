"""How each object is changed in place: the one registry."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from cashet_jupyter.effects import builtin, instances
from cashet_jupyter.effects.kinds import Kind

LIBRARIES = ("numpy", "pandas", "torch")


def kind_of(obj: Any) -> Kind | None:
    """How an object is changed in place; None if it cannot be."""
    for base, kind in builtin.KINDS:
        if isinstance(obj, base):
            return kind
    for of_library in _libraries(obj):
        if (kind := of_library(obj)) is not None:
            return kind
    return instances.kind_of_instance(obj)


def kind_named(name: str, obj: Any) -> Kind | None:
    """The kind that a stored change is of, if the live object is still of it."""
    kind = kind_of(obj)
    return kind if kind is not None and kind.name == name else None


def _libraries(obj: object) -> list[Callable[[object], Kind | None]]:
    """`kind_of` of the libraries that the object's class comes from, or is derived from."""
    modules: list[object] = [base.__module__ for base in type(obj).__mro__]
    tops = {module.partition(".")[0] for module in modules if isinstance(module, str)}
    return [
        import_module(f"cashet_jupyter.effects.libraries.{library}").kind_of
        for library in LIBRARIES
        if library in tops and library in sys.modules
    ]
