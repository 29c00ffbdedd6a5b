"""Static facts of a cell: `analyze` puts them together."""

from __future__ import annotations

import ast
import pickle
from collections.abc import Callable, Iterator, Mapping
from types import CodeType
from typing import Any

from cashet_jupyter.analysis.canonical import code_key
from cashet_jupyter.analysis.docstrings import docstrings_of
from cashet_jupyter.analysis.inline import Inliner
from cashet_jupyter.analysis.instructions import nested
from cashet_jupyter.analysis.names import names_of
from cashet_jupyter.analysis.rewrite import RESERVED
from cashet_jupyter.analysis.shortcuts import Shortcuts, worth_trying
from cashet_jupyter.models import CellAnalysis

_COROUTINE = 0x80
_NOT_COMPILED = "code that does not compile"
_NOT_ANALYSED = "code that cannot be analysed"


def analyze(
    tree: ast.Module,
    *,
    source: str = "",
    transform: Callable[[str], str] | None = None,
    filename: str = "<cell>",
    flags: int = 0,
    namespace: Mapping[str, Any] | None = None,
) -> CellAnalysis:
    """The static facts of a cell.

    `tree` is the cell after the shell's input transformation; it is not changed. `source` is its text, for what the
    tree does not hold (a closing `;`). `transform` is the shell's own transformation, for code inside magics.
    `flags` are the compiler flags of `from __future__` imports in earlier cells. `namespace` holds the notebook's
    variables: decorators and context managers that are known to be harmless are told by what their names mean there.
    Raises nothing: what cannot be analysed counts as reading every variable (`widened`).

    The last 256 cells are remembered, for those that are run again and again, by everything that the answer depends on.
    """
    mark = _mark(tree, source, filename, flags)
    known = _KNOWN.get(mark)
    if known is None:
        known = _analyzed(tree, source, transform, filename, flags, namespace)
        if mark is not None and _is_of_text_alone(tree, known):
            if len(_KNOWN) >= _MOST_KNOWN:
                del _KNOWN[next(iter(_KNOWN))]
            _KNOWN[mark] = known
    return known


#: what is known of the last cells; only the thread that runs cells comes here
_KNOWN: dict[bytes | None, CellAnalysis] = {}
_MOST_KNOWN = 256


def _mark(tree: ast.Module, source: str, filename: str, flags: int) -> bytes | None:
    """The tree and the rest as bytes that no other cell has: pickled, which takes a fifth of the analysis.

    The text alone would not do: aliases and other extensions make another tree of the same text.
    """
    try:
        return pickle.dumps((tree, source, filename, flags), protocol=5)
    except Exception:  # an extension may have put anything into the tree
        return None


def _is_of_text_alone(tree: ast.Module, analysis: CellAnalysis) -> bool:
    """Whether the analysis asked neither the shell (for the text of magics) nor the namespace (for what names mean)."""
    return bool(analysis.codes) and not _asks_shell(analysis.codes) and not worth_trying(tree)


def _asks_shell(codes: tuple[CodeType, ...]) -> bool:
    return any("get_ipython" in code.co_names for code in codes)


def _analyzed(
    tree: ast.Module,
    source: str,
    transform: Callable[[str], str] | None,
    filename: str,
    flags: int,
    namespace: Mapping[str, Any] | None,
) -> CellAnalysis:
    docstrings = docstrings_of(tree)
    key = code_key(tree, source, flags, docstrings)
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        code = compile(tree, filename, "exec", flags, dont_inherit=True)
    except Exception:  # also RecursionError, MemoryError: the cell will fail in the same way when it runs
        nothing = frozenset[str]()
        return CellAnalysis(key, nothing, nothing, nothing, widened=(_NOT_COMPILED,))
    codes = tuple(_flattened(code))
    inliner = Inliner(transform)
    try:
        shown = _as_run(tree, codes, inliner, namespace, filename, flags)
        names, flaws = names_of(shown, cell=True), ()
    except Exception:  # a cell that compiles must not fail because its analysis does
        shown = code
        names, flaws = names_of(code, cell=True), (_NOT_ANALYSED,)
    return CellAnalysis(
        code_key=key,
        reads=_own(names.reads),
        binds=_own(names.stores),
        surely=_own(names.surely),
        deletes=_own(names.deletes),
        attributes={name: chains for name, chains in names.attributes.items() if not name.startswith(RESERVED)},
        imports=names.imports,
        mentions=names.mentions | inliner.mentions,
        widened=(*names.dynamic, *inliner.widened, *flaws),
        magics=tuple(inliner.magics),
        awaits=bool(code.co_flags & _COROUTINE),
        sees_docstrings=docstrings.seen,
        codes=codes,
        docstrings=docstrings.by_name,
        inlined=shown if inliner.magics else code,
    )


def _as_run(
    tree: ast.Module,
    codes: tuple[CodeType, ...],
    inliner: Inliner,
    namespace: Mapping[str, Any] | None,
    filename: str,
    flags: int,
) -> CodeType:
    """The code that names are read from: the text of magics in place, harmless wrappers left out."""
    runs = inliner.copy(tree) if _asks_shell(codes) else tree
    if worth_trying(runs):
        runs = Shortcuts(runs, namespace).copy(runs)
    # Compiled as an interactive statement: the value of an expression is then shown, and showing runs code of the
    # user (`__repr__`), which may call the functions of this very cell.
    interactive = ast.Interactive(body=runs.body or [ast.Pass(lineno=1, col_offset=0)])
    return compile(interactive, filename, "single", flags, dont_inherit=True)


def _own(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in names if not name.startswith(RESERVED))


def _flattened(code: CodeType) -> Iterator[CodeType]:
    """A code object and all inside it, outermost first, in the order of the constants."""
    yield code
    for inner in nested(code):
        yield from _flattened(inner)
