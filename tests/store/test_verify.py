"""An examination finds whatever is wrong, puts it aside, and leaves a store that is right."""

from __future__ import annotations

import shutil
from pathlib import Path

import apsw
import pytest

from cashet_jupyter.models import Blob, Commit
from cashet_jupyter.store import records
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import make_commit, make_payload, same

SIZES = (50, 20_000, 2 << 20)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def commits(path: Path) -> list[Commit]:
    store = open_store(path)
    stored = [store.put(make_commit(f"key {n}"), make_payload(n, *SIZES), durable=False) for n in range(3)]
    stored[0] = store.tag(stored[0], {"a": "1"})
    store.close()
    return stored


def file_of(path: Path, blob: Blob) -> Path:
    return path / "objects" / blob.digest[:2] / blob.digest[2:]


def check(store: Store, commits: list[Commit]) -> None:
    assert {commit.id for commit in store.log()} == {commit.id for commit in commits}
    for commit in commits:
        assert store.find(commit.key) == [commit]
        assert same(store.get(commit), make_payload(int(commit.key.split()[1]), *SIZES))


def test_nothing_is_wrong_with_a_whole_store(path: Path, commits: list[Commit]) -> None:
    store = open_store(path)
    steps: list[tuple[int, int, str]] = []
    found = store.verify(lambda *step: steps.append(step))
    assert (found.damaged, found.lost, found.strays, found.index) == ((), (), 0, "")
    assert found.blobs == store.stats().blobs == 15
    assert found.size == store.stats().physical
    assert steps[-1] == (15, 15, "blobs")
    check(store, commits)


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("how", ["flip", "cut", "delete", "folder"])
def test_a_damaged_blob_is_put_aside_with_what_needs_it(
    path: Path, commits: list[Commit], which: int, how: str
) -> None:
    blob = commits[1].buffers[which]
    file = file_of(path, blob)
    store = open_store(path)
    store.get(commits[1])  # hashed once, and still hashed again
    content = bytearray(file.read_bytes())
    file.chmod(0o600)
    if how == "flip":
        content[-1] ^= 1
        file.write_bytes(content)
    elif how == "cut":
        file.write_bytes(content[:-1])
    else:
        file.unlink()
        if how == "folder":
            file.mkdir()
    found = store.verify()
    assert found.damaged == (blob.digest,)
    assert [commit.id for commit in found.lost] == [commits[1].id]
    check(store, [commits[0], commits[2]])
    again = store.put(make_commit("key 1"), make_payload(1, *SIZES), durable=False)
    assert same(store.get(again), make_payload(1, *SIZES))
    assert store.verify().damaged == ()


def test_a_damaged_row_of_a_small_blob_is_read_again_from_the_log(path: Path, commits: list[Commit]) -> None:
    db = apsw.Connection(str(path / "index.db"))
    db.execute("UPDATE blobs SET inline = zeroblob(50) WHERE size = 50")
    db.close()
    store = open_store(path)
    assert store.verify().lost == ()
    check(store, commits)


def test_what_the_index_lost_comes_from_the_log(path: Path, commits: list[Commit]) -> None:
    db = apsw.Connection(str(path / "index.db"))
    db.execute("DELETE FROM commits WHERE n = 2")
    db.close()
    store = open_store(path)
    assert len(store.log()) == 2
    assert store.verify().index == "1 commit was missing"
    check(store, commits)


def test_what_the_log_lost_comes_from_the_index(path: Path, commits: list[Commit]) -> None:
    shutil.rmtree(path / "log")
    store = open_store(path)
    found = store.verify()
    assert found.lost == ()
    check(store, commits)
    store.close()
    (path / "index.db").unlink()
    check(open_store(path), commits)


def test_what_was_removed_stays_removed(path: Path, commits: list[Commit]) -> None:
    store = open_store(path)
    store.rm(commits[0])
    store.gc()
    store.verify()
    check(store, commits[1:])


def test_an_index_that_is_damaged_is_made_anew(path: Path, commits: list[Commit]) -> None:
    content = bytearray((path / "index.db").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096] = b"\xff" * 4096
    (path / "index.db").write_bytes(content)
    store = open_store(path)
    assert store.verify().lost == ()
    check(store, commits)
    assert store.verify().index == ""


def test_a_record_that_is_not_what_its_id_says_is_dropped(path: Path, commits: list[Commit]) -> None:
    store = open_store(path)
    entry = store.index.rows("SELECT record, seal FROM commits WHERE n = 1")[0]
    with store.index.writing() as db:
        store.index.record(db, {"op": "rm", "id": bytes.fromhex(commits[0].id)})
    forged = records.pack({**records.unpack(entry[0]), "v": 99})
    with store.index.writing() as db:
        db.execute("UPDATE commits SET record = ? WHERE n = 2", (forged,))
    assert store.verify().lost == ()
    check(store, commits[1:])


def test_a_commit_that_lies_about_a_size_does_not_cost_another_one(path: Path, commits: list[Commit]) -> None:
    store = open_store(path)
    true = commits[2].buffers[1]
    lie = make_commit("key 7")
    blobs = [commits[2].skeleton, commits[2].shown, Blob(true.digest, true.size - 1)]
    record = records.encode(lie, blobs)  # type: ignore[arg-type]
    with store.index.writing() as db:
        op = {"op": "put", "record": record, "seal": b"x" * 40, "inline": [], "tags": {}, "pinned": False}
        store.index.record(db, op)
    found = store.verify()
    assert [commit.key for commit in found.lost] == ["key 7"]
    check(store, commits)


def test_a_store_that_is_only_read_is_examined_and_left_alone(path: Path, commits: list[Commit]) -> None:
    file = file_of(path, commits[0].buffers[1])
    file.chmod(0o600)
    file.write_bytes(b"other")
    (path / "format").write_text("99\n")
    store = open_store(path)
    found = store.verify()
    assert found.damaged == (commits[0].buffers[1].digest,)
    assert [commit.id for commit in found.lost] == [commits[0].id]
    assert file.read_bytes() == b"other"
    assert len(store.log()) == 3


def test_others_go_on_working_meanwhile(path: Path, commits: list[Commit]) -> None:
    store, other = open_store(path), open_store(path)

    def at_work(done: int, total: int, unit: str) -> None:
        if done == 1:
            other.put(make_commit("key 5"), make_payload(5, *SIZES), durable=True)
            other.rm(commits[0])

    store.verify(at_work)
    (new,) = other.find("key 5")
    check(store, [*commits[1:], new])
    check(other, [*commits[1:], new])


def test_files_that_belong_to_nothing_are_counted(path: Path, commits: list[Commit]) -> None:
    (path / "objects" / "ab" / ("0" * 62)).write_bytes(b"stray")
    store = open_store(path)
    assert store.verify().strays == 1
