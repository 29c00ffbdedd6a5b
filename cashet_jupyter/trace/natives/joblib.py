"""Work in other processes: what a worker reads cannot be seen from here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

from cashet_jupyter.trace.bus import report
from cashet_jupyter.trace.infrastructure import in_modules
from cashet_jupyter.trace.origin import is_library
from cashet_jupyter.trace.patches import Patches

_PROCESSES = ("LokyBackend", "MultiprocessingBackend")
_OWN = ("joblib", "loky", "multiprocessing.resource_tracker", "multiprocessing.managers")


def watch_processes(patches: Patches, module: Any) -> None:
    """Tell of processes started through `multiprocessing`; those of joblib are judged by their work."""

    def started(_args: tuple[Any, ...], given: dict[str, Any]) -> None:
        process = given.get("self")
        if not in_modules(type(process).__module__, _OWN):
            report("refuse", "subprocess", "it starts another process")

    patches.call(module.BaseProcess, "start", started)


def watch_joblib(patches: Patches, _module: Any) -> None:
    """Tell of work that joblib gives to other processes, unless a library's own function gets no file to read."""
    backends = sys.modules.get("joblib._parallel_backends")
    for kind in ("LokyBackend", "PoolManagerMixin", "MultiprocessingBackend"):
        for name in ("submit", "apply_async"):
            if (backend := getattr(backends, kind, None)) is not None:
                patches.call(backend, name, _batch)


def _batch(_args: tuple[Any, ...], given: dict[str, Any]) -> None:
    if type(given.get("self")).__name__ not in _PROCESSES:
        return
    items = getattr(given.get("func"), "items", None)
    if not isinstance(items, list):
        report("refuse", "subprocess", "it works in other processes")
        return
    for function, args, kwargs in items:
        if not _harmless(function) or _names_a_file([*args, *kwargs.values()]):
            name = getattr(function, "__name__", type(function).__name__)
            report("refuse", "subprocess", f"{name} works in other processes, where its files cannot be seen")
            return


def _harmless(function: Any) -> bool:
    """Whether a function belongs to an installed library (scikit-learn wraps its own)."""
    inner = getattr(function, "function", function)
    code = getattr(inner, "__code__", None)
    return code is None or is_library(code.co_filename)


def _names_a_file(values: Iterable[Any]) -> bool:
    return any(
        isinstance(value, os.PathLike) or (isinstance(value, str) and os.path.lexists(value)) for value in values
    )
