"""Clones of this repository, and what is built from them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
BUILT = Path("cashet_jupyter") / "labextension"
#: what a build reads, of what git has
FILES = ("pyproject.toml", "hatch_build.py", "README.md", "CHANGELOG.md", "LICENSE", "Makefile")
FOLDERS = ("cashet_jupyter", "labextension", "jupyter-config")
#: what git does not have
_MADE = shutil.ignore_patterns("__pycache__", "node_modules", "lib", ".yarn", "*.tsbuildinfo", ".eslintcache")

if find_spec("hatchling") is None:
    pytest.skip("hatchling is not installed", allow_module_level=True)

Clone = Callable[..., Path]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A function that copies the repository: `clone(built=False)`, with the front end as it is built here."""

    def copy(*, built: bool = False) -> Path:
        folder = tmp_path / "clone"
        folder.mkdir()
        for name in FILES:
            shutil.copy(REPOSITORY / name, folder / name)
        for name in FOLDERS:
            shutil.copytree(REPOSITORY / name, folder / name, ignore=_MADE)
        shutil.rmtree(folder / BUILT, ignore_errors=True)
        if built:
            if not (REPOSITORY / BUILT / "package.json").exists():
                pytest.skip("the JupyterLab extension is not built: make lab")
            shutil.copytree(REPOSITORY / BUILT, folder / BUILT)
        return folder

    return copy


def build(folder: Path, target: str, programs: Path) -> tuple[Path, str]:
    """Build a wheel or an sdist with no other programs than these: what was built, and what was said."""
    programs.mkdir(exist_ok=True)
    out = folder.parent / f"{target}-of-{folder.name}"
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    environment = {**os.environ, "PATH": str(programs)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    (made,) = out.iterdir()
    return made, said
