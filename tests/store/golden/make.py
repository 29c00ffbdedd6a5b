"""Makes a golden store: `python -m tests.store.golden.make format-3-index-5.zip`.

Run once for each version of the format, and of the index that a log is folded into, when it is released. What is committed is never made again: it stands for
the stores that users have.
"""

from __future__ import annotations

import sys
import tempfile
import time
import zipfile
from pathlib import Path
from unittest import mock

from cashet_jupyter.models import Cell, Commit, Dependency, Payload, Value
from cashet_jupyter.store import compaction
from cashet_jupyter.store.store import open_store

KEY = bytes.fromhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
BUFFER = bytes(range(256)) * 80

FULL = Commit(
    key="a1" * 32,
    code="b2" * 32,
    cell=Cell("x = slow(df)\n", "x = slow(df)", "cell-1", "notebooks/a.ipynb"),
    created=1_700_000_000.25,
    seconds=12.5,
    offset=3600,
    inputs=(Value("df", "c3" * 32, "DataFrame", "10 x 3", 280),),
    outputs=(Value("x", "d4" * 32, "ndarray", "2560 float64", 20480),),
    depends=(Value("VERSION", "e5" * 32, "str", "'1.0'", 50),),
    trace=(Dependency("file", "data.csv", "f6" * 32), Dependency("env", "HOME", "")),
    not_stored=("conn",),
    parent="07" * 32,
    lineage=("18" * 32,),
    versions={"numpy": "2.1.0", "python": "3.11.7"},
    host="golden",
    expires=32_503_680_000.0,
)
SMALL = Commit("a2" * 32, "b2" * 32, Cell("print(1)"), 1_700_000_001.0, 0.5)

FULL_PAYLOAD = Payload(b"skeleton of x", b"shown by x", (memoryview(BUFFER), memoryview(b"small")))
SMALL_PAYLOAD = Payload(b"", b"1\n")
#: since format 3: two buffers that lie together, each in two pieces
ROWS = tuple(bytes([number]) * ((4 << 20) + 100) for number in (1, 2))
PIECED = Commit("a4" * 32, "b3" * 32, Cell("df"), 1_700_000_002.0, 0.5)
PIECED_PAYLOAD = Payload(b"rows", b"", (*map(memoryview, ROWS), memoryview(BUFFER)), (2,))

#: since the fifth schema of the index: what values looked like, and when hits were
TABLE = {"kind": "table", "columns": ["a"], "types": ["int64"], "rows": [["1"], ["2"]], "shape": [2, 1]}
ITEMS = {"kind": "items", "items": ["1", "'a'"], "count": 40}
SEEN = Commit(
    key="a5" * 32,
    code="b4" * 32,
    cell=Cell("t = f(items)"),
    created=1_700_000_003.0,
    seconds=0.5,
    inputs=(Value("items", "c4" * 32, "list", "40 items", 400, preview=ITEMS),),
    outputs=(Value("t", "", "DataFrame", "2 x 1", 16, preview=TABLE), Value("n", "", "int", "2", 28)),
)
SEEN_PAYLOAD = Payload(b"t", b"")
HIT = 1_780_000_000.0


def make(target: Path) -> None:
    """Write a store with four commits, a tag, a pin, a removed commit and a hit as an archive; its log is compacted."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / ".cashet"
        store = open_store(root, key=KEY)
        full = store.put(FULL, FULL_PAYLOAD, durable=True, tags={"exp": "7"})
        store.rm(store.put(SMALL, FULL_PAYLOAD, durable=False))
        store.pin(store.put(SMALL, SMALL_PAYLOAD, durable=False))
        store.put(PIECED, PIECED_PAYLOAD, durable=True)
        store.put(SEEN, SEEN_PAYLOAD, durable=True)
        with mock.patch.object(time, "time", return_value=HIT):
            store.touch(full, 12.0)
        store.stats()
        store.gc()
        compaction.compact(store.index)
        store.note_timing("b2" * 32, 0.125)
        store.close()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for item in sorted(root.rglob("*")):
                if item.name != "ballast":
                    archive.write(item, item.relative_to(root))


if __name__ == "__main__":
    make(Path(__file__).with_name(sys.argv[1]))
