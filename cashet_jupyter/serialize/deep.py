"""The patient pickler: slower, not stopped by depth, and able to say where it failed.

The fast pickler recurses once per level, so it gives up at a few hundred levels of nesting, and of an object that
cannot be pickled it tells only the type. This one writes the same format. Where nesting is deep it writes an empty
list, dict or object and fills it later; and it keeps the trail of objects that it is in.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import sys
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, cast

import cloudpickle

from cashet_jupyter.serialize.reducers import Reducers
from cashet_jupyter.serialize.stream import Stream

#: levels that are written one inside the other; each takes about four frames of Python
DEPTH = 100
FRAMES = 20_000
#: objects after which it is no longer worth looking for the one that fails
BUDGET = 300_000
_BATCH = 1000

_PurePickler: Any = getattr(pickle, "_Pickler")  # noqa: B009 - the pure Python one has no public name


class OutOfBudgetError(Exception):
    """The graph is too big to look for the object that cannot be stored."""


class PatientPickler(_PurePickler):
    """Pickles against the slots of a stream, at any depth."""

    dispatch_table = cloudpickle.Pickler.dispatch_table

    def __init__(self, file: io.BytesIO, stream: Stream, budget: int | None = None) -> None:
        super().__init__(file, protocol=5, buffer_callback=stream.writer.take)
        self._reducers = Reducers(stream)
        self._budget = budget
        self._depth = 0
        self._needed: set[int] = set()
        self._waiting: deque[tuple[Any, Any, Any, list[Any]]] = deque()
        self.memo = dict(stream.memo)
        self.trail: list[Any] = []
        """From the outermost object to the one that is being written; after a failure, to the one that failed."""

    def reducer_override(self, obj: Any) -> Any:
        """How an object that is not an exact builtin is taken apart."""
        return NotImplemented if type(obj) in self.dispatch_builtin else self._reducers.reduce(obj)

    dispatch_builtin = frozenset(
        {type(None), bool, int, float, str, bytes, bytearray, list, dict, tuple, set, frozenset, pickle.PickleBuffer}
    )

    def met(self) -> dict[int, Any]:
        """Everything that the pickle refers to by identity: id -> object."""
        return {identity: entry[1] for identity, entry in self.memo.items()}

    def dump(self, obj: Any) -> None:
        """Write a pickle."""
        with _many_frames():
            self.write(pickle.PROTO + b"\x05")
            self.framer.start_framing()
            self.save(obj)
            while self._waiting:
                self._fill(*self._waiting.popleft())
            self.write(pickle.STOP)
            self.framer.end_framing()

    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        """Write one object, or its beginning if it stands deep inside others."""
        if self._budget is not None:
            self._budget -= 1
            if self._budget < 0:
                raise OutOfBudgetError
        if self._depth >= DEPTH and id(obj) not in self.memo and self._begin(obj):
            return
        self.trail.append(obj)
        self._depth += 1
        super().save(obj, save_persistent_id)
        self._depth -= 1
        self.trail.pop()

    def save_reduce(self, func: Any, args: Any, state: Any = None, *rest: Any, **options: Any) -> None:
        """Write an object that is taken apart; what goes to its class must be complete by then."""
        for given in (*args, state, *(state if type(state) is tuple else ())):
            if type(given) is list or type(given) is dict:
                self._needed.add(id(given))
        super().save_reduce(func, args, state, *rest, **options)

    # ------------------------------------------------------------------------------------------- what is put off
    def _begin(self, obj: Any) -> bool:
        """Write an empty object, to be filled later; False if that cannot be done with this one."""
        kind = type(obj)
        if kind is list or kind is dict:
            if id(obj) in self._needed:
                return False
            self.write(pickle.EMPTY_LIST if kind is list else pickle.EMPTY_DICT)
            self.memoize(obj)
            self._waiting.append((obj, None, None, [*self.trail, obj]))
            return True
        if kind in self.dispatch_builtin or isinstance(obj, type):
            return False
        reduced = self.reducer_override(obj)
        if reduced is NotImplemented and kind not in self.dispatch_table and hasattr(kind, "__reduce_ex__"):
            reduced = obj.__reduce_ex__(5)
        if not isinstance(reduced, tuple) or not _can_wait(kind, reduced):
            return False
        reduced = (*reduced, None, None, None, None)[:6]
        self.trail.append(obj)
        self.save_reduce(reduced[0], reduced[1], obj=obj)
        self.trail.pop()
        self._waiting.append((obj, reduced[2], reduced[5], [*self.trail, obj]))
        return True

    def _fill(self, obj: Any, state: Any, setter: Any, trail: list[Any]) -> None:
        """Write the content of an object that was begun."""
        self._depth, self.trail = 0, trail
        if setter is not None:
            self.save(setter)
            self.save(obj)
            self.save(state)
            self.write(pickle.TUPLE2 + pickle.REDUCE + pickle.POP)
            return
        self.write(self.get(self.memo[id(obj)][0]))
        if type(obj) is list:
            for batch in _batches(cast("list[Any]", obj)):
                self.write(pickle.MARK)
                for item in batch:
                    self.save(item)
                self.write(pickle.APPENDS)
        elif type(obj) is dict:
            for batch in _batches(cast("dict[Any, Any]", obj).items()):
                self.write(pickle.MARK)
                for key, value in batch:
                    self.save(key)
                    self.save(value)
                self.write(pickle.SETITEMS)
        else:
            self.save(state)
            self.write(pickle.BUILD)
        self.write(pickle.POP)


def _can_wait(kind: type, reduced: tuple[Any, ...]) -> bool:
    """Whether an object may be used by others before it has its state.

    So it is where the class does not take part in it: the state goes straight into the attributes, or through one
    of our own setters.
    """
    if len(reduced) < 3 or reduced[2] is None or any(part is not None for part in reduced[3:5]):
        return False
    if len(reduced) == 6:
        return True
    return reduced[0] is copyreg.__newobj__ and not hasattr(kind, "__setstate__")  # type: ignore[attr-defined]


def _batches(items: Any) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


@contextmanager
def _many_frames() -> Generator[None]:
    """Room for nested calls; frames of Python code take no stack of the process since 3.11."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
