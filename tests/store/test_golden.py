"""Stores that earlier versions made are read exactly, for ever."""

from __future__ import annotations

import dataclasses
import time
import zipfile
from pathlib import Path

import pytest

from cashet_jupyter.store.layout import FORMAT
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload, same
from tests.store.golden.make import (
    FULL,
    FULL_PAYLOAD,
    HIT,
    KEY,
    PIECED,
    PIECED_PAYLOAD,
    SEEN,
    SEEN_PAYLOAD,
    SMALL,
    SMALL_PAYLOAD,
)

GOLDEN = Path(__file__).with_name("golden")
FULL_ID = "4c1dd3f6441dadf2419bbec858d176ea867abc51815c26b52c054ea5a0071d54"
SMALL_ID = "282738c2c422210ea5bf89c822554ed12900d5669094e5114ed6e2870f17c4bd"
SEEN_ID = "22c0ac26d8c2ee5ecda7c47f9beb9a39381b0ec62717f15c987122694581f2f7"
BUFFER_ID = "84be82c353eca3c77fd8a4f6330fea17e764349db6bb9781d67835ed9accd064"


@pytest.fixture(params=["1", "2", "3", "3-index-5"])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    with zipfile.ZipFile(GOLDEN / f"format-{request.param}.zip") as archive:
        archive.extractall(tmp_path / "store")
    return tmp_path / "store"


def test_an_older_format_is_brought_up_to_date(path: Path) -> None:
    store = open_store(path, key=KEY)
    assert (path / "format").read_text() == f"{FORMAT}\n"
    collected = store.gc(max_size=0)
    assert FULL_ID in [item.commit.id for item in collected.evicted]
    assert same(store.get(store.find(SMALL.key)[0]), SMALL_PAYLOAD)
    assert not list((path / "objects").glob("*/*"))
    store.close()


@pytest.mark.parametrize("index", ["as it was", "made anew"])
def test_every_format_is_read(path: Path, index: str) -> None:
    if index == "made anew":
        (path / "index.db").unlink()
    store = open_store(path, key=KEY)
    (full,) = store.find(FULL.key)
    (small,) = store.find(SMALL.key)
    assert (full.id, small.id) == (FULL_ID, SMALL_ID)
    filled = {"id": "", "skeleton": None, "shown": None, "buffers": (), "tags": {}, "pinned": False}
    assert dataclasses.replace(full, **filled) == FULL
    assert dataclasses.replace(small, **filled) == SMALL
    assert full.buffers[0].digest == BUFFER_ID
    assert (full.tags, full.pinned, small.tags, small.pinned) == ({"exp": "7"}, False, {}, True)
    assert same(store.get(full), FULL_PAYLOAD)
    assert same(store.get(small), SMALL_PAYLOAD)
    assert store.log() == [*store.find(SEEN.key), *store.find(PIECED.key), small, full]
    assert (store.stats().commits, store.stats().hits, store.stats().saved) == (len(store.log()), 1, 12.0)
    assert store.timing("b2" * 32) == 0.125
    assert store.resolve("exp=7") == full
    assert store.known("label") == ["x = slow(df)"]
    assert store.log(label="x = slow(df)") == [full]
    assert store.made_from(dataclasses.replace(full, id=FULL.lineage[0])) == [full]
    assert store.foreign == 0
    assert len(store.notices) == (index == "made anew")
    store.close()


def test_every_format_is_written_on(path: Path) -> None:
    store = open_store(path, key=KEY)
    stored = store.put(make_commit(), make_payload(1, 20_000), durable=True)
    again = store.put(FULL, FULL_PAYLOAD, durable=False)
    assert again.id == FULL_ID
    store.close()
    (path / "index.db").unlink()
    store = open_store(path, key=KEY)
    assert store.find(stored.key) == [stored]
    assert store.stats().commits == len(store.log()) >= 3
    store.close()


@pytest.mark.parametrize("index", ["as it was", "made anew"])
def test_looks_of_values_and_hours_of_hits_are_read(
    tmp_path: Path, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(GOLDEN / "format-3-index-5.zip") as archive:
        archive.extractall(tmp_path / "store")
    if index == "made anew":
        (tmp_path / "store" / "index.db").unlink()
    store = open_store(tmp_path / "store", key=KEY)
    (seen,) = store.find(SEEN.key)
    assert seen.id == SEEN_ID
    assert (seen.inputs, seen.outputs) == (SEEN.inputs, SEEN.outputs)
    assert same(store.get(seen), SEEN_PAYLOAD)
    assert store.stats().today_hits == 0
    monkeypatch.setattr(time, "time", lambda: HIT)
    assert (store.stats().today_hits, store.stats().today_saved) == (1, 12.0)
    store.close()


def test_buffers_in_pieces_are_read_into_one_stretch_of_memory(tmp_path: Path) -> None:
    with zipfile.ZipFile(GOLDEN / "format-3.zip") as archive:
        archive.extractall(tmp_path / "store")
    store = open_store(tmp_path / "store", key=KEY)
    (commit,) = store.find(PIECED.key)
    assert [blob.size for blob in commit.buffers] == [4 << 20, 100, 4 << 20, 100, 20480]
    payload = store.get(commit)
    assert same(payload, PIECED_PAYLOAD)
    assert payload.groups == (2, 1)
    assert payload.buffers[0].obj is payload.buffers[1].obj is not payload.buffers[2].obj
    store.close()
