"""The magics themselves: `%%cashet`, `%cashet`, `%cashet_show`."""

from __future__ import annotations

import shlex
from typing import Any

import click
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand

from cashet_jupyter.errors import OptionError
from cashet_jupyter.magics.commands import Kernel, cashet
from cashet_jupyter.magics.configurable import Cashet
from cashet_jupyter.magics.naming import find_commit
from cashet_jupyter.magics.options import cell_parser
from cashet_jupyter.magics.progress import ProgressLine
from cashet_jupyter.models import Commit
from cashet_jupyter.render.show import commit_html, commit_text
from cashet_jupyter.session import Session

_CELL_DOC = """Run this cell once; get back everything it left every time after that.

Variables, in-place changes of inputs, printed text, tables and plots come back at once when the cell's code and
everything that it reads are what they were - in this kernel, after a restart, for a colleague.

"""


class Provenance:
    """What made a variable or commit; text in a terminal, HTML in a notebook."""

    def __init__(self, commit: Commit) -> None:
        self.commit = commit

    def __repr__(self) -> str:
        return commit_text(self.commit)

    def _repr_html_(self) -> str:
        return commit_html(self.commit)


@magics_class
class CashetMagics(Magics):
    """The cell cache."""

    def __init__(self, shell: Any, session: Session, config: Cashet) -> None:
        super().__init__(shell)
        self._kernel = Kernel(session, config, ProgressLine(shell))
        self._run_cell = shell.run_cell

    @no_var_expand
    @cell_magic("cashet")
    def cell(self, line: str, cell: str) -> None:
        """Reached only when another magic calls this one by name: it has no part in how cells are caught."""
        self._run_cell(f"%%cashet {line}\n{cell}", store_history=False).raise_error()

    # What `%%cashet?` shows.
    cell.__doc__ = _CELL_DOC + cell_parser().format_help()

    @no_var_expand
    @line_magic("cashet")
    def line(self, line: str) -> object:
        """The cell cache: `%cashet` lists its commands, `%cashet gc --help` tells about one of them."""
        try:
            found = cashet.main(shlex.split(line), prog_name="%cashet", standalone_mode=False, obj=self._kernel)
            return None if isinstance(found, int) else found  # the exit code of --help
        except click.exceptions.NoArgsIsHelpError as error:
            print(error.format_message())
            return None
        except (click.ClickException, ValueError) as error:
            text = error.format_message().rstrip(".") if isinstance(error, click.ClickException) else str(error)
            msg = f"%cashet {line}: {text}; commands are {', '.join(sorted(cashet.commands))}"
            raise OptionError(msg) from None

    @no_var_expand
    @line_magic("cashet_show")
    def show(self, line: str) -> Provenance:
        """`%cashet_show [NAME|COMMIT]`: what made this variable or commit; without an argument, the newest one."""
        return Provenance(find_commit(self._kernel.session, line.strip()))
