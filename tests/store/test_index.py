"""The index may be damaged, deleted or exchanged at any time: that costs time, never a result and never other bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from cashet_jupyter.errors import CashetError
from cashet_jupyter.models import Cell, Commit, Payload
from cashet_jupyter.store import queries
from cashet_jupyter.store.answers import StoreStats
from cashet_jupyter.store.protocol import Store
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload, same

Expected = dict[str, tuple[Commit, Payload]]
KEYS = 8


def fill(path: Path) -> Expected:
    """A store with a bit of everything, closed."""
    store = open_store(path)
    expected = fill_open(store)
    store.close()
    return expected


def fill_open(store: Store) -> Expected:
    expected: Expected = {}
    for n in range(KEYS):
        payload = make_payload(n, 50 + n, 20_000 + n)
        cell = Cell("x = 1", "x = 1", f"cell {n % 3}", "nb.ipynb")
        stored = store.put(make_commit(f"key {n}", cell=cell), payload, durable=n % 2 == 0, pinned=n == 1)
        expected[stored.key] = (stored, payload)
    first = expected["key 0"][0]
    expected["key 0"] = (store.tag(first, {"a": "1"}), expected["key 0"][1])
    expected["key 1"] = (store.unpin(expected["key 1"][0]), expected["key 1"][1])
    expected["key 2"] = (store.pin(expected["key 2"][0]), expected["key 2"][1])
    store.rm(store.put(make_commit("gone"), make_payload(99), durable=False))
    store.touch(first, 2.5)
    store.note_timing("code", 0.25)
    return expected


def everything(store: Store) -> tuple[list[Commit], StoreStats, float | None, list[Commit], list[Commit]]:
    return (
        store.log(limit=1000),
        store.stats(),
        store.timing("code"),
        store.log(tag=("a", "1")),
        store.log(cell_id="cell 1", name="x"),
    )


def check_all(path: Path, expected: Expected) -> list[str]:
    """Everything is there, and the notices that were given."""
    store = open_store(path)
    for key, (commit, payload) in expected.items():
        assert store.find(key) == [commit]
        assert same(store.get(commit), payload)
    assert store.find("gone") == []
    assert store.stats().commits == KEYS
    stored = store.put(make_commit("new"), make_payload(50, 30_000), durable=False)
    assert same(store.get(stored), make_payload(50, 30_000))
    notices = store.notices
    store.close()
    return notices


def check_never_wrong(path: Path, expected: Expected) -> int:
    """Every answer is right or a miss, and only the project's errors come out; how many were hits."""
    hits = 0
    try:
        store = open_store(path)
    except CashetError:
        return 0
    for key, (commit, payload) in expected.items():
        try:
            for found in store.find(key):
                assert (found.id, found.key, found.cell) == (commit.id, commit.key, commit.cell)
                assert same(store.get(found), payload)
                hits += 1
        except CashetError:
            continue
    for action in (store.log, store.stats, store.latest, lambda: store.resolve("a=1"), lambda: store.timing("code")):
        try:
            action()
        except CashetError:
            continue
    store.touch(expected["key 0"][0], 1.0)
    try:
        stored = store.put(make_commit("after"), make_payload(7, 40_000), durable=False)
        assert same(store.get(stored), make_payload(7, 40_000))
    except CashetError:
        pass
    store.close()
    return hits


# ------------------------------------------------------------------------------------------------- deleted, made anew
def test_an_index_made_anew_is_what_it_was(tmp_path: Path) -> None:
    fill(tmp_path / "store")
    store = open_store(tmp_path / "store")
    store.gc()  # blobs that nothing refers to are not in an index that is made anew
    before = everything(store)
    store.close()
    (tmp_path / "store" / "index.db").unlink()
    store = open_store(tmp_path / "store")
    assert everything(store) == before
    assert before[1].hits == 1
    assert store.notices == ["the store's index was missing and has been made anew from its log"]
    store.close()


def test_several_sessions_are_put_together_in_the_order_of_what_happened(tmp_path: Path) -> None:
    one, other = open_store(tmp_path / "store"), open_store(tmp_path / "store")
    stored = one.put(make_commit(), make_payload(), durable=False, tags={"t": "1"})
    for n in range(6):
        (one, other)[n % 2].tag(stored, {"t": str(n)})
    other.rm(stored)
    one.put(make_commit(created=stored.created), make_payload(), durable=False)
    (one, other)[1].pin(stored)
    before = one.log()
    one.close()
    other.close()
    assert len(list((tmp_path / "store" / "log").iterdir())) == 2
    (tmp_path / "store" / "index.db").unlink()
    again = open_store(tmp_path / "store")
    assert again.log() == before
    assert before[0].pinned
    assert before[0].tags == {}
    again.close()


