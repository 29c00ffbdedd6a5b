"""Where an object stands: `model.logger.handlers[0].lock`.

Paths are for messages only, so they are looked for when something is refused, and only so far.
"""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, cast

#: objects looked at before a search gives up
LIMIT = 200_000
_LONGEST_KEY = 40


def path_to(target: object, namespace: Mapping[str, Any], limit: int = LIMIT) -> str:
    """A shortest path from a variable to `target`; empty if none is found among `limit` objects."""
    waiting: deque[tuple[str, object]] = deque(namespace.items())
    seen: set[int] = set()
    while waiting and len(seen) < limit:
        path, obj = waiting.popleft()
        if obj is target:
            return path
        if id(obj) not in seen:
            seen.add(id(obj))
            waiting.extend((path + step, part) for step, part in parts(obj))
    return ""


def walk(namespace: Mapping[str, Any], limit: int = LIMIT) -> Iterator[object]:
    """The objects that variables are made of, at most `limit` of them."""
    waiting: deque[object] = deque(namespace.values())
    seen: set[int] = set()
    while waiting and len(seen) < limit:
        obj = waiting.popleft()
        if id(obj) not in seen:
            seen.add(id(obj))
            yield obj
            waiting.extend(part for _, part in parts(obj))


def path_along(trail: Sequence[object]) -> str:
    """The path along objects each of which holds, or is made of, the next; starts below the first."""
    steps: list[str] = []
    holder: object = None
    for parent, child in pairwise(trail):
        if holder is None or type(parent) not in (dict, tuple, list):
            label = _step(parent, child)
            holder = parent if label is None else None
        else:
            # Between an object and its part stand the dicts and tuples that it was taken apart into.
            label = _step(holder, child)
            if label is None and type(parent) is dict:
                label = _attribute(_step(parent, child))
            holder = holder if label is None else None
        steps.append(label or "")
    return "".join(steps)


def _step(parent: object, child: object) -> str | None:
    return next((step for step, part in parts(parent) if part is child), None)


def parts(obj: object) -> Iterator[tuple[str, object]]:
    """What an object holds, each with its step; no code of its class runs."""
    kind: type = type(obj)  # not `isinstance`: it asks the object for its `__class__`
    if issubclass(kind, dict):
        held = cast("dict[Any, Any]", obj)
        yield from ((f"[{_shown(key)}]", value) for key, value in list(dict.items(held)))
        yield from (("{...}", key) for key in list(dict.keys(held)))
    elif issubclass(kind, list | tuple | deque):
        sequence: Any = list if issubclass(kind, list) else tuple if issubclass(kind, tuple) else deque
        yield from ((f"[{index}]", value) for index, value in enumerate(list(sequence.__iter__(obj))))
    elif issubclass(kind, set | frozenset):
        collection: Any = set if issubclass(kind, set) else frozenset
        yield from (("{...}", value) for value in list(collection.__iter__(obj)))
    elif kind is types.FunctionType:
        yield from _of_function(cast("types.FunctionType", obj))
    elif kind is types.MethodType:
        yield ".__self__", cast("types.MethodType", obj).__self__
        yield ".__func__", cast("types.MethodType", obj).__func__
    elif kind is types.CellType:
        try:
            yield "", cast("types.CellType", obj).cell_contents
        except ValueError:
            return
    if kind is not types.FunctionType and not issubclass(kind, types.ModuleType):
        yield from _attributes(obj)


def _of_function(function: types.FunctionType) -> Iterator[tuple[str, object]]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        yield f".{name}", cell
    yield ".__defaults__", function.__defaults__
    yield ".__kwdefaults__", function.__kwdefaults__
    yield from ((f".{name}", value) for name, value in vars(function).items())


def _attributes(obj: object) -> Iterator[tuple[str, object]]:
    """Attributes as they are kept, without running any code of the object's class."""
    for cls in type(obj).__mro__:
        for name, member in list(vars(cls).items()):
            if isinstance(member, types.MemberDescriptorType) and member.__objclass__ is cls and cls.__flags__ & 1 << 9:
                try:
                    yield f".{name}", member.__get__(obj)
                except AttributeError:
                    continue
    own = _dict_of(obj)
    if own:
        yield from ((f".{name}", value) for name, value in list(own.items()))
    if issubclass(type(obj), type):
        own_class = cast("type", obj)
        yield from ((f".{name}", value) for name, value in list(vars(own_class).items()) if not name.startswith("__"))


def _dict_of(obj: object) -> dict[str, Any] | None:
    try:
        own: Any = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return None
    return own if type(own) is dict else None


def _attribute(step: str | None) -> str | None:
    """`['lock']`, a key of a state, as `.lock`."""
    if step is None:
        return None
    name = step[2:-2]
    return f".{name}" if step[:2] in ("['", '["') and name.isidentifier() else step


def _shown(key: object) -> str:
    text = repr(key) if type(key) in (str, int, float, bool, bytes, type(None), tuple) else f"<{type(key).__name__}>"
    return text if len(text) <= _LONGEST_KEY else text[: _LONGEST_KEY - 3] + "..."
