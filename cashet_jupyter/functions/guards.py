"""The fingerprint of a function, remembered for as long as nothing that it says can have changed.

Walking through all that a function reaches takes ten times as long as the rest of a hit. What the walk has met is
remembered with its answer: the code of every function, defaults, closures, and every name in every namespace that was
read, by identity. That proves the answer only where everything met is immutable - numbers, text, tuples of them,
functions, library modules, classes and functions - so a function that reaches anything else is walked each time.
"""

from __future__ import annotations

import builtins
import inspect
import sys
from collections.abc import Iterable, Mapping
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, GenericAlias, ModuleType, UnionType
from typing import Any

from cashet_jupyter.analysis.mentions import READ_CALLERS
from cashet_jupyter.analysis.names import Names, names_of
from cashet_jupyter.errors import Refused
from cashet_jupyter.fingerprint.code import function_reference
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.fingerprint.headers import header_of
from cashet_jupyter.fingerprint.modules import is_users, module_reference
from cashet_jupyter.fingerprint.origins import is_local, is_static
from cashet_jupyter.fingerprint.pieces import ATOMS
from cashet_jupyter.fingerprint.registry import REGISTRY
from cashet_jupyter.functions.target import codes_of, sees_docstrings

#: functions whose fingerprints are remembered, and functions that one of them may reach
MOST, REACHED = 256, 64
#: a longer text is not kept alive for this
_LONGEST = 1 << 16
_ABSENT: Any = object()

Chains = frozenset[tuple[str, ...]]


class Open(Exception):
    """It reaches something that may change without a trace."""


class Known:
    """The fingerprint of a function, and what must be as it was."""

    __slots__ = ("_cells", "_functions", "_headers", "_names", "_resolved", "_version", "digest", "func",
                 "parameters", "signature")  # fmt: skip

    def __init__(self, func: FunctionType) -> None:
        self.func = func
        self._functions: list[tuple[FunctionType, tuple[Any, ...]]] = []
        self._names: list[tuple[Mapping[str, Any], str, Any]] = []
        self._cells: list[tuple[CellType, Any]] = []
        self._resolved: list[tuple[FunctionType, bytes]] = []
        self._headers: list[tuple[type, bytes]] = []
        self._version = REGISTRY.version
        _Collector(self).function(func)
        name = f"{func.__name__}()"
        self.digest = InputGraph([name], {name: func}, docstrings=False, lazy=True).digests[name]
        self.signature = inspect.signature(func)
        """How arguments are bound to its parameters."""
        self.parameters = _plain_parameters(func)
        """Its parameters, where all of them can be given by place or name; else nothing."""

    def holds(self) -> bool:
        """Whether the digest is still that of the function."""
        if self._version != REGISTRY.version:
            return False
        for function, was in self._functions:
            now = _state(function)
            if len(now) != len(was) or not all(a is b for a, b in zip(now, was, strict=True)):
                return False
        for space, name, value in self._names:
            if space.get(name, _ABSENT) is not value:
                return False
        return (
            all(_content(cell) is content for cell, content in self._cells)
            and all(function_reference(function) == known for function, known in self._resolved)
            and all(header_of(kind) == header for kind, header in self._headers)
        )


def known_function(func: Any) -> Known | None:
    """What is known of a function; None for one that has to be walked."""
    if type(func) is not FunctionType:
        return None
    known = _known.get(id(func))
    if known is not None and known.func is func and known.holds():
        return known
    try:
        known = Known(func)
    except (Open, Refused, RecursionError, ValueError, TypeError):
        _known.pop(id(func), None)
        return None
    while len(_known) >= MOST:
        _known.pop(next(iter(_known), 0), None)
    _known[id(func)] = known
    return known


#: id of a function -> what is known of it; it is kept alive, so that the id means no other
_known: dict[int, Known] = {}


def _state(function: FunctionType) -> tuple[Any, ...]:
    """Everything of a function that its fingerprint says, but what it reads; in 3.14 `_Collector` follows the rest."""
    annotations: Iterable[Any] = ()
    if sys.version_info >= (3, 14):
        annotations = (function.__annotate__,)
    elif function.__annotations__:
        annotations = (part for item in function.__annotations__.items() for part in item)
    only = function.__kwdefaults__
    return (
        function.__code__,
        function.__defaults__,
        function.__name__,
        function.__qualname__,
        function.__module__,
        *(function.__dict__ or ()),
        *((part for item in only.items() for part in item) if only else ()),
        _ABSENT,
        *annotations,
    )


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return _ABSENT


