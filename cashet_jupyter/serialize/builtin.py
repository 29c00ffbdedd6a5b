"""What the standard library keeps in types that pickle does not know, or knows only by half."""

from __future__ import annotations

import collections
import copyreg
import dataclasses
import functools
import gc
import logging
import sys
import types
import typing
import weakref
from typing import TYPE_CHECKING, Any, cast

from cloudpickle import cloudpickle

from cashet_jupyter.errors import NotSerializable

if TYPE_CHECKING:
    from cashet_jupyter.serialize.functions import Reduction
    from cashet_jupyter.serialize.stream import Stream


def reduce_module(stream: Stream, module: types.ModuleType) -> Reduction:
    """A module that can be imported by name; one that was made by hand by its content."""
    name = module.__name__
    if sys.modules.get(name) is not module:  # some say another name than they are imported by
        name = next((key for key, loaded in list(sys.modules.items()) if loaded is module), name)
    if sys.modules.get(name) is module and cloudpickle._should_pickle_by_reference(module):
        return stream.resolver, ("module", name)
    state = {name: value for name, value in vars(module).items() if name != "__builtins__"}
    return types.ModuleType, (module.__name__,), state, None, None, set_module


def set_module(module: types.ModuleType, state: dict[str, Any]) -> None:
    """Fill a module that was made by hand."""
    vars(module).update(state)


def reduce_exception(stream: Stream, error: BaseException) -> Reduction:
    """An exception with its cause and context, without the traceback: frames cannot be stored.

    Made without calling its `__init__`, which often takes other arguments than `args`.
    """
    del stream
    reduced = error.__reduce_ex__(5)
    if isinstance(reduced, str):
        return reduced
    attributes = dict(vars(error)) if vars(error) else {}
    links = (error.__cause__, error.__context__, error.__suppress_context__)
    cls = type(error)
    if cls.__reduce__ is not BaseException.__reduce__ or _layout(cls) is not BaseException:
        arguments = (None, *reduced)
    else:
        arguments = (cls, *error.args)
    return make_exception, arguments, (attributes, links), None, None, set_exception


def _layout(cls: type) -> type:
    """The class of the interpreter whose fields an exception has."""
    for base in cls.__mro__:
        if base.__basicsize__ == BaseException.__basicsize__:
            return BaseException
        if not base.__flags__ & 1 << 9:
            return base
    return cls


def make_exception(cls: Any, *args: Any) -> BaseException:
    """An exception of a class from its `args`, or by its own reduction where `cls` is None."""
    if cls is None:
        made = args[0](*args[1])
        if len(args) > 2 and args[2] and hasattr(made, "__setstate__"):
            made.__setstate__(args[2])
        return made
    made = cls.__new__(cls, *args)
    made.args = args
    return made


def set_exception(error: BaseException, state: tuple[dict[str, Any], tuple[Any, Any, bool]]) -> None:
    """Give a restored exception its attributes and what it came from."""
    attributes, (cause, context, suppress) = state
    vars(error).update(attributes)
    error.__cause__ = cause
    error.__context__ = context
    error.__suppress_context__ = suppress


def reduce_logger(stream: Stream, logger: logging.Logger) -> Reduction:
    """A logger by name, with its level; handlers and filters belong to the process."""
    del stream
    for kind in ("handlers", "filters"):
        if getattr(logger, kind) and logger is not logging.getLogger():
            raise NotSerializable("", f"the logger has {kind}, which belong to the process", "set them up elsewhere")
    name = None if logger is logging.getLogger() else logger.name
    if logging.getLogger(name) is not logger:
        raise NotSerializable("", "the logger is not the one of its name")
    state = () if name is None else (logger.level, logger.propagate, logger.disabled)
    return get_logger, (name, state)


def get_logger(name: str | None, state: tuple[Any, ...]) -> logging.Logger:
    """The logger of a name, with the level that it had."""
    logger = logging.getLogger(name)
    if state:
        level, logger.propagate, logger.disabled = state
        if logger.level != level:
            logger.setLevel(level)
    return logger


def reduce_counter(stream: Stream, counter: Any) -> Reduction:
    """A counter as any subclass of dict; its own reduction forgets the attributes."""
    del stream
    cls = type(counter)
    return copyreg.__newobj__, (cls,), vars(counter) or None, None, iter(dict.items(counter))  # type: ignore[attr-defined]


def reduce_property(stream: Stream, obj: property) -> Reduction:
    """A property, made empty because its functions may refer to the class that holds it."""
    del stream
    return type(obj), (obj.fget, obj.fset, obj.fdel, obj.__doc__)


def reduce_wrapped(stream: Stream, obj: classmethod[Any, Any, Any] | staticmethod[Any, Any]) -> Reduction:
    """A class method or static method; by name where a module keeps it (`typing` does, for all protocols)."""
    del stream
    function: Any = obj.__func__
    name, module = getattr(function, "__name__", ""), sys.modules.get(getattr(function, "__module__", None) or "")
    if module is not None and module.__name__ != "__main__" and vars(module).get(name) is obj:
        return getattr, (module, name)
    return type(obj), (function,)


def reduce_cached_property(stream: Stream, obj: functools.cached_property[Any]) -> Reduction:
    """A cached property, without the lock that it has before Python 3.12."""
    del stream
    return type(obj), (obj.func,), {"attrname": obj.attrname, "__doc__": obj.__doc__}, None, None, set_attributes


def set_attributes(obj: object, state: dict[str, Any]) -> None:
    """Set attributes one by one."""
    for name, value in state.items():
        setattr(obj, name, value)


