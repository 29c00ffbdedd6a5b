"""Stores with very many runs."""

from __future__ import annotations

from pathlib import Path

from cashet_jupyter.models import Cell
from cashet_jupyter.store.store import open_store
from cashet_jupyter.store.trust import load_key
from tests.contracts.store_contract import make_commit, make_payload

CELLS = 100


def many_runs(path: Path, count: int, notebook: str, key: Path) -> None:
    """Runs of a hundred cells, a second apart, by the user whose key it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    store = open_store(path, key=load_key({"CASHET_KEY_FILE": str(key)}))
    try:
        for number in range(count):
            source = f"train({number % CELLS})"
            cell = Cell(source, source, f"cell-{number % CELLS}", notebook)
            commit = make_commit(f"{number:064x}", cell=cell, created=1_700_000_000.0 + number)
            store.put(commit, make_payload(0), durable=False)
    finally:
        store.close()