def _plain_parameters(func: FunctionType) -> tuple[str, ...]:
    code = func.__code__
    plain = not code.co_flags & 0x0C and not code.co_posonlyargcount and not code.co_kwonlyargcount
    return code.co_varnames[: code.co_argcount] if plain else ()


class _Collector:
    """Goes where `fingerprint.code` goes. Raises `Open` for whatever it does not know to be immutable."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._seen: dict[int, Any] = {}

    def function(self, function: FunctionType) -> None:
        """A function, with all that it reaches."""
        if id(function) in self._seen:
            return
        self._seen[id(function)] = function
        reference = function_reference(function)
        if reference is not None:
            self._known._resolved.append((function, reference))
            return
        code, space = function.__code__, function.__globals__
        names = names_of(code)
        if len(self._seen) > REACHED or not is_local(space.get("__name__")) or function.__dict__:
            raise Open
        if _is_dynamic(code, names) or getattr(function, "__type_params__", ()):
            raise Open
        self._known._functions.append((function, _state(function)))
        self.values(function.__defaults__ or ())
        self.values((function.__kwdefaults__ or {}).values())
        if sys.version_info >= (3, 14):
            self.value(function.__annotate__)
        else:
            self.values(function.__annotations__.values())
        for cell in function.__closure__ or ():
            content = _content(cell)
            self._known._cells.append((cell, content))
            if content is not _ABSENT:
                self.value(content)
        for name in names.loads:
            self.name(space, name, names.attributes.get(name))

    def name(self, space: dict[str, Any], name: str, chains: Chains | None) -> None:
        """A global."""
        value = space.get(name, _ABSENT)
        self._known._names.append((space, name, value))
        if value is _ABSENT:
            value = vars(builtins).get(name, _ABSENT)
            self._known._names.append((vars(builtins), name, value))
            if value is not _ABSENT and is_users(value):
                raise Open
        elif isinstance(value, ModuleType) and chains is not None:
            self.module(value, chains)
        else:
            self.value(value)

    def module(self, module: ModuleType, chains: Chains) -> None:
        """A library, and what the code takes from it: the user may have put something of their own there."""
        if type(module) is not ModuleType or module_reference(module) is None:
            raise Open
        for first in sorted({chain[0] for chain in chains if chain}):
            value = vars(module).get(first, _ABSENT)
            self._known._names.append((vars(module), first, value))
            rest = frozenset(chain[1:] for chain in chains if chain and chain[0] == first)
            if isinstance(value, ModuleType):
                self.module(value, rest)
            elif isinstance(value, type):
                self.value(value)
            elif value is not _ABSENT and type(value) not in ATOMS and is_users(value):
                raise Open

    def values(self, values: Iterable[Any]) -> None:
        """Several of them."""
        for value in values:
            self.value(value)

    def value(self, value: Any) -> None:
        """Anything that is reached."""
        kind = type(value)
        if kind in ATOMS:
            if kind in (str, bytes) and len(value) > _LONGEST:
                raise Open
        elif kind is FunctionType:
            self.function(value)
        elif kind is tuple:
            self.values(value)
        elif kind is ModuleType:
            self.module(value, frozenset())
        elif kind is BuiltinFunctionType:
            owner = value.__self__
            if not (owner is None or isinstance(owner, ModuleType)) or is_local(value.__module__ or ""):
                raise Open
        elif isinstance(value, type):
            self._class(value)
        elif kind is GenericAlias or kind is UnionType:
            self.values((getattr(value, "__origin__", None), *value.__args__))
        else:
            raise Open

    def _class(self, kind: type) -> None:
        header = header_of(kind)
        if header is None or (type(kind) is not type and is_local(type(kind).__module__)):
            raise Open
        if not is_static(kind):
            self._known._headers.append((kind, header))


def _is_dynamic(code: CodeType, names: Names) -> bool:
    """Whether what a function reads is not all that its bytecode names; or it imports, or looks at docstrings."""
    if names.dynamic or names.imports or sees_docstrings(code):
        return True
    return bool(names.mentions) and any(not READ_CALLERS.isdisjoint(inner.co_names) for inner in codes_of(code))
