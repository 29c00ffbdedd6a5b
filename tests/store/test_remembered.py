"""Answers are kept while nothing in the index changes, and asked for again as soon as anything does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from cashet_jupyter.store import asking, connections, opening
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import make_commit, make_payload

KEY = "k" * 64


@pytest.fixture(params=["wal", "network"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if request.param == "network":
        monkeypatch.setattr(opening, "shares_memory", lambda path: False)
    store = open_store(tmp_path / "store")
    yield store
    store.close()


@pytest.fixture
def other(store: Store) -> Iterator[Store]:
    other = open_store(store.path)
    yield other
    other.close()


def _asked(store: Store, question: Callable[[], object]) -> list[str]:
    """What SQLite is asked of the tables."""
    db = store.index.connections.get().db
    asked: list[str] = []

    def note(_cursor: object, sql: str, _values: object) -> bool:
        asked.append(sql)
        return True

    db.exec_trace = note
    try:
        question()
    finally:
        db.exec_trace = None
    return [sql for sql in asked if sql.startswith("SELECT")]


def _put(store: Store, **fields: object) -> str:
    return store.put(make_commit(KEY, **fields), make_payload(), durable=False).id


def _ids(store: Store) -> list[str]:
    return [commit.id for commit in store.find(KEY)]


@pytest.mark.parametrize("question", ["find", "log", "latest", "get", "trusted", "miss"])
def test_the_same_question_is_answered_without_asking_the_tables(store: Store, question: str) -> None:
    _put(store, created=1.0)
    (commit,) = store.find(KEY)
    ask: Callable[[], object] = {
        "find": lambda: store.find(KEY),
        "log": lambda: store.log(limit=5),
        "latest": lambda: store.latest(code=commit.code),
        "get": lambda: store.get(commit),
        "trusted": lambda: store.trusted(commit),
        "miss": lambda: store.find("m" * 64),
    }[question]
    first = ask()
    assert _asked(store, ask) == []
    assert ask() == first


def test_what_this_process_stores_is_seen(store: Store) -> None:
    ids = [_put(store, created=1.0)]
    for created in (2.0, 3.0):
        assert _ids(store) == ids
        ids.insert(0, _put(store, created=created))
    assert _ids(store) == ids
    assert [commit.id for commit in store.log()] == ids


def test_what_others_store_is_seen(store: Store, other: Store) -> None:
    ids = [_put(store, created=1.0)]
    for created in (2.0, 3.0):
        assert _ids(store) == ids
        ids.insert(0, _put(other, created=created))
    assert _ids(store) == ids


def test_what_another_process_stores_is_seen(store: Store) -> None:
    _put(store, created=1.0)
    assert len(_ids(store)) == 1
    code = (
        "import sys; from pathlib import Path; from cashet_jupyter.store.store import open_store;"
        "from tests.contracts.store_contract import make_commit, make_payload;"
        "open_store(Path(sys.argv[1])).put(make_commit('k' * 64, created=2.0), make_payload(), durable=False)"
    )
    root = Path(__file__).parents[2]
    subprocess.run(
        [sys.executable, "-c", code, store.path], check=True, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert len(_ids(store)) == 2


def test_what_others_remove_is_gone(store: Store, other: Store) -> None:
    _put(store)
    (commit,) = store.find(KEY)
    store.get(commit)
    other.rm(commit)
    assert store.find(KEY) == []
    assert store.log() == []
    assert store.latest(code=commit.code) is None
    assert not store.trusted(commit)


def test_tags_and_pins_of_others_are_seen(store: Store, other: Store) -> None:
    _put(store)
    (commit,) = store.find(KEY)
    other.tag(commit, {"b": "2", "a": "", "ü ": "x y"})
    assert store.find(KEY)[0].tags == {"a": "", "b": "2", "ü ": "x y"}
    other.pin(commit)
    assert store.find(KEY)[0].pinned
    other.untag(commit, "a", "b", "ü ")
    other.unpin(commit)
    (found,) = store.find(KEY)
    assert (found.tags, found.pinned) == ({}, False)


def test_what_expires_meanwhile_is_not_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    _put(store, expires=now + 1000)
    assert len(_ids(store)) == 1
    monkeypatch.setattr(time, "time", lambda: now + 2000)
    assert _ids(store) == []
    assert store.why_not(KEY) == "1 expired"


def test_what_is_rolled_back_was_never_seen(store: Store) -> None:
    id = _put(store)
    (commit,) = store.find(KEY)

    def broken_off() -> None:
        with store.index.writing() as db:
            store.index.record(db, {"op": "rm", "id": bytes.fromhex(id)})
            assert store.find(KEY) == []
            assert store.log() == []
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert store.find(KEY) == [commit]
    assert store.log() == [commit]


def test_an_index_that_was_exchanged_is_asked_anew(store: Store) -> None:
    id = _put(store)
    assert _ids(store) == [id]
    for suffix in ("", "-wal", "-shm"):
        Path(f"{store.index.layout.index}{suffix}").unlink(missing_ok=True)
    for log in store.index.layout.log.iterdir():
        log.unlink()
    assert _ids(store) == []


def test_threads_have_answers_of_their_own(store: Store) -> None:
    _put(store, created=1.0)
    assert len(_ids(store)) == 1
    threads = [threading.Thread(target=_put, args=(store,), kwargs={"created": float(n)}) for n in range(2, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_ids(store)) == 5


def test_a_list_that_was_handed_out_can_be_changed(store: Store) -> None:
    _put(store)
    for ask in (lambda: store.find(KEY), lambda: store.log(limit=3)):
        ask().clear()
        assert len(ask()) == 1


def test_of_very_many_runs_of_one_key_the_first_that_counts_is_found(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_REMEMBERED", 3)
    mine = _put(store, created=1.0)
    foreign = open_store(store.path, key=b"another" * 5)
    for created in range(2, 9):
        _put(foreign, created=float(created))
    foreign.close()
    assert _ids(store) == [mine]
    assert len(store.log(limit=50)) == 8
    assert len(store.log(limit=3)) == 3


def test_not_more_answers_are_kept_than_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ANSWERS", 4)
    _put(store)
    for number in range(20):
        store.find(f"{number:064}")
    assert len(store.index.connections.get()._answers) == 4
    assert len(_ids(store)) == 1


def test_a_run_with_much_in_it_is_read_each_time(store: Store) -> None:
    stored = store.put(make_commit(), make_payload(1, 2 << 20), durable=False)
    store.get(stored)
    assert _asked(store, lambda: store.get(stored)) != []


def test_a_small_piece_that_is_damaged_meanwhile_is_found_damaged(store: Store) -> None:
    _put(store)
    (commit,) = store.find(KEY)
    store.get(commit)
    with apsw.Connection(str(store.index.layout.index)) as db:
        db.execute("UPDATE blobs SET inline = zeroblob(length(inline))")
    with pytest.raises(Exception, match="damaged"):
        store.get(commit)
