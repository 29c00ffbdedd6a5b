"""A JupyterLab of its own, in a real browser. Where one of the parts is missing, the tests say which and are skipped."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest

REPOSITORY = Path(__file__).parents[2]
BUILT = REPOSITORY / "cashet_jupyter" / "labextension"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
#: where screenshots are kept; a temporary folder unless it is given
SHOTS = "LAB_SCREENSHOTS"


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def _missing() -> str:
    """What is missing for these tests; empty if nothing is."""
    if _chromium() is None:
        return "no Chromium was found"
    for module in ("playwright", "jupyterlab", "notebook"):
        if find_spec(module) is None:
            return f"{module} is not installed"
    if not (BUILT / "package.json").exists():
        return "the JupyterLab extension is not built: make lab"
    return ""


class Server:
    """A Jupyter server with Lab and Notebook, in folders of its own."""

    def __init__(self, home: Path) -> None:
        self.root = home / "work"
        self.root.mkdir(parents=True)
        self._home = home
        self.token = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it; the address that it listens on."""
        home = self._home
        (home / "data" / "labextensions").mkdir(parents=True)
        (home / "data" / "labextensions" / "cashet-jupyter").symlink_to(BUILT)
        (home / "config").mkdir()
        settings = home / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
        config = {
            "ServerApp": {
                "jpserver_extensions": {"cashet_jupyter.server": True, "jupyterlab": True, "notebook": True},
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
        (home / "config" / "jupyter_server_config.json").write_text(json.dumps(config))
        command = [sys.executable, "-m", "jupyter_server", "--log-level=ERROR"]
        log = (home / "server.log").open("wb")
        self._process = subprocess.Popen(command, env=self._environment(), cwd=self.root, stdout=log, stderr=log)
        return self._wait()

    def _environment(self) -> dict[str, str]:
        home = self._home
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
            "CASHET_KEY_FILE": str(home / "cashet.key"),
            "PYTHONPATH": str(REPOSITORY),
        }

    def _wait(self) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for path in (self._home / "runtime").glob("jpserver-*.json"):
                return str(json.loads(path.read_text())["url"]).rstrip("/")
            assert self._process is not None
            assert self._process.poll() is None, (self._home / "server.log").read_text()
            time.sleep(0.1)
        raise TimeoutError((self._home / "server.log").read_text())

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class Page:
    """A page of the browser with Lab or Notebook in it."""

    def __init__(self, page: Any, server: Server, url: str, shots: Path) -> None:
        self.page = page
        self.server = server
        self.url = url
        self._shots = shots

    def write(self, name: str, *cells: str) -> Path:
        """A notebook beside the others."""
        path = self.server.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, path)
        return path

    def open(self, name: str, *, kernel: bool = True) -> None:
        """Open a notebook in Lab, and wait until its kernel can be used."""
        self.page.goto(f"{self.url}/lab/tree/{name}?reset&token={self.server.token}")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
        if kernel:
            self.wait_for_kernel()

    def wait_for_kernel(self) -> None:
        """Until the kernel answers: a cell that is run before that is not run at all."""
        self.page.wait_for_function(
            """() => [...window.jupyterapp.shell.widgets('main')].some(
                one => one.sessionContext?.session?.kernel?.connectionStatus === 'connected'
                    && one.sessionContext.session.kernel.status === 'idle')""",
            timeout=60_000,
        )

    def show_history(self) -> Any:
        """Open the panel."""
        self.page.wait_for_function("() => window.jupyterapp.commands.hasCommand('cashet:show-history')")
        self.page.evaluate("() => window.jupyterapp.commands.execute('cashet:show-history')")
        panel = self.page.locator("#cashet-history")
        panel.wait_for(state="visible")
        return panel

    def run(self, number: int, *, wait: bool = True) -> None:
        """Run a cell as a user would."""
        self.page.evaluate(
            """async number => {
                const {shell, commands} = window.jupyterapp;
                const notebook = [...shell.widgets('main')].find(one => one.content?.activeCellIndex >= 0);
                shell.activateById(notebook.id);
                while (shell.currentWidget?.id !== notebook.id) {
                    await new Promise(done => setTimeout(done, 20));
                }
                notebook.content.activeCellIndex = number;
                notebook.content.deselectAll();
                void commands.execute('notebook:run-cell');
            }""",
            number,
        )
        if wait:
            self.page.wait_for_function(
                """number => {
                    const cell = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')][number];
                    return /\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt').textContent);
                }""",
                arg=number,
                timeout=60_000,
            )

    def shot(self, name: str) -> None:
        """Keep a screenshot."""
        self._shots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(self._shots / f"{name}.png"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    if missing := _missing():
        pytest.skip(f"the tests in a browser are skipped: {missing}")
    server = Server(tmp_path_factory.mktemp("lab"))
    try:
        yield server, server.start()
    finally:
        server.stop()


# Not for the whole session: as long as Playwright is open its event loop counts as running, in which no other can run.
@pytest.fixture(scope="module")
def browser(server: tuple[Server, str]) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def lab(browser: Any, server: tuple[Server, str], tmp_path: Path) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(20_000)
    yield Page(page, *server, Path(os.environ.get(SHOTS, tmp_path)))
    context.close()
    assert [error for error in errors if "cashet" in error.lower()] == []
