"""W9: how a store answers that has a hundred thousand results."""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks import functions
from tests.benchmarks.figures import LIMIT, OURS, Sample, Tell
from tests.benchmarks.limits import timed
from tests.benchmarks.workloads import Job

COMMITS = 100_000
_APART = 10  # seconds between two of them
_TAGGED = 20  # each twentieth has a tag, with one of seven values
_VALUE = bytes(200)
_LOOKUPS = 1000


@dataclass(frozen=True)
class Answers:
    """What is asked; None where an engine has no such question."""

    lookup: Callable[[int], object]
    more: Callable[[int], object]
    """Store another result: an answer that is kept from the last time would not do in a notebook at work."""
    value: Callable[[int], object] | None = None
    newest: Callable[[], object] | None = None
    tag: Callable[[], object] | None = None
    half: Callable[[], object] | None = None


def history(job: Job, tell: Tell) -> None:
    """Fill a store, then ask."""
    (engine,) = job.engines
    number = int(COMMITS * job.scale)
    folder = job.place(engine)
    folder.mkdir(parents=True, exist_ok=True)
    answers = {OURS: _ours, "diskcache": _diskcache, "cashet": _cashet, LIMIT: _limit}[engine](folder, number)
    asked = random.Random(job.repetition).sample(range(number), min(_LOOKUPS, number))
    figures: dict[str, float] = {}
    lookups = sorted(timed(lambda i=i: answers.lookup(i)) for i in asked)
    figures["lookup"], figures["lookup99"] = statistics.median(lookups), lookups[int(len(lookups) * 0.99)]
    if answers.value is not None:
        figures["value"] = statistics.median(timed(lambda i=i: answers.value(i)) for i in asked)  # type: ignore[misc]
    for name, question, times in (("newest", answers.newest, 50), ("tag", answers.tag, 20), ("gc", answers.half, 1)):
        if question is not None:
            figures[name] = statistics.median(_asked(question, answers.more, number) for _ in range(times))
    for name, seconds in figures.items():
        tell(Sample(engine, f"W9 {name}", job.repetition, seconds))


def _asked(question: Callable[[], object], more: Callable[[int], object], number: int) -> float:
    more(number)
    return timed(question)


def _created(number: int, total: int) -> float:
    return time.time() - (total - number) * _APART


def _ours(folder: Path, total: int) -> Answers:
    from cashet_jupyter.models import Cell, Commit, Effects
    from cashet_jupyter.serialize.envelope import dumps, loads
    from cashet_jupyter.serialize.references import NoInputs, References
    from cashet_jupyter.store.store import open_store

    store = open_store(folder, key=b"k" * 32, max_size=1 << 50)
    references = References(NoInputs(), {})

    def put(number: int) -> None:
        cell = Cell(f"x = f({number})", f"x = f({number})", f"cell {number % 200}", "a notebook.ipynb")
        key, created = f"{number:064x}", _created(number, total)
        commit = Commit(key=key, code=f"{number % 50:064x}", cell=cell, created=created, seconds=0.1)
        tags = {"stage": str(number % 7)} if number % _TAGGED == 0 else {}
        payload = dumps(Effects({"x": _VALUE}), (), references)
        store.put(commit, payload, durable=False, tags=tags)

    for number in range(total):
        put(number)
    store.close()  # what is measured is a store that was opened, not the one that has just written all this
    store = open_store(folder, key=b"k" * 32, max_size=1 << 50)

    def half() -> None:
        removed = len(store.gc(older_than=total * _APART / 2).evicted)
        assert 0.45 <= removed / total <= 0.52, removed  # what has a tag is kept

    return Answers(
        lookup=lambda i: store.find(f"{i:064x}"),
        more=put,
        value=lambda i: loads(store.get(store.find(f"{i:064x}")[0]), references).outputs["x"],
        newest=lambda: store.log(limit=50),
        tag=lambda: store.log(limit=50, tag=("stage", "3")),
        half=half,
    )


