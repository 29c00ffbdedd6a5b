"""Functions whose results are cached: `Client`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cashet_jupyter.functions import asking
from cashet_jupyter.functions.engine import Engine
from cashet_jupyter.functions.formats import Format
from cashet_jupyter.functions.home import Home
from cashet_jupyter.functions.options import PLAIN, TaskOptions, split, with_values
from cashet_jupyter.functions.refs import ResultRef
from cashet_jupyter.functions.task import Task
from cashet_jupyter.functions.view import Commit, TaskStatus
from cashet_jupyter.store.protocol import Store

__all__ = ["Client"]


class Client:
    """A cache of function calls, in a store on disk."""

    def __init__(
        self,
        store_dir: str | Path | None = None,
        store: Any = None,
        executor: Any = None,
        serializer: Any = None,
        max_workers: int = 1,
    ) -> None:
        self._home = Home(None if store_dir is None else Path(store_dir), store)
        self._engine = Engine(self._home, Format(serializer))
        self._serializer = serializer
        self._executor = executor
        self._max_workers = max_workers
        self._registered_tasks: dict[str, Callable[..., Any]] = {}

    # ------------------------------------------------------------------------------------------------------- running
    def submit(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> ResultRef[Any]:
        """The result of `func(*args, **kwargs)`, computed only if the store has none that holds.

        Options of this call begin with an underscore: `_cache _tags _ttl _retries _timeout _force _allow`. Raises
        `TaskError` if the function fails, `OptionError` for a wrong option.
        """
        options, rest = split(getattr(func, "options", PLAIN) if isinstance(func, Task) else PLAIN, kwargs)
        return self._submit(func, args, rest, options)

    def _submit(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], options: TaskOptions
    ) -> ResultRef[Any]:
        return self._engine.submit(func, args, kwargs, options)

    def task(self, func: Callable[..., Any] | None = None, **options: Any) -> Any:
        """A decorator: calling the function submits it.

        Options: `cache name tags ttl retries timeout force allow`.
        """
        if func is None:
            return lambda given: self.task(given, **options)
        task = Task(func, self, with_values(PLAIN, options))
        self._registered_tasks[task.options.name or task.__qualname__] = task
        return task

    # --------------------------------------------------------------------------------------------------- the history
    def log(
        self,
        func_name: str | None = None,
        limit: int = 50,
        status: TaskStatus | str | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> list[Commit]:
        """The newest runs, newest first."""
        return asking.log(self.store, func_name, limit, status, tags)

    def show(self, hash: str) -> Commit | None:
        """A run by its hash, the beginning of one, or a tag (`name=value`); None if there is none."""
        return asking.show(self.store, hash)

    def get(self, hash: str) -> Any:
        """The result of a run. Raises `NotFound`, which is a `KeyError`."""
        return asking.get(self._home, hash, self._engine.format)

    def history(self, hash: str) -> list[Commit]:
        """All runs of the same call, oldest first."""
        return asking.history(self.store, hash)

    def diff(self, a: str, b: str) -> dict[str, Any]:
        """How two runs differ."""
        return asking.diff(self._home, a, b, self._engine.format)

    @property
    def store(self) -> Store:
        """The store."""
        return self._home.store()

    @property
    def store_dir(self) -> Path:
        """Where it is."""
        return self._home.path

    def close(self) -> None:
        """Let go of the store's files."""
        self._home.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
