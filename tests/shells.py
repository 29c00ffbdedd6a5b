"""A shell of IPython in this process: what a kernel does with a cell, without starting one."""

from __future__ import annotations

import atexit
import builtins
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from cashet_jupyter.magics.extension import Extension
from cashet_jupyter.models import Outcome


@dataclass(frozen=True)
class Ran:
    """What came of one cell."""

    success: bool
    error: BaseException | None
    result: Any
    text: str
    """What it printed, the result and the badge included."""
    outcome: Outcome | None
    """What the cache says of it; None for a plain cell."""

    @property
    def status(self) -> str:
        """Status of the outcome, or `plain`."""
        return self.outcome.status if self.outcome else "plain"


class Shell:
    """One shell with the extension loaded; two of them on one store, one after the other, are a restart."""

    def __init__(self, *, load: bool = True) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        self.shell = InteractiveShell(config=config)
        self.extension = Extension(self.shell)
        if load:
            self.extension.load()
        self._loaded = load

    @property
    def namespace(self) -> dict[str, Any]:
        """The user's namespace."""
        return self.shell.user_ns

    def run(self, code: str, **options: Any) -> Ran:
        """Run a cell as a front end would."""
        outcomes = self.extension.session.outcomes
        before = len(outcomes)
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            done = self.shell.run_cell(code, store_history=True, **options)
        outcome = outcomes[-1] if len(outcomes) > before else None
        return Ran(done.success, done.error_before_exec or done.error_in_exec, done.result, out.getvalue(), outcome)

    def cached(self, code: str, options: str = "") -> Ran:
        """Run a cell under `%%cashet`."""
        return self.run(f"%%cashet {options}\n{code}")

    def value(self, expression: str) -> Any:
        """The value of an expression in the notebook's namespace."""
        return eval(expression, self.namespace)

    def close(self) -> None:
        """Leave the process as it was."""
        if self._loaded:
            self.extension.unload()
        self.shell.atexit_operations()
        atexit.unregister(self.shell.atexit_operations)  # it may run once only


@contextmanager
def shell(*, load: bool = True) -> Iterator[Shell]:
    """A fresh shell; what IPython puts into the process is taken out again."""
    main, hook = sys.modules["__main__"], sys.displayhook
    had = {name: getattr(builtins, name) for name in ("get_ipython", "display") if hasattr(builtins, name)}
    running = Shell(load=load)
    try:
        yield running
    finally:
        running.close()
        sys.modules["__main__"], sys.displayhook = main, hook
        for name in ("get_ipython", "display"):
            if name in had:
                setattr(builtins, name, had[name])
            elif hasattr(builtins, name):
                delattr(builtins, name)
        InteractiveShell.clear_instance()


def use_store(monkeypatch: Any, folder: Path) -> None:
    """Let the shells of this test use a store of their own."""
    monkeypatch.setenv("CASHET_DIR", str(folder / ".cashet"))
    monkeypatch.setenv("CASHET_KEY_FILE", str(folder / "key"))
