"""What a command acts on: a store, and someone who reads the answer."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from cashet_jupyter.commands.meter import Meter
from cashet_jupyter.models import Commit
from cashet_jupyter.store.answers import Progress
from cashet_jupyter.store.protocol import Store


class Target(ABC):
    """Where a command was given: in a kernel or in a terminal."""

    #: how commands are called there
    name = "cashet"

    @abstractmethod
    def store(self, *, create: bool = False) -> Store:
        """The store. Raises `StoreError` if it cannot be used, or if there is none and it is not to be made."""

    @abstractmethod
    def show(self, line: str) -> None:
        """Show how far it is, in the place of the line before; the empty line takes it away."""

    def find(self, text: str) -> Commit:
        """The commit that a user means: the beginning of an id, or a tag. Raises `NotFound`."""
        return self.store().resolve(text)

    def say(self, text: str) -> None:
        """The answer."""
        click.echo(text, color=False)

    def answer(self, data: Callable[[], Mapping[str, Any]], text: Callable[[], str], *, as_json: bool) -> None:
        """The answer as people or as programs read it."""
        self.say(json.dumps(data(), ensure_ascii=False, indent=2) if as_json else text())

    @contextmanager
    def progress(self, what: str) -> Generator[Progress]:
        """What tells how far `what` is; shown if it takes longer than a moment."""
        meter = Meter(what, self.show)
        try:
            yield meter
        except BaseException:
            meter.stop()
            raise
        meter.done()
