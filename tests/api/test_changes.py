"""What may be changed in a store, and what a body may say."""

from __future__ import annotations

import math

import pytest

from cashet_jupyter.api.changes import CHANGES, change
from cashet_jupyter.api.refusal import Refusal
from cashet_jupyter.errors import NotFound

ID = "ab" * 32


def refused(asking, route, body):
    with pytest.raises(Refusal) as caught:
        change(asking.store, route, body)
    return caught.value.status


def test_a_run_is_kept_and_let_go(asking):
    commit = asking.put()
    assert asking.do(f"runs/{commit.id}/pin", pinned=True)["pinned"] is True
    assert asking.store.resolve(commit.id).pinned
    assert asking.do(f"runs/{commit.id}/pin", pinned=False)["pinned"] is False


def test_tags_are_put_on_and_taken_off_at_once(asking):
    commit = asking.put(tags={"old": "1", "same": "2"})
    found = asking.do(f"runs/{commit.id}/tags", set={"new": "x", "same": "3"}, remove=["old", "same", "none"])
    assert found["tags"] == {"new": "x", "same": "3"}
    assert asking.store.resolve(commit.id).tags == found["tags"]


def test_tags_of_which_one_cannot_be_change_nothing(asking):
    commit = asking.put(tags={"old": "1"})
    for name in ("", "a=b"):
        assert refused(asking, f"runs/{commit.id}/tags", {"set": {"fine": "", name: "x"}, "remove": ["old"]}) == 400
    assert asking.store.resolve(commit.id).tags == {"old": "1"}


def test_a_run_is_removed(asking):
    commit = asking.put()
    assert asking.do(f"runs/{commit.id}/rm") == {"removed": commit.id}
    with pytest.raises(NotFound):
        asking.store.resolve(commit.id)
    assert refused(asking, f"runs/{commit.id}/rm", {}) == 404


def test_what_a_look_at_a_collection_tells_is_what_goes(asking):
    asking.put(created=1_000_000_000.0, size=100_000)
    kept = asking.put(cell="cell-2", created=1_999_999_999.0)
    seen = asking.ask("gc", older_than="86400")
    done = asking.do("collect", older_than=86400)
    assert done["evicted"] == seen["evicted"]
    assert done["freed"] == seen["freed"] >= 100_000
    assert [row["id"] for row in asking.ask("runs")["runs"]] == [kept.id]


@pytest.mark.parametrize("body", [[], "x", 7, True, {"pinned": "yes"}, {"pinned": None}, {"pinned": 1}, {}, None])
def test_a_body_that_makes_no_sense_pins_nothing(asking, body):
    commit = asking.put()
    assert refused(asking, f"runs/{commit.id}/pin", body) == 400
    assert not asking.store.resolve(commit.id).pinned


@pytest.mark.parametrize("value", [-1, True, "0", [], {}, math.nan, math.inf, 10**400])
def test_a_collection_by_a_number_that_is_none_collects_nothing(asking, value):
    asking.put(created=1_000_000_000.0)
    assert refused(asking, "collect", {"max_size": value}) == 400
    assert refused(asking, "collect", {"older_than": value}) == 400
    assert len(asking.ask("runs")["runs"]) == 1


@pytest.mark.parametrize(
    "body",
    [{"set": []}, {"set": {"a": 1}}, {"set": {"x" * 201: ""}}, {"set": {str(n): "" for n in range(101)}}, {"remove": "a"},
     {"remove": [1]}, {"remove": ["x"] * 101}],
)  # fmt: skip
def test_tags_that_are_none_are_refused(asking, body):
    assert refused(asking, f"runs/{asking.put().id}/tags", body) == 400


def test_what_is_no_change_is_refused(asking):
    for route in ("runs", "clear", f"runs/{ID}", "", None, "collect/"):
        assert refused(asking, route, {}) == 404
    for route in CHANGES:
        if "ID" in route:
            assert refused(asking, route.replace("ID", ID), {"pinned": True}) == 404
