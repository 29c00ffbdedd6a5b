"""Which runs are found, whatever conditions are put together."""

from __future__ import annotations

import itertools

import pytest

from cashet_jupyter.api.search import Query, search
from cashet_jupyter.errors import NotFound
from cashet_jupyter.models import FUNCTION, Value

START = 1_700_000_000.0
LABELS = ("df = load()", "model = fit(df)", "plot(model)")


@pytest.fixture
def many(asking):
    """Sixty runs of three cells in two notebooks, some failed, some tagged; a second apart."""
    commits = []
    for number in range(60):
        cell = number % 3
        failed = number % 7 == 0
        commits.append(
            asking.put(
                cell=f"{FUNCTION}work" if failed else f"cell-{cell}",
                label=LABELS[cell],
                notebook=("a.ipynb", "b.ipynb", None)[number % 5 % 3],
                outputs=(Value(("df", "model")[number % 2], "e" * 64, "int", "1", 28),),
                tags={"stage": ("train", "test")[number % 4 % 2]} if number % 4 else {},
                error="ValueError: no" if failed else "",
                created=START + number,
            )
        )
    return [asking.store.resolve(commit.id) for commit in commits]


CONDITIONS = {
    "text": ("", "FIT", "df", "stage=train"),
    "cell": ("", "cell-1"),
    "variable": ("", "model"),
    "tag": ("", "stage", "stage=train"),
    "status": ("", "completed", "failed"),
    "since": (None, START + 20),
    "until": (None, START + 40),
    "notebooks": ((), ("a.ipynb", "b.ipynb")),
}
ALONE = (
    *({"text": text} for text in ("stage", "test", "nothing", "stage=", "load()")),
    *({"tag": tag} for tag in ("stage=", "other", "stage=other", "=", "=train")),
    *({"cell": cell} for cell in ("cell-9", f"{FUNCTION}work")),
    *({"notebooks": names} for names in (("a.ipynb",), ("c.ipynb",))),
    {"variable": "mode"},
    {"since": START + 59},
    {"until": START},
)


def is_found(commit, query):
    """What the words promise, one by one."""
    tags = [*commit.tags, *(f"{name}={value}" for name, value in commit.tags.items())]
    names = [value.name for value in commit.outputs]
    return all(
        (
            not query.text
            or query.text.lower() in commit.cell.label.lower()
            or query.text in tags
            or query.text in names
            or (len(query.text) >= 4 and commit.id.startswith(query.text)),
            not query.cell or commit.cell.id == query.cell,
            not query.variable or query.variable in names,
            not query.tag or query.tag in tags,
            not query.status or commit.status == query.status,
            query.since is None or commit.created >= query.since,
            query.until is None or commit.created < query.until,
            not query.notebooks or commit.cell.notebook in query.notebooks,
        )
    )


def found(store, query, limit=7):
    """All that is found, page by page."""
    page = search(store, query, limit=limit)
    runs = [*page.commits]
    while page.next:
        page = search(store, query, before=page.next, limit=limit)
        runs += page.commits
    return [commit.id for commit in runs]


def test_all_conditions_together_find_what_each_of_them_finds(store, many):
    newest_first = many[::-1]
    together = (dict(zip(CONDITIONS, values, strict=True)) for values in itertools.product(*CONDITIONS.values()))
    for conditions in (*together, *ALONE):
        query = Query(**conditions)
        expected = [commit.id for commit in newest_first if is_found(commit, query)]
        assert found(store, query, limit=25) == expected, query


def test_pages_of_any_size_give_each_run_once_and_in_order(store, many):
    for limit in (1, 2, 59, 60, 61):
        assert found(store, Query(), limit) == [commit.id for commit in many[::-1]]
        assert found(store, Query(text="model"), limit) == found(store, Query(text="model"), 200)


def test_the_beginning_of_an_id_finds_its_run_among_those_whose_text_has_it(asking, many):
    wanted = many[17]
    named = asking.put(label=f"see {wanted.id[:6]}", created=START + 100)
    assert found(asking.store, Query(text=wanted.id[:6]), 1) == [named.id, wanted.id]
    assert found(asking.store, Query(text=wanted.id[:6].upper())) == [named.id, wanted.id]
    assert found(asking.store, Query(text=wanted.id[:6], status="failed")) == []


def test_three_characters_are_not_taken_for_an_id(store, many):
    assert all(found(store, Query(text=commit.id[:3])) == [] for commit in many[:5])


def test_runs_of_the_same_moment_come_each_once(asking):
    made = {asking.put(created=START).id for _ in range(9)}
    ids = found(asking.store, Query(), 2)
    assert sorted(ids) == sorted(made)


def test_what_takes_too_long_goes_on_where_it_ended(store, many):
    page = search(store, Query(text="plot"), patience=0.0)
    runs, pages = [*page.commits], 1
    while page.next:
        page = search(store, Query(text="plot"), before=page.next, patience=0.0)
        runs, pages = [*runs, *page.commits], pages + 1
    assert [commit.id for commit in runs] == found(store, Query(text="plot"))
    assert pages >= len(runs)


def test_a_place_that_is_not_there_any_more_is_said(store, many):
    with pytest.raises(NotFound):
        search(store, Query(), before="ab" * 32)
