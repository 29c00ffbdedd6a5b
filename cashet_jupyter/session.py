"""What the cache knows of one kernel: its namespace, its store, its settings, and what happened so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cashet_jupyter.analysis.mentions import READ_CALLERS
from cashet_jupyter.config import Settings
from cashet_jupyter.errors import StoreError
from cashet_jupyter.store.behind import Behind

if TYPE_CHECKING:
    from pathlib import Path

    from cashet_jupyter.models import Cell, CellAnalysis, Commit, Outcome
    from cashet_jupyter.store.store import Store
    from cashet_jupyter.store.upkeep import Upkeep

#: what stands before a code, where the time is that of storing
_STORING = "storing "


class Session:
    """One kernel's cache.

    `is_own(name, value)` says what in the namespace is the shell's, not the user's; of names that begin with an
    underscore by the name alone. `busy()` says whether a cell runs.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        settings: Settings,
        is_own: Callable[[str, object], bool] = lambda _name, _value: False,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self.namespace = namespace
        self.settings = settings
        self.outcomes: list[Outcome] = []
        self.behind = Behind()
        """What is being written while its user reads it."""
        self._is_own = is_own
        self._hidden: set[str] = set()
        self._busy = busy
        self._upkeep: Upkeep | None = None
        self._store: Store | None = None
        self._seconds: dict[str, float] = {}
        self._storing: dict[str, float] = {}
        self.opened: Callable[[Path], None] = lambda _path: None
        """Called with the store's path once it is open; must not fail."""
        self._produced: dict[str, tuple[str, int]] = {}

    # ------------------------------------------------------------------------------------------- the namespace
    def user_variables(self) -> dict[str, Any]:
        """The user's variables as they are now (a shallow copy)."""
        hidden, is_own = self._hidden, self._is_own
        found = {name: value for name, value in list(self.namespace.items()) if name not in hidden}
        for name in [name for name, value in found.items() if is_own(name, value)]:
            del found[name]
            if name.startswith("_"):  # `_i17`: there are more of them with every cell
                hidden.add(name)
        return found

    def mentioned(self, analysis: CellAnalysis) -> frozenset[str]:
        """Variables whose names stand in the cell's text constants, where something in it reads names from text."""
        if not analysis.mentions:
            return frozenset()
        called = {name for code in analysis.codes for name in code.co_names}
        if called.isdisjoint(READ_CALLERS):
            return frozenset()
        return analysis.mentions & self.user_variables().keys()

    # ----------------------------------------------------------------------------------------------- the store
    def store(self) -> Store:
        """The kernel's store, opened when it is first needed and kept: changing directory does not move it.

        What is being written is written then. Raises `StoreError` if it cannot be used.
        """
        self.behind.finish()
        if self._store is None:
            # Not with this module: `%load_ext` does not wait for the code of the store.
            from cashet_jupyter.store.store import find_store_dir, open_store
            from cashet_jupyter.store.upkeep import Upkeep

            self._store = open_store(find_store_dir())
            self.opened(self._store.path)
            self._upkeep = Upkeep(self._store, lambda: self.behind.writing or self._busy())
        self._store.max_size = self.settings.max_size
        return self._store

    @property
    def path(self) -> Path | None:
        """Where the store is, once it is open; to be asked in any thread."""
        store = self._store
        return None if store is None else store.path

    def notices(self) -> list[str]:
        """What the user should be told about the store, if it is open."""
        return list(self._store.notices) if self._store is not None else []

    def look_after(self) -> None:
        """Keep the store below its limit, once nobody works."""
        if self._upkeep is not None:
            self._upkeep.look()

    def close(self) -> None:
        """Let go of the store, when what is being written is written."""
        self.behind.finish()
        if self._upkeep is not None:
            self._upkeep.finish()
            self._upkeep = None
        if self._store is not None:
            self._store.close()
            self._store = None

    # ---------------------------------------------------------------------------------------------- what it took
    def known_cheap(self, code: str) -> bool:
        """Whether this code ran faster, the last time, than what auto stores."""
        seconds = self._seconds.get(code)
        if seconds is None:
            try:
                seconds = self.store().timing(code)
            except StoreError:
                return False
        return seconds is not None and seconds < self.settings.min_time

    def note_timing(self, code: str, seconds: float) -> None:
        """Remember how long this code took, here and for later kernels."""
        known = self._seconds.get(code)
        self._seconds[code] = seconds
        # Writing every jitter of a cheap cell would cost more than the cell: only what changes the answer.
        least = self.settings.min_time
        if known is None or (known < least) != (seconds < least):
            try:
                self.store().note_timing(code, seconds)
            except StoreError:
                return

    def note_storing(self, code: str, seconds: float, *, auto: bool) -> None:
        """Remember how long it took to store a run of this code; for later kernels, where auto will ask for it."""
        self._storing[code] = seconds
        if auto:
            try:
                self.store().note_timing(_STORING + code, seconds)
            except StoreError:
                return

    def storing(self, code: str) -> float:
        """Seconds that storing a run of this code took the last time; 0 if that is not known."""
        if code not in self._storing:
            try:
                self._storing[code] = self.store().timing(_STORING + code) or 0.0
            except StoreError:
                return 0.0
        return self._storing[code]

    def expected(self, code: str) -> float | None:
        """Seconds that this code takes, by the last time that is known; None if none is."""
        if code in self._seconds:
            return self._seconds[code]
        try:
            latest = self.store().latest(code=code)
            return self.store().timing(code) if latest is None else latest.seconds
        except StoreError:
            return None

    # ------------------------------------------------------------------------------------------ what came of what
    def correct(self, outcome: Outcome, now: Outcome) -> None:
        """Put what became of a cell in the place of what was known when it ended."""
        self.outcomes[:] = [now if known is outcome else known for known in self.outcomes]

    def note_produced(self, commit: Commit, outputs: Mapping[str, Any]) -> None:
        """Remember which commit the variables came from."""
        for name, value in outputs.items():
            self._produced[name] = (commit.id, id(value))

    def produced_by(self, name: str) -> str | None:
        """The commit that made what the variable holds now, if it was made by a cached cell of this kernel."""
        if name not in self.namespace or name not in self._produced:
            return None
        commit, identity = self._produced[name]
        return commit if id(self.namespace[name]) == identity else None

    def produced(self) -> dict[str, str]:
        """Each variable that holds what a commit made, and that commit."""
        found = {name: self.produced_by(name) for name in list(self._produced)}
        return {name: commit for name, commit in found.items() if commit is not None}

    def lineage_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """The commits that produced what these variables hold."""
        commits = [self.produced_by(name) for name in names]
        return tuple(dict.fromkeys(commit for commit in commits if commit is not None))

    def parent_of(self, cell: Cell, code: str) -> str | None:
        """The previous commit of the same cell: by its id in the notebook, else by its code."""
        store = self.store()
        latest = None
        if cell.id is not None:
            latest = store.latest(cell_id=cell.id, notebook=cell.notebook)
        latest = latest or store.latest(code=code)
        return latest.id if latest is not None else None
