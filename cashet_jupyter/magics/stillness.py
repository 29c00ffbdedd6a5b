"""Whether nothing of the user's can run in a kernel until its next message comes.

Only then may a result be written while the kernel waits: its buffers are the values' own memory. What runs by itself in
between - threads, tasks, timers, sockets, signals, callbacks of other extensions - is looked for where Python keeps it,
and must be the kernel's own. What is not recognised counts as the user's, which costs no more than waiting for the
write. A message is no concern here: `gate` stops it.
"""

from __future__ import annotations

import asyncio
import functools
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from types import FrameType, FunctionType
from typing import Any

#: whose code runs between two cells without touching what cells made
_MACHINERY = frozenset({"IPython", "cashet_jupyter", "comm", "decorator", "ipykernel", "jupyter_client",
                        "matplotlib_inline", "psutil", "tornado", "traitlets", "zmq"})  # fmt: skip
#: threads begin in code of these; tqdm's only looks whether its bars should be drawn again
_STARTERS = frozenset({"IPython", "cashet_jupyter", "ipykernel", "tqdm._monitor"})
#: which may stand around the function of a thread
_WRAPPERS = frozenset({"decorator", "threading"})
#: around the function of every thread in some versions of ipykernel
_WRAPPING = frozenset({"run_closure"})
#: their frames may stand above
_PLUMBING = _MACHINERY | sys.stdlib_module_names | {"tqdm"}


def unrest(shell: Any, ours: Callable[..., Any]) -> str:
    """What may run before the next message, in a few words; empty if nothing can.

    To be asked within `ours`, the callback of `post_run_cell`, where the kernel calls it for the cell itself.
    """
    kernel = getattr(shell, "kernel", None)
    kinds = sys.modules.get("ipykernel.ipkernel")
    if kinds is None or not isinstance(kernel, kinds.IPythonKernel):
        return "not a kernel of ipykernel"
    if threading.current_thread() is not threading.main_thread():
        return "a cell in another thread"
    checks: tuple[Callable[[], str], ...] = (
        lambda: _request(kernel),
        lambda: _callbacks(shell, ours),
        lambda: _callers(sys._getframe(1)),  # pyright: ignore[reportPrivateUsage]
        lambda: _threads(threading.get_ident()),
        lambda: _loop(kernel),
        _signals,
    )
    try:
        return next((found for check in checks if (found := check())), "")
    except Exception as error:  # another version of something
        return f"unknown: {type(error).__name__}: {error}"


def _request(kernel: Any) -> str:
    """The request for the cell: what else it asks for runs after the cell."""
    parent = kernel.get_parent("shell")
    if parent["header"]["msg_type"] != "execute_request" or parent["content"].get("silent"):
        return "not run by a front end"
    if parent["content"].get("user_expressions"):
        return "expressions are evaluated after the cell"
    if getattr(kernel, "eventloop", None) is not None:
        return "a GUI runs beside the kernel"
    debugger = getattr(kernel, "debugger", None)
    return "a debugger" if debugger is not None and getattr(debugger, "is_started", True) else ""


def _callbacks(shell: Any, ours: Callable[..., Any]) -> str:
    """Callbacks of the same event that come after ours."""
    callbacks = shell.events.callbacks["post_run_cell"]
    later = callbacks[callbacks.index(ours) + 1 :]
    return next((f"the callback {_name(call)}" for call in later if not _is_machinery(call)), "")


def _callers(frame: FrameType | None) -> str:
    """Who goes on when the cell is done: everything on the stack above the event loop."""
    for caller in _stack(frame):
        module = _module(caller)
        if module == "asyncio.base_events" and caller.f_code.co_name == "run_forever":
            return ""
        if _root(module) not in _PLUMBING:
            return f"{module} called the cell"
    return "no event loop"


