"""A Jupyter server with Lab and Notebook, in folders of its own."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
BUILT = REPOSITORY / "cashet_jupyter" / "labextension"
#: a kernel in which the package cannot be imported
BARE = "bare"
_BARE_KERNEL = (
    "import sys; sys.modules['cashet_jupyter'] = None; from ipykernel.kernelapp import launch_new_instance; "
    "launch_new_instance()"
)


def chromium() -> str | None:
    """The browser that this machine has."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def missing() -> str:
    """What is missing for these tests; empty if nothing is."""
    if chromium() is None:
        return "no Chromium was found"
    for module in ("playwright", "jupyterlab", "notebook"):
        if find_spec(module) is None:
            return f"{module} is not installed"
    if not (BUILT / "package.json").exists():
        return "the JupyterLab extension is not built: make lab"
    return ""


class Server:
    """A server of its own: `extension` is whether it has our side of it; `env` goes to its kernels too."""

    def __init__(self, home: Path, *, extension: bool = True, env: dict[str, str] | None = None) -> None:
        self.home = home
        self.root = home / "work"
        self.root.mkdir(parents=True)
        self.token = secrets.token_hex(16)
        self.url = ""
        self._extension = extension
        self._env = env or {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def key(self) -> Path:
        """The key of the user who runs the server and its kernels."""
        return self.home / "cashet.key"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self._furnish()
        command = [sys.executable, "-m", "jupyter_server", "--log-level=ERROR"]
        with (self.home / "server.log").open("wb") as log:
            self._process = subprocess.Popen(command, env=self._environment(), cwd=self.root, stdout=log, stderr=log)
        self.url = self._wait()

    def _furnish(self) -> None:
        """Folders as they are found after an installation; nothing that would ask the outside."""
        home = self.home
        (home / "data" / "labextensions").mkdir(parents=True)
        (home / "data" / "labextensions" / "cashet-jupyter").symlink_to(BUILT)
        bare = home / "data" / "kernels" / BARE
        bare.mkdir(parents=True)
        argv = [sys.executable, "-c", _BARE_KERNEL, "-f", "{connection_file}"]
        bare.joinpath("kernel.json").write_text(
            json.dumps({"argv": argv, "display_name": "Bare", "language": "python"})
        )
        settings = home / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
        (home / "config").mkdir()
        (home / "config" / "jupyter_server_config.json").write_text(json.dumps(self._config()))

    def _config(self) -> dict[str, object]:
        return {
            "ServerApp": {
                "jpserver_extensions": {
                    "cashet_jupyter.server": self._extension,
                    "jupyterlab": True,
                    "notebook": True,
                },
                "ip": "127.0.0.1",
                "port": 0,
                "open_browser": False,
                "allow_root": True,
                "root_dir": str(self.root),
            },
            "IdentityProvider": {"token": self.token},
            "LabApp": {
                "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
                "news_url": None,
                "extension_manager": "readonly",
                "expose_app_in_browser": True,
            },
            "JupyterNotebookApp": {"expose_app_in_browser": True},
        }

    def _environment(self) -> dict[str, str]:
        home = self.home
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CASHET_", "JUPYTER"))}
        return {
            **kept,
            "HOME": str(home),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_PATH": str(home / "data"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "IPYTHONDIR": str(home / "ipython"),
            "CASHET_KEY_FILE": str(self.key),
            "PYTHONPATH": str(REPOSITORY),
            **self._env,
        }

    def _wait(self) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for path in (self.home / "runtime").glob("jpserver-*.json"):
                with suppress(ValueError):  # it is being written
                    return str(json.loads(path.read_text())["url"]).rstrip("/")
            assert self._process is not None
            assert self._process.poll() is None, (self.home / "server.log").read_text()
            time.sleep(0.1)
        raise TimeoutError((self.home / "server.log").read_text())

    def stop(self) -> None:
        """Stop it and its kernels."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
