"""Whole cells: magics taken apart, and what the analysis says of them."""

from __future__ import annotations

import ast
from types import CodeType
from typing import Any

import pytest

from cashet_jupyter.analysis.cell import analyze
from cashet_jupyter.analysis.magics import unsafe_magics
from cashet_jupyter.models import CellAnalysis

inputtransformer2 = pytest.importorskip("IPython.core.inputtransformer2")


def transform(source: str) -> str:
    return inputtransformer2.TransformerManager().transform_cell(source)


def of(source: str, **options: Any) -> CellAnalysis:
    """The analysis of a cell as the shell hands it over; its tree must stay as it was."""
    tree = ast.parse(transform(source))
    before = ast.dump(tree, include_attributes=True)
    analysis = analyze(tree, source=source, transform=transform, **options)
    assert ast.dump(tree, include_attributes=True) == before
    return analysis


@pytest.mark.parametrize(
    ("source", "reads", "binds", "magics"),
    [
        ("%time x = f(y)", "f y", "x", "%time"),
        ("%time x = f(y)\nz = x", "f y", "x z", "%time"),
        ("x = %time f(y)", "f y", "x", "%time"),
        ("%time --no-raise-error x = y\nz = x", "x y", "x z", "%time"),
        ("%time", "", "", "%time"),
        ("%%time\nimport os\nx = f(y)\nx", "f y", "os x", "%%time"),
        ("%timeit -n 3 -r1 x = f(y)", "f y", "", "%timeit"),
        ("%%timeit a = s\nx = a + y\nx", "s y", "", "%%timeit"),
        ("r = %timeit -o f(y)", "f y", "r", "%timeit"),
        ("%timeit -v res f(y)", "f y", "res", "%timeit"),
        ("%timeit -tq -p4 global g; g = y", "y", "g", "%timeit"),
        ("%prun -s cumulative f(y)", "f y", "", "%prun"),
        ("%%prun -l 5\nx = f(y)", "f y", "x", "%%prun"),
        ("%%capture out\nx = f(y)", "f y", "x out", "%%capture"),
        ("%%capture --no-stderr\n%time x = y\n!ls {x}", "y", "x", "%%capture %time !"),
        ("!ls {x + 1} $y ${z}", "x y z", "", "!"),
        ("out = !ls {folder}", "folder", "out", "!"),
        ("!!ls $folder.name", "folder", "", "!"),
        ("!awk '{print $1}' $$HOME", "", "", "!"),
        ("!echo {{x}} {y!r} {z[1:2]}", "y z", "", "!"),
        ("def f(a):\n    !ls {a} {b}\nf(1)", "b", "f", "!"),
        ("%cd {folder}", "folder", "", "%cd"),
        ("%matplotlib inline", "", "", "%matplotlib"),
        ("%%bash --out text -s {arg}\necho $foo {bar}", "arg", "text", "%%bash"),
        ("%%html\n<b>{x}</b>", "", "", "%%html"),
        ("a = %who_ls", "", "a", "%who_ls"),
        ("x?", "", "", "%pinfo"),
        ("if a:\n    %time b = c\nd = b", "a b c", "b d", "%time"),
        ("class A:\n    def m(self):\n        !ls {x}\nA().m()", "x", "A", "!"),
    ],
)  # fmt: skip
def test_what_stands_in_the_text_of_a_magic_is_analysed(source: str, reads: str, binds: str, magics: str) -> None:
    analysis = of(source)
    assert analysis.reads == set(reads.split())
    assert analysis.binds == set(binds.split())
    assert analysis.magics == tuple(magics.split())


@pytest.mark.parametrize(
    "source", ["%time f()", "%%time\nf()", "%timeit f()", "%prun f()", "%%capture\nf()", "%%html\nx"]
)
def test_magics_that_are_understood_are_safe(source: str) -> None:
    analysis = of(source)
    assert unsafe_magics(analysis) == ()
    assert not analysis.widened


@pytest.mark.parametrize(
    ("source", "word"),
    [("!ls", "!"), ("%matplotlib inline", "%matplotlib"), ("%%bash\nls", "%%bash"), ("%load_ext x", "%load_ext"),
     ("%cd ..", "%cd"), ("%env A=1", "%env"), ("%pip install x", "%pip"), ("%%writefile f\nx", "%%writefile"),
     ("%prun -D file f()", "%prun -D"), ("%run other.py", "%run"), ("%unheard of", "%unheard"), ("x??", "%pinfo2"),
     ("get_ipython()", "get_ipython"), ("%html x", "%html"), ("%capture x", "%capture"), ("%time (", "%time"),
     ("from IPython import get_ipython as shell", "get_ipython"), ("IPython.get_ipython().x", "get_ipython")],
)  # fmt: skip
def test_magics_that_act_on_the_kernel_are_not_safe(source: str, word: str) -> None:
    assert word in unsafe_magics(of(source))


