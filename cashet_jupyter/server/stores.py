"""Asking stores, and changing them, in threads: the server itself never waits for a disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from cashet_jupyter.api.stores import OpenStores
from cashet_jupyter.store.store import Store

_THREADS = 4

_T = TypeVar("_T")


class Stores:
    """The stores of one server, by path; reads and changes run in threads of its own."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="cashet-look")
        self._writers = ThreadPoolExecutor(1, thread_name_prefix="cashet-change")
        self._open = OpenStores()

    async def ask(self, path: Path, question: Callable[[Store], _T]) -> _T:
        """The answer of a store, from a thread. Raises what the question raises, and `StoreError`."""
        import asyncio

        def answer() -> _T:
            with self._open.looking(path) as store:
                return question(store)

        return await asyncio.get_running_loop().run_in_executor(self.threads, answer)

    async def change(self, path: Path, change: Callable[[Store], _T]) -> _T:
        """What a change returns. Changes are made one after the other. Raises as `ask` does."""
        import asyncio

        def made() -> _T:
            with self._open.changing(path) as store:
                return change(store)

        return await asyncio.get_running_loop().run_in_executor(self._writers, made)

    def close(self) -> None:
        """Let go of every store, and of the threads."""
        self.threads.shutdown(wait=True, cancel_futures=True)
        self._writers.shutdown(wait=True, cancel_futures=True)
        self._open.close()
