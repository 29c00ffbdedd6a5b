"""Where values come from: memory that belongs to something else than an array, and packages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Stands in a pickle for `make(*args)`."""

    make: Callable[..., Any]
    args: tuple[Any, ...]


def reduce_origin(stream: object, origin: Origin) -> tuple[Any, ...]:
    """What it stands for."""
    del stream
    return origin.make, origin.args


def packages_of(kind: type) -> set[str]:
    """The packages that a type and its bases come from."""
    # A class can have a descriptor of this name for its instances, which then stands for the class as well.
    modules: list[object] = [base.__module__ for base in kind.__mro__]
    return {module.partition(".")[0] for module in modules if isinstance(module, str)}
