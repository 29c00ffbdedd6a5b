"""What a build adds to the package: the front end, where it was built or can be.

The kernel's side needs no Node and is installed in any case. hatch-jupyter-builder was not taken: it fails the whole
installation where Node is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = "labextension"
BUILT = "cashet_jupyter/labextension"
INSTALLED = "share/jupyter/labextensions/cashet-jupyter"
BUILDER = "jupyter-builder>=1.2,<2"
ADVICE = (
    "the JupyterLab extension is not part of this installation: it is not built, and Node.js 20 or newer is missing. "
    "Cells are cached all the same. To have the sidebar, install Node.js and install again, or install a release"
)


class FrontEnd(BuildHookInterface[Any]):
    """Builds the front end for a wheel, unless that was done before; says so where it cannot."""

    def dependencies(self) -> list[str]:
        """What building needs, only where there is something to build."""
        return [BUILDER] if self._wanted else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and add what was built to the wheel's shared data."""
        if self.target_name == "wheel" and version != "editable" and not self._built:
            if self._wanted:
                self._build()
            else:
                self.app.display_warning(f"cashet-jupyter: {ADVICE}")
        if self.target_name == "wheel" and self._built:
            build_data["shared_data"][BUILT] = INSTALLED
            build_data["shared_data"][f"{SOURCE}/install.json"] = f"{INSTALLED}/install.json"

    @property
    def _built(self) -> bool:
        return (Path(self.root) / BUILT / "package.json").exists()

    @property
    def _wanted(self) -> bool:
        source = Path(self.root) / SOURCE / "package.json"
        return self.target_name == "wheel" and not self._built and source.exists() and shutil.which("node") is not None

    def _build(self) -> None:
        folder = Path(self.root) / SOURCE
        environment = {**os.environ, "YARN_ENABLE_GLOBAL_CACHE": "1"}
        for command in (["jlpm", "install", "--immutable"], ["jlpm", "build:prod"]):
            self.app.display_info(" ".join(command))
            try:
                subprocess.run(command, cwd=folder, env=environment, check=True)
            except (OSError, subprocess.CalledProcessError) as error:
                self.app.display_warning(f"cashet-jupyter: `{' '.join(command)}` failed ({error}); {ADVICE}")
                shutil.rmtree(Path(self.root) / BUILT, ignore_errors=True)
                return
