"""`jupyter cashet`: the shared commands in a terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from cashet_jupyter.commands.grammar import add_commands
from cashet_jupyter.commands.target import Target
from cashet_jupyter.config import described, load_settings
from cashet_jupyter.errors import CashetError, OptionError, StoreError
from cashet_jupyter.render.answer import Answer, Style
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.store.store import open_store

_NAME = "jupyter cashet"
#: what shells ask for completions: under its own name, for `jupyter` belongs to others
_SCRIPT = "jupyter-cashet"
_COMPLETE = "_JUPYTER_CASHET_COMPLETE"

#: exit codes
FAILED = 1
"""Nothing was found, or it could not be done."""
USAGE = 2
"""The line is wrong: a command, an option or a value that there is not."""
INTERRUPTED = 130
"""As shells say it."""

#: control characters but for line ends, tabs and changes of colour
_STEERING = re.compile(r"\x1b(?!\[\d{0,2}m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")

#: columns where no terminal says how many it has
_WIDTH = 120


class Terminal(Target):
    """A terminal, and the store of the folder that it is in or that was named."""

    name = _NAME

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        """The store, or the folder that it is in; None for the one of this folder."""
        self._store: Store | None = None

    def store(self, *, create: bool = False) -> Store:
        """The store, opened when it is first needed."""
        if self._store is None:
            path, _ = self.place()
            if not create and not (path / "format").exists():
                raise StoreError(
                    f"there is no store at {path}: name one with --dir, or run a cell under %%cashet first"
                )
            self._store = open_store(path, max_size=load_settings(path.parent, os.environ).max_size)
        return self._store

    def place(self) -> tuple[Path, str]:
        """Where the store is, or would be, and why there."""
        return super().place() if self.folder is None else (_named(self.folder.expanduser().absolute()), "--dir")

    def settings(self) -> Sequence[tuple[str, Any, str]]:
        """Those of the folder that the store is in."""
        return described(self.place()[0].parent, os.environ)

    def style(self) -> Style:
        """As wide as the terminal; in colours on one that has them, unless `NO_COLOR` is set."""
        width = shutil.get_terminal_size((_WIDTH, 24)).columns
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return Style(max(40, width), colour=sys.stdout.isatty() and not plain)

    def say(self, text: str) -> None:
        """The answer, colours and all; on a screen without anything that could steer it."""
        click.echo(_printable(text), color=True)  # there are no colours unless `style` says so

    def give(self, answer: Answer, *, as_json: bool) -> None:
        """The answer of a question; that nothing was found is said beside it."""
        if answer.empty and not as_json:
            raise NothingFound(answer.text(self.style()))
        super().give(answer, as_json=as_json)

    def hand(self, value: object) -> None:
        """A value: bytes as they are where they do not go to a screen."""
        if isinstance(value, bytes | bytearray | memoryview) and not sys.stdout.isatty():
            sys.stdout.flush()
            sys.stdout.buffer.write(value)
            return
        super().hand(value)

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


class NothingFound(CashetError):
    """A question to which there is no answer."""


def _choose(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        context.find_root().obj.folder = folder


_folder = click.option(
    *("--dir", "--store-dir"),
    type=click.Path(path_type=Path),
    callback=_choose,
    expose_value=False,
    help="The store, or the folder that it is in.",
)


@click.group(name=_NAME, no_args_is_help=True)
@_folder
@click.version_option(version("cashet-jupyter"), prog_name=_NAME)
def cashet() -> None:
    """Ask what %%cashet has stored, compare it, take it out, and keep it in order.

    Without --dir, it is the store that a notebook in this folder would use: where CASHET_DIR says, or the nearest
    .cashet at or above it.

    Results are named by a variable (df), the run before (df@{1}), a function, a tag (stage=train), a cell's first
    line, or the beginning of an id.

    Exit codes: 0 done, 1 nothing found or failed, 2 a wrong line, 130 interrupted.
    """


add_commands(cashet, _folder)


def run(arguments: Sequence[str]) -> int:
    """Run a command; the exit code. Errors are one line on stderr."""
    terminal = Terminal()
    try:
        code = cashet.main(list(arguments), prog_name=_NAME, complete_var="", standalone_mode=False, obj=terminal)
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 0
    except click.ClickException as error:
        return _failed(f"{error.format_message().rstrip('.')} (see {_NAME} --help)", USAGE)
    except OptionError as error:
        return _failed(str(error), USAGE)
    except CashetError as error:
        return _failed(str(error), FAILED)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    finally:
        terminal.close()


def main() -> None:
    """The entry point of the console script."""
    if _COMPLETE in os.environ:  # a shell asks; nothing else may be printed
        cashet.main([], prog_name=_SCRIPT, complete_var=_COMPLETE, obj=Terminal())
    sys.exit(run(sys.argv[1:]))


def _named(folder: Path) -> Path:
    """The store that `--dir` means: that folder, or the store in it."""
    inside = folder / ".cashet"
    return inside if not (folder / "format").exists() and (inside / "format").exists() else folder


def _printable(text: str) -> str:
    """Text that can be written: what the encoding lacks is written as escapes.

    Labels and values come from stores that anybody may have written: on a screen nothing of them moves the cursor,
    names the window or talks to the clipboard.
    """
    encoding = sys.stdout.encoding or "utf-8"
    text = text.encode(encoding, "backslashreplace").decode(encoding)
    return _STEERING.sub("", text) if sys.stdout.isatty() else text


def _failed(text: str, code: int) -> int:
    click.echo(_printable(f"cashet: {text}"), err=True)
    return code
