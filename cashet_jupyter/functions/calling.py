"""The call itself: whatever happens below these frames, the user's function has caused."""

from __future__ import annotations

import asyncio
import contextvars
import ctypes
import inspect
import threading
import time
from collections.abc import Callable
from typing import Any

from cashet_jupyter.functions.aside import LOOP, awaited_on

#: seconds between two looks whether a run that is waited for has ended
_TICK = 0.05
#: seconds that a run gets to end once it was told to
_GRACE = 0.2


class TimedOut(Exception):
    """A run took longer than it was given."""


class _Stopped(BaseException):
    """Raised inside a run that took too long, so that Python code in it ends."""


def call(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What the function gives; a coroutine is run to its end."""
    value = func(*args, **kwargs)
    return _awaited(value) if inspect.iscoroutine(value) else value


def call_within(
    seconds: float,
    begun: Callable[[int], None],
    func: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """The same, in a thread of its own that is waited for so long; `begun` gets the number of the thread.

    Python code that takes longer is broken off; code written in C that does not come back is left behind, and what it
    does then is lost. Raises `TimedOut`.
    """
    done: list[Any] = []
    failed: list[BaseException] = []
    context = contextvars.copy_context()

    def work() -> None:
        begun(threading.get_ident())
        try:
            done.append(context.run(call, func, args, kwargs))
        except BaseException as error:  # whatever it is, it is raised where the run was asked for
            failed.append(error)

    thread = threading.Thread(target=work, name="cashet-timeout", daemon=True)
    thread.start()
    try:
        _join(thread, seconds)
    except BaseException:  # the user interrupts
        _stop(thread)
        raise
    if thread.is_alive():
        _stop(thread)
        raise TimedOut
    if failed:
        raise failed[0]
    return done[0]


def _join(thread: threading.Thread, seconds: float) -> None:
    """Wait in slices: a signal is only seen between two of them."""
    until = time.monotonic() + seconds
    while thread.is_alive() and (left := until - time.monotonic()) > 0:
        thread.join(min(left, _TICK))


def _stop(thread: threading.Thread) -> None:
    """Break off what a thread does, as soon as it is in Python code."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_Stopped))
    thread.join(_GRACE)


def _awaited(coroutine: Any) -> Any:
    """Run a coroutine to its end: on the loop of an `AsyncClient`, or, where a loop is at work, beside it."""
    if (own := LOOP.get()) is not None:
        return awaited_on(own, coroutine)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    done: list[Any] = []
    failed: list[BaseException] = []
    context = contextvars.copy_context()

    def work() -> None:
        try:
            done.append(context.run(asyncio.run, coroutine))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work, name="cashet-async", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_TICK)
    if failed:
        raise failed[0]
    return done[0]
