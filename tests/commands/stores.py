"""A store that only answers what a test tells it to, and someone who reads the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner, Result

from cashet_jupyter.commands.grammar import add_commands
from cashet_jupyter.commands.target import Target
from cashet_jupyter.models import Cell, Commit
from cashet_jupyter.store.answers import Collected, Progress, StoreStats, Verified
from cashet_jupyter.store.protocol import Store


class Reader(Target):
    """Runs commands on a store and keeps what they say."""

    name = "cashet"

    def __init__(self, store: Any) -> None:
        self._store = store
        self.shown: list[str] = []

    def store(self, *, create: bool = False) -> Store:
        return self._store

    def show(self, line: str) -> None:
        self.shown.append(line)

    def run(self, *arguments: str) -> Result:
        """Run a command; errors of the project come out as they are."""

        @click.group()
        def group() -> None:
            """Commands."""

        add_commands(group)
        done = CliRunner().invoke(group, list(arguments), obj=self)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done


class FakeStore:
    """Answers collections and examinations with what it was given, and remembers what it was asked."""

    path = Path("/home/u/nb/.cashet")
    limit = 10 * 10**9
    read_only = ""

    def __init__(self, answer: Collected | Verified | None = None, stats: StoreStats | None = None) -> None:
        self._answer = answer
        self._stats = stats or StoreStats()
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.notices: list[str] = []

    def stats(self) -> StoreStats:
        return self._stats

    def gc(self, **options: Any) -> Any:
        self.asked.append(("gc", options))
        return self._answer

    def clear(self, **options: Any) -> Any:
        self.asked.append(("clear", options))
        return self._answer

    def verify(self, progress: Progress) -> Any:
        progress(1, 2, "blobs")
        return self._answer


def commits_of(label: str, notebook: str | None, number: int = 1, seconds: float = 2.0) -> Iterator[Commit]:
    """Some commits of one cell."""
    for n in range(number):
        yield Commit("k", "c", Cell(label, label, None, notebook), 1.0 + n, seconds, id=f"{n:02x}" * 32)


Make = Callable[[], Store]
