"""A kernel that is asked for the history of its store by messages, while it runs a cell."""

from __future__ import annotations

import json
from dataclasses import replace
from queue import Empty

import pytest

import cashet_jupyter
from cashet_jupyter.api.changes import CHANGES
from cashet_jupyter.api.questions import QUESTIONS, answer
from cashet_jupyter.api.request import Params
from cashet_jupyter.api.stores import OpenStores
from cashet_jupyter.models import Cell
from cashet_jupyter.store.store import open_store
from cashet_jupyter.store.trust import load_key
from tests.contracts.store_contract import make_commit, make_payload
from tests.kernels import environment, kernel_in
from tests.magics.conversing import Front, conversing

ID = "ab" * 32


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("conversation")


@pytest.fixture(scope="module")
def kernel(folder):
    """A kernel that has stored two runs of one cell, with what they showed."""
    with kernel_in(folder, load=True) as kernel:
        kernel.run("n = 1")
        for number in (1, 2):
            ran = kernel.run(f"n = {number}\n")
            ran = kernel.wait(kernel.send_from("cell-1", "%%cashet\ntotal = [n] * 3\nprint(total)"))
            assert ran.status == "ok", ran.error
        yield kernel


@pytest.fixture(scope="module")
def front(kernel):
    with conversing(kernel) as front:
        yield front


@pytest.fixture
def store(folder):
    return folder / ".home" / ".cashet"


def test_a_kernel_says_at_once_who_it_is_and_which_store_it_has(front, store):
    assert front.greeting == {
        "ready": True,
        "version": cashet_jupyter.__version__,
        "protocol": 1,
        "folder": str(store),
        "exists": True,
    }


def test_what_is_asked_is_answered_while_a_cell_runs(kernel, front, folder):
    running = kernel.send("import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.02)")
    try:
        runs = front.ask("runs")["runs"]
        shown = front.ask(f"runs/{runs[0]['id']}/shown")
        with conversing(kernel) as another:  # a second page, on a subshell of its own
            assert another.ask("runs")["runs"] == runs
        changed = front.do(f"runs/{runs[0]['id']}/pin", pinned=True)
    finally:
        (folder / "go").touch()
    assert kernel.wait(running).status == "ok"
    assert [row["label"] for row in runs] == ["total = [n] * 3"] * 2
    assert shown["outputs"][0]["text"] == "[2, 2, 2]\n"
    assert changed["pinned"]


def routes(id, other):
    names = {"ID": iter((id, other)), "KIND": iter(("name",))}
    for route in QUESTIONS:
        places = {part: iter((id, other) if part == "ID" else ("name",)) for part in names}
        yield "/".join(next(places[part]) if part in places else part for part in route.split("/"))


def test_every_question_has_the_answer_that_the_store_gives_elsewhere(front, store, folder, monkeypatch):
    monkeypatch.setenv("CASHET_KEY_FILE", environment(folder / ".home")["CASHET_KEY_FILE"])
    new, old = (row["id"] for row in front.ask("runs")["runs"])
    params = {"cell": ["cell-1", "cell-x"], "run": [old], "limit": "1"}
    stores = OpenStores()
    with stores.looking(store) as found:
        for route in routes(old, new):
            expected = json.loads(json.dumps(answer(found, route, Params.of(params))))
            got = front.ask(route, **params)
            for told in (got, expected):
                told.pop("limit", None)  # of the disk's free room, which others use as well
            assert got == expected, route
    stores.close()


def test_the_version_changes_with_every_change_and_not_without_one(kernel, front):
    # the kernel may write down what it has noted of hits at any moment, once
    assert len({front.ask("store")["version"] for _ in range(20)}) <= 2
    first = front.ask("store")
    kernel.wait(kernel.send_from("cell-2", "%%cashet\nother = 7"))
    second = front.ask("store")
    assert second["store"] == first["store"]
    assert second["version"] > first["version"]
    row = front.ask("cells", cell=["cell-2"])["cells"]["cell-2"]
    front.do(f"runs/{row['id']}/tags", set={"kind": "new"}, remove=[])
    third = front.ask("store")
    assert third["version"] > second["version"]
    with conversing(kernel) as another:  # a page that is loaded again
        again = another.ask("store")
        assert (again["store"], again["version"] >= third["version"]) == (third["store"], True)


def status(kernel, cell, code):
    """What becomes of a cell."""
    kernel.wait(kernel.send_from(cell, code))
    return kernel.value("__import__('cashet_jupyter').outcomes()[-1].status")


def test_a_run_that_was_removed_runs_again(kernel, front):
    code = "%%cashet\ngone = 3"
    assert [status(kernel, "cell-3", code) for _ in range(2)] == ["miss", "hit"]
    row = front.ask("cells", cell="cell-3")["cells"]["cell-3"]
    assert front.do(f"runs/{row['id']}/rm") == {"removed": row["id"]}
    assert status(kernel, "cell-3", code) == "miss"


