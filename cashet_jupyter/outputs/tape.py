"""What was shown, in order, as one list of bounded size."""

from __future__ import annotations

import contextlib
import io
import threading
from typing import TYPE_CHECKING, Any, cast

from cashet_jupyter.errors import Refused
from cashet_jupyter.models import Shown
from cashet_jupyter.outputs.plain import plain

if TYPE_CHECKING:
    from collections.abc import Generator

#: Bytes that a recording may hold. Notebooks with more in one cell hardly open; a bound keeps a kernel alive.
LIMIT = 50 << 20
#: From so many entries on, updates that nobody can see at the end are left out. A replay sends in a moment what the
#: run sent in minutes, and a Jupyter server drops what comes faster than 1000 messages a second over three seconds
#: (`iopub_msg_rate_limit`, `rate_limit_window`).
MANY = 1000
#: Bytes that count for each entry, so that many tiny ones are bounded too.
_ENTRY = 200
#: How many results leave a mark in a shell: `_`, `__`, `___`.
_UNDERSCORES = 3
#: What shows a live object of a kernel, which is not there in the next one.
_LIVE_VIEW = "application/vnd.jupyter.widget-view+json"


class Tape:
    """A list of `Shown` that can be written to from any thread, until `close`."""

    def __init__(self) -> None:
        # Reentrant: a destructor that prints may run at any point of this very thread.
        self.lock = threading.RLock()
        self.refused = ""
        """Why what is recorded cannot be shown again; the first reason stays."""
        self.dropped = False
        """Whether the list has been let go because it was too long."""
        self.live = False
        self.values: list[Any] = []
        """The last few objects that were shown as results, in order."""
        self._shown: list[Shown | _Text] = []
        self._pending: Shown | None = None
        self._size = 0

    def refuse(self, why: str) -> None:
        """Say why what is recorded cannot be shown again."""
        self.refused = self.refused or why

    def fits(self, size: int) -> bool:
        """Count bytes that come next; past the limit everything is let go and nothing more is kept."""
        self._size += size
        if self._size > LIMIT and not self.dropped:
            self.dropped = True
            self.refuse(f"it shows more than {LIMIT >> 20} MB")
            self._shown.clear()
        return not self.dropped

    def stream(self, name: str, text: str) -> None:
        """Text on `stdout` or `stderr`; adjacent pieces become one."""
        with self.lock, self._spared():
            if not (self.live and text and self.fits(len(text))):
                return
            last = self._shown[-1] if self._shown else None
            if not (isinstance(last, _Text) and last.name == name):
                self._size += _ENTRY
                last = _Text(name)
                self._shown.append(last)
            last.text.write(text)

    def display(self, data: Any, metadata: Any, transient: Any, *, update: bool) -> None:
        """A display, or new content for an earlier one."""
        content: dict[str, Any] = {"data": data, "metadata": metadata or {}, "transient": transient or {}}
        self._add(Shown("update" if update else "display", content))

    def clear(self, wait: bool) -> None:
        """What the cell has shown so far is cleared, at once or when the next thing comes."""
        self._add(Shown("clear", {"wait": bool(wait)}))

    def value(self, value: object) -> None:
        """The shell takes an object as a result (`_`, `Out[n]`); what is shown of it may follow."""
        with self.lock:
            if not self.live:
                return
            self.values = [*self.values, value][-_UNDERSCORES:]
            # An object that displays itself shows nothing as a result, yet counts as one.
            self._pending = Shown("result", {"data": {}, "metadata": {}})
            self._shown.append(self._pending)

    def result(self, data: Any, metadata: Any) -> None:
        """What is shown of a result."""
        with self.lock:
            if not self.live:
                return
            if self._pending is None:
                self.refuse("it shows a result in a way of its own")
            self._shown = [shown for shown in self._shown if shown is not self._pending]
            self._pending = None
            self._add(Shown("result", {"data": data, "metadata": metadata or {}}))

    def close(self) -> tuple[Shown, ...]:
        """Stop taking anything, and hand over the list."""
        with self.lock:
            self.live = False
            shown, self._shown = self._shown, []
            shown = _thinned(shown) if len(shown) > MANY else shown
            with self._spared():
                return tuple(entry.shown() if isinstance(entry, _Text) else entry for entry in shown)
            return ()

    def _add(self, shown: Shown) -> None:
        if not self.live:
            return
        with self._spared():
            content = plain(shown.content)
            if _LIVE_VIEW in content.get("data", {}):
                self.refuse("it shows a live widget")
            with self.lock:
                if self.live and self.fits(_ENTRY + _weight(content)):
                    self._shown.append(Shown(shown.kind, content))

    @contextlib.contextmanager
    def _spared(self) -> Generator[None]:
        """The cell is spared what goes wrong here: data may be circular, or of a class that raises."""
        try:
            yield
        except Refused as error:
            self.refuse(error.why)
        except Exception as error:
            self.refuse(f"what it shows could not be kept ({type(error).__name__})")


class _Text:
    """A run of text on one stream."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.text = io.StringIO(newline="")  # line ends stay as they are

    def shown(self) -> Shown:
        return Shown("stream", {"name": self.name, "text": plain(self.text.getvalue())})


def _thinned(entries: list[Shown | _Text]) -> list[Shown | _Text]:
    """The list without updates of a display that a later update of it makes invisible."""
    kept: list[Shown | _Text] = []
    later: set[Any] = set()
    for entry in reversed(entries):
        if isinstance(entry, Shown) and entry.kind == "update":
            name = entry.content["transient"].get("display_id")
            if name in later:
                continue
            later.add(name)
        kept.append(entry)
    kept.reverse()
    joined: list[Shown | _Text] = []
    for entry in kept:
        last = joined[-1] if joined else None
        if isinstance(entry, _Text) and isinstance(last, _Text) and last.name == entry.name:
            last.text.write(entry.text.getvalue())
        else:
            joined.append(entry)
    return joined


def _weight(value: object) -> int:
    """Bytes that plain data takes, roughly."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(_weight(key) + _weight(item) for key, item in cast("dict[str, object]", value).items())
    if isinstance(value, list):
        return sum(map(_weight, cast("list[object]", value)))
    return 8
