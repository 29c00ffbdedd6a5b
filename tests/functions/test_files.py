from __future__ import annotations

import io
import os
import random
import threading
from pathlib import Path

import pandas as pd
import pytest
from blake3 import blake3

from cashet_jupyter.errors import Damaged, NotFound, Refused, StoreError
from cashet_jupyter.functions.files import FileRef, Files
from cashet_jupyter.memory.pieces import BLOCK
from cashet_jupyter.store import copying
from cashet_jupyter.store.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path):
    store = open_store(tmp_path / ".cashet")
    yield store
    store.close()


@pytest.fixture
def files(store: Store) -> Files:
    return Files(lambda: store)


def written(path: Path, size: int, seed: int = 1) -> bytes:
    data = random.Random(seed).randbytes(size)
    path.write_bytes(data)
    return data


SIZES = [0, 1, 5_000, 1 << 20, (5 << 20) + 3, BLOCK + (4 << 20) + 17]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_back_as_it_was_put_in(files: Files, tmp_path: Path, size: int):
    data = written(tmp_path / "data.bin", size)
    (tmp_path / "data.bin").chmod(0o640)
    ref = files.put(tmp_path / "data.bin")
    assert (ref.name, ref.size, ref.digest) == ("data.bin", size, blake3(data).hexdigest())
    out = files.get(ref, tmp_path / "deep" / "out.bin")
    assert out.read_bytes() == data
    assert out.stat().st_mode & 0o777 == 0o640
    with files.reader("data.bin") as reader:
        assert reader.read() == data


@pytest.mark.parametrize("size", SIZES)
def test_a_stream_gives_the_same_file_as_putting_it(files: Files, tmp_path: Path, size: int):
    data = written(tmp_path / "data.bin", size)
    with files.writer("streamed") as writer:
        for start in range(0, size, 3_000_001):
            assert writer.write(data[start : start + 3_000_001]) == len(data[start : start + 3_000_001])
        assert writer.tell() == size
    assert writer.ref is not None
    assert writer.ref.digest == files.put(tmp_path / "data.bin").digest
    assert files.get("streamed", tmp_path / "out").read_bytes() == data


def test_equal_bytes_are_stored_once(files: Files, store: Store, tmp_path: Path):
    written(tmp_path / "a", 6 << 20)
    files.put(tmp_path / "a")
    before = store.stats().physical
    files.put(tmp_path / "a", name="b")
    assert store.stats().physical - before < 10_000


def test_a_file_is_found_by_name_digest_key_commit_and_ref(files: Files, tmp_path: Path):
    written(tmp_path / "a.csv", 100)
    ref = files.put(tmp_path / "a.csv", name="raw/a.csv", tags={"env": "test"}, meta={"source": ["x", 1]})
    for what in ["raw/a.csv", ref.digest, ref.key, ref.commit, ref.commit[:8], ref]:
        assert files.find(what) == ref
    assert ref.tags == {"env": "test"}
    assert ref.meta == {"source": ["x", 1]}
    assert ref.created > 0
    with pytest.raises(NotFound, match=r"no file 'a\.csv'"):
        files.find("a.csv")
    with pytest.raises(NotFound):
        files.find("0" * 64)


def test_a_name_has_versions_and_the_newest_is_meant(files: Files, tmp_path: Path):
    first = files.put(_text(tmp_path, "one"), name="n")
    second = files.put(_text(tmp_path, "two"), name="n")
    assert [ref.digest for ref in files.versions("n")] == [second.digest, first.digest]
    assert files.get("n", tmp_path / "out").read_text() == "two"
    assert files.get(first, tmp_path / "out").read_text() == "one"
    assert [ref.digest for ref in files.ls()] == [second.digest]


def _text(folder: Path, text: str) -> Path:
    path = folder / "text"
    path.write_text(text)
    return path


def test_ls_lists_by_prefix_and_name(files: Files, store: Store, tmp_path: Path):
    path = _text(tmp_path, "x")
    for number in range(205):
        files.put(path, name=f"many/{number:03}")
    files.put(path, name="a/1")
    assert [ref.name for ref in files.ls("a/")] == ["a/1"]
    assert len(files.ls("many/")) == 205
    assert len(files.ls()) == 206
    assert files.ls("none") == []


