"""What loading the extension loads: a promise on modules, not on seconds."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from cashet_jupyter.analysis import impurity
from cashet_jupyter.config import KINDS
from cashet_jupyter.trace import records
from tests.kernels import environment, kernel_in

#: a shell in a process of its own that says which modules are there at some moments
SCRIPT = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
config = Config()
config.HistoryManager.enabled = False
shell = InteractiveShell.instance(config=config)
seen, known = {}, set(sys.modules)
def note(moment):
    seen[moment] = sorted(set(sys.modules) - known)
shell.run_line_magic("load_ext", "cashet_jupyter")
note("loaded")
shell.run_cell("1")
note("any cell")
for moment in ("first", "second"):
    shell.run_cell("%%cashet\\nx = [1, 2]\\nprint(x)\\nx")
    note(moment)
import cashet_jupyter
seen["statuses"] = [outcome.status for outcome in cashet_jupyter.outcomes()]
print(json.dumps(seen), file=sys.stderr)
"""


def modules(folder):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=folder, env=environment(folder), capture_output=True, text=True, check=True
    )
    return json.loads(done.stderr.splitlines()[-1])


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """What two processes, one after the other, have loaded: the first runs the cell, the second restores it."""
    folder = tmp_path_factory.mktemp("startup")
    return modules(folder), modules(folder)


def ours(names):
    return {name.removeprefix("cashet_jupyter.") for name in names if name.startswith("cashet_jupyter.")}


def tops(names):
    return {name.partition(".")[0] for name in names}


def test_the_extension_loads_its_hooks_and_nothing_else(runs):
    loaded = runs[0]["loaded"]
    assert len(loaded) <= 30
    assert ours(loaded) & {"pipeline", "models", "magics.cells", "magics.commands", "store.store"} == set()
    assert tops(loaded) & {"click", "msgpack", "apsw", "blake3", "cloudpickle", "sqlite3"} == set()


def test_a_hit_loads_nothing_that_only_runs_and_commands_need(runs):
    first, second = runs
    assert (first["statuses"], second["statuses"]) == (["miss", "hit"], ["hit", "hit"])
    spared = {"trace.recorder", "outputs.record", "steps.commit", "steps.departure", "magics.commands", "render.show",
              "store.gc", "store.archive", "store.verify", "effects.capture"}  # fmt: skip
    assert ours(second["second"]) & spared == set()
    assert "trace.recorder" in ours(first["first"])
    assert "click" not in tops(first["second"])


def test_the_first_cell_of_all_loads_what_a_hit_needs(runs):
    later = set(runs[1]["second"]) - set(runs[1]["any cell"])
    assert len(ours(later)) <= 5


def test_no_data_library_is_ever_loaded(runs):
    for process in runs:
        for moment in ("loaded", "any cell", "first", "second"):
            assert (
                tops(process[moment]) & {"numpy", "pandas", "scipy", "pyarrow", "polars", "torch", "matplotlib"}
                == set()
            )


def test_the_kinds_that_allow_takes_are_those_that_are_found():
    assert impurity.KINDS | records.KINDS == KINDS


def test_a_kernel_loads_the_rest_once_it_has_answered(tmp_path):
    with kernel_in(tmp_path, load=False) as kernel:
        there = "'cashet_jupyter.pipeline' in __import__('sys').modules"
        kernel.run("%load_ext cashet_jupyter\nimport sys\nat_once = 'cashet_jupyter.pipeline' in sys.modules")
        assert not kernel.value("at_once")
        deadline = time.monotonic() + 30
        while not kernel.value(there):
            assert time.monotonic() < deadline
            time.sleep(0.05)
