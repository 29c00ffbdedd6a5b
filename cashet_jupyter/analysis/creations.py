"""When can what a nested function needs be needed? Followed from the place where the function is made.

Three kinds of nested code are told apart. The scope of a comprehension or of type parameters is called at once, and
by nobody else. The body of a class runs when the class is built. Every other function can be called by any
instruction that may run code of the user and that is reached after the function could be found by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import CodeType

from cashet_jupyter.analysis.flow import Flow, may_call
from cashet_jupyter.analysis.instructions import OPTIMIZED, Listing, listing
from cashet_jupyter.analysis.stack import taken_by

_AT_ONCE = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})
_MAKES = frozenset({"MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE"})
#: the values that these leave have no `__set_name__` of the user's, and nothing was called to make them
_PLAIN_VALUES = _MAKES | frozenset({"LOAD_CONST", "BUILD_TUPLE", "BUILD_LIST", "BUILD_CONST_KEY_MAP", "COPY"})
#: what the compiler binds in every class body
_COMPILED_NAMES = """
    __module__ __qualname__ __firstlineno__ __doc__ __static_attributes__ __classcell__ __classdictcell__
    __annotate_func__ __annotations__ __conditional_annotations__ __type_params__
"""
_COMPILED = frozenset(_COMPILED_NAMES.split())
#: with these a function can look at its own local variables by name
_LOOKS_AT_LOCALS = frozenset({"locals", "vars", "dir", "eval", "exec"})


@dataclass(frozen=True, slots=True)
class Need:
    """Globals that a nested code object needs."""

    now: frozenset[str]
    """While it runs."""
    later: frozenset[str]
    """Only in functions that it makes and that outlive it."""


#: a need that no class body is spared
_ANYTHING = Need(frozenset(), frozenset({"<anything>"}))


def charge(listed: Listing, flow: Flow, made: int, need: Need, *, in_class: bool) -> Need:
    """What of a nested code object's needs the outer one has itself.

    `made` is the index of the instruction that loads the nested code object.
    """
    code = listed.instructions[made].value
    last = _last_of_making(listed, made)
    pending = {name for name in need.now | need.later if not flow.bound(name, last)}
    if not pending:
        return Need(frozenset(), frozenset())
    now: set[str] = set()
    start = last
    at_once = code.co_name in _AT_ONCE or code.co_name.startswith("<generic parameters")
    if at_once or _is_class(code):
        taken = taken_by(listed, last)
        if taken is not None and not taken.called and not at_once:
            start = taken.index
            now = set(need.now | _while_building(listed, taken.index, code, need))
        elif taken is not None and at_once:
            start = taken.index
            now = set(need.now)
        now = {name for name in pending & now if not flow.bound(name, start)}
        pending -= now
    walk = _Walk(listed, flow, pending, in_class=in_class)
    walk.run(start)
    return Need(frozenset(now | walk.now), frozenset(walk.later))


def _is_class(code: CodeType) -> bool:
    return not code.co_flags & OPTIMIZED


def _last_of_making(listed: Listing, made: int) -> int:
    k = made + 1
    while k + 1 < len(listed.instructions) and listed.instructions[k + 1].op == "SET_FUNCTION_ATTRIBUTE":
        k += 1
    return k


def _while_building(listed: Listing, call: int, code: CodeType, need: Need) -> frozenset[str]:
    """What methods may need while the class is built: a metaclass, a base or a descriptor of the user can call them.

    Without bases, keywords and descriptors nothing can. With bases or descriptors only, the name of the class itself
    is left out: a method that is called before its class has a name, and uses that name, fails in a new kernel.
    """
    instruction = listed.instructions[call]
    if instruction.op != "CALL" or any(i.op == "KW_NAMES" for i in listed.instructions[max(call - 2, 0) : call]):
        return need.later
    if instruction.arg == 2 and _has_plain_body(code):
        return frozenset()
    return need.later - {code.co_name}


def _has_plain_body(code: CodeType) -> bool:
    """Whether a class body binds only functions, constants and literals."""
    instructions = listing(code).instructions
    for before, i in pairwise(instructions):
        if i.op == "STORE_NAME" and before.op not in _PLAIN_VALUES and i.value not in _COMPILED:
            return False
    return True


@lru_cache(maxsize=256)
def _quiet_builds(code: CodeType, _exceptions: bytes) -> frozenset[int]:
    """The calls that only build a class of functions and constants, and so run no other code of the user."""
    listed = listing(code)
    found: set[int] = set()
    for k, i in enumerate(listed.instructions):
        if isinstance(i.value, CodeType) and _is_class(i.value) and _has_plain_body(i.value):
            taken = taken_by(listed, _last_of_making(listed, k))
            if taken is not None and not _while_building(listed, taken.index, i.value, _ANYTHING):
                body = listing(i.value)
                if not any(may_call(step) for step in body.instructions):
                    found.add(taken.index)
    return frozenset(found)


class _Walk:
    """Follows control from the creation of a function to whatever could call it."""

    def __init__(self, listed: Listing, flow: Flow, pending: set[str], *, in_class: bool) -> None:
        self.listed = listed
        self.flow = flow
        self.pending = pending
        self.in_class = in_class
        self.now: set[str] = set()
        self.later: set[str] = set()

    def run(self, start: int) -> None:
        """Fill `now` and `later`; `start` is the instruction that has just left the function on the stack."""
        name = self._hidden_as(start)
        first = (start, name is None)
        seen = {first}
        waiting = [first]
        while waiting and self.pending:
            k, live = waiting.pop()
            if k != start:
                live = live or self._loads(k, name)
                if live:
                    self._meet(k)
            for target in (*self.listed.after[k], *self.listed.handlers[k]):
                step = (target, live)
                if step not in seen and (target, True) not in seen:
                    seen.add(step)
                    waiting.append(step)
            if self.listed.instructions[k].op == "RETURN_VALUE" and (live or self.in_class):
                self.later |= {name for name in self.pending if not self.flow.bound(name, k)}

    def _meet(self, k: int) -> None:
        if not self.flow.reached(k) or not may_call(self.listed.instructions[k]):
            return
        if k not in _quiet_builds(self.listed.code, self.listed.code.co_exceptiontable):
            needed = {name for name in self.pending if not self.flow.bound(name, k)}
            self.now |= needed
            self.pending -= needed

    def _hidden_as(self, start: int) -> str | None:
        """The local name that a function gets right away: until that is loaded, nobody else can call it."""
        store = self.listed.instructions[start + 1] if start + 1 < len(self.listed.instructions) else None
        hides = store is not None and (store.op == "STORE_FAST" or (store.op == "STORE_NAME" and self.in_class))
        if store is None or not hides or not _LOOKS_AT_LOCALS.isdisjoint(self.listed.code.co_names):
            return None
        return store.value

    def _loads(self, k: int, name: str | None) -> bool:
        i = self.listed.instructions[k]
        return i.op in ("LOAD_NAME", "LOAD_FAST", "LOAD_FAST_AND_CLEAR") and i.value == name
