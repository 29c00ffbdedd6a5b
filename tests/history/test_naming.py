"""A text means one commit, or none, or it says what it could mean."""

from __future__ import annotations

import pytest

from cashet_jupyter.errors import NotFound
from cashet_jupyter.history.log import Wanted, log
from cashet_jupyter.history.names import names
from cashet_jupyter.history.naming import LISTED, Ambiguous, Here, find, find_named
from cashet_jupyter.models import Cell
from tests.contracts.store_contract import make_commit, make_payload
from tests.history.runs import Runs


def test_a_variable_is_the_newest_run_that_left_one(runs: Runs) -> None:
    runs.cell("df = load(1)", "df")
    new = runs.cell("df = load(2)", "df")
    runs.cell("x = 1", "x")
    assert find(runs.store, "df") == new
    assert find_named(runs.store, " df ").name == "df"
    assert find_named(runs.store, new.short).name == ""


def test_in_a_kernel_a_variable_is_what_it_holds_now(runs: Runs) -> None:
    old = runs.cell("df = load(1)", "df")
    runs.cell("df = load(2)", "df")
    here = Here(produced={"df": old.id})
    assert find(runs.store, "df", here) == old
    runs.function("m.df")
    assert find(runs.store, "df", here) == old


def test_a_variable_whose_result_was_removed_is_the_newest_one(runs: Runs) -> None:
    kept = runs.cell("df = load(1)", "df")
    gone = runs.cell("df = load(2)", "df")
    runs.store.rm(gone)
    assert find(runs.store, "df", Here(produced={"df": gone.id})) == kept


def test_what_a_function_returned_is_no_variable(runs: Runs) -> None:
    runs.function("steps.fit")
    with pytest.raises(NotFound):
        find(runs.store, "return")


def test_the_runs_before_are_those_of_the_same_cell(runs: Runs) -> None:
    loads = [runs.cell(f"df = load('sales', {n})", "df", id="a") for n in range(4)]
    cleans = [runs.cell(f"df = df.dropna(how={n})", "df", id="b") for n in range(3)]
    store = runs.store
    assert [find(store, f"df@{{{n}}}") for n in range(3)] == cleans[::-1]
    assert find(store, "df@{1}", Here(produced={"df": loads[2].id})) == loads[1]
    assert find(store, f"{loads[3].id[:12]}@{{2}}") == loads[1]
    with pytest.raises(NotFound, match=r"no df@\{3\}: of runs of df there is @\{0\} to @\{2\}"):
        find(store, "df@{3}")


def test_where_nothing_tells_of_which_cell_a_run_is_the_variable_decides(runs: Runs) -> None:
    first = runs.cell("df = 1", "df", notebook=None)
    second = runs.cell("for n in range(10):\n    df = [n * 2, 'other', {}]", "df", "n", notebook=None)
    assert find(runs.store, "df@{1}") == first
    known = runs.cell("df = make_something_else()", "df", id="c", notebook=None)
    with pytest.raises(NotFound, match=r"there is @\{0\} alone"):
        find(runs.store, "df@{1}")
    assert find(runs.store, "n@{0}") == second
    assert find(runs.store, "df@{0}") == known


def test_the_newest_of_all_are_counted_from_nought(runs: Runs) -> None:
    stored = [runs.cell(f"x = {n}", "x") for n in range(3)]
    assert find(runs.store, "@{0}") == stored[2] == find(runs.store, "")
    assert find(runs.store, "@{2}") == stored[0]
    assert find(runs.store, "", Here(newest=stored[1].id)) == stored[1]
    with pytest.raises(NotFound, match=r"there is no @\{3\}"):
        find(runs.store, "@{3}")


def test_in_an_empty_store_it_is_said_what_to_do(runs: Runs) -> None:
    with pytest.raises(NotFound, match="nothing is stored yet: put %%cashet on a cell"):
        find(runs.store, "")
    with pytest.raises(NotFound, match="there is none"):
        find(runs.store, "@{0}")


def test_a_function_is_named_with_and_without_its_module(runs: Runs) -> None:
    first = runs.function("steps.preprocess", arguments="1")
    second = runs.function("steps.preprocess", arguments="2", error="Traceback")
    for name in ("preprocess", "preprocess()", "steps.preprocess", "preprocess@{0}"):
        assert find(runs.store, name) == second
    assert find(runs.store, "preprocess@{1}") == first == find(runs.store, "steps.preprocess()@{1}")


def test_functions_of_one_name_in_two_modules_are_listed(runs: Runs) -> None:
    one, two = runs.function("a.fit"), runs.function("b.fit")
    with pytest.raises(Ambiguous) as raised:
        find(runs.store, "fit")
    assert {commit.id for commit in raised.value.commits} == {one.id, two.id}
    assert find(runs.store, "a.fit") == one


def test_what_is_a_variable_and_a_function_is_not_guessed(runs: Runs) -> None:
    variable = runs.cell("fit = make()", "fit")
    function = runs.function("steps.fit")
    with pytest.raises(Ambiguous, match=r"name\(\) for a function") as raised:
        find(runs.store, "fit")
    assert {commit.id for commit in raised.value.commits} == {variable.id, function.id}
    assert find(runs.store, "fit()") == function


