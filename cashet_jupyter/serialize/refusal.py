"""Why something cannot be stored, and where it stands: for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cashet_jupyter.errors import NotSerializable
from cashet_jupyter.paths import path_along, path_to
from cashet_jupyter.serialize.deep import OutOfBudgetError
from cashet_jupyter.serialize.graph import UnstorableError


def refusal(error: UnstorableError, names: Sequence[str], namespace: Mapping[str, Any]) -> NotSerializable:
    """The refusal of a graph whose root is (values, patches); `names` are those of the values."""
    trail, cause = error.trail, error.cause
    if isinstance(cause, OutOfBudgetError):
        trail = trail[:3]
        cause = error.__cause__ if isinstance(error.__cause__, Exception) else cause
    path = _path(trail, names, namespace)
    if isinstance(cause, NotSerializable):
        return NotSerializable(path, cause.why, cause.advice)
    if isinstance(cause, RecursionError):
        return NotSerializable(path, "nested too deeply to be stored")
    message, kind = str(cause), type(trail[-1]).__qualname__ if trail else "value"
    if "cannot pickle" in message or "can't pickle" in message:
        return NotSerializable(path, f"a {kind} cannot be stored")
    return NotSerializable(path, f"a {kind} cannot be stored ({type(cause).__name__}: {message})")


def _path(trail: Sequence[Any], names: Sequence[str], namespace: Mapping[str, Any]) -> str:
    """The path of the last object of a trail that begins with the root."""
    if len(trail) < 3:
        return ""
    root, section, item = trail[:3]
    if section is root[0]:
        index = next(index for index, value in enumerate(section) if value is item)
        return names[index] + path_along(trail[2:])
    # A change of an input: what it holds now hangs in the namespace, so the way from a variable is looked for.
    variables = {name: value for name, value in namespace.items() if not name.startswith("_")}
    return path_to(trail[-1], variables) or path_to(trail[-1], namespace)
