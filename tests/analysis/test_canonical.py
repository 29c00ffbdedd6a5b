"""The key of a cell: what changes it, and what does not."""

from __future__ import annotations

import ast
import subprocess
import sys
from itertools import combinations

import pytest

from cashet_jupyter.analysis.canonical import canonical, code_key, ends_with_semicolon


def key(source: str) -> str:
    return code_key(ast.parse(source), source)


CONSTANTS = ["1", "True", "1.0", "-0.0", "0.0", "0", "False", "'1'", "b'1'", "1j", "None", "...", "10**400", "1e999",
             "(1,)", "'True'", "u'é'", "b''", "''", "0x7fffffffffffffff", "9999999999999999999999", "'\\ud800'",
             "1e999 - 1e999"]  # fmt: skip
DIFFERENT = [
    *(f"x = {constant}" for constant in CONSTANTS),
    "x = 'a' 'bc'; y = ''",
    "x = 'ab'; y = 'c'",
    "f(a, b)",
    "f(a)(b)",
    "f(a=b)",
    "f(**b)",
    "f(*b)",
    "{**a}",
    "{a: a}",
    "def f(*, a, b=1): pass",
    "def f(*, a=1, b): pass",
    "def f(a, b=1): pass",
    "def f(a, /, b=1): pass",
    "async def f(a, b=1): pass",
    "x: int",
    "(x): int",
    "match a:\n    case None: pass",
    "match a:\n    case True: pass",
    "match a:\n    case False: pass",
    "match a:\n    case _: pass",
    "from . import a",
    "from .. import a",
    "import a",
    "import a as b",
    "f'{x!r}'",
    "f'{x!s}'",
    "f'{x}'",
    "f'{x:2}'",
    "f'{x=}'",
    "f'{x =}'",
    "lambda: a",
    "a[1:]",
    "a[:1]",
    "a[::1]",
    "a < b < c",
    "(a < b) < c",
    "a and b or c",
    "a and (b or c)",
    "if a:\n    b\nc",
    "if a:\n    b\n    c",
    "try:\n    a\nexcept: b",
    "try:\n    a\nfinally: b",
    "'a'",
    "'b'",
    "raise a",
    "raise a from b",
    "del a",
    "a;",
    "a",
]


def test_no_two_different_cells_have_one_key() -> None:
    for one, two in combinations(DIFFERENT, 2):
        assert key(one) != key(two), (one, two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("x = 1", "x=1  # comment"),
        ("x = 1", "\n\n(x) = (1)\n"),
        ("x = 'a'", 'x = "a"'),
        ("x = 'ab'", "x = 'a' 'b'"),
        ("x = u'a'", "x = 'a'"),
        ("x = 1_000", "x = 1000"),
        ("x = 0x10", "x = 16"),
        ("f(a,\n  b)", "f(a, b,)"),
        ("if a:\n    b", "if a: b"),
        ("x = a;  y = b", "x = a\ny = b"),
        ("def f():\n    'one'\n    return 1", "def f():\n    '''two'''\n    return 1"),
        ("def f():\n    'one'\n    return 1", "def f():\n    return 1"),
        ("class A:\n    'one'\n    x = 1", "class A:\n    'two'\n    x = 1"),
        ("class A:\n    def m(self):\n        'one'\n        return 1", "class A:\n    def m(self): return 1"),
        ("async def f():\n    'one'\n    await a", "async def f():\n    await a"),
        ("def f():\n    'say help and __doc__'\n    return 1", "def f():\n    return 1"),
    ],
)  # fmt: skip
def test_how_a_cell_is_written_does_not_matter(one: str, two: str) -> None:
    assert key(one) == key(two)


@pytest.mark.parametrize(
    "rest",
    ["print(f.__doc__)", "help(f)", "import inspect", "from inspect import getdoc as g\ng(f)", "getattr(f, '__doc__')",
     "import doctest\ndoctest.testmod()", "get_ipython().run_line_magic('pinfo', 'f')", "inspect.getsource(f)"],
)  # fmt: skip
def test_docstrings_count_where_the_cell_can_see_them(rest: str) -> None:
    definition = "def f():\n    '{}'\n    return 1\n"
    assert key(definition.format("one") + rest) != key(definition.format("two") + rest)


@pytest.mark.parametrize("head", ["@deco\ndef f():", "@deco\nclass f:", "class f(Base):", "class f(metaclass=M):"])
def test_docstrings_count_where_something_else_gets_the_finished_object(head: str) -> None:
    assert key(f"{head}\n    'one'\n    x = 1") != key(f"{head}\n    'two'\n    x = 1")


def test_docstrings_of_a_name_that_is_defined_twice_count() -> None:
    twice = "if a:\n    def f():\n        '{}'\nelse:\n    def f():\n        'other'"
    assert key(twice.format("one")) != key(twice.format("two"))


def test_a_text_that_is_shown_is_no_docstring() -> None:
    assert key("'one'") != key("'two'")
    assert key("'one'\nx = 1") != key("'two'\nx = 1")


def test_flags_of_earlier_cells_count() -> None:
    tree = ast.parse("x: int = 1")
    assert code_key(tree, flags=0) != code_key(tree, flags=1 << 24)


def test_no_tree_is_too_deep() -> None:
    tree: ast.expr = ast.Name("x", ast.Load())
    for _ in range(50_000):
        tree = ast.UnaryOp(ast.Not(), tree)
    module = ast.Module([ast.Expr(tree)], [])
    assert len(code_key(module)) == 64
    while isinstance(tree, ast.UnaryOp):  # freed from the outside in: a deep tree is freed by recursion
        tree = tree.operand


def test_a_chain_of_operators_is_encoded_in_time_that_grows_with_its_length() -> None:
    assert len(canonical(ast.parse(" + ".join(["1"] * 500)))) < 500 * 400


def test_keys_are_the_same_in_every_process() -> None:
    program = "import ast; from cashet_jupyter.analysis.canonical import code_key; print(code_key(ast.parse('x = {1, \"a\"}')))"
    results = set()
    for seed in ("0", "1"):
        run = subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        results.add(run.stdout)
    assert results == {code_key(ast.parse('x = {1, "a"}')) + "\n"}


@pytest.mark.parametrize(
    ("source", "quiet"),
    [("x;", True), ("x; # comment", True), ("x;\n\n# comment\n", True), ("x", False), ("x # ;", False), ("';'", False),
     ("x; y", False), ("", False), ("if a:\n    b;\n", True), ("!ls 'a' ;", True)],
)  # fmt: skip
def test_a_closing_semicolon_is_seen_as_the_shell_sees_it(source: str, quiet: bool) -> None:
    assert ends_with_semicolon(source) is quiet
