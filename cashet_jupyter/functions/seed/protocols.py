"""What a user may put in the place of our store, our executor or our format: the seed library's protocols.

The methods are those that its documentation names, no more: a class that was written for it fits. All can be checked
with `isinstance`, which looks at the names of the methods only.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from cashet_jupyter.functions.serializers import Serializer

if TYPE_CHECKING:
    from cashet_jupyter.functions.view import Commit, ObjectRef, TaskDef, TaskStatus

__all__ = ["AsyncStore", "Executor", "Serializer", "Store"]


@runtime_checkable
class Store(Protocol):
    """Where results and commits lie.

    Two more methods are used where there are such: `find_running_by_fingerprint(fingerprint) -> Commit | None` and
    `delete_commit(hash) -> bool`.
    """

    def put_blob(self, data: bytes) -> ObjectRef:
        """Keep bytes; the same bytes give the same `hash`."""
        ...

    def get_blob(self, ref: ObjectRef) -> bytes:
        """The bytes again."""
        ...

    def put_commit(self, commit: Commit) -> None:
        """Keep a commit, in the place of one with the same `hash`."""
        ...

    def get_commit(self, hash: str) -> Commit | None:
        """The commit of a hash or of the beginning of one; raises `ValueError` if several begin so."""
        ...

    def find_by_fingerprint(self, fingerprint: str) -> Commit | None:
        """The newest commit of a computation that completed."""
        ...

    def list_commits(
        self,
        func_name: str | None = None,
        limit: int = 50,
        status: TaskStatus | None = None,
        tags: dict[str, str | None] | None = None,
    ) -> list[Commit]:
        """The newest commits, newest first; a tag whose value is None may have any."""
        ...

    def get_history(self, hash: str) -> list[Commit]:
        """All commits of the same computation, oldest first."""
        ...

    def stats(self) -> dict[str, int]:
        """`total_commits`, `completed_commits`, `stored_objects`, and what else it counts."""
        ...

    def evict(self, older_than: datetime) -> int:
        """Remove commits that were made and last used before a moment; how many."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


@runtime_checkable
class AsyncStore(Protocol):
    """The same as coroutines, for `AsyncClient(store=...)`."""

    async def put_blob(self, data: bytes) -> ObjectRef:
        """Keep bytes."""
        ...

    async def get_blob(self, ref: ObjectRef) -> bytes:
        """The bytes again."""
        ...

    async def put_commit(self, commit: Commit) -> None:
        """Keep a commit."""
        ...

    async def get_commit(self, hash: str) -> Commit | None:
        """The commit of a hash or of the beginning of one."""
        ...

    async def find_by_fingerprint(self, fingerprint: str) -> Commit | None:
        """The newest commit of a computation that completed."""
        ...

    async def list_commits(
        self,
        func_name: str | None = None,
        limit: int = 50,
        status: TaskStatus | None = None,
        tags: dict[str, str | None] | None = None,
    ) -> list[Commit]:
        """The newest commits, newest first."""
        ...

    async def get_history(self, hash: str) -> list[Commit]:
        """All commits of the same computation, oldest first."""
        ...

    async def stats(self) -> dict[str, int]:
        """What it holds."""
        ...

    async def evict(self, older_than: datetime) -> int:
        """Remove old commits; how many."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...


@runtime_checkable
class Executor(Protocol):
    """Runs a function that is not cached, or finds that it is."""

    def submit(
        self,
        func: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        task_def: TaskDef,
        store: Store,
        serializer: Any,
    ) -> tuple[Commit, bool]:
        """The commit of the run, which is in `store` by then, and whether it was there before."""
        ...
