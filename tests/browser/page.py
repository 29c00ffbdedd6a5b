"""Lab or Notebook in a page of the browser, as a user has it before them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

from tests.browser.host import Server

#: everything in the main area is closed without a question, and what ran for it is ended
_CLEAR = """async () => {
    const app = window.jupyterapp;
    for (const widget of [...app.shell.widgets('main')]) {
        widget.dispose();
    }
    await app.serviceManager.sessions.shutdownAll();
}"""
_RUN = """async number => {
    const {shell, commands} = window.jupyterapp;
    const notebook = [...shell.widgets('main')].find(one => one.content?.activeCellIndex >= 0 && one.isVisible);
    shell.activateById(notebook.id);
    while (shell.currentWidget?.id !== notebook.id) {
        await new Promise(done => setTimeout(done, 20));
    }
    notebook.content.activeCellIndex = number;
    notebook.content.deselectAll();
    const before = notebook.content.widgets[number].model.executionCount;
    void commands.execute('notebook:run-cell');
    return before;
}"""
_HAS_RUN = """([number, before]) => {
    const notebook = [...window.jupyterapp.shell.widgets('main')].find(
        one => one.content?.activeCellIndex >= 0 && one.isVisible);
    const model = notebook.content.widgets[number].model;
    return ![null, before].includes(model.executionCount) && model.executionState !== 'running';
}"""
_KERNEL = """() => [...window.jupyterapp.shell.widgets('main')].some(
    one => one.isVisible && one.sessionContext?.session?.kernel?.connectionStatus === 'connected'
        && one.sessionContext.session.kernel.status === 'idle')"""
_EDIT = """([number, source]) => {
    const notebook = [...window.jupyterapp.shell.widgets('main')].find(
        one => one.content?.activeCellIndex >= 0 && one.isVisible);
    notebook.content.widgets[number].model.sharedModel.setSource(source);
}"""
_RESTART = """async () => {
    const one = [...window.jupyterapp.shell.widgets('main')].find(one => one.sessionContext && one.isVisible);
    await one.sessionContext.restartKernel();
    for (const cell of one.content.widgets) {
        cell.model.executionCount = null;
    }
}"""

_BACK = """what => {
    const {shell} = window.jupyterapp;
    const is = one => (what === 'notebook' ? one.sessionContext : one.content?.key?.startsWith(what));
    shell.activateById([...shell.widgets('main')].find(is).id);
}"""


def saved_notebook(*cells: str, kernel: str = "python3") -> nbformat.NotebookNode:
    """A notebook of code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
    return notebook


