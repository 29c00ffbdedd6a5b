"""Changes to running libraries that are undone when the run is over.

Python functions are changed in place (see `inject`); what is made of C is replaced where it is looked up: as an
attribute of its module, and in the user's own modules that hold it by name.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import sys
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType, ModuleType
from typing import Any

from cashet_jupyter.trace.bus import LISTENERS
from cashet_jupyter.trace.inject import with_call
from cashet_jupyter.trace.origin import is_library

#: what is told of a call: its arguments by position, and by name
Note = Callable[[tuple[Any, ...], dict[str, Any]], object]


class Watched:
    """A stand-in for something callable that is made of C: it tells of a call, then makes it.

    Like what it stands for it is not a method: as a class attribute it gets no `self`.
    """

    def __init__(self, original: Any, note: Note) -> None:
        self._original = original
        self._note: Note | None = note
        functools.update_wrapper(self, original)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Tell, and call."""
        if self._note is not None:
            self._note(args, kwargs)
        return self._original(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    # a stand-in for a class answers as the class
    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, self._original)

    def __subclasscheck__(self, subclass: Any) -> bool:
        return issubclass(subclass, self._original)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self._original,)

    def __or__(self, other: Any) -> Any:
        return self._original | other

    def __reduce__(self) -> Any:
        return _itself, (self._original,)


def _itself(original: Any) -> Any:
    return original


