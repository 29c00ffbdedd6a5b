"""Keys of calls with small plain arguments, without a walk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def flat_key(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...] | None:
    """None."""
    return None
