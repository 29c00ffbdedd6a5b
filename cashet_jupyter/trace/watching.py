"""What sees, as long as anybody records: stand-ins for what leads outside, the audit hook, and the import of modules.

It is put in place with the first recorder and goes with the last one: a kernel in which nothing is recorded runs at its
own speed.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cashet_jupyter.trace.audit import handlers
from cashet_jupyter.trace.bus import LISTENERS, Quiet, report
from cashet_jupyter.trace.environment import watch_environment
from cashet_jupyter.trace.hook import listen
from cashet_jupyter.trace.imports import ImportWatch
from cashet_jupyter.trace.natives.install import MODULES, plan
from cashet_jupyter.trace.patches import Patches, exchange
from cashet_jupyter.trace.providers import being_imported, providers
from cashet_jupyter.trace.randomness import watch_random
from cashet_jupyter.trace.system import watch_input, watch_system


class Watch:
    """Everything that sees something, put in place for as long as anybody records."""

    def __init__(self) -> None:
        self._plans: dict[str, tuple[Any, Patches]] = {}
        self._active: list[Patches] = []
        self._imports = ImportWatch(
            MODULES | {provider.module for provider in providers().values()}, self._loaded, self._importing
        )

    def start(self) -> None:
        """Put everything in place."""
        with Quiet():
            for name, build in _ALWAYS.items():
                self._put(name, None, build)
            for name in sorted(MODULES):
                self._install(name)
            exchange(pair for plan in self._active for pair in plan.stand_ins())
            self._imports.start()
        listen(_HANDLERS())

    def stop(self) -> None:
        """Take it away again."""
        listen(None)
        with Quiet():
            self._imports.stop()
            for plan in reversed(self._active):
                plan.undo()
            exchange((new, old) for plan in self._active for old, new in plan.stand_ins())
            self._active.clear()

    def _loaded(self, name: str) -> None:
        with Quiet():
            self._install(name, done=True)
        report("loaded", name)

    def _importing(self, begins: bool) -> None:
        report("importing", begins)

    def _install(self, name: str, *, done: bool = False) -> None:
        module = sys.modules.get(name)
        if module is not None and (done or not being_imported(module)):
            self._put(name, module, lambda patches: plan(patches, name))

    def _put(self, name: str, module: Any, build: Callable[[Patches], object]) -> None:
        try:
            known = self._plans.get(name)
            # a module that was imported anew, or an `input` that the kernel set for this cell, needs a new plan
            if known is None or known[0] is not module or name == "input":
                known = self._plans[name] = (module, Patches())
                build(known[1])
            if known[1] not in self._active:
                self._active.append(known[1])
                known[1].apply()
        except Exception as error:
            for listener in LISTENERS:
                listener.take("failed", (error,))


class Gate:
    """Runs of several threads begin and end one at a time: what watches must be there as long as one of them is."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        # a child that is forked while another thread holds it would wait for ever
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self.lock = threading.RLock()


_ALWAYS: dict[str, Callable[[Patches], object]] = {
    "random": watch_random,
    "system": watch_system,
    "environment": watch_environment,
    "input": watch_input,
}
_HANDLERS = lru_cache(maxsize=1)(handlers)
WATCH = Watch()
gate = lru_cache(maxsize=1)(Gate)
