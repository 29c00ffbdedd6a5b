"""`get`: values printed, and written to files by their type."""

from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from PIL import Image

from cashet_jupyter.errors import CashetError, NotFound, OptionError
from cashet_jupyter.history.saving import save
from cashet_jupyter.models import Cell, Commit, Effects, Shown, Value
from cashet_jupyter.serialize.envelope import dumps
from cashet_jupyter.serialize.references import NoInputs, References
from cashet_jupyter.store.store import Store, open_store
from tests.commands.stores import Reader
from tests.contracts.store_contract import make_commit

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\nrest").decode()


class Shelf:
    """A store, and someone who takes values out of it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reader = Reader(store)

    def put(self, outputs: Mapping[str, Any], shown: Sequence[Shown] = (), **fields: Any) -> Commit:
        payload = dumps(Effects(outputs=dict(outputs)), shown, References(NoInputs(), {}))
        values = tuple(Value(name, "", type(value).__name__) for name, value in outputs.items())
        source = fields.pop("source", "made")
        return self.store.put(make_commit(outputs=values, cell=Cell(source, source), **fields), payload, durable=False)

    def get(self, *arguments: str) -> str:
        return self.reader.run("get", *arguments).output


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.chdir(tmp_path)
    store = open_store(tmp_path / "store")
    yield Shelf(store)
    store.close()


def _plot() -> Sequence[Shown]:
    bundle = {"text/plain": "<Figure>", "image/png": PIXEL, "text/html": "<b>x</b>"}
    return (
        Shown("stream", {"name": "stdout", "text": "one\ntwo\n"}),
        Shown("display", {"data": bundle, "metadata": {}, "transient": {}}),
    )


# ------------------------------------------------------------------------------------------------------- what is meant
def test_a_variable_is_printed(shelf: Shelf) -> None:
    shelf.put({"total": {"a": [1, 2]}, "name": "text\nof two lines"})
    assert shelf.get("total") == "{'a': [1, 2]}\n"
    assert shelf.get("name") == "text\nof two lines\n"


def test_the_run_before_has_its_own_value(shelf: Shelf) -> None:
    for n in range(3):
        shelf.put({"n": n}, code=f"{n:064x}")
    assert [shelf.get(f"n@{{{n}}}") for n in range(3)] == ["2\n", "1\n", "0\n"]


def test_of_several_outputs_one_must_be_named(shelf: Shelf) -> None:
    stored = shelf.put({"a": 1, "b": 2})
    with pytest.raises(NotFound, match="left 2 values, say which with --name: a, b"):
        shelf.get(stored.short)
    assert shelf.get(stored.short, "--name", "b") == "2\n"
    assert shelf.get("a", "--name", "b") == "2\n"
    with pytest.raises(NotFound, match="has no output 'c'; its outputs: a, b"):
        shelf.get(stored.short, "--name", "c")


def test_a_run_without_values_says_so(shelf: Shelf) -> None:
    stored = shelf.put({}, _plot())
    with pytest.raises(NotFound, match="left no value: --shown gives what it printed"):
        shelf.get(stored.short)
    failed = shelf.put({}, error="Traceback", source="f")
    with pytest.raises(NotFound, match=f"{failed.short} failed, so there is no value: cashet show"):
        shelf.get(failed.short)


def test_programs_get_the_value_if_json_can_hold_it_and_its_text(shelf: Shelf) -> None:
    stored = shelf.put({"total": {"a": [1, 2.5, None]}, "z": 1j})
    found = json.loads(shelf.get("total", "--json"))
    assert found == {
        "format": 1,
        "id": stored.id,
        "name": "total",
        "type": "dict",
        "value": {"a": [1, 2.5, None]},
        "text": "{'a': [1, 2.5, None]}",
    }
    found = json.loads(shelf.get("z", "--json"))
    assert (found["type"], found["value"], found["text"]) == ("complex", None, "1j")


# --------------------------------------------------------------------------------------------------- what it showed
def test_what_a_run_showed_is_read_without_its_values(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = shelf.put({"a": 1, "b": 2}, _plot())
    monkeypatch.setattr(shelf.store, "get", lambda _: pytest.fail("a value was read"))
    assert shelf.get(stored.short, "--shown").startswith("one\ntwo\n[image/png, ")
    shelf.get(stored.short, "--shown", "-o", "plot.png")
    assert Path("plot.png").read_bytes() == b"\x89PNG\r\n\x1a\nrest"
    shelf.get(stored.short, "-o", "again.png")
    assert Path("again.png").read_bytes() == b"\x89PNG\r\n\x1a\nrest"
    shelf.get(stored.short, "--shown", "-o", "all.txt")
    assert Path("all.txt").read_text().splitlines()[:2] == ["one", "two"]
    with pytest.raises(NotFound, match=r"showed nothing that is \.svg; there is \.html, \.png, \.txt"):
        shelf.get(stored.short, "--shown", "-o", "plot.svg")


def test_a_plot_of_a_run_is_its_figure_or_what_was_recorded_of_it(shelf: Shelf) -> None:
    stored = shelf.put({"x": 1}, _plot())
    assert shelf.get(stored.short, "-o", "shown.png").startswith(f"wrote what {stored.short} showed to shown.png")
    with pytest.raises(OptionError, match="no format for a int"):
        shelf.get("x", "-o", "x.png")
    payload = dumps(Effects(outputs={"n": 1}), (), References(NoInputs(), {}))
    values = (Value("n", "", "int"), Value("fig", "", "Figure"))
    kept = shelf.store.put(make_commit(outputs=values, cell=Cell("p", "p")), payload, durable=False)
    with pytest.raises(NotFound, match="has no output 'fig'"):
        shelf.get(kept.short, "-o", "fig.pdf")


def test_several_plots_go_to_several_files(shelf: Shelf) -> None:
    stored = shelf.put({}, [*_plot(), *_plot()])
    text = shelf.get(stored.short, "--shown", "-o", "plot.png")
    assert [line.split(" to ")[1].split()[0] for line in text.splitlines()] == ["plot-1.png", "plot-2.png"]
    assert Path("plot-2.png").exists()


# ------------------------------------------------------------------------------------------------------------- files
FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", "ü"]})
INDEXED = FRAME.set_index("b")


def _csv(path: Path) -> object:
    return pd.read_csv(path)


@pytest.mark.parametrize(
    ("value", "ending", "read", "expected"),
    [
        (FRAME, "csv", _csv, FRAME),
        (FRAME, "parquet", pd.read_parquet, FRAME),
        (FRAME, "feather", pd.read_feather, FRAME),
        (FRAME, "json", pd.read_json, FRAME),
        (FRAME, "xlsx", pd.read_excel, FRAME),
        (INDEXED, "csv", lambda path: pd.read_csv(path, index_col=0), INDEXED),
        (INDEXED, "parquet", pd.read_parquet, INDEXED),
        (INDEXED, "feather", pd.read_feather, INDEXED),
        (FRAME["a"], "parquet", pd.read_parquet, FRAME[["a"]]),
        (FRAME["a"], "csv", _csv, FRAME[["a"]]),
        (pd.DataFrame({0: [1]}), "parquet", pd.read_parquet, pd.DataFrame({"0": [1]})),
        (FRAME, "pkl", pd.read_pickle, FRAME),
    ],
)
def test_frames_and_series_are_written_so_that_they_can_be_read(
    shelf: Shelf, value: Any, ending: str, read: Any, expected: pd.DataFrame
) -> None:
    shelf.put({"df": value})
    text = shelf.get("df", "-o", f"df.{ending}")
    assert text.startswith("wrote df of ")
    pd.testing.assert_frame_equal(read(Path(f"df.{ending}")), expected, check_dtype=False)


@pytest.mark.parametrize("ending", ["csv", "parquet", "feather", "json"])
def test_frames_of_other_libraries_are_written_too(tmp_path: Path, ending: str) -> None:
    for number, value in enumerate((pl.DataFrame({"a": [1, 2]}), pl.Series("a", [1, 2]), pa.table({"a": [1, 2]}))):
        path = tmp_path / f"{number}.{ending}"
        save(value, path)
        read = {"csv": pl.read_csv, "parquet": pl.read_parquet, "feather": pl.read_ipc, "json": pl.read_json}[ending]
        assert read(path)["a"].to_list() == [1, 2]


@pytest.mark.parametrize(
    ("value", "ending", "read"),
    [
        (np.arange(6.0).reshape(2, 3) / 7, "npy", np.load),
        (np.arange(6.0).reshape(2, 3) / 7, "npz", lambda path: np.load(path)["arr_0"]),
        (np.arange(6.0).reshape(2, 3) / 7, "csv", lambda path: np.loadtxt(path, delimiter=",")),
        (np.arange(3), "txt", lambda path: np.loadtxt(path, dtype=int)),
        (np.array([0.1, np.nan]), "txt", np.loadtxt),
        (np.array([0.1, 1e30], "float32"), "csv", lambda path: np.loadtxt(path).astype("float32")),
        (np.zeros((2, 2, 2)), "npy", np.load),
        (np.float64(0.1), "npy", np.load),
    ],
)
def test_arrays_keep_every_digit(shelf: Shelf, value: Any, ending: str, read: Any) -> None:
    shelf.put({"a": value})
    shelf.get("a", "-o", f"a.{ending}")
    np.testing.assert_array_equal(read(Path(f"a.{ending}")), value)


@pytest.mark.parametrize("value", [np.zeros((2, 2, 2)), np.array([1j]), np.array(["2026-01-01"], "M8[D]")])
def test_arrays_that_do_not_fit_into_text_are_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(OptionError, match=r"take \.npy or \.pkl"):
        save(value, tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("ending", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_figures_and_axes_become_pictures(tmp_path: Path, ending: str, magic: bytes) -> None:
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    axes.plot([1, 2, 3])
    for name, value in (("figure", axes.figure), ("axes", axes)):
        save(value, tmp_path / f"{name}.{ending}")
        assert (tmp_path / f"{name}.{ending}").read_bytes().startswith(magic)


def test_images_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    save(Image.new("RGB", (2, 2)), tmp_path / "i.png")
    assert Image.open(tmp_path / "i.png").size == (2, 2)
    save("a\r\nü\ud800", tmp_path / "t.md")
    assert (tmp_path / "t.md").read_bytes() == "a\r\nü\ud800".encode("utf-8", "surrogatepass")
    save(b"\0\xff", tmp_path / "any.thing")
    assert (tmp_path / "any.thing").read_bytes() == b"\0\xff"


def test_json_holds_what_it_can_hold_and_nothing_else(tmp_path: Path) -> None:
    value = {"a": [1, 2.5, None, True, "ü"], "b": (1, 2)}
    save(value, tmp_path / "v.json")
    assert json.loads((tmp_path / "v.json").read_text("utf-8")) == {"a": [1, 2.5, None, True, "ü"], "b": [1, 2]}
    wrong: Sequence[tuple[Any, str]] = (
        ({1: 2}, "text for keys, not 1"),
        ([float("nan")], r"JSON has no nan \(it\[0\]\)"),
        ({"a": {"b": {1}}}, r"JSON has no set \(it\['a'\]\['b'\]\)"),
    )
    for value, words in wrong:
        with pytest.raises(OptionError, match=words):
            save(value, tmp_path / "w.json")
    assert not (tmp_path / "w.json").exists()


def test_anything_can_be_pickled(tmp_path: Path) -> None:
    made: dict[str, Any] = {}
    exec("def f(x):\n    return x + k\nk = 3", made)
    made["f"].__module__ = "__main__"
    save(made["f"], tmp_path / "f.pkl")
    assert pickle.loads((tmp_path / "f.pkl").read_bytes())(4) == 7


@pytest.mark.parametrize(
    ("value", "name", "words"),
    [
        (FRAME, "a.png", r"a\.png: \.png is no format for a DataFrame; those that are: \.csv, \.feather, \.json, \.parquet, \.xlsx, \.pkl"),
        (np.zeros(2), "a.parquet", r"no format for a ndarray; those that are: \.csv, \.npy, \.npz, \.txt, \.pkl"),
        ([1], "a", r"the name of the file has no format for a list; those that are: \.json, \.pkl"),
        ({1}, "a.json", r"\.json is no format for a set; those that are: \.pkl"),
        (np, "a.png", r"no format for a module; those that are: \.pkl"),
    ],
)  # fmt: skip
def test_an_ending_that_does_not_fit_names_those_that_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: Any, name: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OptionError, match=words):
        save(value, Path(name))


def test_a_file_that_is_there_is_replaced_only_if_that_is_asked_for(shelf: Shelf) -> None:
    shelf.put({"text": "new"})
    Path("t.txt").write_text("ten years of work")
    with pytest.raises(OptionError, match=r"t\.txt is there already: give another name, or --force to replace it"):
        shelf.get("text", "-o", "t.txt")
    assert Path("t.txt").read_text() == "ten years of work"
    shelf.get("text", "-o", "t.txt", "--force")
    assert Path("t.txt").read_text() == "new"
    Path("link.txt").symlink_to("nowhere")
    with pytest.raises(OptionError, match="is there already"):
        shelf.get("text", "-o", "link.txt")


def test_what_fails_while_it_is_written_leaves_nothing(shelf: Shelf) -> None:
    before = sorted(Path().iterdir())
    with pytest.raises(CashetError, match=r"x\.csv cannot be written: ValueError"):
        _raise_while_writing()
    with pytest.raises(CashetError, match="cannot be written: no such file or directory"):
        save("text", Path("nowhere/t.txt"))
    assert sorted(Path().iterdir()) == before


def _raise_while_writing() -> None:
    class Frame(pd.DataFrame):
        def to_csv(self, path: Any, **_: Any) -> None:
            Path(path).write_text("half of")
            raise ValueError("no")

    save(Frame({"a": [1]}), Path("x.csv"))


def test_programs_are_told_what_was_written(shelf: Shelf) -> None:
    stored = shelf.put({"text": "new"})
    found = json.loads(shelf.get("text", "-o", "t.txt", "--json"))
    assert found == {"format": 1, "id": stored.id, "name": "text", "files": [{"path": "t.txt", "size": 3}]}
