"""Which call takes a value from the stack? Answered by counting the slots above it."""

from __future__ import annotations

import dis
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cashet_jupyter.analysis.flow import CALLS

if TYPE_CHECKING:
    from cashet_jupyter.analysis.instructions import Instruction, Listing

#: a value that is not taken within so many steps counts as used in an unknown way
_FAR = 2000


@dataclass(frozen=True, slots=True)
class Taken:
    """The call that takes a value, and as what."""

    index: int
    """Index of the call."""
    called: bool
    """Whether the value is what is called, rather than an argument."""
    arguments: int | None
    """How many arguments it is called with; None where that is not known (`*args`) or it is not called."""


def taken_by(listed: Listing, start: int) -> Taken | None:
    """The one call that takes the value which the instruction at `start` has pushed; None if it is used otherwise.

    Conditional expressions and comprehensions among the arguments are followed on all their paths. None also stands
    for every case that is not certain.
    """
    pair = listed.instructions[start].pair
    height = 2 if pair else 1
    waiting = [(k, height, pair) for k in listed.after[start]]
    seen: set[tuple[int, int, bool]] = set()
    found: set[Taken] = set()
    while waiting:
        step = waiting.pop()
        if step in seen:
            continue
        seen.add(step)
        k, height, pair = step
        if len(seen) > _FAR:
            return None
        instruction = listed.instructions[k]
        if instruction.op in CALLS and _popped(instruction) >= height:
            found.add(_as_taken(k, instruction, height, pair=pair))
            continue
        if instruction.op == "PUSH_NULL" and height == 1:
            pair = True
        for target in listed.after[k]:
            level = _height_after(instruction, height, jump=target != k + 1)
            if level is None:
                return None
            waiting.append((target, level, pair))
    return _agreed(found)


def _agreed(found: set[Taken]) -> Taken | None:
    """What all paths come to; the compiler may have made several copies of one call."""
    if len(found) <= 1 or len({(taken.called, taken.arguments) for taken in found}) > 1:
        return found.pop() if len(found) == 1 else None
    first = min(found, key=lambda taken: taken.index)
    return first if first.called else None


def _popped(call: Instruction) -> int:
    """Slots that a call takes: the callable and its partner, and the arguments."""
    if call.op == "CALL":
        return call.arg + 2
    if call.op == "CALL_KW":
        return call.arg + 3
    return 1 - dis.stack_effect(call.opcode, call.arg)


def _as_taken(k: int, call: Instruction, height: int, *, pair: bool) -> Taken:
    below = _popped(call) - height
    # up to 3.12 the partner of a callable may lie below it: one slot more than were counted
    called = below == 0 or (below == 1 and not pair)
    counted = called and call.op != "CALL_FUNCTION_EX"
    keywords = call.op == "CALL_KW"  # their names lie on the stack as well
    return Taken(k, called, height - 1 - pair - keywords if counted else None)


def _height_after(instruction: Instruction, height: int, *, jump: bool) -> int | None:
    if instruction.op == "PRECALL":
        return height  # CALL takes what it announces
    if instruction.op in CALLS:
        return height - _popped(instruction) + 1
    if instruction.opcode == -1:
        level = height + (1 if instruction.op.startswith("LOAD") else -1)
    else:
        level = height + dis.stack_effect(instruction.opcode, instruction.arg or _argument(instruction), jump=jump)
    return level if level >= 1 else None


def _argument(instruction: Instruction) -> int | None:
    return 0 if instruction.opcode >= dis.HAVE_ARGUMENT else None
