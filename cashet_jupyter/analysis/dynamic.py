"""Accesses that no analysis of names can follow: they can reach any variable of the user."""

from __future__ import annotations

from collections.abc import Iterator

from cashet_jupyter.analysis.flow import is_class_body
from cashet_jupyter.analysis.instructions import OPTIMIZED, Listing
from cashet_jupyter.analysis.stack import taken_by

#: builtins that run text as code, or give the namespace away
_ALWAYS = frozenset({"exec", "eval", "compile", "globals", "__import__", "__builtins__", "breakpoint"})
#: builtins that show the local variables: those of the user only where the code is the cell itself
_LOCALS = frozenset({"locals", "vars", "dir"})
#: builtins that look at their argument if they get one
_OF_ARGUMENT = frozenset({"vars", "dir"})
#: attributes that lead to a namespace
_ATTRIBUTES = frozenset({"f_globals", "f_locals", "__globals__", "user_ns", "user_global_ns"})
_LOADS = frozenset({"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"})
_INTRINSIC_IMPORT_STAR = 2
#: the only instructions worth asking about
MAY_REACH_ALL = _LOADS | {"LOAD_ATTR", "IMPORT_STAR", "CALL_INTRINSIC_1", "IMPORT_NAME", "LOAD_CONST"}


def dynamic_words(listed: Listing, k: int, *, cell: bool) -> Iterator[str]:
    """In the user's words, what the instruction at `k` can reach all variables by; usually nothing."""
    i = listed.instructions[k]
    if i.op in _LOADS:
        if i.value in _ALWAYS or (i.value in _LOCALS and _shows_variables(listed, k, i.value, cell=cell)):
            yield i.value
        elif i.value == "builtins" and _reaches_builtin(listed, k):
            yield "builtins"
    elif i.op == "LOAD_ATTR":
        if i.value in _ATTRIBUTES:
            yield i.value
    elif i.op == "IMPORT_STAR" or (i.op == "CALL_INTRINSIC_1" and i.arg == _INTRINSIC_IMPORT_STAR):
        yield "import *"
    elif i.op == "IMPORT_NAME" and i.value == "__main__":
        yield "import __main__"
    elif i.op == "LOAD_CONST" and i.value == "__main__" and _looks_up_modules(listed):
        yield "__main__"


def _shows_variables(listed: Listing, k: int, name: str, *, cell: bool) -> bool:
    taken = taken_by(listed, k)
    called = taken is not None and taken.called
    if called and taken is not None and taken.arguments != 0 and name in _OF_ARGUMENT:
        return False
    # called in a function or a class body, it shows what is local there
    return not (called and (listed.code.co_flags & OPTIMIZED or is_class_body(listed, cell=cell)))


def _reaches_builtin(listed: Listing, k: int) -> bool:
    after = listed.instructions[k + 1 : k + 2]
    return any(i.op != "LOAD_ATTR" or i.value in _ALWAYS | _LOCALS for i in after)


def _looks_up_modules(listed: Listing) -> bool:
    return not {"modules", "import_module"}.isdisjoint(listed.code.co_names)
