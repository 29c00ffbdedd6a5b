"""What stands behind a client: a store of whatever kind, and whoever runs its calls."""

from __future__ import annotations

import concurrent.futures
import inspect
from collections.abc import Callable
from typing import Any, Protocol

from cashet_jupyter.functions.engine import Engine
from cashet_jupyter.functions.formats import Format
from cashet_jupyter.functions.home import Home
from cashet_jupyter.functions.options import TaskOptions
from cashet_jupyter.functions.refs import ResultRef


class Runner(Protocol):
    """Whoever runs the calls of a client."""

    at_once: bool
    """Whether `submit` returns before the call has run."""

    def submit(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], options: TaskOptions
    ) -> ResultRef[Any]:
        """The result of a call. Raises `TaskError`."""
        ...

    def close(self) -> None:
        """Wait for what is on its way."""
        ...


class Here:
    """Calls run where they are submitted."""

    at_once = False

    def __init__(self, engine: Engine) -> None:
        self.submit = engine.submit

    def close(self) -> None:
        """Nothing is on its way."""


def backed(store: Any) -> Any:
    """A store that the engine can use: ours as it is, one of the seed library's protocol behind an adapter.

    Raises `TypeError` for what is neither.
    """
    if store is None or isinstance(store, _own()):
        return store
    from cashet_jupyter.functions.seed.facade import SeedStore

    if isinstance(store, SeedStore):
        return store.own
    from cashet_jupyter.functions.seed.foreign import ForeignStore, missing

    if lacks := missing(store):
        msg = f"a {type(store).__name__} is no store: it has no {', '.join(lacks)}"
        raise TypeError(msg)
    return ForeignStore(store)


def _own() -> tuple[type, ...]:
    from cashet_jupyter.functions.seed.foreign import ForeignStore
    from cashet_jupyter.store.store import Store as OwnStore

    return OwnStore, ForeignStore


def engine_on(store: Any, serializer: Any) -> Engine:
    """An engine on any store."""
    return Engine(Home(store=backed(store)), Format(serializer))


def runner(engine: Engine, executor: Any, serializer: Any) -> Runner:
    """Who runs the calls: nobody but the caller, a `concurrent.futures.Executor`, or one of the seed's protocol.

    Raises `TypeError` for what is neither.
    """
    if executor is None:
        return Here(engine)
    from cashet_jupyter.functions.seed.executors import Delegated, LocalExecutor

    if isinstance(executor, LocalExecutor):
        return Here(engine)
    if isinstance(executor, concurrent.futures.Executor) or _gives_futures(executor):
        from cashet_jupyter.functions.executors import Remote

        return Remote(engine, executor, serializer)
    if not callable(getattr(executor, "submit", None)):
        msg = f"a {type(executor).__name__} is no executor: it has no submit"
        raise TypeError(msg)
    return Delegated(engine, executor, serializer)


def _gives_futures(executor: Any) -> bool:
    """Whether `submit(function, *args)` is what it wants: it takes any arguments, where the seed's takes six."""
    try:
        parameters = list(inspect.signature(executor.submit).parameters.values())
    except (AttributeError, TypeError, ValueError):
        return False
    return any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters) and hasattr(executor, "shutdown")
