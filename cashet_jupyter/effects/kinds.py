"""What it means to read and to write the content of an object in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class InPlaceError(Exception):
    """The live object cannot take this content; nothing of it was changed."""


def _no_check(obj: Any, content: Any) -> None:
    del obj, content


def never(obj: Any, content: Any) -> bool:
    """False."""
    del obj, content
    return False


def always(obj: Any, content: Any) -> bool:
    """True."""
    del obj, content
    return True


@dataclass(frozen=True, slots=True)
class Kind:
    """How objects of one kind are changed in place."""

    name: str
    """What a stored `Patch` says."""
    get: Callable[[Any], Any]
    """The content of an object: values that can be stored, the parts of the object themselves, not copies."""
    put: Callable[[Any, Any], None]
    """Give a live object a content. Runs no code of the object's class."""
    check: Callable[[Any, Any], None] = _no_check
    """Raises `InPlaceError` if `put` would fail; changes nothing."""
    keep: Callable[[Any], Any] | None = None
    """The content as it was, to put back; `get` where that does not refer to memory that `put` writes to."""
    sure: Callable[[Any, Any], bool] = never
    """Whether `put` cannot fail once `check` passed: then nothing has to be kept."""
    hashes: bool = False
    """Whether `put` asks its parts for their hashes: they have to have their own content first."""
