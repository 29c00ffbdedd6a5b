"""`pin`, `tag` and their opposites; `export` and `import`."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashet_jupyter.errors import NotFound, OptionError, StoreError
from cashet_jupyter.models import Cell
from cashet_jupyter.store.store import Store, open_store
from tests.commands.stores import Reader
from tests.contracts.store_contract import make_commit, make_payload


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "store", key=b"m" * 32)
    yield store
    store.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "other", key=b"o" * 32)
    yield store
    store.close()


def test_pins_and_tags_are_set_and_taken_off(store: Store) -> None:
    one = store.put(make_commit("a" * 64), make_payload(1), durable=False)
    two = store.put(make_commit("b" * 64), make_payload(2), durable=False)
    reader = Reader(store)
    assert reader.run("pin", one.short, two.short).output.splitlines() == [
        f"{one.short}  x = slow()  pinned", f"{two.short}  x = slow()  pinned"
    ]  # fmt: skip
    assert reader.run("tag", one.short, "stage=train", "who=me").output.endswith("pinned  stage=train  who=me\n")
    assert store.resolve("stage=train").id == one.id
    reader.run("unpin", "stage=train")
    assert reader.run("untag", "who=me", "stage").output == f"{one.short}  x = slow()  who=me\n"
    assert [commit.pinned for commit in store.log()] == [True, False]
    with pytest.raises(NotFound):
        reader.run("pin", one.short, "ffffffff")
    assert not store.resolve(one.id).pinned, "all are found before one is changed"
    assert reader.run("tag", one.short, "nonsense").exit_code != 0
    assert reader.run("pin").exit_code != 0


def test_everything_goes_out_and_comes_in(store: Store, other: Store, tmp_path: Path) -> None:
    for number in range(3):
        store.put(make_commit(str(number) * 64), make_payload(number, 30_000), durable=False)
    file = tmp_path / "all.tar"
    assert Reader(store).run("export", str(file)).output.startswith(f"exported 3 results to {file} (")
    assert tarfile.is_tarfile(file)
    lines = Reader(other).run("import", str(file)).output.splitlines()
    assert lines == [
        "imported 3 results, 90 kB in 9 blobs",
        "3 results were made by someone else: kept in the history, and never loaded",
        f"if you trust who made them: cashet import {file} --trust (values that are loaded may run code)",
    ]
    assert other.find("0" * 64) == []
    assert Reader(other).run("import", "--trust", str(file)).output == "3 results were here already\n"
    assert len(other.find("0" * 64)) == 1
    assert json.loads(Reader(store).run("import", "--json", str(file)).output) == {
        "commits": 0, "known": 3, "blobs": 0, "size": 0, "foreign": 0
    }  # fmt: skip


def test_some_go_out(store: Store, other: Store, tmp_path: Path) -> None:
    first = store.put(make_commit("a" * 64), make_payload(1), durable=False)
    store.put(make_commit("b" * 64, cell=Cell("", "y = 1", None, "nb/b.ipynb")), make_payload(2), durable=False)
    third = store.put(make_commit("c" * 64), make_payload(3), durable=False, tags={"stage": "train"})
    reader = Reader(store)
    reader.run("export", str(tmp_path / "1.tar"), first.short)
    reader.run("export", str(tmp_path / "2.tar"), "--notebook", "b.ipynb")
    reader.run("export", str(tmp_path / "3.tar"), "--tag", "stage=train", third.short)
    for number in (1, 2, 3):
        assert Reader(other).run("import", str(tmp_path / f"{number}.tar")).output.startswith("imported 1 result, ")
    assert len(other.log()) == 3
    with pytest.raises(NotFound):
        reader.run("export", str(tmp_path / "4.tar"), "--notebook", "c.ipynb")
    assert not (tmp_path / "4.tar").exists()


def test_a_file_that_is_there_is_not_replaced_unless_that_is_asked_for(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "thesis.tar"
    file.write_text("ten years of work")
    with pytest.raises(OptionError, match="is there already: give another name, or --force"):
        Reader(store).run("export", str(file))
    assert file.read_text() == "ten years of work"
    Reader(store).run("export", "--force", str(file))
    assert tarfile.is_tarfile(file)
    assert Reader(store).run("import", str(file)).output == "the archive holds no results\n"


def test_what_is_damaged_is_left_out_and_said_once(store: Store, tmp_path: Path) -> None:
    store.put(make_commit(), make_payload(1, 30_000), durable=False)
    (blob,) = (store.path / "objects").glob("*/*")
    blob.unlink()
    lines = Reader(store).run("export", str(tmp_path / "a.tar")).output.splitlines()
    assert lines[0].startswith("exported 0 results")
    assert lines[1].startswith("1 damaged results are not in")
    assert store.notices == []


def test_what_is_no_archive_is_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\3\4")
    with pytest.raises(StoreError, match="it is a zip file"):
        Reader(store).run("import", str(tmp_path / "a.zip"))
    with pytest.raises(StoreError, match=r"none\.tar cannot be imported: no such file or directory$"):
        Reader(store).run("import", str(tmp_path / "none.tar"))