def kept(front):
    """What somebody may have changed: which runs there are, with their tags and pins."""
    return [(row["id"], row["pinned"], row["tags"]) for row in front.ask("runs")["runs"]]


HOSTILE = {
    "nothing": None,
    "a list": [],
    "a text": "x",
    "a number": 7,
    "an empty object": {},
    "no question": {"id": 1},
    "an id that is a text": {"id": "1", "ask": "runs"},
    "an id that is a truth": {"id": True, "ask": "runs"},
    "an id that is an object": {"id": {"a": 1}, "ask": "runs"},
    "both": {"id": 1, "ask": "runs", "do": "collect"},
    "a question that is a number": {"id": 1, "ask": 7},
    "a question that is a list": {"id": 1, "ask": ["runs"]},
    "a path": {"id": 1, "ask": "../../etc/passwd"},
    "a path behind an id": {"id": 1, "ask": f"runs/{ID}/../../x"},
    "an id that is none": {"id": 1, "ask": f"runs/{'z' * 64}"},
    "a run that is not there": {"id": 1, "ask": f"runs/{ID}"},
    "a line break": {"id": 1, "ask": "runs\n"},
    "a long question": {"id": 1, "ask": "x" * 1_000_000},
    "arguments that are a list": {"id": 1, "ask": "runs", "params": []},
    "arguments that are a text": {"id": 1, "ask": "runs", "params": "x"},
    "an argument that is an object": {"id": 1, "ask": "runs", "params": {"text": {"a": 1}}},
    "an argument that is a number": {"id": 1, "ask": "runs", "params": {"limit": 7}},
    "a list of numbers": {"id": 1, "ask": "cells", "params": {"cell": [1, 2]}},
    "a limit below zero": {"id": 1, "ask": "runs", "params": {"limit": "-1"}},
    "a status that is none": {"id": 1, "ask": "runs", "params": {"status": "odd"}},
    "a moment that is none": {"id": 1, "ask": "runs", "params": {"since": "nan"}},
    "a place that is none": {"id": 1, "ask": "runs", "params": {"before": "x"}},
    "a place that is not there": {"id": 1, "ask": "runs", "params": {"before": ID}},
    "a long argument": {"id": 1, "ask": "runs", "params": {"text": "x" * 5000}},
    "many arguments": {"id": 1, "ask": "runs", "params": {str(number): "x" for number in range(1000)}},
    "many cells": {"id": 1, "ask": "cells", "params": {"cell": ["x"] * 500}},
    "very many cells": {"id": 1, "ask": "cells", "params": {"cell": ["x"] * 50_000}},
    "a kind that is none": {"id": 1, "ask": "names/password"},
    "a change that is asked as a question": {"id": 1, "ask": "collect"},
    "a question that is asked as a change": {"id": 1, "do": "runs"},
    "a change that is none": {"id": 1, "do": "clear"},
    "a body that is a list": {"id": 1, "do": "collect", "body": []},
    "a size below zero": {"id": 1, "do": "collect", "body": {"max_size": -1}},
    "a size that is a truth": {"id": 1, "do": "collect", "body": {"max_size": True}},
    "a size beyond all numbers": {"id": 1, "do": "collect", "body": {"max_size": 10**400}},
    "a size that is a text": {"id": 1, "do": "collect", "body": {"max_size": "0"}},
    "a pin that is a text": {"id": 1, "do": f"runs/{ID}/pin", "body": {"pinned": "yes"}},
    "a pin of nothing": {"id": 1, "do": f"runs/{ID}/pin", "body": {"pinned": True}},
    "a removal of nothing": {"id": 1, "do": f"runs/{ID}/rm"},
    "tags that are a list": {"id": 1, "do": f"runs/{ID}/tags", "body": {"set": [], "remove": []}},
    "a tag that is long": {"id": 1, "do": f"runs/{ID}/tags", "body": {"set": {"x" * 1000: ""}}},
    "many tags": {"id": 1, "do": f"runs/{ID}/tags", "body": {"remove": ["x"] * 1000}},
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_message_that_makes_no_sense_is_refused_and_leaves_the_kernel_as_it_was(front, data):
    before = kept(front)
    front.beside.clear()
    reply = front.say(data)
    assert set(reply) == {"id", "error"}
    assert reply["error"]["status"] in (400, 404, 413)
    assert reply["error"]["reason"].isprintable()
    assert len(reply["error"]["reason"]) <= 300
    known = data.get("id") if isinstance(data, dict) else None
    assert reply["id"] == (known if type(known) is int else None)
    assert front.beside == []
    assert kept(front) == before


def test_a_message_of_a_thousand_levels_is_refused(kernel, front):
    deep = []
    for _ in range(400):
        deep = [deep]
    assert front.say({"id": 1, "ask": deep})["error"]["status"] == 404
    assert front.say({"id": 1, "ask": "runs", "params": {"text": deep}})["error"]["status"] == 400
    assert front.say({"id": 1, "do": "collect", "body": {"max_size": deep}})["error"]["status"] == 400


def test_every_change_needs_a_run_or_a_body_that_makes_sense(front):
    before = kept(front)
    for route in CHANGES:
        assert front.put(do=route.replace("ID", ID), body={"max_size": "x", "pinned": 1})["error"]["status"] in (
            400,
            404,
        )
    assert kept(front) == before


def test_a_comm_of_another_version_of_the_protocol_is_closed(kernel):
    other = Front(kernel, target="cashet_jupyter.api.v999")
    assert other.heard(("comm_close",))["comm_id"] == other.id


def test_no_callback_of_a_cell_is_called_for_a_message(kernel, front):
    kernel.run(
        "called = []\n"
        "def note():\n    called.append(1)\n"
        "for event in ('pre_execute', 'post_execute'):\n    get_ipython().events.register(event, note)"
    )
    before = kernel.value("len(called)")
    for _ in range(3):
        front.ask("runs")
    after = kernel.value("len(called)")  # asking for it is a request, which calls them
    asked = kernel.value("len(called)") - after
    assert after - before <= asked
    kernel.run(
        "for event in ('pre_execute', 'post_execute'):\n    get_ipython().events.unregister(event, note)\ndel called, note"
    )


def test_what_is_asked_while_a_cell_is_recorded_is_no_part_of_it(kernel, front):
    for seconds in (1, 4, 16):
        code = f"%%cashet\nimport time\ntime.sleep({seconds})\nslept = {seconds}"
        running = kernel.send_from(f"cell-{seconds}", code)
        answers = 0
        reply = None
        while reply is None:
            first = front.ask("runs")["runs"][0]
            for route in ("store", "stats", "storage", f"runs/{first['id']}", f"runs/{first['id']}/shown"):
                front.ask(route)
            front.do(f"runs/{first['id']}/tags", set={"seen": str(answers)})
            try:
                reply = kernel._client.get_shell_msg(timeout=0)
            except Empty:
                answers += 1
        assert reply["parent_header"]["msg_id"] == running
        if answers:
            break
    assert answers
    row = front.ask("cells", cell=f"cell-{seconds}")["cells"][f"cell-{seconds}"]
    detail = front.ask(f"runs/{row['id']}")
    assert "cashet" not in json.dumps(detail["trace"])
    assert detail["files"] == []
    assert front.ask(f"runs/{row['id']}/shown")["outputs"] == []
    assert status(kernel, f"cell-{seconds}", code) == "hit"


def test_halves_of_characters_do_not_keep_an_answer_from_coming(front, store, folder):
    key = load_key({"CASHET_KEY_FILE": environment(folder / ".home")["CASHET_KEY_FILE"]})
    opened = open_store(store, key=key)
    for name in ("\ud800", "\udcff"):
        cell = Cell(name, name, "half", name)
        opened.put(replace(make_commit("a" * 64, cell=cell), host=name), make_payload(), durable=False)
    opened.close()
    rows = front.ask("runs", cell="half")["runs"]
    assert [row["label"] for row in rows] == ["?", "?"]


def test_without_a_subshell_it_is_answered_between_two_cells(kernel):
    with conversing(kernel, subshell=False) as plain:
        assert plain.ask("stats")["commits"] > 0


def test_a_kernel_without_a_store_says_so_until_it_has_one(tmp_path):
    with kernel_in(tmp_path, load=True) as kernel, conversing(kernel) as front:
        assert front.greeting["exists"] is False
        before = front.ask("store")
        assert before["exists"] is False
        assert front.put(ask="runs")["error"] == {"status": 404, "reason": "nothing is stored yet"}
        assert front.refused(do="collect") == 404
        assert not (tmp_path / ".home" / ".cashet").exists()
        kernel.run("%%cashet\nx = 1")
        after = front.ask("store")
        assert after["exists"]
        assert after["version"] > before["version"]
        assert len(front.ask("runs")["runs"]) == 1


def test_a_kernel_whose_folder_has_gone_says_so(tmp_path):
    with kernel_in(tmp_path, load=True) as kernel:
        kernel.run("import os\nos.mkdir('gone')\nos.chdir('gone')\nos.rmdir('../gone')")
        with conversing(kernel) as front:
            assert (front.greeting["exists"], front.greeting["folder"]) == (False, "")
            assert front.refused(ask="runs") == 503


def test_an_extension_that_is_unloaded_ends_its_conversations(tmp_path):
    with kernel_in(tmp_path, load=True) as kernel:
        kernel.run("%%cashet\nx = 1")
        front = Front(kernel)
        assert front.ready()["exists"]
        assert front.ask("runs")["runs"]
        kernel.send("%unload_ext cashet_jupyter")
        assert front.heard(("comm_close",))["comm_id"] == front.id
        late = Front(kernel)
        assert late.heard(("comm_close",))["comm_id"] == late.id
