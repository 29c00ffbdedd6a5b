"""The grammar of `%cashet`: one click group, whose commands act on the kernel's session."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from cashet_jupyter.config import parse_duration
from cashet_jupyter.history.deps import deps as deps_of
from cashet_jupyter.history.why import why as why_of
from cashet_jupyter.magics.configurable import Cashet
from cashet_jupyter.magics.naming import find_commit, find_run
from cashet_jupyter.models import Explanation
from cashet_jupyter.render.deps import deps_html, deps_text
from cashet_jupyter.render.findings import as_data
from cashet_jupyter.render.show import outcomes_text
from cashet_jupyter.render.why import why_html, why_text
from cashet_jupyter.session import Session


@dataclass(frozen=True, slots=True)
class Kernel:
    """What the commands act on."""

    session: Session
    config: Cashet


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


class Duration(click.ParamType[float]):
    """`1s`, `500ms`, `2m`."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; a clear error for anything else."""
        del ctx
        return parse_duration(str(value), param.opts[0] if param else "time")


@click.group(name="%cashet", no_args_is_help=True, add_help_option=False)
def cashet() -> None:
    """The cell cache of this kernel."""


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
