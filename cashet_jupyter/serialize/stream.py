"""One attempt to store a graph of values: what its reducers know and write to."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cashet_jupyter.serialize.buffers import BufferWriter
from cashet_jupyter.serialize.references import References, seeds
from cashet_jupyter.serialize.resolver import Resolver

if TYPE_CHECKING:
    from cashet_jupyter.serialize.sharing import Root, Sharing


class Stream:
    """The slots, the buffers and the shared memory of one attempt.

    `changed` are the ids of the inputs that the run changed in place. `owners` are the arrays that the attempt before
    found to share memory, `dicts` the ids of dicts that are the `__dict__` of an object and stand somewhere else too
    (`d = vars(obj)`).
    """

    def __init__(
        self,
        references: References,
        changed: frozenset[int] = frozenset(),
        owners: Sequence[Root] = (),
        dicts: frozenset[int] = frozenset(),
    ) -> None:
        self.references = references
        self.resolver = Resolver(references)
        self.slots = references.slots(self.resolver)
        self.memo = seeds(self.slots)
        self.writer = BufferWriter()
        self.dicts = dicts
        self.blocks: dict[int, bool] = {}
        """id of an array that is a block of a frame -> whether copy-on-write ties it to others."""
        self.storages: dict[int, Any] = {}
        """Address of the memory of a tensor -> an array of it."""
        self.module_values: dict[str, dict[int, str]] = {}
        """Module -> id of each of its values -> its name."""
        self.copies: dict[int, Any] = {}
        """id of globals that are a copy of the namespace -> what stands for them."""
        self.kept: list[Any] = []
        """What has to live as long as the attempt, because its id was taken."""
        self.changed = changed
        self.known_owners = owners
        self._sharing: Sharing | None = None

    @property
    def sharing(self) -> Sharing:
        """The memory that arrays share; made when the first array is met."""
        if self._sharing is None:
            from cashet_jupyter.serialize.roots import input_roots
            from cashet_jupyter.serialize.sharing import Sharing

            self._sharing = Sharing(input_roots(self.references.graph.nodes, self.changed), self.known_owners)
        return self._sharing

    def again(self, owners: Sequence[Root] | None = None, dicts: frozenset[int] | None = None) -> Stream:
        """A new attempt that knows what this one knew, or more."""
        known = self.known_owners if owners is None else owners
        return Stream(self.references, self.changed, known, self.dicts if dicts is None else dicts)

    def owners(self) -> list[Root]:
        """Arrays of this attempt that share memory; to be known to the next one."""
        if self._sharing is None or self.known_owners:
            return []
        return self._sharing.owners()

    def value_of_module(self, obj: object) -> tuple[str, str] | None:
        """Module and name of an object that a module keeps, such as a sentinel: it is that very object again."""
        module = str(type(obj).__module__)
        names = self.module_values.get(module)
        if names is None:
            loaded = sys.modules.get(module)
            names = {}
            if loaded is not None and module not in ("__main__", "builtins"):
                names = {id(value): name for name, value in list(vars(loaded).items())}
            self.module_values[module] = names
        name = names.get(id(obj)) if names else None
        return None if name is None else (module, name)
