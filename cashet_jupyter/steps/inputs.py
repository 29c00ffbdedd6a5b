"""What a cell reads, and what speaks against caching it before it has run."""

from __future__ import annotations

import ast
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from glob import glob
from pathlib import Path, PurePath
from types import CodeType, ModuleType
from typing import Any

from cashet_jupyter.analysis.impurity import PROGRAMS, impurities
from cashet_jupyter.analysis.magics import unsafe_magics
from cashet_jupyter.analysis.patching import may_patch, patched
from cashet_jupyter.config import FILES, CellOptions
from cashet_jupyter.digest import digest
from cashet_jupyter.errors import Refused
from cashet_jupyter.fingerprint.describe import describe
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.fingerprint.origins import origin_of, version_of
from cashet_jupyter.fingerprint.parts import parts_of, versions_of
from cashet_jupyter.fingerprint.values import fingerprint_value
from cashet_jupyter.models import CellAnalysis, Fingerprint, Value
from cashet_jupyter.session import Session
from cashet_jupyter.trace.lookup import current_digest

#: the longest text that is taken for a path, and how many items of a container are looked at
LONGEST_PATH = 1024
MOST_PATHS = 1000


def check(tree: ast.Module, analysis: CellAnalysis, options: CellOptions, namespace: Mapping[str, Any]) -> None:
    """Raise `Refused` if this code cannot be cached, whatever its inputs are."""
    sets = not analysis.codes or may_patch(analysis.codes)
    if sets and (changed := next(patched(tree, namespace), None)) is not None:
        raise Refused(changed, "the cell sets attributes of it, and a hit would not", "put that in a cell of its own")
    # Programs that a cell starts are refused below, where the user can allow them.
    magics = [word for word in unsafe_magics(analysis) if word.lstrip("%").partition(" ")[0] not in PROGRAMS]
    if magics:
        raise Refused(magics[0], "acts on the kernel itself", "put it in a cell of its own")
    found = [item for item in impurities(analysis, namespace) if item.kind not in options.allow]
    if found:
        first = found[0]
        name = f"{first.name} (in {first.via})" if first.via else first.name
        why = f"gives another result each time ({first.kind})"
        raise Refused(name, why, f"--allow {first.kind} caches it anyway")


def input_graph(analysis: CellAnalysis, options: CellOptions, session: Session) -> InputGraph:
    """The live objects behind everything that the cell reads.

    Raises `NotFingerprintable` if one of them has no value.
    """
    names = set(analysis.reads)
    if analysis.widened:
        names |= session.user_variables().keys()
    names |= session.mentioned(analysis)
    return InputGraph(
        names - options.ignore,
        session.namespace,
        attributes=analysis.attributes,
        docstrings=analysis.sees_docstrings,
        lazy=True,
    )


def depends_digests(options: CellOptions, session: Session) -> dict[str, str]:
    """The digests of `--depends`: expressions, evaluated in the notebook's namespace, and files by their content.

    Raises `Refused` if one cannot be evaluated, or has no value.
    """
    digests: dict[str, str] = {}
    for expression in options.depends:
        if expression.startswith(FILES):
            digests[expression] = _files_digest(expression.removeprefix(FILES))
            continue
        try:
            value = eval(expression, session.namespace)
        except Exception as error:
            raise Refused(f"--depends {expression}", f"{type(error).__name__}: {error}") from error
        digests[expression] = fingerprint_value(value)
    return digests


def _files_digest(pattern: str) -> str:
    """The digest of the files that a pattern names: their names and what is in them; none is an answer, too."""
    names = sorted(glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
    return digest("cashet-files", [[name, current_digest("file", name)] for name in names if Path(name).is_file()])


def described(graph: InputGraph, session: Session) -> tuple[Value, ...]:
    """The inputs, for people."""
    namespace = session.namespace
    return tuple(describe(name, namespace[name], digest) for name, digest in graph.digests.items() if name in namespace)


def with_parts(key: Fingerprint, graph: InputGraph, namespace: Mapping[str, Any]) -> Fingerprint:
    """The key, with the components and the looks of its inputs: for runs that are to be stored, before they change.

    From here on the graph knows all that is in the inputs, so that it can tell afterwards what a run has changed.
    """
    from cashet_jupyter.fingerprint.previews import previewed  # a hit has no use for it

    graph.expand()
    parts = parts_of(graph)
    inputs = (replace(value, parts=parts.get(value.name, ())) for value in key.inputs)
    return replace(key, inputs=previewed(inputs, namespace))


def versions(analysis: CellAnalysis, graph: InputGraph, namespace: Mapping[str, Any]) -> dict[str, str]:
    """Python, and the installed libraries that the notebook holds, its inputs come from, or the cell imports."""
    tops = {name.partition(".")[0] for name in analysis.imports if name in sys.modules}
    values = list(namespace.values())
    kinds = {kind for kind in set(map(type, values)) if issubclass(kind, ModuleType)}
    tops |= {value.__name__.partition(".")[0] for value in values if type(value) in kinds}
    found = {top: version_of(top) for top in tops if origin_of(top) == "installed"} | versions_of(graph)
    return {"python": platform.python_version(), **{top: found[top] for top in sorted(found) if found[top]}}


def mentioned_paths(analysis: CellAnalysis, graph: InputGraph, namespace: Mapping[str, Any]) -> tuple[str, ...]:
    """Text in the cell and its inputs that may be the path of a file, for readers that do not say what they open."""
    return paths_in(analysis.codes, [namespace.get(name) for name in graph.digests])


def paths_in(codes: Iterable[CodeType], values: Iterable[object]) -> tuple[str, ...]:
    """Text in code and in values that may be the path of a file."""
    found: dict[str, None] = {}
    for code in codes:
        found |= dict.fromkeys(_texts(code))
    for value in values:
        found |= dict.fromkeys(_paths(value))
    return tuple(found)


def _texts(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        yield from _paths(constant)


def _paths(value: object) -> Iterator[str]:
    items: list[object] = [value]
    if isinstance(value, tuple | list | set | frozenset):
        items = list(value)[:MOST_PATHS]
    elif isinstance(value, dict):
        items = list(value.values())[:MOST_PATHS]
    for item in items:
        if isinstance(item, PurePath) or (isinstance(item, str) and _may_be_path(item)):
            yield str(item)


def _may_be_path(text: str) -> bool:
    return 0 < len(text) <= LONGEST_PATH and "\n" not in text and "\0" not in text
