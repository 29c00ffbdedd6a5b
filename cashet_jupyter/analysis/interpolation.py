"""Expressions in the text of a shell command or a magic: `!ls {folder} $name`, `%magic {x}`."""

from __future__ import annotations

import ast
import re
import string

#: `$name` and `$name.attribute`; `$$name` is the shell's own
_DOLLAR = re.compile(r"\$(\$?)([\w.]+)")


def interpolated(text: str) -> list[ast.expr]:
    """The expressions that the shell looks up in the user's variables before it runs the text, in order.

    Text whose braces do not parse is not interpolated by the shell; `$name` in it is counted all the same, and so is
    every `{…}` before the flaw, because the shell evaluates up to there.
    """
    found: list[ast.expr] = []
    try:
        for literal, field, spec, _conversion in string.Formatter().parse(text):
            found += _dollars(literal)
            if field is not None:
                found += _expression(f"{field}:{spec}" if spec else field)
    except ValueError:
        found += _dollars(text)
    return found


def _dollars(literal: str) -> list[ast.expr]:
    return [e for escaped, name in _DOLLAR.findall(literal) if not escaped for e in _expression(name.rstrip("."))]


def _expression(text: str) -> list[ast.expr]:
    try:
        return [ast.parse(text.strip(), mode="eval").body]
    except (SyntaxError, ValueError):
        return []
