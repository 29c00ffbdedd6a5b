"""The client for code with an event loop: the same verbs, as coroutines. In a notebook `await` works at top level."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from cashet_jupyter.client import Client
from cashet_jupyter.functions.aside import LoopStore, aside
from cashet_jupyter.functions.files import FileRef, Way, What
from cashet_jupyter.functions.options import PLAIN, TaskOptions, split, with_values
from cashet_jupyter.functions.refs import ResultRef
from cashet_jupyter.functions.task import Task, options_of
from cashet_jupyter.functions.view import Commit, ObjectRef, TaskStatus

__all__ = ["AsyncClient", "AsyncResultRef"]


class AsyncResultRef:
    """A handle to a result: `await ref.load()` reads it. As an argument of a call it stands for the result."""

    __slots__ = ("_ref",)

    def __init__(self, ref: ResultRef[Any]) -> None:
        self._ref = ref

    def done(self) -> bool:
        """Whether the result is there; without an executor it always is."""
        return self._ref.done()

    def __await__(self) -> Generator[Any, None, AsyncResultRef]:
        """Wait until it is there. Raises `TaskError`."""
        return self._arrived().__await__()

    async def _arrived(self) -> AsyncResultRef:
        if not self._ref.done():
            await aside(lambda: self._ref.hash)
        return self

    async def load(self) -> Any:
        """The result; the same object each time. Raises what `ResultRef.load` raises."""
        return await aside(self._ref.load)

    @property
    def hash(self) -> str:
        """Content hash of the result. This and the others raise `InvalidStateError` if it is not there yet."""
        return self._there().hash

    @property
    def commit_hash(self) -> str:
        """The run."""
        return self._there().commit_hash

    @property
    def short_hash(self) -> str:
        """The part of it that people are shown."""
        return self._there().short_hash

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self._there().size

    @property
    def ref(self) -> ObjectRef:
        """The result by its content."""
        return self._there().ref

    def __cashet_ref__(self) -> ObjectRef:
        """What the seed library's executors ask an argument for."""
        return self.ref

    def _there(self) -> ResultRef[Any]:
        if not self._ref.done():
            raise asyncio.InvalidStateError("the result is not there yet: await the ref, or ref.load()")
        return self._ref

    def __repr__(self) -> str:
        return f"Async{self._ref!r}"


