"""What was hashed once is mapped without being read, in later processes too, as long as nobody can have changed it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Commit, Payload
from cashet_jupyter.store import objects, stamps
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import bytes_of, make_commit, same

DATA = bytes_of(1, 6 << 20)
PAYLOAD = Payload(b"", b"", (memoryview(DATA),))
KEY = b"k" * 32


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the files that were hashed."""
    sizes: list[int] = []

    def count(data: memoryview) -> str:
        sizes.append(len(data))
        return digest_buffer(data)

    monkeypatch.setattr(objects, "digest_buffer", count)
    return sizes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with one big result that was settled."""
    store = open_store(tmp_path / "store", key=KEY)
    store.put(make_commit(), PAYLOAD, durable=False)
    assert store.unsettled
    store.settle()
    assert not store.unsettled
    store.close()
    return tmp_path / "store"


@pytest.fixture
def later(path: Path, hashed: list[int]) -> Iterator[Store]:
    """The same store in what could be another process."""
    hashed.clear()
    store = open_store(path, key=KEY)
    yield store
    store.close()


def _commit(store: Store) -> Commit:
    return store.find(make_commit().key)[0]


def _file(store: Store) -> Path:
    digest = _commit(store).buffers[0].digest
    return store.path / "objects" / digest[:2] / digest[2:]


def test_a_later_process_does_not_hash_again(later: Store, hashed: list[int]) -> None:
    assert same(later.get(_commit(later)), PAYLOAD)
    assert hashed == []


def test_without_settling_the_first_reader_hashes_and_the_next_does_not(tmp_path: Path, hashed: list[int]) -> None:
    for expected in ([], [4 << 20, 2 << 20], []):
        store = open_store(tmp_path / "store", key=KEY)
        if not store.log():
            store.put(make_commit(), PAYLOAD, durable=True)
            time.sleep(2 * stamps.SETTLED)
        else:
            store.get(_commit(store))
        assert hashed == expected
        hashed.clear()
        store.close()


@pytest.mark.parametrize("how", ["in place", "in place, with the old times", "another file"])
def test_a_file_that_was_changed_is_found(later: Store, how: str) -> None:
    file = _file(later)
    times = file.stat()
    file.chmod(0o600)
    if how == "another file":
        file.rename(file.with_name("old"))
        file.write_bytes(bytes(4 << 20))
    else:
        with file.open("r+b") as opened:
            opened.seek(5)
            opened.write(bytes([DATA[5] ^ 1]))
    if how == "in place, with the old times":
        file.chmod(0o400)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(Damaged):
        later.get(_commit(later))


def test_a_stamp_that_another_user_made_does_not_count(path: Path, hashed: list[int]) -> None:
    """Whoever can write the index could otherwise have other bytes believed."""
    store = open_store(path, key=KEY)
    with store.index.writing() as db:
        assert db.execute("SELECT count(*) FROM stamps").get == 2
        db.execute("UPDATE stamps SET seal = zeroblob(40)")
    hashed.clear()
    store.get(_commit(store))
    assert hashed == [4 << 20, 2 << 20]
    store.close()


def test_a_stamp_of_one_file_does_not_count_for_another(path: Path, hashed: list[int]) -> None:
    store = open_store(path, key=KEY)
    with store.index.writing() as db:
        rows = db.execute("SELECT digest, stamp, seal FROM stamps").fetchall()
        for (digest, _, _), (_, stamp, seal) in zip(rows, reversed(rows), strict=True):
            db.execute("UPDATE stamps SET stamp = ?, seal = ? WHERE digest = ?", (stamp, seal, digest))
    hashed.clear()
    store.get(_commit(store))
    assert len(hashed) == 2
    store.close()


def test_a_stamp_of_before_a_restart_of_the_machine_does_not_count(
    path: Path, hashed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "_boot", lambda: "another")
    store = open_store(path, key=KEY)
    hashed.clear()
    store.get(_commit(store))
    assert len(hashed) == 2
    store.close()


def test_a_file_that_was_just_written_gets_no_stamp(tmp_path: Path, hashed: list[int]) -> None:
    """Within one tick of the clock a change would not show."""
    store = open_store(tmp_path / "store", key=KEY)
    store.put(make_commit(), PAYLOAD, durable=False)
    store.get(_commit(store))
    store.get(_commit(store))
    assert len(hashed) == 4
    store.close()


def test_settling_stops_when_it_is_told_to(tmp_path: Path, hashed: list[int]) -> None:
    store = open_store(tmp_path / "store", key=KEY)
    store.put(make_commit(), PAYLOAD, durable=False)
    store.settle(lambda: True)
    assert store.unsettled
    assert hashed == []
    store.settle(lambda: len(hashed) == 1)
    assert store.unsettled
    store.settle()
    assert not store.unsettled
    assert len(hashed) == 2
    store.close()


def test_what_is_removed_leaves_no_stamp(path: Path) -> None:
    store = open_store(path, key=KEY)
    store.gc(max_size=0)
    assert store.index.rows("SELECT count(*) FROM stamps") == [(0,)]
    store.close()


def test_verify_hashes_whatever_is_known(later: Store, hashed: list[int]) -> None:
    later.verify()
    assert sorted(hashed) == [2 << 20, 4 << 20]
