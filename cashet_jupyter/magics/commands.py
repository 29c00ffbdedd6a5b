"""The grammar of `%cashet`: the shared commands, and those that ask what happened in this kernel."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from cashet_jupyter.commands.grammar import add_commands
from cashet_jupyter.commands.target import Target
from cashet_jupyter.commands.types import Duration
from cashet_jupyter.history.deps import deps as deps_of
from cashet_jupyter.history.why import why as why_of
from cashet_jupyter.magics.configurable import Cashet
from cashet_jupyter.magics.naming import find_commit, find_run
from cashet_jupyter.magics.progress import ProgressLine
from cashet_jupyter.models import Commit, Explanation
from cashet_jupyter.render.deps import deps_html, deps_text
from cashet_jupyter.render.findings import as_data
from cashet_jupyter.render.show import outcomes_text
from cashet_jupyter.render.why import why_html, why_text
from cashet_jupyter.session import Session
from cashet_jupyter.store.protocol import Store


class Kernel(Target):
    """What the commands act on."""

    name = "%cashet"

    def __init__(self, session: Session, config: Cashet, line: ProgressLine) -> None:
        self.session = session
        self.config = config
        self._line = line

    def store(self, *, create: bool = False) -> Store:
        """The kernel's store; it is made with the first use in any case."""
        del create
        return self.session.store()

    def find(self, text: str) -> Commit:
        """What `%cashet why` takes, too: a variable's name stands for the commit that made it."""
        return find_commit(self.session, text)

    def show(self, line: str) -> None:
        """Under the cell."""
        self._line.show(line)

    def say(self, text: str) -> None:
        """Under the cell, in the place of what told how far it was."""
        self._line.say(text)


class Answer:
    """What a command found out; text in a terminal, HTML in a notebook, plain data for programs."""

    def __init__(
        self, explanation: Explanation, text: Callable[[Explanation], str], html: Callable[[Explanation], str]
    ) -> None:
        self.explanation = explanation
        self._text, self._html = text, html

    @property
    def data(self) -> dict[str, Any]:
        """What `--json` prints; see `render.findings.as_data`."""
        return as_data(self.explanation)

    def __repr__(self) -> str:
        return self._text(self.explanation)

    def _repr_html_(self) -> str:
        return self._html(self.explanation)


@click.group(name="%cashet", no_args_is_help=True, add_help_option=False)
def cashet() -> None:
    """The cell cache of this kernel."""


add_commands(cashet)


@cashet.command(add_help_option=False)
@click.argument("state", type=click.Choice(["on", "off"]))
@click.option("--min-time", type=Duration(), help="Store only cells that take at least this long (default 1s).")
@click.pass_obj
def auto(kernel: Kernel, state: str, min_time: float | None) -> None:
    """Cache every cell of the notebook, as if it were marked with %%cashet."""
    if min_time is not None:
        kernel.config.min_time = min_time
    kernel.config.auto = state == "on"


@cashet.command(add_help_option=False)
@click.pass_obj
def status(kernel: Kernel) -> None:
    """Say what became of the cells of this kernel so far, and the time saved."""
    click.echo(outcomes_text(kernel.session.outcomes), color=False)


@cashet.command(add_help_option=False)
@click.argument("what", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def why(kernel: Kernel, what: tuple[str, ...], as_json: bool) -> Answer | None:
    """Say why a cell ran again, was restored, or was not stored: the newest one, or COMMIT, NAME or a cell's label."""
    commit, outcome = find_run(kernel.session, " ".join(what))
    return _answer(Answer(why_of(commit, outcome, kernel.session.store()), why_text, why_html), as_json=as_json)


@cashet.command(add_help_option=False)
@click.argument("what", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def deps(kernel: Kernel, what: tuple[str, ...], as_json: bool) -> Answer | None:
    """Say what a result depends on, and what is not tracked: the newest one, or NAME or COMMIT."""
    return _answer(Answer(deps_of(find_commit(kernel.session, " ".join(what))), deps_text, deps_html), as_json=as_json)


def _answer(answer: Answer, *, as_json: bool) -> Answer | None:
    """The answer for the front end to show, or nothing once it is printed."""
    if not as_json:
        return answer
    click.echo(json.dumps(answer.data, ensure_ascii=False, indent=2), color=False)
    return None
