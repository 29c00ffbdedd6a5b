"""`marimo.persistent_cache`, which works only inside an app: one is run, and its functions are called from outside.

The cached functions have to be defined in the app's cell, so their bodies stand here once more.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import marimo

app = marimo.App()
#: where the app keeps results, and what it has defined; a cell of an app takes no arguments from outside
PLACE: dict[str, str] = {}
FUNCTIONS: dict[str, Callable[..., Any]] = {}


@app.cell
def _():
    import builtins

    import marimo as mo

    from tests.benchmarks.engines.marimo_app import FUNCTIONS as defined
    from tests.benchmarks.engines.marimo_app import PLACE as place

    @mo.persistent_cache(save_path=place["folder"])
    def increment(x):
        return x + 1

    @mo.persistent_cache(save_path=place["folder"])
    def prepared(seed):
        return builtins.benchmark_value

    @mo.persistent_cache(save_path=place["folder"])
    def consume(value):
        builtins.benchmark_calls.append(1)
        return 1.5

    @mo.persistent_cache(save_path=place["folder"])
    def step(frame, number):
        return frame + number

    defined.update(increment=increment, prepared=prepared, consume=consume, step=step)


class Marimo:
    """The functions of the app."""

    def __init__(self, folder: Path) -> None:
        PLACE["folder"] = str(folder)
        app.run()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the app's function of that name gives."""
        return FUNCTIONS[function.__name__](*arguments)

    def close(self) -> None:
        """Nothing is open."""
