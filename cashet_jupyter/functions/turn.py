"""Single flight for calls: of several threads or processes that want one result, one computes it."""

from __future__ import annotations

import ast

from cashet_jupyter.config import CellOptions
from cashet_jupyter.functions.call import Call
from cashet_jupyter.functions.home import Home
from cashet_jupyter.models import Cell
from cashet_jupyter.steps.flight import Flight
from cashet_jupyter.steps.request import Request


class Turn(Flight):
    """The claim of one call, from its first lookup to the end of its run; see `steps.flight`."""

    def __init__(self, home: Home, call: Call) -> None:
        cell = Cell("", call.name, call.cell_id)
        request = Request(cell, ast.Module([], []), CellOptions(refresh=call.options.force))
        super().__init__(request, call.target.code, home)

    def landed(self) -> None:
        """The run came to its end: who waits looks it up, or computes."""
        claim = self.hand_over()
        if claim is not None:
            claim.release(ended=True)
