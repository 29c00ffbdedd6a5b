"""The command that compares two results."""

from __future__ import annotations

import click

from cashet_jupyter.commands.look import as_json
from cashet_jupyter.commands.target import Target
from cashet_jupyter.commands.types import Name
from cashet_jupyter.errors import NotFound
from cashet_jupyter.models import Commit
from cashet_jupyter.render.diff import Diff


@click.command(short_help="What differs between two results.")
@click.argument("names", metavar="[NAME [NAME]]", nargs=-1, type=Name())
@click.option("--all", "everything", is_flag=True, help="What is equal, too.")
@click.option("--stat", is_flag=True, help="Only how much differs.")
@as_json
@click.pass_obj
def diff(target: Target, names: tuple[str, ...], everything: bool, stat: bool, as_json: bool) -> None:
    """Say what differs between two results, the older one first: source, inputs, outputs, what was shown, environment.

    NAME is a variable (df), the run before (df@{1}), a function, a tag name=value, a cell by its first line in quotes,
    or the beginning of an id. One NAME is compared with the run before it; without any, it is the newest result.
    """
    if len(names) > 2:
        msg = f"two results are compared, and {len(names)} were named: put a name of several words in quotes"
        raise click.UsageError(msg)
    new = target.find(names[-1] if names else "")
    old = target.find(names[0]) if len(names) == 2 else before(target, names[0] if names else "", new)
    target.give(answer(target, old, new, everything=everything, stat=stat), as_json=as_json)


def answer(target: Target, old: Commit, new: Commit, *, everything: bool = False, stat: bool = False) -> Diff:
    """What differs between two commits."""
    from cashet_jupyter.history.diff import difference  # with all that reads values: most commands need none

    found = difference(target.store(), old, new, namespace=target.namespace())
    return Diff(found, everything=everything, stat=stat)


def before(target: Target, text: str, commit: Commit) -> Commit:
    """The run before that of the same cell or function, through its edits. Raises `NotFound` if there is none."""
    from cashet_jupyter.history.versions import versions_of

    store = target.store()
    if commit.parent:
        try:
            return store.resolve(commit.parent)
        except NotFound:  # it was removed
            pass
    runs = [run.id for run in versions_of(store, commit).runs]
    place = runs.index(commit.id) + 1 if commit.id in runs else len(runs)
    if place < len(runs):
        return store.resolve(runs[place])
    msg = f"{text or commit.short} is the first run of its cell that is stored: name another result to compare it with"
    raise NotFound(msg)
