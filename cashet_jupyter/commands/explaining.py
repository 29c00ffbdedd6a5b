"""Commands that explain: why a cell ran again, and what its result depends on."""

from __future__ import annotations

import click

from cashet_jupyter.commands.asking import what
from cashet_jupyter.commands.look import as_json
from cashet_jupyter.commands.target import Target
from cashet_jupyter.history.deps import deps as deps_of
from cashet_jupyter.history.why import why as why_of
from cashet_jupyter.render.deps import Deps
from cashet_jupyter.render.why import Why


@click.command(short_help="Why a cell ran again, or did not.")
@what
@as_json
@click.pass_obj
def why(target: Target, what: tuple[str, ...], as_json: bool) -> None:
    """Say why a cell ran again, was restored, or was not stored: the newest one, or NAME.

    NAME is a variable, the run before (df@{1}), a function, a tag, a cell's first line, or the beginning of an id.
    """
    commit, outcome = target.find_run(" ".join(what))
    target.give(Why(why_of(commit, outcome, target.store())), as_json=as_json)


@click.command(short_help="What a result depends on.")
@what
@as_json
@click.pass_obj
def deps(target: Target, what: tuple[str, ...], as_json: bool) -> None:
    """Say what a result depends on, and what is not tracked: the newest one, or NAME."""
    target.give(Deps(deps_of(target.find(" ".join(what)))), as_json=as_json)
