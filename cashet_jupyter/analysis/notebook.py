"""Tells the user's own code among live objects, and finds the code that is inside them."""

from __future__ import annotations

import functools
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import FunctionType, MethodType, ModuleType
from typing import Any, cast

#: containers are searched for functions up to this many items
_FEW = 64
#: where objects of libraries that wrap a function keep it (numba, joblib, functools)
_WRAPPING = ("__wrapped__", "py_func", "func", "fn")


class Notebook:
    """Tells the code of the user (the notebook itself and local modules) from that of libraries."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.namespace = namespace
        self.modules = {"__main__", namespace.get("__name__")} - {None, "builtins"}

    def owns(self, obj: object) -> bool:
        """Whether a function or class is code of the user."""
        if isinstance(obj, FunctionType):
            # not `__module__`: a library's wrapper (`dataclass`, `wraps`) says that it is of the user's module
            return obj.__globals__ is self.namespace or self._is_own_module(obj.__globals__.get("__name__"))
        if isinstance(obj, type):
            space = vars(obj)
            if self._is_own_module(space.get("__module__")):
                return True
            functions = [value for value in space.values() if isinstance(value, FunctionType)]
            return any(function.__globals__ is self.namespace for function in functions)
        return False

    def _is_own_module(self, name: object) -> bool:
        return isinstance(name, str) and (name in self.modules or _is_local(name))

    def inside(self, obj: object) -> list[Any]:
        """The functions and classes of the user that using an object may run, one step down."""
        if isinstance(obj, FunctionType | ModuleType) or obj is None:
            return []
        if isinstance(obj, type):
            return list(_of_class(obj)) if self.owns(obj) else []
        if isinstance(obj, MethodType):
            return [obj.__func__, obj.__self__]
        if isinstance(obj, functools.partial):
            partial = cast("functools.partial[Any]", obj)
            return [partial.func, *partial.args, *partial.keywords.values()]
        if type(obj) in (list, tuple, set, frozenset, dict):
            return _items(obj)
        if self.owns(type(obj)):
            return [type(obj)]
        return [value for name in _WRAPPING if isinstance(value := attribute(obj, name), FunctionType)]


def _of_class(cls: type) -> Iterator[Any]:
    for value in list(vars(cls).values()):
        if isinstance(value, property):
            yield from (value.fget, value.fset, value.fdel)
        elif isinstance(value, functools.partialmethod | functools.cached_property):
            yield cast("Any", value).func
        else:
            yield getattr(value, "__func__", value) if isinstance(value, staticmethod | classmethod) else value
    yield from cls.__bases__
    yield type(cls)


def _items(container: Any) -> list[Any]:
    """Functions, classes and bound methods in a small container."""
    if len(container) > _FEW:
        return []
    items = list(container.values() if isinstance(container, dict) else container)
    return [item for item in items if isinstance(item, FunctionType | type | MethodType)]


def attribute(obj: Any, name: str) -> Any:
    """An attribute, without running code of the user: from dictionaries only; None if it is not found there."""
    if isinstance(obj, ModuleType):
        found = vars(obj).get(name)
        return found if found is not None else sys.modules.get(f"{obj.__name__}.{name}")
    cls = obj if isinstance(obj, type) else type(obj)
    if not isinstance(obj, type):
        try:
            own: Any = object.__getattribute__(obj, "__dict__")
        except AttributeError:
            own = {}
        if isinstance(own, dict) and name in own:
            return cast("dict[str, Any]", own)[name]
    for base in type.__dict__["__mro__"].__get__(cls):
        value = vars(base).get(name)
        if value is not None:
            return value.__func__ if isinstance(value, staticmethod | classmethod) else value
    return None


@lru_cache(maxsize=1024)
def _is_local(module: str) -> bool:
    """Whether a loaded module is a file of the user, neither of the standard library nor installed."""
    path = getattr(sys.modules.get(module), "__file__", None)
    if not isinstance(path, str) or "site-packages" in path or "dist-packages" in path:
        return False
    if module.partition(".")[0] == "cashet_jupyter":
        return False  # of a development install
    return not path.startswith((sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), "<"))
