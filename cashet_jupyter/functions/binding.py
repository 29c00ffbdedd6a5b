"""Arguments by the names of the parameters that take them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from cashet_jupyter.functions.refs import ResultRef


def bound(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Parameter -> its value, defaults filled in: `f(1, b=2)`, `f(1, 2)` and, with `b=2`, `f(1)` are one call.

    Where that cannot be told - a callable without a signature, arguments that do not fit, an argument that stands for
    its own default - they stand as they were given, under `args` and `kwargs`.
    """
    try:
        found = inspect.signature(func).bind(*args, **kwargs)
        found.apply_defaults()
    except (TypeError, ValueError):
        found = None
    if found is not None:
        return dict(found.arguments)
    return {**({"args": args} if args else {}), **({"kwargs": kwargs} if kwargs else {})}


def resolve(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments with every result in the place of its ref, also in lists, tuples, sets and dicts.

    Raises what `ResultRef.load` raises. The same ref gives the same object; containers that hold refs are copies.
    """
    filled = _Filled()
    return filled.of(args), filled.of(kwargs)


def refs_in(values: dict[str, Any]) -> dict[str, ResultRef[Any]]:
    """Path -> ref, for those among the arguments."""
    found: dict[str, ResultRef[Any]] = {}
    seen: set[int] = set()
    waiting: list[tuple[str, Any]] = list(reversed(values.items()))
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, ResultRef):
            found[path] = value
            continue
        inside = _inside(path, value)
        if inside and id(value) not in seen:
            seen.add(id(value))
            waiting += reversed(inside)
    return found


def _inside(path: str, value: Any) -> list[tuple[str, Any]]:
    kind = type(value)
    if kind is list or kind is tuple:
        return [(f"{path}[{place}]", item) for place, item in enumerate(value) if isinstance(item, _LOOKED_INTO)]
    if kind is set or kind is frozenset:
        return [(f"{path}{{}}", item) for item in value if isinstance(item, _LOOKED_INTO)]
    if kind is dict:
        return [(f"{path}[{key!r}]", item) for key, item in value.items() if isinstance(item, _LOOKED_INTO)]
    return []


_CONTAINERS = (list, tuple, dict, set, frozenset)
_LOOKED_INTO = (*_CONTAINERS, ResultRef)


class _Filled:
    """Copies of containers, each once, with results in the place of refs."""

    def __init__(self) -> None:
        self._known: dict[int, Any] = {}
        self._kept: list[Any] = []

    def of(self, value: Any) -> Any:
        """The value; itself where it holds no ref."""
        if isinstance(value, ResultRef):
            if id(value) not in self._known:
                self._known[id(value)] = value.fresh()
                self._kept.append(value)
            return self._known[id(value)]
        if type(value) not in _CONTAINERS or not refs_in({"": value}):
            return value
        if id(value) in self._known:
            return self._known[id(value)]
        self._kept.append(value)
        if type(value) is tuple:
            self._known[id(value)] = made = tuple(self.of(item) for item in value)
        elif type(value) is set or type(value) is frozenset:
            self._known[id(value)] = made = type(value)(self.of(item) for item in value)
        elif type(value) is list:
            self._known[id(value)] = made = list[Any]()
            made.extend(self.of(item) for item in value)
        else:
            self._known[id(value)] = made = dict[Any, Any]()
            made.update((key, self.of(item)) for key, item in value.items())
        return made
