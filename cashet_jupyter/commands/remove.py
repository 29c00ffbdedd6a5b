"""Commands that remove: some results, what is worth least, or all."""

from __future__ import annotations

import click

from cashet_jupyter.commands.look import as_json
from cashet_jupyter.commands.selection import Selection, selection
from cashet_jupyter.commands.target import Target
from cashet_jupyter.commands.types import Age, Size
from cashet_jupyter.render.collected import collected_data, collected_text, removed_data, removed_text


@click.command(short_help="Remove some results.")
@selection
@click.option("--yes", is_flag=True, help="Remove what --notebook, --cell or --tag found; else it is only shown.")
@as_json
@click.pass_obj
def rm(
    target: Target,
    commits: tuple[str, ...],
    notebook: str | None,
    cell: str | None,
    tag: tuple[str, str] | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Remove results: NAME is a variable, the run before (df@{1}), a tag, a cell's first line, the beginning of an id.

    What --notebook, --cell and --tag find is shown first, and pinned results among it stay.
    """
    chosen = Selection(commits, notebook, cell, tag)
    if chosen.empty:
        raise click.UsageError("name a result, or use --notebook, --cell or --tag")
    found = chosen.found(target)
    named = {target.find(text, exact=True).id for text in commits}
    gone = [commit for commit in found if commit.id in named or not commit.pinned]
    done = yes or not chosen.wide
    if done:
        for commit in gone:
            target.store().rm(commit)
    pinned = len(found) - len(gone)
    target.answer(
        lambda: removed_data(gone, pinned, done=done),
        lambda: removed_text(gone, pinned, target.name, done=done),
        as_json=as_json,
    )


@click.command(short_help="Remove what is not worth its room.")
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@click.option("--max-size", type=Size(), metavar="SIZE", help="Bring the store below this: 2GB, 500MiB, 0.")
@click.option("--older-than", type=Age(), metavar="TIME", help="Remove what was not used for this long: 30d, or 30.")
@as_json
@click.pass_obj
def gc(target: Target, dry_run: bool, max_size: int | None, older_than: float | None, as_json: bool) -> None:
    """Remove what has expired, and what saves the least time for its room until the store is below its limit.

    Tagged results and the newest one of each cell go last, pinned ones never.
    """
    done = target.store().gc(max_size=max_size, older_than=older_than, dry_run=dry_run)
    advice = "" if not dry_run else f"this is only a look: {target.name} gc without --dry-run removes it"
    target.answer(
        lambda: collected_data(done, removed=not dry_run),
        lambda: collected_text(done, f"see {target.name} unpin", advice),
        as_json=as_json,
    )


@click.command(short_help="Remove every result.")
@click.option("--yes", is_flag=True, help="Remove it; without this it is only shown.")
@click.option("--pinned", is_flag=True, help="Remove pinned results too.")
@as_json
@click.pass_obj
def clear(target: Target, yes: bool, pinned: bool, as_json: bool) -> None:
    """Remove every result but the pinned ones; without --yes, show what would go."""
    done = target.store().clear(pinned=pinned, dry_run=not yes)
    again = f"{target.name} clear {'--pinned ' if pinned else ''}--yes"
    stays = f"{target.name} clear --pinned removes it too"
    advice = "" if yes else f"nothing was removed: {again} removes it"
    target.answer(
        lambda: collected_data(done, removed=yes), lambda: collected_text(done, stays, advice), as_json=as_json
    )
