"""`log`, `show`, `history`, `lineage` and `config` as people read them."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from cashet_jupyter.commands.types import Since
from cashet_jupyter.errors import NotFound
from cashet_jupyter.history.naming import Ambiguous
from cashet_jupyter.render.answer import Style
from tests.commands.stores import Reader
from tests.history.runs import Runs, runs_in


@pytest.fixture
def runs(tmp_path: Path):
    with runs_in(tmp_path) as found:
        yield found


def _filled(runs: Runs) -> None:
    load = runs.cell("df = load('sales.csv')", "df", id="a", tags={"stage": "load"})
    runs.cell("model = fit(df)", "model", id="b", reads=(load,))
    runs.function(
        "steps.fit", "def fit(x):\n    return 1 / x", "0", error="Traceback\nZeroDivisionError: division by zero"
    )
    runs.cell("model = fit(df, depth=3)", "model", id="b", reads=(load,), notebook="nb/train.ipynb")


def test_the_log_is_a_table_newest_first(runs: Runs) -> None:
    _filled(runs)
    lines = Reader(runs.store).run("log").output.splitlines()
    assert lines[0].split() == ["id", "when", "took", "size", "cell", "notebook"]
    assert [line.split()[0] for line in lines[1:]] == [commit.short for commit in runs.store.log()]
    assert lines[1].endswith("1.0 s   2 B  model = fit(df, depth=3)  train.ipynb")
    assert lines[2].split()[-2:] == ["fit(0)", "failed"]
    assert lines[4].endswith("stage=load")


def test_the_log_says_when_there_is_more(runs: Runs) -> None:
    _filled(runs)
    reader = Reader(runs.store)
    assert reader.run("log", "-n", "3").output.splitlines()[-1] == "there are more: -n 100, or --all"
    assert len(reader.run("log", "-n", "4").output.splitlines()) == 5
    assert len(reader.run("log", "--all", "-n", "1").output.splitlines()) == 5
    assert json.loads(reader.run("log", "-n", "2", "--json").output)["more"] is True


def test_conditions_of_the_log_can_be_combined(runs: Runs) -> None:
    _filled(runs)
    reader = Reader(runs.store)

    def labels(*arguments: str) -> list[str]:
        done = reader.run("log", "--json", *arguments)
        return [found["label"] for found in json.loads(done.output)["results"]]

    assert labels("--cell", "model", "--notebook", "train.ipynb") == ["model = fit(df, depth=3)", "model = fit(df)"]
    assert labels("--status", "failed") == labels("--func", "fit") == ["fit"]
    assert labels("--tag", "stage=load", "--tag", "stage=load") == ["df = load('sales.csv')"]
    assert labels("--since", "2023-11-14") == labels()
    assert labels("--since", "1h") == []


def test_a_log_without_anything_is_no_success(runs: Runs) -> None:
    done = Reader(runs.store).run("log", "--cell", "nothing")
    assert (done.exit_code, done.output) == (1, "no results: nothing is stored, or nothing fits\n")
    assert Reader(runs.store).run("log", "--json").exit_code == 1


def test_a_function_that_failed_is_shown_with_its_arguments_and_its_traceback(runs: Runs) -> None:
    _filled(runs)
    text = Reader(runs.store).run("show", "fit").output
    assert "  fit(0)\n" in text
    assert "function  steps.fit\n" in text
    assert "arguments:\n  0\n" in text
    assert "failed:\n  Traceback\n  ZeroDivisionError: division by zero\n" in text
    assert "source:\n  def fit(x):\n      return 1 / x\n" in text


def test_what_could_mean_several_is_listed(runs: Runs) -> None:
    _filled(runs)
    with pytest.raises(Ambiguous, match=r"'model =' could mean 2 results"):
        Reader(runs.store).run("show", "model", "=", "")
    with pytest.raises(NotFound, match="nothing is called"):
        Reader(runs.store).run("show", "nothing")


def test_a_part_of_a_line_names_nothing_that_is_removed(runs: Runs) -> None:
    _filled(runs)
    reader = Reader(runs.store)
    for command in ("rm", "export"):
        with pytest.raises(NotFound, match="nothing is called 'load'"):
            reader.run(command, *(["x.tar"] if command == "export" else []), "load")
    assert "removed 1 result" in reader.run("rm", "df = load('sales.csv')").output
    assert "removed 1 result" in reader.run("rm", "model@{1}").output
    assert [commit.cell.label for commit in runs.store.log()] == ["model = fit(df, depth=3)", "fit"]


def test_how_often_a_result_was_used_is_shown(runs: Runs) -> None:
    stored = runs.cell("x = 1", "x")
    runs.store.touch(stored, 90.0)
    runs.store.touch(stored, 30.0)
    text = Reader(runs.store).run("show", "x").output
    assert "used      2 times, saved 2 min" in text
    assert " 2  first version" in Reader(runs.store).run("history", "x").output


def test_versions_are_a_line_each(runs: Runs) -> None:
    _filled(runs)
    lines = Reader(runs.store).run("history", "model").output.splitlines()
    assert lines[0] == "model = fit(df, depth=3) in train.ipynb: 2 versions, 2 runs"
    assert lines[1].split() == ["#", "id", "when", "took", "size", "what", "changed"]
    assert lines[2].startswith("2  ")
    assert lines[2].endswith("code changed (line 1), df changed, +1 -1")
    assert lines[3].endswith("first version")


def test_a_lineage_is_a_tree_in_each_direction(runs: Runs) -> None:
    _filled(runs)
    reader = Reader(runs.store)
    lines = reader.run("lineage", "df").output.splitlines()
    assert lines[1:3] == ["made from: nothing that is stored", "led to:"]
    assert [line[:3] for line in lines[3:]] == ["|- ", "`- "]
    assert all("(df; " in line for line in lines[3:])
    only = reader.run("lineage", "model", "--up").output
    assert "led to" not in only
    assert "df = load('sales.csv')" in only
    dot = reader.run("lineage", "model", "--dot").output
    assert dot.startswith("digraph lineage {")
    assert '[label="df"];' in dot
    assert dot.count("->") == 1


def test_a_lineage_that_ends_where_it_was_told_to_says_so(runs: Runs) -> None:
    last = runs.cell("x = 0", "x")
    for n in range(3):
        last = runs.cell(f"x = {n}", "x", reads=(last,))
    assert "there is more than this: see --depth" in Reader(runs.store).run("lineage", "--depth", "1", "x").output


def test_why_knows_a_cell_without_an_id_by_what_stands_in_it(runs: Runs) -> None:
    runs.cell("model = fit(df)", "model")
    new = runs.cell("model = fit(df, depth=3)", "model")
    assert Reader(runs.store).run("why", "model").output.startswith("ran again: code changed (line 1)\n")
    data = json.loads(Reader(runs.store).run("why", new.short, "--json").output)
    assert data["against"]["commit"] == runs.store.log()[1].id
    assert Reader(runs.store).run("why", "model@{1}").output.startswith("first run\n")


def test_settings_say_where_they_are_from(runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.cashet]\nmin-time = 3\nbadge = "off"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASHET_BADGE", "full")
    data = json.loads(Reader(runs.store).run("config", "--json").output)
    found = {row["name"]: (row["value"], row["source"]) for row in data["settings"]}
    assert found["badge"] == ("full", "CASHET_BADGE")
    assert found["min_time"] == (3.0, str(tmp_path / "pyproject.toml"))
    assert found["auto"] == (False, "default")
    assert "min-time  3.0 s" in Reader(runs.store).run("config").output


@pytest.mark.parametrize("width", [80, 120])
def test_lists_fit_the_terminal_however_long_their_texts(
    runs: Runs, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "results = pipeline.transform_and_fit_everything(training, validation, epochs=100, batch=64)"
    first = runs.cell(
        long, *(f"variable_{n}" for n in range(40)), tags={"experiment": "x" * 40}, notebook="n" * 60 + ".ipynb"
    )
    for n in range(3):
        runs.cell(f"{long}[{n}]", f"y{n}", reads=(first,), notebook="other/" + "m" * 60 + ".ipynb")
    runs.function("steps." + "f" * 50, arguments="1, " * 500)
    reader = Reader(runs.store)
    monkeypatch.setattr(reader, "style", lambda: Style(width), raising=False)
    for line in (["log"], ["history", "y1"], ["lineage", first.id], ["show", first.id]):
        text = reader.run(*line).output.partition("source:")[0]  # code stays as it is
        assert max(map(len, text.splitlines()[1:])) <= width, line


def test_colours_are_for_those_who_ask_for_them(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    _filled(runs)
    reader = Reader(runs.store)
    assert "\x1b" not in reader.run("log").output
    monkeypatch.setattr(reader, "style", lambda: Style(100, colour=True), raising=False)
    monkeypatch.setattr(reader, "say", lambda text: click.echo(text, color=True), raising=False)
    lines = {}
    for colour in (True, False):
        monkeypatch.setattr(reader, "style", lambda colour=colour: Style(100, colour=colour), raising=False)
        lines[colour] = reader.run("log").output
    assert click.unstyle(lines[True]) == lines[False] == click.unstyle(lines[False])


@pytest.mark.parametrize(
    "text", ["2d", "90s", "2026-11-01", "2026-11-01 14:30", "2026-11-01T14:30:00+02:00", "today", "Yesterday"]
)
def test_a_time_is_a_duration_ago_or_a_date(text: str) -> None:
    assert Since().convert(text, None, None) > 0


@pytest.mark.parametrize("text", ["", "soon", "1 Nov", "2026-13-01", "-2d"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no time; write 2d"):
        Since().convert(text, None, None)
