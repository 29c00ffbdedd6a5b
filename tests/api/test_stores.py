"""Stores that are kept open, and the count of their changes."""

from __future__ import annotations

import threading

import pytest

from cashet_jupyter.api.place import Versions
from cashet_jupyter.api.stores import OpenStores, is_store
from cashet_jupyter.errors import StoreError
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload


@pytest.fixture
def stores():
    stores = OpenStores(most=2)
    yield stores
    stores.close()


def put(path, number=1):
    store = open_store(path)
    commit = store.put(make_commit(f"{number:064x}"), make_payload(number), durable=False)
    store.close()
    return commit


def test_looking_and_changing_make_no_store_where_there_is_none(stores, tmp_path):
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "none", tmp_path / "empty"):
        assert not is_store(path)
        for door in (stores.looking, stores.changing):
            with pytest.raises(StoreError), door(path):
                pass
    assert sorted(tmp_path.iterdir()) == [tmp_path / "empty"]


def test_what_is_looked_at_cannot_be_changed(stores, tmp_path):
    commit = put(tmp_path / "a")
    with stores.looking(tmp_path / "a") as store, pytest.raises(StoreError):
        store.rm(commit)
    with stores.changing(tmp_path / "a") as store:
        store.rm(commit)
    with stores.looking(tmp_path / "a") as store:
        assert store.log() == []


def test_a_store_that_was_let_go_of_is_good_until_its_readers_have_ended(stores, tmp_path):
    for name in "abc":
        put(tmp_path / name)
    with stores.looking(tmp_path / "a") as first:
        for name in "bc":
            with stores.looking(tmp_path / name):
                pass
        assert len(first.log()) == 1
    with pytest.raises(StoreError):
        first.log()
    with stores.looking(tmp_path / "a") as again:
        assert len(again.log()) == 1


def test_many_threads_look_at_many_stores(stores, tmp_path):
    names, found, errors = "abcd", [], []
    for name in names:
        put(tmp_path / name)

    def look():
        try:
            for name in names * 5:
                with stores.looking(tmp_path / name) as store:
                    found.append(len(store.log()))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert found == [1] * 80


def test_the_limit_is_that_of_the_project_of_a_store(tmp_path):
    put(tmp_path / ".cashet")
    (tmp_path / "pyproject.toml").write_text("[tool.cashet]\nmax_size = '3 GiB'\n")
    with OpenStores().looking(tmp_path / ".cashet") as store:
        assert store.limit == 3 << 30
    with OpenStores(limit=lambda _: 7).looking(tmp_path / ".cashet") as store:
        assert store.limit == 7


def test_a_version_changes_when_a_store_comes_changes_and_goes(stores, tmp_path):
    versions, path = Versions(stores), tmp_path / "a"
    seen = [versions.of(path)]
    commit = put(path)
    seen.append(versions.of(path))
    store = open_store(path)
    for change in (lambda: store.tag(commit, {"a": "b"}), lambda: store.pin(commit), lambda: store.rm(commit)):
        change()
        seen.append(versions.of(path))
        assert versions.of(path) == seen[-1]
    store.close()
    path.rename(tmp_path / "elsewhere")
    seen.append(versions.of(path))
    assert len({name for name, _ in seen}) == 1
    assert [version for _, version in seen] == sorted({version for _, version in seen})
    assert versions.of(tmp_path / "b")[0] != seen[0][0]
    assert str(tmp_path) not in seen[0][0]


def test_names_of_stores_differ_from_process_to_process(stores, tmp_path):
    assert Versions(stores).of(tmp_path)[0] != Versions(stores).of(tmp_path)[0]
