"""A cell that is about to run, and what can be decided about it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cashet_jupyter.config import CellOptions
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.models import Cell, CellAnalysis, Commit, Effects, Fingerprint, Shown
from cashet_jupyter.store.protocol import Claim

if TYPE_CHECKING:  # loaded with the first run
    from cashet_jupyter.steps.registries import Registries
    from cashet_jupyter.trace.recorder import Recorder


def _unseen(_line: str) -> None:
    """Where nobody looks."""


@dataclass(frozen=True, slots=True)
class Request:
    """A cell that is about to run."""

    cell: Cell
    tree: ast.Module
    options: CellOptions
    filename: str = "<cell>"
    transform: Callable[[str], str] | None = None
    """The shell's input transformation, for the bodies of magics."""
    flags: int = 0
    """The shell's compiler flags: a `from __future__ import ...` of an earlier cell holds for this one."""
    waiting: Callable[[str], None] = _unseen
    """Shows a line in the place of the one before, while another kernel is waited for; an empty one takes it away."""


@dataclass(frozen=True, slots=True)
class Plain:
    """The cell runs as if the cache were not there."""

    reason: str
    advice: str = ""
    code: str = ""
    """The cell's code key, where it was taken: its time is noted all the same."""
    trouble: bool = False
    """It is the store that cannot be used, whatever the cell does."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The store has what the cell would leave; it is decoded, and nothing has changed yet."""

    commit: Commit
    effects: Effects
    shown: tuple[Shown, ...]
    artifacts: tuple[memoryview, ...]
    graph: InputGraph
    waited: str = ""
    """`waited 0:12 for train.ipynb`, where another kernel has just computed it; else empty."""


@dataclass(frozen=True, slots=True)
class Miss:
    """The cell runs, and what it leaves is stored afterwards."""

    request: Request
    analysis: CellAnalysis
    fingerprint: Fingerprint
    graph: InputGraph
    modules: InputGraph
    """The local modules that the cell imports and that were loaded before."""
    registries: Registries
    before: Mapping[str, Any]
    reason: str
    recorder: Recorder
    """What the run reads and touches; to be started just before the body and stopped just after it."""
    claim: Claim | None = None
    """Others wait for this run as long as it is held."""
    not_worth: str = ""
    """Why auto does not store it, although it could be; else empty."""

    def let_go(self, *, ended: bool) -> None:
        """Others need not wait any longer: the run has `ended`, or it was broken off. Harmless when repeated."""
        if self.claim is not None:
            self.claim.release(ended=ended)
