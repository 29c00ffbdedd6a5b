"""Decorators that call nothing and context managers that swallow nothing, taken out before names are read.

`@lru_cache` over a recursive function, `@property` over a method that makes its own class, `with open(path) as file:`
before a name that the block binds: without knowing these, each such cell would seem to read what it binds itself, and
would miss once when it is run again. They are known by identity, never by spelling alone.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from cashet_jupyter.analysis.notebook import attribute
from cashet_jupyter.analysis.rewrite import RESERVED, Rewriter, call, placed

_DECORATORS = {
    "builtins": "property staticmethod classmethod",
    "functools": "lru_cache cache cached_property wraps total_ordering singledispatch singledispatchmethod",
    "contextlib": "contextmanager asynccontextmanager",
    "dataclasses": "dataclass",
    "abc": "abstractmethod",
    "typing": "overload final override no_type_check runtime_checkable",
    "attr": "s attrs define frozen mutable",
    "attrs": "define frozen mutable",
}
if sys.version_info >= (3, 14):  # there they evaluate the annotations, which is running code of the user
    _DECORATORS |= {"dataclasses": "", "attr": "", "attrs": "", "typing": "overload final override no_type_check"}
_MANAGERS = {
    "builtins": "open",
    "io": "open",
    "IPython.core.interactiveshell": "_modified_open",
    "gzip": "open GzipFile",
    "bz2": "open BZ2File",
    "lzma": "open LZMAFile",
    "zipfile": "ZipFile",
    "tarfile": "open",
    "contextlib": "redirect_stdout redirect_stderr nullcontext closing chdir",
    "warnings": "catch_warnings",
    "decimal": "localcontext",
    "threading": "Lock RLock",
    "tempfile": "TemporaryDirectory NamedTemporaryFile TemporaryFile",
    "concurrent.futures": "ThreadPoolExecutor ProcessPoolExecutor",
    "multiprocessing": "Pool",
    "sqlite3": "connect",
    "numpy": "errstate printoptions",
    "pandas": "option_context ExcelWriter ExcelFile HDFStore",
    "torch": "no_grad inference_mode enable_grad",
    "h5py": "File",
    "PIL.Image": "open",
    "matplotlib": "rc_context",
    "matplotlib.pyplot": "rc_context",
    "joblib": "Parallel parallel_backend parallel_config",
    "tqdm": "tqdm",
}
#: what `@x.setter` of a property in a class is; other objects have no such method
_OF_PROPERTY = frozenset({"setter", "getter", "deleter"})


class Shortcuts(Rewriter):
    """Rewrites a cell whose names mean what they mean in `namespace`, where the cell does not bind them itself."""

    def __init__(self, tree: ast.Module, namespace: Mapping[str, Any] | None) -> None:
        self.namespace: Mapping[str, Any] = namespace or {}
        self.imported, self.bound = _bindings(tree)

    def on_functiondef(self, node: ast.FunctionDef) -> list[ast.stmt]:
        """A function, behind the decorators that only wrap it."""
        return self._undecorated(self.copy(node))

    def on_asyncfunctiondef(self, node: ast.AsyncFunctionDef) -> list[ast.stmt]:
        """A coroutine function."""
        return self._undecorated(self.copy(node))

    def on_classdef(self, node: ast.ClassDef) -> list[ast.stmt]:
        """A class."""
        return self._undecorated(self.copy(node))

    def on_with(self, node: ast.With) -> ast.With | list[ast.stmt]:
        """A block under managers that let every exception pass: its statements, one after the other."""
        if not all(self._swallows_nothing(item.context_expr) for item in node.items):
            return self.copy(node)
        made: list[ast.stmt] = []
        for item in self.rewrite_all(node.items):
            target = item.optional_vars or ast.Name(id=RESERVED + "entered", ctx=ast.Store())
            made.append(ast.Assign(targets=[target], value=call("enter", item.context_expr)))
        return placed([*made, *self.rewrite_all(node.body), ast.Expr(call("leave"))], node)

    def _undecorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> list[ast.stmt]:
        decorators = list(node.decorator_list)
        taken: list[ast.stmt] = []
        while decorators and self._calls_nothing(decorators[-1]):
            taken.insert(0, _evaluated(decorators.pop()))
        node.decorator_list = decorators
        return [*placed(taken, node), node]

    def _calls_nothing(self, decorator: ast.expr) -> bool:
        if isinstance(decorator, ast.Attribute) and decorator.attr in _OF_PROPERTY:
            return isinstance(decorator.value, ast.Name)
        return self._is_known(decorator.func if isinstance(decorator, ast.Call) else decorator, _DECORATORS)

    def _swallows_nothing(self, manager: ast.expr) -> bool:
        return isinstance(manager, ast.Call) and self._is_known(manager.func, _MANAGERS)

    def _is_known(self, node: ast.expr, table: Mapping[str, str]) -> bool:
        chain = _chain(node)
        if not chain:
            return False
        found: Any = reduce(attribute, chain[1:], self._meaning(chain[0]))
        return found is not None and any(found is known for known in _loaded(table))

    def _meaning(self, name: str) -> Any:
        if name in self.bound:
            return None
        if name in self.imported:
            return self.imported[name]
        return self.namespace[name] if name in self.namespace else getattr(builtins, name, None)


def _evaluated(decorator: ast.expr) -> ast.stmt:
    """A statement that reads the names that a decorator reads, and runs nothing but its arguments."""
    parts = [decorator]
    if isinstance(decorator, ast.Call):
        parts = [decorator.func, *decorator.args, *(keyword.value for keyword in decorator.keywords)]
    while isinstance(parts[0], ast.Attribute):
        parts[0] = parts[0].value
    target = ast.Name(id=RESERVED + "decorator", ctx=ast.Store())
    return ast.Assign(targets=[target], value=ast.Tuple(elts=parts, ctx=ast.Load()))


def worth_trying(tree: ast.Module) -> bool:
    """Whether a cell has anything that the shortcuts are about."""
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.With) or getattr(node, "decorator_list", None):
            return True
        for block in ("body", "orelse", "handlers", "finalbody", "cases"):
            inner = getattr(node, block, None)
            if isinstance(inner, list):
                waiting += inner
    return False


def _bindings(tree: ast.Module) -> tuple[dict[str, Any], set[str]]:
    """What import statements bind and it stands for, where it is loaded; and what is bound otherwise, anywhere."""
    imported: dict[str, Any] = {}
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, value in _imported(node):
                if imported.setdefault(name, value) is not value:
                    bound.add(name)
        elif isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                bound.add(node.id)
        elif not isinstance(node, ast.alias):
            # functions and classes, parameters, handlers and patterns each have their name in a field of its own
            names = (getattr(node, field, None) for field in ("name", "arg", "rest"))
            bound |= {name for name in names if isinstance(name, str)}
    return imported, bound


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Any]]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            top = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or top, sys.modules.get(top)
        else:
            module = sys.modules.get(node.module or "") if not node.level else None
            yield alias.asname or alias.name, None if module is None else attribute(module, alias.name)


def _chain(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    inner = _chain(node.value) if isinstance(node, ast.Attribute) else []
    return [*inner, node.attr] if inner and isinstance(node, ast.Attribute) else []


def _loaded(table: Mapping[str, str]) -> Iterator[Any]:
    """The objects of a table whose modules are loaded."""
    for module_name, names in table.items():
        module = sys.modules.get(module_name)
        if module is not None:
            yield from (vars(module)[name] for name in names.split() if name in vars(module))
