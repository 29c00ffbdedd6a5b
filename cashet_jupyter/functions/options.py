"""How a function is to be run: the options of `task`, and those that begin with an underscore in a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from cashet_jupyter.config import KINDS, parse_duration
from cashet_jupyter.errors import OptionError

#: the options of a call, each written with an underscore in front
NAMES = frozenset({"cache", "tags", "ttl", "retries", "timeout", "force", "allow"})
OPTIONS = frozenset(f"_{name}" for name in NAMES)


@dataclass(frozen=True, slots=True)
class TaskOptions:
    """How a function is to be run."""

    cache: bool = True
    """Look the result up and store it to be served; without, every call runs and is only recorded."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    ttl: float | None = None
    """Seconds for which a result counts."""
    retries: int = 0
    """How often a run that failed is tried again."""
    timeout: float | None = None
    """Seconds after which a run is given up."""
    force: bool = False
    """Run and store anew, whatever the store has."""
    allow: frozenset[str] = frozenset()
    """Kinds of impurity that do not keep a result from being served (`%%cashet --allow`)."""
    name: str = ""
    """What the history calls it; empty for the function's own name."""


PLAIN = TaskOptions()


def split(options: TaskOptions, given: Mapping[str, Any]) -> tuple[TaskOptions, dict[str, Any]]:
    """The options of one call, and the arguments that are left for the function.

    Raises `OptionError` for a value that is not allowed.
    """
    if OPTIONS.isdisjoint(given):
        return options, dict(given)
    asked = {name[1:]: value for name, value in given.items() if name in OPTIONS and value is not None}
    return with_values(options, asked), {name: value for name, value in given.items() if name not in OPTIONS}


def with_values(options: TaskOptions, values: Mapping[str, Any]) -> TaskOptions:
    """The options with some of them set; tags are added to those that are there. Raises `OptionError`."""
    if wrong := sorted(values.keys() - _CONVERT.keys()):
        msg = f"there is no option {wrong[0]!r}; there are {', '.join(sorted(_CONVERT))}"
        raise OptionError(msg)
    known: dict[str, Any] = {name: _CONVERT[name](value) for name, value in values.items() if value is not None}
    if "tags" in known:
        known["tags"] = {**options.tags, **known["tags"]}
    return replace(options, **known)


def _tags(value: Mapping[str, Any] | None) -> dict[str, str]:
    return {str(name): str(content) for name, content in (value or {}).items()}


def _seconds(name: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, timedelta):
        value = value.total_seconds()
    seconds = parse_duration(value, name) if isinstance(value, str) else float(value)
    if seconds < 0:
        msg = f"{name}: {value!r} is before now"
        raise OptionError(msg)
    return seconds


def _allow(value: str | Iterable[str] | None) -> frozenset[str]:
    kinds = frozenset(value.replace(",", " ").split() if isinstance(value, str) else value or ())
    if wrong := sorted(kinds - KINDS):
        msg = f"allow: {wrong[0]!r} is none of {', '.join(sorted(KINDS))}"
        raise OptionError(msg)
    return kinds


_CONVERT: Mapping[str, Any] = {
    "cache": bool,
    "tags": _tags,
    "ttl": lambda value: _seconds("ttl", value),
    "retries": lambda value: max(0, int(value or 0)),
    "timeout": lambda value: _seconds("timeout", value),
    "force": bool,
    "allow": _allow,
    "name": lambda value: str(value or ""),
}
