"""The names that a code object loads, reads, binds and deletes, as the compiler sees them.

*Reads* are the names whose value it may need before it has surely bound them itself. A function that is only defined
reads nothing yet: what its body needs is charged to the first instruction that can be reached from its creation,
can run code of the user, and comes before the name is bound. So `def f(): return f` and classes that make
themselves do not depend on their own results, and a function that is called before its global is bound does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import and_
from types import CodeType, MappingProxyType

from cashet_jupyter.analysis.creations import Need, charge
from cashet_jupyter.analysis.dynamic import MAY_REACH_ALL, dynamic_words
from cashet_jupyter.analysis.flow import LOADS, Flow, flow_of, is_class_body
from cashet_jupyter.analysis.instructions import Instruction, Listing, listing
from cashet_jupyter.analysis.mentions import identifiers, strings
from cashet_jupyter.analysis.uses import dotted, uses_of

Chains = Mapping[str, frozenset[tuple[str, ...]]]

#: the compiler's own bookkeeping of annotations: no variables of the user
HIDDEN = frozenset({"__annotations__", "__conditional_annotations__", "__annotate__", "__annotate_func__"})
_COROUTINE = 0x80  # CO_COROUTINE: a cell that awaits at top level
_NOT_TEXT = frozenset({"IMPORT_NAME", "CALL_KW", "MATCH_CLASS", "STORE_ANNOTATION"})
_NOT_TEXT_OF = frozenset({"__doc__", "__qualname__", "__static_attributes__"})


@dataclass(frozen=True, slots=True)
class Names:
    """What a code object does with names outside itself; nested code objects are included."""

    loads: frozenset[str] = frozenset()
    """Globals and builtins that it can load, now or when a function that it makes is called."""
    reads: frozenset[str] = frozenset()
    """Those that it may need before it has surely bound them, while it runs."""
    later: frozenset[str] = frozenset()
    """Those that only functions need which it makes and which outlive it."""
    stores: frozenset[str] = frozenset()
    """Globals that it binds, surely or possibly."""
    surely: frozenset[str] = frozenset()
    """Those of them that are bound whenever it comes to its end."""
    deletes: frozenset[str] = frozenset()
    """Globals that it deletes, surely or possibly."""
    attributes: Chains = field(default_factory=dict[str, frozenset[tuple[str, ...]]])
    """Global -> the chains of attributes that are followed from it; `()` where it is used as a whole."""
    imports: tuple[str, ...] = ()
    """Modules that it imports, in order, with a leading dot for each level of a relative import. A name out of the
    list of a `from` import follows its module as `module.name`: it may be a module or not, so that whoever imports
    them again takes those that `sys.modules` holds after a run."""
    mentions: frozenset[str] = frozenset()
    """Identifiers in its string constants, docstrings left out."""
    dynamic: tuple[str, ...] = ()
    """What can reach any variable, in the user's words: `exec`, `globals`, `import *`."""
    awaits: bool = False
    """Whether it is a coroutine: for a cell, that it awaits at top level."""


def names_of(code: CodeType, *, cell: bool = False) -> Names:
    """What a code object does with names; `cell` says that it is a whole cell, whose plain names are globals.

    Answers are remembered for the last 2048 code objects.
    """
    # Code objects compare by value, but in 3.11 without their exception table.
    return _names_of(code, code.co_exceptiontable, cell)


@lru_cache(maxsize=2048)
def _names_of(code: CodeType, _exceptions: bytes, cell: bool) -> Names:
    listed = listing(code)
    flow = flow_of(listed, cell=cell)
    found = _Found(listed, flow, cell=cell)
    for k in range(len(listed.instructions)):
        if flow.reached(k):
            found.visit(k)
    return found.names()


