"""Commands that carry results to another store."""

from __future__ import annotations

from pathlib import Path

import click

from cashet_jupyter.commands.look import as_json
from cashet_jupyter.commands.selection import Selection, selection
from cashet_jupyter.commands.target import Target
from cashet_jupyter.errors import OptionError
from cashet_jupyter.render.commits import FORMAT
from cashet_jupyter.render.storage import imported_data, imported_text
from cashet_jupyter.render.table import counted
from cashet_jupyter.render.units import size

_file = click.argument("file", type=click.Path(path_type=Path))


@click.command(short_help="Write results into an archive.")
@_file
@selection
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@as_json
@click.pass_obj
def export(
    target: Target,
    file: Path,
    commits: tuple[str, ...],
    notebook: str | None,
    cell: str | None,
    tag: tuple[str, str] | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write results into an archive, a plain tar file: those that are named, or all."""
    path = file.expanduser()
    if path.exists() and not force:
        raise OptionError(f"{path} is there already: give another name, or --force to replace it")
    chosen = Selection(commits, notebook, cell, tag)
    found = None if chosen.empty else chosen.found(target)
    store = target.store()
    told = len(store.notices)
    with target.progress("exporting") as progress:
        number = store.export(path, found, progress=progress)
    lines = [f"exported {counted(number, 'result')} to {path} ({size(path.stat().st_size)})", *store.notices[told:]]
    del store.notices[told:]  # said here and now
    facts = {"format": FORMAT, "path": str(path), "results": number, "size": path.stat().st_size}
    target.answer(lambda: facts, lambda: "\n".join(lines), as_json=as_json)


@click.command(name="import", short_help="Take in the results of an archive.")
@_file
@click.option("--trust", is_flag=True, help="Use results of others as your own: loading them runs their code.")
@as_json
@click.pass_obj
def import_(target: Target, file: Path, trust: bool, as_json: bool) -> None:
    """Take in the results of an archive; what is here already stays as it is."""
    store = target.store(create=True)
    with target.progress("importing") as progress:
        done = store.import_(file.expanduser(), trust=trust, progress=progress)
    target.answer(
        lambda: imported_data(done),
        lambda: imported_text(done, f"{target.name} import {file} --trust"),
        as_json=as_json,
    )
