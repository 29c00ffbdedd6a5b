"""The digest of a cell's syntax tree: what it says, not how it is written.

Positions, comments, formatting and docstrings that nothing can see do not count. Every node says its class and the
number of its fields first, every text its length: no two trees have the same bytes. The tree is walked without
recursion, so that no tree is too deep.
"""

from __future__ import annotations

import ast
import io
import struct
import tokenize
from functools import lru_cache
from typing import Any, cast

from cashet_jupyter.analysis.docstrings import Definition, Docstrings, docstrings_of, without_docstring
from cashet_jupyter.digest import digest

#: goes up when the bytes below change their meaning
VERSION = 1

_INNER = (ast.AST, list)
_IGNORED = frozenset({"type_ignores", "type_comment", "kind"})
_INVISIBLE = frozenset(
    {tokenize.ENDMARKER, tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT}
)


def code_key(tree: ast.Module, source: str = "", flags: int = 0, docstrings: Docstrings | None = None) -> str:
    """The digest of a cell: its tree, whether it ends with `;` and the shell's compiler flags.

    `flags` are those of `from __future__` imports in earlier cells; `docstrings` are those of the tree, where they
    have been read already. Raises nothing for any tree that `ast.parse` gives.
    """
    return digest("cell", VERSION, canonical(tree, docstrings), ends_with_semicolon(source), flags)


def canonical(tree: ast.Module, docstrings: Docstrings | None = None) -> bytes:
    """The canonical bytes of a tree."""
    hidden = (docstrings or docstrings_of(tree)).hidden
    out: list[bytes] = []
    waiting: list[Any] = [tree]  # nodes, lists, and bytes that are ready
    while waiting:
        item = waiting.pop()
        if type(item) is bytes:
            out.append(item)
        elif isinstance(item, ast.Constant):
            out.append(b"C" + _atom(item.value))
        elif isinstance(item, ast.AST):
            fields = _fields(item, hidden)
            out.append(_head(type(item), len(fields) // 2))
            fields.reverse()
            waiting += fields
        else:
            children = cast("list[Any]", item)
            out.append(b"L" + _length(len(children)))
            waiting += [child if isinstance(child, ast.AST) else _atom(child) for child in reversed(children)]
    return b"".join(out)


def _fields(node: ast.AST, hidden: frozenset[int]) -> list[Any]:
    """The fields of a node, each as its name and its value; names, and values that are no nodes, as bytes."""
    fields: list[Any] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if name == "body" and id(node) in hidden:
            value = without_docstring(cast("Definition", node))
        # Newer Pythons add fields that are empty where they are not used: leaving them out keeps keys the same.
        if value is None or value == [] or name in _IGNORED:
            continue
        fields += (_field(name), value if isinstance(value, _INNER) else _atom(value))
    return fields


@lru_cache(maxsize=1024)
def _head(kind: type[ast.AST], fields: int) -> bytes:
    return _tagged(b"N", kind.__name__.encode()) + _length(fields)


@lru_cache(maxsize=256)
def _field(name: str) -> bytes:
    return _tagged(b"U", name.encode())


def _atom(value: Any) -> bytes:
    """A constant with its exact type: 1, True, 1.0, '1' and b'1' differ, and so do 0.0 and -0.0."""
    kind: type[Any] = type(value)
    if kind is str:
        return _tagged(b"U", value.encode("utf-8", "surrogatepass"))
    if value is None or value is Ellipsis or kind is bool:
        return _tagged(b"K", repr(value).encode())
    if kind is int:  # hexadecimal: no limit on the digits
        return _tagged(b"I", b"%x" % value if value >= 0 else b"-%x" % -value)
    if kind is float:
        return _tagged(b"F", struct.pack("<d", value))
    if kind is complex:
        return _tagged(b"J", struct.pack("<dd", value.real, value.imag))
    if kind is bytes:
        return _tagged(b"B", value)
    if kind is tuple or kind is frozenset:  # of trees that were optimised before they came here
        items = [_atom(item) for item in value]
        return (
            (b"T" if kind is tuple else b"S")
            + _length(len(items))
            + b"".join(items if kind is tuple else sorted(items))
        )
    return _tagged(b"O", f"{kind.__module__}.{kind.__qualname__} {value!r}".encode("utf-8", "backslashreplace"))


def _tagged(tag: bytes, content: bytes) -> bytes:
    return tag + len(content).to_bytes(8, "little") + content


def _length(number: int) -> bytes:
    return number.to_bytes(8, "little")


def ends_with_semicolon(source: str) -> bool:
    """Whether the last token that is not a comment is `;`, which keeps the last value from being shown.

    The tree does not hold it. Text that cannot be split into tokens (a magic) is judged by its last line.
    """
    if ";" not in source:
        return False
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return source.rstrip().endswith(";")
    last = next((token for token in reversed(tokens) if token.type not in _INVISIBLE), None)
    return last is not None and last.type == tokenize.OP and last.string == ";"
