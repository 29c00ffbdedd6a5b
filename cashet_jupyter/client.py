"""Functions whose results are cached: `Client`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from cashet_jupyter.functions import asking, backing, batch
from cashet_jupyter.functions.engine import Engine
from cashet_jupyter.functions.failures import ClosureWarning, NotCachedWarning, TaskError
from cashet_jupyter.functions.filedoor import FileMethods
from cashet_jupyter.functions.formats import Format
from cashet_jupyter.functions.home import Home
from cashet_jupyter.functions.invalidating import invalidated, tagged
from cashet_jupyter.functions.options import OPTIONS, PLAIN, TaskOptions, split, with_values
from cashet_jupyter.functions.refs import ResultRef
from cashet_jupyter.functions.task import Task, options_of
from cashet_jupyter.functions.view import Commit, TaskStatus, view
from cashet_jupyter.store.protocol import Store

__all__ = ["Client", "ClosureWarning", "Commit", "NotCachedWarning", "ResultRef", "TaskError", "TaskStatus"]

T = TypeVar("T")
_MONTH = timedelta(days=30)


class Client(FileMethods):
    """A cache of function calls, in a store on disk that notebooks, scripts and the command line share."""

    def __init__(
        self,
        store_dir: str | Path | None = None,
        store: Any = None,
        executor: Any = None,
        serializer: Any = None,
        max_workers: int = 1,
    ) -> None:
        self._home = Home(None if store_dir is None else Path(store_dir), backing.backed(store))
        self._engine = Engine(self._home, Format(serializer))
        self.serializer = serializer
        """In which format results are stored; None for our own."""
        self._runner = backing.runner(self._engine, executor, serializer)
        self._max_workers = batch.checked_workers(max_workers)
        self._registered_tasks: dict[str, Callable[..., Any]] = {}

    # ------------------------------------------------------------------------------------------------------- running
    def submit(self, func: Callable[..., T], *args: Any, **kwargs: Any) -> ResultRef[T]:
        """The result of `func(*args, **kwargs)`, computed only if the store has none that still holds.

        Options of this call begin with an underscore: `_cache _tags _ttl _retries _timeout _force _allow`; None leaves
        what the task says. A `ResultRef` among the arguments, also in lists, tuples and dicts, stands for its result.
        Raises `TaskError` if the function fails, `OptionError` for a wrong option, `TypeError` for what is no function.
        """
        if not callable(func):
            msg = f"expected a callable, got {type(func).__name__}"
            raise TypeError(msg)
        options, rest = split(options_of(func), kwargs)
        return self._submit(func, args, rest, options)

    def _submit(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], options: TaskOptions
    ) -> ResultRef[Any]:
        """A call with its options."""
        return self._runner.submit(func, args, kwargs, options)

    def submit_many(self, tasks: Any, *, max_workers: int | None = None, **options: Any) -> Any:
        """A list or dict of calls, some of which take the results of others (`TaskRef`); refs in the same shape.

        A call is a function, `(function, args)` or `(function, args, kwargs)`. See `functions.batch.submit_many`.
        """

        def submit(func: Callable[..., Any], *args: Any, **kwargs: Any) -> ResultRef[Any]:
            return self.submit(func, *args, **{**options, **kwargs})

        workers = batch.checked_workers(self._max_workers if max_workers is None else max_workers)
        return batch.submit_many(submit, tasks, max_workers=1 if self._runner.at_once else workers)

    def map(
        self, func: Callable[..., T], items: Iterable[Any], *args: Any, max_workers: int | None = None, **kwargs: Any
    ) -> list[ResultRef[T]]:
        """One call for each item, which comes before the other arguments; options as in `submit`."""
        options = {name: kwargs.pop(name) for name in list(kwargs) if name in OPTIONS}
        return self.submit_many(batch.calls_of(func, items, args, kwargs), max_workers=max_workers, **options)

    @overload
    def task(self, func: Callable[..., Any]) -> Task: ...

    @overload
    def task(self, func: None = None, **options: Any) -> Callable[[Callable[..., Any]], Task]: ...

    def task(self, func: Callable[..., Any] | None = None, **options: Any) -> Any:
        """A decorator: calling the function then submits it.

        Options: `cache name tags ttl retries timeout force allow`. Raises `OptionError` for a wrong one.
        """
        chosen = with_values(PLAIN, options)

        def decorate(given: Callable[..., Any]) -> Task:
            task = Task(given, self, chosen)
            self._registered_tasks[chosen.name or task.__qualname__] = task
            return task

        return decorate if func is None else decorate(func)

    # --------------------------------------------------------------------------------------------------- the history
    def log(
        self,
        func_name: str | None = None,
        limit: int = 50,
        status: TaskStatus | str | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> list[Commit]:
        """The newest runs of functions, newest first; a tag whose value is None may have any."""
        return asking.log(self.store, func_name, limit, status, tags)

    def show(self, hash: str) -> Commit | None:
        """A run, by its hash, the beginning of one, a tag or the function's name; None if there is none.

        Raises `ValueError`, here as below, if a name stands for several.
        """
        return asking.show(self.store, hash)

    def get(self, hash: str) -> Any:
        """The result of a run. Raises `KeyError` if there is none."""
        return asking.get(self._home, hash, self._engine.format)

    def history(self, hash: str) -> list[Commit]:
        """All runs of the same call, oldest first; none if there is no such run."""
        return asking.history(self.store, hash)

    def diff(self, a: str, b: str) -> dict[str, Any]:
        """How two runs differ: `func_changed`, `args_changed`, `output_changed`, and both sides of what did.

        Raises `KeyError` if there is no such run.
        """
        return asking.diff(self._home, a, b, self._engine.format)

    def stats(self) -> dict[str, Any]:
        """How much there is: `total_commits`, `completed_commits`, `stored_objects`, `disk_bytes`, `hits`, ..."""
        return asking.stats(self.store)

    # --------------------------------------------------------------------------------------------------- keeping house
    def rm(self, hash: str) -> bool:
        """Remove a run; whether there was one."""
        return asking.remove(self.store, hash)

    def invalidate(
        self,
        what: Callable[..., Any] | str | Mapping[str, str | None] | None = None,
        *args: Any,
        tags: Mapping[str, str | None] | None = None,
        **kwargs: Any,
    ) -> int:
        """Forget results, so that the next call runs; how many runs were removed.

        `what` is a function (all its runs; with arguments, those of that call), the name of a function or a run, or
        tags, of which one whose value is None may have any.
        """
        if isinstance(what, Mapping) or what is None:
            return tagged(self._engine, {**(what or {}), **(tags or {})})
        return invalidated(self._engine, what, args, kwargs)

    def gc(self, older_than: timedelta | None = None, max_size_bytes: int | None = None) -> int:
        """Remove what was not made or used for so long (30 days), then what is worth least; how many runs that were.

        Pinned runs stay.
        """
        age = _MONTH if older_than is None else older_than
        return len(self.store.gc(older_than=age.total_seconds(), max_size=max_size_bytes).evicted)

    def clear(self) -> int:
        """Remove every run but the pinned ones; how many those were."""
        return len(self.store.clear().evicted)

    def tag(self, hash: str, tags: Mapping[str, str] | None = None, **more: str) -> Commit:
        """Add tags to a run. Raises `KeyError` if there is none."""
        named = {str(name): str(value) for name, value in {**(tags or {}), **more}.items()}
        return view(self.store.tag(asking.find(self.store, hash), named))

    def untag(self, hash: str, *names: str) -> Commit:
        """Take tags off a run. Raises `KeyError` if there is none."""
        return view(self.store.untag(asking.find(self.store, hash), *names))

    def pin(self, hash: str) -> Commit:
        """Keep a run whatever is collected. Raises `KeyError` if there is none."""
        return view(self.store.pin(asking.find(self.store, hash)))

    def unpin(self, hash: str) -> Commit:
        """Let a run be collected again. Raises `KeyError` if there is none."""
        return view(self.store.unpin(asking.find(self.store, hash)))

    def export(self, path: str | Path, hashes: Iterable[str] | None = None) -> int:
        """Write runs, or everything, into an archive; how many there are in it. Raises `KeyError`, `StoreError`."""
        chosen = None if hashes is None else [asking.find(self.store, hash) for hash in hashes]
        return self.store.export(Path(path), chosen)

    def import_archive(self, path: str | Path, *, trust: bool = False) -> int:
        """Take in an archive; how many runs were new. Raises `StoreError`.

        What somebody else wrote is shown and never loaded, unless `trust` takes it for this user's own.
        """
        return self.store.import_(Path(path), trust=trust).commits

    # ------------------------------------------------------------------------------------------------------ the store
    @property
    def store(self) -> Store:
        """The store. Raises `StoreError` if it cannot be used."""
        return self._home.store()

    @property
    def store_dir(self) -> Path:
        """Where it is."""
        return self._home.path

    def close(self) -> None:
        """Wait for what an executor still computes, and let go of the store's files; a later use opens them again."""
        self._runner.close()
        self._home.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({str(self.store_dir)!r})"

    def __reduce__(self) -> Any:
        """In another process: a client of the same store, without its executor."""
        return Client, (self.store_dir, None, None, self.serializer, self._max_workers)

    def __cashet_fingerprint__(self) -> object:
        """Which client a function uses makes no difference to its result."""
        return "client"
