"""What is done with names: attribute chains that are followed from them, calls, and other names for the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cashet_jupyter.analysis.stack import taken_by

if TYPE_CHECKING:
    from cashet_jupyter.analysis.instructions import Instruction, Listing

_GLOBAL_LOADS = frozenset({"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"})
_LOCAL_LOADS = frozenset({"LOAD_FAST", "LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF"})
_GLOBAL_STORES = frozenset({"STORE_NAME", "STORE_GLOBAL"})
_LOCAL_STORES = frozenset({"STORE_FAST", "STORE_DEREF"})
_BETWEEN = frozenset({"NOP", "PUSH_NULL", "PRECALL", "KW_NAMES"})


@dataclass(frozen=True, slots=True)
class Call:
    """How something is called."""

    arguments: int | None
    """How many arguments there are; None with `*args` or `**kwargs`."""
    constant: object = ...
    """The only argument, where it is a constant that stands in the code; an ellipsis otherwise."""

    @property
    def empty(self) -> bool:
        """Whether there is no argument; `None` counts as none: that is how a seed is left out on purpose."""
        return self.arguments == 0 or (self.arguments == 1 and self.constant is None)


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a name is loaded."""

    index: int
    """The last instruction of the chain."""
    root: str
    local: bool
    """Whether the name is a local variable or a cell of a function, not a global."""
    chain: tuple[str, ...]
    """The attributes that are followed from it, one after the other."""
    changes: bool = False
    """Whether the last attribute is bound or deleted, not read."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name for a module, for something of it, or for what a chain of attributes leads to."""

    name: str
    local: bool
    path: tuple[str, ...]
    module: str = ""
    """The module that an import statement names; empty where `root` is what it starts from."""
    root: str = ""
    root_local: bool = False


def uses_of(listed: Listing) -> tuple[Use, ...]:
    """Every load of a name in a code object, nested ones not included, with the chain that follows."""
    return _found(listed)[1]


def aliases_of(listed: Listing) -> tuple[Alias, ...]:
    """The names that a code object binds to modules, to things of modules, and to other names' chains."""
    return _found(listed)[2]


def _found(listed: Listing) -> tuple[Listing, tuple[Use, ...], tuple[Alias, ...]]:
    """The uses and the other names; remembered for as many listings as are remembered themselves."""
    known = _KNOWN.get(id(listed))
    if known is None or known[0] is not listed:
        uses = _uses(listed)
        known = listed, tuple(uses), tuple(_aliases(listed, uses))
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[id(listed)] = known
    return known


_KNOWN: dict[int, tuple[Listing, tuple[Use, ...], tuple[Alias, ...]]] = {}
_MOST_KNOWN = 512


def _uses(listed: Listing) -> list[Use]:
    found: list[Use] = []
    for k, instruction in enumerate(listed.instructions):
        if instruction.op in _GLOBAL_LOADS:
            found.append(_chain(listed.instructions, k, local=False))
        elif instruction.op in _LOCAL_LOADS:
            found.append(_chain(listed.instructions, k, local=True))
    return found


def _chain(instructions: tuple[Instruction, ...], start: int, *, local: bool) -> Use:
    chain: list[str] = []
    last, k = start, start + 1
    while k < len(instructions):
        step = instructions[k]
        if step.op == "LOAD_ATTR":
            chain.append(step.value)
            last = k
        elif step.op in ("STORE_ATTR", "DELETE_ATTR"):
            return Use(last, instructions[start].value, local, (*chain, step.value), changes=True)
        elif step.op != "NOP" and not (step.op == "COPY" and step.arg == 1):
            break
        k += 1
    return Use(last, instructions[start].value, local, tuple(chain))


def call_of(listed: Listing, use: Use) -> Call | None:
    """The call of what a chain leads to, if it is called right there."""
    if use.changes:
        return None
    taken = taken_by(listed, use.index)
    if taken is None or not taken.called:
        return None
    between = [i for i in listed.instructions[use.index + 1 : taken.index] if i.op not in _BETWEEN]
    if listed.instructions[taken.index].op == "CALL_KW" and between:
        between.pop()  # the names of the keywords
    constant = between[0].value if len(between) == 1 and between[0].op == "LOAD_CONST" else ...
    return Call(taken.arguments, constant)


def is_bound(listed: Listing, use: Use) -> bool:
    """Whether the only thing done with what a chain leads to is to give it another name."""
    after = listed.instructions[use.index + 1 : use.index + 2]
    return not use.changes and any(i.op in _GLOBAL_STORES | _LOCAL_STORES for i in after)


def _aliases(listed: Listing, uses: list[Use]) -> list[Alias]:
    found: list[Alias] = []
    instructions = listed.instructions
    for k, instruction in enumerate(instructions):
        if instruction.op == "IMPORT_NAME":
            found += _imported(instructions, k)
    for use in uses:
        if is_bound(listed, use):
            store = instructions[use.index + 1]
            local = store.op in _LOCAL_STORES
            found.append(Alias(store.value, local, use.chain, root=use.root, root_local=use.local))
    return found


def _imported(instructions: tuple[Instruction, ...], start: int) -> list[Alias]:
    """The names that one import statement binds."""
    module, fromlist = dotted(instructions, start), instructions[start - 1].value
    found: list[Alias] = []
    path: tuple[str, ...] = ()
    name = module if fromlist else module.partition(".")[0]
    for step in instructions[start + 1 :]:
        if step.op == "IMPORT_FROM":
            if fromlist:
                path = (step.value,)
            else:
                name = module  # `import a.b as c` walks down to the module that it names
        elif step.op in _GLOBAL_STORES | _LOCAL_STORES:
            found.append(Alias(step.value, step.op in _LOCAL_STORES, path, module=name))
            if not fromlist:
                break
        elif step.op != "SWAP" and (step.op != "POP_TOP" or fromlist):
            break
    return found


def dotted(instructions: tuple[Instruction, ...], k: int) -> str:
    """The module that the IMPORT_NAME at `k` names, with a leading dot for each level of a relative import."""
    level = instructions[k - 2].value if k > 1 and isinstance(instructions[k - 2].value, int) else 0
    return "." * level + instructions[k].value
