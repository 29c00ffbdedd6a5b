"""What the processes of the stress test do, each with a store of its own on one folder, until they are killed.

They tell what they did by lines on a pipe (a line is written whole or not at all): `kept HOST` a run that must be there
at the end, `reclaimed N`, `wrong TEXT` and `failed TEXT`, and one word for everything that is only counted.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from cashet_jupyter.errors import Damaged, NotFound
from cashet_jupyter.models import Commit, Payload
from cashet_jupyter.store import compaction
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import bytes_of, make_commit, same

Say = Callable[[str], None]

#: results that come and go share these many keys
KEYS = 30


def payload_of(host: str) -> Payload:
    """What a run left: its host's name says which blobs. Every fourth one is small enough to lie in the index."""
    ids = [int(text) for text in host.split()[1].split(",")]
    buffers = (memoryview(bytes_of(id, 900 if id % 4 == 0 else 16_500 + id % 5000)) for id in ids)
    return Payload(b"skeleton", b"shown", tuple(buffers))


def store_runs(store: Store, chance: random.Random, say: Say) -> None:
    """Store runs whose blobs others store and drop at the same time; every twentieth is to stay."""
    epoch = int(time.time() * 10) % 10**6
    ids = ",".join(str(epoch * 8 + chance.randrange(8)) for _ in range(chance.randint(1, 3)))
    unique = f"{os.getpid()} {time.monotonic_ns()}"
    stays = chance.random() < 0.05
    key = f"stays {unique}" if stays else f"goes {chance.randrange(KEYS)}"
    host = f"{'stays' if stays else 'goes'} {ids} {unique}"
    store.put(make_commit(key, host=host, created=time.time()), payload_of(host), durable=chance.random() < 0.2)
    say(f"kept {host}" if stays else "put")


def read_runs(store: Store, chance: random.Random, say: Say) -> None:
    """Read what the others store: right bytes, or a miss."""
    for commit in store.find(f"goes {chance.randrange(KEYS)}", limit=3):
        read(store, commit, say)
        store.touch(commit, 1.0)


def read(store: Store, commit: Commit, say: Say) -> None:
    try:
        right = same(store.get(commit), payload_of(commit.host))
    except (NotFound, Damaged):  # somebody removed it between the question and the answer
        say("missed")
    else:
        say("read" if right else f"wrong {commit.host}")


def remove_runs(store: Store, chance: random.Random, say: Say) -> None:
    """Remove all but the newest of a key."""
    for commit in store.find(f"goes {chance.randrange(KEYS)}")[1:]:
        try:
            store.rm(commit)
            say("removed")
        except NotFound:
            say("was removed")


def collect(store: Store, chance: random.Random, say: Say) -> None:
    """Remove what nothing refers to."""
    say(f"reclaimed {store.gc().blobs}")
    time.sleep(chance.random() * 0.02)


def examine(store: Store, chance: random.Random, say: Say) -> None:
    """Examine the whole store now and then: nothing is damaged, whatever the others are doing."""
    time.sleep(chance.random())
    found = store.verify()
    lost = [commit.host for commit in found.lost if commit.host.startswith("stays")]
    say(f"wrong verify lost {lost}" if lost else "verified")


def delete_the_index(store: Store, chance: random.Random, say: Say) -> None:
    """Delete the index now and then, as a user may; the others need a while to make it anew."""
    time.sleep(2 + chance.random() * 2)
    for suffix in ("", "-wal", "-shm"):
        (store.path / f"index.db{suffix}").unlink(missing_ok=True)
    say("deleted")


ROLES = (store_runs, store_runs, store_runs, read_runs, remove_runs, collect, collect, examine, delete_the_index)
#: these take longer than the others live
SLOW = (examine, delete_the_index)


def live(path: Path, role: Callable[[Store, random.Random, Say], None], seed: int, pipe: int) -> None:
    """Do it again and again; comes back only when something failed."""
    compaction._MANY = 20  # compactions are among what is killed, and an index is made anew within a life

    def say(text: str) -> None:
        os.write(pipe, f"{text}\n".encode())

    try:
        chance = random.Random(seed)
        store = open_store(path)
        while True:
            role(store, chance, say)
    except BaseException as error:
        say(f"failed {role.__name__} {type(error).__name__}: {str(error)[:300]}".replace("\n", " "))