class _Found:
    """What has been found so far, while the instructions of one code object are visited in order."""

    def __init__(self, listed: Listing, flow: Flow, *, cell: bool) -> None:
        self.listed = listed
        self.flow = flow
        self.cell = cell
        self.in_class = is_class_body(listed, cell=cell)
        self.loads: set[str] = set()
        self.reads: set[str] = set()
        self.later: set[str] = set()
        self.stores: set[str] = set()
        self.deletes: set[str] = set()
        self.deleted_inside: set[str] = set()
        self.attributes: dict[str, set[tuple[str, ...]]] = {}
        self.imports: dict[str, None] = {}
        self.mentions: set[str] = set()
        self.dynamic: dict[str, None] = {}
        self.chains = {use.index: use for use in uses_of(listed) if not use.local}

    def visit(self, k: int) -> None:
        """Add what one instruction does."""
        i = self.listed.instructions[k]
        if i.op in LOADS:
            self._load(k, i)
        elif i.op == "STORE_GLOBAL" or (i.op == "STORE_NAME" and not self.in_class):
            self.stores.add(i.value)
        elif i.op == "DELETE_GLOBAL" or (i.op == "DELETE_NAME" and not self.in_class):
            self.deletes.add(i.value)
            self._read(i.value, k)
        elif i.op == "DELETE_NAME" and not self.flow.bound_in_class(i.value, k):
            pass  # a class body cannot delete a global: it raises
        elif i.op == "IMPORT_NAME":
            self._import(k)
        elif i.op == "LOAD_CONST" and isinstance(i.value, CodeType):
            self._nested(k, i.value)
        elif i.op == "LOAD_CONST" and self._is_text(k):
            self.mentions |= identifiers(strings(i.value))
        if i.op in MAY_REACH_ALL:
            self.dynamic |= dict.fromkeys(dynamic_words(self.listed, k, cell=self.cell))

    def _load(self, k: int, i: Instruction) -> None:
        if i.op != "LOAD_GLOBAL" and self.in_class and self.flow.bound_in_class(i.value, k):
            return
        if i.value == "__name__" and self._stores_next(k, "__module__"):
            return  # what every class body does
        self.loads.add(i.value)
        self._read(i.value, k)

    def _read(self, name: str, k: int) -> None:
        if not self.flow.bound(name, k):
            self.reads.add(name)

    def _import(self, k: int) -> None:
        module = dotted(self.listed.instructions, k)
        self.imports[module] = None
        names: tuple[str, ...] = self.listed.instructions[k - 1].value or ()
        for name in names:
            if name != "*":
                self.imports[module + name if module.endswith(".") else f"{module}.{name}"] = None

    def _nested(self, k: int, code: CodeType) -> None:
        inner = names_of(code)
        self.loads |= inner.loads
        self.stores |= inner.stores
        self.deletes |= inner.deletes
        self.deleted_inside |= inner.deletes
        self.imports |= dict.fromkeys(inner.imports)
        self.mentions |= inner.mentions
        self.dynamic |= dict.fromkeys(inner.dynamic)
        for name, chains in inner.attributes.items():
            self.attributes.setdefault(name, set()).update(chains)
        need = charge(self.listed, self.flow, k, Need(inner.reads, inner.later), in_class=self.in_class)
        self.reads |= need.now
        self.later |= need.later

    def _is_text(self, k: int) -> bool:
        """Whether a constant is text of the user, not something that the compiler needs."""
        after = self.listed.instructions[k + 1 : k + 3]
        if any(i.op in _NOT_TEXT for i in after[:1]) or (len(after) > 1 and after[1].op == "STORE_ANNOTATION"):
            return False
        return not any(self._stores_next(k, name) for name in _NOT_TEXT_OF)

    def _stores_next(self, k: int, name: str) -> bool:
        after = self.listed.instructions[k + 1 : k + 2]
        return any(i.op == "STORE_NAME" and i.value == name for i in after)

    def _surely_bound(self) -> frozenset[str]:
        """What is bound at every end, less what a function made here could delete."""
        states = [state for k in self.listed.ends() if (state := self.flow.before[k]) is not None]
        if not states:
            return frozenset()
        common = reduce(and_, states)
        return frozenset(name for name, bit in self.flow.bits.items() if common & bit) - self.deleted_inside

    def names(self) -> Names:
        """All of it, without the compiler's bookkeeping."""
        for use in self.chains.values():
            if use.root in self.loads:
                self.attributes.setdefault(use.root, set()).add(use.chain)
        attributes = {name: frozenset(chains) for name, chains in self.attributes.items() if name not in HIDDEN}
        return Names(
            loads=_shown(self.loads),
            reads=_shown(self.reads),
            later=_shown(self.later - self.reads),
            stores=_shown(self.stores),
            surely=_shown(self._surely_bound()),
            deletes=_shown(self.deletes),
            attributes=MappingProxyType(attributes),
            imports=tuple(self.imports),
            mentions=frozenset(self.mentions),
            dynamic=tuple(self.dynamic),
            awaits=bool(self.listed.code.co_flags & _COROUTINE),
        )


def _shown(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names) - HIDDEN
