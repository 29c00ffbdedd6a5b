"""What was spared today is known at any time, whoever asks, and after whatever happens to the index."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from cashet_jupyter.store import compaction, days, fold, log, records, schema
from cashet_jupyter.store.pending import Pending
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import make_commit, make_payload

ID = "ab" * 32
HOUR = 3600.0


class Clock:
    """The time that everybody is told."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def at(text: str) -> float:
    """Seconds since the epoch of a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    with monkeypatch.context() as patch:
        yield patch
    time.tzset()


def live_in(zone: pytest.MonkeyPatch, name: str) -> None:
    zone.setenv("TZ", name)
    time.tzset()


@pytest.fixture
def clock(zone: pytest.MonkeyPatch) -> Clock:
    live_in(zone, "UTC0")
    clock = Clock(at("2026-11-21 23:50"))
    zone.setattr(time, "time", clock)
    return clock


def today(store: Store) -> tuple[int, float]:
    found = store.stats()
    return found.today_hits, found.today_saved


def made_anew(path: Path) -> Store:
    for suffix in ("", "-wal", "-shm"):
        (path / f"index.db{suffix}").unlink(missing_ok=True)
    return open_store(path)


def two_days(store: Store, clock: Clock) -> None:
    """Two hits before midnight, three after it."""
    stored = store.put(make_commit(), make_payload(), durable=False)
    for hour, hits in ((0.0, 2), (1.0, 3)):
        clock.now += hour * HOUR
        for _ in range(hits):
            store.touch(stored, 4.0)


# ----------------------------------------------------------------------------------------------------- whose day it is
@pytest.mark.parametrize(
    ("place", "moment", "begin", "hours"),
    [
        ("UTC0", "2026-11-22 15:00", "2026-11-22 00:00", 24),
        ("Asia/Kathmandu", "2026-11-22 18:14", "2026-11-21 18:15", 24),
        ("Asia/Kathmandu", "2026-11-22 18:15", "2026-11-22 18:15", 24),
        ("America/St_Johns", "2026-12-31 20:00", "2026-12-31 03:30", 24),
        ("Europe/Berlin", "2026-03-29 12:00", "2026-03-28 23:00", 23),
        ("Europe/Berlin", "2026-10-25 12:00", "2026-10-24 22:00", 25),
        ("America/Santiago", "2026-09-06 12:00", "2026-09-06 04:00", 23),  # it begins at one o'clock
    ],
)
def test_a_day_is_that_of_whoever_asks(
    zone: pytest.MonkeyPatch, place: str, moment: str, begin: str, hours: int
) -> None:
    if place != "UTC0" and not Path("/usr/share/zoneinfo", place).exists():
        pytest.skip(f"this system does not know {place}")
    live_in(zone, place)
    first = days.quarter(at(begin))
    assert first is not None
    assert days.today(at(moment)) == (first, first + 4 * hours)


@pytest.mark.parametrize(
    "nonsense",
    [float("nan"), float("inf"), -float("inf"), 1e300, 10**400, "now", None, b"1"],
    ids=lambda x: repr(x)[:6],
)
def test_what_is_no_moment_is_in_no_day(nonsense: object) -> None:
    assert days.quarter(nonsense) is None


# -------------------------------------------------------------------------------------------------- what is counted
def test_only_what_was_today_counts_as_today(clock: Clock, tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    stored = store.put(make_commit(), make_payload(), durable=False)
    store.touch(stored, 2.0)
    assert today(store) == (1, 2.0)
    store.touch(stored, 3.0)
    clock.now += HOUR
    assert today(store) == (0, 0.0)
    store.touch(stored, 5.0)
    assert today(store) == (1, 5.0)
    assert (store.stats().hits, store.stats().saved) == (3, 10.0)
    clock.now -= HOUR
    assert today(store) == (2, 5.0)
    store.close()


def test_what_is_noted_around_midnight_and_not_written_yet_is_told_apart(clock: Clock) -> None:
    pending = Pending()
    pending.hit(ID, 1.0)
    clock.now += HOUR
    pending.hit(ID, 2.0)
    pending.hit(ID, 4.0)
    assert pending.totals(days.today()) == (2, 6.0)
    assert (pending.totals(), pending.of(ID)) == ((3, 7.0), (3, 7.0))
    op = pending.take()
    assert op is not None
    assert sorted(entry[1:3] for entry in op["hits"]) == [[1, 1.0], [2, 6.0]]
    pending.give_back(op)
    assert pending.totals(days.today()) == (2, 6.0)


def test_the_day_survives_its_run(clock: Clock, tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    two_days(store, clock)
    store.rm(store.log()[0])
    assert today(store) == (3, 12.0)
    store.clear()
    assert today(store) == (3, 12.0)
    store.close()


def test_a_store_that_is_only_looked_at_tells_it(clock: Clock, tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    two_days(store, clock)
    store.close()
    looking = open_store(tmp_path / "store", looking=True)
    assert today(looking) == (3, 12.0)
    looking.close()


# ------------------------------------------------------------------------------------------- and what keeps it so
@pytest.mark.parametrize("compacted", ["never", "in between", "at the end", "twice"])
def test_an_index_made_anew_knows_it(clock: Clock, tmp_path: Path, compacted: str) -> None:
    store = open_store(tmp_path / "store")
    stored = store.put(make_commit(), make_payload(), durable=False)
    store.touch(stored, 4.0)
    clock.now += HOUR
    store.touch(stored, 4.0)
    store.stats()
    if compacted in ("in between", "twice"):
        compaction.compact(store.index)
    store.touch(stored, 0.1)
    before = store.stats()
    if compacted in ("at the end", "twice"):
        compaction.compact(store.index)
    assert store.stats() == before
    store.close()
    again = made_anew(tmp_path / "store")
    assert again.stats() == before
    assert today(again) == (2, 4.1)
    again.verify()
    assert again.stats() == before
    again.close()


def test_it_is_the_same_in_whatever_zone_the_index_is_made_anew(
    clock: Clock, zone: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = open_store(tmp_path / "store")
    two_days(store, clock)
    store.close()
    live_in(zone, "AAA-5:45")
    store = made_anew(tmp_path / "store")
    assert today(store) == (5, 20.0)  # there both were in one day
    live_in(zone, "UTC0")
    assert today(store) == (3, 12.0)
    store.close()


def test_archives_bring_results_and_nobody_elses_hits(clock: Clock, tmp_path: Path) -> None:
    here, there = open_store(tmp_path / "here"), open_store(tmp_path / "there")
    two_days(here, clock)
    here.export(tmp_path / "all.tar")
    there.import_(tmp_path / "all.tar")
    assert len(there.log()) == 1
    assert (today(there), there.stats().hits) == ((0, 0.0), 0)
    here.import_(tmp_path / "all.tar")
    assert today(here) == (3, 12.0)
    here.close()
    there.close()


def test_an_index_of_the_schema_before_gets_the_table(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:4])
        patch.setitem(fold._HANDLERS, "use", lambda db, op: _use_before(db, op))
        schema._expected.cache_clear()
        store = open_store(tmp_path / "store")
        stored = store.put(make_commit(), make_payload(), durable=False)
        store.touch(stored, 2.0)
        store.close()
    schema._expected.cache_clear()
    store = open_store(tmp_path / "store")
    assert store.notices == []
    assert (store.stats().hits, today(store)) == (1, (0, 0.0))  # of an older index nobody can say when its hits were
    store.touch(stored, 3.0)
    assert (store.stats().hits, today(store)) == (2, (1, 3.0))
    store.close()
    assert today(made_anew(tmp_path / "store")) == (2, 5.0)  # its log can


def _use_before(db: apsw.Connection, op: fold.Op) -> None:
    for _, hits, saved, _ in op["hits"]:
        db.execute("UPDATE totals SET hits = hits + ?, saved = saved + ?", (hits, saved))


def test_a_compacted_log_of_the_version_before_is_read(clock: Clock, tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    two_days(store, clock)
    store.stats()
    compaction.compact(store.index)
    store.close()
    (path,) = (tmp_path / "store" / "log").iterdir()
    ops = [records.unpack(body) for body in log.read(path)]
    assert ops[0].pop("quarters")
    path.write_bytes(b"".join(log.frame(records.pack(op)) for op in ops))
    store = made_anew(tmp_path / "store")
    assert (store.stats().hits, today(store)) == (5, (0, 0.0))
    store.close()


@pytest.mark.parametrize("used", [float("inf"), float("nan"), 1e300, -1e18])
@pytest.mark.parametrize("hits", [1, 2**63 - 1])
def test_a_log_with_impossible_times_and_counts_makes_nothing_unusable(
    clock: Clock, tmp_path: Path, used: float, hits: int
) -> None:
    store = open_store(tmp_path / "store")
    two_days(store, clock)
    id = store.log()[0].id
    store.close()
    entries = [[bytes.fromhex(id), hits, 1.0, used], *[[bytes.fromhex(id), hits, 1.0, clock.now]] * 2]
    body = records.pack({"op": "use", "hits": entries, "timings": {}, "seq": 100, "at": 1})
    (tmp_path / "store" / "log" / "1-1-aaaaaaaa.log").write_bytes(log.frame(body))
    for store in (open_store(tmp_path / "store"), made_anew(tmp_path / "store")):
        assert store.stats().today_hits >= 3
        assert len(store.log()) == 1
        store.close()
