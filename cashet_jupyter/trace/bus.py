"""Where what was seen goes: from whoever sees it (audit hook, patched functions, adapters) to the runs that record.

One door for all of it, so that three promises are kept in one place: what the recorder does itself is never recorded,
a failure of the recorder never becomes a failure of the user's code, and idle means that nobody listens.
"""

from __future__ import annotations

from threading import get_ident
from typing import Any, Protocol


class Listener(Protocol):
    """A run that records."""

    threads: set[int] | None
    """Those that work for this run alone; None: whatever happens in the process may be its doing."""

    def take(self, what: str, args: tuple[Any, ...]) -> None:
        """Note one thing seen; `what` names a method."""
        ...


#: the runs that record now, outermost first: a cached function may run inside a cached cell
LISTENERS: list[Listener] = []
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


def _hearing(thread: int) -> tuple[Listener, ...]:
    """The runs whose doing it may be: of those that run side by side in threads, not the others'."""
    if len(LISTENERS) == 1:
        return (LISTENERS[0],)
    known = tuple(LISTENERS)
    if not any(listener.threads is not None and thread in listener.threads for listener in known):
        return known  # a thread of nobody: of a pool, or one that a run has started
    return tuple(listener for listener in known if listener.threads is None or thread in listener.threads)


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
