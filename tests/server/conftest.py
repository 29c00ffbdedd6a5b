"""A Jupyter server in this process, with a store beside its notebooks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pytest_jupyter.jupyter_server", reason="pytest-jupyter is not installed")

from pytest_jupyter.jupyter_server import *  # noqa: E402, F403 - its fixtures, and the hook that runs coroutines
from tornado.httpclient import HTTPClientError  # noqa: E402

from cashet_jupyter.models import Commit  # noqa: E402
from cashet_jupyter.store.store import Store, open_store  # noqa: E402
from tests.contracts.store_contract import make_commit, make_payload  # noqa: E402

API = ("cashet_jupyter", "api")


@pytest.fixture
def jp_server_config(jp_root_dir: Path) -> dict[str, Any]:
    return {
        "ServerApp": {"jpserver_extensions": {"cashet_jupyter.server": True}, "allow_unauthenticated_access": False},
        "CashetServer": {"interval": 0.05},
    }


@pytest.fixture
def store(jp_root_dir: Path) -> Iterator[Store]:
    """The store beside the notebooks."""
    store = open_store(jp_root_dir / ".cashet")
    yield store
    store.close()


Put = Callable[..., Commit]


@pytest.fixture
def put(store: Store, jp_root_dir: Path) -> Put:
    """Store a run; `shown` is what it showed."""

    def put(seed: int = 0, shown: object = (), **fields: object) -> Commit:
        from cashet_jupyter.models import Cell
        from cashet_jupyter.serialize.plain import pack

        fields.setdefault("cell", Cell("x = slow()", "x = slow()", "cell-1", str(jp_root_dir / "a.ipynb")))
        payload = make_payload(seed)
        payload = type(payload)(payload.skeleton, pack(list(shown)), payload.buffers)  # type: ignore[call-overload]
        return store.put(make_commit(f"{seed:064x}", **fields), payload, durable=False)

    return put


class Client:
    """Asks the server as its user."""

    def __init__(self, fetch: Any) -> None:
        self.fetch = fetch

    async def get(self, *path: str, **params: Any) -> Any:
        """The answer; `cell` may be a list."""
        response = await self.fetch(*API, *path, params=params)
        return json.loads(response.body)

    async def post(self, *path: str, body: Any = None, **params: Any) -> Any:
        response = await self.fetch(*API, *path, params=params, method="POST", body=json.dumps(body or {}))
        return json.loads(response.body)

    async def refused(self, *path: str, body: Any = None, method: str = "GET", **params: Any) -> int:
        """The status of what is refused."""
        content = (
            {"body": body if isinstance(body, str | bytes) else json.dumps(body or {})} if method == "POST" else {}
        )
        with pytest.raises(HTTPClientError) as caught:
            await self.fetch(*API, *path, params=params, method=method, **content)
        return caught.value.code


@pytest.fixture
def client(jp_fetch: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    return Client(jp_fetch)
