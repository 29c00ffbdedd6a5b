from __future__ import annotations

import json
import os
import time

import pytest

from cashet_jupyter.history.traced import moment, phrase, sizes
from cashet_jupyter.models import Dependency


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (12_100_000, 12_400_000, "12.1 -> 12.4 MB"),
        (12_100_000, 12_100_001, "12.1 MB"),
        (900, 1_100, "0.9 -> 1.1 kB"),
        (6, 7, "6 -> 7 B"),
        (0, 0, "0 B"),
        (5, 3_000_000_000, "0.0 -> 3.0 GB"),
    ],
)
def test_two_sizes_share_a_unit(old, new, words):
    assert sizes(old, new) == words


def test_a_moment_is_told_as_people_do():
    now = time.time()
    assert moment(now).startswith("today ")
    assert moment(0).endswith(time.strftime("%Y %H:%M", time.localtime(0)))


@pytest.mark.parametrize(
    ("kind", "name", "old", "new", "words"),
    [
        ("env", "MODE", ("a", ""), ("b", ""), "$MODE changed"),
        ("env", "*", ("a", ""), ("b", ""), "the environment variables changed"),
        ("cwd", "", ("a", "/x"), ("b", "/y"), "the working directory changed (/x -> /y)"),
        ("argv", "", ("a", ""), ("b", ""), "the command line changed"),
        ("random", "numpy", ("a", ""), ("b", ""), "the state of numpy is another"),
        ("listing", "data", ("a", "3"), ("b", "4"), "the files in data changed (3 -> 4)"),
        ("listing", "data", ("a", "3"), ("absent", ""), "data is gone"),
        ("glob", json.dumps({"pathname": "data/*.csv"}), ("a", ""), ("b", ""), "the files that match data/*.csv changed"),
        ("glob", "*.csv", ("a", ""), ("b", ""), "the files that match *.csv changed"),
        ("path-glob", json.dumps(["data", "*.csv"]), ("a", ""), ("b", ""), "the files that match data/*.csv changed"),
        ("access", "4 a.csv", ("True", ""), ("False", ""), "the permissions of a.csv changed"),
        ("size", "a.csv", ("5", ""), ("6", ""), "the size of a.csv changed (5 -> 6 B)"),
        ("exists", "a", ("absent", ""), ("file", ""), "a is there now"),
        ("exists", "a", ("file", ""), ("absent", ""), "a is gone"),
        ("options", "pandas", ("a", ""), ("b", '{"display.precision": "int:3"}'), "option display.precision of pandas changed"),
        ("options", "pandas", ("a", '{"a": "1", "b": "2"}'), ("b", '{"b": "3"}'), "options a, b of pandas changed"),
        ("options", "pandas", ("a", ""), ("b", ""), "options of pandas changed"),
        ("options", "pandas", ("a", "no json"), ("b", ""), "options of pandas changed"),
        ("file", "a.csv", ("a", ""), ("b", "3 5"), "a.csv changed"),
        ("file", "a.csv", ("a", "nonsense"), ("b", "3 5"), "a.csv changed"),
        ("moon phase", "full", ("a", ""), ("b", ""), "full changed"),
    ],
)  # fmt: skip
def test_each_kind_of_dependency_has_its_phrase(kind, name, old, new, words):
    assert phrase(Dependency(kind, name, *old), Dependency(kind, name, *new)) == words


def test_without_a_later_run_the_present_is_asked(tmp_path):
    path = tmp_path / "a.csv"
    old = Dependency("file", str(path), "1" * 64, "100 0")
    assert phrase(old) == f"{path} is gone"
    path.write_bytes(b"x" * 200)
    os.utime(path, (0, 0))
    assert phrase(old) == f"{path} changed (100 -> 200 B, {moment(0)})"
