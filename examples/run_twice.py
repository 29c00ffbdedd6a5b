"""Run a notebook, then run it again in a new kernel, and compare: time, outputs, variables.

    python examples/run_twice.py [NOTEBOOK] [--into FOLDER] [--ratio 0.05]

The store is a fresh one, so the first run computes everything. Both executed notebooks are written into FOLDER. Ends
with status 1 if a cached cell was not restored the second time, if any output or variable differs, or if the second
run took more than `--ratio` of the first.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

HERE = Path(__file__).resolve().parent
# What the example imports.
WARM_UP = "import pandas, sklearn.manifold, sklearn.svm, matplotlib.pyplot"
# No lines of the kernel between ours, and no traces in the user's history.
KERNEL_ARGUMENTS = ["--log-level=ERROR", "--HistoryManager.enabled=False"]

# Run after the last cell: what became of the cached cells, and a digest of every variable of the user.
PROBE = """
def _probe():
    import json, types, cashet_jupyter
    from cashet_jupyter.errors import Refused
    from cashet_jupyter.fingerprint.values import fingerprint_value

    def digest(value):
        try:
            return fingerprint_value(value)
        except Refused as refused:
            return f"{type(value).__qualname__}: {refused}"

    shell = get_ipython()
    names = [name for name in shell.user_ns if name not in shell.user_ns_hidden and not name.startswith("_")]
    values = {name: shell.user_ns[name] for name in names if name not in ("In", "Out")}
    digests = {name: digest(value) for name, value in values.items() if not isinstance(value, types.ModuleType)}
    outcomes = [(outcome.status, outcome.not_stored or outcome.reason) for outcome in cashet_jupyter.outcomes()]
    print(json.dumps({"outcomes": outcomes, "variables": digests}))

_probe()
"""


@dataclass(frozen=True)
class Run:
    """One execution of the notebook, from its first cell to its last."""

    notebook: nbformat.NotebookNode
    seconds: tuple[float, ...]
    """By code cell: from sending it to having its last output."""
    outcomes: tuple[tuple[str, str], ...]
    """Status and reason of each cached cell."""
    variables: dict[str, str]
    """Name -> fingerprint of the value at the end."""

    @property
    def cells(self) -> list[nbformat.NotebookNode]:
        """The code cells."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    def statuses(self) -> list[tuple[str, str]]:
        """Status and reason by code cell; `plain` for those without `%%cashet`."""
        outcomes = iter(self.outcomes)
        plain = ("plain", "")
        return [next(outcomes, ("unknown", "")) if is_cached(cell) else plain for cell in self.cells]


def is_cached(cell: nbformat.NotebookNode) -> bool:
    """Whether the cell asks to be cached."""
    return cell.source.startswith("%%cashet")


def label(cell: nbformat.NotebookNode) -> str:
    """The first line of code of a cell."""
    lines = [line for line in cell.source.splitlines() if line.strip() and not line.startswith("%%cashet")]
    return lines[0] if lines else ""


def settings(folder: Path) -> dict[str, str]:
    """The environment of the kernels: a store and a key of their own, and no other setting of the user's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CASHET_")}
    own = {"CASHET_DIR": str(folder / ".cashet"), "CASHET_KEY_FILE": str(folder / "key")}
    # Threads that wait by spinning make a library slower by a factor on a busy machine.
    return {**kept, **own, "JUPYTER_PREFER_ENV_PATH": "1", "OMP_WAIT_POLICY": "PASSIVE"}


def execute(path: Path, folder: Path) -> Run:
    """Run all cells of a notebook in a new kernel that works in `folder`.

    Raises nbclient's `CellExecutionError` if a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    # Prints that follow each other are one output, as in a front end: how they were cut on the way is chance.
    client = NotebookClient(
        notebook,
        coalesce_streams=True,
        timeout=None,
        extra_arguments=KERNEL_ARGUMENTS,
        resources={"metadata": {"path": str(folder)}},
    )
    client.create_kernel_manager()
    seconds: list[float] = []
    with client.setup_kernel(env=settings(folder)):
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            started = time.perf_counter()
            client.execute_cell(cell, index)
            seconds.append(time.perf_counter() - started)
            print(f"  {seconds[-1]:7.2f} s  {label(cell)[:80]}", file=sys.stderr, flush=True)
        found = probe(client, notebook)
    outcomes = tuple((status, reason) for status, reason in found["outcomes"])
    return Run(notebook, tuple(seconds), outcomes, found["variables"])


