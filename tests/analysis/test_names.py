"""What cells read and bind: the batteries, statically and by running them."""

from __future__ import annotations

import ast
import asyncio
import builtins
import inspect
from typing import Any

import pytest

from cashet_jupyter.analysis.cell import analyze
from cashet_jupyter.analysis.names import names_of
from tests.analysis.scopes import MORE
from tests.cases.scoping import PRELUDE, SCOPING, Scope, supported

CASES = supported(SCOPING) + supported(MORE)
BUILTINS = frozenset(vars(builtins))


def reads_of(case: Scope) -> frozenset[str]:
    """What the analysis finds, builtins left out unless the case is about one."""
    found = analyze(ast.parse(case.source)).reads
    return found - (BUILTINS - case.reads - case.may)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_name_that_a_cell_reads_is_found_and_no_other(case: Scope) -> None:
    found = reads_of(case)
    assert case.reads <= found
    assert found <= set(case.reads) | set(case.may)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_names_that_a_cell_binds_are_found(case: Scope) -> None:
    assert analyze(ast.parse(case.source)).binds == case.binds


def run(case: Scope, **others: Any) -> dict[str, Any]:
    """The namespace after a case, with other values for some names."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(PRELUDE, namespace)
    for name, expression in case.given.items():
        namespace[name] = eval(expression, namespace)
    namespace.update(others)
    code = compile(ast.parse(case.source), "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, namespace)
    if inspect.iscoroutine(result):
        asyncio.run(result)
    return namespace


@pytest.mark.parametrize("case", [c for c in CASES if not c.raises], ids=lambda case: case.id)
def test_surely_bound_names_are_there_when_the_cell_ends(case: Scope) -> None:
    analysis = analyze(ast.parse(case.source))
    after = run(case)
    assert analysis.surely <= after.keys()
    assert analysis.surely <= analysis.binds


@pytest.mark.parametrize("case", [c for c in CASES if not c.raises and c.unread()], ids=lambda case: case.id)
def test_a_name_that_is_not_read_can_hold_anything(case: Scope) -> None:
    strange = {name: object() for name in case.unread() - set(case.given)}
    after = run(case, **strange)
    for name in case.unread() - set(case.binds):
        assert after.get(name) is strange.get(name)


def of(source: str, *, cell: bool = True) -> Any:
    return names_of(compile(source, "<cell>", "exec"), cell=cell)


def test_chains_of_attributes_are_followed_from_each_global() -> None:
    names = of("y = mod.sub.f(x.shape)\nz = mod\nmod.limit = 3\nmod.count += 1\ndef g():\n    return mod.late.x")
    assert names.attributes["mod"] == {("sub", "f"), (), ("limit",), ("count",), ("late", "x")}
    assert names.attributes["x"] == {("shape",)}


def test_a_chain_ends_at_a_call_and_at_a_subscript() -> None:
    names = of("a.b().c\nd.e[0].f")
    assert names.attributes["a"] == {("b",)}
    assert names.attributes["d"] == {("e",)}


def test_imports_keep_their_order_their_level_and_their_lists() -> None:
    names = of(
        "import b.c\nfrom a.b import c, d as e\nfrom . import q\nfrom ..p import r\nimport z as y\nfrom m import *"
    )
    assert names.imports == ("b.c", "a.b", "a.b.c", "a.b.d", ".", ".q", "..p", "..p.r", "z", "m")


def test_imports_of_nested_functions_are_included() -> None:
    assert of("def f():\n    import json\n    from os import path").imports == ("json", "os", "os.path")


def test_mentions_are_identifiers_in_text_but_not_in_docstrings_or_keywords() -> None:
    source = (
        "df.query('a > @limit', engine='python')\nf(key=1)\ndef g():\n    '''about nothing'''\n    return f'{x} rest'"
    )
    assert of(source).mentions == {"a", "limit", "python", "rest"}


def test_mentions_are_bounded() -> None:
    long = "x" * 70_000
    names = of(f"s = 'first {' ' * 70_000} last'\nt = {long!r}")
    assert "first" in names.mentions
    assert "last" not in names.mentions


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("exec('x = 1')", "exec"),
        ("y = eval(text)", "eval"),
        ("globals()['x'] = 1", "globals"),
        ("locals()", "locals"),
        ("vars()", "vars"),
        ("dir()", "dir"),
        ("f = dir", "dir"),
        ("compile(t, 'f', 'exec')", "compile"),
        ("__import__('m')", "__import__"),
        ("from m import *", "import *"),
        ("import __main__", "import __main__"),
        ("import sys\nsys.modules['__main__'].x", "__main__"),
        ("import builtins\nbuiltins.exec(t)", "builtins"),
        ("def f():\n    return globals()", "globals"),
        ("f.__globals__['x']", "__globals__"),
        ("import sys\nsys._getframe().f_globals", "f_globals"),
    ],
)
def test_accesses_that_reach_every_variable_are_named(source: str, word: str) -> None:
    assert word in of(source).dynamic


@pytest.mark.parametrize(
    "source",
    ["vars(x)", "dir(np)", "vars(a if b else c)", "def f():\n    return locals()", "re.compile('x')", "df.eval('a + b')",
     "class A:\n    d = dir()", "if __name__ == '__main__':\n    f()", "import builtins\nbuiltins.print(1)"],
)  # fmt: skip
def test_accesses_that_reach_no_variable_widen_nothing(source: str) -> None:
    assert of(source).dynamic == ()


def test_the_bookkeeping_of_annotations_is_no_variable() -> None:
    names = of("x: int = 1\nif x:\n    y: str\nclass A:\n    z: int = 1\n\ndef f(a: int): pass")
    shown = names.loads | names.reads | names.stores | names.attributes.keys()
    assert not {name for name in shown if name.startswith("__")}


def test_what_a_function_needs_is_told_apart_from_what_it_leaves_to_others() -> None:
    outer = compile("def f():\n    a\n    def g():\n        return b\n    return g", "<cell>", "exec").co_consts[0]
    names = names_of(outer)
    assert names.reads == {"a"}
    assert names.later == {"b"}


def test_a_name_that_a_function_of_the_cell_deletes_is_not_surely_bound() -> None:
    assert "x" not in of("x = 1\ndef f():\n    global x\n    del x\nf()").surely
    assert of("x = 1\nif x:\n    y = 2").surely == {"x"}


def test_answers_are_remembered() -> None:
    code = compile("x = y", "<cell>", "exec")
    assert names_of(code, cell=True) is names_of(code, cell=True)
    assert names_of(code, cell=True) is not names_of(code, cell=False)
