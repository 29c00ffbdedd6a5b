"""Answers of `log`, `show`, `history`, `lineage` and `config`: nothing in them becomes HTML, and tables fit."""

from __future__ import annotations

import json

import pytest

from cashet_jupyter.history.lineage import Lineage
from cashet_jupyter.history.versions import Version, Versions
from cashet_jupyter.models import Blob, Cell, Commit, Shown, Value
from cashet_jupyter.render.answer import Answer, Style
from cashet_jupyter.render.commits import Log
from cashet_jupyter.render.lineage import Descent
from cashet_jupyter.render.settings import Configuration
from cashet_jupyter.render.show import Provenance
from cashet_jupyter.render.table import fitted
from cashet_jupyter.render.versions import History

HOSTILE = '<script>alert("x")</script>'


def _commit(number: int = 1, **changes: object) -> Commit:
    facts: dict[str, object] = {
        "key": "k", "code": "c", "cell": Cell(HOSTILE, HOSTILE, HOSTILE, f"{HOSTILE}{number}"), "created": 1_778_580_000.0,
        "seconds": 1.0, "id": f"{number:064x}", "inputs": (Value(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        "outputs": (Value(HOSTILE, HOSTILE, HOSTILE, HOSTILE),), "tags": {HOSTILE: HOSTILE}, "host": HOSTILE,
        "skeleton": Blob("b", 1500), "arguments": HOSTILE, "error": HOSTILE,
    } | changes  # fmt: skip
    return Commit(**facts)  # type: ignore[arg-type]


def _answers() -> list[Answer]:
    one, other = _commit(1), _commit(2, lineage=(f"{1:064x}",))
    version = Version((one,), HOSTILE, HOSTILE)
    graph = Lineage(
        one, {one.id: one, other.id: other, "3" * 64: None}, ((one.id, other.id), ("3" * 64, one.id)), cut=True
    )
    return [
        Log([one, other], more=True),
        Log([], more=False),
        Provenance(one, [Shown("stream", {"name": "stdout", "text": HOSTILE})], trusted=False, hits=2),
        History(Versions(one, (version, version), complete=False), {one.id: 3}),
        Descent(graph),
        Configuration([(HOSTILE, HOSTILE, HOSTILE), ("max_size", 2 * 10**9, "default")], HOSTILE, HOSTILE),
    ]


@pytest.mark.parametrize("answer", _answers(), ids=lambda answer: type(answer).__name__)
def test_nothing_of_a_store_becomes_html(answer: Answer) -> None:
    html = answer.html()
    assert "<script" not in html
    assert html == answer._repr_html_()
    assert html.startswith("<")


@pytest.mark.parametrize("answer", _answers(), ids=lambda answer: type(answer).__name__)
def test_every_answer_has_text_and_data(answer: Answer) -> None:
    assert answer.text()
    assert repr(answer) == answer.text()
    assert json.loads(json.dumps(answer.data)) == answer.data
    assert "\x1b" not in answer.text()
    assert answer.empty == (answer.text().startswith("no results"))


def test_a_graph_for_graphviz_quotes_its_texts() -> None:
    descent = next(answer for answer in _answers() if isinstance(answer, Descent))
    lines = descent.dot().splitlines()
    assert lines[0] == "digraph lineage {"
    assert lines[-1] == "}"
    assert all(line.replace('\\"', "").count('"') % 2 == 0 for line in lines)
    assert '"333333333333" [label="333333\\nremoved"];' in descent.dot()


def test_a_diamond_is_drawn_once() -> None:
    top, left, right, end = (_commit(n) for n in range(1, 5))
    edges = ((top.id, left.id), (top.id, right.id), (left.id, end.id), (right.id, end.id))
    graph = Lineage(end, {commit.id: commit for commit in (end, left, right, top)}, edges)
    text = Descent(graph, down=False).text()
    assert text.count("(see above)") == 1
    assert "led to" not in text


def test_a_table_is_cut_where_it_may_be_and_no_further() -> None:
    rows = [["id", "text", "empty", "n"], ["abc", "x" * 100, "", "1"], ["def", "short", "", "22"]]
    lines = fitted(rows, 40, {1: 10}, right=(3,))
    assert [len(line) for line in lines] == [40, 40, 40]
    assert lines[1].split() == ["abc", "x" * 28 + "...", "1"]
    assert "empty" not in lines[0]
    assert len(fitted(rows, 10, {1: 10})[1]) == 3 + 2 + 10 + 2 + 1
    assert fitted(rows, 200, {1: 10})[1].split()[1] == "x" * 100


def test_colours_go_around_texts_and_leave_them_as_they_are() -> None:
    assert Style(colour=True).paint("abc", "id") == "\x1b[33mabc\x1b[0m"
    assert Style().paint("abc", "id") == "abc"
    assert Style(colour=True).paint("", "bad") == ""
