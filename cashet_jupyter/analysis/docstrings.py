"""The docstrings of a cell: which definition has which, and which of them the code itself can see."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from cashet_jupyter.analysis.mentions import identifiers

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

#: names, attributes and words in text that mean that the code looks at docstrings or at its own source
_WORDS = """
    __doc__ help getdoc cleandoc inspect doctest pydoc getsource getsourcelines getsourcefile getcomments linecache
    pinfo pinfo2 psource psource2 pdoc get_docstring
"""
_LOOKS = frozenset(_WORDS.split())


def definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Qualified name and node of each class and function that a cell defines, outer before inner."""
    waiting: list[tuple[str, ast.AST]] = [("", tree)]
    while waiting:
        prefix, node = waiting.pop()
        if isinstance(node, Definition):
            name = prefix + node.name
            yield name, node
            prefix = f"{name}." if isinstance(node, ast.ClassDef) else f"{name}.<locals>."
        elif isinstance(node, ast.Lambda):
            prefix = f"{prefix}<lambda>.<locals>."
        waiting += [(prefix, child) for child in reversed(list(ast.iter_child_nodes(node)))]


def docstring(node: Definition) -> str | None:
    """The docstring of a definition as `__doc__` will have it, or None."""
    text = ast.get_docstring(node, clean=False)
    if text is None or sys.version_info < (3, 13) or sys.flags.optimize > 1:
        return text if sys.flags.optimize <= 1 else None
    # From 3.13 on the compiler strips the indentation; its own answer is asked for.
    module = ast.Module([ast.Expr(ast.Constant(text, lineno=1, col_offset=0), lineno=1, col_offset=0)], [])
    compiled = compile(module, "<docstring>", "exec", dont_inherit=True).co_consts[0]
    return compiled if isinstance(compiled, str) else text


def docstrings(tree: ast.Module) -> dict[str, str | None]:
    """Qualified name -> docstring; a name that is defined twice with different ones is left out."""
    found: dict[str, str | None] = {}
    unclear: set[str] = set()
    for name, node in definitions(tree):
        text = docstring(node)
        if found.setdefault(name, text) != text:
            unclear.add(name)
    return {name: text for name, text in found.items() if name not in unclear}


def hidden(tree: ast.Module) -> frozenset[int]:
    """`id` of each definition whose docstring nothing in the cell can see, so that it does not count.

    A decorator and the bases of a class get the finished object and may look (command line tools, `wraps`, schemas);
    a name that is defined twice has two docstrings, of which a restored object could not be given the right one.
    """
    if sees_docstrings(tree):
        return frozenset()
    clear = docstrings(tree)
    return frozenset(id(node) for name, node in definitions(tree) if name in clear and not _shown_to_others(node))


def _shown_to_others(node: Definition) -> bool:
    return bool(node.decorator_list) or (isinstance(node, ast.ClassDef) and bool(node.bases or node.keywords))


def sees_docstrings(tree: ast.Module) -> bool:
    """Whether a cell mentions something that shows docstrings: `__doc__`, `help`, `inspect`."""
    texts = {id(node.body[0].value) for _, node in definitions(tree) if isinstance(node.body[0], ast.Expr)}
    return any(_looks(node) for node in ast.walk(tree) if id(node) not in texts)


def _looks(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _LOOKS
        case ast.alias(name=name):
            return not _LOOKS.isdisjoint(name.split("."))
        case ast.ImportFrom(module=str(module)):
            return not _LOOKS.isdisjoint(module.split("."))
        case ast.Constant(value=str(text)):
            return not _LOOKS.isdisjoint(identifiers([text]))  # getattr(f, "__doc__"), the text of a magic
        case _:
            return False
