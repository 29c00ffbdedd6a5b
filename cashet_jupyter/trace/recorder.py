"""Recording one run: armed only while a cached cell runs."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from threading import get_ident
from typing import Any
from weakref import WeakSet

from cashet_jupyter.models import MENTIONED, Dependency
from cashet_jupyter.trace.alive import Alive
from cashet_jupyter.trace.bus import LISTENERS, WORKING_FOR, Quiet
from cashet_jupyter.trace.facts import FACTS
from cashet_jupyter.trace.files import FileLog
from cashet_jupyter.trace.natives.table import NATIVE_LIBRARIES
from cashet_jupyter.trace.randomness import UNSEEDED
from cashet_jupyter.trace.records import Recorded, Refusal
from cashet_jupyter.trace.statelog import StateLog
from cashet_jupyter.trace.watching import WATCH, gate

#: generators that wait to be judged: more than threads make at the same time
_GENERATORS = 256


class Recorder:
    """What one run reads and touches beyond its inputs.

    `user_module_files(path)` says whether a source file is one whose loaded code is part of the key already; where it
    is not given or says no, a local module that the run imports is a dependency like any file it reads.
    `mentioned` are paths that the cell or its inputs name: where a library that opens files natively is loaded, those
    that exist are dependencies, whether an adapter saw them or not. `own_thread`: other runs may be recorded at the
    same time in other threads, and what these do is none of this one's doing.
    """

    def __init__(
        self,
        *,
        user_module_files: Callable[[str], bool] | None = None,
        mentioned: Iterable[str] = (),
        own_thread: bool = False,
    ) -> None:
        self.threads: set[int] | None = set() if own_thread else None
        """The threads that work for this run alone, where others run beside it; see `bus.Listener`."""
        self._started: WeakSet[Any] = WeakSet()
        self._beside = False
        self._context: Any = None
        """Whether anything else may have run in this process at the same time."""
        self._given: dict[Dependency, None] = {}
        self._of_key = user_module_files
        self._mentioned = tuple(mentioned)
        self._refusals: dict[Refusal, None] = {}
        self._unexplained: dict[str, None] = {}
        self._recorded: Recorded | None = None
        self._armed = False
        self._sqlite: list[Any] = []
        self._catalog: Callable[[], tuple[Any, ...]] | None = None
        self._only_named: set[str] = set()
        self._seeded_elsewhere: set[str] = set()
        self._generators: deque[Any] = deque()

    def start(self) -> None:
        """Record from now on; raises nothing, but a recorder that could not start refuses what it recorded."""
        if self._armed or self._recorded is not None:
            return
        with Quiet():
            self._files, self._states = FileLog(), StateLog()
            self._alive = Alive()
            self._try(self._states.begin)
        self._armed = True
        with gate().lock:
            if self.threads is not None:
                self.threads.add(get_ident())
                self._look_beside(self.threads)
                self._context = WORKING_FOR.set((*WORKING_FOR.get(), self))
            LISTENERS.append(self)
            if len(LISTENERS) == 1:
                WATCH.start()

    def has_started(self, thread: threading.Thread) -> bool:
        """Whether the run has started that thread, or one that did."""
        return thread in self._started

    def _look_beside(self, threads: set[int]) -> None:
        self._beside = threading.current_thread() is not threading.main_thread()
        for other in LISTENERS:
            if isinstance(other, Recorder) and other.threads is not None and other.threads.isdisjoint(threads):
                self._beside = other._beside = True

    def join(self, thread: int) -> None:
        """Another thread works for this run alone."""
        if self.threads is not None:
            self.threads.add(thread)

    def stop(self) -> Recorded:
        """Record no longer, and give what was recorded; a second call gives the same."""
        if self._recorded is None:
            if self._armed:
                with gate().lock:
                    if len(LISTENERS) == 1 and LISTENERS[0] is self:
                        WATCH.stop()
                    with contextlib.suppress(ValueError):
                        LISTENERS.remove(self)
                self._armed = False
                if self._context is not None:
                    with contextlib.suppress(ValueError):  # it is stopped in another thread
                        WORKING_FOR.reset(self._context)
                with Quiet():
                    self._recorded = self._settle()
            else:
                self._recorded = Recorded()
        return self._recorded

    # --------------------------------------------------------------------------------------------- what was seen
    def take(self, what: str, args: tuple[Any, ...]) -> None:
        """Note one thing that was seen; see `bus`."""
        try:
            if what in {"read", "write", "update", "remove", "fact", "named", "folder", "write_folder", "make_folder"}:
                getattr(self._files, what)(*args)
            else:
                getattr(self, f"_on_{what}")(*args)
        except Exception as error:
            self._on_failed(error)

    def _on_failed(self, error: Exception) -> None:
        self.refuse("trace", f"the recorder failed: {type(error).__name__}: {error}")

    def refuse(self, kind: str, what: str) -> None:
        """Note something that speaks against storing the run."""
        self._refusals[Refusal(kind, what)] = None

    _on_refuse = refuse

    def _on_imported(self, path: str) -> None:
        if self._of_key is None or not self._of_key(path):
            self._files.read(path)

    def _on_thread(self, thread: Any) -> None:
        """A thread is about to be started."""
        self._started.add(thread)

    def _on_dependency(self, dependency: Dependency) -> None:
        """What a result depends on that was asked for, and that was made by another run, perhaps long ago."""
        kind, name = dependency.kind, dependency.name
        if kind == "file":
            self._files.read(name)
        elif kind in ("absent", "exists", "entries", "listing", "details", "tree"):
            self._files.fact(kind, name)
        elif kind in FACTS:
            self._files.named(kind, name)
        elif kind in _ASKED:
            _ASKED[kind](self, name)
        elif kind != "options":  # these every run depends on
            self._given[dependency] = None

    def _on_asked_access(self, path: str, mode: int) -> None:
        self._files.named("access", f"{mode} {path}")

    def _on_database(self, path: str) -> None:
        """A database file, with the journals in which a part of its content may be."""
        if not path or path.startswith(":memory"):
            return
        if path.startswith("file:"):
            path = path.removeprefix("file:").partition("?")[0]
        for suffix in ("", "-wal", "-journal", ".wal"):
            self._files.update(path + suffix)

    def _on_connection(self, connection: Any) -> None:
        self._sqlite.append(connection)

    def _on_variable(self, name: str) -> None:
        self._states.note_variable(name)

    def _on_set_variable(self, name: str) -> None:
        self._states.variables_set.add(name)

    def _on_arguments(self) -> None:
        self._states.argv_seen = True

    def _on_folder_asked(self, by_library: bool) -> None:
        if self._states.cwd_changed:
            return
        if by_library:
            self._states.cwd_seen_by_library = True
        else:
            self._states.cwd_seen = True

    def _on_changed_folder(self) -> None:
        self._states.cwd_changed = True

    def _on_seeded(self, name: str) -> None:
        self._states.note_random(name, seeded=True)

    def _on_peeked(self, name: str) -> None:
        self._states.note_random(name, seeded=False)

    def _on_seeded_elsewhere(self, name: str) -> None:
        self._seeded_elsewhere.add(name)

    def _on_generator(self, generator: Any) -> None:
        """One that is about to be seeded, or not; the older ones are judged, so that they are not kept for long."""
        self._generators.append(generator)
        if len(self._generators) > _GENERATORS:
            self._judge(self._generators.popleft())

    def _judge(self, generator: Any) -> None:
        if generator.seed_seq is not None:
            self.refuse("entropy", UNSEEDED)

    def _on_unseeded(self, name: str) -> None:
        if name not in self._seeded_elsewhere:
            self.refuse("entropy", f"it draws from {name} without a seed")

    def _on_loaded(self, name: str) -> None:
        self._states.note_loaded(name)

    def _on_importing(self, begins: bool) -> None:
        self._states.note_import(begins=begins)

    def _on_unexplained(self, what: str) -> None:
        self._unexplained[what] = None

    def _on_default_connection(self, catalog: Callable[[], tuple[Any, ...]]) -> None:
        """DuckDB's one connection for everybody: what it holds is no input and no output of any cell."""
        if self._catalog is None:
            self._catalog = catalog
            self._shared_tables(catalog)

    def _shared_tables(self, catalog: Callable[[], tuple[Any, ...]]) -> None:
        if catalog():
            self.refuse("database", "it uses tables of DuckDB's default connection, which outlive the cell")

    # ------------------------------------------------------------------------------------------- what came of it
    def _settle(self) -> Recorded:
        for connection in self._sqlite:
            with contextlib.suppress(Exception):  # closed meanwhile, or of another thread
                connection.set_authorizer(None)
        dependencies: list[Dependency] = []
        states: dict[str, Any] = {}
        try:
            for generator in self._generators:
                self._judge(generator)
            self._explain()
            if self._catalog is not None:
                self._shared_tables(self._catalog)
            self._files.settle()
            artifacts = tuple(self._files.artifacts())
            if self._states.cwd_seen_by_library and self._files.names_in(self._files.start):
                # a library may have made a relative path absolute: it holds for this folder only
                self._states.cwd_seen = True
            found, states = self._states.settle()
            if states and self._beside:
                names = ", ".join(sorted(states))
                self.refuse(
                    "threads", f"{names}: changed while other threads ran, and whose doing it was cannot be told"
                )
            dependencies = [*map(self._noted, self._files.dependencies()), *found, *self._given]
            for kind, what in self._alive.since(None if self.threads is None else self._started):
                self.refuse(kind, what)
        except Exception as error:
            self._on_failed(error)
            artifacts = ()
        refusals = (*self._refusals, *self._files.refusals)
        return Recorded(tuple(dependencies), refusals, states, artifacts)

    def _explain(self) -> None:
        """Files that are named, for calls of native readers that name none."""
        if not self._unexplained and NATIVE_LIBRARIES.isdisjoint(sys.modules):
            return
        # a slash alone is what text is split by: nobody reads everything that there is
        mentioned = [path for path in self._mentioned if path.strip(os.sep)]
        named = [path for path in mentioned if not self._files.explained(path)]
        self._only_named.update(path for path in named if not os.path.exists(path))
        for path in named:
            (self._files.folder if os.path.isdir(path) else self._files.read)(path)
        if not mentioned:
            for what in self._unexplained:
                self._files.refuse(f"{what}, whose files are not known")

    def _noted(self, item: Dependency) -> Dependency:
        """Most text in a cell is no path: what nobody looked for, and is not there, is marked, so that none is told."""
        return replace(item, note=MENTIONED) if item.kind == "absent" and item.name in self._only_named else item

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as error:
            self._on_failed(error)


#: kind of a dependency -> how a run notes that it depends on it
_ASKED: dict[str, Callable[[Recorder, str], None]] = {
    "env": Recorder._on_variable,
    "random": Recorder._on_peeked,
    "cwd": lambda recorder, _: recorder._on_folder_asked(by_library=False),
    "argv": lambda recorder, _: recorder._on_arguments(),
}