class SameFrame(Watched):
    """A stand-in whose call looks to the callee as if the caller had made it: DuckDB finds variables that way."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Tell, and call."""
        if self._note is not None:
            self._note(args, kwargs)
        caller = sys._getframe(1)
        scope = {**caller.f_locals, "__cashet_call__": (self._original, args, kwargs)}
        return eval(_CALL, caller.f_globals, scope)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        return SameFrame(self._original.__get__(instance, owner), self._note_of_method)

    def _note_of_method(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        return None if self._note is None else self._note((None, *args), kwargs)


_CALL = compile("__cashet_call__[0](*__cashet_call__[1], **__cashet_call__[2])", "<call>", "eval")


class _Injected:
    """A function with a note in its code."""

    def __init__(self, function: FunctionType, changed: CodeType) -> None:
        self._function, self._original, self._changed = function, function.__code__, changed

    def apply(self) -> None:
        if self._function.__code__ is self._original:
            self._function.__code__ = self._changed

    def undo(self) -> None:
        if self._function.__code__ is self._changed:
            self._function.__code__ = self._original


class _Replaced:
    """A stand-in wherever the library itself holds the original by its name."""

    def __init__(self, places: list[Any], name: str, stand_in: Watched) -> None:
        self._places, self._name, self.stand_in = places, name, stand_in
        self.original: Any = stand_in._original
        self._note = stand_in._note

    def apply(self) -> None:
        self.stand_in._note = self._note
        for place in self._places:
            if vars(place).get(self._name) is self.original:
                setattr(place, self._name, self.stand_in)

    def undo(self) -> None:
        for place in self._places:
            if vars(place).get(self._name) is self.stand_in:
                setattr(place, self._name, self.original)
        self.stand_in._note = None  # somebody may have kept it: from now on it only makes the call


class _Other:
    """Any other change, by what makes it and what takes it back."""

    def __init__(self, apply: Callable[[], object], undo: Callable[[], object]) -> None:
        self.apply, self.undo = apply, undo


class Patches:
    """What is to be changed in one module: worked out once, then put in place and taken back for every run."""

    def __init__(self) -> None:
        self._steps: list[_Injected | _Replaced | _Other] = []
        self._applied = False

    def call(self, owner: Any, name: str, note: Note, *, same_frame: bool = False) -> Watched | None:
        """Tell of every call of `owner.name`, where there is one.

        Of a Python function the note gets all arguments by place and by name, of a callable made of C as they were
        given. Gives the stand-in, if there has to be one.
        """
        original = vars(owner).get(name) if isinstance(owner, type) else getattr(owner, name, None)
        if isinstance(original, classmethod):
            original = original.__func__
        if isinstance(original, staticmethod) or original is None or isinstance(original, Watched):
            return None
        function = _innermost(original)
        if isinstance(function, FunctionType):
            changed = with_call(function.__code__, _noted(function.__code__, note))
            if changed is not None:
                self._steps.append(_Injected(function, changed))
                return None
        if isinstance(owner, type) and not same_frame:
            return None  # a stand-in would not bind as a method does
        return self.replace(owner, name, (SameFrame if same_frame else Watched)(original, note))

    def replace(self, owner: Any, name: str, stand_in: Watched) -> Watched:
        """Put a stand-in where `owner.name` is, and where other modules of the same package hold it."""
        places: list[Any] = [owner]
        if isinstance(owner, ModuleType) and owner is not builtins:  # nobody holds what every module finds anyway
            places += [
                module
                for module in _package(owner.__name__.partition(".")[0])
                if module is not owner and vars(module).get(name) is stand_in._original
            ]
        self._steps.append(_Replaced(places, name, stand_in))
        return stand_in

    def other(self, apply: Callable[[], object], undo: Callable[[], object]) -> None:
        """Add any other change."""
        self._steps.append(_Other(apply, undo))

    def apply(self) -> None:
        """Put everything in place."""
        self._applied = True
        for step in self._steps:
            step.apply()

    def undo(self) -> None:
        """Take everything back, in the reverse order; what somebody else changed since stays as they made it."""
        if self._applied:
            self._applied = False
            for step in reversed(self._steps):
                step.undo()

    def stand_ins(self) -> list[tuple[Any, Any]]:
        """The originals and their stand-ins."""
        return [(step.original, step.stand_in) for step in self._steps if isinstance(step, _Replaced)]


def exchange(pairs: Iterable[tuple[Any, Any]]) -> None:
    """Put the second for the first of every pair, where the notebook or the user's own modules hold it by a name."""
    table = {id(old): (old, new) for old, new in pairs}
    kinds = {type(old) for old, _ in table.values()}
    for namespace in _user_namespaces():
        # Nearly always there is nothing. Types first: `id` is an audited call, which a hook in Python makes dear.
        if table.keys().isdisjoint(map(id, [value for value in list(namespace.values()) if type(value) in kinds])):
            continue
        for key, value in list(namespace.items()):
            pair = table.get(id(value))
            if pair is not None and pair[0] is value:
                namespace[key] = pair[1]


def _noted(code: CodeType, note: Note) -> Callable[[], None]:
    """What the changed code calls first: it finds the arguments in the frame that has just begun."""
    named = code.co_argcount + code.co_kwonlyargcount
    names = code.co_varnames[:named]
    rest = code.co_varnames[named:]
    has_rest = bool(code.co_flags & inspect.CO_VARARGS)
    variable = rest[0] if has_rest else ""
    keywords = rest[has_rest] if code.co_flags & inspect.CO_VARKEYWORDS else ""

    def noted() -> None:
        if not LISTENERS:
            return
        found = sys._getframe(1).f_locals
        args = tuple(found.get(name) for name in names[: code.co_argcount]) + tuple(found.get(variable) or ())
        note(args, {**{name: found.get(name) for name in names}, **(found.get(keywords) or {})})

    return noted


def _innermost(function: Any) -> Any:
    """The function below its decorators: it knows its parameters by name."""
    for _ in range(10):
        wrapped = getattr(function, "__wrapped__", None)
        if not isinstance(function, FunctionType) or wrapped is None:
            break
        function = wrapped
    return function


def _package(top: str) -> list[ModuleType]:
    """The loaded modules of a package."""
    prefix = top + "."
    return [module for key, module in list(sys.modules.items()) if key == top or key.startswith(prefix)]


class _Users:
    """The modules of the user's own, found anew when a module has been loaded."""

    def __init__(self) -> None:
        self.mark: tuple[int, str] = (0, "")
        self.modules: list[ModuleType] = []


_users = _Users()


def _user_namespaces() -> Iterable[dict[str, Any]]:
    """The namespaces of the notebook and of the modules that belong to no library."""
    mark = (len(sys.modules), next(reversed(sys.modules)))
    if _users.mark != mark:
        _users.modules = [module for key, module in list(sys.modules.items()) if _is_users(key, module)]
        _users.mark = mark
    main = sys.modules.get("__main__")  # a shell may set another for every cell
    for module in _users.modules:
        if module is not main:
            yield vars(module)
    if main is not None:
        yield vars(main)


def _is_users(key: str, module: Any) -> bool:
    file = getattr(module, "__file__", None)
    return (
        isinstance(module, ModuleType)
        and isinstance(file, str)
        and not is_library(file)
        and key.partition(".")[0] != "cashet_jupyter"
    )


def argument(args: tuple[Any, ...], kwargs: dict[str, Any], position: int, name: str, default: Any = None) -> Any:
    """The argument of that place or name."""
    if name in kwargs:
        return kwargs[name]
    return args[position] if 0 <= position < len(args) else default
