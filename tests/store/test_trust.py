"""Only what this user wrote is believed: not another's entries, not changed ones, not moved ones."""

from __future__ import annotations

import dataclasses
import os
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from blake3 import blake3

from cashet_jupyter.digest import encode
from cashet_jupyter.errors import CashetError, StoreError
from cashet_jupyter.models import Blob, Commit
from cashet_jupyter.store import log, records, trust
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload, same

MINE, THEIRS = b"m" * 32, b"t" * 32


def test_another_users_entries_are_misses_that_are_counted_and_listed(tmp_path: Path) -> None:
    theirs = open_store(tmp_path / "store", key=THEIRS)
    foreign = theirs.put(make_commit(), make_payload(1, 20_000), durable=False, tags={"a": "1"})
    theirs.close()
    mine = open_store(tmp_path / "store", key=MINE)
    assert mine.find(foreign.key) == []
    assert mine.foreign == 1
    assert mine.find(foreign.key) == []
    assert mine.foreign == 1
    assert mine.why_not(foreign.key) == "1 not by this user"
    assert mine.latest() is None
    assert mine.log() == [foreign] == [mine.resolve("a=1")]
    assert not mine.trusted(foreign)
    for read in (mine.get, mine.shown):
        with pytest.raises(StoreError, match="not by this user"):
            read(foreign)
    stored = mine.put(make_commit(), make_payload(1, 20_000), durable=False)
    assert mine.find(foreign.key) == [stored]
    assert mine.trusted(stored)
    assert same(mine.get(stored), make_payload(1, 20_000))
    mine.close()


def test_a_commit_made_up_by_hand_gives_no_bytes(tmp_path: Path) -> None:
    """The blobs of a read are those of the sealed record, not those of the object that is passed in."""
    store = open_store(tmp_path / "store", key=MINE)
    secret = store.put(make_commit("secret"), make_payload(1, 20_000), durable=False)
    stored = store.put(make_commit(), make_payload(2, 20_000), durable=False)
    forged = dataclasses.replace(stored, buffers=secret.buffers)
    assert same(store.get(forged), make_payload(2, 20_000))
    store.close()


def tamper(path: Path, change: Callable[[dict[str, object]], None]) -> Commit:
    """Change a record in the log, with a right id and frame, and have the index made from it."""
    store = open_store(path, key=MINE)
    stored = store.put(make_commit(), make_payload(1, 20_000), durable=False)
    store.put(make_commit("other"), make_payload(2, 20_000), durable=False)
    store.close()
    (file,) = (path / "log").iterdir()
    frames = b""
    for body in log.read(file):
        op = records.unpack(body)
        if op["op"] == "put" and records.decode(op["record"]).key == stored.key:
            change(op)
        frames += log.frame(records.pack(op))
    file.write_bytes(frames)
    (path / "index.db").unlink()
    return stored


def edit(change: Callable[[dict[str, object]], None]) -> Callable[[dict[str, object]], None]:
    def changed(op: dict[str, object]) -> None:
        fields = records.unpack(op["record"])  # type: ignore[arg-type]
        change(fields)
        op["record"] = records.pack({name: fields[name] for name in sorted(fields)})

    return changed


EDITS: dict[str, Callable[[dict[str, object]], None]] = {
    "key": edit(lambda fields: fields.update(key="victim")),
    "created": edit(lambda fields: fields.update(created=9e9)),
    "expires": edit(lambda fields: fields.update(expires=9e9)),
    "skeleton": edit(lambda fields: fields.update(skeleton=fields["shown"])),
    "size": edit(lambda fields: fields["skeleton"].__setitem__(1, 5)),  # type: ignore[attr-defined]
    "buffers": edit(lambda fields: fields.update(buffers=[])),
    "swapped": edit(lambda fields: fields.update(skeleton=fields["shown"], shown=fields["skeleton"])),
    "new field": edit(lambda fields: fields.update(mood="good")),
    "seal": lambda op: op.update(seal=bytes(40)),
    "short seal": lambda op: op.update(seal=op["seal"][:39]),  # type: ignore[index]
    "no seal": lambda op: op.update(seal=b""),
}


@pytest.mark.parametrize("kind", EDITS)
def test_a_changed_record_is_a_miss(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "store"
    stored = tamper(path, EDITS[kind])
    store = open_store(path, key=MINE)
    assert store.find(stored.key) == []
    assert store.find("victim") == []
    assert len(store.find("other")) == 1
    for commit in store.log():
        if commit.key != "other":
            assert not store.trusted(commit)
            with pytest.raises(StoreError):
                store.get(commit)
    store.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE commits SET key = CAST('victim' AS BLOB)",
        "UPDATE commits SET record = (SELECT record FROM commits ORDER BY n DESC LIMIT 1)",
        "UPDATE commits SET seal = (SELECT seal FROM commits ORDER BY n DESC LIMIT 1)",
        "UPDATE commits SET seal = 5",
        "UPDATE commits SET record = 'text'",
        "UPDATE commits SET id = randomblob(32)",
        "UPDATE OR REPLACE blobs SET inline = randomblob(length(inline))",
        "UPDATE blobs SET inline = NULL",
        "UPDATE blobs SET inline = 'text'",
    ],
)
def test_rows_changed_in_the_index_are_misses(tmp_path: Path, change: str) -> None:
    path = tmp_path / "store"
    store = open_store(path, key=MINE)
    expected = {key: make_payload(n, 100) for n, key in enumerate(("one", "two"))}
    for key, payload in expected.items():
        store.put(make_commit(key), payload, durable=False)
    store.close()
    db = apsw.Connection(str(path / "index.db"))
    db.execute(change)
    db.close()
    store = open_store(path, key=MINE)
    assert store.find("victim") == []
    for key, payload in expected.items():
        for found in store.find(key):
            try:
                assert same(store.get(found), payload)
            except CashetError:
                continue
        healed = store.put(make_commit(key), payload, durable=False)
        assert store.find(key)[0] == healed
        assert same(store.get(healed), payload)
    store.close()


