"""The log finds what is asked for, by whatever index is the narrowest."""

from __future__ import annotations

import pytest

from cashet_jupyter.history import log as module
from cashet_jupyter.history.log import Wanted, log
from cashet_jupyter.models import Commit
from tests.history.runs import Runs


@pytest.fixture
def stored(runs: Runs) -> dict[str, Commit]:
    found = {
        "load": runs.cell("df = load()", "df", id="c1", notebook="nb/a.ipynb", tags={"stage": "load"}),
        "fit": runs.cell("model = fit(df)", "model", notebook="nb/b.ipynb", tags={"stage": "fit", "exp": "1"}),
        "call": runs.function("steps.fit", arguments="1"),
        "failed": runs.function("steps.fit", arguments="2", error="Traceback"),
        "other": runs.function("more.fit_all"),
        "again": runs.cell("df = load()", "df", id="c1", notebook="nb/a.ipynb"),
        "alone": runs.cell("y = 1", "y", notebook=None),
    }
    return {name: runs.store.resolve(commit.id) for name, commit in found.items()}


@pytest.mark.parametrize("streams", [64, 0], ids=["by index", "one by one"])
@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), ["alone", "again", "other", "failed", "call", "fit", "load"]),
        (Wanted(cell="load"), ["again", "load"]),
        (Wanted(cell="c1"), ["again", "load"]),
        (Wanted(cell="fit"), ["other", "failed", "call", "fit"]),
        (Wanted(notebook="a.ipynb"), ["again", "load"]),
        (Wanted(notebook="nb/a.ipynb"), ["again", "load"]),
        (Wanted(notebook="b/a.ipynb"), []),
        (Wanted(function="fit"), ["failed", "call"]),
        (Wanted(function="steps.fit"), ["failed", "call"]),
        (Wanted(function="teps.fit"), []),
        (Wanted(tags=(("stage", "fit"),)), ["fit"]),
        (Wanted(tags=(("stage", "fit"), ("exp", "2"))), []),
        (Wanted(status="failed"), ["failed"]),
        (Wanted(status="completed", function="fit"), ["call"]),
        (Wanted(cell="load", notebook="a.ipynb", tags=(("stage", "load"),)), ["load"]),
    ],
)
def test_every_condition_finds_its_commits_newest_first(
    runs: Runs,
    stored: dict[str, Commit],
    wanted: Wanted,
    names: list[str],
    streams: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_STREAMS", streams)
    assert list(log(runs.store, wanted)) == [stored[name] for name in names]
    assert list(log(runs.store, wanted, 1)) == [stored[name] for name in names[:1]]


def test_what_is_older_is_not_even_read(runs: Runs, stored: dict[str, Commit]) -> None:
    since = stored["other"].created
    assert list(log(runs.store, Wanted(since=since))) == [stored[name] for name in ("alone", "again", "other")]
    assert list(log(runs.store, Wanted(since=runs.now + 1))) == []


def test_pages_join_without_gap_or_overlap(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAGE", 3)
    stored = [runs.cell(f"x = {n % 4}", "x") for n in range(20)]
    assert list(log(runs.store)) == stored[::-1]
    assert list(log(runs.store, Wanted(cell="x = "))) == stored[::-1]
