"""What did the cell show? `Recorder` takes it down while it streams live."""

from __future__ import annotations

import builtins
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cashet_jupyter.outputs.doors import Doors
from cashet_jupyter.outputs.figures import flush_figures
from cashet_jupyter.outputs.local import Local
from cashet_jupyter.outputs.pipes import drain
from cashet_jupyter.outputs.tape import Tape
from cashet_jupyter.outputs.wire import Wire, sender

if TYPE_CHECKING:
    from cashet_jupyter.models import Shown


@dataclass(frozen=True, slots=True)
class Recording:
    """What a cell showed."""

    shown: tuple[Shown, ...] = ()
    """In the order in which the user saw it."""
    result: tuple[()] | tuple[Any] = ()
    """The object that the cell showed as its result (`Out[n]`), if it did; the last one, if several."""
    refused: str = ""
    """Why it cannot be shown again; empty if it can."""
    dropped: bool = False
    """Whether what was recorded has been let go because it was too much."""
    earlier: tuple[Any, ...] = ()
    """Up to two results before the last one, oldest first: they became `___` and `__`."""


class Recorder:
    """Records what one cell shows, from `start` to the end of its body.

    The body ends with the shell's first `post_execute` that is not one of a cell that the body itself runs; figures
    that wait to be shown are then shown, before any other callback, so that those of other extensions, which run
    again on a hit, are not part of the recording. No method raises: what goes wrong is a reason in `refused`.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._tape = Tape()
        self._doors = Doors()
        thread = sender(shell)
        self._source = Local(shell, self._tape) if thread is None else Wire(shell, thread, self._tape)
        self._thread = 0
        self._nested = 0
        self._started = False
        self._recording: Recording | None = None

    @property
    def over(self) -> bool:
        """Whether the body has ended; `post_execute` also comes after cells that the body runs."""
        return self._recording is not None

    def start(self) -> None:
        """Begin to record; a second call does nothing."""
        if self._started:
            return
        self._started = True
        self._thread = threading.get_ident()
        try:
            self._try(self._settle, "before the cell")
            self._try(self._hook, "before the cell")
        except BaseException:  # the user interrupts: nobody may come to stop this
            self._unhook()
            raise
        self._tape.live = True

    def stop(self) -> Recording:
        """End the recording if it still runs, and return it; every call returns the same one."""
        if not self._started:
            return Recording()
        if self._recording is None:
            try:
                self._try(self._settle, "after the cell")
                self._try(self._show_figures, "showing figures")
            except BaseException:
                self._tape.refuse("it was interrupted while its last output was awaited")
                raise
            finally:
                self._unhook()
                self._recording = self._taken()
        return self._recording

    def _taken(self) -> Recording:
        tape = self._tape
        shown, values = tape.close(), tape.values
        tape.values = []  # what is left of the hooks in other code's hands must not keep them alive
        result = (values[-1],) if values else ()
        return Recording(shown, result, tape.refused, tape.dropped, tuple(values[:-1]))

    def _unhook(self) -> None:
        self._try(self._doors.close, "after the cell")
        self._try(self._forget_events, "after the cell")

    def _show_figures(self) -> None:
        if flush_figures(self._shell):
            self._settle()

    def _settle(self) -> None:
        """Have all that was written so far come to where it is recorded, or be sent before the recording."""
        if not drain(self._source.streams()):
            self._tape.refuse("a program writes more than could be waited for")
        self._source.flush()

    def _hook(self) -> None:
        self._source.hook(self._doors)
        doors, shell = self._doors, self._shell
        doors.hook(shell.displayhook, "update_user_ns", self._make_update)
        doors.hook(builtins, "input", self._refusing("it asks for input"))
        kernel = getattr(shell, "kernel", None)
        if hasattr(kernel, "_input_request"):  # also getpass, debuggers, and an `input` under another name
            doors.hook(kernel, "_input_request", self._refusing("it asks for input"))
        if getattr(shell, "payload_manager", None) is not None:
            what = "it opens the pager or fills the next cell"
            doors.hook(shell.payload_manager, "write_payload", self._refusing(what))
        shell.events.register("pre_execute", self._enter)
        # first of all: those of other extensions are not to be recorded
        shell.events.callbacks["post_execute"].insert(0, self._leave)

    def _forget_events(self) -> None:
        for event, callback in (("pre_execute", self._enter), ("post_execute", self._leave)):
            callbacks = self._shell.events.callbacks[event]
            if callback in callbacks:
                callbacks.remove(callback)

    def _enter(self) -> None:
        self._nested += threading.get_ident() == self._thread

    def _leave(self) -> None:
        if threading.get_ident() != self._thread:
            return  # a cell of another subshell
        if self._nested:
            self._nested -= 1
        else:
            self.stop()

    def _make_update(self, update_user_ns: Callable[..., Any]) -> Callable[..., Any]:
        def hook(result: Any) -> Any:
            self._tape.value(result)
            return update_user_ns(result)

        return hook

    def _refusing(self, why: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def make(call: Callable[..., Any]) -> Callable[..., Any]:
            def hook(*args: Any, **kwargs: Any) -> Any:
                if self._tape.live:
                    self._tape.refuse(why)
                return call(*args, **kwargs)

            return hook

        return make

    def _try(self, step: Callable[[], None], when: str) -> None:
        """The cell goes on whatever happens here; what it showed is then not known."""
        try:
            step()
        except Exception as error:
            self._tape.refuse(f"what it shows could not be recorded: {when}, {error!r}")
