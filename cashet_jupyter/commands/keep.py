"""Commands that mark results: pins and tags."""

from __future__ import annotations

from collections.abc import Callable

import click

from cashet_jupyter.commands.look import as_json
from cashet_jupyter.commands.target import Target
from cashet_jupyter.commands.types import Name, Tag
from cashet_jupyter.models import Commit
from cashet_jupyter.render.collected import commit_line
from cashet_jupyter.render.commits import FORMAT, brief

_one = click.argument("commit", metavar="NAME", type=Name())
_some = click.argument("commits", metavar="NAME...", nargs=-1, required=True, type=Name())


@click.command(short_help="Keep results whatever is collected.")
@_some
@as_json
@click.pass_obj
def pin(target: Target, commits: tuple[str, ...], as_json: bool) -> None:
    """Keep results whatever is collected."""
    _each(target, commits, target.store().pin, as_json=as_json)


@click.command(short_help="Let results be collected again.")
@_some
@as_json
@click.pass_obj
def unpin(target: Target, commits: tuple[str, ...], as_json: bool) -> None:
    """Let results be collected again."""
    _each(target, commits, target.store().unpin, as_json=as_json)


@click.command(short_help="Give a result tags.")
@_one
@click.argument("tags", metavar="TAG=VALUE...", nargs=-1, required=True, type=Tag())
@as_json
@click.pass_obj
def tag(target: Target, commit: str, tags: tuple[tuple[str, str], ...], as_json: bool) -> None:
    """Give a result tags, by which it can be named; a tag of that name gets the new value."""
    _each(target, (commit,), lambda found: target.store().tag(found, dict(tags)), as_json=as_json)


@click.command(short_help="Take tags off a result.")
@_one
@click.argument("names", metavar="TAG...", nargs=-1, required=True)
@as_json
@click.pass_obj
def untag(target: Target, commit: str, names: tuple[str, ...], as_json: bool) -> None:
    """Take tags off a result."""
    _each(target, (commit,), lambda found: target.store().untag(found, *names), as_json=as_json)


def _each(target: Target, texts: tuple[str, ...], change: Callable[[Commit], Commit], *, as_json: bool) -> None:
    found = [target.find(text) for text in texts]  # all of them, before any is changed
    changed = [change(commit) for commit in found]
    target.answer(
        lambda: {"format": FORMAT, "results": [brief(commit) for commit in changed]},
        lambda: "\n".join(commit_line(commit) for commit in changed),
        as_json=as_json,
    )
