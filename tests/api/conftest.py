"""A store in a folder of the test's own, and what asks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cashet_jupyter.api.changes import change
from cashet_jupyter.api.questions import answer
from cashet_jupyter.api.request import Params
from cashet_jupyter.models import Cell, Commit
from cashet_jupyter.serialize.plain import pack
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import make_commit, make_payload


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / ".cashet")
    yield store
    store.close()


class Asking:
    """Puts runs into a store and asks it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._number = 0

    def put(self, *, cell: str = "cell-1", notebook: str | None = "a.ipynb", label: str = "x = slow()", size: int = 0,
            tags: dict[str, str] | None = None, seed: int | None = None, **fields: Any) -> Commit:  # fmt: skip
        """One more run; `seed` says which bytes it left: without it they are nobody else's."""
        self._number += 1
        made = make_commit(f"{self._number:064x}", cell=Cell(label, label, cell or None, notebook), **fields)
        payload = make_payload(self._number * 1000 if seed is None else seed, *([size] if size else []))
        shown = pack([["stream", {"name": "stdout", "text": f"run {self._number}"}]])
        return self.store.put(made, type(payload)(payload.skeleton, shown, payload.buffers), durable=False, tags=tags or {})  # fmt: skip

    def ask(self, route: str, notebooks: tuple[str, ...] = (), **params: Any) -> dict[str, Any]:
        return answer(self.store, route, Params.of(params), notebooks)

    def do(self, route: str, **body: Any) -> dict[str, Any]:
        return change(self.store, route, body)


@pytest.fixture
def asking(store: Store) -> Asking:
    return Asking(store)
