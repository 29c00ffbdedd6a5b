"""Frames of three libraries: schema, rows that came and went, cells that differ."""

import tracemalloc

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cashet_jupyter.diffs.compare import compare
from cashet_jupyter.diffs.model import Budget

MAKE = {"pandas": lambda frame: frame, "polars": pl.from_pandas, "arrow": pa.Table.from_pandas}
libraries = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
counts = ("rows_added", "rows_removed", "rows_changed", "cells_differ")


def frame(rows=20):
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "x": np.arange(rows) * 0.5,
            "s": [f"s{n % 7}" for n in range(rows)],
            "when": pd.date_range("2026-01-01", periods=rows),
            "flag": [n % 3 == 0 for n in range(rows)],
        }
    )


def counted(diff):
    return tuple(diff.figures[name] for name in counts)


def places(diff):
    return {part.path: part.status for part in diff.parts}


@libraries
def test_equal_frames_have_an_empty_diff(make):
    old = frame()
    old.loc[3, "x"] = np.nan
    diff = compare(make(old), make(old.copy()))
    assert (diff.verdict, diff.change, diff.parts, diff.tables) == ("equal", "", (), ())


@libraries
@settings(max_examples=20)
@given(cells=st.sets(st.tuples(st.integers(0, 19), st.sampled_from(["x", "s", "when", "flag"])), max_size=30))
def test_every_cell_that_changed_is_counted(make, cells):
    old, new = frame(), frame()
    for row, column in cells:
        value = new.loc[row, column]
        new.loc[row, column] = {"x": -1.0, "s": "z", "when": pd.Timestamp("2030-01-01"), "flag": not value}[column]
    diff = compare(make(old), make(new))
    assert counted(diff) == (0, 0, len({row for row, _ in cells}), len(cells))
    for part in diff.parts:
        column = part.path.strip("[]'")
        assert part.diff.figures["differ"] == sum(c == column for _, c in cells)


@libraries
def test_the_distance_of_numbers_is_measured(make):
    old, new = frame(), frame()
    new.loc[[2, 5], "x"] = [101.0, -7.5]
    (part,) = compare(make(old), make(new)).parts
    assert (part.diff.figures["max_abs"], part.diff.figures["mean_change"]) == (100.0, 45.0)
    assert part.diff.change == "2 of 20 cells differ, by at most 100"


@libraries
def test_a_diff_turned_round_is_the_same_up_to_sign(make):
    old, new = frame(), frame().drop(index=[3, 4]).reset_index(drop=True).assign(extra=1)
    new.loc[7, "x"] += 3
    there, back = compare(make(old), make(new)), compare(make(new), make(old))
    assert counted(there) == (0, 2, 1, 1)
    assert counted(back) == (2, 0, 1, 1)
    assert places(there) == {"['extra']": "added", "['x']": "changed"}
    assert places(back) == {"['extra']": "removed", "['x']": "changed"}
    change = [next(p.diff for p in diff.parts if p.path == "['x']").figures["mean_change"] for diff in (there, back)]
    assert change == [3.0, -3.0]


@libraries
def test_rows_that_nothing_names_are_found_by_a_column_that_does(make):
    old = frame(200)
    new = old[old.x != 4.0].sort_values("x", ascending=False).reset_index(drop=True)
    diff = compare(make(old), make(new))
    assert counted(diff) == (0, 1, 0, 0)
    assert diff.notes == ("rows by the key 'id', found by its content",)
    assert "rows in another order" in diff.change
    (table,) = diff.tables
    assert (table.caption, table.rows[0][:3], table.shows) == ("the first rows removed", ("8", "8", "4"), "old")


@libraries
def test_a_column_of_ranks_is_not_taken_for_a_name(make):
    old = pd.DataFrame({"rank": range(50), "a": np.arange(50.0), "b": [f"b{n % 10}" for n in range(50)]})
    new = old.assign(rank=list(reversed(range(50))))
    diff = compare(make(old), make(new))
    assert diff.notes == ("rows by position",)
    assert counted(diff) == (0, 0, 50, 50)