@pytest.mark.parametrize(
    "lost", [("",), ("-wal",), ("-shm",), ("-wal", "-shm"), ("", "-wal"), ("", "-wal", "-shm"), ("", "-shm")]
)
def test_any_of_its_files_may_be_deleted_after_a_crash(tmp_path: Path, lost: tuple[str, ...]) -> None:
    store = open_store(tmp_path / "living")
    expected = fill_open(store)
    shutil.copytree(tmp_path / "living", tmp_path / "store")  # as a crash leaves it: with a full write-ahead log
    assert (tmp_path / "store" / "index.db-wal").stat().st_size > 0
    for suffix in lost:
        (tmp_path / "store" / f"index.db{suffix}").unlink()
    check_all(tmp_path / "store", expected)
    store.close()


def test_a_write_ahead_log_that_rolls_back_without_a_word_loses_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "living")
    expected = fill_open(store)
    size = (tmp_path / "living" / "index.db-wal").stat().st_size
    shutil.copytree(tmp_path / "living", tmp_path / "store")
    for offset in (0, 17, 33, *range(40, size, size // 25)):
        restore(tmp_path / "living", tmp_path / "store")
        shutil.copy(tmp_path / "living" / "index.db-wal", tmp_path / "store")
        flip(tmp_path / "store" / "index.db-wal", offset)
        check_all(tmp_path / "store", expected)
    store.close()


# ------------------------------------------------------------------------------------------------------------ damaged
def flip(file: Path, offset: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(offset)
        byte = opened.read(1)[0]
        opened.seek(offset)
        opened.write(bytes([byte ^ (1 << offset % 8)]))


def another_database(file: Path) -> None:
    file.unlink()
    db = apsw.Connection(str(file))
    db.execute("CREATE TABLE commits(a); INSERT INTO commits VALUES(1)")
    db.close()


def with_a_trigger(file: Path) -> None:
    db = apsw.Connection(str(file))
    db.execute("CREATE TRIGGER evil AFTER INSERT ON commits BEGIN DELETE FROM commits; END")
    db.close()


def without_a_table(file: Path) -> None:
    db = apsw.Connection(str(file))
    db.execute("DROP TABLE tags")
    db.close()


def without_totals(file: Path) -> None:
    db = apsw.Connection(str(file))
    db.execute("DELETE FROM totals")
    db.close()


RUIN: dict[str, Callable[[Path], object]] = {
    "noise": lambda file: file.write_bytes(os.urandom(file.stat().st_size)),
    "text": lambda file: file.write_text("not a database"),
    "zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "empty": lambda file: file.write_bytes(b""),
    "half": lambda file: os.truncate(file, file.stat().st_size // 2),
    "half a page": lambda file: os.truncate(file, 2000),
    "longer": lambda file: os.truncate(file, file.stat().st_size * 3),
    "another database": another_database,
    "with a trigger": with_a_trigger,
    "without a table": without_a_table,
    "without totals": without_totals,
    "folder": lambda file: (file.unlink(), file.mkdir(), (file / "x").touch()),
    "pipe": lambda file: (file.unlink(), os.mkfifo(file)),
    "link": lambda file: (file.rename(file.parent.parent / "moved"), file.symlink_to(file.parent.parent / "moved")),
    "broken link": lambda file: (file.unlink(), file.symlink_to("nowhere")),
}


@pytest.mark.parametrize("kind", RUIN)
def test_a_ruined_index_is_put_aside_and_made_anew(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "store"
    expected = fill(path)
    RUIN[kind](path / "index.db")
    notices = check_all(path, expected)
    if kind != "longer":  # SQLite goes by the size in the header
        how = "missing" if kind == "empty" else "damaged"
        assert notices == [f"the store's index was {how} and has been made anew from its log"]
    assert bool(list((path / "quarantine").glob("index-*"))) == (kind not in {"empty", "longer"})


def test_no_flipped_bit_of_the_index_gives_other_bytes(tmp_path: Path) -> None:
    sweep(tmp_path, 97)


@pytest.mark.soak
def test_no_flipped_bit_of_the_index_gives_other_bytes_anywhere(tmp_path: Path) -> None:
    sweep(tmp_path, 5000)


def sweep(tmp_path: Path, samples: int) -> None:
    path = tmp_path / "store"
    expected = fill(path)
    shutil.copytree(path, tmp_path / "copy")
    size = (path / "index.db").stat().st_size
    offsets = sorted({*range(16, 100, 7), *range(100, size, size // samples)})
    hits = 0
    for offset in offsets:
        restore(tmp_path / "copy", path)
        flip(path / "index.db", offset)
        hits += check_never_wrong(path, expected)
    assert hits > len(offsets) * KEYS * 0.9


def restore(copy: Path, path: Path) -> None:
    for name in ("index.db", "index.db-wal", "index.db-shm"):
        (path / name).unlink(missing_ok=True)
    shutil.copy(copy / "index.db", path / "index.db")
    for file in (path / "log").iterdir():
        if not (copy / "log" / file.name).exists():
            file.unlink()
    for file in (path / "quarantine").iterdir():
        file.unlink()


# -------------------------------------------------------------------------------------------------- under living hands
def test_an_index_that_is_deleted_under_a_living_kernel_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "store"
    one, other = open_store(path), open_store(path)
    expected = fill_open(one)
    for suffix in ("", "-wal", "-shm"):
        (path / f"index.db{suffix}").unlink()
    stored = other.put(make_commit("after"), make_payload(5), durable=False)
    for handle in (one, other):
        assert handle.find("after") == [stored]
        assert all(handle.find(key) == [commit] for key, (commit, _) in expected.items())
    one.close()
    other.close()


def test_damage_that_shows_later_is_healed_while_the_store_is_open(tmp_path: Path) -> None:
    path = tmp_path / "store"
    expected = fill(path)
    store = open_store(path)
    with (path / "index.db").open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom((path / "index.db").stat().st_size - 4096))
    for key, (commit, payload) in expected.items():
        assert store.find(key) == [commit]
        assert same(store.get(commit), payload)
    assert store.notices == ["the store's index was damaged and has been made anew from its log"]
    store.close()


def test_a_question_is_answered_to_its_end_by_the_index_that_it_was_put_to(tmp_path: Path) -> None:
    one, other = open_store(tmp_path / "store"), open_store(tmp_path / "store")
    stored = [one.put(make_commit(f"key {n}"), make_payload(n), durable=False, tags={"a": "1"}) for n in range(3)]
    before = open_files()
    rows = queries.everything(one.index)
    found = [next(rows)]
    other.index.renew(other.index.connections.identity())
    assert one.log(limit=10) == stored[::-1]
    found.extend(rows)
    assert [row.id.hex() for row in found] == [commit.id for commit in stored]
    assert one.log(limit=10) == other.log(limit=10) == stored[::-1]
    assert open_files() <= before + 1  # the old index is not kept open; the log of this session may be
    one.close()
    other.close()


def open_files() -> int:
    """How many descriptors of this process lead to an index or a log."""
    links = (os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd"))  # noqa: PTH208
    return sum("index" in Path(link).name or link.endswith(".log") for link in links)


def test_a_transaction_ends_on_the_index_that_it_began_on(tmp_path: Path) -> None:
    one, other = open_store(tmp_path / "store"), open_store(tmp_path / "store")
    stored = one.put(make_commit(), make_payload(), durable=False)
    with one.index.writing() as db:
        other.index.renew(other.index.connections.identity())
        assert one.log() == [stored]  # asked in the transaction, of the index that it changes
        one.index.record(db, {"op": "rm", "id": bytes.fromhex(stored.id)})
    assert one.log() == other.log() == []
    one.close()
    other.close()


def test_what_another_process_adds_while_the_index_is_put_aside_is_not_lost(tmp_path: Path) -> None:
    """The writer's transaction goes to the old file; its record in the log brings it into the new one."""
    path = tmp_path / "store"
    one, other = open_store(path), open_store(path)
    one.put(make_commit("before"), make_payload(1), durable=False)
    index = one.index  # type: ignore[attr-defined]
    with index.writing() as db:
        index.record(db, {"op": "use", "hits": [], "timings": {"code": 1.5}})
        index.renew(index.connections.identity())
        assert other.timing("code") is None or other.timing("code") == 1.5
    assert one.timing("code") == 1.5
    assert other.timing("code") == 1.5 or other.find("before")
    one.close()
    again = open_store(path)
    assert again.timing("code") == 1.5
    assert len(again.find("before")) == 1
    again.close()
    other.close()


# ---------------------------------------------------------------------------------------------------- never a full scan
@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"code": "c"},
        {"cell_id": "c"},
        {"notebook": "n"},
        {"name": "x"},
        {"tag": ("a", "1")},
        {"cell_id": "c", "code": "c", "notebook": "n"},
        {"tag": ("a", "1"), "name": "x", "code": "c"},
        {"code": "c", "before": "first"},
        {"name": "x", "before": "first"},
    ],
)
def test_every_question_is_answered_by_an_index(tmp_path: Path, condition: dict[str, object]) -> None:
    """Neither a scan of a table nor a sort: both grow with the store."""
    store = open_store(tmp_path / "store")
    expected = fill_open(store)
    if "before" in condition:
        condition = {**condition, "before": expected["key 3"][0].id}
    db = store.index.connections.get().db
    plans: list[str] = []

    def explain(_: object, sql: str, values: tuple[object, ...]) -> bool:
        if sql.startswith("SELECT"):
            plans.extend(str(row[3]) for row in plain.execute(f"EXPLAIN QUERY PLAN {sql}", values))
        return True

    plain = apsw.Connection(str(tmp_path / "store" / "index.db"))
    plain.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    db.exec_trace = explain
    store.log(**condition)  # type: ignore[arg-type]
    store.find("key 1")
    store.resolve(expected["key 2"][0].id[:6])
    store.timing("code")
    db.exec_trace = None
    plain.close()
    store.close()
    assert plans
    scans = [plan for plan in plans if plan.startswith("SCAN") and "USING INDEX commits_created" not in plan]
    assert scans == []
    assert not [plan for plan in plans if "TEMP B-TREE" in plan]
