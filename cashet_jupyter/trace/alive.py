"""What goes on after a cell: threads, tasks of the event loop, child processes."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

from cashet_jupyter.trace.infrastructure import in_modules, may_go_on
from cashet_jupyter.trace.origin import is_library

#: seconds that threads get to end: a pool that was told to shut down is about to
_GRACE = 0.05
_LOKY = ("joblib.externals.loky", "loky", "multiprocessing.resource_tracker")


@dataclass(slots=True)
class Alive:
    """What was going on before the run."""

    threads: WeakSet[threading.Thread] = field(default_factory=lambda: WeakSet(threading.enumerate()))
    tasks: WeakSet[Any] = field(default_factory=lambda: WeakSet(_tasks()))
    children: set[int] = field(default_factory=lambda: {process.pid for process in _children()})

    def since(self, started: Collection[Any] | None = None) -> list[tuple[str, str]]:
        """What goes on now and did not before: kind and words.

        `started`: of the threads only these count, where others run beside it and start threads, too.
        """
        threads = [thread for thread in self._new_threads() if started is None or thread in started]
        found = [("threads", f"its thread {thread.name} is still running") for thread in threads]
        for task in _tasks():
            if task not in self.tasks and not task.done() and _of_user(task):
                found.append(("threads", f"its task {task.get_name()} is still running"))
        for process in _children():
            if process.pid not in self.children and not in_modules(type(process).__module__, _LOKY):
                found.append(("subprocess", f"its process {process.name} is still running"))
        return found

    def _new_threads(self) -> list[threading.Thread]:
        new = [
            thread
            for thread in threading.enumerate()
            if thread not in self.threads and thread is not threading.current_thread() and not may_go_on(thread)
        ]
        until = time.monotonic() + _GRACE
        for thread in new:
            if not isinstance(thread, threading._DummyThread):  # pyright: ignore[reportAttributeAccessIssue]
                thread.join(max(0.0, until - time.monotonic()))
        return [thread for thread in new if thread.is_alive()]


def _tasks() -> list[Any]:
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return []
    try:
        loop = asyncio.get_running_loop()
        current = asyncio.current_task(loop)
        return [task for task in asyncio.all_tasks(loop) if task is not current]
    except RuntimeError:
        return []


def _of_user(task: Any) -> bool:
    """Whether a task runs code of the user's: the shell's own tasks come and go at any time."""
    coroutine = task.get_coro()
    code = getattr(coroutine, "cr_code", None) or getattr(coroutine, "gi_code", None)
    return code is not None and not is_library(code.co_filename)


def _children() -> list[Any]:
    multiprocessing = sys.modules.get("multiprocessing.process")
    return [] if multiprocessing is None else list(multiprocessing.active_children())
