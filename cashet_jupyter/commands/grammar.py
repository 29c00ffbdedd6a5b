"""All shared commands."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import click

from cashet_jupyter.commands.asking import log, show
from cashet_jupyter.commands.diff import diff
from cashet_jupyter.commands.exchange import export, import_
from cashet_jupyter.commands.explaining import deps, why
from cashet_jupyter.commands.getting import get
from cashet_jupyter.commands.keep import pin, tag, unpin, untag
from cashet_jupyter.commands.look import stats, verify
from cashet_jupyter.commands.remove import clear, gc, rm
from cashet_jupyter.commands.settings import config
from cashet_jupyter.commands.tracing import history, lineage

COMMANDS: tuple[click.Command, ...] = (
    *(log, show, get, diff),
    *(history, lineage),
    *(why, deps),
    *(stats, verify, config),
    *(gc, rm, clear),
    *(pin, unpin, tag, untag),
    *(export, import_),
)


def add_commands(group: click.Group, *options: Callable[[Any], Any]) -> None:
    """Teach a group the shared commands, each with these options besides its own."""
    for command in COMMANDS:
        mine = copy.copy(command)
        mine.params = list(command.params)
        for option in options:
            option(mine)
        group.add_command(mine)
