"""Who looks at a store is told when it changes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil

import pytest

from cashet_jupyter.server import watch as watching
from cashet_jupyter.server.stores import Stores
from cashet_jupyter.server.watch import SCHEMA_ID, Watch
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload


def _opened(path):
    return contextlib.closing(open_store(path))


class Told:
    """A watch, and what it has told."""

    def __init__(self):
        self.stores = Stores()
        self.events = []
        self.watch = Watch(self.stores, lambda name, version: self.events.append((name, version)), 0.01)

    async def until(self, count):
        for _ in range(500):
            if len(self.events) >= count:
                return self.events[-1]
            await asyncio.sleep(0.01)
        raise AssertionError(self.events)

    async def close(self):
        await self.watch.close()
        self.stores.close()


@pytest.fixture
def told(jp_asyncio_loop):
    told = Told()
    yield told
    jp_asyncio_loop.run_until_complete(told.close())


async def test_a_commit_of_another_process_or_thread_is_told(told, tmp_path):
    with _opened(tmp_path / "s") as store:
        name, version = await told.watch.renew(tmp_path / "s")
        await asyncio.sleep(0.05)
        assert told.events == []
        store.put(make_commit("a" * 64), make_payload(), durable=False)
        assert await told.until(1) == (name, version + 1)
        store.put(make_commit("b" * 64), make_payload(1), durable=False)
        await told.until(2)
        assert (await told.watch.renew(tmp_path / "s"))[1] == told.events[-1][1]


async def test_a_store_that_comes_goes_and_comes_again_is_told(told, tmp_path):
    await told.watch.renew(tmp_path / "s")
    open_store(tmp_path / "s").close()
    await told.until(1)
    shutil.rmtree(tmp_path / "s")
    count = len(told.events)
    await told.until(count + 1)
    open_store(tmp_path / "s").close()
    await told.until(count + 2)


async def test_nobody_is_told_once_nobody_looks(told, tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "LEASE", 0.05)
    with _opened(tmp_path / "s") as store:
        await told.watch.renew(tmp_path / "s")
        await asyncio.sleep(0.3)
        assert told.watch.watched == 0
        store.put(make_commit(), make_payload(), durable=False)
        await asyncio.sleep(0.1)
        assert told.events == []


async def test_what_is_looked_at_is_bounded(told, tmp_path):
    for number in range(watching._MOST + 20):
        await told.watch.renew(tmp_path / str(number))
    assert told.watch.watched == watching._MOST


async def test_a_name_tells_nothing_and_is_not_the_same_after_a_restart(told, tmp_path):
    other = Watch(told.stores, lambda name, version: None, 1.0)
    assert told.watch.name(tmp_path) == told.watch.name(tmp_path)
    assert told.watch.name(tmp_path) != other.name(tmp_path)
    assert len(told.watch.name(tmp_path)) == 32


async def test_an_index_that_cannot_be_opened_is_still_told_apart(told, tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "index.db").write_bytes(b"x" * 5000)
    await told.watch.renew(tmp_path / "s")
    (tmp_path / "s" / "index.db").write_bytes(b"y" * 6000)
    await told.until(1)


async def test_subscribers_of_the_server_get_an_event(client, put, jp_ws_fetch):
    socket = await jp_ws_fetch("api", "events", "subscribe")
    looked = await client.get("store")
    put(1)
    message = json.loads(await asyncio.wait_for(socket.read_message(), 10))
    assert message["schema_id"] == SCHEMA_ID
    assert message["store"] == looked["store"]
    assert message["version"] > looked["version"]
    assert set(message) - {"store", "version"} == {
        key for key in message if key.startswith("__") or key in ("schema_id", "level")
    }
    assert (await client.get("store"))["version"] == message["version"]
    socket.close()
