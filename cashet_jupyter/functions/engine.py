"""The life of a submitted function, from top to bottom: the same story as a cell's (`cashet_jupyter.pipeline`).

    call     function and arguments -> key
    find     the newest run of that key whose trace still holds; what it changed is changed again; a `ResultRef`
    run      nobody has it: claim it, run it, look at what it read and left, store it
    record   it is not to be served (`cache=False`, or something speaks against it): run it and note that it ran

Where a key cannot be told, or a run cannot be served, the function has run all the same and its result is the user's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cashet_jupyter.effects.apply import apply
from cashet_jupyter.errors import Refused, StoreError
from cashet_jupyter.functions.call import Call
from cashet_jupyter.functions.formats import Format
from cashet_jupyter.functions.home import Home
from cashet_jupyter.functions.names import LEFT
from cashet_jupyter.functions.options import PLAIN, TaskOptions
from cashet_jupyter.functions.refs import ResultRef, stored_ref
from cashet_jupyter.functions.returned import read_changes
from cashet_jupyter.functions.target import wrapped
from cashet_jupyter.functions.turn import Turn
from cashet_jupyter.models import Commit
from cashet_jupyter.steps.artifacts import put_back
from cashet_jupyter.trace.bus import LISTENERS, Heard, Quiet, report
from cashet_jupyter.trace.lookup import Lookup
from cashet_jupyter.trace.restore import restore_states

#: bytes of a result that is looked at when it is found; a larger one when it is loaded
_SMALL = 32 << 10


@dataclass(frozen=True, slots=True)
class Found:
    """What a lookup came to."""

    ref: ResultRef[Any] | None = None
    newest: str = ""
    """Id of the newest run of that key, whether it holds or not."""


class Engine:
    """Runs functions, or finds that they have run."""

    def __init__(self, home: Home, format: Format | None = None) -> None:
        self.home = home
        self.format = format or Format()

    def call(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], options: TaskOptions = PLAIN
    ) -> Call:
        """A call that nothing has been done for yet."""
        return Call(wrapped(func), args, kwargs, options, self.format.name)

    def submit(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], options: TaskOptions = PLAIN
    ) -> ResultRef[Any]:
        """The result of a call, computed only if the store has none. Raises `TaskError` if the function fails."""
        with Quiet():  # where a run that is recorded submits, what the cache does for it is none of its doings
            return self._submitted(func, args, kwargs, options)

    def _submitted(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], options: TaskOptions
    ) -> ResultRef[Any]:
        call = self.call(func, args, kwargs, options)
        if not options.cache:
            return self.record(call)
        try:
            key = call.key
            found = Found() if options.force else self.find(call)
        except Refused as refused:
            return self.record(call, refused)
        except StoreError as error:
            return self.record(call, error)
        if found.ref is not None:
            return found.ref
        with Turn(self.home, call) as turn:
            while turn.may_have_landed(key, found.newest):
                call = self.call(func, args, kwargs, options)  # the arguments may have changed while it waited
                try:
                    key, found = call.key, self.find(call)
                except Refused as refused:
                    return self.record(call, refused)
                if found.ref is not None:
                    return found.ref
            return self.run(call, turn)

    def find(self, call: Call) -> Found:
        """The newest run of a call that still holds; whatever it changed besides is changed again.

        Raises `Refused` if the call has no key, `StoreError` if the store cannot be used.
        """
        store = self.home.store()
        commits = store.find(call.key)
        if not commits:
            return Found()
        lookup, ttl = Lookup(), call.options.ttl
        for commit in commits:
            if ttl is not None and commit.created + ttl < time.time():
                continue
            if lookup.broken(commit.trace) is None:
                try:
                    return Found(self._hit(commit, call), commits[0].id)
                except (StoreError, Refused):
                    continue  # it cannot be read, or its changes cannot be made here: it is no hit
        return Found(newest=commits[0].id)

    def _hit(self, commit: Commit, call: Call) -> ResultRef[Any]:
        _tell(commit)  # before its states are put back: they are what the run began with
        if commit.depends and any(value.name == LEFT for value in commit.depends):
            self._change(commit, call)
        elif commit.size <= _SMALL:
            self.home.store().get(commit)  # a damaged one is no hit; it is kept in memory, so that this costs little
        self.home.store().touch(commit, commit.seconds)
        return stored_ref(self.home, commit, self.format.read, call.kinds)

    def _change(self, commit: Commit, call: Call) -> None:
        """Put back what the run left besides its result: all of it, or (raising) nothing."""
        call.graph.expand()
        effects, files = read_changes(self.home.store(), commit, call.graph)
        put_back(commit.artifacts, files)
        take_back = restore_states(effects.states)
        try:
            apply(effects, call.graph, {})
        except BaseException:
            take_back()
            raise

    def run(self, call: Call, turn: Turn) -> ResultRef[Any]:
        """Run a call and store what comes of it. Raises `TaskError`."""
        from cashet_jupyter.functions.running import run  # what only a run needs is loaded with the first one

        return run(self, call, turn)

    def record(self, call: Call, why: Refused | StoreError | None = None) -> ResultRef[Any]:
        """Run a call that is not to be served; `why` says what speaks against it. Raises `TaskError`."""
        from cashet_jupyter.functions.running import record

        return record(self, call, why)


def seen(ref: ResultRef[Any]) -> None:
    """Tell the runs that record now on what a result depends that one of them has just asked for.

    A function that submits another one depends on the files that the other one has read, whenever that was.
    """
    if LISTENERS and (commit := ref.commit()) is not None:
        _tell(commit)


def _tell(commit: Commit) -> None:
    if LISTENERS:
        with Heard():
            for dependency in commit.trace:
                report("dependency", dependency)
