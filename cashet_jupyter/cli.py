"""`jupyter cashet`: the shared commands in a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import click

from cashet_jupyter.commands.grammar import add_commands
from cashet_jupyter.commands.target import Target
from cashet_jupyter.config import load_settings
from cashet_jupyter.errors import CashetError, StoreError
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.store.store import find_store_dir, open_store

_NAME = "jupyter cashet"
_FAILED = 1
_INTERRUPTED = 130  # as shells say it


class Terminal(Target):
    """A terminal, and the store of the folder that it is in or that was named."""

    name = _NAME

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._store: Store | None = None

    def store(self, *, create: bool = False) -> Store:
        """The store, opened when it is first needed."""
        if self._store is None:
            path = find_store_dir() if self._folder is None else _named(self._folder.expanduser().absolute())
            if not create and not (path / "format").exists():
                raise StoreError(
                    f"there is no store at {path}: name one with --dir, or run a cell under %%cashet first"
                )
            self._store = open_store(path, max_size=load_settings(path.parent, os.environ).max_size)
        return self._store

    def show(self, line: str) -> None:
        """On the terminal, written over itself; nothing in a file or a pipe."""
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{line}", nl=False, err=True)

    def close(self) -> None:
        """Say what the user should be told, and let go of the store."""
        if self._store is not None:
            for notice in self._store.notices:
                click.echo(f"cashet: {notice}", err=True)
            self._store.close()


@click.group(name=_NAME, no_args_is_help=True)
@click.option("--dir", "folder", type=click.Path(path_type=Path), help="The store, or the folder that it is in.")
@click.version_option(version("cashet-jupyter"), prog_name=_NAME)
@click.pass_context
def cashet(context: click.Context, folder: Path | None) -> None:
    """Look at what %%cashet has stored, and make it smaller.

    Without --dir, it is the store that a notebook in this folder would use: where CASHET_DIR says, or the nearest
    .cashet at or above it.
    """
    terminal = Terminal(folder)
    context.obj = terminal
    context.call_on_close(terminal.close)


add_commands(cashet)


def run(arguments: Sequence[str]) -> int:
    """Run a command; the exit code. Errors are one line on stderr."""
    try:
        cashet.main(list(arguments), prog_name=_NAME, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 0
    except click.ClickException as error:
        return _failed(f"{error.format_message().rstrip('.')} (see {_NAME} --help)")
    except CashetError as error:
        return _failed(str(error))
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    return 0


def main() -> None:
    """The entry point of the console script."""
    sys.exit(run(sys.argv[1:]))


def _named(folder: Path) -> Path:
    """The store that `--dir` means: that folder, or the store in it."""
    inside = folder / ".cashet"
    return inside if not (folder / "format").exists() and (inside / "format").exists() else folder


def _failed(text: str) -> int:
    click.echo(f"cashet: {text}", err=True)
    return _FAILED