class AsyncClient:
    """A cache of function calls whose verbs are coroutines; each does on the side what `Client` does.

    A function runs in a thread, so that the loop goes on; one that is `async def` is awaited on the loop. `store` may
    also be one whose methods are coroutines (`AsyncStore`).
    """

    def __init__(
        self,
        store_dir: str | Path | None = None,
        store: Any = None,
        executor: Any = None,
        serializer: Any = None,
        max_workers: int = 1,
    ) -> None:
        if store is not None and inspect.iscoroutinefunction(getattr(store, "put_commit", None)):
            store = LoopStore(store)
        self._client = Client(store_dir, store, executor, serializer, max_workers)
        self._registered_tasks: dict[str, Callable[..., Any]] = {}

    @property
    def store_dir(self) -> Path:
        """Where the store is."""
        return self._client.store_dir

    # ------------------------------------------------------------------------------------------------------- running
    async def submit(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> AsyncResultRef:
        """The result of `func(*args, **kwargs)`, as `Client.submit` gives it, options and errors alike."""
        if not callable(func):
            msg = f"expected a callable, got {type(func).__name__}"
            raise TypeError(msg)
        options, rest = split(options_of(func), kwargs)
        return await self._submit(func, args, rest, options)

    async def _submit(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], options: TaskOptions
    ) -> AsyncResultRef:
        ref = await aside(self._client._submit, func, _plain(args), _plain(kwargs), options)
        return AsyncResultRef(ref)

    async def submit_many(self, tasks: Any, *, max_workers: int | None = None, **options: Any) -> Any:
        """A list or dict of calls, some of which take the results of others (`TaskRef`); refs in the same shape."""
        found = await aside(self._client.submit_many, _plain(tasks), max_workers=max_workers, **options)
        if isinstance(found, dict):
            return {key: AsyncResultRef(ref) for key, ref in found.items()}
        return [AsyncResultRef(ref) for ref in found]

    async def map(
        self, func: Callable[..., Any], items: Iterable[Any], *args: Any, max_workers: int | None = None, **kwargs: Any
    ) -> list[AsyncResultRef]:
        """One call for each item, which comes before the other arguments."""
        given, rest = _plain(list(items)), _plain(kwargs)
        found = await aside(self._client.map, func, given, *_plain(args), max_workers=max_workers, **rest)
        return [AsyncResultRef(ref) for ref in found]

    def task(self, func: Callable[..., Any] | None = None, **options: Any) -> Any:
        """A decorator: calling the function then submits it, and gives something to await."""
        chosen = with_values(PLAIN, options)

        def decorate(given: Callable[..., Any]) -> Task:
            task = Task(given, self, chosen)
            self._registered_tasks[chosen.name or task.__qualname__] = task
            return task

        return decorate if func is None else decorate(func)

    # --------------------------------------------------------------------------------------------------- the history
    async def log(
        self,
        func_name: str | None = None,
        limit: int = 50,
        status: TaskStatus | str | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> list[Commit]:
        """The newest runs, newest first."""
        return await aside(self._client.log, func_name, limit, status, tags)

    async def show(self, hash: str) -> Commit | None:
        """A run; None if there is none."""
        return await aside(self._client.show, hash)

    async def get(self, hash: str) -> Any:
        """The result of a run. Raises `KeyError` if there is none."""
        return await aside(self._client.get, hash)

    async def history(self, hash: str) -> list[Commit]:
        """All runs of the same call, oldest first."""
        return await aside(self._client.history, hash)

    async def diff(self, a: str, b: str) -> dict[str, Any]:
        """How two runs differ."""
        return await aside(self._client.diff, a, b)

    async def stats(self) -> dict[str, Any]:
        """How much there is."""
        return await aside(self._client.stats)

    # ----------------------------------------------------------------------------------------------- keeping house
    async def rm(self, hash: str) -> bool:
        """Remove a run; whether there was one."""
        return await aside(self._client.rm, hash)

    async def invalidate(self, what: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> int:
        """Forget results; how many runs were removed."""
        return await aside(self._client.invalidate, what, *_plain(args), **_plain(kwargs))

    async def gc(self, older_than: timedelta | None = None, max_size_bytes: int | None = None) -> int:
        """Remove what is old, then what is worth least; how many runs that were."""
        return await aside(self._client.gc, older_than, max_size_bytes)

    async def clear(self) -> int:
        """Remove every run but the pinned ones; how many."""
        return await aside(self._client.clear)

    async def tag(self, hash: str, tags: Mapping[str, str] | None = None, **more: str) -> Commit:
        """Add tags to a run."""
        return await aside(self._client.tag, hash, tags, **more)

    async def untag(self, hash: str, *names: str) -> Commit:
        """Take tags off a run."""
        return await aside(self._client.untag, hash, *names)

    async def pin(self, hash: str) -> Commit:
        """Keep a run whatever is collected."""
        return await aside(self._client.pin, hash)

    async def unpin(self, hash: str) -> Commit:
        """Let a run be collected again."""
        return await aside(self._client.unpin, hash)

    async def export(self, path: str | Path, hashes: Iterable[str] | None = None) -> int:
        """Write runs, or everything, into an archive; how many there are in it."""
        return await aside(self._client.export, path, hashes)

    async def import_archive(self, path: str | Path, *, trust: bool = False) -> int:
        """Take in an archive; how many runs were new."""
        return await aside(self._client.import_archive, path, trust=trust)

    # ----------------------------------------------------------------------------------------------------------- files
    async def put_file(self, path: str | Path, **options: Any) -> FileRef:
        """Keep a file as it is now; options as in `Client.put_file`."""
        return await aside(self._client.put_file, path, **options)

    async def get_file(self, what: What, path: str | Path) -> Path:
        """Write a file to `path`, whole and verified."""
        return await aside(self._client.get_file, what, path)

    async def link_file(self, what: What, path: str | Path, *, copy: bool = True) -> Way:
        """The same, and whether its blocks are shared with the store."""
        return await aside(self._client.link_file, what, path, copy=copy)

    async def ls(self, prefix: str = "") -> list[FileRef]:
        """The newest version of each file whose name begins so."""
        return await aside(self._client.ls, prefix)

    async def remove_file(self, what: What) -> int:
        """Forget a file; how many versions that were."""
        return await aside(self._client.remove_file, what)

    # ------------------------------------------------------------------------------------------------------ the store
    async def close(self) -> None:
        """Wait for what an executor still computes, and let go of the store's files."""
        await aside(self._client.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __cashet_fingerprint__(self) -> object:
        """Which client a function uses makes no difference to its result."""
        return "client"


def _plain(value: Any) -> Any:
    """An argument with the refs that the engine knows in the places of ours, also in lists, tuples and dicts."""
    if isinstance(value, AsyncResultRef):
        return value._ref
    if type(value) not in (list, tuple, dict) or not _holds_ref(value):
        return value
    if type(value) is dict:
        return {key: _plain(item) for key, item in cast("dict[Any, Any]", value).items()}
    return type(value)(_plain(item) for item in value)


def _holds_ref(root: Any) -> bool:
    waiting, seen = [root], set[int]()
    while waiting:
        value = waiting.pop()
        if isinstance(value, AsyncResultRef):
            return True
        if type(value) in (list, tuple, dict) and id(value) not in seen:
            seen.add(id(value))
            items = list(value.values() if type(value) is dict else value)
            if not _WORTH_A_LOOK.isdisjoint(map(type, items)):
                waiting.extend(items)
    return False


_WORTH_A_LOOK = frozenset({AsyncResultRef, list, tuple, dict})
