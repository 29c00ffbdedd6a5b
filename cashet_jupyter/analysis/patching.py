"""Attributes that a cell sets on modules and on classes of libraries: `pd.DataFrame.mine = f`, `setattr(json, ...)`.

They are effects that outlive the cell and that a hit would not bring back. Found in the cell's own syntax tree; what
its helpers change in local modules is seen after the run, by comparing.
"""

from __future__ import annotations

import ast
import dis
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any

_SETTERS = frozenset({"setattr", "delattr"})


_OPCODES = frozenset({dis.opmap["STORE_ATTR"], dis.opmap["DELETE_ATTR"]})


def may_patch(codes: Sequence[CodeType]) -> bool:
    """Whether compiled code sets an attribute of anything: if not, the tree need not be searched for it.

    Opcodes stand at the even places; an argument's cache between them can only make it say yes once too often.
    """
    return any(not _OPCODES.isdisjoint(code.co_code[::2]) or not _SETTERS.isdisjoint(code.co_names) for code in codes)


def patched(tree: ast.Module, namespace: Mapping[str, Any]) -> Iterator[str]:
    """The modules and library classes that the cell sets or deletes attributes of, as written."""
    imported = _imported(tree)
    for node in ast.walk(tree):
        target = _changed(node)
        if target is not None and _is_foreign(_resolved(target, namespace, imported), namespace):
            yield ast.unparse(target)


def _changed(node: ast.AST) -> ast.expr | None:
    """The expression whose attribute a node sets or deletes."""
    match node:
        case ast.Attribute(value=value, ctx=ast.Store() | ast.Del()):
            return value
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _SETTERS:
            return first
        case _:
            return None


def _imported(tree: ast.Module) -> dict[str, Any]:
    """Name -> what the cell's own imports bind it to, as far as that is loaded; a module that is not is only named."""
    found: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name if alias.asname else alias.name.partition(".")[0]
                found[alias.asname or top] = sys.modules.get(top, ModuleType(top))
        elif isinstance(node, ast.ImportFrom) and node.module:
            module = sys.modules.get(node.module)
            for alias in node.names:
                found[alias.asname or alias.name] = None if module is None else vars(module).get(alias.name)
    return found


def _resolved(node: ast.expr, namespace: Mapping[str, Any], imported: Mapping[str, Any]) -> Any:
    """What a chain of attributes stands for, looked up without running code; None if that cannot be told."""
    if isinstance(node, ast.Name):
        return imported[node.id] if node.id in imported else namespace.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _resolved(node.value, namespace, imported)
        if isinstance(owner, ModuleType | type):
            return vars(owner).get(node.attr)
    return None


def _is_foreign(obj: Any, namespace: Mapping[str, Any]) -> bool:
    """Whether it is a module, or a class that is not of the notebook."""
    if isinstance(obj, ModuleType):
        return True
    return isinstance(obj, type) and obj.__module__ not in ("__main__", namespace.get("__name__"))
