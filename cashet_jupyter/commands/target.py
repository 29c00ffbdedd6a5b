"""What a command acts on: a store, and someone who reads the answer."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from cashet_jupyter.commands.meter import Meter
from cashet_jupyter.config import described
from cashet_jupyter.history.naming import Found, Here, find, find_named
from cashet_jupyter.models import Commit, Outcome
from cashet_jupyter.render.answer import PLAIN, Answer, Style
from cashet_jupyter.render.got import value_text
from cashet_jupyter.store.answers import Progress
from cashet_jupyter.store.layout import find_store_dir
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

    def here(self) -> Here:
        """What is known of the kernel that asks; nothing in a terminal."""
        return Here()

    def namespace(self) -> MutableMapping[str, Any] | None:
        """Where functions among loaded values find their globals; None in a terminal."""
        return None

    def find(self, text: str, *, exact: bool = False) -> Commit:
        """The commit that a user means, by what `history.naming` understands. Raises `NotFound`."""
        return find(self.store(), text, self.here(), exact=exact)

    def find_named(self, text: str) -> Found:
        """The same, with the output that was named."""
        return find_named(self.store(), text, self.here())

    def find_run(self, text: str) -> tuple[Commit | None, Outcome | None]:
        """The commit, and what became of its cell in the kernel that asks."""
        return self.find(text), None

    def place(self) -> tuple[Path, str]:
        """Where the store is, or would be, and why there."""
        path = find_store_dir()
        if os.environ.get("CASHET_DIR"):
            return path, "CASHET_DIR"
        return path, "nearest to this folder" if path.exists() else "not made yet"

    def settings(self) -> Sequence[tuple[str, Any, str]]:
        """The settings that hold: name, value, and where it is from."""
        return described(Path.cwd(), os.environ)

    def style(self) -> Style:
        """How text is written here."""
        return PLAIN

    def give(self, answer: Answer, *, as_json: bool) -> None:
        """The answer of a question: shown here, or handed to the front end to show."""
        self.answer(lambda: answer.data, lambda: answer.text(self.style()), as_json=as_json)
        if answer.empty:
            click.get_current_context().exit(1)

    def hand(self, value: object) -> None:
        """A value that was asked for: shown here, or handed to the front end to show."""
        self.say(value_text(value, self.style()))

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
