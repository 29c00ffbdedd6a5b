"""The grammar of `%cashet`: the shared commands, and those that ask what happened in this kernel."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cashet_jupyter.commands.grammar import add_commands
from cashet_jupyter.commands.look import as_json
from cashet_jupyter.commands.target import Target
from cashet_jupyter.commands.types import Duration
from cashet_jupyter.history.naming import Here
from cashet_jupyter.magics.configurable import Cashet
from cashet_jupyter.magics.naming import find_run, here
from cashet_jupyter.magics.progress import ProgressLine
from cashet_jupyter.models import Commit, Outcome
from cashet_jupyter.render.answer import Answer
from cashet_jupyter.render.show import outcomes_data, outcomes_text
from cashet_jupyter.session import Session
from cashet_jupyter.store.protocol import Store


class Kernel(Target):
    """What the commands act on."""

    name = "%cashet"

    def __init__(self, session: Session, config: Cashet, line: ProgressLine) -> None:
        self.session = session
        self.config = config
        self._line = line
        self._handed: list[object] = []

    def store(self, *, create: bool = False) -> Store:
        """The kernel's store; it is made with the first use in any case."""
        del create
        return self.session.store()

    def here(self) -> Here:
        """The newest cell, the notebook, and which commits the variables came from."""
        return here(self.session)

    def namespace(self) -> MutableMapping[str, Any]:
        """The user's."""
        return self.session.namespace

    def place(self) -> tuple[Path, str]:
        """Where the kernel's store is: changing directory does not move it."""
        return self.session.store().path, super().place()[1]

    def find_run(self, text: str) -> tuple[Commit | None, Outcome | None]:
        """What became of a cell in this kernel counts, too."""
        return find_run(self.session, text)

    def settings(self) -> Sequence[tuple[str, Any, str]]:
        """Those of the kernel: what `%config` has set is its own."""
        known = {name: (value, source) for name, value, source in super().settings()}
        now = asdict(self.session.settings)
        return [
            (name, now[name], source if now[name] == value else "%config") for name, (value, source) in known.items()
        ]

    def give(self, answer: Answer, *, as_json: bool) -> None:
        """The answer itself: the front end shows it."""
        if as_json:
            self.answer(lambda: answer.data, str, as_json=True)
        else:
            from cashet_jupyter.magics.panels import panel

            self.hand(panel(answer, self, self._line.shell))

    def hand(self, value: object) -> None:
        """The value itself."""
        self._handed.append(value)

    def taken(self) -> object:
        """What was handed out by the last command; None if nothing was."""
        handed, self._handed = self._handed, []
        return handed[-1] if handed else None

    def show(self, line: str) -> None:
        """Under the cell."""
        self._line.show(line)

    def say(self, text: str) -> None:
        """Under the cell, in the place of what told how far it was."""
        self._line.say(text)


@click.group(name="%cashet", no_args_is_help=True, add_help_option=False)
def cashet() -> None:
    """The cell cache of this kernel."""


add_commands(cashet)


@cashet.command(add_help_option=False)
@click.argument("state", type=click.Choice(["on", "off"]))
@click.option("--min-time", type=Duration(), help="Store only cells that take at least this long (default 1s).")
@as_json
@click.pass_obj
def auto(kernel: Kernel, state: str, min_time: float | None, as_json: bool) -> None:
    """Cache every cell of the notebook, as if it were marked with %%cashet."""
    if min_time is not None:
        kernel.config.min_time = min_time
    kernel.config.auto = state == "on"
    if as_json:
        kernel.answer(lambda: {"auto": kernel.config.auto, "min_time": kernel.config.min_time}, str, as_json=True)


@cashet.command(add_help_option=False)
@as_json
@click.pass_obj
def status(kernel: Kernel, as_json: bool) -> None:
    """Say what became of the cells of this kernel so far, and the time saved."""
    outcomes = kernel.session.outcomes
    kernel.answer(lambda: outcomes_data(outcomes), lambda: outcomes_text(outcomes), as_json=as_json)