def test_a_log_from_elsewhere_brings_no_hits(tmp_path: Path) -> None:
    """A log is read when it appears; what it holds is listed, and no more."""
    theirs = open_store(tmp_path / "theirs", key=THEIRS)
    foreign = theirs.put(make_commit(), make_payload(1), durable=False)
    theirs.close()
    mine = open_store(tmp_path / "mine", key=MINE)
    stored = mine.put(make_commit(), make_payload(2), durable=False)
    mine.close()
    for file in (tmp_path / "theirs" / "log").iterdir():
        shutil.copy(file, tmp_path / "mine" / "log")
    mine = open_store(tmp_path / "mine", key=MINE)
    assert mine.find(stored.key) == [stored]
    assert {commit.id for commit in mine.log()} == {stored.id, foreign.id}
    mine.close()


def test_a_log_full_of_nonsense_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = open_store(path, key=MINE)
    stored = store.put(make_commit(), make_payload(1), durable=False)
    store.close()
    nonsense = [
        b"",
        b"\xc1",
        records.pack(7),
        records.pack({"op": "put", "seq": 1}),
        records.pack({"op": "dance", "seq": 2}),
        records.pack({"op": ["rm"], "seq": 2}),
        records.pack({"op": "rm", "seq": "three", "id": b""}),
        records.pack({"op": "rm", "seq": 4}),
        records.pack({"op": "tag", "seq": 5, "id": 5, "tags": {"a": 1}}),
        records.pack({"op": "use", "seq": 6, "hits": [[1]], "timings": []}),
        records.pack({"op": "put", "seq": 7, "record": b"x", "seal": b"", "inline": 3, "tags": {}, "pinned": 0}),
        records.pack({"op": "use", "seq": 2**63 - 1, "hits": [], "timings": {"code": 2.0}}),
    ]
    (path / "log" / "evil.log").write_bytes(b"".join(map(log.frame, nonsense)))
    store = open_store(path, key=MINE)
    assert store.find(stored.key) == [stored]
    assert store.timing("code") == 2.0
    store.close()


# ------------------------------------------------------------------------------------------------------------ the key
def test_the_key_is_made_once_and_only_this_user_can_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASHET_KEY_FILE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "data" / "cashet" / "secret"
    assert trust.key_file() == path
    before = os.umask(0)
    try:
        key = trust.load_key()
    finally:
        os.umask(before)
    assert (len(key), trust.load_key()) == (32, key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    assert trust.load_key() == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_many_threads_that_make_the_key_at_once_get_the_same(tmp_path: Path) -> None:
    barrier, keys = threading.Barrier(8), set[bytes]()

    def work() -> None:
        barrier.wait()
        keys.add(trust.load_key({"CASHET_KEY_FILE": str(tmp_path / "new" / "key")}))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["key"]


@pytest.mark.parametrize("content", [b"short", b"l" * 33])
def test_a_damaged_key_is_a_store_error_that_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(StoreError, match="remove it"):
        trust.load_key({"CASHET_KEY_FILE": str(tmp_path / "key")})


def test_a_key_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="CASHET_KEY_FILE"):
        trust.load_key({"CASHET_KEY_FILE": str(tmp_path / "file" / "key")})


def test_a_seal_is_a_keyed_digest_of_a_tagged_structure() -> None:
    signer = trust.Signer(b"key")
    key = blake3(b"key", derive_key_context="cashet_jupyter store seal, version 1").digest()
    for record in (b"", b"x", bytes(1000)):
        message = encode(("cashet-record", 1, signer.name, record))
        assert signer.seal(record) == signer.name + blake3(message, key=key).digest()


def test_seals_depend_on_the_key_and_every_byte() -> None:
    mine, theirs = trust.Signer(MINE), trust.Signer(THEIRS)
    seal = mine.seal(b"record")
    assert len(seal) == trust.SEAL_BYTES
    assert mine.accepts(b"record", seal)
    assert not theirs.accepts(b"record", seal)
    assert not mine.accepts(b"recorD", seal)
    for position in range(len(seal)):
        changed = bytearray(seal)
        changed[position] ^= 1
        assert not mine.accepts(b"record", bytes(changed))
    assert MINE not in seal


def test_blobs_of_a_record_are_what_was_sealed() -> None:
    one = dataclasses.replace(make_commit(), buffers=(Blob("ab" * 32, 5), Blob("cd" * 32, 6)))
    other = dataclasses.replace(one, buffers=(Blob("ab" * 32, 6), Blob("cd" * 32, 5)))
    signer = trust.Signer(MINE)
    assert signer.seal(records.encode(one)) != signer.seal(records.encode(other))
