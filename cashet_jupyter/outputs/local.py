"""The doors outside of a kernel: the streams, the display publisher and the display hook of an IPython shell.

Text that is written to the descriptor (by a library in C, by a child) does not pass here and is not recorded.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cashet_jupyter.outputs.doors import Doors
    from cashet_jupyter.outputs.tape import Tape

Call = Callable[..., Any]


class Local:
    """Writes what passes the doors of a terminal's shell on a tape."""

    def __init__(self, shell: Any, tape: Tape) -> None:
        self._shell = shell
        self._tape = tape
        self._pid = os.getpid()
        self._inner = threading.local()

    def hook(self, doors: Doors) -> None:
        """Begin to record."""
        self.flush()
        publisher, displayhook = self._shell.display_pub, self._shell.displayhook
        self._hook_streams(doors)
        doors.hook(publisher, "publish", self._make_publish)
        doors.hook(publisher, "clear_output", self._make_clear)
        doors.hook(displayhook, "write_format_data", self._make_result)
        # prompts are text of the shell, not of the cell: a replay has its own
        for name in ("start_displayhook", "write_output_prompt", "finish_displayhook"):
            doors.hook(displayhook, name, self._silent)
        doors.hook(self._shell, "_showtraceback", self._refusing("it shows an error"))
        self._hook_comms(doors)

    def flush(self) -> None:
        """Nothing waits here; the user's terminal is brought up to date."""
        for stream in self.streams():
            stream.flush()

    def streams(self) -> list[Any]:
        """The streams as they are now."""
        return [stream for stream in (sys.stdout, sys.stderr) if stream is not None]

    def _hook_streams(self, doors: Doors) -> None:
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if stream is None or (name == "stderr" and stream is sys.stdout):
                continue
            try:
                doors.hook(stream, "write", self._writer(name))
                doors.hook(stream, "writelines", self._lines_writer(name))
            except (TypeError, AttributeError):
                self._tape.refuse(f"sys.{name} is a {type(stream).__name__}, which cannot be watched")

    def _hook_comms(self, doors: Doors) -> None:
        """Without a kernel there is no live widget, yet its view would be replayed in a kernel."""
        comm = sys.modules.get("comm")
        if comm is not None:
            doors.hook(comm, "create_comm", self._refusing("it talks to a live widget"))

    @property
    def _off(self) -> bool:
        """Whether a call is part of another that is recorded as a whole, or not the cell's."""
        return not self._tape.live or getattr(self._inner, "depth", 0) > 0 or os.getpid() != self._pid

    @contextmanager
    def _whole(self, step: int = 1) -> Generator[None]:
        """What is shown inside is part of one call: a terminal's publisher and prompts write to the stream."""
        before = getattr(self._inner, "depth", 0)
        self._inner.depth = max(0, before + step)
        try:
            yield
        finally:
            self._inner.depth = before

    def _writer(self, name: str) -> Callable[[Call], Call]:
        def make(write: Call) -> Call:
            def hook(text: Any) -> Any:
                written = write(text)
                if not self._off and isinstance(text, str):
                    self._tape.stream(name, text)
                return written

            return hook

        return make

    def _lines_writer(self, name: str) -> Callable[[Call], Call]:
        def make(writelines: Call) -> Call:
            def hook(lines: Iterable[Any]) -> Any:
                if self._off:
                    return writelines(lines)
                with self._whole():
                    return writelines(self._recorded(name, lines))

            return hook

        return make

    def _recorded(self, name: str, lines: Iterable[Any]) -> Iterator[Any]:
        """The lines, each recorded as it is taken; a generator of the user may itself print."""
        each = iter(lines)
        while True:
            with self._whole(-1):
                try:
                    line = next(each)
                except StopIteration:
                    return
                if isinstance(line, str):
                    self._tape.stream(name, line)
            yield line

    def _make_publish(self, publish: Call) -> Call:
        def hook(data: Any, metadata: Any = None, *args: Any, **kwargs: Any) -> Any:
            if self._off:
                return publish(data, metadata, *args, **kwargs)
            with self._whole():
                published = publish(data, metadata, *args, **kwargs)
            self._tape.display(data, metadata, kwargs.get("transient"), update=bool(kwargs.get("update")))
            return published

        return hook

    def _make_clear(self, clear: Call) -> Call:
        def hook(wait: bool = False) -> Any:
            with self._whole():
                cleared = clear(wait)
            if not self._off:
                self._tape.clear(wait)
            return cleared

        return hook

    def _make_result(self, write_format_data: Call) -> Call:
        def hook(data: Any, metadata: Any = None) -> Any:
            with self._whole():
                written = write_format_data(data, metadata)
            if not self._off:
                self._tape.result(data, metadata)
            return written

        return hook

    def _silent(self, call: Call) -> Call:
        def hook(*args: Any, **kwargs: Any) -> Any:
            with self._whole():
                return call(*args, **kwargs)

        return hook

    def _refusing(self, why: str) -> Callable[[Call], Call]:
        def make(call: Call) -> Call:
            def hook(*args: Any, **kwargs: Any) -> Any:
                if self._tape.live:
                    self._tape.refuse(why)
                return call(*args, **kwargs)

            return hook

        return make
