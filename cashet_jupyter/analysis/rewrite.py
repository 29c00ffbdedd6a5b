"""Syntax trees rewritten on a copy: the cell's own tree is what runs, so it is never changed."""

from __future__ import annotations

import ast
from typing import Any, TypeVar, cast

_Node = TypeVar("_Node", bound=ast.AST)
#: names that begin like this stand for things that are not in the cell; no identifier does, and they are not reported
RESERVED = "<cashet>"


class Rewriter:
    """Copies a tree; a method `on_<class>` gives another node, or several statements, for the ones that it wants."""

    def copy(self, node: _Node) -> _Node:
        """A node with the same class and with its children rewritten."""
        made = type(node).__new__(type(node))
        made.__dict__.update(node.__dict__)
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                setattr(made, name, self.rewrite(value))
            elif isinstance(value, list):
                setattr(made, name, self.rewrite_all(cast("list[Any]", value)))
        return made

    def rewrite(self, node: ast.AST) -> Any:
        """What takes the place of a node: one node, or for a statement a list of them."""
        method = getattr(self, f"on_{type(node).__name__.lower()}", self.copy)
        return method(node)

    def rewrite_all(self, nodes: list[Any]) -> list[Any]:
        """What takes the place of a list of nodes."""
        made: list[Any] = []
        for node in nodes:
            new = self.rewrite(node) if isinstance(node, ast.AST) else node
            if isinstance(new, list):
                made += cast("list[Any]", new)
            else:
                made.append(new)
        return made


def load(name: str) -> ast.Name:
    """The value of a name."""
    return ast.Name(id=name, ctx=ast.Load())


def call(name: str, *arguments: ast.expr) -> ast.Call:
    """A call of a reserved name, which stands for code that is not in the cell."""
    return ast.Call(func=load(RESERVED + name), args=list(arguments), keywords=[])


def bind(name: str) -> ast.stmt:
    """A statement that binds a name to something unknown."""
    return ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=ast.Constant(None))


def placed(nodes: list[ast.stmt], like: ast.AST) -> list[ast.stmt]:
    """The statements, with the position of the node that they take the place of where they have none."""
    return [ast.fix_missing_locations(ast.copy_location(node, like)) for node in nodes]
