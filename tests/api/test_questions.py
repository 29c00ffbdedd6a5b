"""What a store answers, whoever asks."""

from __future__ import annotations

import json

import pytest

from cashet_jupyter.api import views
from cashet_jupyter.api.questions import QUESTIONS, answer
from cashet_jupyter.api.refusal import Refusal
from cashet_jupyter.api.request import Params
from cashet_jupyter.models import Value

ID = "ab" * 32


def refused(asking, route, **params):
    with pytest.raises(Refusal) as caught:
        asking.ask(route, **params)
    return caught.value.status


def test_every_question_about_a_run_says_when_it_is_not_there(asking):
    asking.put()
    for route in QUESTIONS:
        if "ID" in route:
            assert refused(asking, route.replace("ID", ID)) == 404, route


def test_every_question_to_an_empty_store_has_an_answer(asking):
    for route in QUESTIONS:
        if "ID" not in route:
            assert json.dumps(asking.ask(route.replace("KIND", "name")), allow_nan=False)


def test_whole_ids_only_are_ids_of_a_route(asking):
    commit = asking.put()
    assert asking.ask(f"runs/{commit.id}")["id"] == commit.id
    for route in (f"runs/{commit.id[:12]}", f"runs/{commit.id.upper()}x", f"runs/{commit.id}/", f"/runs/{commit.id}"):
        assert refused(asking, route) == 404


@pytest.mark.parametrize("route", ["", "store", "runs/", "RUNS", "runs\n", "names/../x", "gc?x=1", None, 7, ["runs"]])
def test_what_is_no_question_is_refused(asking, route):
    with pytest.raises(Refusal) as caught:
        answer(asking.store, route, Params({}))
    assert caught.value.status == 404


def test_a_notebook_is_that_which_asks_or_one_by_its_path(asking):
    one, other = asking.put(notebook="/n/a.ipynb"), asking.put(notebook="/n/b.ipynb")

    def ids(**params):
        return [row["id"] for row in asking.ask("runs", ("/n/a.ipynb", "/link/a.ipynb"), **params)["runs"]]

    assert ids() == [other.id, one.id]
    assert ids(notebook="1") == [one.id]
    assert ids(notebook="/n/b.ipynb") == [other.id]
    assert ids(notebook="/n") == []


def test_names_of_each_kind_are_those_that_begin_so(asking):
    asking.put(
        label="alpha", notebook="/n/a.ipynb", outputs=(Value("apple", "e" * 64, "int", "1", 28),), tags={"at": "1"}
    )
    asking.put(label="beta", cell="cell-2", notebook="/n/b.ipynb")
    expected = {
        "name": ["apple", "x"],
        "tag": ["at=1"],
        "label": ["alpha", "beta"],
        "cell": ["cell-1", "cell-2"],
        "notebook": ["/n/a.ipynb", "/n/b.ipynb"],
    }
    for kind, names in expected.items():
        assert asking.ask(f"names/{kind}") == {"names": names}
        assert asking.ask(f"names/{kind}", prefix=names[0][:2])["names"] == [n for n in names if n[:2] == names[0][:2]]
        assert asking.ask(f"names/{kind}", prefix="zzz") == {"names": []}
    assert refused(asking, "names/id") == 404


def test_names_are_fifty_at_most(asking):
    for number in range(60):
        asking.put(label=f"cell {number:03}")
    assert len(asking.ask("names/label")["names"]) == 50


def test_a_collection_is_looked_at_by_size_and_age_and_nothing_goes(asking):
    old = asking.put(created=1_000_000_000.0, size=100_000)
    new = asking.put(cell="cell-2", created=1_999_999_999.0, size=100_000)

    def going(**params):
        return {row["id"] for row in asking.ask("gc", **params)["evicted"]}

    assert going() == set()
    assert going(older_than="86400") == {old.id}
    assert going(max_size="0") == {old.id, new.id}
    found = asking.ask("gc", max_size="0")
    assert found["freed"] >= 200_000
    assert {row["why"] for row in found["evicted"]} == {"over the limit"}
    assert (found["limit"], found["more"]) == (0, 0)
    assert len(asking.ask("runs")["runs"]) == 2
    for params in ({"max_size": "-1"}, {"older_than": "x"}, {"max_size": "inf"}, {"older_than": "nan"}):
        assert refused(asking, "gc", **params) == 400


def test_stats_tell_of_today_and_of_all_days(asking):
    commit = asking.put()
    assert asking.ask("stats")["today"] == {"hits": 0, "saved": 0}
    asking.store.touch(commit, 2.5)
    asking.store.touch(commit, 2.5)
    found = asking.ask("stats")
    assert found["today"] == {"hits": 2, "saved": 5.0}
    assert (found["hits"], found["saved"], found["commits"]) == (2, 5.0, 1)


def test_the_newest_run_of_a_cell_is_that_of_the_notebook_that_asks(asking):
    mine, copy = asking.put(notebook="a.ipynb"), asking.put(notebook="copy.ipynb")
    assert asking.ask("cells", ("a.ipynb",), cell="cell-1")["cells"]["cell-1"]["id"] == mine.id
    assert asking.ask("cells", ("new.ipynb",), cell=["cell-1", "none"])["cells"]["cell-1"]["id"] == copy.id
    assert asking.ask("cells", run=[mine.id, ID])["runs"] == {mine.id: asking.ask("runs")["runs"][1], ID: None}
    assert refused(asking, "cells", cell=["x"] * 201) == 400
    assert refused(asking, "cells", run="x") == 400


def test_a_failure_of_the_store_is_a_refusal(asking):
    asking.put()
    asking.store.close()
    assert refused(asking, "runs") == 503


def test_numbers_that_no_front_end_can_hold_are_none(asking):
    assert asking.ask(f"runs/{asking.put(seconds=float('inf')).id}")["seconds"] == 0
    assert [views.number(x) for x in (10**400, float("nan"), "7", None, 1.5)] == [0, 0, 0, 0, 1.5]


def table(size, rows=5):
    row = ["x" * size] * 8
    return {"kind": "table", "columns": row, "types": row, "rows": [row] * rows, "shape": [rows, 8]}


def test_previews_are_told_as_far_as_there_is_room(asking):
    def put(*previews):
        values = (Value(f"v{n}", f"{n:064x}", "DataFrame", preview=one) for n, one in enumerate(previews))
        return asking.put(outputs=tuple(values))

    def told(values):
        return [value["preview"] is not None for value in values]

    one, big, many = put(table(10)), put(table(10), table(150, 40), table(20)), put(*([table(150)] * 100))
    assert asking.ask(f"runs/{one.id}")["results"][0]["preview"] == table(10)
    assert told(asking.ask(f"runs/{big.id}")["results"]) == [True, False, True]
    shown = told(asking.ask(f"runs/{many.id}")["results"])
    assert 20 < sum(shown) < 50
    assert shown == sorted(shown, reverse=True)
    pairs = asking.ask(f"diff/{one.id}/{many.id}")["results"]
    assert pairs[0]["old"] is None or pairs[0]["old"]["preview"] == table(10)
    assert 20 < sum(told(pair["new"] for pair in pairs)) < 50
    assert len(json.dumps(asking.ask(f"diff/{many.id}/{many.id}"))) < 1 << 20
