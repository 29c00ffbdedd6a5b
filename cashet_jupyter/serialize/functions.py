"""Functions, closures and code, by value.

A function of the notebook comes back with the live namespace as its globals, the cells that it shares with other
functions, and its code as the cell stands now.
"""

from __future__ import annotations

import marshal
import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass
from types import CellType, CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from cloudpickle import cloudpickle

from cashet_jupyter.serialize.references import HAS_DOCSTRING

if TYPE_CHECKING:
    from cashet_jupyter.serialize.stream import Stream

#: how a value is taken apart, as `__reduce__` says it; NotImplemented leaves it to the pickler
Reduction = Any


@dataclass(frozen=True, slots=True, eq=False)
class ModuleGlobals:
    """Stands in a pickle for the globals of a module."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class NamespaceCopy:
    """Stands in a pickle for globals that are a copy of the namespace, as attrs gives them to the methods it writes."""


def reduce_code(stream: Stream, code: CodeType) -> Reduction:
    """Code of the cell by its place in the cell, any other by value (the key of a run holds Python's version)."""
    stored = marshal.dumps(code)
    named = stream.references.name(code)
    if named is None:
        return marshal.loads, (stored,)
    return stream.resolver, (*named, stored)


def reduce_function(stream: Stream, function: FunctionType) -> Reduction:
    """A function that can be imported by name, otherwise by value."""
    if cloudpickle._should_pickle_by_reference(function):
        return NotImplemented
    own = _globals(stream, function)
    state = _function_state(function)
    if isinstance(own, NamespaceCopy):
        state["__globals__"] = _read_globals(function)
    arguments = (function.__code__, own, function.__name__, function.__closure__)
    return make_function, arguments, state, None, None, set_function


def _globals(stream: Stream, function: FunctionType) -> object:
    """The globals of a function: the live namespace or a copy of it, those of a module, or a dict stored as it is."""
    own = function.__globals__
    if own is stream.references.namespace:
        return own
    module = sys.modules.get(own.get("__name__", ""))
    if module is not None and vars(module) is own:
        return ModuleGlobals(module.__name__)
    if id(own) in stream.copies or _is_copy(own, stream.references.namespace):
        stream.kept.append(own)
        return stream.copies.setdefault(id(own), NamespaceCopy())
    return own


def _is_copy(own: dict[str, Any], namespace: Mapping[str, Any]) -> bool:
    """Whether globals were copied from the namespace: most of what it holds, the shell's own things, is in them."""
    if own.get("__name__") != namespace.get("__name__"):
        return False
    nothing = object()
    same = sum(own.get(name, nothing) is value for name, value in namespace.items())
    return same * 2 > len(namespace)


def _read_globals(function: FunctionType) -> dict[str, Any]:
    """The globals that a function reads by name: of a copy these are its own, whatever the namespace holds later."""
    own = function.__globals__
    return {name: own[name] for name in cloudpickle._extract_code_globals(function.__code__) if name in own}


def reduce_module_globals(stream: Stream, marker: ModuleGlobals) -> Reduction:
    """The globals of a module that is imported when the function is restored."""
    return stream.resolver, ("globals", marker.name)


def reduce_namespace_copy(stream: Stream, marker: NamespaceCopy) -> Reduction:
    """A copy of the namespace as it is when the function is restored."""
    del marker
    return stream.resolver, ("copy",)


def make_function(code: CodeType, own: dict[str, Any], name: str, closure: tuple[CellType, ...] | None) -> FunctionType:
    """A function without defaults and attributes; its docstring is that of the code."""
    return FunctionType(code, own, name, None, closure)


def _function_state(function: FunctionType) -> dict[str, Any]:
    state: dict[str, Any] = {
        "__qualname__": function.__qualname__,
        "__module__": function.__module__,
        "__defaults__": function.__defaults__,
        "__kwdefaults__": function.__kwdefaults__,
    }
    if function.__doc__ != docstring(function.__code__):
        state["__doc__"] = function.__doc__
    annotate = getattr(function, "__annotate__", None)  # 3.14: evaluated when asked for
    if annotate is not None:
        state["__annotate__"] = annotate
    elif function.__annotations__:
        state["__annotations__"] = function.__annotations__
    if getattr(function, "__type_params__", ()):
        state["__type_params__"] = getattr(function, "__type_params__", ())
    if vars(function):
        state["__dict__"] = dict(vars(function))
    return state


def set_function(function: FunctionType, state: dict[str, Any]) -> None:
    """Give a restored function its defaults and attributes."""
    for name, value in state.items():
        if name == "__dict__":
            vars(function).update(value)
        elif name == "__globals__":
            function.__globals__.update(value)
        else:
            setattr(function, name, value)


def docstring(code: CodeType) -> str | None:
    """The docstring that the compiler put into a function's code."""
    if sys.version_info >= (3, 14) and not code.co_flags & HAS_DOCSTRING:
        return None
    first = code.co_consts[0] if code.co_consts else None
    return first if isinstance(first, str) else None


def reduce_cell(stream: Stream, cell: CellType) -> Reduction:
    """A closure's cell: made empty and filled later, because what it holds may be the function that closes over it."""
    del stream
    try:
        state = (cell.cell_contents,)
    except ValueError:
        return CellType, ()
    return CellType, (), state, None, None, set_cell


def set_cell(cell: CellType, state: tuple[Any]) -> None:
    """Fill a cell."""
    cell.cell_contents = state[0]


def reduce_method(stream: Stream, method: types.MethodType) -> Reduction:
    """A bound method: its function and its object as they are, not what the object gives for the name."""
    del stream
    return types.MethodType, (method.__func__, method.__self__)