def test_a_collection_keeps_files_and_removing_lets_them_go(files: Files, store: Store, tmp_path: Path):
    written(tmp_path / "a", 2 << 20)
    ref = files.put(tmp_path / "a")
    files.put(tmp_path / "a", name="b")
    store.gc(max_size=0, older_than=0)
    assert files.find("a").digest == ref.digest
    assert files.remove("a") == 1
    with pytest.raises(NotFound):
        files.find("a")
    assert files.find("b")
    assert files.remove(ref.digest) == 1
    store.gc(max_size=0)
    assert store.stats().physical < 1 << 20
    with pytest.raises(NotFound):
        files.remove("b")


def test_a_file_is_never_a_way_into_the_store(files: Files, store: Store, tmp_path: Path):
    data = written(tmp_path / "a", 2 << 20)
    ref = files.put(tmp_path / "a")
    way = files.link(ref, tmp_path / "out")
    assert way in ("reflink", "copy")
    with (tmp_path / "out").open("r+b") as file:
        file.write(b"changed")
    with (tmp_path / "a").open("r+b") as file:
        file.write(b"changed")
    assert (tmp_path / "out").stat().st_nlink == 1
    assert files.get(ref, tmp_path / "again").read_bytes() == data


def test_where_blocks_cannot_be_shared_a_link_copies_or_refuses(files: Files, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(copying, "share_range", lambda *_: False)
    data = written(tmp_path / "a", 2 << 20)
    files.put(tmp_path / "a")
    assert files.link("a", tmp_path / "out") == "copy"
    assert (tmp_path / "out").read_bytes() == data
    with pytest.raises(Refused, match="share blocks"):
        files.link("a", tmp_path / "none", copy=False)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a", "cashet.key", "out"]


def test_where_blocks_can_be_shared_they_are(files: Files, tmp_path: Path, monkeypatch):
    calls: list[int] = []

    def shares(source: int, offset: int, target: int, place: int, size: int) -> bool:
        calls.append(size)
        os.pwrite(target, os.pread(source, size, offset), place)
        return True

    monkeypatch.setattr(copying, "share_range", shares)
    size = BLOCK + (4 << 20)
    data = written(tmp_path / "a", size)
    files.put(tmp_path / "a")
    assert calls == [BLOCK]
    assert files.link("a", tmp_path / "out", copy=False) == "reflink"
    assert calls == [BLOCK, BLOCK, 4 << 20]
    assert (tmp_path / "out").read_bytes() == data


def test_copying_goes_on_where_the_system_cannot_do_it_itself(tmp_path: Path, monkeypatch):
    data = written(tmp_path / "a", 100_000)

    def cannot(*_: object) -> int:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "copy_file_range", cannot, raising=False)
    with (tmp_path / "a").open("rb") as source, (tmp_path / "b").open("w+b") as target:
        copying.copy_range(source.fileno(), 10, target.fileno(), 5, 99_990)
    assert (tmp_path / "b").read_bytes() == bytes(5) + data[10:]
    with (
        (tmp_path / "a").open("rb") as source,
        (tmp_path / "c").open("w+b") as target,
        pytest.raises(OSError, match="shorter"),
    ):
        copying.copy_range(source.fileno(), 0, target.fileno(), 0, 100_001)


def test_nothing_of_a_stream_is_seen_unless_it_was_closed_in_order(files: Files, store: Store):
    def broken() -> None:
        with files.writer("broken") as writer:
            writer.write(b"x" * (BLOCK + 1))
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    forgotten = files.writer("forgotten")
    forgotten.write(b"x")
    del forgotten
    aborted = files.writer("aborted")
    aborted.write(b"x")
    assert files.ls() == []
    aborted.abort()
    aborted.close()
    assert files.ls() == []
    with pytest.raises(ValueError, match="closed"):
        aborted.write(b"x")
    store.gc(max_size=0)
    assert store.stats().physical < 1 << 20


def test_a_collection_in_the_middle_of_a_stream_takes_nothing_from_it(files: Files, store: Store, tmp_path: Path):
    data = random.Random(3).randbytes(BLOCK)
    with files.writer("long") as writer:
        writer.write(data)
        store.gc(max_size=0, older_than=0)
        for path in (store.path / "objects").glob("*/*"):
            path.unlink()
        writer.write(b"end")
    assert files.get("long", tmp_path / "out").read_bytes() == data + b"end"


