"""Definite assignment: the names that a code object has surely bound when control reaches an instruction.

A forward dataflow over the instructions; where paths join, only what is bound on all of them counts. What an
exception handler may count on is what was bound before each instruction that can raise.
"""

from __future__ import annotations

from dataclasses import dataclass

from cashet_jupyter.analysis.instructions import OPTIMIZED, Instruction, Listing

#: instructions that cannot raise, so that a handler is never entered from them; what is not listed may raise
_NEVER_RAISE = """
    NOP POP_TOP PUSH_NULL LOAD_CONST STORE_GLOBAL COPY SWAP MAKE_FUNCTION SET_FUNCTION_ATTRIBUTE MAKE_CELL STORE_FAST
    STORE_DEREF LOAD_CLOSURE COPY_FREE_VARS KW_NAMES PRECALL JUMP_FORWARD LOAD_BUILD_CLASS LOAD_LOCALS PUSH_EXC_INFO
    POP_EXCEPT IS_OP RETURN_VALUE LOAD_FAST_AND_CLEAR BUILD_TUPLE BUILD_LIST POP_JUMP_IF_NONE POP_JUMP_IF_NOT_NONE
    LOAD_COMMON_CONSTANT LOAD_ASSERTION_ERROR END_FOR END_SEND
"""
_CANNOT_RAISE = frozenset(_NEVER_RAISE.split())

#: instructions that cannot run code of the user; what is not listed may. Dropping the last reference to an object
#: with `__del__` (POP_TOP, STORE_NAME) is left out of the model: with it, every assignment would be a call.
_NEVER_CALL = """
    RESUME LOAD_NAME LOAD_GLOBAL STORE_NAME LOAD_FAST LOAD_DEREF BUILD_STRING BUILD_CONST_KEY_MAP SETUP_ANNOTATIONS
    STORE_ANNOTATION JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT RETURN_GENERATOR RERAISE LIST_APPEND
"""
_CANNOT_CALL = _CANNOT_RAISE | frozenset(_NEVER_CALL.split())
#: arguments of CALL_INTRINSIC_1 and _2 (the same in 3.12 to 3.14) that only make type parameters and the like
_QUIET_INTRINSICS = {
    "CALL_INTRINSIC_1": frozenset({4, 6, 7, 8, 9, 10, 11}),
    "CALL_INTRINSIC_2": frozenset({2, 3, 4, 5}),
}
CALLS = frozenset({"CALL", "CALL_KW", "CALL_FUNCTION_EX"})
LOADS = frozenset({"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"})


@dataclass(frozen=True, slots=True)
class Flow:
    """What is surely bound before each instruction, as sets of bits."""

    bits: dict[str, int]
    """Global name -> its bit; a name without one is never bound by this code."""
    own: dict[str, int]
    """Name in the body of a class -> its bit."""
    before: tuple[int | None, ...]
    """The bits before each instruction; None where control never comes."""

    def reached(self, k: int) -> bool:
        """Whether control can come to an instruction."""
        return self.before[k] is not None

    def bound(self, name: str, k: int) -> bool:
        """Whether a global is surely bound when control comes to an instruction."""
        return bool((self.before[k] or 0) & self.bits.get(name, 0))

    def bound_in_class(self, name: str, k: int) -> bool:
        """Whether a name of a class body is surely bound there."""
        return bool((self.before[k] or 0) & self.own.get(name, 0))


def may_call(instruction: Instruction) -> bool:
    """Whether an instruction may run code of the user, such as a function that was made just before."""
    quiet = _QUIET_INTRINSICS.get(instruction.op)
    if quiet is not None:
        return instruction.arg not in quiet
    return instruction.op not in _CANNOT_CALL


def is_class_body(listed: Listing, *, cell: bool) -> bool:
    """Whether plain names of a code object are attributes of a class to be, not globals."""
    return not cell and not listed.code.co_flags & OPTIMIZED


def flow_of(listed: Listing, *, cell: bool) -> Flow:
    """The dataflow of one code object; `cell` says that it is a whole cell, whose plain names are globals."""
    in_class = is_class_body(listed, cell=cell)
    bits, own = _bits(listed, in_class=in_class)
    effects = [_effect(i, bits, own, in_class=in_class) for i in listed.instructions]
    silent = _CANNOT_RAISE | {"STORE_NAME"} if cell else _CANNOT_RAISE
    before: list[int | None] = [None] * len(effects)
    before[0] = 0
    waiting = [0]

    def arrive(target: int, state: int) -> None:
        known = before[target]
        joined = state if known is None else known & state
        if joined != known:
            before[target] = joined
            waiting.append(target)

    while waiting:
        k = waiting.pop()
        state = before[k] or 0
        if listed.handlers[k] and listed.instructions[k].op not in silent:
            for target in listed.handlers[k]:
                arrive(target, state)
        binds, unbinds = effects[k]
        for target in listed.after[k]:
            arrive(target, (state | binds) & ~unbinds)
    return Flow(bits, own, tuple(before))


def _bits(listed: Listing, *, in_class: bool) -> tuple[dict[str, int], dict[str, int]]:
    bits: dict[str, int] = {}
    own: dict[str, int] = {}
    for instruction in listed.instructions:
        if instruction.op == "STORE_GLOBAL" or instruction.op == "STORE_NAME":
            names = own if in_class and instruction.op == "STORE_NAME" else bits
            names.setdefault(instruction.value, 1 << (len(bits) + len(own)))
    return bits, own


def _effect(i: Instruction, bits: dict[str, int], own: dict[str, int], *, in_class: bool) -> tuple[int, int]:
    """The bits that an instruction sets and clears."""
    if i.op in ("STORE_NAME", "DELETE_NAME"):
        bit = (own if in_class else bits).get(i.value, 0)
    elif i.op in ("STORE_GLOBAL", "DELETE_GLOBAL"):
        bit = bits.get(i.value, 0)
    else:
        return 0, 0
    return (bit, 0) if i.op.startswith("STORE") else (0, bit)
