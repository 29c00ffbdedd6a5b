"""What a route means: `runs/3f9a.../shown` is the route `runs/ID/shown` about one id."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import TypeVar

from cashet_jupyter.api.refusal import Refusal

#: what stands for a part that differs: a whole id of a run, the kind of a name
_PARTS = {"ID": "[0-9a-f]{64}", "KIND": "[a-z]+"}
#: characters of a route
_LONGEST = 300

_T = TypeVar("_T")


def pattern(route: str) -> str:
    """What a route looks like, as a regular expression without groups."""
    return "/".join(_PARTS.get(part, re.escape(part)) for part in route.split("/"))


def find(table: Mapping[str, _T], asked: object) -> tuple[_T, tuple[str, ...]]:
    """What stands in a table under the route that was asked for, and the parts that differ. Raises `Refusal`."""
    if isinstance(asked, str) and len(asked) <= _LONGEST:
        for route, compiled in _compiled(tuple(table)):
            if compiled.fullmatch(asked):
                pairs = zip(route.split("/"), asked.split("/"), strict=True)
                return table[route], tuple(given for part, given in pairs if part in _PARTS)
    raise Refusal(404, "there is no such question")


@functools.cache
def _compiled(routes: tuple[str, ...]) -> list[tuple[str, re.Pattern[str]]]:
    return [(route, re.compile(pattern(route))) for route in routes]
