"""What a run's values looked like is in its commit, of the inputs as they were before it."""

from __future__ import annotations

import pytest


def looks(ip, body: str) -> tuple[dict[str, object], dict[str, object]]:
    """The previews of the inputs and of the outputs of a cell, by name."""
    ran = ip.cached(body)
    assert ran.outcome.stored
    commit = ip.extension.session.store().resolve(ran.outcome.commit)
    return ({value.name: value.preview for value in values} for values in (commit.inputs, commit.outputs))


def test_a_table_an_array_and_a_list_are_recorded(ip):
    pytest.importorskip("pandas")
    ip.run("import numpy as np, pandas as pd\nrows = [3, 4]")
    given, left = looks(ip, "table = pd.DataFrame({'a': rows})\narray = np.array(rows)\nnumber = 5")
    assert given["rows"] == {"kind": "items", "items": ["3", "4"], "count": 2}
    assert left["table"]["rows"] == [["3"], ["4"]]
    assert left["array"]["rows"] == ["3", "4"]
    assert given["np"] is left["number"] is None


def test_an_input_is_shown_as_it_was_before_the_run(ip):
    ip.run("rows = [1, 2]")
    given, _ = looks(ip, "rows.append(3)\ntotal = len(rows)")
    assert given["rows"]["items"] == ["1", "2"]
    assert ip.value("rows") == [1, 2, 3]


def test_nothing_of_the_users_is_called(ip):
    ip.run("class Model:\n    def __repr__(self):\n        print('called')\n        return ''\n    __str__ = __repr__")
    _, left = looks(ip, "models = [Model()]")
    assert left["models"]["items"] == ["<Model>"]
    assert "called" not in ip.run("%cashet show models").text


def test_a_hit_makes_none(ip, monkeypatch):
    from cashet_jupyter.fingerprint import previews

    ip.run("rows = [1]")
    assert ip.cached("more = [*rows, 2]").status == "miss"
    monkeypatch.setattr(previews, "preview", lambda value: 1 / 0)
    hit = ip.cached("more = [*rows, 2]")
    assert (hit.status, ip.value("more")) == ("hit", [1, 2])


def test_the_page_of_a_run_shows_it(ip):
    ip.run("rows = [1]")
    ip.cached("more = {'alpha': rows, 'beta': 2.5}")
    assert "'alpha': [1], 'beta': 2.5" in ip.run("%cashet show more").text
