"""Where what was seen goes: from whoever sees it (audit hook, patched functions, adapters) to the runs that record.

One door for all of it, so that three promises are kept in one place: what the recorder does itself is never recorded,
a failure of the recorder never becomes a failure of the user's code, and idle means that nobody listens.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar
from threading import get_ident
from typing import Any, Protocol


class Listener(Protocol):
    """A run that records."""

    threads: set[int] | None
    """Those that work for this run alone; None: whatever happens in the process may be its doing."""

    def take(self, what: str, args: tuple[Any, ...]) -> None:
        """Note one thing seen; `what` names a method."""
        ...

    def has_started(self, thread: threading.Thread) -> bool:
        """Whether the run has started that thread, or one that did."""
        ...


#: the runs that record now, outermost first: a cached function may run inside a cached cell
LISTENERS: list[Listener] = []
#: the runs for which this context works: tasks of an event loop carry it along, also into threads that they ask
WORKING_FOR: ContextVar[tuple[Listener, ...]] = ContextVar("cashet-working-for", default=())
#: threads that are inside the recorder at this moment
BUSY: set[int] = set()


def report(what: str, *args: Any) -> None:
    """Tell every recording run what was seen; never raises an `Exception`."""
    me = get_ident()
    if me in BUSY or not LISTENERS:
        return
    BUSY.add(me)
    try:
        for listener in _hearing(me):
            listener.take(what, args)
    finally:
        BUSY.discard(me)


def _hearing(ident: int) -> tuple[Listener, ...]:
    """The runs whose doing it may be.

    Of runs that are recorded side by side in threads each hears its own thread and those that it has started. What a
    thread of nobody does - one of a pool that was there before - may be the doing of any. But the main thread works
    for no function that runs in another one: it goes on with the notebook, or is the loop of a cluster's worker.
    """
    known = tuple(LISTENERS)
    if len(known) == 1 and (known[0].threads is None or ident in known[0].threads):
        return known
    thread: threading.Thread | None = getattr(threading, "_active", {}).get(ident)
    carried = WORKING_FOR.get()
    own = [
        listener
        for listener in known
        if listener.threads is not None and (listener in carried or _works_for(ident, thread, listener))
    ]
    if own or thread is threading.main_thread() or (thread is not None and thread.name.startswith(_LOOPS)):
        return tuple(listener for listener in known if listener.threads is None or listener in own)
    return known


def _works_for(ident: int, thread: threading.Thread | None, listener: Listener) -> bool:
    if listener.threads is not None and ident in listener.threads:
        return True
    return thread is not None and listener.has_started(thread)


#: threads in which a cluster's worker talks to the others, where that is not the main thread
_LOOPS = ("IO loop", "Profile")


class Heard:
    """While it is entered, what this thread does is recorded again: a run inside of what is `Quiet`."""

    __slots__ = ("_entered",)

    def __init__(self) -> None:
        self._entered = False

    def __enter__(self) -> None:
        me = get_ident()
        self._entered = me in BUSY
        BUSY.discard(me)

    def __exit__(self, *_: object) -> None:
        if self._entered:
            BUSY.add(get_ident())


class Quiet:
    """While it is entered, what this thread does is not recorded."""

    __slots__ = ("_entered",)

    def __init__(self) -> None:
        self._entered = False

    def __enter__(self) -> None:
        me = get_ident()
        self._entered = me not in BUSY
        BUSY.add(me)

    def __exit__(self, *_: object) -> None:
        if self._entered:
            BUSY.discard(get_ident())
