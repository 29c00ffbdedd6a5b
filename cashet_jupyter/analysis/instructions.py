"""Bytecode as a list of instructions with their successors, alike for every supported Python.

The compiler's own output is read, not the syntax tree: scopes, `global`, comprehensions, class bodies, dropped
branches and `except E as e` are then right by construction. What differs between Python versions is evened out here:
instructions that do two things are split, renamed ones get one name.

Decoded here rather than by `dis.get_instructions`, which also works out positions and texts and takes ten times as
long; the tests hold both side by side on the standard library.
"""

from __future__ import annotations

import dis
import sys
from functools import lru_cache
from types import CodeType
from typing import Any, Literal, NamedTuple

#: set in `co_flags` of functions, not of modules and class bodies: locals live in slots, not in a dictionary
OPTIMIZED = 0x1

_Kind = Literal["skip", "constant", "name", "local", "jump", "small", "other"]
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
_ENDING = "RETURN_VALUE RAISE_VARARGS RERAISE JUMP_FORWARD JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT INTERPRETER_EXIT"
#: after these, the next instruction is not reached
_ENDS = frozenset(_ENDING.split())
#: bits of the argument below the index of a name
_SHIFT = {"LOAD_GLOBAL": 1}
if sys.version_info >= (3, 12):
    _SHIFT |= {"LOAD_ATTR": 1, "LOAD_SUPER_ATTR": 2}
#: instructions that push a callable and its partner (self or NULL) on top of it, where the lowest bit is set
_PAIRS: set[str] = set()
if sys.version_info >= (3, 12):
    _PAIRS.add("LOAD_ATTR")
if sys.version_info >= (3, 13):
    _PAIRS.add("LOAD_GLOBAL")


class Instruction(NamedTuple):
    """One step of the interpreter."""

    op: str
    """Its name, evened out over the Python versions."""
    value: Any
    """What the argument stands for: a name, a constant, the offset of a jump; None where it has none."""
    arg: int
    """The raw argument, 0 where it has none."""
    opcode: int
    """The number for `dis.stack_effect`; -1 for half of an instruction that does two things."""
    pair: bool = False
    """Whether it pushes a callable and its partner (self or NULL) above it."""


class Listing(NamedTuple):
    """The instructions of one code object and how control moves between them, by index."""

    code: CodeType
    instructions: tuple[Instruction, ...]
    after: tuple[tuple[int, ...], ...]
    """Where control can go on without an exception."""
    handlers: tuple[tuple[int, ...], ...]
    """Where an exception raised by the instruction is handled in this code."""

    def ends(self) -> list[int]:
        """Where the code comes to its end without an exception."""
        return [k for k, i in enumerate(self.instructions) if i.op == "RETURN_VALUE"]


def _kind(opcode: int, name: str) -> _Kind:
    if name in ("CACHE", "EXTENDED_ARG"):
        return "skip"
    if name == "LOAD_SMALL_INT":
        return "small"
    if opcode in dis.hasconst:
        return "constant"
    if opcode in dis.hasname:
        return "name"
    if name in _SPLIT or opcode in dis.haslocal or opcode in dis.hasfree:
        return "local"
    # END_ASYNC_FOR names the loop that it ends, from 3.14 on; control does not go back there
    jumps = opcode in dis.hasjrel or opcode in dis.hasjabs or opcode in getattr(dis, "hasjump", ())
    return "jump" if jumps and name != "END_ASYNC_FOR" else "other"


_KINDS = tuple(_kind(opcode, name) for opcode, name in enumerate(dis.opname))


def listing(code: CodeType) -> Listing:
    """The instructions of a code object, those of nested ones not included; remembered for the last 512."""
    # Code objects compare by value, but in 3.11 without their exception table.
    return _listing(code, code.co_exceptiontable)


