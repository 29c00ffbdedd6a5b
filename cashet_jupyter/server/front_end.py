"""Whether the front end is where Jupyter looks for it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from jupyter_core.paths import jupyter_path

_NAME = "cashet-jupyter"


def missing_front_end() -> str:
    """What to do about a front end that is not installed; empty if it is, or if there is no JupyterLab to show it.

    pip says nothing of what a build warns of: who installed from a clone, without Node.js, hears it here.
    """
    if find_spec("jupyterlab") is None:
        return ""
    if any((Path(folder) / _NAME / "package.json").exists() for folder in jupyter_path("labextensions")):
        return ""
    return (
        "cashet-jupyter: the JupyterLab extension is not part of this installation, so there is no sidebar; cells are "
        "cached all the same. Install a release, or install Node.js 20 or newer and install from the clone again"
    )
