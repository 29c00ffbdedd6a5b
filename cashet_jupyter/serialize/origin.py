"""Memory that belongs to something else than an array, as a pickle holds it."""

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
