"""Bytecode as a list of instructions with their successors, alike for every supported Python.

The compiler's own output is read, not the syntax tree: scopes, `global`, comprehensions, class bodies, dropped
branches and `except E as e` are then right by construction. What differs between Python versions is evened out here:
instructions that do two things are split, renamed ones get one name.
"""

from __future__ import annotations

import dis
import sys
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

#: set in `co_flags` of functions, not of modules and class bodies: locals live in slots, not in a dictionary
OPTIMIZED = 0x1

_RENAMED = {
    "LOAD_FAST_CHECK": "LOAD_FAST",
    "LOAD_FAST_BORROW": "LOAD_FAST",
    "LOAD_METHOD": "LOAD_ATTR",
    "LOAD_SMALL_INT": "LOAD_CONST",
    "POP_ITER": "POP_TOP",
    "NOT_TAKEN": "NOP",
}
_SPLIT = {
    "LOAD_FAST_LOAD_FAST": ("LOAD_FAST", "LOAD_FAST"),
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW": ("LOAD_FAST", "LOAD_FAST"),
    "STORE_FAST_LOAD_FAST": ("STORE_FAST", "LOAD_FAST"),
    "STORE_FAST_STORE_FAST": ("STORE_FAST", "STORE_FAST"),
}
_SKIPPED = frozenset({"CACHE", "EXTENDED_ARG"})
#: after these, the next instruction is not reached
_ENDS = frozenset(
    {
        "RETURN_VALUE",
        "RAISE_VARARGS",
        "RERAISE",
        "JUMP_FORWARD",
        "JUMP_BACKWARD",
        "JUMP_BACKWARD_NO_INTERRUPT",
        "INTERPRETER_EXIT",
    }
)
_JUMPS = frozenset(dis.hasjrel) | frozenset(dis.hasjabs) | frozenset(getattr(dis, "hasjump", ()))
#: where an instruction that pushes a callable also pushes its partner (self or NULL) on top of it
_PAIR_IN_ATTR = sys.version_info >= (3, 12)
_PAIR_IN_GLOBAL = sys.version_info >= (3, 13)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step of the interpreter."""

    op: str
    """Its name, evened out over the Python versions."""
    value: Any
    """What the argument stands for: a name, a constant; None where it has none."""
    arg: int
    """The raw argument, 0 where it has none."""
    opcode: int
    """The number for `dis.stack_effect`; -1 for half of an instruction that does two things."""
    pair: bool = False
    """Whether it pushes a callable and its partner (self or NULL) above it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The instructions of one code object and how control moves between them, by index."""

    code: CodeType
    instructions: tuple[Instruction, ...]
    after: tuple[tuple[int, ...], ...]
    """Where control can go on without an exception."""
    handlers: tuple[tuple[int, ...], ...]
    """Where an exception raised by the instruction is handled in this code."""


def listing(code: CodeType) -> Listing:
    """The instructions of a code object, those of nested ones not included; remembered for the last 512."""
    # Code objects compare by value, but in 3.11 without their exception table.
    return _listing(code, code.co_exceptiontable)


@lru_cache(maxsize=512)
def _listing(code: CodeType, _exceptions: bytes) -> Listing:
    bytecode = dis.Bytecode(code)
    found: list[Instruction] = []
    offsets: list[int] = []
    index: dict[int, int] = {}
    skipped: list[int] = []
    for raw in bytecode:
        if raw.opname in _SKIPPED:
            skipped.append(raw.offset)  # a jump may lead to the prefix of an instruction
            continue
        for offset in (*skipped, raw.offset):
            index[offset] = len(found)
        skipped.clear()
        parts = _parts(raw, found)
        found += parts
        offsets += [raw.offset] * len(parts)
    entries: Any = getattr(bytecode, "exception_entries")  # noqa: B009 - typeshed does not know it
    covered: list[tuple[int, int, int]] = [(entry.start, entry.end, index[entry.target]) for entry in entries]
    after = tuple(_after(k, found, index) for k in range(len(found)))
    handlers = tuple(tuple(t for start, end, t in covered if start <= offset < end) for offset in offsets)
    return Listing(code, tuple(found), after, handlers)


def _parts(raw: dis.Instruction, before: list[Instruction]) -> list[Instruction]:
    op, arg = raw.opname, raw.arg or 0
    if op == "RETURN_CONST":
        return [Instruction("LOAD_CONST", raw.argval, arg, -1), Instruction("RETURN_VALUE", None, 0, -1)]
    if op in _SPLIT:
        return [Instruction(half, name, 0, -1) for half, name in zip(_SPLIT[op], raw.argval, strict=True)]
    pair = (
        op == "LOAD_METHOD"
        or (op == "LOAD_ATTR" and _PAIR_IN_ATTR and bool(arg & 1))
        or (op == "LOAD_GLOBAL" and _PAIR_IN_GLOBAL and bool(arg & 1))
    )
    op = _RENAMED.get(op, op)
    if op == "STORE_SUBSCR" and len(before) > 1 and _annotations(before[-2], before[-1]):
        op = "STORE_ANNOTATION"
    return [Instruction(op, raw.argval, arg, raw.opcode, pair)]


def _annotations(target: Instruction, key: Instruction) -> bool:
    return target.op == "LOAD_NAME" and target.value == "__annotations__" and key.op == "LOAD_CONST"


def _after(k: int, found: list[Instruction], index: dict[int, int]) -> tuple[int, ...]:
    instruction = found[k]
    targets: list[int] = []
    if instruction.op not in _ENDS and k + 1 < len(found):
        targets.append(k + 1)
    # END_ASYNC_FOR names the loop that it ends, from 3.14 on; control does not go back there
    if instruction.opcode in _JUMPS and instruction.op != "END_ASYNC_FOR":
        targets.append(index[instruction.value])
    return tuple(targets)


def nested(code: CodeType) -> list[CodeType]:
    """The code objects directly inside this one, in the order of its constants."""
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]
