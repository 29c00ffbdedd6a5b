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

from cashet_jupyter.errors import NotFingerprintable
from cashet_jupyter.fingerprint.compact import in_conflict
from cashet_jupyter.fingerprint.numbering import Layout, Numbering
from cashet_jupyter.fingerprint.paths import path_to
from cashet_jupyter.fingerprint.pieces import Slot
from cashet_jupyter.fingerprint.records import Records
from cashet_jupyter.fingerprint.unordered import Arrangement

_NONE: Mapping[str, frozenset[tuple[str, ...]]] = MappingProxyType({})


class InputGraph:
    """The live objects behind the names that a cell reads; see `models.LiveGraph`.

    `attributes` says for names that stand for modules which attribute chains the cell follows; a module without an
    entry is taken as a whole. `docstrings=False` leaves docstrings out, for cells that cannot observe them. `lazy`
    leaves big plain data unnumbered until `expand`, or until somebody asks for more than fingerprints; these are the
    same with and without. The graph keeps its objects alive. Raises `NotFingerprintable`, with the path of what has no
    value.
    """

    def __init__(
        self,
        names: Iterable[str],
        namespace: Mapping[str, Any],
        *,
        attributes: Mapping[str, frozenset[tuple[str, ...]]] = _NONE,
        docstrings: bool = True,
        lazy: bool = False,
    ) -> None:
        self._records = Records(docstrings=docstrings)
        self._roots: dict[str, int] = {}
        for name in sorted(set(names)):
            chains = attributes.get(name) if isinstance(namespace.get(name), ModuleType) else None
            self._roots[name] = self._records.slot(Slot(namespace, name, chains, "variable"))
        with collector_paused(), _explained(self._records):
            self._records.walk()
            self._fingerprint()
        if not lazy:
            self.expand()

    def _fingerprint(self) -> None:
        """Digests: first of each name on its own, then of what the names share.

        Where a name refers to a part of a tree that is one record, it is walked in full; and all are, for what they
        share, where two names do so together. So each digest says the same whichever other names are looked at.
        """
        records, roots = self._records, self._roots
        layout = Layout(records, roots, wanted=roots)
        digests, mark = layout.digests, "cashet-joint"
        if in_conflict(records, range(len(records.objects))):
            mark = "cashet-joint-in-full"
            arrangement = Arrangement(records)
            torn = [
                name
                for name, root in roots.items()
                if in_conflict(records, Numbering(records, root, arrangement).number)
            ]
            records.expand()
            layout = Layout(records, roots, wanted=torn)
            digests |= layout.digests
        self._layout = layout
        self._digests = MappingProxyType(digests)
        self._joint = layout.joint(mark, digests)

    def expand(self) -> None:
        """Look into big plain data, too: it is one record until then, and what is in it has no number.

        To be called before anything changes by whoever asks for more than fingerprints afterwards. Raises
        `NotFingerprintable` if such data has changed since the graph was made.
        """
        if self._records.trees:
            with collector_paused(), _explained(self._records):
                self._records.expand()
                self._layout = Layout(self._records, self._roots, wanted=())

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
        """What the walk left; all of it: see `expand`."""
        self.expand()
        return self._records

    @property
    def roots(self) -> Mapping[str, int]:
        """Name -> its record."""
        return self._roots

    # ------------------------------------------------------------------------------------------------------- nodes
    @property
    def nodes(self) -> Sequence[Any]:
        """The node objects, by number."""
        self.expand()
        return self._layout.nodes

    def number(self, obj: object) -> int | None:
        """The number of a live node, or None if `obj` is not one of the graph."""
        self.expand()
        index = self._records.memo.get(id(obj))
        return None if index is None else self._layout.numbers.get(index)

    def changed(self) -> Sequence[int]:
        """Numbers of the nodes whose content is not what it was when the graph was made, ascending.

        A node that has no value any more counts as changed.
        """
        self.expand()
        numbers = self._layout.numbers
        return [numbers[index] for index in self._different(self._layout.order)]

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
