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
from typing import Any, cast

from cashet_jupyter.analysis.docstrings import Definition, hidden
from cashet_jupyter.digest import digest

#: goes up when the bytes below change their meaning
VERSION = 1

_IGNORED = frozenset({"type_ignores", "type_comment", "kind"})
_INVISIBLE = frozenset(
    {tokenize.ENDMARKER, tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT}
)


def code_key(tree: ast.Module, source: str = "", flags: int = 0) -> str:
    """The digest of a cell: its tree, whether it ends with `;` and the shell's compiler flags.

    `flags` are those of `from __future__` imports in earlier cells. Raises nothing for any tree that `ast.parse` gives.
    """
    return digest("cell", VERSION, canonical(tree), ends_with_semicolon(source), flags)


def canonical(tree: ast.Module) -> bytes:
    """The canonical bytes of a tree."""
    out = bytearray()
    skipped = hidden(tree)
    waiting: list[Any] = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.Constant):
            _tagged(b"C", b"", out)
            waiting.append(_Value(item.value))
        elif isinstance(item, ast.AST):
            waiting += reversed(_node(item, skipped, out))
        elif isinstance(item, list):
            children = cast("list[object]", item)
            out += b"L" + _length(len(children))
            waiting += reversed(children)
        elif isinstance(item, _Value) and isinstance(item.value, tuple | frozenset):
            waiting += reversed(_items(cast("tuple[Any, ...] | frozenset[Any]", item.value), out))
        else:
            _atom(item.value if isinstance(item, _Value) else item, out)
    return bytes(out)


class _Value:
    """The value of a constant, told apart from the parts of the tree."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _node(node: ast.AST, skipped: frozenset[int], out: bytearray) -> list[Any]:
    """Write the head of a node; give its fields, each as its name and its value."""
    fields: list[Any] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if name == "body" and isinstance(node, Definition) and id(node) in skipped:
            value = _without_docstring(node)
        # Newer Pythons add fields that are empty where they are not used: leaving them out keeps keys the same.
        if name in _IGNORED or value is None or value == []:
            continue
        fields += [_Value(name), value]
    _tagged(b"N", type(node).__name__.encode(), out)
    out += _length(len(fields))
    return fields


def _without_docstring(node: Definition) -> list[ast.stmt]:
    return node.body if ast.get_docstring(node, clean=False) is None else node.body[1:]


def _items(value: tuple[Any, ...] | frozenset[Any], out: bytearray) -> list[Any]:
    """Constants of trees that were optimised before they came here."""
    items = [_Value(item) for item in (value if isinstance(value, tuple) else sorted(value, key=repr))]
    _tagged(b"T" if isinstance(value, tuple) else b"S", b"", out)
    out += _length(len(items))
    return items


def _atom(value: Any, out: bytearray) -> None:
    """Write a constant with its exact type: 1, True, 1.0, '1' and b'1' differ, and so do 0.0 and -0.0."""
    kind: type[Any] = type(value)
    if value is None or value is Ellipsis or kind is bool:
        _tagged(b"K", repr(value).encode(), out)
    elif kind is int:
        _tagged(b"I", b"%x" % value if value >= 0 else b"-%x" % -value, out)  # hexadecimal: no limit on the digits
    elif kind is float:
        _tagged(b"F", struct.pack("<d", value), out)
    elif kind is complex:
        _tagged(b"J", struct.pack("<dd", value.real, value.imag), out)
    elif kind is str:
        _tagged(b"U", value.encode("utf-8", "surrogatepass"), out)
    elif kind is bytes:
        _tagged(b"B", value, out)
    else:
        _tagged(b"O", f"{kind.__module__}.{kind.__qualname__} {value!r}".encode("utf-8", "backslashreplace"), out)


def _tagged(tag: bytes, content: bytes, out: bytearray) -> None:
    out += tag
    out += _length(len(content))
    out += content


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