@lru_cache(maxsize=512)
def _listing(code: CodeType, exceptions: bytes) -> Listing:
    found: list[Instruction] = []
    offsets: list[int] = []
    index: dict[int, int] = {}  # a jump may lead to the prefix of an instruction, so prefixes are in it too
    for start, offset, opcode, arg, end in _decoded(code.co_code):
        for prefix in range(start, offset + 1, 2):
            index[prefix] = len(found)
        parts = _parts(code, opcode, arg, end)
        found += parts
        offsets += [offset] * len(parts)
    covered = [(start, end, index[target]) for start, end, target in _exception_entries(exceptions)]
    after = tuple(_after(k, found, index) for k in range(len(found)))
    if not covered:
        return Listing(code, tuple(found), after, ((),) * len(found))
    handlers = tuple(tuple(t for start, end, t in covered if start <= offset < end) for offset in offsets)
    return Listing(code, tuple(found), after, handlers)


def _decoded(raw: bytes) -> list[tuple[int, int, int, int, int]]:
    """Each instruction: where its prefixes start, its offset, opcode and argument, and where the next one starts."""
    found: list[tuple[int, int, int, int, int]] = []
    start, extended, size = 0, 0, len(raw)
    offset = 0
    while offset < size:
        opcode, arg = raw[offset], raw[offset + 1] | extended
        end = offset + 2
        if opcode == dis.EXTENDED_ARG:
            extended = arg << 8
            offset = end
            continue
        while end < size and raw[end] == 0:  # the caches of the instruction
            end += 2
        found.append((start, offset, opcode, arg, end))
        start, extended, offset = end, 0, end
    return found


def _parts(code: CodeType, opcode: int, arg: int, end: int) -> list[Instruction]:
    op, kind = dis.opname[opcode], _KINDS[opcode]
    if kind == "constant":
        value = code.co_consts[arg]
        if op == "RETURN_CONST":
            return [Instruction("LOAD_CONST", value, arg, -1), Instruction("RETURN_VALUE", None, 0, -1)]
        return [Instruction(op, value, arg, opcode)]
    if kind == "name":
        value = code.co_names[arg >> _SHIFT.get(op, 0)]
        pair = op == "LOAD_METHOD" or (op in _PAIRS and bool(arg & 1))
        return [Instruction(_RENAMED.get(op, op), value, arg, opcode, pair)]
    if kind == "local":
        if op in _SPLIT:
            slots = (_local(code, arg >> 4), _local(code, arg & 15))
            return [Instruction(half, name, 0, -1) for half, name in zip(_SPLIT[op], slots, strict=True)]
        return [Instruction(_RENAMED.get(op, op), _local(code, arg), arg, opcode)]
    if kind == "jump":
        # counted from the next instruction, behind the caches
        return [Instruction(op, end - 2 * arg if "BACKWARD" in op else end + 2 * arg, arg, opcode)]
    return [Instruction(_RENAMED.get(op, op), arg if kind == "small" else None, arg, opcode)]


def _local(code: CodeType, slot: int) -> str:
    """The name of a slot: variables, then cells that are not arguments, then what comes from outside."""
    if slot < len(code.co_varnames):
        return code.co_varnames[slot]
    others = [name for name in code.co_cellvars if name not in code.co_varnames]
    return (*others, *code.co_freevars)[slot - len(code.co_varnames)]


def _exception_entries(table: bytes) -> list[tuple[int, int, int]]:
    """Start, end and handler of each covered range, in bytes.

    Four numbers an entry (start, length, target, depth) in 6-bit groups, most significant first; bit 6 says that
    another group follows. Source: Objects/exception_handling_notes.txt of CPython.
    """
    numbers: list[int] = []
    value = 0
    for byte in table:
        value = (value << 6) | (byte & 63)
        if not byte & 64:
            numbers.append(value)
            value = 0
    starts, lengths, targets = numbers[0::4], numbers[1::4], numbers[2::4]
    return [(2 * s, 2 * (s + n), 2 * t) for s, n, t in zip(starts, lengths, targets, strict=True)]


def _after(k: int, found: list[Instruction], index: dict[int, int]) -> tuple[int, ...]:
    instruction = found[k]
    follows = instruction.op not in _ENDS and k + 1 < len(found)
    if instruction.opcode >= 0 and _KINDS[instruction.opcode] == "jump":
        target = index[instruction.value]
        return (k + 1, target) if follows else (target,)
    return (k + 1,) if follows else ()


def nested(code: CodeType) -> list[CodeType]:
    """The code objects directly inside this one, in the order of its constants."""
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]
