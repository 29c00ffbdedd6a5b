"""Loading into a shell, and leaving it without a trace."""

from __future__ import annotations

import atexit
import os
import re
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from IPython.core.getipython import get_ipython

from cashet_jupyter.config import Settings, load_settings
from cashet_jupyter.errors import OptionError
from cashet_jupyter.magics.catch import Catcher
from cashet_jupyter.magics.completion import Completer
from cashet_jupyter.magics.configurable import Cashet
from cashet_jupyter.magics.line import CashetMagics
from cashet_jupyter.session import Session

if TYPE_CHECKING:
    from cashet_jupyter.magics.conversation import Conversations
    from cashet_jupyter.magics.registration import Registration
    from cashet_jupyter.models import Outcome

#: Names that IPython binds anew as it goes, and those of the module that the notebook runs in: never the user's.
_SHELL_NAMES = frozenset({"_", "__", "___", "_i", "_ii", "_iii", "_dh", "_ih", "_oh", "_sh",
                          "__annotations__", "__conditional_annotations__", "__name__", "__doc__", "__package__",
                          "__loader__", "__spec__", "__builtin__", "__builtins__", "__file__", "__session__",
                          "__vsc_ipynb_file__", "__warningregistry__",})  # fmt: skip
#: Names that IPython binds once; a user may take them.
_SHELL_OBJECTS = frozenset({"In", "Out", "get_ipython", "exit", "quit", "open", "display"})

#: under which front ends ask this kernel for the history of its store
TARGET = "cashet_jupyter.api.v1"

#: what IPython keeps of each cell: `_12`, `_i12`
_NUMBERED = re.compile(r"_i?\d+")

_loaded: WeakKeyDictionary[Any, Extension] = WeakKeyDictionary()


@lru_cache(maxsize=65536)  # a long session has thousands, and they are asked for twice in each run
def _is_shell_name(name: str) -> bool:
    return name in _SHELL_NAMES or _NUMBERED.fullmatch(name) is not None


class Extension:
    """Everything that was put into one shell."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        try:
            settings = load_settings(Path.cwd(), os.environ)
        except OptionError as error:
            settings = Settings()
            print(f"cashet: {error}")
        self.session = Session(shell.user_ns, settings, self._is_own, self._busy)
        self._registration: Registration | None = None
        self._conversations: Conversations | None = None
        self._opening = threading.Lock()
        self.session.opened = self._register
        self.catcher = Catcher(shell, self.session)
        self.config = Cashet(self.session, parent=shell)
        self.completer = Completer(self.session)
        self.magics = CashetMagics(shell, self.session, self.config)

    def _is_own(self, name: str, value: object) -> bool:
        if name.startswith("_"):
            return _is_shell_name(name)
        return name in _SHELL_OBJECTS and self.shell.user_ns_hidden.get(name) is value

    def _busy(self) -> bool:
        return self.catcher.busy

    def _register(self, store: Path) -> None:
        """Tell a Jupyter server which store it is."""
        from cashet_jupyter.magics.registration import Registration  # not with this module: nobody waits for it then

        self._registration = Registration(self.shell)
        self._registration.write(store)
        atexit.register(self._registration.remove)

    def _converse(self, comm: Any, _message: object) -> None:
        """Answer a front end that asks for the store's history by messages."""
        from cashet_jupyter.magics.conversation import Conversations  # few front ends ever ask this way

        with self._opening:  # two may come at once, each on a subshell of its own
            self._conversations = self._conversations or Conversations(self.session)
        self._conversations.open(comm)

    @property
    def _targets(self) -> dict[str, Any]:
        """Who answers which messages, in a kernel; elsewhere nobody sends any."""
        manager = getattr(getattr(self.shell, "kernel", None), "comm_manager", None)
        return getattr(manager, "targets", {})

    def load(self) -> None:
        """Put the hooks in."""
        atexit.register(self.session.close)
        shell, catcher = self.shell, self.catcher
        shell.input_transformers_cleanup.append(catcher.marks.strip_line)
        shell.ast_transformers.append(catcher)
        for event in ("pre_run_cell", "post_execute", "post_run_cell"):
            shell.events.register(event, getattr(catcher, event))
        catcher.later.attach()
        shell.configurables.append(self.config)
        shell.register_magics(self.magics)
        self.completer.attach(shell)
        self._targets[TARGET] = self._converse

    def unload(self) -> None:
        """Take every hook out again, and let go of the store."""
        shell, catcher = self.shell, self.catcher
        shell.input_transformers_cleanup.remove(catcher.marks.strip_line)
        shell.ast_transformers.remove(catcher)
        for event in ("pre_run_cell", "post_execute", "post_run_cell"):
            shell.events.unregister(event, getattr(catcher, event))
        catcher.later.detach()
        shell.configurables.remove(self.config)
        for kind, names in self.magics.magics.items():
            for name in names:
                shell.magics_manager.magics[kind].pop(name, None)
        shell.magics_manager.registry.pop(type(self.magics).__name__, None)
        self.completer.detach(shell)
        self._targets.pop(TARGET, None)
        if self._conversations is not None:
            self._conversations.close()
        self.catcher.close()
        self.session.close()
        if self._registration is not None:
            self._registration.remove()


def load(shell: Any) -> None:
    """What `%load_ext cashet_jupyter` does; loading twice is loading once."""
    if shell not in _loaded:
        extension = Extension(shell)
        extension.load()
        _loaded[shell] = extension


def unload(shell: Any) -> None:
    """What `%unload_ext cashet_jupyter` does."""
    extension = _loaded.pop(shell, None)
    if extension is not None:
        extension.unload()


def outcomes() -> list[Outcome]:
    """What became of the cells of this kernel so far, oldest first."""
    extension = _loaded.get(get_ipython())
    if extension is None:
        return []
    extension.session.behind.finish()
    return list(extension.session.outcomes)
