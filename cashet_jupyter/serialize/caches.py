"""Functions with a cache of their results (`functools.lru_cache`), with what is in it.

A cache is not only speed: `get_config()` gives one object because of it. The interpreter does not show what a cache
holds and has no way to put it back, but the garbage collector lists it, and calling the function fills it.
"""

from __future__ import annotations

import functools
import gc
import types
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cloudpickle import cloudpickle

from cashet_jupyter.errors import NotSerializable

if TYPE_CHECKING:
    from cashet_jupyter.serialize.functions import Reduction
    from cashet_jupyter.serialize.stream import Stream

LruCache: Any = type(functools.lru_cache(lambda: None))
#: calls that only move the counters; more are not worth repeating
MOST_CALLS = 1_000_000
#: what `update_wrapper` and `lru_cache` set themselves
_OWN = frozenset({"__wrapped__", "cache_parameters"})

#: arguments by position, by name, and the result
Entry = tuple[tuple[Any, ...], dict[str, Any], Any]


def reduce_cache(stream: Stream, cached: Any) -> Reduction:
    """A cached function by name where it can be imported, otherwise with its entries and counters."""
    del stream
    if cloudpickle._lookup_module_and_qualname(cached) is not None:
        return NotImplemented
    info, parameters = cached.cache_info(), cached.cache_parameters()
    entries = _entries(cached, info.currsize, typed=parameters["typed"])
    lost = info.misses - info.currsize
    can_fill = isinstance(cached.__wrapped__, types.FunctionType) and lost + info.hits <= MOST_CALLS
    if entries is None or ((info.misses or info.hits) and not can_fill):
        raise NotSerializable("", "its cached results cannot be stored", "call its cache_clear() first")
    attributes = {name: value for name, value in vars(cached).items() if name not in _OWN}
    state = (attributes, entries, (lost, info.hits))
    return make_cache, (cached.__wrapped__, parameters["maxsize"], parameters["typed"]), state, None, None, fill_cache


def _entries(cached: Any, size: int, *, typed: bool) -> list[Entry] | None:
    """The entries of a cache, oldest first; None if they cannot be found."""
    if not size:
        return []
    listed = gc.get_referents(cached)
    held = next(
        (part for part in listed if type(part) is dict and part is not vars(cached) and len(part) == size), None
    )
    if held is None:
        return None
    marks = [part for part in listed if type(part) is object]
    pairs = list(held.items()) if cached.cache_parameters()["maxsize"] is None else _linked(listed, held)
    if pairs is None or len(marks) != 1:
        return None
    return [(*_arguments(key, marks[0], typed=typed), result) for key, result in pairs]


def _linked(listed: list[Any], held: dict[Any, Any]) -> list[tuple[Any, Any]] | None:
    """(key, result) of a bounded cache from the list of what it refers to: key, result, type of the link, and so on."""
    keys = {id(key) for key in held}
    starts = [at for at, part in enumerate(listed[:3]) if id(part) in keys]
    step = 3 if type(next(iter(held.values()))) in listed else 2
    if not starts:
        return None
    pairs = [(listed[at], listed[at + 1]) for at in range(starts[0], starts[0] + step * len(held), step)]
    return pairs if {id(key) for key, _ in pairs} == keys else None


def _arguments(key: Any, mark: object, *, typed: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The call that has this key in the cache."""
    if type(key) is not tuple:
        return (key,), {}
    at = next((index for index, part in enumerate(key) if part is mark), None)
    if at is None:
        return (key[: len(key) // 2] if typed else key), {}
    named = key[at + 1 :]
    if typed:
        named = named[: (len(named) - at) // 3 * 2]
    return key[:at], dict(zip(named[::2], named[1::2], strict=True))


def make_cache(function: Any, maxsize: int | None, typed: bool) -> Any:
    """A cached function whose cache is empty."""
    return functools.lru_cache(maxsize, typed)(function)


def fill_cache(cached: Any, state: tuple[dict[str, Any], list[Entry], tuple[int, int]]) -> None:
    """Give a cached function its attributes, and its entries by calling it with an answer that is known."""
    attributes, entries, (lost, hits) = state
    vars(cached).update(attributes)
    if not entries and not lost:
        return
    with _answers(cached.__wrapped__) as answers:
        for _ in range(lost):
            _call(cached, (), {})
        for arguments, named, result in entries:
            answers.append(result)
            cached(*arguments, **named)
        for _ in range(hits):
            cached(*entries[-1][0], **entries[-1][1])


def _call(cached: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    """A call that leaves no entry."""
    try:
        cached(*arguments, **named)
    except IndexError:
        return


@contextmanager
def _answers(function: types.FunctionType) -> Generator[list[Any]]:
    """For a while the function gives what is in the list instead of running; with an empty list it fails."""
    before = function.__code__, function.__defaults__, function.__kwdefaults__
    answers: list[Any] = []
    try:
        function.__code__ = _stand_in(len(function.__code__.co_freevars))
        function.__defaults__ = None
        function.__kwdefaults__ = {"_answer": answers.pop}
        yield answers
    finally:
        function.__code__, function.__defaults__, function.__kwdefaults__ = before


def _stand_in(free: int) -> types.CodeType:
    """Code of a function that gives `_answer()`, with as many free variables as another function has."""
    names = [f"v{index}" for index in range(free)]
    source = "\n".join(
        [
            "def outer():",
            *(f" {name} = None" for name in names),
            " def inner(*args, _answer, **named):",
            f"  if 0: {', '.join(names) or '0'}",
            "  return _answer()",
            " return inner",
        ]
    )
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    code: types.CodeType = namespace["outer"]().__code__
    return code
