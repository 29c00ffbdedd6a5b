"""What a diff of big values takes. Promised: two frames of 1 000 000 rows and 20 columns within 2 s, without a copy.

`python -m tests.benchmarks.bench_diff 100000` takes fewer rows. Each row is a process of its own, because memory that
was once used does not go back; "through the store" are two stored runs, read and compared as `%cashet diff` does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks import Table

ROWS = 1_000_000
#: no limit: what is measured is all of it
_PATIENT = 600.0


def _frame(rows: int) -> Any:
    """14 columns of floats, 3 of integers, 2 of text of few values, 1 of categories."""
    import numpy as np
    import pandas as pd

    chance = np.random.default_rng(0)
    words = np.array(["alpha", "beta", "gamma"])
    columns: dict[str, Any] = {f"f{n}": chance.random(rows) for n in range(14)}
    columns |= {f"i{n}": chance.integers(0, 1_000_000, rows) for n in range(3)}
    columns |= {"text": words[chance.integers(0, 3, rows)], "object": words[chance.integers(0, 3, rows)].astype(object)}
    return pd.DataFrame({**columns, "kind": pd.Categorical(words[chance.integers(0, 3, rows)])})


def _one_cell(frame: Any) -> Any:
    new = frame.copy()
    new.iloc[len(new) // 2, 3] = 9.0
    return new


def _every_number(frame: Any) -> Any:
    new = frame.copy()
    numbers = [name for name in new.columns if name[0] in "fi"]
    new[numbers] = new[numbers] + 1
    return new


def _by_key(frame: Any) -> Any:
    return frame.sample(frac=0.9, random_state=0).reset_index(drop=True)


def _keyed(frame: Any) -> Any:
    import numpy as np

    return frame.assign(id=np.arange(len(frame)))


def _text_key(frame: Any) -> Any:
    return frame.assign(name=[f"name {n}" for n in range(len(frame))])


def _polars(frame: Any) -> Any:
    import polars as pl

    return pl.from_pandas(frame)


def _array(frame: Any) -> Any:
    return frame.iloc[:, :14].to_numpy()


Change = Callable[[Any], Any]
_SAME: Change = lambda value: value
#: what is measured: how the old frame is prepared, how the new one is made of it, how both are converted
CASES: dict[str, tuple[Change, Change, Change]] = {
    "one cell differs": (_SAME, _one_cell, _SAME),
    "every number differs": (_SAME, _every_number, _SAME),
    "a tenth of the rows gone, shuffled; a key of integers": (_keyed, _by_key, _SAME),
    "a tenth of the rows gone, shuffled; a key of text": (_text_key, _by_key, _SAME),
    "a tenth of the rows gone, shuffled; no key": (_SAME, _by_key, _SAME),
    "every number differs, polars": (_SAME, _every_number, _polars),
    "an array of 14 columns, every element differs": (_SAME, _every_number, _array),
}


def one(name: str, rows: int) -> str:
    """One case, in this process: seconds, and megabytes that it took at most besides the values."""
    from cashet_jupyter.diffs.compare import compare
    from cashet_jupyter.diffs.model import Budget

    prepare, change, convert = CASES[name]
    base = prepare(_frame(rows))
    old, new = convert(base), convert(change(base))
    compare(convert(base.head(100)), convert(change(base.head(100))))  # what is loaded for it
    Path("/proc/self/clear_refs").write_text("5")  # what was the most so far is forgotten
    before = _resident("VmRSS")
    started = time.perf_counter()
    found = compare(old, new, Budget(seconds=_PATIENT))
    seconds = time.perf_counter() - started
    grown = _resident("VmHWM") - before
    assert found.differs
    return f"{seconds:.2f} s\t{grown / 1024:.0f} MB"


def _resident(name: str) -> int:
    """Kilobytes of memory that this process has, or had at most."""
    return int(Path("/proc/self/status").read_text().partition(f"{name}:")[2].split()[0])


def through_the_store(rows: int) -> str:
    """Two stored runs that left a frame each, in which every number differs."""
    from cashet_jupyter.diffs.model import Budget
    from cashet_jupyter.history.diff import difference
    from cashet_jupyter.models import Cell, Commit, Effects, Value
    from cashet_jupyter.serialize.envelope import dumps
    from cashet_jupyter.serialize.references import NoInputs, References
    from cashet_jupyter.store.store import open_store

    frame = _frame(rows)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "store", key=b"k" * 32)
        commits: list[Commit] = []
        for value in (frame, _every_number(frame)):
            payload = dumps(Effects(outputs={"frame": value}), (), References(NoInputs(), {}))
            described = (Value("frame", "", "DataFrame", "", 160 * rows),)
            draft = Commit("k", "c", Cell("frame = f()"), 1.0, 1.0, outputs=described)
            commits.append(store.put(draft, payload, durable=False))
        started = time.perf_counter()
        found = difference(store, commits[0], commits[1], budget=Budget(seconds=_PATIENT))
        seconds = time.perf_counter() - started
        assert found.section("outputs").differs
        store.close()
    return f"{seconds:.2f} s\t"


def _measured(name: str, rows: int) -> tuple[str, ...]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_diff", str(rows), name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, _, memory = done.stdout.rstrip("\n").partition("\t")
    return name, seconds, memory


_STORED = "every number differs, through the store"


def measure(rows: int = ROWS) -> Table:
    """Seconds, and memory besides the two values, of each case."""
    found = tuple(_measured(name, rows) for name in (*CASES, _STORED))
    notes = (f"the frame is of {rows * 20 * 8 / 1e6:.0f} MB or more; the limit of `%cashet diff` is 2 s for one value",)
    return Table(f"Two frames of {rows} rows and 20 columns", ("case", "time", "memory at most"), found, notes)


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    if len(sys.argv) > 2:
        print(through_the_store(size) if sys.argv[2] == _STORED else one(sys.argv[2], size))
    else:
        print(measure(size))
