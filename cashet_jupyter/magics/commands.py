"""The grammar of `%cashet`: one click group, whose commands act on the kernel's session."""

from __future__ import annotations

from dataclasses import dataclass

import click

from cashet_jupyter.config import parse_duration
from cashet_jupyter.magics.configurable import Cashet
from cashet_jupyter.render.show import outcomes_text
from cashet_jupyter.session import Session


@dataclass(frozen=True, slots=True)
class Kernel:
    """What the commands act on."""

    session: Session
    config: Cashet


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