def test_a_tag_is_named_whole_or_by_its_name_if_only_one_has_it(runs: Runs) -> None:
    one = runs.cell("x = 1", "x", tags={"stage": "train", "best": ""})
    two = runs.cell("x = 2", "x", tags={"stage": "test"})
    assert find(runs.store, "stage=train") == runs.store.resolve(one.id)
    assert find(runs.store, "best").id == one.id
    with pytest.raises(Ambiguous, match="could mean 2 results") as raised:
        find(runs.store, "stage")
    assert [commit.id for commit in raised.value.commits] == [two.id, one.id]
    assert [find(runs.store, f"stage@{{{n}}}").id for n in range(2)] == [two.id, one.id]


def test_of_several_with_one_tag_the_newest_can_be_said(runs: Runs) -> None:
    stored = [runs.cell(f"x = {n}", "x", tags={"exp": "7"}) for n in range(3)]
    with pytest.raises(Ambiguous):
        find(runs.store, "exp=7")
    assert [find(runs.store, f"exp=7@{{{n}}}").id for n in range(3)] == [commit.id for commit in stored[::-1]]


def test_an_id_is_named_by_four_characters_or_more(runs: Runs) -> None:
    stored = runs.cell("x = 1", "x")
    assert find(runs.store, stored.id) == find(runs.store, stored.id[:4].upper()) == stored
    with pytest.raises(NotFound):
        find(runs.store, stored.id[:3])
    wrong = "0" * 8 if not stored.id.startswith("0" * 8) else "1" * 8
    with pytest.raises(NotFound, match=f"^no commit {wrong}$"):
        find(runs.store, wrong)


def test_a_beginning_that_several_ids_have_lists_them(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = [runs.cell(f"x = {n}", "x") for n in range(3)]
    ids = [commit.id for commit in stored]
    monkeypatch.setattr(runs.store, "known", lambda kind, prefix="", limit=0: ids if kind == "id" else [])
    with pytest.raises(Ambiguous, match="write more of its id") as raised:
        find(runs.store, ids[0][:4])
    assert str(raised.value).count("\n") == 3


def test_names_go_before_ids(runs: Runs) -> None:
    stored = runs.cell("x = 1", "x")
    name = next((stored.id[at : at + 4] for at in range(60) if stored.id[at : at + 4].isidentifier()), "facade")
    named = runs.cell("y = 1", name)
    assert find(runs.store, name) == named


def test_a_cell_is_named_by_its_first_line_or_a_part_of_it(runs: Runs) -> None:
    old = runs.cell('df = load("sales/")', "df")
    runs.cell("model = fit(df)", "model")
    new = runs.cell('df = load("sales/")', "df")
    for text in ('df = load("sales/")', "load(", "df = load(sales/)", "df=load"):
        assert find(runs.store, text) == new, text
    assert find(runs.store, "load(@{1}") == old


def test_a_line_that_was_too_long_for_a_label_is_named_as_it_stands(runs: Runs) -> None:
    line = "results = pipeline.fit(training, validation, epochs=100)"
    label = line[:47] + "\N{HORIZONTAL ELLIPSIS}"
    stored = runs.store.put(make_commit(cell=Cell(line, label, None, "a.ipynb")), make_payload(), durable=False)
    assert find(runs.store, line) == stored
    assert list(log(runs.store, Wanted(cell=line))) == [stored]
    with pytest.raises(NotFound):
        find(runs.store, line.replace("fit", "run"))


def test_a_first_line_of_two_notebooks_is_the_one_of_this_notebook(runs: Runs) -> None:
    mine = runs.cell("x = 1 + 1", "x", notebook="a.ipynb")
    other = runs.cell("x = 1 + 1", "x", notebook="b.ipynb")
    with pytest.raises(Ambiguous, match=r"a\.ipynb"):
        find(runs.store, "x = 1 + 1")
    assert find(runs.store, "x = 1 + 1", Here(notebook="a.ipynb")) == mine
    assert find(runs.store, "1 + 1", Here(notebook="b.ipynb")) == other
    assert find(runs.store, "x = 1 + 1@{0}", Here(notebook="a.ipynb")) == mine


def test_a_list_of_meanings_ends_and_the_rest_is_counted(runs: Runs) -> None:
    for n in range(LISTED + 60):
        runs.cell(f"model_{n} = fit({n})", f"model_{n}")
    with pytest.raises(Ambiguous) as raised:
        find(runs.store, "fit(")
    lines = str(raised.value).splitlines()
    assert lines[0] == f"'fit(' could mean {LISTED + 60} results; write more of the line, or its id:"
    assert len(lines) == LISTED + 2
    assert "model_67 = fit(67)" in lines[1]
    assert lines[-1] == "  ... and 60 more"


def test_what_is_not_there_says_what_can_be_named(runs: Runs) -> None:
    runs.cell("x = 1", "x")
    with pytest.raises(NotFound, match="nothing is called 'nothing': name a variable, a function, a tag"):
        find(runs.store, "nothing")
    for text in ("a=b", "'", "\\", "@", "@{}", "x@{1}@{1}", "\ud800", "%", "nope()"):
        with pytest.raises(NotFound):
            find(runs.store, text)


def test_completion_offers_every_kind_of_name(runs: Runs) -> None:
    stored = runs.cell("frame = load()", "frame", tags={"stage": "train"})
    runs.function("steps.fit")
    found = names(runs.store)
    assert {"frame", "fit", "steps.fit", "stage=train", stored.short, "frame = load()"} <= set(found)
    assert "return" not in found
    assert names(runs.store, "fr") == ["frame", "frame = load()"]
    assert names(runs.store, stored.id[:8]) == [stored.id[:8]]
    assert names(runs.store, "stage=") == ["stage=train"]
