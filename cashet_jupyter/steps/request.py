"""A cell that is about to run, and what can be decided about it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cashet_jupyter.config import CellOptions
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.models import Cell, CellAnalysis, Commit, Effects, Fingerprint, Shown
from cashet_jupyter.steps.registries import Registries
from cashet_jupyter.trace.recorder import Recorder


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


@dataclass(frozen=True, slots=True)
class Plain:
    """The cell runs as if the cache were not there."""

    reason: str
    advice: str = ""
    code: str = ""
    """The cell's code key, where it was taken: its time is noted all the same."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The store has what the cell would leave; it is decoded, and nothing has changed yet."""

    commit: Commit
    effects: Effects
    shown: tuple[Shown, ...]
    artifacts: tuple[memoryview, ...]
    graph: InputGraph


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
