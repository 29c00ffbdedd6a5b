"""The versions of a cell, through its edits."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cashet_jupyter.history.versions import Versions, line_changes, versions_of
from cashet_jupyter.models import Commit
from tests.history.runs import Runs

LOAD = "import pandas as pd\ndf = pd.read_csv('sales.csv')\ndf = df[df.price > 0]"
FIT = "model = make_model(depth=3)\nmodel.fit(df.drop(columns='y'), df.y)\nscore = model.score(df)"
PLOT = "fig, ax = plt.subplots()\nax.plot(df.price)\nax.set_title('prices')"

#: ten edits of the cell in the middle, as people make them: a number, a line more, a line less, the first line, ...
EDITS = [
    FIT,
    FIT.replace("depth=3", "depth=4"),
    FIT.replace("depth=3", "depth=5"),
    FIT.replace("depth=3", "depth=5") + "\nprint(score)",
    FIT.replace("depth=3", "depth=5, trees=100") + "\nprint(score)",
    "# a forest\n" + FIT.replace("depth=3", "depth=5, trees=100") + "\nprint(score)",
    FIT.replace("model = make_model(depth=3)", "model = Forest(depth=5, trees=100, seed=1)") + "\nprint(score)",
    FIT.replace("model = make_model(depth=3)", "model = Forest(depth=5, trees=200, seed=1)"),
    FIT.replace("model = make_model(depth=3)", "model = Forest(depth=5, trees=200, seed=1)").replace("score(df)", "score(test)"),
    FIT.replace("model = make_model(depth=3)", "params = {'depth': 5}\nmodel = Forest(**params)").replace("score(df)", "score(test)"),
]  # fmt: skip


def _notebook(runs: Runs, *, ids: bool) -> list[Commit]:
    """A notebook of three cells, run again after each of ten edits of the one in the middle."""

    def id(name: str) -> str | None:
        return name if ids else None

    fits: list[Commit] = []
    load = runs.cell(LOAD, "df", id=id("load"))
    for number, source in enumerate(EDITS):
        fits.append(runs.cell(source, "model", "score", id=id("fit"), reads=(load,)))
        if number % 3 == 0:  # everything hits but this cell, and now and then what is after it
            runs.cell(PLOT.replace("prices", f"prices {number}"), "fig", "ax", id=id("plot"), reads=(load,))
    return fits


def _ids(found: Versions) -> list[list[str]]:
    return [[run.id for run in version.runs] for version in found.versions]


@pytest.mark.parametrize("ids", [True, False], ids=["with ids", "without ids"])
def test_a_cell_that_was_edited_ten_times_has_ten_versions(runs: Runs, ids: bool) -> None:
    fits = _notebook(runs, ids=ids)
    expected = [[commit.id] for commit in reversed(fits)]
    for asked in (fits[-1], fits[0], fits[4]):
        found = versions_of(runs.store, asked)
        assert _ids(found) == expected
        assert found.complete
        assert found.asked == asked


@pytest.mark.parametrize("ids", [True, False], ids=["with ids", "without ids"])
def test_the_other_cells_have_their_own_versions(runs: Runs, ids: bool) -> None:
    _notebook(runs, ids=ids)
    plots = [commit for commit in runs.store.log() if commit.cell.source.startswith("fig")]
    assert len(plots) == 4
    assert _ids(versions_of(runs.store, plots[1])) == [[commit.id] for commit in plots]
    (load,) = (commit for commit in runs.store.log() if "read_csv" in commit.cell.source)
    assert _ids(versions_of(runs.store, load)) == [[load.id]]


def test_each_version_says_how_it_is_known_and_what_changed(runs: Runs) -> None:
    fits = _notebook(runs, ids=False)
    newest, *_, second, first = versions_of(runs.store, fits[-1]).versions
    assert newest.link == "asked for"
    assert first.link.endswith(" % alike")
    assert first.change == ""
    assert second.change.startswith("code changed (line 1)")
    assert (second.added, second.removed) == (1, 1)
    assert "first line" in [version.link for version in versions_of(runs.store, fits[-1]).versions]
    assert {version.link for version in _with_ids(runs).versions} == {"cell id"}


def _with_ids(runs: Runs) -> Versions:
    one = runs.cell("a = 1", "a", id="z")
    runs.cell("b = 'all of it is other'", "b", id="z")
    return versions_of(runs.store, one)


def test_runs_of_the_same_code_are_one_version(runs: Runs) -> None:
    first = runs.cell("y = f(x)", "y", id="a")
    second = runs.cell("y = g(x)", "y", id="a")
    third, fourth = (runs.cell("y = f(x)", "y", id="a", inputs=("x",)) for _ in range(2))
    found = versions_of(runs.store, second)
    assert _ids(found) == [[fourth.id, third.id, first.id], [second.id]]
    assert [run.id for run in found.runs] == [fourth.id, third.id, second.id, first.id]


def test_a_cell_that_moved_is_the_same_cell(runs: Runs) -> None:
    first = runs.cell(FIT, "model", "score", id="fit")
    for n in range(5):
        runs.cell(f"other_{n} = {n}", f"other_{n}", id=f"o{n}")
    second = runs.cell(EDITS[3], "model", "score", id="fit")
    assert _ids(versions_of(runs.store, second)) == [[second.id], [first.id]]


@pytest.mark.parametrize("ids", [("whole", "first", "second"), ("whole", "whole", "second"), (None, None, None)])
def test_a_cell_that_was_cut_in_two_is_the_past_of_both_halves(runs: Runs, ids: Sequence[str | None]) -> None:
    lines = [*LOAD.splitlines(), "total = df.price.sum()", "mean = df.price.mean()", "print(total, mean)"]
    runs.cell("import matplotlib.pyplot as plt", "plt", id="imports")
    whole = runs.cell("\n".join(lines), "pd", "df", "total", "mean", id=ids[0])
    first = runs.cell("\n".join(lines[:3]), "pd", "df", id=ids[1])
    second = runs.cell("\n".join(lines[3:]), "total", "mean", id=ids[2], reads=(first,))
    assert _ids(versions_of(runs.store, first)) == [[first.id], [whole.id]]
    found = _ids(versions_of(runs.store, second))
    assert found in ([[second.id], [whole.id]], [[second.id]])
    assert first.id not in [id for version in found for id in version]
    if ids[0] != ids[1] or ids[0] is None:
        assert found == [[second.id], [whole.id]]


def test_two_cells_that_are_alike_stay_two(runs: Runs) -> None:
    train = runs.cell("train = clean(pd.read_csv('train.csv'))", "train")
    test = runs.cell("test = clean(pd.read_csv('test.csv'))", "test")
    runs.cell("model = fit(train)", "model", reads=(train,))
    runs.cell("score = model.score(test)", "score", reads=(test,))
    assert _ids(versions_of(runs.store, test)) == [[test.id]]
    assert _ids(versions_of(runs.store, train)) == [[train.id]]


def test_two_cells_with_ids_that_go_on_being_run_stay_two(runs: Runs) -> None:
    ones = [runs.cell(f"df = step(df, {n})", "df", id="one") for n in range(2)]
    twos = [runs.cell(f"df = step(df, -{n})", "df", id="two") for n in range(2)]
    ones.append(runs.cell("df = step(df, 7)", "df", id="one"))
    assert _ids(versions_of(runs.store, ones[0])) == [[commit.id] for commit in ones[::-1]]
    assert _ids(versions_of(runs.store, twos[0])) == [[commit.id] for commit in twos[::-1]]


def test_a_variable_that_got_another_name_is_followed_if_nobody_asks_for_the_old_one(runs: Runs) -> None:
    source = "model = make(depth=3, trees=100)\nmodel.fit(df)\nprint('fitted on', len(df), 'rows of', path)"
    old = runs.cell(source, "model")
    new = runs.cell(source.replace("model", "forest"), "forest")
    assert _ids(versions_of(runs.store, new)) in ([[new.id], [old.id]], [[new.id]])
    close = runs.cell(source.replace("model.fit", "model .fit").replace("model =", "modal ="), "modal")
    assert [close.id] in _ids(versions_of(runs.store, close))
    runs.cell("print(model)", inputs=("model",))
    assert [old.id] not in _ids(versions_of(runs.store, close))


def test_cells_of_other_notebooks_are_other_cells(runs: Runs) -> None:
    mine = runs.cell(FIT, "model", "score", notebook="a.ipynb", id="x")
    other = runs.cell(EDITS[1], "model", "score", notebook="b.ipynb", id="x")
    assert _ids(versions_of(runs.store, mine)) == [[mine.id]]
    assert _ids(versions_of(runs.store, other)) == [[other.id]]


def test_without_a_notebook_cells_are_known_by_what_stands_in_them(runs: Runs) -> None:
    first = runs.cell(FIT, "model", "score", notebook=None)
    runs.cell("x = 1", "x", notebook=None)
    second = runs.cell(EDITS[1], "model", "score", notebook=None)
    assert _ids(versions_of(runs.store, first)) == [[second.id], [first.id]]


def test_a_function_is_known_by_its_name(runs: Runs) -> None:
    first = runs.function("steps.fit", "def fit(x): return x")
    runs.function("other.fit", "def fit(x): return x")
    failed = runs.function("steps.fit", "def fit(x): return 1 / x", error="Traceback")
    second = runs.function("steps.fit", "def fit(x): return 1 / x", "2")
    found = versions_of(runs.store, first)
    assert _ids(found) == [[second.id, failed.id], [first.id]]
    assert {version.link for version in found.versions} == {"function"}


def test_lines_that_were_added_and_removed_are_counted() -> None:
    assert line_changes("a\nb\nc", "a\nB\nc\nd") == (2, 1)
    assert line_changes("a", "a") == (0, 0)
    assert line_changes("", "a\nb") == (2, 0)
