"""What was submitted: its name, its code, its source."""

from __future__ import annotations

import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FunctionType, MethodType
from typing import Any, cast

from cashet_jupyter.analysis.docstrings import looks_at_docstrings
from cashet_jupyter.analysis.instructions import nested
from cashet_jupyter.digest import digest
from cashet_jupyter.fingerprint.values import fingerprint_value

#: longest source that is kept, in characters
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Target:
    """What was submitted, described."""

    name: str
    """Its qualified name."""
    short: str
    """Its own name: as an input of its commits it is called `short()`."""
    module: str
    code: str
    """Digest of its code alone: what its versions and the runs of one version are told by."""
    source: str
    """Its text, where that can be found."""


def wrapped(func: Callable[..., Any]) -> Callable[..., Any]:
    """The function behind a `@client.task`; anything else as it is."""
    return getattr(func, "_cashet_wrapped_func", func)


def describe_target(func: Callable[..., Any]) -> Target:
    """Name, code and source of anything that can be called. Raises nothing."""
    plain = function_of(func)
    named = func if plain is None else plain
    short = str(getattr(named, "__name__", type(named).__name__))
    name = str(getattr(named, "__qualname__", short))
    module = getattr(named, "__module__", None)
    module = module if isinstance(module, str) else ""
    if plain is None:
        return Target(name, short, module, digest("cashet-callable", module, name, type(func).__qualname__), "")
    known = _of_code(plain.__code__, _source_mark(plain.__code__))
    return Target(name, short, module, digest("cashet-function", module, name, known[0]), known[1])


def function_of(func: Any) -> FunctionType | None:
    """The Python function that something callable runs; None for what is written in C, and for classes."""
    for _ in range(8):
        if isinstance(func, FunctionType):
            return func
        if isinstance(func, MethodType):
            func = func.__func__
        elif isinstance(func, functools.partial):
            func = cast("functools.partial[Any]", func).func
        elif isinstance(inner := getattr(func, "__wrapped__", None), FunctionType):
            func = inner
        elif not isinstance(func, type) and isinstance(own := vars(type(func)).get("__call__"), FunctionType):
            func = own
        else:
            return None
    return None


def codes_of(code: CodeType) -> Iterator[CodeType]:
    """A code object and those inside it."""
    yield code
    for inner in nested(code):
        yield from codes_of(inner)


def _source_mark(code: CodeType) -> tuple[str, int]:
    """Code objects are equal wherever they stand; their text is not."""
    return code.co_filename, code.co_firstlineno


@lru_cache(maxsize=512)
def _of_code(code: CodeType, _place: tuple[str, int]) -> tuple[str, str]:
    """The digest of a code object, and its text."""
    try:
        found = fingerprint_value(code)
    except Exception:  # constants that have no value: then its name and bytecode must do
        found = digest("cashet-code", code.co_qualname, code.co_code)
    return found, _source(code)


def _source(code: CodeType) -> str:
    try:
        return textwrap.dedent(inspect.getsource(code)).strip("\n")[:_LONGEST]
    except (OSError, TypeError, ValueError, SyntaxError, IndexError):
        return ""


@lru_cache(maxsize=512)
def sees_docstrings(code: CodeType) -> bool:
    """Whether code mentions something that shows docstrings: then they count."""
    return any(looks_at_docstrings(inner.co_names) for inner in codes_of(code))
