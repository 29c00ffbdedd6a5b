"""Run a cell once; get back everything it left, at once, every time after that.

In a notebook: `%load_ext cashet_jupyter`, then `%%cashet` on a slow cell, or `%cashet auto on` once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cashet_jupyter.async_client import AsyncClient, AsyncResultRef
    from cashet_jupyter.client import Client
    from cashet_jupyter.functions.batch import TaskRef
    from cashet_jupyter.functions.failures import ClosureWarning, NotCachedWarning, TaskError
    from cashet_jupyter.functions.files import FileRef
    from cashet_jupyter.functions.refs import ResultRef
    from cashet_jupyter.functions.seed.executors import LocalExecutor
    from cashet_jupyter.functions.seed.facade import SQLiteStore
    from cashet_jupyter.functions.serializers import JsonSerializer, PickleSerializer, SafePickleSerializer
    from cashet_jupyter.functions.view import Commit, ObjectRef, TaskDef, TaskStatus
    from cashet_jupyter.models import Outcome
    from cashet_jupyter.protocols import AsyncStore, Executor, Serializer, Store

__all__ = [
    "AsyncClient",
    "AsyncResultRef",
    "AsyncStore",
    "Client",
    "ClosureWarning",
    "Commit",
    "Executor",
    "FileRef",
    "JsonSerializer",
    "LocalExecutor",
    "NotCachedWarning",
    "ObjectRef",
    "PickleSerializer",
    "ResultRef",
    "SQLiteStore",
    "SafePickleSerializer",
    "Serializer",
    "Store",
    "TaskDef",
    "TaskError",
    "TaskRef",
    "TaskStatus",
    "load_ipython_extension",
    "outcomes",
    "register",
    "unload_ipython_extension",
]
__version__ = "0.1.0"


#: public name -> the module that has it, loaded when the name is first used: a notebook may never submit a function
_LATER = {
    "AsyncClient": "async_client",
    "AsyncResultRef": "async_client",
    "AsyncStore": "protocols",
    "Client": "client",
    "ClosureWarning": "functions.failures",
    "Commit": "functions.view",
    "Executor": "protocols",
    "FileRef": "functions.files",
    "JsonSerializer": "functions.serializers",
    "LocalExecutor": "functions.seed.executors",
    "NotCachedWarning": "functions.failures",
    "ObjectRef": "functions.view",
    "PickleSerializer": "functions.serializers",
    "ResultRef": "functions.refs",
    "SQLiteStore": "functions.seed.facade",
    "SafePickleSerializer": "functions.serializers",
    "Serializer": "protocols",
    "Store": "protocols",
    "TaskDef": "functions.view",
    "TaskError": "functions.failures",
    "TaskRef": "functions.batch",
    "TaskStatus": "functions.view",
}


def __getattr__(name: str) -> Any:
    """A public name, from the module that has it."""
    if name not in _LATER:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext cashet_jupyter` calls."""
    from cashet_jupyter.magics.extension import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """What `%unload_ext cashet_jupyter` calls: every trace of the extension is removed from the shell."""
    from cashet_jupyter.magics.extension import unload

    unload(shell)


def outcomes() -> list[Outcome]:
    """What became of the cells of this kernel so far, oldest first."""
    from cashet_jupyter.magics.extension import outcomes

    return outcomes()


def register(kind: type | str, encode: Any = None, *, node: bool = True, subclasses: bool = True) -> Any:
    """Say how values of a type are fingerprinted; `kind` is a type or `"module:QualName"`. Also a decorator.

    `encode(encoder, value)` passes what tells two values apart to `encoder.value(...)`. `node=False` is for
    immutable values, whose identity does not matter.
    """
    from cashet_jupyter.fingerprint import register

    return register(kind, encode, node=node, subclasses=subclasses)