def _diskcache(folder: Path, total: int) -> Answers:
    import diskcache

    cache = diskcache.Cache(str(folder), size_limit=1 << 40, tag_index=True)
    for number in range(total):
        cache.set(("f", number), _VALUE, tag=str(number % 7) if number % _TAGGED == 0 else None)

    def newest() -> list[Any]:
        keys = reversed(cache)
        return [cache.get(next(keys)) for _ in range(50)]

    def half() -> None:
        for number in range(total // 2):  # it has no question by age
            del cache["f", number]

    def get(i: int) -> Any:
        return cache.get(("f", i))

    return Answers(
        lookup=get, value=get, more=lambda i: cache.set(("more", time.time()), _VALUE), newest=newest, half=half
    )


def _cashet(folder: Path, total: int) -> Answers:
    import cashet

    client = cashet.Client(folder)
    real = min(200, total)
    for number in range(real):
        tags = {"stage": str(number % 7)} if number % _TAGGED == 0 else None
        client.submit(functions.increment, number, _tags=tags).load()
    client.close()
    _more_of_cashet(folder, total - real, total)
    client = cashet.Client(folder)
    age = timedelta(seconds=total * _APART / 2)

    def submitted(i: int) -> Any:
        return client.submit(functions.increment, i % real).load()

    return Answers(
        lookup=submitted,
        value=submitted,
        more=lambda i: client.submit(functions.increment, time.time()).load(),
        newest=lambda: client.log(limit=50),
        tag=lambda: client.log(tags={"stage": "3"}, limit=50),
        half=lambda: client.gc(older_than=age),
    )


def _more_of_cashet(folder: Path, number: int, total: int) -> None:
    """Rows like those that it makes itself, put into its database: at 1.5 ms each it would take minutes."""
    place = next(folder.rglob("*.db"))
    own = ("hash", "fingerprint", "output_hash", "created_at", "last_accessed_at", "parent_hash", "tags")
    chance = random.Random(0)
    with closing(sqlite3.connect(place)) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(commits)")]
        rest = [column for column in columns if column not in own]
        template = db.execute(f"SELECT {','.join(rest)} FROM commits LIMIT 1").fetchone()
        content = db.execute("SELECT data FROM inline_objects LIMIT 1").fetchone()[0]
        rows: list[tuple[Any, ...]] = []
        objects: list[tuple[str, bytes]] = []
        for i in range(number):
            name, output = chance.randbytes(32).hex(), chance.randbytes(32).hex()
            stamp = datetime.fromtimestamp(_created(i, total), UTC).isoformat()
            tags = json.dumps({"stage": str(i % 7)} if i % _TAGGED == 0 else {})
            fingerprint = f"{chance.randbytes(32).hex()}:{chance.randbytes(32).hex()}"
            rows.append((name, fingerprint, output, stamp, stamp, None, tags, *template))
            objects.append((output, content))
        marks = ",".join("?" * (len(own) + len(rest)))
        db.executemany(f"INSERT INTO commits({','.join([*own, *rest])}) VALUES({marks})", rows)
        db.executemany(f"INSERT INTO inline_objects VALUES({','.join('?' * 2)})", objects)
        db.commit()


def _limit(folder: Path, total: int) -> Answers:
    """A table of that size, and nothing else."""
    db = sqlite3.connect(folder / "limit.db", isolation_level=None)
    db.execute("CREATE TABLE kept(id INTEGER PRIMARY KEY, key TEXT UNIQUE, value BLOB)")
    with db:
        db.execute("BEGIN")
        db.executemany("INSERT INTO kept(key, value) VALUES(?, ?)", ((f"{i:064x}", _VALUE) for i in range(total)))
    return Answers(
        lookup=lambda i: db.execute("SELECT value FROM kept WHERE key = ?", (f"{i:064x}",)).fetchone(),
        more=lambda i: None,
        newest=lambda: db.execute("SELECT * FROM kept ORDER BY id DESC LIMIT 50").fetchall(),
    )
