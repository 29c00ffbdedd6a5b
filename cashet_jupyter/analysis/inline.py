"""Magics that run Python, taken apart: their text put in their place as code, on a copy that only names are read from.

A call of the shell that is not understood becomes a call of a reserved name, with the expressions that the shell
interpolates into its text as arguments.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import cast

from cashet_jupyter.analysis.canonical import ends_with_semicolon
from cashet_jupyter.analysis.interpolation import interpolated
from cashet_jupyter.analysis.magics import (
    RUNS_CODE,
    TEXT_ONLY,
    Request,
    request_of,
    script_results,
    split_options,
)
from cashet_jupyter.analysis.mentions import identifiers
from cashet_jupyter.analysis.rewrite import RESERVED, Rewriter, bind, call, placed

_NO_RAISE = "--no-raise-error"
_WRITES_FILES = frozenset("DT")  # options of %prun


class _NotReadable(Exception):
    """The text of a magic cannot be read as code."""


class Inliner(Rewriter):
    """Rewrites a cell and notes what it asks of the shell."""

    def __init__(self, transform: Callable[[str], str] | None) -> None:
        self.transform = transform
        self.magics: dict[str, None] = {}
        self.mentions: set[str] = set()
        self.widened: dict[str, None] = {}

    def on_expr(self, node: ast.Expr) -> ast.Expr | list[ast.stmt]:
        """A magic as a statement of its own."""
        request = request_of(node.value)
        if request is None:
            return self.copy(node)
        statements, value = self._replaced(request)
        return placed([*statements, ast.Expr(value)] if value is not None else statements, node)

    def on_assign(self, node: ast.Assign) -> ast.Assign | list[ast.stmt]:
        """`x = %time f()`, `x = !ls`."""
        request = request_of(node.value)
        if request is None:
            return self.copy(node)
        statements, value = self._replaced(request)
        targets: list[ast.expr] = self.rewrite_all(node.targets)
        assign = ast.Assign(targets=targets, value=value or ast.Constant(None))
        return placed([*statements, assign], node)

    def on_call(self, node: ast.Call) -> ast.expr:
        """A magic inside an expression, which only happens where it was written out as a call."""
        request = request_of(node)
        if request is None:
            return self.copy(node)
        statements, value = self._replaced(request)
        if statements or value is None:
            self._widen(request.word)  # statements have no place in an expression
            value = call("magic")
        return ast.fix_missing_locations(ast.copy_location(value, node))

    def on_name(self, node: ast.Name) -> ast.Name:
        """The shell itself, used in some other way."""
        self._shell(node.id)
        return node

    def on_attribute(self, node: ast.Attribute) -> ast.Attribute:
        """`IPython.get_ipython`."""
        self._shell(node.attr)
        return self.copy(node)

    def on_alias(self, node: ast.alias) -> ast.alias:
        """`from IPython import get_ipython as shell`."""
        self._shell(node.name)
        return node

    def _shell(self, name: str) -> None:
        if name == "get_ipython":
            self.magics[name] = None
            self._widen(name)

    def _widen(self, word: str) -> None:
        self.widened[word] = None

    def _replaced(self, request: Request) -> tuple[list[ast.stmt], ast.expr | None]:
        """The statements that a request stands for, and the expression whose value it has, if any."""
        self.magics[request.word] = None
        if request.name in RUNS_CODE and request.kind != "shell":
            try:
                replaced = self._code(request)
            except _NotReadable:
                self._widen(request.word)
            else:
                return replaced
        self.mentions |= identifiers([request.line, request.body])
        if request.kind != "shell" and request.name not in TEXT_ONLY:
            self._widen(request.word)
        shell = call("magic", *[self.rewrite(e) for e in interpolated(request.line)])
        results = script_results(request)
        if not results:
            return [], shell
        return [ast.Expr(shell), *(bind(name) for name in results)], None

    def _code(self, request: Request) -> tuple[list[ast.stmt], ast.expr | None]:
        if request.name == "time":
            return self._time(request)
        if request.name == "capture" and request.kind == "cell":
            return self._capture(request), None
        if request.name == "timeit":
            return self._timeit(request), None
        if request.name == "prun":
            return self._prun(request), None
        raise _NotReadable

    def _time(self, request: Request) -> tuple[list[ast.stmt], ast.expr | None]:
        line = request.line.strip()
        swallows = line.startswith(_NO_RAISE)
        line = line.removeprefix(_NO_RAISE).strip()
        body = self._parsed(request.body if request.kind == "cell" else line)
        if swallows:
            handler = ast.ExceptHandler(type=None, name=None, body=[ast.Pass()])
            return [ast.Try(body=body or [ast.Pass()], handlers=[handler], orelse=[], finalbody=[])], None
        if body and isinstance(body[-1], ast.Expr):
            return body[:-1], body[-1].value
        return body, None

    def _capture(self, request: Request) -> list[ast.stmt]:
        names = [word for word in request.line.split() if not word.startswith("-")]
        if len(names) > 1 or not all(name.isidentifier() for name in names):
            raise _NotReadable
        # The shell runs the body as a cell of its own: an exception in it ends the body only.
        handler = ast.ExceptHandler(type=None, name=None, body=[ast.Pass()])
        tried = ast.Try(body=self._parsed(request.body) or [ast.Pass()], handlers=[handler], orelse=[], finalbody=[])
        body: list[ast.stmt] = [tried]
        for name in names:
            if ends_with_semicolon(request.body):
                # newer shells then delete the variable, older ones bind it
                target: list[ast.expr] = [ast.Name(id=name, ctx=ast.Del())]
                test = ast.Name(id=RESERVED + "shell", ctx=ast.Load())
                body.append(ast.If(test=test, body=[bind(name)], orelse=[ast.Delete(targets=target)]))
            else:
                body.append(bind(name))
        return body

    def _timeit(self, request: Request) -> list[ast.stmt]:
        """The code runs in a function of its own, so that it binds nothing."""
        split = split_options("timeit", request.line)
        if split is None:
            raise _NotReadable
        options, line = split
        body = self._parsed(line) + (self._parsed(request.body) if request.kind == "cell" else [])
        timed = cast("ast.FunctionDef", ast.parse("def timed(): pass").body[0])
        timed.name = RESERVED + timed.name
        timed.body += body
        results = [bind(options["v"])] if options.get("v", "").isidentifier() else []
        return [timed, ast.Expr(call("timed")), *results]

    def _prun(self, request: Request) -> list[ast.stmt]:
        split = split_options("prun", request.line)
        if split is None:
            raise _NotReadable
        options, line = split
        body = self._parsed(f"{line}\n{request.body}" if request.kind == "cell" else line)
        for letter in sorted(_WRITES_FILES & options.keys()):
            self.magics[f"{request.word} -{letter}"] = None
        return body

    def _parsed(self, text: str) -> list[ast.stmt]:
        """The statements of a text, with the magics in it replaced in turn."""
        try:
            tree = ast.parse(self.transform(text) if self.transform is not None else text)
        except Exception as error:  # the shell's transformers are open to extensions: they may raise anything
            raise _NotReadable from error
        return self.rewrite_all(tree.body)
