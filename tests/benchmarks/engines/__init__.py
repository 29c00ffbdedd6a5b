"""The engines that are compared: each remembers what a function gave for its arguments.

They are looked up by name (`start`), and import their library only then: a process runs one of them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol


class Engine(Protocol):
    """A cache of calls, kept in a folder."""

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What `function(*arguments)` gives, from the cache if it is there."""
        ...

    def close(self) -> None:
        """Let go of files and threads."""
        ...


#: name -> (module, class)
ENGINES: Mapping[str, tuple[str, str]] = {
    "ours": ("ours", "Ours"),
    "ours, digests unknown": ("ours", "Unknown"),
    "ours, submit": ("ours", "Submit"),
    "joblib": ("peers", "Joblib"),
    "joblib mmap": ("peers", "JoblibMapped"),
    "diskcache": ("peers", "Diskcache"),
    "cashet": ("peers", "Cashet"),
    "marimo": ("marimo_app", "Marimo"),
    "pickle-5": ("by_hand", "Pickle"),
    "np.save": ("by_hand", "NumpySave"),
    "feather": ("by_hand", "Feather"),
}


def start(name: str, folder: Path) -> Engine:
    """Open an engine on a folder; raises what its import or its opening raises."""
    module, kind = ENGINES[name]
    return getattr(importlib.import_module(f"tests.benchmarks.engines.{module}"), kind)(folder)
