"""What the README says is there, and what is there stands in the README."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from cashet_jupyter.config import KINDS, Settings
from cashet_jupyter.magics.commands import cashet
from cashet_jupyter.magics.options import cell_parser
from cashet_jupyter.models import Outcome

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")])
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def _option_rows() -> dict[str, str]:
    """First cell of each row of the options table -> the row."""
    section = README.partition("## Options")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `-")]
    return {row.split("|")[1].strip(): row for row in rows}


def test_every_option_of_the_cell_magic_stands_in_the_options_table_and_no_other() -> None:
    there = {name for action in cell_parser()._actions for name in action.option_strings}
    described = {word for cell in _option_rows() for word in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", cell)}
    assert described == there


def test_the_metavariables_of_options_are_those_of_the_help() -> None:
    table = " ".join(_option_rows())
    for action in cell_parser()._actions:
        if action.metavar:
            assert f"{action.option_strings[-1]} {action.metavar}" in table


def test_every_kind_of_refusal_has_a_row_and_no_other() -> None:
    section = README.partition("### What is refused")[2].partition("\n### ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == KINDS


@pytest.mark.parametrize("command", sorted(cashet.commands))
def test_every_command_of_the_line_magic_is_mentioned(command: str) -> None:
    assert f"%cashet {command}" in README


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_every_setting_is_mentioned_in_all_its_spellings(setting: str) -> None:
    rows = [line for line in README.splitlines() if f"`CASHET_{setting.upper()}`" in line and "%config" in line]
    assert rows, setting
    assert f"`%config Cashet.{setting} = " in rows[0]
    assert f"`{setting.replace('_', '-')}` |" in rows[0]


@pytest.mark.parametrize("field", [field.name for field in fields(Outcome)])
def test_every_field_of_an_outcome_is_mentioned(field: str) -> None:
    assert re.search(rf"[`.]{field}\b", README), field


def test_environment_variables_that_are_mentioned_are_read_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "cashet_jupyter").rglob("*.py"))
    settings = {f"CASHET_{field.name.upper()}" for field in fields(Settings)}
    for name in set(re.findall(r"\bCASHET_[A-Z_]+\b", README)) - settings:
        assert f'"{name}"' in code, name


@pytest.mark.parametrize("block", _BLOCK.findall(README), ids=lambda block: block.splitlines()[0])
def test_the_python_of_the_readme_compiles(block: str) -> None:
    body = block.partition("\n")[2] if block.startswith("%%") else block
    assert ast.parse(TransformerManager().transform_cell(body)).body


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("https://", "http://", "#", "mailto:")):
            assert (page.parent / target.partition("#")[0]).exists(), target


def test_the_tree_of_the_readme_is_the_tree() -> None:
    tree = README.partition("## The tree")[2].partition("\n## ")[0]
    named = set(re.findall(r"(?<![\w/])([a-z_]+(?:\.py|/))", tree))
    package = ROOT / "cashet_jupyter"
    modules = {path.name for path in package.glob("*.py") if not path.name.startswith("_")}
    folders = {f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").exists()}
    assert modules | folders <= named
    missing = [name for name in named if not any((base / name).exists() for base in (ROOT, package, ROOT / "tests"))]
    assert not missing


@pytest.mark.parametrize("name", re.findall(r"^\| `make ([\w-]+)` \|", README, re.MULTILINE))
def test_make_has_the_targets_that_the_readme_names(name: str) -> None:
    assert re.search(rf"^{name}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_an_example_notebook_is_valid_and_saved_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert any(cell.source.startswith("%%cashet") for cell in cells)
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)


def test_the_changelog_has_the_version_that_is_being_made() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", heading) for heading in headings[1:])
