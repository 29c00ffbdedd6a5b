"""Calls whose result is not a function of a cell's inputs: the clock, entropy, the network, other programs.

Found without running anything: each chain of attributes in the code is followed from its name through the live
objects of the notebook, and on into the functions and classes of the notebook that it leads to. What a library does
inside itself does not count. Nothing is imported, and no code of the user is run: attributes are looked up in the
dictionaries of modules, classes and instances.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from cashet_jupyter.analysis.impure import Kind
from cashet_jupyter.analysis.magics import SCRIPTS
from cashet_jupyter.analysis.reach import Reach
from cashet_jupyter.models import CellAnalysis

#: what the user can allow
KINDS: frozenset[str] = frozenset(get_args(Kind))

#: magics that start other programs
PROGRAMS = SCRIPTS | {"!", "system", "sx", "pip", "conda", "mamba", "micromamba", "uv"}


@dataclass(frozen=True, slots=True)
class Impurity:
    """One call that makes a cell give another result each time."""

    kind: Kind
    name: str
    """As written: `time.time`, `now`, `!`."""
    via: str = ""
    """Qualified name of the notebook function that it stands in; empty for the cell itself."""


def impurities(analysis: CellAnalysis, namespace: Mapping[str, Any]) -> tuple[Impurity, ...]:
    """What a cell reaches that is impure, each once, the cell's own calls first.

    `namespace` is the notebook's: names of the cell are looked up there. Raises nothing.
    """
    found: dict[Impurity, None] = {}
    for word in analysis.magics:
        if word.lstrip("%").partition(" ")[0] in PROGRAMS:
            found[Impurity("subprocess", word)] = None
    code = analysis.inlined or (analysis.codes[0] if analysis.codes else None)
    if code is not None:
        for kind, name, via in Reach(code, analysis, namespace).run():
            found[Impurity(kind, name, via)] = None
    return tuple(found)
