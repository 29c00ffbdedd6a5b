"""Threads that belong to the shell or to the machinery of a library, not to the cell."""

from __future__ import annotations

import threading
from typing import Any
from weakref import WeakKeyDictionary

#: what these threads do is not recorded
_SHELL = (
    "ipykernel", "IPython", "zmq", "jupyter_client", "debugpy", "pydevd", "_pydevd_bundle", "_pydev_bundle",
    "tqdm", "cashet_jupyter",
)  # fmt: skip
_SHELL_NAMES = ("pydevd", "IPythonHistory", "IOPub", "Heartbeat", "Control", "Subshell", "tqdm", "Shell channel")
#: threads in which a submitted function runs: what they do is the function's doing
_CALLS = ("cashet_jupyter.functions",)
#: these may go on after the cell: they wait for more work, and what they do is recorded
_WAITING = (
    "tornado", "joblib", "loky", "multiprocessing.resource_tracker", "multiprocessing.queues", "fsspec",
    "concurrent.futures.process", "torch", "traitlets", "pytest_timeout", "distributed",
)  # fmt: skip
_WAITING_NAMES = (
    "QueueManagerThread", "QueueFeederThread", "ExecutorManagerThread", "fsspecIO", "asyncio_", "pytest_timeout",
)  # fmt: skip

_judged: WeakKeyDictionary[threading.Thread, bool] = WeakKeyDictionary()


def of_shell(ident: int) -> bool:
    """Whether the running thread of that number belongs to the shell or a debugger."""
    # `current_thread()` would register a thread that C code made, for ever
    thread: threading.Thread | None = getattr(threading, "_active", {}).get(ident)
    if thread is None or thread is threading.main_thread():
        return False
    known = _judged.get(thread)
    if known is None:
        known = _judged[thread] = _belongs(thread, _SHELL, _SHELL_NAMES)
    return known


def may_go_on(thread: threading.Thread) -> bool:
    """Whether a thread that is alive after the cell says nothing about the cell."""
    return of_shell(thread.ident or 0) or _belongs(thread, _SHELL + _WAITING, _SHELL_NAMES + _WAITING_NAMES)


def _belongs(thread: threading.Thread, modules: tuple[str, ...], names: tuple[str, ...]) -> bool:
    if thread.name.startswith(names) or any(f"({name}" in thread.name for name in (*names, "_watch_pipe_fd")):
        return True
    target = getattr(thread, "_target", None)
    if in_modules(getattr(target, "__module__", None), _CALLS):
        return False
    return any(in_modules(module, modules) for module in (type(thread).__module__, getattr(target, "__module__", None)))


def in_modules(module: Any, names: tuple[str, ...]) -> bool:
    """Whether a dotted name is one of `names` or lies below one."""
    return isinstance(module, str) and any(module == name or module.startswith(name + ".") for name in names)
