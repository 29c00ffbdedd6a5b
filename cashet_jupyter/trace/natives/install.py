"""Which adapters a library gets."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from cashet_jupyter.trace.natives.arguments import Access, tell
from cashet_jupyter.trace.natives.duckdb import watch_duckdb
from cashet_jupyter.trace.natives.joblib import watch_joblib, watch_processes
from cashet_jupyter.trace.natives.polars import watch_polars
from cashet_jupyter.trace.natives.sqlite import watch_sqlite
from cashet_jupyter.trace.natives.table import ENTRIES, Entry
from cashet_jupyter.trace.patches import Note, Patches, argument
from cashet_jupyter.trace.randomness import watch_numpy, watch_torch

_BY_MODULE: dict[str, tuple[Entry, ...]] = {
    module: tuple(entry for entry in ENTRIES if entry.module == module) for module in {e.module for e in ENTRIES}
}
_SPECIAL: dict[str, Callable[[Patches, Any], None]] = {
    "numpy.random": watch_numpy,
    "torch": watch_torch,
    "polars": watch_polars,
    "duckdb": watch_duckdb,
    "sqlite3.dbapi2": watch_sqlite,
    "joblib": watch_joblib,
    "multiprocessing.process": watch_processes,
}
#: the modules whose loading matters
MODULES = frozenset({*_BY_MODULE, *_SPECIAL})


def plan(patches: Patches, name: str) -> None:
    """Say what the adapters of a loaded module change in it."""
    module = sys.modules[name]
    for entry in _BY_MODULE.get(name, ()):
        owner: Any = module
        *path, last = entry.name.split(".")
        for part in path:
            owner = getattr(owner, part, None)
        if owner is not None:
            patches.call(owner, last, _note(entry))
    if (special := _SPECIAL.get(name)) is not None:
        special(patches, module)


def _note(entry: Entry) -> Note:
    def note(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        value = argument(args, kwargs, entry.position, entry.parameter)
        mode = argument(args, kwargs, entry.position + 1, "mode")
        access: Access = _access(mode) if entry.access == "mode" else entry.access
        tell(f"{entry.module}.{entry.name}", value, access)

    return note


def _access(mode: Any) -> Access:
    """What a mode means, as HDF5 and Arrow use it: `r` unless something else is said."""
    text = str(mode or "r")
    if text.startswith("w"):
        return "write"
    return "update" if text.startswith(("a", "x")) or "+" in text else "read"
