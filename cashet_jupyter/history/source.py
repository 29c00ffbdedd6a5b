"""How source differs: lines that mean something else, apart from those that only look different."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from cashet_jupyter.diffs.align import align
from cashet_jupyter.diffs.difference import SourceDiff
from cashet_jupyter.diffs.model import Budget, Hunk, Line
from cashet_jupyter.diffs.text import hunks_of

_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

#: what a statement says, and its first and last line, from 1
Statement = tuple[tuple[int, str], int, int]


def source_diff(old: str, new: str, *, changed: bool, budget: Budget) -> SourceDiff:
    """Two sources; `changed` says whether they mean something else, which the key of the code knows."""
    if old == new:
        note = ("the text is the same: it is read in another way (`from __future__`)",) if changed else ()
        return SourceDiff(changed, False, notes=note)
    hunks, added, removed, notes = hunks_of(old, new, budget)
    if not changed:
        return SourceDiff(False, True, hunks, added, removed, notes)
    meant = _meant(old, new)
    if meant is None:
        return SourceDiff(True, False, hunks, added, removed, notes)
    kept = [_meaning(hunk, *meant) for hunk in hunks if _means(hunk, *meant)]
    hidden = _count(hunks) - _count(kept)
    if hidden and kept:
        verb = "line that differs" if hidden == 1 else "lines that differ"
        notes = (*notes, f"{hidden} {verb} only in comments or formatting: not shown")
    return SourceDiff(True, False, tuple(kept) or hunks, added, removed, notes)


def _means(hunk: Hunk, old: set[int], new: set[int]) -> bool:
    """Whether a hunk has a line that means something else."""
    return any((line.sign == "-" and line.old in old) or (line.sign == "+" and line.new in new) for line in hunk.lines)


def _meaning(hunk: Hunk, old: set[int], new: set[int]) -> Hunk:
    """It without removed lines that only looked different; added ones become what is around."""
    lines: list[Line] = []
    for line in hunk.lines:
        if line.sign == "+" and line.new not in new:
            lines.append(replace(line, sign=" ", marks=()))
        elif line.sign != "-" or line.old in old:
            lines.append(line)
    return Hunk(tuple(lines))


def _count(hunks: Iterable[Hunk]) -> int:
    return sum(line.sign != " " for hunk in hunks for line in hunk.lines)


def _meant(old: str, new: str) -> tuple[set[int], set[int]] | None:
    """The lines of statements that say something else, in both; None if they cannot be read as Python."""
    try:
        before, after = list(statements(old)), list(statements(new))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    lines: tuple[set[int], set[int]] = (set(), set())
    for run in align([said for said, _, _ in before], [said for said, _, _ in after]):
        if not run.same:
            for found, part in zip(lines, (before[run.a : run.b], after[run.c : run.d]), strict=True):
                for _, first, last in part:
                    found.update(range(first, last + 1))
    return lines


def statements(source: str) -> Iterator[Statement]:
    """Every statement by itself, in order, without those inside it, comments and docstrings. Raises `SyntaxError`."""
    yield from _inside(ast.parse(source), 0)


def _inside(node: ast.AST, depth: int) -> Iterator[Statement]:
    for name in _BODIES:
        children = getattr(node, name, None)
        if not isinstance(children, list):
            continue
        for place, child in enumerate(children):
            if name == "body" and place == 0 and isinstance(node, _DOCUMENTED) and _is_text(child):
                continue
            if isinstance(child, ast.AST):
                yield _said(child, depth)
                yield from _inside(child, depth + 1)


def _is_text(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _said(node: ast.AST, depth: int) -> Statement:
    """The statement without what is inside it, and the lines of its head."""
    fields = {
        name: value for name, value in ast.iter_fields(node) if name not in _BODIES or not isinstance(value, list)
    }
    text = ", ".join(f"{name}={_dumped(value)}" for name, value in fields.items())
    nested = [child for name in _BODIES for child in getattr(node, name, None) or [] if isinstance(child, ast.AST)]
    decorators = [decorator.lineno for decorator in getattr(node, "decorator_list", [])]
    first = min([getattr(node, "lineno", 0) or _first(nested), *decorators])
    last = max(first, _first(nested) - 1) if nested else getattr(node, "end_lineno", first)
    return (depth, f"{type(node).__name__}({text})"), first, last


def _first(nodes: list[ast.AST]) -> int:
    return min((getattr(node, "lineno", 1) for node in nodes), default=1)


def _dumped(value: object) -> str:
    if isinstance(value, ast.AST):
        return ast.dump(value)
    return f"[{', '.join(map(_dumped, value))}]" if isinstance(value, list) else repr(value)
