"""The magics themselves: `%%cashet`, `%cashet`, and questions by their own names: `%cashet_show`, `%cashet_history`."""

from __future__ import annotations

import shlex
from functools import cached_property
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand

from cashet_jupyter.errors import OptionError
from cashet_jupyter.magics.configurable import Cashet
from cashet_jupyter.magics.options import cell_parser
from cashet_jupyter.session import Session

if TYPE_CHECKING:  # with click and all that renders: loaded when something is asked
    from cashet_jupyter.magics.commands import Kernel

_CELL_DOC = """Run this cell once; get back everything it left every time after that.

Variables, in-place changes of inputs, printed text, tables and plots come back at once when the cell's code and
everything that it reads are what they were - in this kernel, after a restart, for a colleague.

"""


@magics_class
class CashetMagics(Magics):
    """The cell cache."""

    def __init__(self, shell: Any, session: Session, config: Cashet) -> None:
        super().__init__(shell)
        self._session = session
        self._config = config
        self._run_cell = shell.run_cell

    @cached_property
    def _kernel(self) -> Kernel:
        from cashet_jupyter.magics.commands import Kernel
        from cashet_jupyter.magics.progress import ProgressLine

        return Kernel(self._session, self._config, ProgressLine(self.shell))

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
        return self._ask(line)

    @no_var_expand
    @line_magic("cashet_show")
    def show(self, line: str) -> object:
        """`%cashet_show [NAME]`: what made this variable, commit, cell or function; without a name, the newest one."""
        return self._ask(line, "show")

    @no_var_expand
    @line_magic("cashet_history")
    def history(self, line: str) -> object:
        """`%cashet_history [NAME]`: all versions of a cell or function, through its edits."""
        return self._ask(line, "history")

    @no_var_expand
    @line_magic("cashet_diff")
    def diff(self, line: str) -> object:
        """`%cashet_diff [NAME [NAME]]`: what differs between two results; of one name, against the run before it."""
        return self._ask(line, "diff")

    def _ask(self, line: str, command: str = "") -> object:
        import click

        from cashet_jupyter.magics.commands import cashet

        try:
            words = [*([command] if command else []), *shlex.split(line)]
            kernel = self._kernel
            kernel.taken()  # of a command that was broken off
            cashet.main(words, prog_name="%cashet", standalone_mode=False, obj=kernel)
            return kernel.taken()
        except click.exceptions.NoArgsIsHelpError as error:
            print(error.format_message())
            return None
        except (click.ClickException, ValueError) as error:
            text = error.format_message().rstrip(".") if isinstance(error, click.ClickException) else str(error)
            typed = f"%cashet_{command} {line}" if command else f"%cashet {line}"
            msg = f"{typed}: {text}; commands are {', '.join(sorted(cashet.commands))}"
            raise OptionError(msg) from None
