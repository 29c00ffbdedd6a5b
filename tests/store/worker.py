"""A process that stores and reads runs beside others: `python -m tests.store.worker folder number rounds`."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from cashet_jupyter.models import Payload
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload, same

KEYS = 6


def payload_of(host: str) -> Payload:
    """Some of the bytes are shared by all runs, some by several, some by none."""
    seed = int(host)
    payload = make_payload(seed, 100, 17_000 + seed % 5)
    return Payload(payload.skeleton, payload.shown, (*payload.buffers, memoryview(bytes(18_000)), payload.buffers[1]))


def run(folder: Path, number: int, rounds: int) -> tuple[int, int]:
    """Store `rounds` runs and check what the others stored; how many were stored and read."""
    chance = random.Random(number)
    store = open_store(folder)
    read = 0
    for n in range(rounds):
        host = str(number * 1000 + n)
        stored = store.put(make_commit(f"key {n % KEYS}", host=host), payload_of(host), durable=n % 10 == 0)
        assert any(commit.id == stored.id for commit in store.find(stored.key, limit=1000))
        for commit in store.find(f"key {chance.randrange(KEYS)}", limit=5):
            assert same(store.get(commit), payload_of(commit.host))
            store.touch(commit, 1.0)
            read += 1
        if n % 7 == 0:
            store.tag(stored, {"worker": str(number)})
    assert not store.notices, store.notices
    store.close()
    return rounds, read


if __name__ == "__main__":
    print(*run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
