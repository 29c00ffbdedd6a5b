"""Modules that a cell imports by itself: they are no variables that it reads, and yet its result depends on them.

An installed package counts by its version, loaded or not, as a part of the key. A local module counts by what is
loaded, as a dependency of the run: it may be loaded before the cell runs or not, and its file may have been edited
since. A lookup that needs to know imports it, which the cell is about to do anyway.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import import_module
from importlib.machinery import PathFinder

from cashet_jupyter.errors import Refused
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.fingerprint.origins import origin_of, version_of
from cashet_jupyter.models import CellAnalysis, Dependency

#: the kind of dependency that is a local module
MODULE = "module"

Chains = frozenset[tuple[str, ...]]


def import_versions(analysis: CellAnalysis) -> dict[str, str]:
    """`import name` -> version, of the installed packages that the cell imports."""
    tops = dict.fromkeys(name.partition(".")[0] for name in analysis.imports)
    return {f"import {top}": version_of(top) for top in tops if _is_installed(top)}


def _is_installed(top: str) -> bool:
    if not top or top in sys.stdlib_module_names:
        return False
    if top in sys.modules:
        return origin_of(top) == "installed"
    spec = PathFinder.find_spec(top)
    place = "" if spec is None else str(spec.origin or next(iter(spec.submodule_search_locations or ()), ""))
    return "site-packages" in place or "dist-packages" in place


def imported_graph(analysis: CellAnalysis) -> InputGraph:
    """The live objects of the local modules that the cell imports and that are loaded now.

    Raises `NotFingerprintable` if one holds something that has no value.
    """
    names = [name for name in analysis.imports if _is_loaded_local(name)]
    if not names:
        return _no_modules()
    return InputGraph(names, sys.modules, attributes={name: _followed(name, analysis) for name in names})


@lru_cache(maxsize=1)
def _no_modules() -> InputGraph:
    return InputGraph((), {})


def _is_loaded_local(name: str) -> bool:
    top = name.partition(".")[0]
    return bool(top) and name in sys.modules and top not in sys.stdlib_module_names and origin_of(top) == "local"


def check_unchanged(graph: InputGraph) -> None:
    """Raise `Refused` if the run changed a module: a hit would not."""
    changed = [*graph.rebound({}), *(graph.digests if graph.changed() else ())]
    if changed:
        raise Refused(changed[0], "the cell changed something in this module, and a hit would not")


def module_dependencies(analysis: CellAnalysis) -> tuple[Dependency, ...]:
    """The local modules that a run has imported, or found loaded."""
    digests = imported_graph(analysis).digests
    return tuple(Dependency(MODULE, name, digest) for name, digest in digests.items())


def module_digest(name: str, analysis: CellAnalysis) -> str:
    """The fingerprint of a local module as it is loaded, or would be; empty if it cannot be told."""
    try:
        import_module(name)
        return InputGraph([name], sys.modules, attributes={name: _followed(name, analysis)}).digests[name]
    except Exception:  # whatever it is, the cell will meet it itself
        return ""


def _followed(name: str, analysis: CellAnalysis) -> Chains:
    """What the cell takes from a module, if that can be told: `from m import f`, or `m.f` after `import m`."""
    inside = [item[len(name) + 1 :] for item in analysis.imports if item.startswith(f"{name}.")]
    taken = frozenset((item,) for item in inside if "." not in item and f"{name}.{item}" not in sys.modules)
    return taken | analysis.attributes.get(name, frozenset[tuple[str, ...]]()) or frozenset({()})
