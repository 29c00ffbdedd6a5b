from __future__ import annotations

import pytest

from cashet_jupyter.models import Cell, Commit
from cashet_jupyter.render.collected import commit_line
from cashet_jupyter.render.progress import progress_line
from cashet_jupyter.render.storage import imported_text
from cashet_jupyter.render.table import columns, counted, shortened
from cashet_jupyter.store.answers import Imported


def test_columns_are_aligned_and_end_without_blanks():
    assert columns([["a", "1", ""], ["long", "20", "x"]], right=(1,)) == ["a      1", "long  20  x"]
    assert columns([]) == []


@pytest.mark.parametrize(
    ("text", "short"), [("a b", "a b"), ("a\n  b", "a b"), ("abcdefghij", "abcdefghij"), ("abcdefghijk", "abcdefg...")]
)
def test_long_text_is_cut_to_one_line(text, short):
    assert shortened(text, 10) == short


def test_what_is_counted_is_one_or_many():
    assert [counted(number, "result") for number in (0, 1, 2)] == ["0 results", "1 result", "2 results"]
    assert counted(2, "file belongs", "files belong") == "2 files belong"


@pytest.mark.parametrize(
    ("done", "total", "unit", "line"),
    [
        (340_000_000, 1_200_000_000, "bytes", "x: 340 MB of 1.2 GB (28 %)"),
        (120, 400, "blobs", "x: 120 of 400 blobs (30 %)"),
        (5, 0, "blobs", "x: 5 blobs"),
        (5000, 0, "bytes", "x: 5.0 kB"),
        (7, 5, "commits", "x: 7 of 5 commits (100 %)"),
    ],
)
def test_progress_is_said_in_the_units_that_people_read(done, total, unit, line):
    assert progress_line("x", done, total, unit) == line


def test_a_commit_takes_one_line():
    commit = Commit(
        "k", "c", Cell("", "x = f()\n" * 20), 1.0, 2.0, id="ab" * 32, tags={"b": "2", "a": "1"}, pinned=True
    )
    assert commit_line(commit) == "ababab  x = f() x = f() x = f() x = f() x = f() x = f...  pinned  a=1  b=2"


@pytest.mark.parametrize(
    ("done", "lines"),
    [
        (Imported(), ["the archive holds no results"]),
        (Imported(2, 1, 3, 5000), ["imported 2 results, 5.0 kB in 3 blobs", "1 result was here already"]),
        (Imported(0, 4, 1, 700), ["put back what was damaged or missing here: 700 B in 1 blob", "4 results were here already"]),
        (Imported(1, 0, 0, 0, 1), ["imported 1 result; their values were here already", "1 result was made by someone else: kept in the history, and never loaded",
                                   "if you trust who made them: T (values that are loaded may run code)"]),
    ],
)  # fmt: skip
def test_an_import_says_what_came_what_was_there_and_what_is_not_yours(done, lines):
    assert imported_text(done, "T").splitlines() == lines
