"""A store with runs of cells and functions, each a minute after the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cashet_jupyter.digest import digest
from cashet_jupyter.models import FUNCTION, RETURNED, Cell, Commit, Payload, Value
from cashet_jupyter.store.store import Store, open_store

START = 1_700_000_000.0


class Runs:
    """Stores runs."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = START
        self.seed = 0

    def cell(
        self,
        source: str,
        *outputs: str,
        id: str | None = None,
        notebook: str | None = "nb/train.ipynb",
        reads: tuple[Commit, ...] = (),
        inputs: tuple[str, ...] = (),
        tags: Mapping[str, str] | None = None,
    ) -> Commit:
        """A run of a cell; it reads all that the runs before it left that are named."""
        names = [*inputs, *(value.name for commit in reads for value in commit.outputs)]
        return self._put(
            Cell(source, source.splitlines()[0][:48], id, notebook),
            code=digest(source),
            inputs=tuple(Value(name, f"in {self.seed}") for name in names),
            outputs=tuple(Value(name, f"out {self.seed}") for name in outputs),
            lineage=tuple(commit.id for commit in reads),
            tags=tags,
        )

    def function(self, name: str, source: str = "", arguments: str = "", error: str = "") -> Commit:
        """A run of a submitted function; `name` is `module.name`."""
        label = name.rpartition(".")[2]
        source = source or f"def {label}(): ..."
        return self._put(
            Cell(source, label, FUNCTION + name, None),
            code=digest(source),
            outputs=() if error else (Value(RETURNED, "", "int", "1"),),
            arguments=arguments,
            error=error,
        )

    def _put(self, cell: Cell, *, tags: Mapping[str, str] | None = None, **fields: object) -> Commit:
        self.seed += 1
        self.now += 60.0
        commit = Commit(key=f"{self.seed:064x}", cell=cell, created=self.now, seconds=1.0, host="here", **fields)  # type: ignore[arg-type]
        return self.store.put(commit, Payload(b"s%d" % self.seed, b""), durable=False, tags=tags or {})


@contextmanager
def runs_in(path: Path) -> Iterator[Runs]:
    """Runs in a new store."""
    store = open_store(path / "store")
    try:
        yield Runs(store)
    finally:
        store.close()
