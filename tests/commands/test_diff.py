"""`diff` in a shell and as a magic."""

import json

import pytest

from cashet_jupyter.cli import run
from cashet_jupyter.errors import NotFound
from cashet_jupyter.render.diff import Diff
from tests.commands.stores import Reader
from tests.history.runs import runs_in
from tests.shells import use_store


@pytest.fixture
def runs(tmp_path):
    with runs_in(tmp_path) as found:
        yield found


def data(reader, *arguments):
    return json.loads(reader.run("diff", "--json", *arguments).output)


def sides(found):
    return found["old"]["commit"], found["new"]["commit"]


def test_two_names_are_compared_the_older_one_first(runs):
    old, new = runs.cell("n = 1", "n", id="a"), runs.cell("n = 2", "n", id="a")
    reader = Reader(runs.store)
    assert sides(data(reader, old.short, new.short)) == (old.id, new.id)
    assert sides(data(reader, "n", "n@{1}")) == (new.id, old.id)
    assert data(reader, old.short, new.short)["differs"][0] == "source"


def test_one_name_is_compared_with_the_run_before_it_through_edits(runs):
    first = runs.cell("n = load(1)\nm = 5", "n", id="a")
    runs.cell("other = 1", "other", id="b")
    second = runs.cell("n = load(2)\nm = 5", "n", id="a")
    reader = Reader(runs.store)
    for named in (("n",), (second.short,), ("n = load(2)",)):
        assert sides(data(reader, *named)) == (first.id, second.id)


def test_without_a_name_it_is_the_newest_result(runs):
    old, new = (runs.cell(f"n = {n}", "n", id="a") for n in (1, 2))
    assert sides(data(Reader(runs.store))) == (old.id, new.id)


def test_runs_of_a_function_are_compared_with_their_arguments(runs):
    old, new = (
        runs.function("lib.fit", "def fit(x):\n    return x", "1"),
        runs.function("lib.fit", "def fit(x):\n    return x * 2", "3"),
    )
    text = Reader(runs.store).run("diff", "fit").output
    assert sides(data(Reader(runs.store), "fit")) == (old.id, new.id)
    assert "lib.fit" in text
    assert "called with 3" in text
    assert "+     return x * 2" in text


def test_failed_runs_are_compared_by_their_tracebacks(runs):
    runs.function("lib.fit", "", "1", error="Traceback\nValueError: a")
    runs.function("lib.fit", "", "1", error="Traceback\nValueError: b")
    found = data(Reader(runs.store), "fit")
    assert found["error"]["entries"][0]["change"] == "ValueError: a -> ValueError: b"


def test_a_first_run_has_nothing_to_be_compared_with(runs):
    runs.cell("n = 1", "n", id="a")
    with pytest.raises(NotFound, match="is the first run of its cell that is stored"):
        Reader(runs.store).run("diff", "n")


def test_three_names_are_too_many(runs):
    done = Reader(runs.store).run("diff", "a", "b", "c")
    assert done.exit_code == 2
    assert "3 were named" in done.output


def test_a_name_that_there_is_not_says_so(runs):
    runs.cell("n = 1", "n")
    with pytest.raises(NotFound, match="nothing is called"):
        Reader(runs.store).run("diff", "n", "nothing_of_the_kind")


def test_options(runs):
    runs.cell("n = 1", "n", id="a", inputs=("x",))
    runs.cell("n = 2", "n", id="a", inputs=("x",))
    reader = Reader(runs.store)
    assert "@@" not in reader.run("diff", "n", "--stat").output
    assert "= host" in reader.run("diff", "n", "--all").output
    assert {entry["status"] for entry in data(reader, "n", "--all")["environment"]["entries"]} == {"equal"}
    assert data(reader, "n")["environment"]["entries"] == []


def test_magics_and_a_shell_say_the_same(running, tmp_path, monkeypatch, capsys):
    use_store(monkeypatch, tmp_path)
    running.extension.session.close()
    running.shell.reset(new_session=False)
    for n in (1, 2):
        running.cached(f"df = [{n}, 5]\nprint({n})")
    by_name, by_command = running.run("%cashet_diff df@{1} df").result, running.run("%cashet diff df@{1} df").result
    assert "df  [0] 1 -> 2" in repr(by_name)
    assert repr(by_name) == repr(by_command)
    assert by_name._repr_html_().startswith("<div")
    running.extension.session.store().close()
    running.extension.session.close()
    capsys.readouterr()
    assert run(["--dir", str(tmp_path / ".cashet"), "diff", "df@{1}", "df", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["differs"] == by_name.data["differs"] == ["source", "outputs", "shown"]


def test_the_object_of_a_magic_has_text_html_and_data(running, tmp_path, monkeypatch):
    use_store(monkeypatch, tmp_path)
    running.extension.session.close()
    running.shell.reset(new_session=False)
    for n in (1, 2):
        running.cached(f"df = {n}")
    answer = running.shell.run_line_magic("cashet_diff", "df@{1} df")
    inner = getattr(answer, "answer", answer)
    assert isinstance(inner, Diff)
    assert inner.text().startswith("--- ")
    assert inner.html().startswith('<div class="cashet-diff"')
    assert inner.data["format"] == 1