@pytest.mark.parametrize(
    "source",
    ["%run other.py", "%unheard of", "%who", "%reset -f", "get_ipython().user_ns['x']", "ip = get_ipython()", "%time (",
     "%%time\nx = (", "%timeit --unheard x", "exec('x')", "%%time\nexec(text)"],
)  # fmt: skip
def test_what_can_reach_any_variable_widens_the_reads(source: str) -> None:
    assert of(source).widened


@pytest.mark.parametrize(
    "source", ["!ls {x}", "%cd {x}", "%%bash\nls", "%matplotlib inline", "%pip install x", "%env A=1"]
)
def test_what_sees_only_its_text_does_not_widen_the_reads(source: str) -> None:
    assert not of(source).widened


def test_a_magic_inside_an_expression_is_understood_where_its_code_is_one() -> None:
    analysis = analyze(ast.parse("print(get_ipython().run_line_magic('time', 'f(x)'))"), transform=transform)
    assert {"f", "x"} <= analysis.reads
    assert not analysis.widened


def test_without_the_transformation_magics_inside_magics_widen_the_reads() -> None:
    tree = ast.parse(transform("%%time\n%cd x"))
    assert analyze(tree).widened
    assert not analyze(tree, transform=transform).widened


def test_a_transformation_that_fails_widens_the_reads() -> None:
    def fails(_text: str) -> str:
        raise RuntimeError

    assert analyze(ast.parse(transform("%time x")), transform=fails).widened


def test_text_is_mentioned() -> None:
    assert {"df", "limit"} <= of("!ls $df {limit}").mentions
    assert {"a", "limit"} <= of("%%time\ndf.query('a > @limit')").mentions


def test_imports_inside_magics_are_imports() -> None:
    assert of("%%time\nimport xml.dom\nfrom os import path").imports == ("xml.dom", "os", "os.path")


def test_code_that_does_not_compile_reads_everything_and_raises_nothing() -> None:
    analysis = analyze(ast.parse("return 1"))
    assert analysis.widened
    assert len(analysis.code_key) == 64


def test_top_level_await_is_seen() -> None:
    assert of("x = await f()").awaits
    assert of("r = [i async for i in s]").awaits
    assert not of("async def f():\n    await g()").awaits


def test_codes_are_flattened_outermost_first_and_alike_for_equal_trees() -> None:
    one = of("def f():\n    'doc'\n    def g(): pass\n    return g\nclass A:\n    def m(self): return lambda: 1")
    two = of(
        "def f():  # comment\n    def g():\n        pass\n    return (g)\nclass A:\n    def m(self):\n        return lambda: 1"
    )
    assert one.code_key == two.code_key
    assert [code.co_name for code in one.codes] == ["<module>", "f", "g", "A", "m", "<lambda>"]
    assert [code.co_qualname for code in one.codes] == [code.co_qualname for code in two.codes]


def test_codes_carry_the_name_of_the_file() -> None:
    assert {code.co_filename for code in of("def f(): pass", filename="<ipython-1>").codes} == {"<ipython-1>"}


def test_the_code_that_a_cell_runs_holds_the_code_inside_its_magics() -> None:
    inlined = of("%time f(y)").inlined
    assert isinstance(inlined, CodeType)
    assert {"f", "y"} <= set(inlined.co_names)


def test_flags_of_earlier_cells_are_respected() -> None:
    annotations = 0x1000000  # CO_FUTURE_ANNOTATIONS
    assert "T" not in of("x: T = 1", flags=annotations).reads


def test_names_that_stand_for_code_elsewhere_are_not_reported() -> None:
    analysis = of("with open(p) as f:\n    x = !ls\n%timeit g()")
    shown = analysis.reads | analysis.binds | analysis.deletes | analysis.surely | analysis.attributes.keys()
    assert shown <= {"open", "p", "f", "x", "g"}


def test_a_block_under_open_binds_surely() -> None:
    source = "with open(p) as f:\n    data = f.read()\nn = data"
    assert of(source).reads == {"open", "p"}
    assert "data" in of(source, namespace={"open": print}).reads
    assert "data" in of("def open(x): return x()\n" + source).reads


def test_a_decorator_is_told_by_what_it_is_and_not_by_its_name() -> None:
    import functools

    source = "@lru_cache(maxsize=n)\ndef fib(n): return fib(n - 1)"
    assert of(source, namespace={"lru_cache": functools.lru_cache}).reads == {"lru_cache", "n"}
    assert "fib" in of(source, namespace={"lru_cache": lambda **_: lambda f: f()}).reads
    assert "fib" in of(source).reads


def test_builtins_in_a_namespace_of_the_user_are_what_the_user_made_of_them() -> None:
    source = "class A:\n    @property\n    def p(self): return A()"
    assert of(source).reads == {"property"}
    assert "A" in of(source, namespace={"property": lambda f: f(None)}).reads
