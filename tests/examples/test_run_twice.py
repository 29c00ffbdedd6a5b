"""The program that runs a notebook twice sees what it is there to see."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

SCRIPT = Path(__file__).parent.parent.parent / "examples" / "run_twice.py"
LOAD = "%load_ext cashet_jupyter"
CACHED = '%%cashet\nimport time\nitems.append(len(items))\nprint("done")\nwords = {1: "one"}\nwords'


@pytest.fixture(scope="module")
def run_twice() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_twice", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.WARM_UP = "pass"
    return module


def _notebook(folder: Path, *sources: str) -> str:
    path = folder / "small.ipynb"
    cells = [new_markdown_cell("# Small"), *(new_code_cell(source) for source in sources)]
    nbformat.write(new_notebook(cells=cells), str(path))
    return str(path)


def _run(run_twice: ModuleType, tmp_path: Path, *sources: str, ratio: str = "100") -> int:
    arguments = [_notebook(tmp_path, *sources), "--into", str(tmp_path / "out"), "--ratio", ratio]
    return run_twice.main(arguments)


def test_a_notebook_whose_cached_cell_is_restored_passes(run_twice, tmp_path, capsys) -> None:
    assert _run(run_twice, tmp_path, LOAD, "items = [0]", CACHED) == 0
    printed = capsys.readouterr().out
    assert "miss, then hit" in printed
    assert "All outputs and all 2 variables are the same." in printed
    first, second = (nbformat.read(tmp_path / "out" / f"small-{name}.ipynb", 4) for name in ("first", "second"))
    assert first.cells[3].outputs == second.cells[3].outputs
    assert [output.output_type for output in first.cells[3].outputs] == ["stream", "execute_result", "display_data"]


def test_what_differs_or_is_too_slow_is_named(run_twice, tmp_path, capsys) -> None:
    clock = "import time\nnow = time.time_ns()\nnow"
    assert _run(run_twice, tmp_path, LOAD, clock, "%%cashet\nlater = now + 1", ratio="0.01") == 1
    printed = capsys.readouterr().out
    assert "WRONG: cell 2 shows something else the second time" in printed
    assert "WRONG: cell 3 was not restored in the second run: miss" in printed
    assert "WRONG: other variables the second time: later, now" in printed
    assert "WRONG: the second run took" in printed


def test_a_failing_cell_ends_it(run_twice, tmp_path, capsys) -> None:
    assert _run(run_twice, tmp_path, LOAD, "%%cashet\n1 / 0") == 1
    assert "WRONG: a cell failed: ZeroDivisionError: division by zero" in capsys.readouterr().out
