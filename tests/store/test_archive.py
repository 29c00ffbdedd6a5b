"""Archives: what goes out comes in again, and nothing that somebody made up does any harm."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgpack
import pytest
from blake3 import blake3

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import CashetError, Damaged, NotFound, StoreError
from cashet_jupyter.models import Commit, Payload
from cashet_jupyter.render.show import Provenance
from cashet_jupyter.store import archive as module
from cashet_jupyter.store import manifest as manifests
from cashet_jupyter.store import records, tar
from cashet_jupyter.store.answers import Imported
from cashet_jupyter.store.manifest import Manifest, Packed
from cashet_jupyter.store.objects import Objects
from cashet_jupyter.store.store import Store, open_store
from tests.contracts.store_contract import bytes_of, make_commit, make_payload, same

Open = Callable[..., Store]
ME, OTHER = b"m" * 32, b"o" * 32


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Open]:
    opened: list[Store] = []

    def open_one(name: str, key: bytes = ME) -> Store:
        opened.append(open_store(tmp_path / name, key=key))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


def files_of(store: Store) -> list[str]:
    return sorted(path.name for path in (store.path / "objects").glob("*/*"))


def left_over(store: Store) -> list[str]:
    return [path.name for path in (store.path / "tmp").iterdir()]


def logged(store: Store) -> int:
    return sum(path.stat().st_size for path in (store.path / "log").iterdir())


def fill(store: Store) -> list[tuple[Commit, Payload]]:
    """Commits with everything: nothing in the buffers, small ones, files, mapped ones, shared ones, tags, a pin."""
    payloads = [
        Payload(b"", b"", ()),
        make_payload(1, 0, 1, 600, 20_000),
        make_payload(2, (1 << 20) + 5, 20_000),
        Payload(bytes_of(7, 70_000), b"shown", (memoryview(bytes_of(7, 70_000)), memoryview(b""))),
    ]
    stored = [
        store.put(make_commit(f"{number}" * 64), payload, durable=False) for number, payload in enumerate(payloads)
    ]
    stored[1] = store.tag(stored[1], {"stage": "train", "who": "\N{SNOWMAN} \ud800"})
    stored[2] = store.pin(stored[2])
    return list(zip(stored, payloads, strict=True))


# ----------------------------------------------------------------------------------------------------- there and back
def test_everything_comes_back_in_another_store(stores: Open, tmp_path: Path) -> None:
    here, there = stores("here"), stores("there")
    filled = fill(here)
    assert here.export(tmp_path / "all.tar") == len(filled)
    done = there.import_(tmp_path / "all.tar")
    assert (done.commits, done.known, done.foreign) == (len(filled), 0, 0)
    for commit, payload in filled:
        assert there.find(commit.key) == [commit]
        assert same(there.get(commit), payload)
    assert done.blobs == there.stats().blobs == here.stats().blobs
    assert done.size == there.stats().physical == here.stats().physical
    assert not left_over(there)


def test_what_is_small_lies_in_the_index_again_and_not_in_files(stores: Open, tmp_path: Path) -> None:
    here, there = stores("here"), stores("there")
    fill(here)
    here.export(tmp_path / "all.tar")
    there.import_(tmp_path / "all.tar")
    assert files_of(there) == files_of(here)


def test_importing_twice_changes_nothing(stores: Open, tmp_path: Path) -> None:
    here, there = stores("here"), stores("there")
    filled = fill(here)
    here.export(tmp_path / "all.tar")
    there.import_(tmp_path / "all.tar")
    there.untag(there.resolve("stage=train"), "stage")
    before = logged(there)
    assert there.import_(tmp_path / "all.tar") == Imported(known=len(filled))
    assert logged(there) == before
    assert there.log(tag=("stage", "train")) == []


def test_the_store_that_wrote_it_learns_nothing_from_it(stores: Open, tmp_path: Path) -> None:
    here = stores("here")
    filled = fill(here)
    here.export(tmp_path / "all.tar")
    assert here.import_(tmp_path / "all.tar") == Imported(known=len(filled))


def test_blobs_that_are_there_already_are_not_written_again(stores: Open, tmp_path: Path) -> None:
    here, there = stores("here"), stores("there")
    payload = make_payload(3, 30_000)
    here.put(make_commit(), payload, durable=False)
    there.put(make_commit(), payload, durable=False)
    (file,) = (path for path in (there.path / "objects").glob("*/*"))
    before = file.stat().st_ino
    here.export(tmp_path / "one.tar")
    done = there.import_(tmp_path / "one.tar")
    assert (done.commits, done.blobs, done.size) == (1, 0, 0)
    assert file.stat().st_ino == before


def test_an_import_heals_what_is_damaged_here(stores: Open, tmp_path: Path) -> None:
    here = stores("here")
    payload = make_payload(3, 30_000, 40_000)
    stored = here.put(make_commit(), payload, durable=False)
    here.export(tmp_path / "one.tar")
    gone, bad = (here.path / "objects" / blob.digest[:2] / blob.digest[2:] for blob in stored.buffers)
    gone.unlink()
    bad.chmod(0o600)
    bad.write_bytes(bytes_of(9, 40_000))
    assert here.import_(tmp_path / "one.tar").known == 1
    assert same(here.get(stored), payload)


def test_chosen_commits_are_exported_each_once(stores: Open, tmp_path: Path) -> None:
    here, there = stores("here"), stores("there")
    filled = fill(here)
    chosen = filled[1][0]
    assert here.export(tmp_path / "one.tar", [chosen, chosen]) == 1
    there.import_(tmp_path / "one.tar")
    assert there.log() == [chosen]
    with pytest.raises(NotFound):
        here.export(tmp_path / "two.tar", [dataclasses.replace(chosen, id="0" * 64)])
    assert not (tmp_path / "two.tar").exists()


def test_a_store_without_commits_makes_an_archive_without_any(stores: Open, tmp_path: Path) -> None:
    assert stores("here").export(tmp_path / "none.tar") == 0
    assert stores("there").import_(tmp_path / "none.tar") == Imported()


def test_the_same_commits_make_the_same_archive(stores: Open, tmp_path: Path) -> None:
    here, there = stores("here"), stores("there")
    fill(here)
    here.export(tmp_path / "a.tar")
    there.import_(tmp_path / "a.tar")
    there.export(tmp_path / "b.tar")
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()


def test_ordinary_tar_lists_it(stores: Open, tmp_path: Path) -> None:
    here = stores("here")
    fill(here)
    here.export(tmp_path / "all.tar")
    listed = subprocess.run(["tar", "tvf", tmp_path / "all.tar"], capture_output=True, text=True, check=True)
    assert not listed.stderr
    lines = listed.stdout.splitlines()
    assert all(line.startswith("-rw-------") for line in lines)
    names = [line.split()[-1] for line in lines]
    assert names[0] == "manifest.msgpack"
    assert len(names) == 1 + here.stats().blobs
    with tarfile.open(tmp_path / "all.tar") as opened:
        for member in opened.getmembers()[1:]:
            data = opened.extractfile(member)
            assert data is not None
            assert module.member_name(digest_buffer(data.read())) == member.name


def test_an_archive_that_tar_has_packed_again_comes_in(stores: Open, tmp_path: Path) -> None:
    here, there = stores("here"), stores("there")
    filled = fill(here)
    here.export(tmp_path / "all.tar")
    (tmp_path / "out").mkdir()
    subprocess.run(["tar", "xf", tmp_path / "all.tar", "-C", tmp_path / "out"], check=True)
    with tarfile.open(tmp_path / "all.tar") as opened:
        names = [member.name for member in opened.getmembers()]
    packed = ["tar", "--format=ustar", "--owner=nobody", "-cf", tmp_path / "again.tar", "-C", tmp_path / "out"]
    subprocess.run([*packed, names[0], *reversed(names[1:])], check=True)
    assert there.import_(tmp_path / "again.tar").commits == len(filled)


def test_sizes_beyond_eight_gib_are_written_as_tar_reads_them() -> None:
    for size in (0, 8**11 - 1, 8**11, 1 << 40):
        block = tar.header("manifest.msgpack", size, 86400)
        assert tar.parse(block) == ("manifest.msgpack", size)
        assert tarfile.TarInfo.frombuf(block, "utf-8", "strict").size == size


# --------------------------------------------------------------------------------------------------------------- trust
def test_what_another_user_wrote_is_kept_and_not_loaded(stores: Open, tmp_path: Path) -> None:
    theirs, mine = stores("theirs", OTHER), stores("mine")
    stored = theirs.put(make_commit(), make_payload(4, 30_000), durable=False)
    theirs.export(tmp_path / "theirs.tar")
    done = mine.import_(tmp_path / "theirs.tar")
    assert (done.commits, done.foreign) == (1, 1)
    assert mine.log() == [stored]
    assert mine.find(stored.key) == []
    with pytest.raises(StoreError, match="not by this user"):
        mine.get(stored)
    mine.export(tmp_path / "passed on.tar")
    theirs.rm(stored)
    assert theirs.import_(tmp_path / "passed on.tar") == Imported(1, 0, 0, 0, 0)
    assert theirs.find(stored.key) == [stored]


def test_with_trust_it_is_made_this_users_own(stores: Open, tmp_path: Path) -> None:
    theirs, mine = stores("theirs", OTHER), stores("mine")
    payload = make_payload(4, 30_000)
    stored = theirs.put(make_commit(), payload, durable=False)
    theirs.export(tmp_path / "theirs.tar")
    mine.import_(tmp_path / "theirs.tar")
    assert mine.import_(tmp_path / "theirs.tar", trust=True) == Imported(known=1)
    assert mine.find(stored.key) == [stored]
    assert same(mine.get(stored), payload)
    assert mine.import_(tmp_path / "theirs.tar") == Imported(known=1)
    assert mine.find(stored.key) == [stored], "the seal of a stranger must not take the place of one's own"


# -------------------------------------------------------------------------------------------------------- evil archives
def small_archive(store: Store, path: Path) -> bytes:
    """An archive of two commits and three blobs; 4.5 KiB."""
    payload = Payload(b"skeleton", b"", (memoryview(b"x" * 100),))
    for key in ("a", "b"):
        commit = Commit(key * 64, "c", make_commit().cell, created=1.5, seconds=2.0)
        store.put(commit, payload, durable=False, tags={"t": "v"})
    store.export(path)
    return path.read_bytes()


class Taken:
    """An archive in pieces: its members as `[block, data]`."""

    def __init__(self, data: bytes) -> None:
        self.members: list[list[bytes]] = []
        position = 0
        while data[position : position + 512].strip(b"\0"):
            _, size = tar.parse(data[position : position + 512])
            self.members.append([data[position : position + 512], data[position + 512 : position + 512 + size]])
            position += 512 + size + tar.padding(size)

    @property
    def manifest(self) -> Manifest:
        return manifests.unpack(self.members[0][1])

    def describe(self, manifest: Manifest | bytes) -> None:
        data = manifest if isinstance(manifest, bytes) else manifests.pack(manifest)
        self.members[0] = [tar.header("manifest.msgpack", len(data), 86400), data]

    def change(self, number: int, **fields: bytes) -> None:
        """Another header for a member, with a checksum that fits."""
        places = {
            "name": (0, 100),
            "size": (124, 12),
            "kind": (156, 1),
            "link": (157, 100),
            "magic": (257, 8),
            "prefix": (345, 155),
        }
        block = bytearray(self.members[number][0])
        for name, value in fields.items():
            start, length = places[name]
            block[start : start + length] = value.ljust(length, b"\0")
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        self.members[number][0] = bytes(block)

    def joined(self) -> bytes:
        return b"".join(block + data + bytes(tar.padding(len(data))) for block, data in self.members) + tar.END


def _name(name: bytes) -> Callable[[Taken], None]:
    return lambda taken: taken.change(1, name=name)


def _kind(kind: bytes) -> Callable[[Taken], None]:
    return lambda taken: taken.change(1, kind=kind, link=b"/etc/passwd")


def _twice(taken: Taken) -> None:
    taken.members.insert(2, list(taken.members[1]))


def _extra(taken: Taken) -> None:
    data = b"more"
    taken.members.append([tar.header(module.member_name(digest_buffer(data)), len(data), 1), data])


def _long_name(kind: bytes) -> Callable[[Taken], None]:
    def change(taken: Taken) -> None:
        taken.members.insert(1, list(taken.members[1]))
        taken.change(1, name=b"././@LongLink", kind=kind)

    return change


def _size(value: bytes) -> Callable[[Taken], None]:
    return lambda taken: taken.change(1, size=value)


def _other_bytes(taken: Taken) -> None:
    taken.members[-1][1] = taken.members[-1][1][::-1] + b""
    taken.members[-1][1] = bytes(len(taken.members[-1][1]))


def _packed(**fields: object) -> Callable[[Taken], None]:
    def change(taken: Taken) -> None:
        first, *rest = taken.manifest.commits
        taken.describe(Manifest((dataclasses.replace(first, **fields), *rest), taken.manifest.blobs))  # type: ignore[arg-type]

    return change


def _blobs(change_blobs: Callable[[dict[str, int]], dict[str, int]]) -> Callable[[Taken], None]:
    def change(taken: Taken) -> None:
        taken.describe(Manifest(taken.manifest.commits, change_blobs(dict(taken.manifest.blobs))))

    return change


def _record(**fields: object) -> Callable[[Taken], None]:
    """A record with other fields: one that a stranger could make up."""

    def change(taken: Taken) -> None:
        found = records.unpack(taken.manifest.commits[0].record)
        _packed(record=records.pack({**found, **fields}))(taken)

    return change


def _raw_manifest(body: bytes) -> Callable[[Taken], None]:
    head = b"\x86" + records.pack("digest") + records.pack(blake3(body).digest())
    return lambda taken: taken.describe(head + body)


def _fields(**fields: object) -> bytes:
    return b"".join(records.pack(name) + records.pack(value) for name, value in fields.items())


EVIL: dict[str, tuple[Callable[[Taken], None], str]] = {
    "leads upwards": (_name(b"../../evil"), r"\.\./\.\./evil: the manifest does not name it"),
    "absolute": (_name(b"/etc/passwd"), "/etc/passwd: the manifest does not name it"),
    "upwards below objects": (_name(b"objects/../" + b"a" * 62), "the manifest does not name it"),
    "capital digits": (_name(b"objects/AB/" + b"a" * 62), "the manifest does not name it"),
    "a name that breaks lines": (_name(b"a\nb\x1b[31m"), r"a\\x0ab\\x1b\[31m: "),
    "no name": (_name(b""), r"\(no name\)"),
    "a prefix": (lambda taken: taken.change(1, prefix=b"/tmp"), "/tmp/objects/.*not one that this program writes"),
    "symbolic link": (_kind(b"2"), "objects/.*: it is a symbolic link, not a plain file"),
    "hard link": (_kind(b"1"), "it is a hard link"),
    "character device": (_kind(b"3"), "it is a device"),
    "block device": (_kind(b"4"), "it is a device"),
    "folder": (_kind(b"5"), "it is a folder"),
    "pipe": (_kind(b"6"), "it is a pipe"),
    "old plain file": (_kind(b"\0"), "of an unknown kind"),
    "pax header": (_long_name(b"x"), "@LongLink: it is an extended header"),
    "global pax header": (_long_name(b"g"), "it is an extended header"),
    "GNU long name": (_long_name(b"L"), "it is a long name"),
    "sparse file": (_kind(b"S"), "it is a sparse file"),
    "GNU magic": (lambda taken: taken.change(1, magic=b"ustar  \0"), "not one that this program writes"),
    "twice": (_twice, "it is there twice"),
    "more than declared": (_extra, "the manifest does not name it"),
    "less than declared": (lambda taken: taken.members.pop(), "objects/.*: it is missing"),
    "other size": (_size(b"00000000007\0"), "7 bytes; the manifest says 8"),
    "negative size": (_size(b"\xff" * 12), "its size cannot be read"),
    "huge size": (_size(b"\x80" + b"\x7f" + bytes(10)), "the manifest says 8"),
    "size without digits": (_size(b"zzz"), "its size cannot be read"),
    "other bytes": (_other_bytes, "objects/.*: its bytes are not what its name says"),
    "no manifest": (lambda taken: taken.members.pop(0), "an archive begins with manifest.msgpack"),
    "manifest later": (lambda taken: taken.members.reverse(), "an archive begins with manifest.msgpack"),
    "nothing": (lambda taken: taken.members.clear(), "it is not an archive: that is a plain tar file"),
    "huge manifest": (
        lambda taken: taken.change(0, size=b"\x80" + bytes(5) + b"\xff" * 6),
        "manifest.msgpack: it claims .* bytes, and 67108864 are the most",
    ),
    "declares more than there is": (
        _blobs(lambda blobs: {**blobs, "f" * 64: 1 << 50}), "it declares 1125899906842732 bytes, and the file has"
    ),
    "blob in the manifest twice": (
        _raw_manifest(_fields(format="cashet-archive", version=1, total=2, blobs=[[b"a" * 32, 1]] * 2, commits=[])),
        "given twice",
    ),
    "short digest": (
        _raw_manifest(_fields(format="cashet-archive", version=1, total=0, blobs=[[b"a" * 31, 0]], commits=[])),
        "the name of a blob is wrong",
    ),
    "total is wrong": (
        _raw_manifest(_fields(format="cashet-archive", version=1, total=1, blobs=[], commits=[])), "do not fit together"
    ),
    "negative blob": (
        _raw_manifest(_fields(format="cashet-archive", version=1, total=0, blobs=[[b"a" * 32, -1]], commits=[])),
        "a number that cannot be",
    ),
    "newer version": (
        _raw_manifest(_fields(format="cashet-archive", version=2, total=0, blobs=[], commits=[])), "made by a newer version"
    ),
    "bomb of lists": (
        _raw_manifest(_fields(format="cashet-archive", version=1, total=0, blobs=[], commits=[[[]] * 100_000])),
        "manifest.msgpack: ",
    ),
    "claims four billion commits": (
        _raw_manifest(_fields(format="cashet-archive", version=1, total=0, blobs=[]) + records.pack("commits") + b"\xdd" + b"\xff" * 4),
        "it claims 4294967295 entries",
    ),
    "another msgpack": (lambda taken: taken.describe(msgpack.packb([1, 2, 3])), "manifest.msgpack: "),
    "not msgpack": (lambda taken: taken.describe(b"\xc1" * 100), "manifest.msgpack: "),
    "record that is none": (_packed(record=b"nothing"), "a result in it cannot be read"),
    "record that is a bomb": (_packed(record=b"\xdd\x00\x10\x00\x00" + b"\x90" * (1 << 20)), "too many lists"),
    "record of a newer version": (_record(v=99), "a record of version 99"),
    "record with a blob that is not there": (_record(skeleton=[b"q" * 32, 5]), "which is not there"),
    "record with another size": (
        _record(shown=[bytes.fromhex(digest_buffer(b"")), 1]), "which is not there"
    ),
    "record without a skeleton": (_record(skeleton=None), "of a wrong kind"),
    "record with a number for text": (_record(host=5), "cannot be read"),
    "record of the end of time": (_record(created=float("nan")), "of a wrong kind"),
    "record whose size is a float": (_record(skeleton=[bytes.fromhex(digest_buffer(b"skeleton")), 8.0]), "of a wrong kind"),
    "tag without a name": (_packed(tags={"": "x"}), "the name of a tag"),
    "pin that is a number": (_packed(pinned=1), "bool expected"),
    "seal without end": (_packed(seal=b"s" * 2000), "claims 2000"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(EVIL))
def test_an_evil_archive_is_refused_with_the_member_and_the_reason(stores: Open, tmp_path: Path, name: str) -> None:
    change, words = EVIL[name]
    taken = Taken(small_archive(stores("here"), tmp_path / "good.tar"))
    change(taken)
    evil = tmp_path / "evil.tar"
    evil.write_bytes(taken.joined())
    store = stores("there")
    before = set(tmp_path.iterdir())
    with pytest.raises(StoreError, match=words) as caught:
        store.import_(evil)
    assert str(caught.value).startswith(f"the archive {evil} cannot be imported: ")
    assert "\n" not in str(caught.value)
    assert set(tmp_path.iterdir()) == before
    assert sound(store)


def sound(store: Store) -> bool:
    """Whether everything in it can be read, and nothing half done lies about."""
    assert not left_over(store)
    for commit in store.log(limit=1000):
        if store.trusted(commit):
            store.get(commit)
    return True


@pytest.mark.parametrize("other", ["zip", "gzip", "xz", "empty", "text", "folder", "pipe", "missing", "device"])
def test_what_is_no_tar_file_is_named_as_what_it_is(stores: Open, tmp_path: Path, other: str) -> None:
    path = tmp_path / "other"
    contents = {"zip": b"PK\3\4" + bytes(600), "gzip": b"\x1f\x8b" + bytes(600), "xz": b"\xfd7zXZ\0" + bytes(600),
                "empty": b"", "text": b"hello " * 200}  # fmt: skip
    words = {"zip": "it is a zip file", "gzip": "it is a gzip file", "xz": "it is an xz file", "empty": "it is not an archive",
             "text": "it is not an archive: that is a plain tar file", "folder": "it is not a file", "pipe": "it is not a file",
             "missing": "no such file", "device": "it is not a file"}  # fmt: skip
    if other in contents:
        path.write_bytes(contents[other])
    elif other == "folder":
        path.mkdir()
    elif other == "pipe":
        os.mkfifo(path)
    elif other == "device":
        path = Path("/dev/zero")
    with pytest.raises(StoreError, match=words[other]):
        stores("there").import_(path)


def test_a_result_whose_record_was_changed_is_another_one_and_not_trusted(stores: Open, tmp_path: Path) -> None:
    taken = Taken(small_archive(stores("here"), tmp_path / "good.tar"))
    _record(key="e" * 64)(taken)
    (tmp_path / "evil.tar").write_bytes(taken.joined())
    store = stores("there")
    assert store.import_(tmp_path / "evil.tar").foreign == 1
    assert store.find("e" * 64) == []
    assert store.find("a" * 64) == []
    assert len(store.find("b" * 64)) == 1


def test_an_archive_that_is_cut_off_anywhere_is_refused(stores: Open, tmp_path: Path) -> None:
    data = small_archive(stores("here"), tmp_path / "good.tar")
    store, cut = stores("there"), tmp_path / "cut.tar"
    lengths = {*range(0, len(data), 512), *range(511, len(data), 512), *range(1, len(data), 512), len(data) - 1}
    for length in sorted(lengths):
        cut.write_bytes(data[:length])
        with pytest.raises(StoreError, match="cannot be imported"):
            store.import_(cut)
    assert store.log() == []
    assert sound(store)


def test_no_flipped_byte_brings_wrong_bytes_or_an_error_without_a_type(stores: Open, tmp_path: Path) -> None:
    data = small_archive(stores("here"), tmp_path / "good.tar")
    flipped, store = tmp_path / "flipped.tar", stores("there")
    expected = {commit.id for commit in stores("here").log()}
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1 << position % 8
        flipped.write_bytes(changed)
        with pytest.raises(StoreError, match="cannot be imported"):
            store.import_(flipped)
    assert {commit.id for commit in store.log()} <= expected
    assert sound(store)


def test_a_manifest_that_somebody_changed_and_summed_up_anew_does_no_harm(stores: Open, tmp_path: Path) -> None:
    good = Taken(small_archive(stores("here"), tmp_path / "good.tar"))
    manifest, path, store = good.members[0][1], tmp_path / "changed.tar", stores("there")
    start = len(b"\x86" + records.pack("digest")) + 34
    mine = {commit.id for commit in stores("here").log()}
    imported = 0
    for position in range(start, len(manifest)):
        body = bytearray(manifest[start:])
        body[position - start] ^= 1 << position % 8
        _raw_manifest(bytes(body))(good)
        path.write_bytes(good.joined())
        try:
            imported += store.import_(path).commits
        except StoreError as error:
            assert "cannot be imported" in str(error)  # noqa: PT017 - most are refused, some make another commit
    found = store.log(limit=10_000)
    assert len(found) == imported > 100
    assert {commit.id for commit in found if store.trusted(commit)} <= mine
    for commit in found:
        assert repr(Provenance(commit))
        store.find(commit.key)
    assert sound(store)
    assert store.export(tmp_path / "all.tar") == len(found)
    assert stores("third").import_(tmp_path / "all.tar").commits == len(found)


def test_a_file_that_grows_shrinks_or_changes_while_it_is_read_is_refused(
    stores: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stores("here")
    here.put(make_commit(), make_payload(1, 50_000, 60_000), durable=False)
    here.export(tmp_path / "good.tar")
    good = (tmp_path / "good.tar").read_bytes()
    real = Objects.stage_stream
    for number, changed in enumerate((good[:60_000], b"\xff" * len(good))):
        path = tmp_path / f"{number}.tar"
        path.write_bytes(good)

        def stage(
            self: Objects, *args: object, path: Path = path, changed: bytes = changed, **kwargs: object
        ) -> object:
            path.write_bytes(changed)
            return real(self, *args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(Objects, "stage_stream", stage)
        store = stores(f"there{number}")
        with pytest.raises(StoreError, match=r"cut off|not what its name says"):
            store.import_(path)
        assert store.log() == []
        assert sound(store)


def test_the_folders_of_the_store_are_not_left_through_links(stores: Open, tmp_path: Path) -> None:
    here, there = stores("here"), stores("there")
    stored = here.put(make_commit(), make_payload(1, 50_000), durable=False)
    here.export(tmp_path / "good.tar")
    outside = tmp_path / "outside"
    outside.mkdir()
    shard = there.path / "objects" / stored.buffers[0].digest[:2]
    shard.rmdir()
    shard.symlink_to(outside)
    assert there.import_(tmp_path / "good.tar").commits == 1
    assert list(outside.iterdir()) == []
    assert same(there.get(stored), make_payload(1, 50_000))


# ------------------------------------------------------------------------------------------------- disks, memory, races
def test_an_archive_that_would_fill_the_disk_is_refused_before_anything_is_stored(
    stores: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = stores("here"), stores("there")
    here.put(make_commit(), make_payload(1, 3 << 20), durable=False)
    here.export(tmp_path / "big.tar")
    found = os.statvfs(tmp_path)
    values = [found.f_bsize, 4096, found.f_blocks, 1000, 1000, *list(found)[5:]]
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result(values))
    with pytest.raises(StoreError, match="new bytes, and half of the free disk is 2048000: make room"):
        there.import_(tmp_path / "big.tar")
    assert files_of(there) == []
    assert here.import_(tmp_path / "big.tar").known == 1, "what is there already takes no room"


def test_a_disk_that_fills_up_meanwhile_ends_in_one_line(
    stores: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = stores("here"), stores("there")
    here.put(make_commit(), make_payload(1, 30_000), durable=False)
    here.export(tmp_path / "a.tar")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(StoreError, match="the disk is full"):
            there.import_(tmp_path / "a.tar")
        with pytest.raises(StoreError, match=r"b\.tar cannot be written: the disk is full"):
            here.export(tmp_path / "b.tar")
    assert there.log() == []
    assert sound(there)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a.tar"]


def test_a_failed_export_leaves_the_file_that_was_there(stores: Open, tmp_path: Path) -> None:
    here = stores("here")
    commit = here.put(make_commit(), make_payload(1, 30_000), durable=False)
    here.export(tmp_path / "a.tar")
    good = (tmp_path / "a.tar").read_bytes()
    (blob,) = (here.path / "objects").glob("*/*")
    blob.unlink()
    with pytest.raises(Damaged):
        here.export(tmp_path / "a.tar", [commit])
    assert (tmp_path / "a.tar").read_bytes() == good
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a.tar"]


def test_damaged_results_are_left_out_of_an_archive_of_everything(stores: Open, tmp_path: Path) -> None:
    here, there = stores("here"), stores("there")
    here.put(make_commit("a" * 64), make_payload(1, 30_000), durable=False)
    whole = here.put(make_commit("b" * 64), make_payload(2, 40_000), durable=False)
    here.put(make_commit("c" * 64), make_payload(3, 50_000), durable=False)
    for file in (here.path / "objects").glob("*/*"):
        if file.stat().st_size != 40_000:
            file.chmod(0o600)
            file.write_bytes(bytes(file.stat().st_size))
    assert here.export(tmp_path / "rest.tar") == 1
    assert any("2 damaged results are not in" in notice for notice in here.notices)
    there.import_(tmp_path / "rest.tar")
    assert there.log() == [whole]


@pytest.mark.parametrize("target", ["folder", "nowhere/a.tar", "file/a.tar"])
def test_where_no_archive_can_be_written_one_line_says_so(stores: Open, tmp_path: Path, target: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        stores("here").export(tmp_path / target)


def test_blobs_that_vanish_before_the_rows_are_there_are_written_again(
    stores: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = stores("here"), stores("there")
    filled = fill(here)
    here.export(tmp_path / "all.tar")
    real, left = Objects.present, [3]

    def present(self: Objects, blob: object, **how: bool) -> bool:
        if left[0] and real(self, blob):  # type: ignore[arg-type]
            left[0] -= 1
            (self._layout.objects / blob.digest[:2] / blob.digest[2:]).unlink()  # type: ignore[attr-defined]
        return real(self, blob, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Objects, "present", present)
    assert there.import_(tmp_path / "all.tar").commits == len(filled)
    assert left == [0]
    for commit, payload in filled:
        assert same(there.get(commit), payload)


def test_an_interrupted_import_leaves_a_sound_store_and_can_be_done_again(stores: Open, tmp_path: Path) -> None:
    here, there = stores("here"), stores("there")
    filled = fill(here)
    here.export(tmp_path / "all.tar")

    def stop(done: int, total: int, unit: str) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        there.import_(tmp_path / "all.tar", progress=stop)
    assert sound(there)
    with pytest.raises(KeyboardInterrupt):
        here.export(tmp_path / "more.tar", progress=stop)
    assert not (tmp_path / "more.tar").exists()
    there.import_(tmp_path / "all.tar")
    assert {commit.id for commit in there.log()} == {commit.id for commit, _ in filled}


def test_progress_goes_up_to_the_end(stores: Open, tmp_path: Path) -> None:
    here, there = stores("here"), stores("there")
    here.put(make_commit(), make_payload(1, 20 << 20, 30_000), durable=False)
    out: list[tuple[int, int, str]] = []
    back: list[tuple[int, int, str]] = []
    here.export(tmp_path / "a.tar", progress=lambda *told: out.append(told))
    there.import_(tmp_path / "a.tar", progress=lambda *told: back.append(told))
    for told in (out, back):
        numbers = [done for done, _, _ in told]
        assert numbers == sorted(numbers)
        assert len(numbers) > 2
        assert {unit for _, _, unit in told} == {"bytes"}
    assert out[-1][0] == out[-1][1] == here.stats().physical
    assert back[-1][1] == here.stats().physical


def test_more_results_than_a_manifest_holds_are_refused_before_they_fill_the_memory(
    stores: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stores("here")
    fill(here)
    monkeypatch.setattr("cashet_jupyter.store.exchange.MAX_SIZE", 500)
    with pytest.raises(StoreError, match="too many results for one archive: export each notebook"):
        here.export(tmp_path / "all.tar")
    assert not (tmp_path / "all.tar").exists()


def test_a_small_value_that_is_damaged_here_is_put_back(stores: Open, tmp_path: Path) -> None:
    here = stores("here")
    stored = here.put(make_commit(), make_payload(1, 100), durable=False)
    here.export(tmp_path / "one.tar")
    with here.index.writing() as db:
        db.execute(
            "UPDATE blobs SET inline = zeroblob(100) WHERE digest = ?", (bytes.fromhex(stored.buffers[0].digest),)
        )
    assert here.import_(tmp_path / "one.tar").known == 1
    assert same(here.get(stored), make_payload(1, 100))


def test_a_store_of_a_newer_format_can_be_exported(stores: Open, tmp_path: Path) -> None:
    here = stores("here")
    filled = fill(here)
    here.close()
    (here.path / "format").write_text("99\n")
    newer = stores("here")
    assert newer.read_only
    assert newer.export(tmp_path / "all.tar") == len(filled)
    assert stores("there").import_(tmp_path / "all.tar").commits == len(filled)


def test_a_store_that_cannot_be_written_says_why(stores: Open, tmp_path: Path) -> None:
    here = stores("here")
    fill(here)
    here.export(tmp_path / "all.tar")
    reading = stores("there")
    reading.read_only = "the store is only read"
    with pytest.raises(CashetError, match="only read"):
        reading.import_(tmp_path / "all.tar")


MEMORY = """
import resource, sys
from pathlib import Path
from cashet_jupyter.store.store import open_store
def peak(): return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) * 1024
store = open_store(Path(sys.argv[1]), key=b"m" * 32)
before = peak()
if sys.argv[2] == "import":
    store.import_(Path(sys.argv[3]))
else:
    store.export(Path(sys.argv[3]))
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_big_blob_is_never_in_memory_twice(stores: Open, tmp_path: Path) -> None:
    size = 96 << 20
    here = stores("here")
    here.put(make_commit(), Payload(b"s", b"", (memoryview(bytes_of(5, size)),)), durable=False)

    def used(what: str, folder: str) -> int:
        command = [sys.executable, "-c", MEMORY, str(tmp_path / folder), what, str(tmp_path / "big.tar")]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert used("export", "here") < 1.2 * size  # the mapping of the blob
    assert used("import", "there") < 0.5 * size  # pieces of 8 MiB


def test_a_manifest_is_read_as_it_was_written() -> None:
    manifest = Manifest(
        (Packed(b"record", b"seal", {"a": "\ud800"}, True), Packed(b"", b"", {}, False)), {"ab" * 32: 7}
    )
    assert manifests.unpack(manifests.pack(manifest)) == manifest
    assert msgpack.unpackb(manifests.pack(manifest), unicode_errors="surrogatepass")["total"] == 7
