"""Commands that look: what the store holds, and whether all of it is sound."""

from __future__ import annotations

import click

from cashet_jupyter.commands.target import Target
from cashet_jupyter.render.storage import Stats, verified_data, verified_text

as_json = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


@click.command(short_help="What the store holds, and what it has saved.")
@as_json
@click.pass_obj
def stats(target: Target, as_json: bool) -> None:
    """Say what the store holds, how large it is, and what it has saved."""
    store = target.store()
    found, limit = store.stats(), store.limit
    target.give(Stats(found, limit, str(store.path)), as_json=as_json)


@click.command(short_help="Find damage, and put it aside.")
@as_json
@click.pass_obj
def verify(target: Target, as_json: bool) -> None:
    """Read everything, compare it with its digest, put aside what is damaged, and make the index anew."""
    store = target.store()
    with target.progress("verifying") as progress:
        found = store.verify(progress)
    where = "" if store.read_only else str(store.path / "quarantine")
    target.answer(lambda: verified_data(found), lambda: verified_text(found, where, target.name), as_json=as_json)