def test_writers_are_python_files(files: Files):
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    with files.writer("frame.csv") as writer, io.TextIOWrapper(writer, "utf-8") as text:
        frame.to_csv(text, index=False)
    with files.reader("frame.csv") as reader:
        pd.testing.assert_frame_equal(pd.read_csv(reader), frame)
    with files.writer("frame.parquet") as writer:
        frame.to_parquet(writer)
    with files.reader("frame.parquet") as reader:
        pd.testing.assert_frame_equal(pd.read_parquet(reader), frame)


def test_readers_seek_over_pieces(files: Files, tmp_path: Path):
    data = written(tmp_path / "a", (9 << 20) + 5)
    files.put(tmp_path / "a")
    with files.reader("a") as reader:
        for place, size in [(4 << 20, 10), ((4 << 20) - 5, 10), (0, 3), (len(data) - 4, 100)]:
            assert reader.seek(place) == place
            assert reader.read(size) == data[place : place + size]
        assert reader.seek(-1, os.SEEK_END) == len(data) - 1
        assert reader.read() == data[-1:]
        assert reader.read() == b""
        reader.seek(len(data) + 10)
        assert reader.read() == b""


def test_damage_is_found_before_a_byte_is_handed_out(files: Files, store: Store, tmp_path: Path):
    data = written(tmp_path / "a", 9 << 20)
    files.put(tmp_path / "a")
    last = max((store.path / "objects").glob("*/*"), key=lambda path: path.read_bytes() == data[8 << 20 :])
    last.chmod(0o600)
    content = bytearray(last.read_bytes())
    content[7] ^= 1
    last.write_bytes(content)
    with files.reader("a") as reader:
        assert reader.read(100) == data[:100]
        reader.seek(8 << 20)
        with pytest.raises(Damaged):
            reader.read(1)


def test_damage_leaves_no_file(files: Files, store: Store, tmp_path: Path):
    written(tmp_path / "a", 3 << 20)
    ref = files.put(tmp_path / "a")
    for path in (store.path / "objects").glob("*/*"):
        path.chmod(0o600)
        path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(Damaged):
        files.get(ref, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a", "cashet.key"]


def test_what_is_no_regular_file_is_refused(files: Files, tmp_path: Path):
    with pytest.raises(Refused, match="no regular file"):
        files.put(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refused, match="no regular file"):
        files.put(tmp_path / "pipe")
    with pytest.raises(FileNotFoundError):
        files.put(tmp_path / "none")


def test_a_file_that_changes_while_it_is_read_is_refused(files: Files, tmp_path: Path, monkeypatch):
    path = tmp_path / "log"
    written(path, 1000)
    real = os.preadv

    def reads_while_somebody_writes(fd: int, buffers: list, offset: int) -> int:
        count = real(fd, buffers, offset)
        os.utime(path, ns=(1, 1))
        return count

    monkeypatch.setattr(os, "preadv", reads_while_somebody_writes)
    with pytest.raises(Refused, match="changed while"):
        files.put(path)
    assert files.ls() == []


def test_metadata_is_json_and_bounded(files: Files, tmp_path: Path):
    path = _text(tmp_path, "x")
    with pytest.raises(TypeError):
        files.put(path, meta={"when": object()})
    with pytest.raises(ValueError, match="characters"):
        files.put(path, meta={"long": "x" * 100_000})
    with pytest.raises(ValueError, match="name"):
        files.writer("")
    assert files.ls() == []


def test_other_stores_keep_no_files():
    with pytest.raises(StoreError, match="own store"):
        Files(lambda: object()).ls()  # type: ignore[arg-type]


def test_threads_may_write_at_the_same_time(files: Files, tmp_path: Path):
    def write(number: int) -> None:
        with files.writer(f"t{number}") as writer:
            writer.write(bytes([number]) * 2_000_000)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [ref.digest for ref in files.ls()] == [
        blake3(bytes([number]) * 2_000_000).hexdigest() for number in range(4)
    ]


def test_as_an_argument_a_file_counts_by_name_and_content():
    one, other = FileRef("n", "d", 1, "c1", 1.0), FileRef("n", "d", 1, "c2", 2.0)
    assert one.__cashet_fingerprint__() == other.__cashet_fingerprint__()
