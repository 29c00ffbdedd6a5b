"""What is remembered of a cell must be what analysing it anew would say."""

from __future__ import annotations

import ast
import contextlib
import io
import json
from typing import Any

import pytest

from cashet_jupyter.analysis import cell
from cashet_jupyter.analysis.cell import analyze
from cashet_jupyter.analysis.impurity import impurities
from cashet_jupyter.analysis.instructions import listing
from cashet_jupyter.analysis.patching import may_patch, patched
from cashet_jupyter.analysis.uses import aliases_of, uses_of


def test_the_same_cell_is_analysed_once() -> None:
    first = analyze(ast.parse("a = b + 1\n"), source="a = b + 1\n")
    assert analyze(ast.parse("a = b + 1\n"), source="a = b + 1\n") is first


def test_another_tree_of_the_same_text_is_another_cell() -> None:
    source = "a = b + 1\n"
    first = analyze(ast.parse(source), source=source)
    other = analyze(ast.parse("a = c + 1\n"), source=source)
    assert (first.reads, other.reads) == ({"b"}, {"c"})
    assert first.code_key != other.code_key


@pytest.mark.parametrize(
    ("one", "other"), [("1", "True"), ("1", "1.0"), ("0.0", "-0.0"), ("'1'", "b'1'"), ("(1,)", "1"), ("1+1", "2")]
)
def test_constants_that_are_equal_are_not_the_same(one: str, other: str) -> None:
    keys = [analyze(ast.parse(f"a = {text}")).code_key for text in (one, other)]
    assert keys[0] != keys[1]


def test_lines_and_file_name_stay_those_of_the_cell() -> None:
    text = "def f():\n    return 1\n"
    cells = [("one", text), ("two", text), ("one", "\n" + text), ("one", text)]
    found = [analyze(ast.parse(source), filename=name).codes[1] for name, source in cells]
    assert [(code.co_filename, code.co_firstlineno) for code in found] == [
        ("one", 1),
        ("two", 1),
        ("one", 2),
        ("one", 1),
    ]


def test_compiler_flags_are_part_of_the_cell() -> None:
    tree = ast.parse("def f(a: int): pass\n")
    flags = __import__("__future__").annotations.compiler_flag
    assert analyze(tree).code_key != analyze(tree, flags=flags).code_key


def test_what_names_mean_is_looked_up_each_time() -> None:
    source = "with open(p) as f:\n    text = f.read()\nprint(text)\n"
    usual = analyze(ast.parse(source), source=source, namespace={})

    @contextlib.contextmanager
    def swallowing(_path: str) -> Any:
        with contextlib.suppress(Exception):
            yield io.StringIO()

    own = analyze(ast.parse(source), source=source, namespace={"open": swallowing})
    again = analyze(ast.parse(source), source=source, namespace={})
    assert "text" not in usual.reads
    assert "text" in own.reads
    assert again == usual


def test_what_the_shell_makes_of_text_is_asked_each_time() -> None:
    source = "get_ipython().run_cell_magic('time', '', 'x = y')\n"
    for inner in ("x = y", "x = z"):
        found = analyze(ast.parse(source), source=source, transform=lambda _text, inner=inner: inner + "\n")
        assert inner[-1] in found.reads


def test_a_tree_that_cannot_be_pickled_is_analysed_all_the_same() -> None:
    tree = ast.parse("a = b\n")
    tree.body[0].note = lambda: None  # type: ignore[attr-defined]  # an extension may put anything there
    assert analyze(tree).reads == {"b"}


def test_not_more_cells_are_remembered_than_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell, "_KNOWN", {})
    monkeypatch.setattr(cell, "_MOST_KNOWN", 3)
    for number in range(10):
        assert analyze(ast.parse(f"a = {number} + b{number}")).reads == {f"b{number}"}
    assert len(cell._KNOWN) == 3


def test_the_uses_of_two_codes_are_not_mixed_up() -> None:
    for _ in range(3):
        for name in ("one", "two"):
            listed = listing(compile(f"import {name}\n{name}.go()\nother = {name}.it", "<cell>", "exec"))
            assert {use.root for use in uses_of(listed)} == {name}
            assert {alias.name for alias in aliases_of(listed)} == {name, "other"}


def test_impurities_are_those_of_the_objects_of_now() -> None:
    import time

    tree = ast.parse("a = now()\n")
    analysis = analyze(tree)
    assert [item.name for item in impurities(analysis, {"now": time.time})] == ["now"]
    assert impurities(analysis, {"now": json.dumps}) == ()


SETTING = """
json.mine = 1
json.mine: int = 1
json.mine += 1
del json.mine
for json.mine in [1]: pass
with x as json.mine: pass
(a, json.mine) = 1, 2
setattr(json, 'mine', 1)
delattr(json, 'mine')
def f(): json.mine = 1
class A: json.mine = 1
f = lambda: setattr(json, 'mine', 1)
[setattr(json, n, 1) for n in 'ab']
async def g(): json.mine = 1
"""


@pytest.mark.parametrize("source", SETTING.strip().splitlines())
def test_code_that_sets_an_attribute_is_told_by_its_bytecode(source: str) -> None:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        pytest.skip("not a sentence of this Python")
    found = next(patched(tree, {"json": json}), None)
    assert found == "json"
    assert may_patch(analyze(tree).codes)


def test_code_that_sets_none_need_not_be_searched() -> None:
    assert not may_patch(analyze(ast.parse("import json\na = json.loads('1') + b.c.d\na[0] = {}\n")).codes)
