"""What results came from and led to."""

from __future__ import annotations

from cashet_jupyter.history.lineage import lineage_of
from tests.history.runs import Runs


def test_both_directions_are_followed_across_notebooks(runs: Runs) -> None:
    load = runs.cell("df = load()", "df", notebook="a.ipynb")
    clean = runs.cell("clean = df.dropna()", "clean", notebook="a.ipynb", reads=(load,))
    fit = runs.cell("model = fit(clean, df)", "model", notebook="b.ipynb", reads=(clean, load))
    plot = runs.cell("plot(model)", notebook="c.ipynb", reads=(fit,))
    beside = runs.cell("n = len(df)", "n", notebook="a.ipynb", reads=(load,))
    runs.cell("z = 1", "z")
    found = lineage_of(runs.store, clean)
    assert set(found.commits) == {load.id, clean.id, fit.id, plot.id}
    assert set(found.edges) == {(load.id, clean.id), (clean.id, fit.id), (fit.id, plot.id)}
    assert found.made_from(clean.id) == [load.id]
    assert found.led_to(clean.id) == [fit.id]
    assert found.carried(clean.id, fit.id) == ("clean",)
    assert not found.cut
    everything = lineage_of(runs.store, load, up=False)
    assert set(everything.commits) == {load.id, clean.id, fit.id, plot.id, beside.id}
    assert set(everything.led_to(load.id)) == {clean.id, fit.id, beside.id}


def test_directions_and_depth_can_be_chosen(runs: Runs) -> None:
    chain = [runs.cell("x = 0", "x")]
    for n in range(1, 6):
        chain.append(runs.cell(f"x = {n}", "x", reads=(chain[-1],)))
    middle = chain[3]
    assert list(lineage_of(runs.store, middle, down=False).commits) == [commit.id for commit in chain[3::-1]]
    assert list(lineage_of(runs.store, middle, up=False).commits) == [commit.id for commit in chain[3:]]
    near = lineage_of(runs.store, middle, depth=1)
    assert set(near.commits) == {commit.id for commit in chain[2:5]}
    assert near.cut
    assert not lineage_of(runs.store, chain[5], up=False, depth=1).cut


def test_what_was_removed_is_named_as_such(runs: Runs) -> None:
    load = runs.cell("df = load()", "df")
    clean = runs.cell("clean = df.dropna()", "clean", reads=(load,))
    runs.store.rm(load)
    found = lineage_of(runs.store, clean)
    assert found.commits == {clean.id: clean, load.id: None}
    assert found.carried(load.id, clean.id) == ()


def test_a_result_that_many_were_made_from_is_cut(runs: Runs) -> None:
    load = runs.cell("df = load()", "df")
    for n in range(12):
        runs.cell(f"x_{n} = df", f"x_{n}", reads=(load,))
    found = lineage_of(runs.store, load, most=10)
    assert len(found.commits) == 10
    assert found.cut
    assert len(lineage_of(runs.store, load).commits) == 13


def test_a_result_that_says_it_came_from_itself_ends(runs: Runs) -> None:
    one = runs.cell("x = 1", "x")
    two = runs.cell("y = x", "y", reads=(one, one))
    found = lineage_of(runs.store, two)
    assert found.edges == ((one.id, two.id),)
