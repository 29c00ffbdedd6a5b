"""The magics themselves: `%%cashet`, `%cashet`, `%cashet_show`."""

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
    from cashet_jupyter.magics.provenance import Provenance

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
        import click

        from cashet_jupyter.magics.commands import cashet

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
        from cashet_jupyter.magics.naming import find_commit
        from cashet_jupyter.magics.provenance import Provenance

        return Provenance(find_commit(self._session, line.strip()))
