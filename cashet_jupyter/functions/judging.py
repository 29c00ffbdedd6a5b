"""What speaks against serving a run, before it and after it; and what it left besides its result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any

from cashet_jupyter.analysis.impurity import impurities_of
from cashet_jupyter.analysis.names import names_of
from cashet_jupyter.effects.capture import capture
from cashet_jupyter.errors import Refused
from cashet_jupyter.fingerprint.origins import is_local
from cashet_jupyter.functions.call import Call
from cashet_jupyter.functions.target import codes_of, function_of
from cashet_jupyter.models import Effects
from cashet_jupyter.steps.inputs import paths_in
from cashet_jupyter.steps.registries import Registries
from cashet_jupyter.trace.recorder import Recorder
from cashet_jupyter.trace.records import Recorded


class OwnChange(Refused):
    """The function changes what it reads itself, in a way that a hit would not repeat."""


def objections(call: Call) -> Refused | None:
    """What can be seen in the code before it runs; the run is not kept from happening."""
    for found in impurities_of(_callables(call), call.args, call.kwargs):
        if found.kind not in call.options.allow:
            name = f"{found.name} (in {found.via})" if found.via else found.name
            why = f"gives another result each time ({found.kind})"
            return Refused(name, why, f"allow={found.kind!r} caches it anyway")
    for function in functions_of(call):
        names = names_of(function.__code__)
        written = sorted((names.stores | names.deletes) - names.loads)
        if written:
            return OwnChange(f"{function.__qualname__} → {written[0]}", "the function sets this global")
    return None


def _callables(call: Call) -> list[Any]:
    """The function, and what it is given to call."""
    given = list(call.arguments.values())
    return [call.func, *(value for value in given if isinstance(value, FunctionType | MethodType))]


def functions_of(call: Call) -> Iterator[FunctionType]:
    """The functions of the user among all that the call reaches."""
    for node in call.graph.nodes:
        if type(node) is FunctionType and is_local(node.__globals__.get("__name__")):
            yield node


def recorder_of(call: Call) -> Recorder:
    """What notes the run's doings."""
    codes = [code for function in functions_of(call) for code in codes_of(function.__code__)]
    # Not the defaults: those of a library's reader are full of texts such as "." that are no paths.
    return Recorder(mentioned=paths_in(codes, [*call.args, *call.kwargs.values()]), own_thread=True)


def effects_of(call: Call, recorded: Recorded, registries: Registries, changed: list[str]) -> Effects:
    """What the run left besides its result. Raises `Refused` for what a hit could not do again."""
    for refusal in recorded.refusals:
        if refusal.kind not in call.options.allow:
            advice = "" if refusal.kind == "trace" else f"allow={refusal.kind!r} caches it anyway"
            raise Refused("", refusal.what, advice)
    if changed:
        raise Refused("", changed[0])
    if bound := call.graph.rebound({}):
        raise OwnChange(bound[0], "the function changed it, and a hit would not")
    registries.check_unchanged()
    return replace(capture(call.graph, call.values, call.values), states=recorded.states)


def changed_itself(call: Call, effects: Effects) -> str:
    """What the run has changed in place of all that the function itself reads: its closure, a global, a default.

    The object of a method counts as an argument.
    """
    changed = {patch.node for patch in effects.patches if patch.node >= 0}
    function = function_of(call.func)
    graph = call.graph
    records = graph.records
    if not changed or id(function) not in records.memo:
        return ""
    waiting, seen = [records.memo[id(function)]], set[int]()
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        node = records.objects[index]
        # A function that imports a local module looks different once that is loaded.
        loads = type(node) is FunctionType and names_of(node.__code__).imports
        if records.is_node(index) and not loads and graph.number(node) in changed:
            return _called(node, function)
        waiting += records.children[index]
    return ""


def _called(node: Any, func: Any) -> str:
    """Words for what a function reads."""
    code: CodeType | None = getattr(func, "__code__", None)
    cells: tuple[CellType, ...] = getattr(func, "__closure__", None) or ()
    for name, cell in zip(code.co_freevars if code is not None else (), cells, strict=False):
        if cell is node or _holds(cell, node):
            return name
    for name, value in getattr(func, "__globals__", {}).items():
        if value is node:
            return str(name)
    return f"a {type(node).__qualname__}"


def _holds(cell: CellType, node: Any) -> bool:
    try:
        return cell.cell_contents is node
    except ValueError:
        return False
