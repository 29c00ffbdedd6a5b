"""`gc`, `clear` and `rm`: what they show, and what they do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashet_jupyter.errors import NotFound, OptionError
from cashet_jupyter.models import Cell, Commit
from cashet_jupyter.store.answers import Collected, Evicted
from cashet_jupyter.store.store import Store, open_store
from tests.commands.stores import FakeStore, Reader, commits_of
from tests.contracts.store_contract import make_commit, make_payload

LOAD = [
    Evicted(commit, 600_000_000, "expired") for commit in commits_of("df = load()", "/home/u/nb/train.ipynb", 2, 40.0)
]
FIT = [Evicted(commit, 340_000_000, "over the limit") for commit in commits_of("model = fit(df)", None, 1, 252.0)]


def test_a_collection_shows_cells_and_notebooks_and_what_they_cost_to_run_again() -> None:
    store = FakeStore(Collected((*FIT, *LOAD), 1_540_000_000, 14, 0, 3_400_000_000, 10 * 10**9))
    done = Reader(store).run("gc", "--dry-run")
    assert done.output.splitlines() == [
        "  cell             notebook     results    size  to run again",
        "  df = load()      train.ipynb        2  1.2 GB    1 min 20 s  expired",
        "  model = fit(df)  -                  1  340 MB    4 min 12 s  over the limit",
        "would remove 3 results: 1.5 GB",
        "3.4 GB would stay, the limit is 10 GB",
        "this is only a look: cashet gc without --dry-run removes it",
    ]
    assert store.asked == [("gc", {"max_size": None, "older_than": None, "dry_run": True})]


def test_sizes_and_times_are_read_and_given_on() -> None:
    store = FakeStore(Collected(left=5, limit=7))
    assert "there is nothing to remove" in Reader(store).run("gc", "--max-size", "1.5GiB", "--older-than", "30d").output
    assert store.asked == [("gc", {"max_size": 3 << 29, "older_than": 30 * 86400.0, "dry_run": False})]


@pytest.mark.parametrize(("option", "value"), [("--max-size", "2"), ("--max-size", "big"), ("--older-than", "1y")])
def test_a_wrong_size_or_time_changes_nothing_and_is_named(option: str, value: str) -> None:
    store = FakeStore(Collected())
    with pytest.raises(OptionError, match=f"{option}: '{value}' is not a "):
        Reader(store).run("gc", option, value)
    assert store.asked == []


def test_what_stays_above_the_limit_because_it_is_pinned_is_said() -> None:
    text = Reader(FakeStore(Collected(tuple(FIT), 1, 1, 0, 5 * 10**9, 2 * 10**9))).run("gc").output
    assert "removed 1 result: 1 B freed\n5.0 GB stay, the limit is 2.0 GB\n" in text
    assert "3.0 GB above the limit stay because it is pinned: see cashet unpin" in text


def test_files_that_belonged_to_nothing_are_counted() -> None:
    assert (
        "removed 3 stray files: 700 B freed"
        in Reader(FakeStore(Collected(freed=700, strays=3, left=9))).run("gc").output
    )


def test_many_cells_are_listed_up_to_a_number_and_then_counted() -> None:
    evicted = [Evicted(next(commits_of(f"x{n} = 1", "a.ipynb")), 1000, "cleared") for n in range(100)]
    lines = Reader(FakeStore(Collected(tuple(evicted), 1, 1, 0, 0, 0))).run("clear", "--yes").output.splitlines()
    assert len(lines) < 50
    assert "  ... 60 more cells: 60 results, 60 kB" in lines


def test_clearing_is_shown_before_it_is_done() -> None:
    store = FakeStore(Collected(tuple(FIT), 9, 1, 0, 7, 0))
    text = Reader(store).run("clear").output
    assert "nothing was removed: cashet clear --yes removes it" in text
    assert "7 B would stay because it is pinned: cashet clear --pinned removes it too" in text
    assert Reader(store).run("clear", "--yes", "--pinned").output.splitlines()[-2] == "removed 1 result: 9 B freed"
    assert [options for _, options in store.asked] == [
        {"pinned": False, "dry_run": True}, {"pinned": True, "dry_run": False}
    ]  # fmt: skip


def test_programs_get_ids_bytes_and_seconds() -> None:
    store = FakeStore(Collected(tuple(LOAD), 9, 1, 2, 7, 3))
    found = json.loads(Reader(store).run("gc", "--json", "--dry-run").output)
    assert found["removed"] is False
    assert (found["freed"], found["blobs"], found["strays"], found["left"], found["limit"], found["over"]) == (
        9,
        1,
        2,
        7,
        3,
        4,
    )
    (cell,) = found["cells"]
    assert cell["label"] == "df = load()"
    assert cell["notebook"] == "/home/u/nb/train.ipynb"
    assert cell["commits"] == [one.commit.id for one in LOAD]
    assert cell["seconds"] == 80.0


# ----------------------------------------------------------------------------------------------------- a real store
@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "store")
    yield store
    store.close()


def put(store: Store, label: str, notebook: str, number: int = 1, **options: object) -> list[Commit]:
    cell = Cell(label, label, None, notebook)
    return [
        store.put(make_commit(cell=cell), make_payload(n, 30_000 + n), durable=False, **options)  # type: ignore[arg-type]
        for n in range(number)
    ]


def test_results_are_removed_by_the_beginning_of_their_id_or_by_a_tag(store: Store) -> None:
    first, second, third = put(store, "x = f()", "a.ipynb", 3)
    store.tag(second, {"stage": "train"})
    text = Reader(store).run("rm", first.short, "stage=train").output
    assert "removed 2 results; what nothing else needs is freed by the next cashet gc" in text
    assert [commit.id for commit in store.log()] == [third.id]
    with pytest.raises(NotFound, match="no commit"):
        Reader(store).run("rm", third.short, first.short)
    assert len(store.log()) == 1, "all are found before one goes"


def test_results_with_something_in_common_are_shown_first_and_pinned_ones_stay(store: Store) -> None:
    put(store, "x = f()", "/home/u/a.ipynb", 2)
    (kept,) = put(store, "y = g()", "/home/u/a.ipynb", pinned=True)
    put(store, "x = f()", "/home/u/other-a.ipynb")
    text = Reader(store).run("rm", "--notebook", "a.ipynb").output
    assert "nothing was removed: the same with --yes removes 2 results" in text
    assert "1 pinned result stays" in text
    assert len(store.log()) == 4
    Reader(store).run("rm", "--notebook", "a.ipynb", "--yes")
    assert {commit.cell.notebook for commit in store.log()} == {"/home/u/a.ipynb", "/home/u/other-a.ipynb"}
    Reader(store).run("rm", kept.short)
    assert len(store.log()) == 1, "a pinned one goes if it is named"


def test_conditions_hold_together(store: Store) -> None:
    put(store, "x = f()", "a.ipynb")
    put(store, "y = g()", "a.ipynb", tags={"stage": "old"})
    put(store, "y = g()", "b.ipynb", tags={"stage": "old"})
    Reader(store).run("rm", "--notebook", "a.ipynb", "--cell", "g()", "--tag", "stage=old", "--yes")
    assert sorted((commit.cell.label, commit.cell.notebook) for commit in store.log()) == [
        ("x = f()", "a.ipynb"), ("y = g()", "b.ipynb")
    ]  # fmt: skip
    with pytest.raises(NotFound, match=r"no result of the notebook c\.ipynb and with the tag stage=old"):
        Reader(store).run("rm", "--notebook", "c.ipynb", "--tag", "stage=old")


def test_without_anything_named_nothing_is_removed(store: Store) -> None:
    put(store, "x = f()", "a.ipynb")
    done = Reader(store).run("rm")
    assert done.exit_code != 0
    assert "name a result" in done.output
    assert len(store.log()) == 1


def test_a_store_is_emptied_but_for_what_is_pinned(store: Store) -> None:
    put(store, "x = f()", "a.ipynb", 3)
    put(store, "y = g()", "a.ipynb", pinned=True)
    text = Reader(store).run("gc", "--max-size", "0").output
    assert "removed 3 results" in text
    assert "stay because it is pinned" in text
    assert len(store.log()) == 1
    assert "removed 1 result" in Reader(store).run("clear", "--yes", "--pinned").output
    assert store.log() == []
    assert store.stats().physical == 0


@pytest.mark.parametrize(("text", "days"), [("30", 30), ("1.5", 1.5), ("12h", 0.5), ("0", 0)])
def test_a_bare_age_is_in_days(text: str, days: float) -> None:
    store = FakeStore(Collected())
    Reader(store).run("gc", "--older-than", text)
    assert store.asked == [("gc", {"max_size": None, "older_than": days * 86400, "dry_run": False})]
