"""The line that stands under a cell while another kernel computes what it would compute."""

from __future__ import annotations

from cashet_jupyter.render import units


def waiting_line(name: str, running: float, expected: float | None) -> str:
    """`waiting for train.ipynb, running since 2:10 of ~4:10`; times in seconds."""
    line = f"waiting for {name}, running since {units.clock(running)}"
    return line if expected is None or expected < 1 else f"{line} of ~{units.clock(expected)}"


def waited(name: str, seconds: float) -> str:
    """`waited 0:12 for train.ipynb`."""
    return f"waited {units.clock(seconds)} for {name}"


def owner_name(notebook: str, host: str, here: str) -> str:
    """`train.ipynb`, `train.ipynb on gpu-03` (another machine than `here`), `another kernel`."""
    name = notebook.rpartition("/")[2] or "another kernel"
    return name if host in ("", here) else f"{name} on {host}"