@libraries
def test_a_key_that_was_edited_in_one_row_is_a_changed_cell(make):
    old, new = frame(), frame()
    new.loc[4, "id"] = 1000
    assert counted(compare(make(old), make(new))) == (0, 0, 1, 1)


@libraries
def test_rows_at_the_end_came_and_nothing_else(make):
    diff = compare(make(frame(20)), make(frame(25)))
    assert counted(diff) == (5, 0, 0, 0)
    assert (diff.change, diff.notes) == ("5 rows added", ("rows by position",))


@libraries
def test_types_and_the_order_of_columns_are_told(make):
    old = frame()
    assert compare(make(old), make(old.astype({"id": "float64"}))).change.startswith("types: id ")
    assert compare(make(old), make(old[["s", "id", "x", "when", "flag"]])).change == "columns in another order"
    diff = compare(make(old), make(old.astype({"x": str})))
    assert diff.figures["cells_differ"] == 20


@libraries
@pytest.mark.parametrize("rows", [(0, 0), (0, 3), (3, 0)])
def test_frames_without_rows(make, rows):
    old, new = frame(3).iloc[: rows[0]], frame(3).iloc[: rows[1]]
    diff = compare(make(old), make(new))
    assert counted(diff)[:2] == (rows[1], rows[0]) if rows != (0, 0) else diff.figures["rows_compared"] == 0


def test_rows_are_found_by_the_index_where_it_says_something():
    old = frame().set_index("s", append=True)
    assert compare(old, old.drop(index=[old.index[3]])).notes == ("rows by their index",)
    filtered = compare(frame(), frame()[lambda f: f.x > 2])
    assert (counted(filtered), filtered.notes) == ((0, 5, 0, 0), ("rows by their index",))
    repeated = pd.DataFrame({"x": range(6)}, index=list("aabbcc"))
    diff = compare(repeated, repeated.iloc[1:])
    assert diff.notes[0].startswith("rows by their index, the first of each label")
    assert diff.figures["rows_removed"] == 1


def test_rows_without_any_name_are_found_by_their_content():
    chance = np.random.default_rng(0)
    old = pd.DataFrame(
        {"a": chance.random(300).round(1), "b": chance.integers(0, 5, 300), "c": chance.random(300).round(2)}
    )
    new = old.sample(frac=0.9, random_state=1).reset_index(drop=True)
    diff = compare(old, new)
    assert counted(diff) == (0, 30, 0, 0)
    assert diff.notes == ("rows by their content, since nothing names them",)


def test_columns_of_the_same_name_are_paired_in_their_order():
    old = pd.DataFrame([[1, 2, 3]], columns=["a", "a", "b"])
    new = pd.DataFrame([[1, 5, 3]], columns=["a", "a", "b"])
    assert counted(compare(old, new)) == (0, 0, 1, 1)
    wide = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)]))
    assert "('a', 2)" in compare(wide, wide.iloc[:, :1]).change


@pytest.mark.parametrize(
    ("old", "new", "differ"),
    [
        (pd.Series([1, None, 3], dtype="Int64"), pd.Series([1, 2, None], dtype="Int64"), 2),
        (pd.Series(["a", None]), pd.Series(["a", "b"]), 1),
        (pd.Series(pd.Categorical(["a", "b"])), pd.Series(pd.Categorical(["a", "c"])), 1),
        (pd.Series([[1], [2]]), pd.Series([[1], [3]]), 1),
        (pd.Series(pd.date_range("2026", periods=2, tz="UTC")), pd.Series(pd.date_range("2026", periods=2, tz="Europe/Rome")), 2),
        (pd.Series(pd.arrays.SparseArray([0, 0, 1])), pd.Series(pd.arrays.SparseArray([0, 2, 1])), 1),
        (pd.Series(pd.interval_range(0, 3)), pd.Series(pd.interval_range(0, 3)), 0),
        (pd.Series(pd.period_range("2026-01", periods=3, freq="M")), pd.Series(pd.period_range("2026-02", periods=3, freq="M")), 3),
        (pd.Series([1.0, 2.0]), pd.Series([1, 2]), 0),
    ],
)  # fmt: skip
def test_every_kind_of_column_can_be_compared(old, new, differ):
    diff = compare(old, new)
    assert diff.figures["differ"] == differ
    assert compare(old, old.copy()).verdict == "equal"


