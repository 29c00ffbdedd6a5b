"""What takes space, by notebook and cell."""

from __future__ import annotations

from cashet_jupyter.api import usage as told
from cashet_jupyter.models import FUNCTION

BIG = 1 << 20


def test_notebooks_and_cells_come_with_what_they_take_the_biggest_first(asking):
    asking.put(notebook="small.ipynb", label="tiny")
    asking.put(notebook="big.ipynb", cell="one", size=BIG)
    newest = asking.put(notebook="big.ipynb", cell="two", label="data = load()", size=2 * BIG)
    asking.store.touch(newest, 3.0)
    asking.store.touch(newest, 3.0)
    found = asking.ask("storage")
    assert [one["notebook"] for one in found["notebooks"]] == ["big.ipynb", "small.ipynb"]
    big = found["notebooks"][0]
    assert (big["runs"], big["hits"], big["saved"], big["more"]) == (2, 2, 6.0, 0)
    assert [cell["cell"] for cell in big["cells"]] == ["two", "one"]
    first = big["cells"][0]
    assert (first["label"], first["newest"], first["runs"], first["hits"]) == ("data = load()", newest.id, 1, 2)
    assert 2 * BIG <= first["size"] < 2 * BIG + 4096
    assert found["physical"] == sum(one["size"] for one in found["notebooks"])


def test_what_several_share_counts_with_its_part_for_each(asking):
    for cell in ("one", "two", "two"):
        asking.put(cell=cell, seed=7, size=3 * BIG)
    found = asking.ask("storage")
    sizes = {cell["cell"]: cell["size"] for cell in found["notebooks"][0]["cells"]}
    assert abs(sizes["one"] - BIG) < 4096
    assert abs(sizes["two"] - 2 * BIG) < 4096
    assert found["logical"] > 9 * BIG > found["physical"]


def test_what_is_used_by_hits_only_a_moment_ago_counts(asking):
    commit = asking.put()
    asking.ask("storage")
    asking.store.touch(commit, 1.0)
    assert asking.ask("storage")["notebooks"][0]["hits"] == 1


def test_runs_without_a_cell_belong_to_those_of_the_same_code(asking):
    for code in ("a" * 64, "a" * 64, "b" * 64):
        asking.put(cell="", notebook=None, code=code, label=code[:1])
    (one,) = asking.ask("storage")["notebooks"]
    assert (one["notebook"], one["runs"]) == ("", 3)
    assert sorted((cell["cell"], cell["label"], cell["runs"]) for cell in one["cells"]) == [("", "a", 2), ("", "b", 1)]


def test_functions_are_cells_of_no_notebook(asking):
    asking.put(cell=f"{FUNCTION}work.train", notebook=None, label="train(3)")
    cell = asking.ask("storage")["notebooks"][0]["cells"][0]
    assert (cell["cell"], cell["label"]) == (f"{FUNCTION}work.train", "train(3)")


def test_what_was_removed_takes_nothing(asking):
    commit = asking.put(size=BIG)
    asking.put(cell="two")
    assert len(asking.ask("storage")["notebooks"][0]["cells"]) == 2
    asking.store.rm(commit)
    assert [cell["cell"] for cell in asking.ask("storage")["notebooks"][0]["cells"]] == ["two"]


def test_very_many_are_counted_and_not_told_one_by_one(asking, monkeypatch):
    monkeypatch.setattr(told, "NOTEBOOKS", 3)
    monkeypatch.setattr(told, "CELLS", 4)
    monkeypatch.setattr(told, "ALL", 10)
    for notebook in range(5):
        for cell in range(6):
            asking.put(notebook=f"{notebook}.ipynb", cell=str(cell), size=100 * (6 - notebook))
    found = asking.ask("storage")
    assert [one["notebook"] for one in found["notebooks"]] == ["0.ipynb", "1.ipynb", "2.ipynb"]
    assert found["more"] == 2
    assert [(len(one["cells"]), one["more"], one["runs"]) for one in found["notebooks"]] == [
        (4, 2, 6),
        (4, 2, 6),
        (2, 4, 6),
    ]


def test_an_answer_that_is_too_long_to_be_kept_is_given_all_the_same(asking, monkeypatch):
    from cashet_jupyter.store import space

    monkeypatch.setattr(space, "_KEPT", 1)
    asking.put()
    asking.put(cell="two")
    for _ in range(3):
        assert asking.ask("storage")["notebooks"][0]["runs"] == 2
    asking.put(cell="three")
    assert asking.ask("storage")["notebooks"][0]["runs"] == 3
