"""Recording leaves no trace of its own."""

from __future__ import annotations

import builtins
import inspect
import os
import sqlite3
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cashet_jupyter.models import MENTIONED
from cashet_jupyter.trace.files import FileLog
from cashet_jupyter.trace.inject import with_call
from cashet_jupyter.trace.lookup import Lookup
from cashet_jupyter.trace.notes import with_notes
from cashet_jupyter.trace.recorder import Recorder
from cashet_jupyter.trace.records import Recorded
from tests.trace.recording import kinds, names, record

stat_by_name = os.stat


def _all_attributes() -> dict[tuple[str, str], int]:
    found = {}
    for module in (os, builtins, sqlite3, np.random, sys, warnings, *_libraries()):
        for name, value in vars(module).items():
            found[module.__name__, name] = id(value.__code__ if isinstance(value, types.FunctionType) else value)
    return found


def _libraries() -> list[types.ModuleType]:
    wanted = ("pandas", "pyarrow", "pyarrow.parquet", "pyarrow.csv", "polars", "duckdb", "torch", "h5py", "random")
    return [sys.modules[name] for name in wanted if name in sys.modules]


def test_everything_is_as_it_was_afterwards() -> None:
    for name in ("pandas", "pyarrow.parquet", "pyarrow.csv", "polars", "duckdb", "h5py"):
        pytest.importorskip(name)
    environment, finders, stat = os.environ._data, list(sys.meta_path), os.stat
    before = _all_attributes()
    recorder = Recorder()
    recorder.start()
    assert os.stat is not stat
    recorder.stop()
    after = _all_attributes()
    assert {key for key in before if before[key] != after.get(key)} == set()
    assert os.environ._data is environment
    assert sys.meta_path == finders
    assert os.stat in os.supports_follow_symlinks
    assert all(not type(value).__name__.startswith("Watched") for value in os.supports_follow_symlinks)


def test_names_of_the_user_hold_the_functions_themselves_afterwards() -> None:
    namespace = sys.modules[__name__].__dict__
    original = namespace["stat_by_name"]
    recorder = Recorder()
    recorder.start()
    during = namespace["stat_by_name"]
    exec("from os import lstat as taken_during_the_run", namespace)
    recorder.stop()
    assert during is not original
    assert namespace["stat_by_name"] is original
    assert namespace.pop("taken_during_the_run") is os.lstat


def test_what_somebody_kept_of_a_run_still_works_and_records_nothing(tmp_path: Path) -> None:
    kept: list[Any] = []
    record(lambda: kept.append(os.stat))
    assert kept[0](tmp_path).st_mode == tmp_path.stat().st_mode
    recorded = record(lambda: None)
    assert not names(recorded, "stat")


def test_stopping_twice_gives_the_same_and_without_a_start_nothing() -> None:
    recorder = Recorder()
    recorder.start()
    first = recorder.stop()
    assert recorder.stop() is first
    assert Recorder().stop() == Recorded()


def test_a_run_inside_a_run_counts_for_both(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text("1")
    outer, inner = Recorder(), Recorder()
    outer.start()
    inner.start()
    file.read_text()
    first = inner.stop()
    (tmp_path / "absent").exists()
    second = outer.stop()
    assert names(first, "file") == names(second, "file") == {str(file)}
    assert names(second, "exists") == {str(tmp_path / "absent")}


def test_a_failure_of_the_recorder_is_a_refusal_and_never_an_error_of_the_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(FileLog, "read", fails)
    file = tmp_path / "x"
    file.write_text("1")
    assert kinds(record(lambda: file.read_text())) == {"trace"}


def test_the_errors_of_the_cell_are_its_own() -> None:
    recorder = Recorder()
    recorder.start()
    try:
        with pytest.raises(FileNotFoundError) as caught:
            np.load("/no/such/file.npy")
    finally:
        recorder.stop()
    files = [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert not [file for file in files if "cashet_jupyter" in file]


# ------------------------------------------------------------------------------------------- a call put into code
def _functions() -> Iterator[types.FunctionType]:
    import argparse
    import dataclasses
    import json.decoder
    import tarfile
    import zipfile

    for module in (argparse, dataclasses, json.decoder, tarfile, zipfile, inspect):
        for value in vars(module).values():
            if isinstance(value, types.FunctionType):
                yield value
            elif isinstance(value, type):
                yield from (item for item in vars(value).values() if isinstance(item, types.FunctionType))


def test_a_call_in_front_of_code_keeps_its_lines_and_instructions() -> None:
    changed = 0
    for function in _functions():
        code = function.__code__
        new = with_call(code, print)
        if new is None:
            continue
        changed += 1
        old_lines = [line for start, end, line in code.co_lines() for _ in range(start, end, 2) if line]
        assert old_lines == [line for start, end, line in new.co_lines() for _ in range(start, end, 2) if line]
        assert code.co_code[-2:] == new.co_code[-2:]
        assert (code.co_varnames, code.co_argcount, code.co_freevars) == (
            new.co_varnames,
            new.co_argcount,
            new.co_freevars,
        )
    assert changed > 300


def test_code_with_a_call_in_front_does_what_it_did() -> None:
    seen: list[dict[str, Any]] = []

    def note() -> None:
        seen.append(dict(sys._getframe(1).f_locals))

    def made(captured: int) -> Callable[..., Any]:
        def function(a: int, b: int = 2, *rest: int, **named: int) -> Any:
            def inner() -> int:
                return a + captured

            try:
                for number in range(3):
                    if number == b:
                        raise ValueError(number)
            except ValueError as error:
                return inner(), error.args, rest, named
            finally:
                del b
            return inner()

        return function

    def numbers(count: int) -> Iterator[int]:
        try:
            yield from range(count)
        except GeneratorExit:
            seen.append({"closed": True})

    plain, watched = made(10), made(10)
    watched.__code__ = with_call(watched.__code__, note)  # type: ignore[assignment]
    for args, kwargs in (((1,), {}), ((1, 9), {}), ((1, 1, 5), {"x": 3})):
        assert watched(*args, **kwargs) == plain(*args, **kwargs)
    assert [(found["a"], found["b"], found["rest"]) for found in seen] == [(1, 2, ()), (1, 9, ()), (1, 1, (5,))]
    expected = list(numbers(4))
    numbers.__code__ = with_call(numbers.__code__, note)  # type: ignore[assignment]
    assert list(numbers(4)) == expected
    started = numbers(4)
    next(started)
    started.close()
    assert seen[-1] == {"closed": True}


def test_text_that_may_be_a_path_and_is_none_is_a_dependency_that_nobody_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.bin").write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "pyarrow", types.ModuleType("pyarrow"))
    recorded = record("pass", mentioned=["price", "there.bin"])
    found = {item.name: (item.kind, item.note) for item in with_notes(recorded.dependencies)}
    assert found["price"] == ("absent", MENTIONED)
    assert found["there.bin"][0] == "file"
    assert found["there.bin"][1] != MENTIONED
    assert Lookup().broken(recorded.dependencies) is None
    (tmp_path / "price").write_bytes(b"y")
    assert Lookup().broken(recorded.dependencies).name == "price"
