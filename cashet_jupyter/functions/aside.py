"""Work of an event loop that blocks, beside it: in a thread of its own, while the loop goes on.

A pool was rejected: a coroutine that is awaited for one call may submit others, and would wait for a free thread that
its own call holds. What these threads do is the doing of the function that runs in them; see `trace.infrastructure`.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

#: the loop on which coroutines of submitted functions are awaited; None: they get one of their own
LOOP: contextvars.ContextVar[asyncio.AbstractEventLoop | None] = contextvars.ContextVar("cashet-loop", default=None)


async def aside(func: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """What a blocking call gives; the loop does other things meanwhile.

    A wait that is cancelled leaves the call to itself: it goes on to its end, and its result is stored.
    """
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()
    context.run(LOOP.set, loop)

    def work() -> None:
        try:
            found = context.run(func, *args, **kwargs)
        except BaseException as error:  # whatever it is, it is raised where it is awaited
            _tell(loop, waiting, error=error)
        else:
            _tell(loop, waiting, found)

    threading.Thread(target=work, name="cashet-aside", daemon=True).start()
    return await waiting


def _tell(
    loop: asyncio.AbstractEventLoop,
    waiting: asyncio.Future[Any],
    found: Any = None,
    *,
    error: BaseException | None = None,
) -> None:
    def set_it() -> None:
        if waiting.done():
            return
        if error is None:
            waiting.set_result(found)
        elif isinstance(error, StopIteration):  # a future cannot hold one
            waiting.set_exception(RuntimeError(repr(error)))
        else:
            waiting.set_exception(error)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
        loop.call_soon_threadsafe(set_it)


def awaited_on(loop: asyncio.AbstractEventLoop, coroutine: Any) -> Any:
    """What a coroutine gives that is awaited on another thread's loop; whoever stops waiting cancels it."""
    future = asyncio.run_coroutine_threadsafe(coroutine, loop)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


class LoopStore:
    """A store whose methods are coroutines, for threads beside its loop."""

    def __init__(self, store: Any) -> None:
        self.given = store

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.given, name)
        if not callable(method):
            return method

        def ask(*args: Any, **kwargs: Any) -> Any:
            loop = LOOP.get()
            if loop is None:
                msg = "a store of coroutines is asked by an AsyncClient only"
                raise RuntimeError(msg)
            return awaited_on(loop, method(*args, **kwargs))

        return ask