class Page:
    """A page with Lab in it. It stays open from test to test, as a user's does from notebook to notebook."""

    def __init__(self, page: Any, server: Server, shots: Path) -> None:
        self.page = page
        self.server = server
        self.errors: list[str] = []
        self._shots = shots
        page.on("pageerror", lambda error: self.errors.append(f"{error}\n{error.stack}"))
        page.set_default_timeout(20_000)

    # ------------------------------------------------------------------------------------------------ notebooks

    def write(self, name: str, *cells: str, kernel: str = "python3") -> Path:
        """A notebook beside the others."""
        return self.save(name, saved_notebook(*cells, kernel=kernel))

    def save(self, name: str, notebook: nbformat.NotebookNode) -> Path:
        """A notebook with whatever it holds."""
        path = self.server.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    def open(self, name: str, *, kernel: bool = True) -> None:
        """Open a notebook in Lab as the only one, and wait until its kernel can be used."""
        if not self._in_lab():
            self.page.goto(f"{self.server.url}/lab?reset&token={self.server.token}")
            self.page.wait_for_function("() => window.jupyterapp?.commands.hasCommand('docmanager:open')")
            self.page.evaluate("() => window.jupyterapp.restored")
        self.page.evaluate(_CLEAR)
        self.open_beside(name, kernel=kernel)

    def open_beside(self, name: str, *, kernel: bool = True) -> None:
        """Open one more notebook; it becomes the current one."""
        self.page.evaluate("path => window.jupyterapp.commands.execute('docmanager:open', {path})", name)
        self.page.wait_for_selector(".jp-Notebook:visible .jp-CodeCell", timeout=60_000)
        if kernel:
            self.wait_for_kernel()

    def open_notebook_7(self, name: str) -> None:
        """Open a notebook in Notebook 7."""
        self.page.goto(f"{self.server.url}/notebooks/{name}?token={self.server.token}")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
        self.wait_for_kernel()

    def _in_lab(self) -> bool:
        """Whether Lab is there, and nothing of an earlier test is in the way."""
        return f"{self.server.url}/lab" in self.page.url and self.page.locator(".jp-Dialog").count() == 0

    def back(self, what: str = "notebook") -> None:
        """Bring the notebook, a `run` or a `diff` into view again that is open behind others."""
        self.page.evaluate(_BACK, what)

    def wait_for_kernel(self) -> None:
        """Until the kernel answers: a cell that is run before that is not run at all."""
        self.page.wait_for_function(_KERNEL, timeout=60_000)

    # ------------------------------------------------------------------------------------------------- the cells

    def cell(self, number: int) -> Any:
        """A code cell of the notebook that is in view."""
        return self.page.locator(".jp-Notebook:visible .jp-CodeCell").nth(number)

    def badge(self, number: int) -> Any:
        """What stands beside a cell."""
        return self.cell(number).locator(".jp-Cashet-badge")

    def run(self, *numbers: int, wait: bool = True) -> None:
        """Run cells as a user would, one after the other."""
        for number in numbers:
            before = self.page.evaluate(_RUN, number)
            if wait:
                self.page.wait_for_function(_HAS_RUN, arg=[number, before], timeout=60_000)

    def edit(self, number: int, source: str) -> None:
        """Put another text into a cell."""
        self.page.evaluate(_EDIT, [number, source])

    def restart(self) -> None:
        """A new kernel for the same notebook, whose cells count as not run."""
        self.page.evaluate(_RESTART)
        self.wait_for_kernel()

    def command(self, name: str, **arguments: object) -> None:
        """Run a command, without waiting for what it does."""
        self.page.evaluate(
            "([name, given]) => { void window.jupyterapp.commands.execute(name, given); }", [name, arguments]
        )

    # ------------------------------------------------------------------------------------------------- the panel

    def show_history(self, tab: str = "Cells") -> Any:
        """Open the panel with this tab, with nothing in its search."""
        self.page.wait_for_function("() => window.jupyterapp.commands.hasCommand('cashet:show-history')")
        self.page.evaluate("() => window.jupyterapp.commands.execute('cashet:show-history')")
        panel = self.page.locator("#cashet-history")
        panel.wait_for(state="visible")
        search = panel.get_by_label("Search runs")
        if search.is_visible() and search.input_value():
            search.fill("")
        panel.get_by_role("tab", name=tab).click()
        return panel

    def line(self, text: str) -> None:
        """Wait until a line of the panel says this."""
        self.page.locator("#cashet-history .jp-Cashet-second", has_text=text).first.wait_for()

    def rows(self, text: str | None = None, *, level: int | None = None) -> Any:
        """The rows of the panel that are drawn."""
        where = ".jp-Cashet-row" if level is None else f".jp-Cashet-row[aria-level='{level}']"
        return self.page.locator(f"#cashet-history {where}", has_text=text)

    def total(self, runs: int) -> None:
        """Wait until the panel tells of so many runs."""
        self.page.locator("#cashet-history").get_by_text(f"{runs} run{'s' * (runs != 1)}").first.wait_for()

    # ---------------------------------------------------------------------------------------------------- looks

    def theme(self, name: str) -> None:
        """Light or Dark."""
        self.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", f"JupyterLab {name}"
        )
        self.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg=str(name == "Light").lower()
        )

    def shot(self, name: str) -> None:
        """Keep a screenshot."""
        self._shots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(self._shots / f"{name}.png"))
