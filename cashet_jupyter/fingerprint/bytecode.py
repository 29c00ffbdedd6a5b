"""What a code object does, without traces of how its source is laid out.

Line breaks leave marks in the bytecode: instructions that do nothing but have a line, the line of a class as one of its
constants, and, from 3.13 on, pairs of instructions that are joined only if both stand on one line. Of the functions
and classes of the standard library, one in eight would get another fingerprint in 3.13 if its source were laid out
anew; compared as here, none of 8,644 does (3.12: 48 of 8,958; 3.11: 8 of 9,530).
"""

from __future__ import annotations

import dis
import sys
from functools import lru_cache
from marshal import dumps
from types import CodeType

from cashet_jupyter.analysis.instructions import OPTIMIZED, Instruction, Listing, listing
from cashet_jupyter.fingerprint.pieces import MARSHAL

_JUMPS = frozenset(dis.hasjrel) | frozenset(dis.hasjabs) | frozenset(getattr(dis, "hasjump", ()))
_SMALL = dis.opmap.get("LOAD_SMALL_INT", -2)  # since 3.14: its argument is the number, not its place

HAS_DOCSTRING = 0x4000000
"""CO_HAS_DOCSTRING: set since 3.14."""
_NOT_DOCUMENTED = frozenset({"<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})

#: what the compiler stores in a class about its place in the file, and (in no stable order) its attributes
_OF_CLASSES = frozenset({"__firstlineno__", "__static_attributes__"})


def instructions(code: CodeType) -> bytes:
    """The canonical bytes of the instructions; constants and names are referred to by their place."""
    # Code objects compare by value, but in 3.11 without their exception table.
    return _instructions(code, code.co_exceptiontable)


@lru_cache(maxsize=4096)
def _instructions(code: CodeType, _exceptions: bytes) -> bytes:
    listed = listing(code)
    kept = [k for k, instruction in enumerate(listed.instructions) if instruction.op != "NOP"]
    place: dict[int, int] = {}
    following = len(kept)
    for k in range(len(listed.instructions) - 1, -1, -1):
        following -= listed.instructions[k].op != "NOP"
        place[k] = following  # a jump to nothing leads to what comes after it
    return dumps([_step(listed, k, place) for k in kept], MARSHAL)


def _step(listed: Listing, k: int, place: dict[int, int]) -> tuple[object, ...]:
    instruction = listed.instructions[k]
    handlers = tuple(place[target] for target in listed.handlers[k])
    if instruction.opcode in _JUMPS:
        op = instruction.op.replace("FORWARD_", "").replace("BACKWARD_", "")  # where to says the target
        return (op, tuple(place[target] for target in listed.after[k]), handlers)
    if _is_written_by_compiler(listed, k, _OF_CLASSES):
        return (instruction.op, handlers)
    return (instruction.op, _argument(instruction), handlers)


def _argument(instruction: Instruction) -> object:
    if instruction.opcode == _SMALL:
        return ("number", instruction.arg)
    if instruction.op in ("LOAD_FAST", "STORE_FAST"):
        return str(instruction.value)  # one half of a pair has no argument of its own
    return instruction.arg


def constants(code: CodeType, *, docstrings: bool) -> tuple[object, ...]:
    """The constants that count: without line numbers of classes and, unless they count, without docstrings."""
    hidden = _hidden(code, code.co_exceptiontable, docstrings)
    return tuple(None if place in hidden else constant for place, constant in enumerate(code.co_consts))


@lru_cache(maxsize=4096)
def _hidden(code: CodeType, _exceptions: bytes, docstrings: bool) -> frozenset[int]:
    listed = listing(code)
    names = _OF_CLASSES if docstrings else _OF_CLASSES | {"__doc__"}
    loads = [k for k, step in enumerate(listed.instructions) if step.op == "LOAD_CONST" and step.opcode != _SMALL]
    unread = {k for k in loads if _is_written_by_compiler(listed, k, names)}
    found = {listed.instructions[k].arg for k in unread}
    if not docstrings and has_docstring(code):
        found.add(0)
    return frozenset(found - {listed.instructions[k].arg for k in loads if k not in unread})


def _is_written_by_compiler(listed: Listing, k: int, names: frozenset[str]) -> bool:
    """Whether an instruction loads what the compiler then stores in a class body under one of these names."""
    following = listed.instructions[k + 1 : k + 2]
    return bool(following) and following[0].op == "STORE_NAME" and following[0].value in names


def has_docstring(code: CodeType) -> bool:
    """Whether the first constant of a function is its docstring (and perhaps used for something else as well)."""
    if not code.co_consts or not isinstance(code.co_consts[0], str):
        return False
    if sys.version_info >= (3, 14):
        return bool(code.co_flags & HAS_DOCSTRING)
    return code.co_flags & OPTIMIZED != 0 and code.co_name not in _NOT_DOCUMENTED
