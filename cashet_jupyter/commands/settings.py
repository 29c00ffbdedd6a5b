"""The command that says which settings hold, and why."""

from __future__ import annotations

import click

from cashet_jupyter.commands.look import as_json
from cashet_jupyter.commands.target import Target
from cashet_jupyter.render.settings import Configuration


@click.command(short_help="The settings that hold, and where each is from.")
@as_json
@click.pass_obj
def config(target: Target, as_json: bool) -> None:
    """Show the settings that hold here, where each comes from, and where the store is.

    They come from: a default, [tool.cashet] of pyproject.toml, CASHET_* in the environment, %config in a kernel.
    """
    place, source = target.place()
    target.give(Configuration(target.settings(), str(place), source), as_json=as_json)
