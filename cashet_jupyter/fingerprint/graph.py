"""The objects that a cell's inputs are made of, and their fingerprints.

All inputs are walked together, once. A variable's digest covers what can be reached from it, in numbers of its own, so
that a change of one variable never shows in the digest of another; the joint digest adds what they share.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType, ModuleType
from typing import Any

from cashet_jupyter.digest import digest
from cashet_jupyter.errors import NotFingerprintable
from cashet_jupyter.fingerprint.encoder import Slot
from cashet_jupyter.fingerprint.numbering import Numbering, overlaps
from cashet_jupyter.fingerprint.paths import path_to
from cashet_jupyter.fingerprint.records import Records
from cashet_jupyter.fingerprint.unordered import Arrangement

_NONE: Mapping[str, frozenset[tuple[str, ...]]] = MappingProxyType({})


class InputGraph:
    """The live objects behind the names that a cell reads; see `models.LiveGraph`.

    `attributes` says for names that stand for modules which attribute chains the cell follows; a module without an
    entry is taken as a whole. `docstrings=False` leaves docstrings out, for cells that cannot observe them. The graph
    keeps its objects alive. Raises `NotFingerprintable`, with the path of what has no value.
    """

    def __init__(
        self,
        names: Iterable[str],
        namespace: Mapping[str, Any],
        *,
        attributes: Mapping[str, frozenset[tuple[str, ...]]] = _NONE,
        docstrings: bool = True,
    ) -> None:
        self._records = Records(docstrings=docstrings)
        self._roots: dict[str, int] = {}
        for name in sorted(set(names)):
            chains = attributes.get(name) if isinstance(namespace.get(name), ModuleType) else None
            self._roots[name] = self._records.slot(Slot(namespace, name, chains, "variable"))
        with collector_paused(), _explained(self._records):
            self._records.walk()
            self._number()

    def _number(self) -> None:
        """Numbers and digests: first each name on its own, then what the names share."""
        arrangement = Arrangement(self._records)
        digests: dict[str, str] = {}
        joint: dict[int, int] = {}
        first: dict[int, tuple[int, int]] = {}
        shared: list[tuple[int, int, int, int]] = []
        for position, (name, root) in enumerate(self._roots.items()):
            numbering = Numbering(self._records, root, arrangement)
            digests[name] = numbering.digest()
            number = numbering.number
            shared += sorted((position, number[index], *first[index]) for index in number.keys() & first.keys())
            for index in numbering.order:
                if index not in joint:
                    joint[index] = len(joint)
                    first[index] = (position, number[index])
        together = overlaps(self._records, joint)
        self._digests = MappingProxyType(digests)
        self._joint = digest("cashet-joint", *(list(pair) for pair in digests.items()), shared, together)  # type: ignore[arg-type]
        order = [index for index in joint if self._records.is_node(index)]
        self._order = order
        self._numbers = {index: number for number, index in enumerate(order)}
        self._nodes = [self._records.objects[index] for index in order]

    # ------------------------------------------------------------------------------------------------ fingerprints
    @property
    def digests(self) -> Mapping[str, str]:
        """Name -> the fingerprint of what it stands for."""
        return self._digests

    @property
    def joint(self) -> str:
        """The fingerprint of all names together: it also says which objects and which memory they share."""
        return self._joint

    # ---------------------------------------------------------------------------------------------- what it is made of
    @property
    def records(self) -> Records:
        """What the walk left."""
        return self._records

    @property
    def roots(self) -> Mapping[str, int]:
        """Name -> its record."""
        return self._roots

    # ------------------------------------------------------------------------------------------------------- nodes
    @property
    def nodes(self) -> Sequence[Any]:
        """The node objects, by number."""
        return self._nodes

    def number(self, obj: object) -> int | None:
        """The number of a live node, or None if `obj` is not one of the graph."""
        index = self._records.memo.get(id(obj))
        return None if index is None else self._numbers.get(index)

    def changed(self) -> Sequence[int]:
        """Numbers of the nodes whose content is not what it was when the graph was made, ascending.

        A node that has no value any more counts as changed.
        """
        return [self._numbers[index] for index in self._different(self._order)]

    def rebound(self, besides: Mapping[str, Any]) -> Sequence[str]:
        """Globals and attributes of modules that were read and stand for something else by now.

        Those of the namespace `besides` are left out: they are variables, and what happened to them can be seen there.
        The answer is for people: paths such as `function → global` or `module.attribute`.
        """
        records = self._records
        slots = [i for i, obj in enumerate(records.objects) if type(obj) is Slot and obj.namespace is not besides]
        return [path_to(records, index) for index in self._different(slots)]

    def _different(self, indices: Sequence[int]) -> list[int]:
        """Those records that are not what they were."""
        records = self._records
        mark = records.mark()
        with collector_paused():
            try:
                return records.different(indices)
            finally:
                records.forget(mark)


@contextmanager
def collector_paused() -> Generator[None]:
    """Without the cyclic collector, which would go through all the new records again and again."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _explained(records: Records) -> Generator[None]:
    """Say of every failure where it happened; never let one of a user's methods through as it is."""
    try:
        yield
    except NotFingerprintable as refusal:
        path = path_to(records, records.current, inside=True)
        raise NotFingerprintable(path, refusal.why, refusal.advice) from None
    except RecursionError:
        raise NotFingerprintable(path_to(records, records.current), "it is nested too deeply") from None
    except Exception as error:
        path = path_to(records, records.current)
        raise NotFingerprintable(path, f"it could not be read: {type(error).__name__}: {error}") from error
