"""`stats` and `verify`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cashet_jupyter.commands.meter import Meter
from cashet_jupyter.store.answers import StoreStats, Verified
from cashet_jupyter.store.store import open_store
from tests.commands.stores import FakeStore, Reader, commits_of
from tests.contracts.store_contract import make_commit, make_payload


def test_the_numbers_of_a_store() -> None:
    stats = StoreStats(12, 47, 1_200_000_000, 340_000_000, 34, 10260.0, 3, 252.0)
    assert Reader(FakeStore(stats=stats)).run("stats").output.splitlines() == [
        "store    /home/u/nb/.cashet",
        "results  12",
        "size     340 MB in 47 blobs, 1.2 GB unshared",
        "limit    10 GB",
        "hits     34, saved 2 h 51 min",
        "today    3 hits, saved 4 min 12 s",
    ]


def test_the_numbers_of_a_new_store() -> None:
    text = Reader(FakeStore()).run("stats").output
    assert "size     0 B in 0 blobs\n" in text
    assert "hits     none yet" in text
    assert "today" not in text


def test_a_day_without_a_hit_says_so() -> None:
    assert "today    none" in Reader(FakeStore(stats=StoreStats(hits=1, saved=2.0))).run("stats").output


def test_programs_get_bytes_and_seconds() -> None:
    found = json.loads(Reader(FakeStore(stats=StoreStats(1, 2, 4, 3, 5, 6.5, 2, 1.5))).run("stats", "--json").output)
    assert found == {
        "path": "/home/u/nb/.cashet", "commits": 1, "blobs": 2, "logical": 4, "physical": 3, "hits": 5, "saved": 6.5,
        "today_hits": 2, "today_saved": 1.5, "limit": 10 * 10**9,
    }  # fmt: skip


def test_a_sound_store_takes_one_line() -> None:
    assert Reader(FakeStore(Verified(47, 340_000_000))).run("verify").output == "read 47 blobs, 340 MB: all sound\n"


def test_damage_is_told_by_cells_which_simply_run_again() -> None:
    lost = tuple(commits_of("df = load()", "train.ipynb", 2, 40.0))
    found = Verified(47, 340_000_000, ("ab" * 32,), lost, 3, "two entries were wrong")
    assert Reader(FakeStore(found)).run("verify").output.splitlines() == [
        "read 47 blobs, 340 MB: 1 blob damaged or missing",
        "what was damaged is in /home/u/nb/.cashet/quarantine, and can be deleted",
        "this cell simply runs again when it is next needed:",
        "  cell         notebook     results  size  to run again",
        "  df = load()  train.ipynb        2   0 B    1 min 20 s",
        "the index was made anew: two entries were wrong",
        "3 files belong to no result: cashet gc removes what is not needed",
    ]
    data = json.loads(Reader(FakeStore(found)).run("verify", "--json").output)
    assert data["damaged"] == ["ab" * 32]
    assert data["lost"][0]["commits"] == [commit.id for commit in lost]


def test_what_cannot_be_put_aside_is_said() -> None:
    store = FakeStore(Verified(47, 340_000_000, ("ab" * 32,), tuple(commits_of("df = load()", None))))
    store.read_only = "the store is only read"
    assert "nothing was put aside: the store is only read" in Reader(store).run("verify").output


def test_a_real_store_is_read_and_what_is_damaged_is_named(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    try:
        store.put(make_commit(), make_payload(1, 30_000), durable=False)
        assert "all sound" in Reader(store).run("verify").output
        (blob,) = (store.path / "objects").glob("*/*")
        blob.chmod(0o600)
        blob.write_bytes(bytes(30_000))
        text = Reader(store).run("verify").output
        assert "1 blob damaged or missing" in text
        assert "x = slow()  a.ipynb" in text
        assert "all sound" in Reader(store).run("verify").output
    finally:
        store.close()


def test_progress_is_shown_after_a_second_four_times_a_second_and_taken_away() -> None:
    shown: list[str] = []
    now = [100.0]
    meter = Meter("verifying", shown.append, lambda: now[0])
    for done in range(31):
        meter(done, 40, "blobs")
        now[0] += 0.125
    meter.done()
    assert shown[0] == "verifying: 8 of 40 blobs (20 %)"
    assert len(shown) - 1 == 12
    assert shown[-1] == ""


def test_what_is_quick_shows_no_progress() -> None:
    reader = Reader(FakeStore(Verified()))
    reader.run("verify")
    assert reader.shown == []


@pytest.mark.parametrize("broken", [KeyboardInterrupt, ValueError])
def test_a_line_of_progress_goes_when_a_command_is_broken_off(broken: type[BaseException]) -> None:
    reader = Reader(FakeStore())

    def command() -> None:
        with reader.progress("x") as progress:
            progress._next = 0.0  # type: ignore[attr-defined]
            progress(1, 2, "bytes")
            raise broken

    with pytest.raises(broken):
        command()
    assert reader.shown == ["x: 1 B of 2 B (50 %)", ""]
