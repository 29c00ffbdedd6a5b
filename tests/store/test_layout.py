"""Where a store is found, and what it looks like on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cashet_jupyter.store.layout import Layout, find_store_dir, read_format
from cashet_jupyter.store.store import open_store


def test_the_variable_says_where_the_store_is(tmp_path: Path) -> None:
    assert find_store_dir(tmp_path, {"CASHET_DIR": "/elsewhere"}) == Path("/elsewhere")
    assert find_store_dir(tmp_path, {"CASHET_DIR": "sub/dir"}) == tmp_path / "sub" / "dir"
    assert find_store_dir(tmp_path, {"CASHET_DIR": "~/x"}) == Path.home() / "x"
    assert find_store_dir(tmp_path, {"CASHET_DIR": ""}) == tmp_path / ".cashet"


def test_else_it_is_the_nearest_one_at_or_above(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    assert find_store_dir(deep, {}) == deep / ".cashet"
    (tmp_path / ".cashet").mkdir()
    assert find_store_dir(deep, {}) == tmp_path / ".cashet"
    (tmp_path / "a" / "b" / ".cashet").mkdir()
    assert find_store_dir(deep, {}) == tmp_path / "a" / "b" / ".cashet"
    (deep / ".cashet").write_text("not a folder")
    assert find_store_dir(deep, {}) == tmp_path / "a" / "b" / ".cashet"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_store_of_another_user_above_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / ".cashet").mkdir()
    os.chown(tmp_path / ".cashet", 12345, 12345)
    assert find_store_dir(tmp_path / "a", {}) == tmp_path / "a" / ".cashet"
    assert find_store_dir(tmp_path, {}) == tmp_path / ".cashet"


def test_the_working_directory_is_where_the_search_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_store_dir(environ={}) == tmp_path / ".cashet"


def test_the_folders_and_files_of_format_three(tmp_path: Path) -> None:
    """Later versions add to this; what is here does not move."""
    path = tmp_path / "deep" / "down" / ".cashet"
    open_store(path).close()
    assert {item.name for item in path.iterdir()} == {
        *("objects", "log", "tmp", "quarantine", "locks"),
        *("format", "index.db", "ballast", "CACHEDIR.TAG", ".gitignore"),
    }
    assert {item.name for item in (path / "objects").iterdir()} == {f"{n:02x}" for n in range(256)}
    assert (path / "format").read_text() == "3\n"
    assert (path / ".gitignore").read_text() == "*\n"
    assert (path / "CACHEDIR.TAG").read_bytes().startswith(b"Signature: 8a477f597d28d172789f06886806bc55")


def test_there_is_no_format_where_there_is_no_store(tmp_path: Path) -> None:
    assert read_format(Layout(tmp_path)) is None
    assert read_format(Layout(tmp_path / "nowhere")) is None
