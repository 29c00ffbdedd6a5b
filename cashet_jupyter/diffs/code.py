"""Functions and classes by their source, where it is surely theirs; else by what they are made of."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any
from weakref import ReferenceType

from cashet_jupyter.diffs.comparing import Comparing, Gathering, typed
from cashet_jupyter.diffs.model import Hunk, ValueDiff, equal
from cashet_jupyter.diffs.text import hunks_of
from cashet_jupyter.diffs.words import brief

#: what a class holds that says nothing about it
_NOISE = frozenset(
    {
        *("__dict__", "__weakref__", "__module__", "__firstlineno__", "__static_attributes__", "__doc__", "__slots__"),
        *("__abstractmethods__", "_abc_impl", "__annotate_func__", "__annotations_cache__"),
    }
)

#: flags of code that say what it does: arguments, generators, coroutines; not whether it is nested, nor `__future__`
_FLAGS = (
    inspect.CO_OPTIMIZED
    | inspect.CO_NEWLOCALS
    | inspect.CO_VARARGS
    | inspect.CO_VARKEYWORDS
    | inspect.CO_GENERATOR
    | inspect.CO_COROUTINE
    | inspect.CO_ITERABLE_COROUTINE
    | inspect.CO_ASYNC_GENERATOR
)


def compare(old: Any, new: Any, comparing: Comparing) -> ValueDiff | None:
    """Two functions, methods, classes or modules."""
    if isinstance(old, FunctionType) and isinstance(new, FunctionType):
        return _functions(old, new, comparing)
    if isinstance(old, MethodType) and isinstance(new, MethodType):
        gathering = Gathering(comparing)
        gathering.both(".__func__", old.__func__, new.__func__)
        gathering.both(".__self__", old.__self__, new.__self__)
        return gathering.finish("function", old, new)
    if isinstance(old, type) and isinstance(new, type):
        return _classes(old, new, comparing)
    if isinstance(old, staticmethod | classmethod) and type(old) is type(new):
        gathering = Gathering(comparing)
        gathering.both(".__func__", old.__func__, new.__func__)
        return gathering.finish("function", old, new)
    if isinstance(old, ReferenceType) and isinstance(new, ReferenceType):
        return comparing.inside(old(), new())
    if isinstance(old, property) and isinstance(new, property):
        return _properties(old, new, comparing)
    if isinstance(old, ModuleType | BuiltinFunctionType) and isinstance(new, ModuleType | BuiltinFunctionType):
        names = _named(old), _named(new)
        if names[0] == names[1]:
            return equal("name", names[1])
        return ValueDiff("name", "different", *names, " -> ".join(names))
    return None


def _named(value: Any) -> str:
    return f"module {value.__name__}" if isinstance(value, ModuleType) else f"{value.__module__}.{value.__qualname__}"


def _functions(old: FunctionType, new: FunctionType, comparing: Comparing) -> ValueDiff:
    gathering = Gathering(comparing)
    gathering.both(".__defaults__", old.__defaults__, new.__defaults__)
    gathering.both(".__kwdefaults__", old.__kwdefaults__, new.__kwdefaults__)
    before, after = _closure(old), _closure(new)
    for name in before.keys() & after.keys():
        gathering.both(f" → {name}", before[name], after[name])
    if old.__globals__ is not new.__globals__:
        for name in _globals(old) & _globals(new):
            gathering.both(f" → {name}", old.__globals__[name], new.__globals__[name])
    extra: list[str] = []
    hunks: tuple[Hunk, ...] = ()
    if not _same_code(old.__code__, new.__code__):
        extra, hunks = _edited(old, new, comparing)
    elif old.__qualname__ != new.__qualname__:
        extra = [f"{old.__qualname__}() -> {new.__qualname__}()"]
    found = gathering.finish("function", old, new, None, *extra)
    return ValueDiff(
        found.kind, found.verdict, found.old, found.new, found.change, found.figures, found.parts, found.total, hunks
    )


def _globals(function: FunctionType) -> set[str]:
    """The globals that its code names, and that are there."""
    named = {name for code in _codes(function.__code__) for name in code.co_names}
    return named & function.__globals__.keys()


def _edited(old: FunctionType, new: FunctionType, comparing: Comparing) -> tuple[list[str], tuple[Hunk, ...]]:
    sources = source_of(old), source_of(new)
    if not all(sources):
        return ["its code changed (the source is not there to be shown)"], ()
    hunks, added, removed, _ = hunks_of(*sources, comparing.budget)
    return [f"its code changed (+{added} -{removed} lines)"], hunks


def _closure(function: FunctionType) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    return found


def _same_code(old: CodeType, new: CodeType) -> bool:
    """Whether two code objects do the same: where it stands, and in which file, does not count."""
    if old is new:
        return True
    shapes = [
        (
            code.co_code,
            code.co_names,
            code.co_varnames,
            code.co_freevars,
            code.co_cellvars,
            code.co_argcount,
            code.co_kwonlyargcount,
            code.co_posonlyargcount,
            code.co_flags & _FLAGS,
            len(code.co_consts),
        )
        for code in (old, new)
    ]
    return shapes[0] == shapes[1] and all(map(_same_constant, old.co_consts, new.co_consts))


def _same_constant(old: Any, new: Any) -> bool:
    if isinstance(old, CodeType) and isinstance(new, CodeType):
        return _same_code(old, new)
    return type(old) is type(new) and repr(old) == repr(new)


def source_of(function: FunctionType) -> str:
    """Its source, if that is surely what its code was compiled from: files change, and numbers of lines move on."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
        compiled = compile(_inside(source, function.__code__.co_freevars), "<source>", "exec", dont_inherit=True)
    except (OSError, TypeError, ValueError, SyntaxError, IndexError):
        return ""
    wanted = function.__code__
    return (
        source if any(code.co_name == wanted.co_name and _same_code(code, wanted) for code in _codes(compiled)) else ""
    )


def _inside(source: str, names: tuple[str, ...]) -> str:
    """The source inside a function that has the variables that it closes over."""
    return f"def around({', '.join(names)}):\n{textwrap.indent(source, ' ')}" if names else source


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _classes(old: type, new: type, comparing: Comparing) -> ValueDiff:
    if old.__qualname__ != new.__qualname__:
        words = brief(old), brief(new)
        return ValueDiff("class", "different", *words, " -> ".join(words))
    bases = [[base.__qualname__ for base in kind.__bases__] for kind in (old, new)]
    gathering = Gathering(comparing)
    before, after = ({n: v for n, v in vars(kind).items() if n not in _NOISE} for kind in (old, new))
    for name, value in before.items():
        if name not in after:
            gathering.removed(f".{name}", value)
        elif not _descriptor(value):
            gathering.both(f".{name}", value, after[name])
    for name, value in after.items():
        if name not in before:
            gathering.added(f".{name}", value)
    extra = [] if bases[0] == bases[1] else [f"bases {', '.join(bases[0])} -> {', '.join(bases[1])}"]
    return typed(gathering.finish("class", old, new, None, *extra), old, new)


def _descriptor(value: Any) -> bool:
    """What the interpreter makes for slots: it says nothing but its name."""
    return type(value).__name__ in ("member_descriptor", "getset_descriptor")


def _properties(old: property, new: property, comparing: Comparing) -> ValueDiff:
    gathering = Gathering(comparing)
    for name in ("fget", "fset", "fdel"):
        gathering.both(f".{name}", getattr(old, name), getattr(new, name))
    return gathering.finish("function", old, new)
