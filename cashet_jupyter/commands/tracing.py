"""Commands that follow a result through time: the versions of its cell, and what it came from and led to."""

from __future__ import annotations

import click

from cashet_jupyter.commands.asking import what
from cashet_jupyter.commands.look import as_json
from cashet_jupyter.commands.target import Target
from cashet_jupyter.history.lineage import lineage_of
from cashet_jupyter.history.versions import versions_of
from cashet_jupyter.models import Commit
from cashet_jupyter.render.lineage import Descent
from cashet_jupyter.render.versions import History
from cashet_jupyter.store.protocol import Store


@click.command(short_help="All versions of a cell or function.")
@what
@as_json
@click.pass_obj
def history(target: Target, what: tuple[str, ...], as_json: bool) -> None:
    """List all versions of one cell or function, through its edits, with what changed from each to the next.

    A cell is known by its id in the notebook, else by its code, its first line, or text that is alike; where it is not
    the id, the list says so.
    """
    target.give(versions(target.store(), target.find(" ".join(what))), as_json=as_json)


def versions(store: Store, commit: Commit) -> History:
    """The versions of the cell or function that a commit is a run of, with how often each was used."""
    found = versions_of(store, commit)
    return History(found, {run.id: store.uses(run)[0] for run in found.runs})


@click.command(short_help="What a result came from, and led to.")
@what
@click.option("--depth", type=click.IntRange(min=1), metavar="STEPS", help="Go so many steps at most.")
@click.option("--up", is_flag=True, help="Only what it was made from.")
@click.option("--down", is_flag=True, help="Only what was made from it.")
@click.option("--dot", is_flag=True, help="Print it as a graph for Graphviz.")
@as_json
@click.pass_obj
def lineage(
    target: Target, what: tuple[str, ...], depth: int | None, up: bool, down: bool, dot: bool, as_json: bool
) -> None:
    """Draw what a result was made from and what was made from it, across notebooks."""
    both = up == down
    commit = target.find(" ".join(what))
    up, down = up or both, down or both
    answer = Descent(lineage_of(target.store(), commit, up=up, down=down, depth=depth), up=up, down=down)
    if dot and not as_json:
        target.say(answer.dot())
    else:
        target.give(answer, as_json=as_json)
