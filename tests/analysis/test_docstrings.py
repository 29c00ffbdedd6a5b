"""Docstrings as they stand now, under their qualified names."""

from __future__ import annotations

import ast

from cashet_jupyter.analysis.cell import analyze
from cashet_jupyter.analysis.docstrings import docstrings_of

SOURCE = '''
def f():
    """First line.

        Indented.
    """
    def g():
        "inner"
    class H:
        "local"
        def m(self): "deep"
    return g, H

class A:
    """A class."""
    def m(self):
        """A method."""
    class B:
        """	Tab."""
    def bare(self): return 1

if f:
    async def c():
        "  leading blanks"
'''


def test_each_definition_has_its_docstring_under_its_qualified_name() -> None:
    found = docstrings_of(ast.parse(SOURCE)).by_name
    assert list(found) == ["f", "f.<locals>.g", "f.<locals>.H", "f.<locals>.H.m", "A", "A.m", "A.B", "A.bare", "c"]
    assert found["A.bare"] is None


def test_docstrings_are_what_the_interpreter_makes_of_them() -> None:
    namespace: dict[str, object] = {}
    exec(SOURCE, namespace)
    inner, local = namespace["f"]()  # type: ignore[operator]
    live = {"f": namespace["f"], "f.<locals>.g": inner, "f.<locals>.H": local, "f.<locals>.H.m": local.m}
    live |= {"A": namespace["A"], "A.m": namespace["A"].m, "A.B": namespace["A"].B, "c": namespace["c"]}  # type: ignore[attr-defined]
    found = docstrings_of(ast.parse(SOURCE)).by_name
    assert {name: found[name] for name in live} == {name: value.__doc__ for name, value in live.items()}
    assert all(name == value.__qualname__ for name, value in live.items())


def test_a_name_with_two_docstrings_is_left_out() -> None:
    twice = "class A:\n    @property\n    def x(self):\n        'get'\n    @x.setter\n    def x(self, v): pass"
    assert docstrings_of(ast.parse(twice)).by_name == {"A": None}


def test_the_analysis_says_whether_the_cell_looks_at_docstrings() -> None:
    assert analyze(ast.parse("def f():\n    'doc'\nhelp(f)")).sees_docstrings
    assert not analyze(ast.parse("def f():\n    'help'\nf()")).sees_docstrings