def test_series_and_indexes_have_names():
    series = pd.Series([1.0, 2.0], name="a")
    assert compare(series, series.rename("b")).change == "name 'a' -> 'b'"
    assert compare(pd.Index([1, 2], name="k"), pd.Index([1, 2])).change == "name ['k'] -> [None]"
    assert compare(pl.Series("a", [1]), pl.Series("b", [1])).change == "name 'a' -> 'b'"
    assert compare(series, pd.Series([1.0, 2.5], name="a")).change == "1 of 2 values differs, by at most 0.5"
    assert compare(pd.Index([1, 2, 3]), pd.Index([1, 3])).change == "1 row removed"
    assert compare(series, series.set_axis(["p", "q"])).differs


def test_missing_values_of_polars_and_arrow_are_equal_to_themselves():
    values = [1.0, None, float("nan")]
    assert compare(pl.Series(values), pl.Series(values)).verdict == "equal"
    assert compare(pa.array(values), pa.array(values)).verdict == "equal"
    assert compare(pl.Series(values), pl.Series([1.0, 2.0, 3.0])).figures["differ"] == 2
    assert compare(pa.array(values), pa.array([1.0, 2.0, 3.0])).figures["differ"] == 2
    assert compare(pa.chunked_array([[1], [2, 3]]), pa.chunked_array([[1, 2], [4]])).figures["differ"] == 1
    assert compare(pl.DataFrame({"a": [[1], [2]]}), pl.DataFrame({"a": [[1], [3]]})).figures["cells_differ"] == 1
    assert compare(pa.table({"a": [[1], [2]]}), pa.table({"a": [[1], [3]]})).figures["cells_differ"] == 1


def test_plans_of_polars_are_compared_without_being_computed():
    def fail(_):
        raise AssertionError

    plan = pl.LazyFrame({"a": [1]}).select(pl.col("a").map_batches(fail, return_dtype=pl.Int64))
    assert compare(plan, plan.filter(pl.col("a") > 1)).differs


@libraries
def test_frames_of_which_nothing_is_left_to_compare_say_so(make):
    old = pd.DataFrame({"x": np.zeros(300_000)})
    diff = compare(make(old), make(old + 1), Budget(seconds=-1.0))
    assert diff.notes[-1] == "compared the first 65 536 of 300 000 rows: the time was up"
    assert diff.figures["rows_changed"] == 65_536
    assert compare(make(old), make(old.copy()), Budget(seconds=-1.0)).verdict == "unknown"


def test_a_big_frame_is_compared_without_a_copy_of_it():
    chance = np.random.default_rng(0)
    old = pd.DataFrame(chance.random((400_000, 12)), columns=[f"c{n}" for n in range(12)])
    new = old + 1.0
    new["s"], old["s"] = "b", "a"
    compare(old.head(), new.head())  # what is loaded for it
    tracemalloc.start()
    diff = compare(old, new, Budget(seconds=600))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert diff.figures["cells_differ"] == 13 * 400_000
    assert peak < old.memory_usage(index=False).sum() / 4


def test_a_big_array_is_compared_without_a_copy_of_it():
    old = np.zeros((2000, 2000))
    new = np.asfortranarray(old + 1)
    tracemalloc.start()
    diff = compare(old, new, Budget(seconds=600))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert diff.figures["differ"] == old.size
    assert peak < old.nbytes / 4
