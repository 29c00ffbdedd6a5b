"""Cells that hand big values to each other: mapped, not read; known while untouched; right when touched."""

from __future__ import annotations

import sys
import time

import pytest

from tests.kernels import kernel_in

pytest.importorskip("pandas")
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what is untouched")

MAKE = """%%cashet
import numpy as np, pandas as pd
df = pd.DataFrame(np.random.default_rng(0).random((400_000, 4)), columns=list("abcd")).copy()
words = pd.Series([f"word {n % 1000}" for n in range(400_000)], dtype="str")
array = np.arange(2_000_000)
"""
CHAIN = [
    MAKE,
    "%%cashet\nmore = df * 2\nmore['e'] = array[:400_000]",
    "%%cashet\njoined = more.assign(w=words)",
    "%%cashet\ntotal = float(joined[['a', 'e']].sum().sum()) + len(joined['w'].unique())",
]
#: from now on the bytes that are hashed are counted, in whatever way
COUNT = """
import blake3 as _real, cashet_jupyter.memory.content as _content, cashet_jupyter.store.objects as _objects
_hashed = []
def _counting(data=b"", **options):
    _hashed.append(memoryview(data).nbytes)
    return _real.blake3(data, **options)
def _digest(data, _digest=_objects.digest_buffer):
    _hashed.append(len(data))
    return _digest(data)
_content.blake3, _objects.digest_buffer = _counting, _digest
"""
UNSETTLED = """[each.unsettled for each in __import__("gc").get_objects()
    if (type(each).__module__, type(each).__name__) == ("cashet_jupyter.store.store", "Store")] != [False]"""
OUTCOMES = "[o.status for o in __import__('cashet_jupyter').outcomes()]"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Where a first kernel has run the chain; and what it came to."""
    folder = tmp_path_factory.mktemp("big")
    with kernel_in(folder, load=True) as kernel:
        for cell in CHAIN:
            assert kernel.run(cell).error is None
        assert kernel.value(OUTCOMES) == ["miss"] * 4
        for _ in range(100):  # what was just written is read once more while nobody works
            if not kernel.value(UNSETTLED):
                return folder, kernel.value("total")
            time.sleep(0.2)
        pytest.fail("the store does not settle")


def test_after_a_restart_a_chain_is_restored_without_reading_any_of_it(made):
    folder, total = made
    with kernel_in(folder, load=True) as kernel:
        kernel.run("%%cashet -q\nfirst = 1")  # loads what counts below
        kernel.run(COUNT)
        for cell in CHAIN:
            assert kernel.run(cell).error is None
        assert kernel.value(OUTCOMES)[1:] == ["hit"] * 4
        assert kernel.value("sum(_hashed)") < 1 << 20
        assert kernel.value("total") == total
        assert kernel.value("float(joined[['a', 'e']].sum().sum()) + len(joined['w'].unique())") == total


def test_one_changed_element_is_seen_and_only_its_piece_is_read(made):
    folder, total = made
    with kernel_in(folder, load=True) as kernel:
        for cell in CHAIN[:3]:
            kernel.run(cell)
        kernel.run(COUNT)
        kernel.run("array[1_000_000] += 7\njoined.loc[5, 'e'] += 1000.0")
        kernel.run(CHAIN[1])
        kernel.run(CHAIN[3])
        statuses = kernel.value(OUTCOMES)
        assert statuses == ["hit", "hit", "hit", "miss", "miss"]
        assert kernel.value("total") == pytest.approx(total + 1000)
        kernel.run(CHAIN[1])
        assert kernel.value(OUTCOMES)[-1] == "hit"


def test_a_write_between_two_hits_never_gives_a_stale_one(made):
    """Whatever writes: the cell, a view, another library's code, the system."""
    folder, _ = made
    writes = [
        "array[-1] = -1",
        "view = array[:10]; view += 1",
        "np.add.at(array, [5], 3)",
        "memoryview(array).cast('B')[17] = 250",
        "open('/dev/zero', 'rb', buffering=0).readinto(memoryview(array).cast('B')[8192:8300])",
        "import ctypes; ctypes.memset(array.ctypes.data + 9_000_000, 1, 8)",
    ]
    with kernel_in(folder, load=True) as kernel:
        kernel.run(MAKE)
        seen = set()
        for write in writes:
            assert kernel.run(write).error is None, write
            kernel.run("%%cashet -q\nchecked = int(array.sum())")
            assert kernel.value("checked == int(array.sum())"), write
            seen.add(kernel.value("checked"))
        assert len(seen) == len(writes)
        kernel.run(MAKE)
        assert kernel.value("int(array.sum())") == 1_999_999_000_000
