"""Which results a command is about: given one by one, or by what they have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from cashet_jupyter.commands.target import Target
from cashet_jupyter.commands.types import Label, Name, Notebook, Tag
from cashet_jupyter.errors import NotFound
from cashet_jupyter.history.log import Wanted, log
from cashet_jupyter.models import Commit

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Selection:
    """What was given on the command line."""

    commits: tuple[str, ...]
    notebook: str | None
    cell: str | None
    tag: tuple[str, str] | None

    @property
    def wide(self) -> bool:
        """Whether it says what results have in common, rather than which ones they are."""
        return self.notebook is not None or self.cell is not None or self.tag is not None

    @property
    def empty(self) -> bool:
        """Whether nothing was given."""
        return not self.commits and not self.wide

    def found(self, target: Target) -> list[Commit]:
        """The commits, each once. Raises `NotFound` if one of them is not there, or if none fits."""
        found = [
            target.find(text, exact=True) for text in self.commits
        ]  # a part of a line would remove what it does not name
        commits = {commit.id: commit for commit in found}
        if self.wide:
            fitting = list(log(target.store(), Wanted(self.cell or "", self.notebook or "", tags=self._tags)))
            if not fitting:
                raise NotFound(f"no result {self._words()}")
            commits |= {commit.id: commit for commit in fitting}
        return list(commits.values())

    @property
    def _tags(self) -> tuple[tuple[str, str], ...]:
        return () if self.tag is None else (self.tag,)

    def _words(self) -> str:
        parts = [f"of the notebook {self.notebook}"] if self.notebook is not None else []
        parts += [f"of a cell with {self.cell!r} in its first line"] if self.cell is not None else []
        parts += [f"with the tag {'='.join(self.tag)}"] if self.tag is not None else []
        return " and ".join(parts)


def selection(command: _F) -> _F:
    """Give a command the arguments and options of a selection, as `commits`, `notebook`, `cell` and `tag`."""
    for add in (
        click.option("--tag", type=Tag(), metavar="NAME=VALUE", help="All results with this tag."),
        click.option("--cell", type=Label(), metavar="TEXT", help="All results of cells whose first line holds this."),
        click.option(
            "--notebook", type=Notebook(), metavar="PATH", help="All results of this notebook; its name is enough."
        ),
        click.argument("commits", metavar="[NAME]...", nargs=-1, type=Name()),
    ):
        command = add(command)
    return command
