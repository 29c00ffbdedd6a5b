"""A stand-in for a kernel: a namespace called `__main__`, cells, and the steps of capture and restore."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from types import CodeType
from typing import Any

from cashet_jupyter.effects.apply import apply
from cashet_jupyter.effects.capture import capture
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.memory.gathered import whole
from cashet_jupyter.models import Effects, Payload
from cashet_jupyter.serialize.envelope import dumps, loads
from cashet_jupyter.serialize.references import References

Namespace = dict[str, Any]


def new_namespace(*sources: str) -> Namespace:
    """A namespace as a fresh kernel has it, after some cells."""
    namespace: Namespace = {"__name__": "__main__", "__builtins__": builtins}
    for source in sources:
        exec(compile(source, "<setup>", "exec", dont_inherit=True), namespace)
    return namespace


def variables(namespace: Namespace) -> Namespace:
    """The user's variables (a shallow copy)."""
    return {name: value for name, value in namespace.items() if not name.startswith("__")}


def codes_of(code: CodeType) -> tuple[CodeType, ...]:
    """The code objects of a cell, outermost first."""
    inner = [nested for const in code.co_consts if isinstance(const, CodeType) for nested in codes_of(const)]
    return (code, *inner)


def docstrings_of(source: str) -> dict[str, str | None]:
    """Qualified name -> docstring of what a cell defines at top level or in classes."""
    found: dict[str, str | None] = {}

    def look(body: Iterable[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found[prefix + node.name] = ast.get_docstring(node, clean=sys.version_info >= (3, 13))
            if isinstance(node, ast.ClassDef):
                look(node.body, f"{prefix}{node.name}.")

    look(ast.parse(source).body, "")
    return found


@dataclass
class Run:
    """A cell that ran, as bytes."""

    payload: Payload
    effects: Effects
    namespace: Namespace
    inputs: str
    """The fingerprint of all variables before."""


def execute(source: str, namespace: Namespace, codes: CodeType) -> tuple[()] | tuple[Any]:
    """Run a cell; its result is the value of a last expression."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(codes, namespace)
        return ()
    del tree.body[-1]
    exec(compile(tree, "<cell>", "exec", dont_inherit=True), namespace)
    value = eval(compile(ast.Expression(last.value), "<cell>", "eval", dont_inherit=True), namespace)
    return () if value is None else (value,)


def references(graph: InputGraph, namespace: Namespace, source: str) -> References:
    code = compile(source, "<cell>", "exec", dont_inherit=True)
    return References(graph, namespace, codes_of(code), docstrings_of(source))


def run(source: str, namespace: Namespace, names: Iterable[str] | None = None) -> Run:
    """Run a cell in a namespace and store what it left."""
    before = variables(namespace)
    graph = InputGraph(before if names is None else names, namespace)
    inputs = graph.joint
    code = compile(source, "<cell>", "exec", dont_inherit=True)
    result = execute(source, namespace, code)
    effects = capture(graph, before, variables(namespace), result=result)
    payload = dumps(effects, (), references(graph, namespace, source))
    return Run(payload, effects, namespace, inputs)


def mapped(payload: Payload, *, writable: bool = True) -> Payload:
    """A payload as a store gives it back: memory that is not the values' own, a group in one stretch of it."""
    views: list[memoryview] = []
    groups = (*payload.groups, *(1 for _ in payload.buffers[sum(payload.groups) :]))
    for length in groups:
        buffers = [whole(buffer) for buffer in payload.buffers[len(views) : len(views) + length]]
        starts = list(accumulate((-(-buffer.nbytes // 4096) * 4096 for buffer in buffers), initial=0))
        area = bytearray(starts[-1]) if length > 1 else bytearray(buffers[0])
        for start, buffer in zip(starts, buffers, strict=False):
            area[start : start + buffer.nbytes] = buffer
        memory = memoryview(area if writable else bytes(area))
        views += (memory[start : start + buffer.nbytes] for start, buffer in zip(starts, buffers, strict=False))
    return Payload(bytes(payload.skeleton), payload.shown, tuple(views))


def restore(
    done: Run, namespace: Namespace, source: str, names: Iterable[str] | None = None, *, writable: bool = True
) -> Effects:
    """Restore a run into another namespace."""
    graph = InputGraph(variables(namespace) if names is None else names, namespace)
    assert graph.joint == done.inputs, "the fresh namespace is not what the first was"
    effects = loads(mapped(done.payload, writable=writable), references(graph, namespace, source))
    apply(effects, graph, namespace)
    return effects


def joint(namespace: Namespace) -> str:
    """The fingerprint of all variables together, with what they share."""
    return InputGraph(variables(namespace), namespace).joint