def _threads(me: int) -> str:
    """All threads of Python, those too that `threading` does not know."""
    kinds = {thread.ident: type(thread).__module__ for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():  # pyright: ignore[reportPrivateUsage]
        if ident == me:
            continue
        modules = [_module(caller) for caller in _stack(frame) if caller.f_code.co_name not in _WRAPPING]
        begun = next((module for module in reversed(modules) if module not in _WRAPPERS), "")
        known = begun in _STARTERS or _root(begun) in _STARTERS
        strange = next((module for module in modules if _root(module) not in _PLUMBING), "")
        # A subshell runs cells of its own.
        if not known or strange or kinds.get(ident, "").startswith("ipykernel.subshell"):
            return f"a thread of {strange or begun or 'unknown origin'}"
    return ""


def _loop(kernel: Any) -> str:
    """What the event loop has to do, now, later, and when a descriptor is ready."""
    loop: Any = asyncio.get_running_loop()
    if not type(loop).__module__.startswith("asyncio."):
        return f"the event loop {type(loop).__qualname__}"
    if loop._signal_handlers:
        return "a handler of a signal in the event loop"
    if strange := next((task for task in asyncio.all_tasks(loop) if not _is_own_task(task)), None):
        return f"the task {strange.get_name()}"
    if any(not timer.cancelled() for timer in loop._scheduled):
        return "a timer of the event loop"
    files = kernel.io_loop.handlers
    handles = [handle for key in loop._selector.get_map().values() for handle in key.data]
    for handle in (*loop._ready, *handles):
        if handle is not None and not handle.cancelled() and not _is_own(handle, files):
            return f"a callback of the event loop: {_name(handle._callback)}"
    return ""


def _is_own_task(task: asyncio.Task[Any]) -> bool:
    frame = getattr(task.get_coro(), "cr_frame", None)
    return task.done() or (frame is not None and _root(_module(frame)) == "ipykernel")


def _is_own(handle: Any, files: dict[int, tuple[Any, Any]]) -> bool:
    """Whether a callback of the loop is the kernel's."""
    callback = handle._callback
    if _is_step(callback):
        return True  # tasks were looked at
    while _name(callback).endswith("._run_callback") and handle._args:  # tornado's, around another one
        callback = handle._args[0]
        if isinstance(callback, functools.partial):
            callback = callback.func
    if _origin(callback) == "asyncio.futures" and handle._args:  # a result arrives from another thread
        callbacks: list[tuple[Any, Any]] = handle._args[0]._callbacks or []
        return all(_is_step(call) or _origin(call) == "asyncio.futures" for call, _ in callbacks)
    if _name(callback) == "BaseAsyncIOLoop._handle_events":
        return all(_is_kernels_stream(files[fd][1]) for fd in handle._args[:1] if fd in files)
    return _is_machinery(callback) or _name(callback) == "BaseSelectorEventLoop._read_from_self"


def _is_step(callback: Any) -> bool:
    """Whether it only makes a task go on."""
    bound = getattr(callback, "__self__", None)
    return type(callback).__module__ == "_asyncio" or (isinstance(bound, asyncio.Task) and not _origin(callback))


def _is_kernels_stream(handler: Any) -> bool:
    """A stream of messages is the kernel's if the kernel takes what comes; a user may have one, too."""
    receiver = getattr(getattr(handler, "__self__", None), "_recv_callback", None)
    return _root(_origin(receiver)) == "ipykernel"


def _signals() -> str:
    if signal.getitimer(signal.ITIMER_REAL)[0]:
        return "a timer of signals"
    for number in signal.valid_signals():
        handler = signal.getsignal(number)
        # The names of the two that do nothing are numbers; a handler that is not Python's is None.
        if callable(handler) and handler is not signal.default_int_handler and not _is_machinery(handler):
            return f"a handler of signal {number}"
    return ""


# ------------------------------------------------------------------------------------------------- whose code it is
def _is_machinery(callback: Any) -> bool:
    return _root(_origin(callback)) in _MACHINERY


def _origin(callback: Any) -> str:
    """The module that defines a function; `__module__` may be that of what it wraps, or be set to anything."""
    while isinstance(callback, functools.partial):
        callback = callback.func
    function = getattr(callback, "__func__", callback)
    if isinstance(function, FunctionType):
        return str(function.__globals__.get("__name__", ""))
    return getattr(function, "__module__", None) or ""


def _name(callback: Any) -> str:
    return getattr(callback, "__qualname__", None) or type(callback).__qualname__


def _root(module: str) -> str:
    return module.partition(".")[0]


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


__all__: Iterable[str] = ["unrest"]
