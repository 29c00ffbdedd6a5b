"""Which object is taken apart in which way: the one table."""

from __future__ import annotations

import collections
import enum
import functools
import io
import logging
import sys
import types
import typing
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cashet_jupyter.serialize import builtin, caches, classes, files, functions
from cashet_jupyter.serialize.origin import Origin, packages_of, reduce_origin

if TYPE_CHECKING:
    from cashet_jupyter.serialize.functions import Reduction
    from cashet_jupyter.serialize.stream import Stream

Reducer = Callable[["Stream", Any], Any]

#: exact type -> reducer
TABLE: dict[type, Reducer] = {
    types.FunctionType: functions.reduce_function,
    types.CodeType: functions.reduce_code,
    types.CellType: functions.reduce_cell,
    types.MethodType: functions.reduce_method,
    functions.ModuleGlobals: functions.reduce_module_globals,
    functions.NamespaceCopy: functions.reduce_namespace_copy,
    classes.Docstring: classes.reduce_docstring,
    classes.FirstLine: classes.reduce_first_line,
    Origin: reduce_origin,
    types.ModuleType: builtin.reduce_module,
    types.MappingProxyType: builtin.reduce_proxy,
    types.GetSetDescriptorType: builtin.reduce_getset,
    property: builtin.reduce_property,
    classmethod: builtin.reduce_wrapped,
    staticmethod: builtin.reduce_wrapped,
    functools.cached_property: builtin.reduce_cached_property,
    logging.Logger: builtin.reduce_logger,
    logging.RootLogger: builtin.reduce_logger,
    memoryview: builtin.reduce_memoryview,
    weakref.ref: builtin.reduce_weakref,
    weakref.WeakSet: builtin.reduce_weak_set,
    weakref.WeakKeyDictionary: builtin.reduce_weak_dict,
    weakref.WeakValueDictionary: builtin.reduce_weak_dict,
    typing.TypeVar: builtin.reduce_typevar,
    caches.LruCache: caches.reduce_cache,
    typing.NewType: builtin.reduce_typing,
    typing.ParamSpec: builtin.reduce_typing,
    typing.TypeVarTuple: builtin.reduce_typing,
    type({}.keys()): builtin.reduce_dict_view,
    type({}.values()): builtin.reduce_dict_view,
    type({}.items()): builtin.reduce_dict_view,
    type(collections.OrderedDict().keys()): builtin.reduce_dict_view,
    type(collections.OrderedDict().values()): builtin.reduce_dict_view,
    type(collections.OrderedDict().items()): builtin.reduce_dict_view,
}


class Reducers:
    """Finds the reducer of an object; remembers it per type."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._known: dict[type, Reducer] = dict(TABLE)

    def reduce(self, obj: Any) -> Reduction:
        """How an object is taken apart; NotImplemented leaves it to the pickler."""
        kind = type(obj)
        reducer = self._known.get(kind)
        if reducer is None:
            reducer = self._known[kind] = _find(kind)
        return reducer(self._stream, obj)


def _find(kind: type) -> Reducer:
    if issubclass(kind, type):
        return classes.reduce_class
    if issubclass(kind, BaseException):
        return builtin.reduce_exception
    if issubclass(kind, io.IOBase) and not issubclass(kind, io.StringIO | io.BytesIO):
        return files.reduce_file
    if issubclass(kind, collections.Counter) and kind.__reduce__ is collections.Counter.__reduce__:
        return builtin.reduce_counter
    if issubclass(kind, enum.Enum) and classes.is_dynamic(kind):
        return classes.reduce_member
    return _of_library(kind) or _reduce_instance


def _of_library(kind: type) -> Reducer | None:
    """The reducer of a type that comes from, or is derived from, a data library that is loaded."""
    tops = packages_of(kind)
    if "numpy" in tops and "numpy" in sys.modules:
        from cashet_jupyter.serialize import ndarrays

        if (found := ndarrays.reducer_of(kind)) is not None:
            return found
    if "pandas" in tops and "pandas" in sys.modules:
        from cashet_jupyter.serialize import frames

        if (found := frames.reducer_of(kind)) is not None:
            return found
    if "torch" in tops and "torch" in sys.modules:
        from cashet_jupyter.serialize import tensors

        if (found := tensors.reducer_of(kind)) is not None:
            return found
    return None


def _reduce_instance(stream: Stream, obj: Any) -> Reduction:
    """Any other object: as the class says, unless it is one that a module keeps, such as a sentinel."""
    named = stream.value_of_module(obj)
    if named is None:
        return (
            _with_dict(obj) if stream.dicts and id(getattr(obj, "__dict__", None)) in stream.dicts else NotImplemented
        )
    module, name = named
    return getattr, (sys.modules[module], name)


def _with_dict(obj: Any) -> Reduction:
    """An object whose `__dict__` others hold too: it gets that very dict."""
    reduced = obj.__reduce_ex__(5)
    if type(obj).__reduce_ex__ is not object.__reduce_ex__ or hasattr(type(obj), "__setstate__") or len(reduced) < 3:
        return NotImplemented
    slots = reduced[2][1] if isinstance(reduced[2], tuple) else {}
    return reduced[0], reduced[1], (vars(obj), slots), *(*reduced[3:], None, None)[:2], set_dict


def set_dict(obj: Any, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Give an object its `__dict__` and its slots."""
    obj.__dict__ = state[0]
    for name, value in state[1].items():
        object.__setattr__(obj, name, value)
