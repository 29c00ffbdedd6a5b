"""A call put in front of a Python function's own code, seen through every reference to the function.

Replacing `module.read_table` would miss `from module import read_table`, change what `is` says, and put a frame
between caller and function, which functions that look at their caller (a warning's `stacklevel`, DuckDB's
replacement scans, `df.query("@x")`) would take for the caller. So the function keeps its identity, signature and
frame, and gets a code object that begins with one call. The bytes of that call are taken from a compiled template,
so they are right for the running Python; everything after them is moved, and moves keep jumps valid because all of
them are relative. Only the line table and the exception table hold absolute places.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from functools import lru_cache
from types import CodeType

_UNIT = 2
#: of the line table: the mark of an entry's first byte, its "no location" form, the most units that one entry covers
_ENTRY, _NOWHERE, _LONGEST = 0x80, 15 << 3, 8
#: of the exception table: six bits a byte, 0x40 if more follow, 0x80 on the first byte of an entry
_START, _MORE, _SIX = 0x80, 0x40, 0x3F


def with_call(code: CodeType, note: Callable[[], object]) -> CodeType | None:
    """`code` with a call of `note()` in front; None where its form is not one that is known."""
    place = _after_resume(code)
    if place is None:
        return None
    block = _block(len(code.co_consts))
    at, units = place // _UNIT, len(block) // _UNIT
    lines = _moved_lines(code.co_linetable, at, units)
    if lines is None:
        return None
    return code.replace(
        co_code=code.co_code[:place] + block + code.co_code[place:],
        co_consts=(*code.co_consts, note),
        co_stacksize=code.co_stacksize + 3,
        co_linetable=lines,
        co_exceptiontable=_moved_exceptions(code.co_exceptiontable, at, units),
    )


def _template(f: Callable[[], object]) -> None:
    f()


@lru_cache(maxsize=1)
def _call() -> tuple[bytes, bytes]:
    """The bytes of calling what one instruction has loaded: before that instruction, and after it."""
    instructions = list(dis.get_instructions(_template.__code__, show_caches=True))
    resume = next(k for k, i in enumerate(instructions) if i.opname == "RESUME")
    load = next(k for k, i in enumerate(instructions) if i.opname.startswith("LOAD_FAST"))
    last = next(k for k, i in enumerate(instructions) if i.opname == "POP_TOP")
    start, load_at = instructions[resume].offset + _UNIT, instructions[load].offset
    end = instructions[last].offset + _UNIT
    raw = _template.__code__.co_code
    return raw[start:load_at], raw[load_at + _UNIT : end]


def _block(constant: int) -> bytes:
    """The bytes of calling the constant of that number."""
    before, after = _call()
    load = bytearray()
    for shift in (24, 16, 8):
        if constant >> shift:
            load += bytes((dis.EXTENDED_ARG, constant >> shift & 0xFF))
    load += bytes((dis.opmap["LOAD_CONST"], constant & 0xFF))
    return before + bytes(load) + after


def _after_resume(code: CodeType) -> int | None:
    """Where the function's own code begins: what comes before makes its cells and its generator."""
    for instruction in dis.get_instructions(code):
        if instruction.opname == "RESUME":
            return instruction.offset + _UNIT
    return None


def _moved_lines(table: bytes, at: int, units: int) -> bytes | None:
    """The line table with room for `units` more at unit `at`: they belong to no line."""
    position = place = 0
    while position < at:
        if place >= len(table):
            return None
        position += (table[place] & 7) + 1
        place += 1
        while place < len(table) and not table[place] & _ENTRY:
            place += 1
    if position != at:
        return None
    added = bytearray()
    while units > 0:
        covered = min(units, _LONGEST)
        added.append(_ENTRY | _NOWHERE | (covered - 1))
        units -= covered
    return table[:place] + bytes(added) + table[place:]


def _moved_exceptions(table: bytes, at: int, units: int) -> bytes:
    """The exception table of code into which `units` were put at unit `at`."""
    numbers = _numbers(table)
    out = bytearray()
    for k in range(0, len(numbers), 4):
        start, length, target, rest = numbers[k : k + 4]
        end = start + length
        moved_start = start + units if start >= at else start
        moved_end = end + units if end > at else end
        moved_target = target + units if target >= at else target
        out += _encoded(moved_start, first=True)
        for number in (moved_end - moved_start, moved_target, rest):
            out += _encoded(number)
    return bytes(out)


def _numbers(table: bytes) -> list[int]:
    numbers: list[int] = []
    number = 0
    for byte in table:
        number = number << 6 | byte & _SIX
        if not byte & _MORE:
            numbers.append(number)
            number = 0
    return numbers


def _encoded(number: int, *, first: bool = False) -> bytes:
    groups = [number & _SIX]
    while number := number >> 6:
        groups.append(number & _SIX)
    groups.reverse()
    out = bytearray(group | _MORE for group in groups[:-1])
    out.append(groups[-1])
    if first:
        out[0] |= _START
    return bytes(out)
