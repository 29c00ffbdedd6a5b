"""Commands that mark results: pins and tags."""

from __future__ import annotations

from collections.abc import Callable

import click

from cashet_jupyter.commands.target import Target
from cashet_jupyter.commands.types import Tag
from cashet_jupyter.models import Commit
from cashet_jupyter.render.collected import commit_line

_one = click.argument("commit", metavar="COMMIT")
_some = click.argument("commits", metavar="COMMIT...", nargs=-1, required=True)


@click.command(short_help="Keep results whatever is collected.")
@_some
@click.pass_obj
def pin(target: Target, commits: tuple[str, ...]) -> None:
    """Keep results whatever is collected."""
    _each(target, commits, target.store().pin)


@click.command(short_help="Let results be collected again.")
@_some
@click.pass_obj
def unpin(target: Target, commits: tuple[str, ...]) -> None:
    """Let results be collected again."""
    _each(target, commits, target.store().unpin)


@click.command(short_help="Give a result tags.")
@_one
@click.argument("tags", metavar="NAME=VALUE...", nargs=-1, required=True, type=Tag())
@click.pass_obj
def tag(target: Target, commit: str, tags: tuple[tuple[str, str], ...]) -> None:
    """Give a result tags, by which it can be named; a tag of that name gets the new value."""
    _each(target, (commit,), lambda found: target.store().tag(found, dict(tags)))


@click.command(short_help="Take tags off a result.")
@_one
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.pass_obj
def untag(target: Target, commit: str, names: tuple[str, ...]) -> None:
    """Take tags off a result."""
    _each(target, (commit,), lambda found: target.store().untag(found, *names))


def _each(target: Target, texts: tuple[str, ...], change: Callable[[Commit], Commit]) -> None:
    found = [target.find(text) for text in texts]  # all of them, before any is changed
    target.say("\n".join(commit_line(change(commit)) for commit in found))