def probe(client: NotebookClient, notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Ask the kernel what became of the cells and what the variables are; the notebook is left as it is."""
    notebook.cells.append(nbformat.v4.new_code_cell(PROBE))
    try:
        answer = client.execute_cell(notebook.cells[-1], len(notebook.cells) - 1)
        return json.loads("".join(output.text for output in answer.outputs if output.output_type == "stream"))
    finally:
        notebook.cells.pop()


def plain_outputs(cell: nbformat.NotebookNode) -> list[dict[str, Any]]:
    """The saved outputs of a cell, less the execution counts, which count runs of the kernel."""
    return [{key: value for key, value in output.items() if key != "execution_count"} for output in cell.outputs]


def differences(cold: Run, warm: Run, ratio: float) -> list[str]:
    """What is not as it should be; empty if all is well."""
    found: list[str] = []
    for number, (before, after) in enumerate(zip(cold.statuses(), warm.statuses(), strict=True), 1):
        if before[0] not in {"plain", "miss"}:
            found.append(f"cell {number} was not computed in the first run: {before[0]} {before[1]}".rstrip())
        if after[0] not in {"plain", "hit"}:
            found.append(f"cell {number} was not restored in the second run: {after[0]} {after[1]}".rstrip())
    for number, (before, after) in enumerate(zip(cold.cells, warm.cells, strict=True), 1):
        if plain_outputs(before) != plain_outputs(after):
            found.append(f"cell {number} shows something else the second time")
    names = sorted(cold.variables.keys() | warm.variables.keys())
    other = [name for name in names if cold.variables.get(name) != warm.variables.get(name)]
    if other:
        found.append(f"other variables the second time: {', '.join(other)}")
    if sum(warm.seconds) > ratio * sum(cold.seconds):
        found.append(f"the second run took {sum(warm.seconds) / sum(cold.seconds):.1%} of the first, not {ratio:.0%}")
    return found


def table(cold: Run, warm: Run) -> str:
    """Cells with their time in both runs, and the totals."""
    lines = [f"    {'cell':48} {'first run':>10} {'second':>10}   status"]
    rows = zip(cold.cells, cold.seconds, warm.seconds, cold.statuses(), warm.statuses(), strict=True)
    for number, (cell, first, second, before, after) in enumerate(rows, 1):
        status = "plain" if not is_cached(cell) else f"{before[0]}, then {after[0]}"
        lines.append(f"{number:3} {label(cell)[:48]:48} {first:8.2f} s {second:8.2f} s   {status}")
    first, second = sum(cold.seconds), sum(warm.seconds)
    share = f"{second / first:.1%} of the first run"
    lines.append(f"    {'all cells':48} {first:8.2f} s {second:8.2f} s   {share}, {first / second:.0f} times as fast")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Run twice, compare, tell."""
    parser = argparse.ArgumentParser(description="Run a notebook twice, each time in a new kernel, and compare.")
    parser.add_argument("notebook", nargs="?", type=Path, default=HERE / "quickstart.ipynb")
    parser.add_argument("--into", type=Path, default=HERE.parent / "build" / "demo", metavar="FOLDER")
    parser.add_argument("--ratio", type=float, default=0.05, help="largest share of the first run's time")
    options = parser.parse_args(arguments)

    folder: Path = options.into.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # The first run is to be slow because it computes, not because libraries and fonts are loaded for the first time.
    subprocess.run([sys.executable, "-c", WARM_UP], check=False)

    runs: list[Run] = []
    for name in ("first", "second"):
        print(f"{options.notebook.name}, {name} run, in a new kernel", file=sys.stderr)
        try:
            runs.append(execute(options.notebook, folder))
        except CellExecutionError as error:
            print(f"WRONG: a cell failed: {error.ename}: {error.evalue}")
            return 1
        nbformat.write(runs[-1].notebook, folder / f"{options.notebook.stem}-{name}.ipynb")

    cold, warm = runs
    wrong = differences(cold, warm, options.ratio)
    print(f"\n{table(cold, warm)}\n")
    for line in wrong:
        print(f"WRONG: {line}")
    if not wrong:
        print(f"All outputs and all {len(cold.variables)} variables are the same.")
    print(f"The executed notebooks are in {folder}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
