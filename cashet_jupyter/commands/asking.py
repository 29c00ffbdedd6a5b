"""Commands that ask what was run: one result, many of them."""

from __future__ import annotations

import itertools

import click

from cashet_jupyter.commands.look import as_json
from cashet_jupyter.commands.target import Target
from cashet_jupyter.commands.types import Function, Label, Name, Notebook, Since, Tag
from cashet_jupyter.errors import CashetError
from cashet_jupyter.history.log import Wanted
from cashet_jupyter.history.log import log as log_of
from cashet_jupyter.models import Commit, Shown
from cashet_jupyter.render.commits import Log
from cashet_jupyter.render.show import Provenance
from cashet_jupyter.store.protocol import Store

#: how many results `log` shows where nobody says otherwise
SHOWN = 20

#: a result by any of its names; several words are one name, so that a cell's line need not be quoted
what = click.argument("what", metavar="[NAME]", nargs=-1, type=Name())


@click.command(short_help="What was run, newest first.")
@click.option(
    "--cell", type=Label(), metavar="TEXT", default="", help="Cells whose first line holds this, or whose id it is."
)
@click.option(
    "--notebook", type=Notebook(), metavar="PATH", default="", help="Cells of this notebook; its name is enough."
)
@click.option("--func", type=Function(), metavar="NAME", default="", help="Runs of this submitted function.")
@click.option("--tag", "tags", type=Tag(), metavar="NAME=VALUE", multiple=True, help="Results with this tag.")
@click.option("--status", type=click.Choice(["completed", "failed"]), help="Only those that ended so.")
@click.option("--since", type=Since(), metavar="WHEN", help="Not older than this: 2d, 12h, 2026-11-01, today.")
@click.option("-n", "number", type=click.IntRange(min=1), default=SHOWN, help=f"How many, {SHOWN} if nothing is said.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@as_json
@click.pass_obj
def log(
    target: Target,
    cell: str,
    notebook: str,
    func: str,
    tags: tuple[tuple[str, str], ...],
    status: str | None,
    since: float | None,
    number: int,
    everything: bool,
    as_json: bool,
) -> None:
    """Say what was run, newest first: cells and functions, when, how long it took, how large the result is."""
    wanted = Wanted(cell, notebook, func, tags, status or "", since)
    found: list[Commit] = []
    with target.progress("reading") as progress:
        for commit in itertools.islice(log_of(target.store(), wanted), None if everything else number + 1):
            found.append(commit)
            progress(len(found), 0, "results")
    more = not everything and len(found) > number
    target.give(Log(found[:number] if more else found, more=more), as_json=as_json)


@click.command(short_help="What made a result.")
@what
@as_json
@click.pass_obj
def show(target: Target, what: tuple[str, ...], as_json: bool) -> None:
    """Say what made a result, and of what: source, inputs, outputs, versions, what it printed and showed.

    NAME is a variable (df), the run before (df@{1}), a function, a tag name=value, a cell by its first line, or the
    beginning of an id; without it, it is the newest one.
    """
    target.give(provenance(target.store(), target.find(" ".join(what))), as_json=as_json)


def provenance(store: Store, commit: Commit) -> Provenance:
    """All that a store knows of a commit."""
    from cashet_jupyter.history.recall import recall_shown  # with all that reads values: most questions need none

    shown: tuple[Shown, ...] = ()
    unseen = ""
    try:
        shown = recall_shown(store, commit)
    except CashetError as error:
        unseen = str(error)
    hits, saved = store.uses(commit)
    return Provenance(commit, shown, unseen=unseen, trusted=store.trusted(commit), hits=hits, saved=saved)
