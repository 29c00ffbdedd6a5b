"""The product as an engine: its public doors, put together as a cache of calls.

There is no such door in the product: its unit is the cell. This does for a call what the pipeline does for a cell, less
what belongs to cells (analysis of the source, recorded output, the trace of files): the fingerprint of the function
and the arguments by value, a lookup whose entry is verified, the restore, the note that it was used; on a miss the look
whether the arguments were changed in place, and the commit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cashet_jupyter.digest import digest
from cashet_jupyter.effects.capture import capture
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.models import Cell, Commit
from cashet_jupyter.serialize.envelope import dumps, loads
from cashet_jupyter.serialize.references import References
from cashet_jupyter.store.store import open_store

_RESULT = "result"
_KEY = b"benchmark key, 32 bytes or more."
#: as in the pipeline: what took that long is written through
_DURABLE_SECONDS = 1.0


class Ours:
    """Calls as commits."""

    def __init__(self, folder: Path) -> None:
        self.store = open_store(folder, key=_KEY, max_size=1 << 50)

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function gives."""
        names = {f"argument_{number}": value for number, value in enumerate(arguments)}
        namespace: dict[str, Any] = {"function": function, **names}
        graph = InputGraph(namespace, namespace, docstrings=False, lazy=True)
        key = digest("benchmark-call", graph.joint)
        for commit in self.store.find(key):
            started = time.perf_counter()
            effects = loads(self.store.get(commit), References(graph, namespace))
            self.store.touch(commit, max(0.0, commit.seconds - time.perf_counter() + started))
            return effects.outputs[_RESULT]
        return self._run(key, function, arguments, graph, namespace)

    def _run(
        self,
        key: str,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        graph: InputGraph,
        namespace: dict[str, Any],
    ) -> Any:
        graph.expand()  # before anything can change
        started = time.perf_counter()
        value = function(*arguments)
        seconds = time.perf_counter() - started
        effects = capture(graph, namespace, {**namespace, _RESULT: value})
        payload = dumps(effects, (), References(graph, namespace))
        cell = Cell(function.__name__, function.__name__)
        commit = Commit(key=key, code=function.__qualname__, cell=cell, created=time.time(), seconds=seconds)
        self.store.put(commit, payload, durable=seconds >= _DURABLE_SECONDS)
        return value

    def close(self) -> None:
        """Close the store, as a kernel does: what was written is read once more, and known to later processes."""
        self.store.settle()
        self.store.close()


class Unknown(Ours):
    """The same, where the platform cannot tell whether restored memory is untouched: it is hashed each time."""

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function gives."""
        from cashet_jupyter.memory import known

        known.forget(0, 1 << 64)
        return super().call(function, *arguments)


class Submit:
    """`Client.submit`: all that the product does for a submitted function, tracing and refusals among it."""

    def __init__(self, folder: Path) -> None:
        from cashet_jupyter import Client

        self._client = Client(store=open_store(folder, key=_KEY, max_size=1 << 50))

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function gives."""
        return self._client.submit(function, *arguments).load()

    def close(self) -> None:
        """Close the store."""
        self._client.close()
