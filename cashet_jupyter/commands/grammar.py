"""All shared commands."""

from __future__ import annotations

import click

from cashet_jupyter.commands.exchange import export, import_
from cashet_jupyter.commands.keep import pin, tag, unpin, untag
from cashet_jupyter.commands.look import stats, verify
from cashet_jupyter.commands.remove import clear, gc, rm

COMMANDS: tuple[click.Command, ...] = (
    *(stats, verify),
    *(gc, rm, clear),
    *(pin, unpin, tag, untag),
    *(export, import_),
)


def add_commands(group: click.Group) -> None:
    """Teach a group the shared commands."""
    for command in COMMANDS:
        group.add_command(command)
