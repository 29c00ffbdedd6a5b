"""What `submit` gives: a handle to a result, which is read when it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Generic, TypeVar, cast

from cashet_jupyter.errors import NotFound, StoreError
from cashet_jupyter.functions.home import Home, home_at
from cashet_jupyter.functions.returned import Read, read_result
from cashet_jupyter.functions.view import SHORT, ObjectRef
from cashet_jupyter.models import Commit
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.trace.bus import Quiet

T = TypeVar("T")

_NOTHING: Any = object()


class ResultRef(Generic[T]):
    """A handle to the result of a run.

    Equal results have equal `hash`es, whichever function made them; `commit_hash` names the run. A result that could
    not be stored is kept in memory, and has no `commit_hash`.
    """

    __slots__ = (
        "__weakref__",
        "_commit",
        "_home",
        "_kinds",
        "_lock",
        "_own",
        "_read",
        "_value",
        "commit_hash",
        "hash",
        "size",
    )

    def __init__(self, hash: str, size: int, commit_hash: str = "") -> None:
        self.hash = hash
        """Content hash of the result; empty for a result in memory that has none."""
        self.size = size
        """Bytes that it takes in the store; in memory, approximately; 0 if unknown."""
        self.commit_hash = commit_hash
        self._home: Home | None = None
        self._commit: Commit | None = None
        self._read: Read | None = None
        self._kinds: Mapping[str, type] = {}
        self._own = False
        self._value: Any = _NOTHING
        self._lock = threading.Lock()

    @property
    def short_hash(self) -> str:
        """The part of the commit's hash that people are shown."""
        return self.commit_hash[:SHORT]

    @property
    def ref(self) -> ObjectRef:
        """The result by its content."""
        return ObjectRef(self.hash, self.size)

    @property
    def stored(self) -> bool:
        """Whether it is in the store, not in memory only."""
        return bool(self.commit_hash)

    def done(self) -> bool:
        """Whether the result is there: always, unless an executor computes it."""
        return True

    def __cashet_ref__(self) -> ObjectRef:
        """What the seed library's executors ask an argument for."""
        return self.ref

    def load(self) -> T:
        """The result; the same object each time.

        What is read is verified. Raises `NotFound` if it was removed from the store meanwhile, `StoreError` if it
        cannot be read.
        """
        if self._value is _NOTHING:
            with self._lock:
                if self._value is _NOTHING:
                    with Quiet():
                        self._value = self.fresh()
        return cast("T", self._value)

    def fresh(self) -> T:
        """The result as a new object of its own: what a function is given, so that changing it changes no other."""
        if not self.stored:
            return cast("T", self._value)
        store = self._where().store()
        try:
            return cast("T", read_result(store, self._found(store), self._read, self._kinds, own=self._own))
        except NotFound as error:
            msg = f"the result {self.short_hash} is no longer in the store {store.path}; submit it again"
            raise NotFound(msg) from error
        except StoreError as error:
            msg = f"the result {self.short_hash} cannot be read: {error}; submit it again"
            raise StoreError(msg) from error

    def commit(self) -> Commit | None:
        """The run that made it, as the store has it; None for a result in memory, or one that is gone."""
        if not self.stored:
            return None
        try:
            return self._found(self._where().store())
        except (NotFound, StoreError):
            return None

    def _found(self, store: Store) -> Commit:
        if self._commit is None:
            self._commit = store.resolve(self.commit_hash)
        return self._commit

    def _where(self) -> Home:
        if self._home is None:
            msg = f"the result {self.short_hash} says no store"
            raise StoreError(msg)
        return self._home

    def __repr__(self) -> str:
        place = self.short_hash if self.stored else "in memory"
        return f"ResultRef({self.hash[:SHORT] or '?'}, {place})"

    def __reduce__(self) -> Any:
        if not self.stored:
            return _kept_again, (self._value, self.hash, self.size)
        return _stored_again, (str(self._where().path), self.commit_hash, self.hash, self.size)

    def __cashet_fingerprint__(self) -> object:
        """A result counts by its content, without being loaded; one in memory as what it is."""
        return ("result", self.hash) if self.stored else ("kept", self._value)


def stored_ref(
    home: Home, commit: Commit, read: Read | None = None, kinds: Mapping[str, type] | None = None
) -> ResultRef[Any]:
    """A handle to the result of a commit of this user; `read` is how, where its client says so; see `read_result`."""
    output = commit.outputs[0] if commit.outputs else None
    ref = ResultRef[Any](output.digest if output else "", output.size if output else 0, commit.id)
    ref._home, ref._commit, ref._read, ref._kinds = home, commit, read, kinds or {}
    ref._own = True  # what was found by its key, or stored here
    return ref


def kept_ref(value: Any, hash: str = "", size: int = 0) -> ResultRef[Any]:
    """A handle to a result that could not be stored."""
    ref = ResultRef[Any](hash, size)
    ref._value = value
    return ref


def _kept_again(value: Any, hash: str, size: int) -> ResultRef[Any]:
    return kept_ref(value, hash, size)


def _stored_again(path: str, commit: str, hash: str, size: int) -> ResultRef[Any]:
    ref = ResultRef[Any](hash, size, commit)
    ref._home = home_at(path)
    return ref
