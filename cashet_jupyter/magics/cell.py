"""What the shell knows of a cell: where it stands and what to call it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from cashet_jupyter.magics.marks import is_magic_line
from cashet_jupyter.models import Cell

#: longest label, in characters
LABEL = 48


def describe_cell(shell: Any, info: Any) -> Cell:
    """The cell that is about to run, with what the front end said of it."""
    lines = info.raw_cell.splitlines()
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines and is_magic_line(lines[first].strip()):
        del lines[first]
    source = "\n".join(lines)
    return Cell(source.strip("\n"), label_of(source), getattr(info, "cell_id", None), notebook_of(shell))


def label_of(source: str) -> str:
    """A few words to recognise a cell by: its first line of code, else its first comment."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    code = [line for line in lines if not line.startswith(("#", "%%", "import ", "from ", "@"))]
    first = next(iter(code or lines), "")
    return first if len(first) <= LABEL else first[: LABEL - 1] + "…"


def notebook_of(shell: Any) -> str | None:
    """The notebook's path: Jupyter tells the kernel in `JPY_SESSION_NAME`, VS Code in a variable."""
    return notebook_name(shell.user_ns)


def notebook_name(namespace: Mapping[str, Any]) -> str | None:
    """The same, from the user's namespace."""
    return namespace.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME") or None


def filename_of(shell: Any, info: Any) -> str:
    """The name under which IPython compiles the cell: restored functions show it in tracebacks and `getsource`."""
    transformed = getattr(info, "transformed_cell", None)
    if transformed is None:  # IPython before 9.16 does not say
        transformed = shell.transform_cell(info.raw_cell)
    number = shell.execution_count - 1 if info.store_history else shell.execution_count
    return shell.compile.get_code_name(info.raw_cell, transformed, number)