_NO_METADATA = getattr(dataclasses, "_EMPTY_METADATA", None)


def reduce_proxy(stream: Stream, proxy: types.MappingProxyType[Any, Any]) -> Reduction:
    """A read-only view of a mapping, which is the mapping that it shows."""
    del stream
    if proxy is _NO_METADATA:  # one for all fields of all dataclasses
        return getattr, (dataclasses, "_EMPTY_METADATA")
    return types.MappingProxyType, (gc.get_referents(proxy)[0],)


_VIEWS = {
    type({}.keys()): dict.keys,
    type({}.values()): dict.values,
    type({}.items()): dict.items,
    type(collections.OrderedDict().keys()): collections.OrderedDict.keys,
    type(collections.OrderedDict().values()): collections.OrderedDict.values,
    type(collections.OrderedDict().items()): collections.OrderedDict.items,
}


def reduce_dict_view(stream: Stream, view: Any) -> Reduction:
    """`d.keys()` and the like: a view of that very dict, not of a copy."""
    del stream
    return _VIEWS[type(view)], (gc.get_referents(view.mapping)[0],)


def reduce_memoryview(stream: Stream, view: memoryview) -> Reduction:
    """A view of all of a bytes-like object; parts have an offset that Python does not tell."""
    del stream
    base = view.obj
    if not isinstance(base, bytes | bytearray) or view.nbytes != len(base) or not view.c_contiguous:
        raise NotSerializable("", "a view of a part of memory", "store bytes(view)")
    return make_memoryview, (base, view.format, view.shape, view.readonly)


def make_memoryview(base: bytes | bytearray, form: str, shape: Any, readonly: bool) -> memoryview:
    """A view of all of a bytes-like object."""
    view = memoryview(base)
    if form != "B" or len(shape) != 1:
        view = view.cast(cast("Any", form), shape)
    return view.toreadonly() if readonly else view


def reduce_weakref(stream: Stream, reference: weakref.ref[Any]) -> Reduction:
    """A weak reference to an object that is stored too, or a dead one."""
    del stream
    if reference.__callback__ is not None:
        raise NotSerializable("", "a weak reference with a callback")
    target = reference()
    return (make_dead_reference, ()) if target is None else (weakref.ref, (target,))


class _Mortal:
    """What a dead reference referred to."""


def make_dead_reference() -> weakref.ref[Any]:
    """A weak reference to something that is gone."""
    return weakref.ref(_Mortal())


def reduce_weak_set(stream: Stream, items: weakref.WeakSet[Any]) -> Reduction:
    """A set of weak references."""
    del stream
    return weakref.WeakSet, (list(items),)


def reduce_weak_dict(stream: Stream, items: Any) -> Reduction:
    """A dict with weak keys or weak values."""
    del stream
    return type(items), (), list(items.items()), None, None, set_items


def set_items(items: Any, state: list[tuple[Any, Any]]) -> None:
    """Fill a dict-like object."""
    for key, value in state:
        items[key] = value


def reduce_typevar(stream: Stream, variable: Any) -> Reduction:
    """A type variable by name where it can be imported, otherwise a new one.

    Not as cloudpickle does: it would give the variable that an earlier run of the cell made, if that still lives.
    """
    del stream
    module = sys.modules.get(variable.__module__)
    if variable.__module__ != "__main__" and getattr(module, variable.__name__, None) is variable:
        return getattr, (module, variable.__name__)
    options = {
        "bound": variable.__bound__,
        "covariant": variable.__covariant__,
        "contravariant": variable.__contravariant__,
    }
    if getattr(variable, "__infer_variance__", False):
        options["infer_variance"] = True
    if getattr(variable, "has_default", bool)():
        options["default"] = variable.__default__
    return make_typevar, (variable.__name__, variable.__constraints__, options, variable.__module__)


def make_typevar(name: str, constraints: tuple[Any, ...], options: dict[str, Any], module: str) -> Any:
    """A type variable."""
    make: Any = typing.TypeVar
    made = make(name, *constraints, **options)
    made.__module__ = module
    return made


def reduce_typing(stream: Stream, obj: Any) -> Reduction:
    """What the typing module lets be pickled only by name: by name where it can be imported, otherwise made anew."""
    del stream
    module = sys.modules.get(obj.__module__)
    if obj.__module__ != "__main__" and getattr(module, obj.__name__, None) is obj:
        return getattr, (module, obj.__name__)
    names = ("__bound__", "__covariant__", "__contravariant__")
    if isinstance(obj, typing.ParamSpec):
        options = {name.strip("_"): getattr(obj, name) for name in names}
        arguments: tuple[Any, ...] = (typing.ParamSpec, (obj.__name__,), options)
    elif isinstance(obj, typing.TypeVarTuple):
        arguments = (typing.TypeVarTuple, (obj.__name__,), {})
    else:
        arguments = (typing.NewType, (obj.__name__, obj.__supertype__), {})
    return make_typing, (*arguments, {"__module__": obj.__module__, "__qualname__": getattr(obj, "__qualname__", None)})


def make_typing(kind: Any, arguments: tuple[Any, ...], options: dict[str, Any], names: dict[str, Any]) -> Any:
    """A new object of the typing module."""
    made = kind(*arguments, **options)
    for name, value in names.items():
        if value is not None and getattr(made, name, None) != value:
            setattr(made, name, value)
    return made


def reduce_getset(stream: Stream, descriptor: types.GetSetDescriptorType) -> Reduction:
    """A descriptor of the interpreter, by its class."""
    del stream
    return getattr, (descriptor.__objclass__, descriptor.__name__)
