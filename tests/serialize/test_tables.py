"""Tables through a real store: a change costs what changed, and what comes back is as if it had just been made."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cashet_jupyter.fingerprint.libraries import numpy as numpy_fingerprint
from cashet_jupyter.fingerprint.values import fingerprint_value
from cashet_jupyter.memory import content
from cashet_jupyter.models import Cell, Commit, Effects
from cashet_jupyter.serialize import arrays
from cashet_jupyter.serialize.envelope import dumps, loads
from cashet_jupyter.serialize.references import NoInputs, References
from cashet_jupyter.store.store import Store, open_store

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")

ROWS = 700_000
MB = 1 << 20


class Cache:
    """Values by name, stored and read as the pipeline does."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def put(self, **values: Any) -> int:
        """Store values; by how many bytes the store has grown."""
        before = self.store.stats().physical
        commit = Commit(key="k", code="c", cell=Cell("x"), created=time.time(), seconds=1.0)
        payload = dumps(Effects(outputs=values), (), References(NoInputs(), {}))
        self.store.put(commit, payload, durable=False)
        return self.store.stats().physical - before

    def get(self) -> dict[str, Any]:
        """The values that were stored last."""
        payload = self.store.get(self.store.find("k")[0])
        return dict(loads(payload, References(NoInputs(), {})).outputs)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    store = open_store(tmp_path / "store", key=b"k" * 32)
    yield Cache(store)
    store.close()


def table(columns: int = 4, rows: int = ROWS) -> Any:
    """A table of doubles in one block, 5.6 MB a column."""
    random = np.random.default_rng(0)
    return pd.DataFrame({f"c{number}": random.random(rows) for number in range(columns)}).copy()


def replaced(frame: Any) -> Any:
    return frame.assign(c1=frame["c1"] + 1).copy()


def one_element(frame: Any) -> Any:
    frame = frame.copy()
    frame.loc[5, "c2"] = 7.0
    return frame


def appended(frame: Any) -> Any:
    return pd.concat([frame, frame.head(1000)], ignore_index=True).copy()


@pytest.mark.parametrize(
    ("change", "most"),
    [
        (replaced, 5.7),
        (one_element, 4.1),
        (appended, 4 * 1.7),
        (lambda frame: frame.drop(columns="c1").copy(), 0.1),
        (lambda frame: frame[["c3", "c2", "c1", "c0"]].copy(), 0.1),
        (lambda frame: frame.assign(c9=1.5).copy(), 5.7),
        (lambda frame: frame.rename(columns=str.upper), 0.1),
    ],
)
def test_a_change_costs_what_it_changes(cache: Cache, change: Callable[[Any], Any], most: float) -> None:
    frame = table()
    assert cache.put(df=frame) > 4 * ROWS * 8
    changed = change(frame)
    assert cache.put(df=changed) <= most * MB
    pd.testing.assert_frame_equal(cache.get()["df"], changed)


def test_a_change_of_what_came_back_costs_what_it_changes(cache: Cache) -> None:
    cache.put(df=table())
    frame = cache.get()["df"]
    frame["c1"] = 0.5
    assert cache.put(df=frame) <= 5.7 * MB
    frame.loc[5, "c2"] = 7.0
    assert cache.put(df=frame) <= 4.1 * MB
    pd.testing.assert_frame_equal(cache.get()["df"], frame)


def test_storing_what_came_back_reads_nothing_again(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.put(df=table(), a=np.arange(2_000_000))
    values = cache.get()
    hashed: list[int] = []
    real = content.blake3
    monkeypatch.setattr(content, "blake3", lambda data=b"": hashed.append(len(data)) or real(data))
    assert cache.put(**values) <= 0.1 * MB
    fingerprint_value(values["df"])
    fingerprint_value(values["a"])
    assert sum(hashed) < 0.1 * MB


@pytest.mark.parametrize("kinds", ["one block", "several blocks", "row-major", "narrow"])
def test_a_table_comes_back_as_if_it_had_just_been_made(cache: Cache, kinds: str) -> None:
    if kinds == "row-major":
        frame = pd.DataFrame(np.random.default_rng(0).random((ROWS, 4)), columns=list("abcd"))
    elif kinds == "narrow":
        frame = table(20, 1000)
    else:
        frame = table()
    if kinds == "several blocks":
        frame = frame.assign(i=np.arange(ROWS), j=3, flag=True, when=pd.Timestamp("2020-01-01"), text="x").copy()
    cache.put(df=frame)
    back = cache.get()["df"]
    pd.testing.assert_frame_equal(back, frame)
    assert fingerprint_value(back) == fingerprint_value(frame)
    assert [block.values.shape for block in back._mgr.blocks] == [block.values.shape for block in frame._mgr.blocks]
    assert all(block.values.flags.writeable for block in back._mgr.blocks if isinstance(block.values, np.ndarray))
    for same in (frame, back):
        same.iloc[3, 0] = -1.0
        same["new"] = same.iloc[:, 1] * 2
        same.index = same.index[::-1]
    pd.testing.assert_frame_equal(back, frame)
    assert back.mean(axis=1, numeric_only=True).equals(frame.mean(axis=1, numeric_only=True))


def test_arrays_made_of_a_table_that_came_back_have_the_fingerprint_of_those_before(cache: Cache) -> None:
    """Its columns have gaps between them in memory, and nobody can tell."""
    frame = table()
    cache.put(df=frame)
    back = cache.get()["df"]
    assert not back._mgr.blocks[0].values.flags.c_contiguous
    for part in (lambda df: df.to_numpy(), lambda df: df.to_numpy().copy("K"), lambda df: df["c1"].to_numpy()):
        assert fingerprint_value(part(back)) == fingerprint_value(part(frame))
    assert fingerprint_value(back.to_numpy()) != fingerprint_value(np.ascontiguousarray(frame.to_numpy()))


def test_writing_to_a_column_changes_no_other_and_no_stored_one(cache: Cache) -> None:
    frame = table()
    cache.put(df=frame)
    back = cache.get()["df"]
    back.loc[:, "c1"] = 0.0
    assert back["c0"].equals(frame["c0"])
    assert back["c2"].equals(frame["c2"])
    pd.testing.assert_frame_equal(cache.get()["df"], frame)


def test_small_tables_in_the_same_way(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each column were worth a file: every shape that a block can have."""
    monkeypatch.setattr(arrays, "ROW", 1)
    monkeypatch.setattr(numpy_fingerprint, "ROW", 1)
    random = np.random.default_rng(0)
    for rows, columns in ((2, 2), (3, 2), (512, 3), (513, 7), (1024, 2)):
        for kind in ("f8", "i4", "?", "M8[ns]", "c16"):
            frame = pd.DataFrame(random.integers(0, 2, (columns, rows)).astype(kind).T).copy()
            series = frame[0]
            cache.put(df=frame, column=series, values=frame.to_numpy())
            back = cache.get()
            pd.testing.assert_frame_equal(back["df"], frame)
            assert fingerprint_value(back["df"]) == fingerprint_value(frame)
            assert fingerprint_value(back["df"].to_numpy()) == fingerprint_value(frame.to_numpy())
            assert fingerprint_value(back["values"]) == fingerprint_value(frame.to_numpy())
            cache.put(df=back["df"])
            assert fingerprint_value(cache.get()["df"]) == fingerprint_value(frame)
