"""The live objects that code leads to, followed from the cell into the functions and classes of the notebook."""

from __future__ import annotations

import builtins
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from types import CodeType, FunctionType, ModuleType
from typing import Any

from cashet_jupyter.analysis.impure import Impure, Kind, Unloaded, always, impure_objects, of_now
from cashet_jupyter.analysis.instructions import Listing, listing, nested
from cashet_jupyter.analysis.notebook import Notebook, attribute
from cashet_jupyter.analysis.uses import Alias, Use, aliases_of, call_of, is_bound, uses_of
from cashet_jupyter.models import CellAnalysis

#: objects that are followed; far above any notebook seen
_MOST = 20_000
#: a cell that does nothing
_NO_CODE = compile("", "<nothing>", "exec")
#: names for names for names: further than this nobody goes
_DEEP = 8


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Where the names of a piece of code are looked up."""

    globals: Mapping[str, Any]
    via: str = ""
    """Qualified name of the function that the code belongs to; empty for the cell itself."""
    closure: Mapping[str, Any] = field(default_factory=dict[str, Any])
    locals: Mapping[str, tuple[Alias, ...]] = field(default_factory=dict[str, tuple[Alias, ...]])
    of_cell: bool = False
    """Whether it stands in the cell, whose own bindings come before what the namespace holds now."""


class Reach:
    """One search from a cell, breadth first."""

    def __init__(self, code: CodeType, analysis: CellAnalysis, namespace: Mapping[str, Any]) -> None:
        self.analysis = analysis
        self.namespace = namespace
        self.notebook = Notebook(namespace)
        self.impure = impure_objects()
        self.waiting: deque[tuple[CodeType, Scope]] = deque([(code, Scope(namespace, of_cell=True))])
        self.aliases: dict[str, list[Alias]] = {}
        self.defined: dict[str, list[tuple[CodeType, Scope]]] = {}
        self.loaded: set[str] = set()
        self.followed: dict[int, Any] = {}  # the objects stay alive, so that no id is used again
        self._collect_aliases(code)

    @classmethod
    def of(cls, obj: object, namespace: Mapping[str, Any]) -> Reach:
        """A search from something that is called, instead of a cell."""
        nothing = frozenset[str]()
        reach = cls(_NO_CODE, CellAnalysis("", nothing, nothing, nothing), namespace)
        reach._follow(obj)
        return reach

    def run(self) -> Iterator[tuple[Kind, str, str]]:
        """Kind, name as written, and qualified name of the function where it stands, for each impure use."""
        while self.waiting:
            code, scope = self.waiting.popleft()
            listed = listing(code)
            local = dict(scope.locals)
            for alias in aliases_of(listed):
                if alias.local:
                    local[alias.name] = (*local.get(alias.name, ()), alias)
            scope = replace(scope, locals=local)
            self._enter_nested(listed, scope)
            for use in uses_of(listed):
                for start in self._named(use.root, scope, local=use.local):
                    yield from self._along(start, listed, use, scope)

    # --------------------------------------------------------------------------------------------------- code
    def _collect_aliases(self, code: CodeType) -> None:
        for alias in aliases_of(listing(code)):
            if not alias.local:
                self.aliases.setdefault(alias.name, []).append(alias)
        for inner in nested(code):
            self._collect_aliases(inner)

    def _enter_nested(self, listed: Listing, scope: Scope) -> None:
        """Take up nested code at once, or where the cell only defines it, when its name is loaded."""
        for k, instruction in enumerate(listed.instructions):
            code = instruction.value
            if not isinstance(code, CodeType):
                continue
            inner = scope if code.co_name.startswith("<") else replace(scope, via=code.co_qualname)
            if scope.of_cell and "<locals>" not in code.co_qualname and _only_defines(listed, k):
                # a method is entered when the name of its class is loaded
                self._define(code.co_qualname.partition(".")[0], code, inner)
            else:
                self.waiting.append((code, inner if code.co_flags & 1 else scope))

    def _define(self, name: str, code: CodeType, scope: Scope) -> None:
        if name in self.loaded:
            self.waiting.append((code, scope))
        else:
            self.defined.setdefault(name, []).append((code, scope))

    def _follow(self, obj: Any, depth: int = 0) -> None:
        """Take up the code of the user that is in an object."""
        if id(obj) in self.followed or isinstance(obj, Unloaded) or len(self.followed) > _MOST or depth > _DEEP:
            return
        self.followed[id(obj)] = obj
        if isinstance(obj, FunctionType):
            if self.notebook.owns(obj):
                self.waiting.append((obj.__code__, self._scope_of(obj)))
            inner = [obj.__dict__.get("__wrapped__"), *_functions_in_closure(obj)]
        else:
            inner = self.notebook.inside(obj)
        for part in inner:
            self._follow(part, depth + 1)

    def _scope_of(self, function: FunctionType) -> Scope:
        return Scope(function.__globals__, function.__qualname__, _closure(function))

    # -------------------------------------------------------------------------------------------------- names
    def _named(self, name: str, scope: Scope, *, local: bool, depth: int = 0) -> Iterator[Any]:
        """The objects that a name may stand for."""
        if depth > _DEEP:
            return
        if local:
            for alias in scope.locals.get(name, ()):
                yield from self._behind(alias, scope, depth)
            if name in scope.closure:
                yield scope.closure[name]
            return
        if scope.of_cell or scope.globals is self.namespace:
            self.loaded.add(name)
            self.waiting += self.defined.pop(name, [])
            for alias in self.aliases.get(name, ()):
                yield from self._behind(alias, scope, depth)
        if scope.of_cell and name in self.analysis.binds and name not in self.analysis.reads:
            return
        if name in scope.globals:
            yield scope.globals[name]
        elif hasattr(builtins, name):
            yield getattr(builtins, name)

    def _behind(self, alias: Alias, scope: Scope, depth: int) -> Iterator[Any]:
        """The objects that an alias may stand for."""
        if alias.module:
            starts: list[Any] = [sys.modules.get(alias.module) or Unloaded(alias.module)]
        elif alias.root == alias.name and alias.root_local == alias.local:
            return
        else:
            starts = list(self._named(alias.root, scope, local=alias.root_local, depth=depth + 1))
        for start in starts:
            found = reduce(_step, alias.path, start)
            if found is not None:
                yield found

    # --------------------------------------------------------------------------------------------------- uses
    def _along(self, start: Any, listed: Listing, use: Use, scope: Scope) -> Iterator[tuple[Kind, str, str]]:
        """Follow a chain of attributes, and say what is impure on the way."""
        chain = use.chain[:-1] if use.changes else use.chain
        objects = [start]
        for name in chain:
            objects.append(_step(objects[-1], name))
        for depth, obj in enumerate(objects):
            methods = self.impure.by_method(objects[depth - 1], chain[depth - 1]) if depth else []
            for impure in (*self.impure.by_identity(obj), *methods):
                if self._counts(impure, obj, listed, use, at_end=depth == len(chain)):
                    yield impure.kind, ".".join((use.root, *chain[:depth])), scope.via
            self._follow(obj)

    def _counts(self, impure: Impure, obj: Any, listed: Listing, use: Use, *, at_end: bool) -> bool:
        """Whether this use of an impure object can run it."""
        is_class = isinstance(obj, type)
        if not at_end:
            return impure.condition is always and not is_class and not isinstance(obj, FunctionType)
        call = call_of(listed, use)
        if call is not None:
            return impure.condition(call)
        # A class that is only mentioned (`isinstance`, an annotation) makes nothing. A new name for a function
        # counts where that name is used.
        return not is_class and impure.condition is not of_now and not is_bound(listed, use)


def _step(obj: Any, name: str) -> Any:
    """What an attribute leads to; of modules that are not loaded yet, at least its name."""
    if isinstance(obj, Unloaded):
        return Unloaded(f"{obj.dotted}.{name}")
    found = attribute(obj, name)
    return Unloaded(f"{obj.__name__}.{name}") if found is None and isinstance(obj, ModuleType) else found


def _closure(function: FunctionType) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            continue  # not bound yet
    return found


def _functions_in_closure(function: FunctionType) -> list[Any]:
    """A decorator of a library keeps the function that it got in a closure."""
    return [value for value in _closure(function).values() if isinstance(value, FunctionType)]


def _only_defines(listed: Listing, made: int) -> bool:
    """Whether a function gets a name and nothing else is done with it."""
    k = made + 1
    while k < len(listed.instructions) and listed.instructions[k].op in ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE"):
        k += 1
    return k < len(listed.instructions) and listed.instructions[k].op in ("STORE_NAME", "STORE_GLOBAL")
