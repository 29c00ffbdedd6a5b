"""Calls whose result is not a function of a cell's inputs: the clock, entropy, the network, other programs.

Found without running anything: each chain of attributes in the code is followed from its name through the live
objects of the notebook, and on into the functions and classes of the notebook that it leads to. What a library does
inside itself does not count. Nothing is imported, and no code of the user is run: attributes are looked up in the
dictionaries of modules, classes and instances.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from cashet_jupyter.analysis.impure import Kind, impure_objects
from cashet_jupyter.analysis.magics import SCRIPTS
from cashet_jupyter.analysis.reach import Reach
from cashet_jupyter.analysis.uses import Call
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


def impurities_of(
    callables: Iterable[Any], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
) -> tuple[Impurity, ...]:
    """What calling some functions reaches that is impure; the first of them is called with these arguments.

    Raises nothing.
    """
    found: dict[Impurity, None] = {}
    for place, obj in enumerate(callables):
        if place == 0:
            found |= dict.fromkeys(_called(obj, args, kwargs or {}))
        for kind, name, via in Reach.of(obj, vars(sys.modules["__main__"])).run():
            found[Impurity(kind, name, via)] = None
    return tuple(found)


def _called(obj: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Impurity]:
    """What is impure about calling an object itself: `time.time`, `numpy.random.default_rng` without a seed."""
    table, name = impure_objects(), str(getattr(obj, "__name__", ""))
    count = len(args) + len(kwargs)
    call = Call(count, args[0] if count == 1 and args else ...)
    known = [*table.by_identity(obj), *table.by_method(getattr(obj, "__self__", None), name)]
    return [Impurity(impure.kind, name) for impure in known if impure.condition(call)]
