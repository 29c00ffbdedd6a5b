"""The docstrings of a cell: which definition has which, and which of them the code itself can see."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cashet_jupyter.analysis.mentions import identifiers

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")

#: names, attributes and words in text that mean that the code looks at docstrings or at its own source
_WORDS = """
    __doc__ help getdoc cleandoc inspect doctest pydoc getsource getsourcelines getsourcefile getcomments linecache
    pinfo pinfo2 psource psource2 pdoc get_docstring
"""
_LOOKS = frozenset(_WORDS.split())


@dataclass(frozen=True, slots=True)
class Docstrings:
    """What is known of the docstrings of a cell."""

    by_name: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """Qualified name of each class and function -> its docstring as `__doc__` has it. A name that is defined twice
    with different ones is left out."""
    seen: bool = False
    """Whether the cell mentions something that shows docstrings: `__doc__`, `help`, `inspect`."""
    hidden: frozenset[int] = frozenset()
    """`id` of each definition whose docstring nothing in the cell can see, so that it does not count."""


def docstrings_of(tree: ast.Module) -> Docstrings:
    """Read the docstrings of a cell.

    A decorator and the bases of a class get the finished object and may look at its docstring (command line tools,
    `wraps`, schemas), so there it counts. So it does where a name is defined twice: a restored object could not be
    given the right one.
    """
    found: dict[str, str | None] = {}
    unclear: set[str] = set()
    nodes: list[tuple[str, Definition]] = list(_definitions(tree))
    for name, node in nodes:
        text = _docstring(node)
        if found.setdefault(name, text) != text:
            unclear.add(name)
    by_name = {name: text for name, text in found.items() if name not in unclear}
    if _sees_docstrings(tree, {id(node.body[0]) for _, node in nodes if _text(node) is not None}):
        return Docstrings(by_name, seen=True)
    hidden = frozenset(id(node) for name, node in nodes if name in by_name and not _shown_to_others(node))
    return Docstrings(by_name, hidden=hidden)


def _definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Qualified name and node of each class and function, outer before inner; only statements can hold them."""
    waiting: list[tuple[str, ast.AST]] = [("", tree)]
    while waiting:
        prefix, node = waiting.pop()
        if isinstance(node, _DEFINITIONS):
            name = prefix + node.name
            yield name, node
            prefix = f"{name}." if isinstance(node, ast.ClassDef) else f"{name}.<locals>."
        for block in reversed(_BLOCKS):
            inner = getattr(node, block, None)
            if isinstance(inner, list):
                waiting += [(prefix, child) for child in reversed(inner)]


def _text(node: Definition) -> str | None:
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first.value.value
    return None


def _docstring(node: Definition) -> str | None:
    text = _text(node)
    if text is None or sys.flags.optimize > 1:
        return None
    if sys.version_info < (3, 13):
        return text
    # From 3.13 on the compiler strips the indentation; its own answer is asked for.
    module = ast.Module([ast.Expr(ast.Constant(text, lineno=1, col_offset=0), lineno=1, col_offset=0)], [])
    compiled = compile(module, "<docstring>", "exec", dont_inherit=True).co_consts[0]
    return compiled if isinstance(compiled, str) else text


def without_docstring(node: Definition) -> list[ast.stmt]:
    """The body of a definition, its docstring left out."""
    return node.body if _text(node) is None else node.body[1:]


def _shown_to_others(node: Definition) -> bool:
    return bool(node.decorator_list) or (isinstance(node, ast.ClassDef) and bool(node.bases or node.keywords))


def _sees_docstrings(tree: ast.Module, skipped: set[int]) -> bool:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if _looks(node):
            return True
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                waiting += [child for child in value if isinstance(child, ast.AST) and id(child) not in skipped]
            elif isinstance(value, ast.AST):
                waiting.append(value)
    return False


def _looks(node: ast.AST) -> bool:
    kind = type(node)
    if kind is ast.Name:
        return getattr(node, "id", "") in _LOOKS
    if kind is ast.Attribute:
        return getattr(node, "attr", "") in _LOOKS
    if isinstance(node, ast.Constant):  # getattr(f, "__doc__"), the text of a magic
        return isinstance(node.value, str) and not _LOOKS.isdisjoint(identifiers([node.value]))
    if isinstance(node, ast.alias):
        return not _LOOKS.isdisjoint(node.name.split("."))
    return isinstance(node, ast.ImportFrom) and not _LOOKS.isdisjoint((node.module or "").split("."))


def looks_at_docstrings(names: Iterable[str]) -> bool:
    """Whether compiled code, by the names in it, looks at docstrings or at its own source."""
    return not _LOOKS.isdisjoint(names)
