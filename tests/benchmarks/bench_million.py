"""How a store of a million commits answers. Promised: each question under 2 ms (99 %), opening it under 10 ms.

`python -m tests.benchmarks.bench_million 100000` takes fewer. The commits go into the index through the same function
as any other, in big transactions and without files or a log.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from blake3 import blake3

from cashet_jupyter.models import Blob, Cell, Commit, Value
from cashet_jupyter.store import fold, records
from cashet_jupyter.store.store import Store, open_store
from cashet_jupyter.store.trust import Signer
from tests.benchmarks import Table

KEY = b"k" * 32
COMMITS = 1_000_000
NOTEBOOKS = 1000
CELLS = 200
_BATCH = 20_000
_STARTED = 1.7e9


def _digest(kind: str, number: int) -> str:
    return blake3(f"{kind} {number}".encode()).hexdigest()


def _notebook(chance: random.Random) -> str:
    """Few are used much, many little."""
    return f"nb {min(int(chance.expovariate(1 / 100)), NOTEBOOKS - 1)}.ipynb"


def _commit(number: int, chance: random.Random, total: int) -> tuple[Commit, list[Blob]]:
    source = f"model_{number % 97}.fit(df[['a{number % 31}']])"
    cell = Cell(source, source[:40], f"cell {chance.randrange(CELLS)}", _notebook(chance))
    commit = Commit(
        key=_digest("key", chance.randrange(max(1, total * 3 // 10))),
        code=_digest("code", number % 50_000),
        cell=cell,
        created=_STARTED + number,
        seconds=chance.random() * 10,
        inputs=(Value("df", _digest("df", number % 1000), "DataFrame", "10 x 3", 280),),
        outputs=(Value(f"model_{number % 97}", _digest("model", number), "Model", "", 1000),),
    )
    shared = Blob(_digest("shared", chance.randrange(max(1, total * 6 // 10))), 20_000)
    return commit, [shared, Blob(_digest("shown", number % 5000), 300), Blob(_digest("own", number), 1000)]


def fill(store: Store, total: int) -> float:
    """Put commits into the index; how many seconds that took."""
    chance, signer = random.Random(0), Signer(KEY)
    started = time.perf_counter()
    for first in range(0, total, _BATCH):
        with store.index.writing() as db:
            db.execute("PRAGMA cache_size=-524288")
            for number in range(first, min(first + _BATCH, total)):
                commit, blobs = _commit(number, chance, total)
                record = records.encode(commit, blobs)
                tags = {"stage": str(number % 20), "run": str(number)} if number % 20 == 0 else {}
                op = {"op": "put", "record": record, "seal": signer.seal(record)}
                fold.apply(db, {**op, "inline": [], "tags": tags, "pinned": number % 1000 == 0})
    return time.perf_counter() - started


def _questions(total: int) -> dict[str, tuple[int, Callable[[Store, random.Random], object]]]:
    """What is asked, how often, and by what."""
    keys = max(1, total * 3 // 10)
    return {
        "newest 50": (300, lambda store, chance: store.log(limit=50)),
        "newest 50 of a notebook": (300, lambda store, chance: store.log(limit=50, notebook=_notebook(chance))),
        "newest 50 with a name": (300, lambda store, chance: store.log(limit=50, name=f"model_{chance.randrange(97)}")),
        "newest 50 with a tag": (300, lambda store, chance: store.log(limit=50, tag=("stage", str(_stage(chance))))),
        "the one with a tag": (300, lambda store, chance: store.resolve(f"run={chance.randrange(total // 20) * 20}")),
        "lookup by key, hit": (2000, lambda store, chance: store.find(_digest("key", chance.randrange(keys)))),
        "lookup by key, miss": (2000, lambda store, chance: store.find(_digest("none", chance.randrange(keys)))),
        "newest run of a cell": (300, lambda store, chance: store.latest(cell_id=f"cell {chance.randrange(CELLS)}")),
        "stats": (300, lambda store, chance: store.stats()),
        "gc --dry-run": (2, lambda store, chance: store.gc(dry_run=True, max_size=1 << 62)),
    }


def _stage(chance: random.Random) -> int:
    return 0 if chance.random() < 0.9 else chance.randrange(20)


def _times(action: Callable[[], object], times: int) -> list[float]:
    taken: list[float] = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return taken


def _row(name: str, taken: list[float]) -> tuple[str, ...]:
    late = sorted(taken)[min(len(taken) - 1, int(len(taken) * 0.99))]
    return name, str(len(taken)), f"{statistics.median(taken) * 1e3:.3f} ms", f"{late * 1e3:.3f} ms"


def measure(total: int = COMMITS) -> Table:
    """Median and 99 % of each question."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        store = open_store(path, key=KEY)
        seconds = fill(store, total)
        store.close()
        size = (path / "index.db").stat().st_size
        rows = [_row("open, one lookup, close", _times(lambda: _open(path), 50))]
        chance = random.Random(1)
        store = open_store(path, key=KEY)
        for name, (times, ask) in _questions(total).items():
            rows.append(_row(name, _times(lambda ask=ask: ask(store, chance), times)))
        store.close()
    title = f"A store of {total} commits: index of {size / 1e6:.0f} MB, filled in {seconds:.0f} s"
    return Table(title, ("question", "times", "median", "99 %"), tuple(rows))


def _open(path: Path) -> None:
    store = open_store(path, key=KEY)
    store.find("nothing")
    store.close()


if __name__ == "__main__":
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COMMITS))
