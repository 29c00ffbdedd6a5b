from __future__ import annotations

from pathlib import Path

from cashet_jupyter.history.deps import NOT_TRACKED, deps
from cashet_jupyter.models import Cell, Commit, Dependency, Part, Value

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_says_in_the_same_words_what_is_not_tracked():
    text = README.read_text("utf-8")
    assert [line for line in NOT_TRACKED if f"- {line}\n" not in text] == []


def test_each_dependency_says_where_it_was_seen():
    parts = (Part("function", "clean()", "1", "3 lines"), Part("global", "clean() → RATE", "2", "0.1"))
    inputs = (
        Value("clean", "1", "function", "clean(x)", 0, parts),
        Value("d", "2", "dict", "1 item", 0, (Part("key", "['a']", "1", "5"), *parts)),
        Value("late", "3", "int", "1"),
    )
    trace = (
        Dependency("file", "a.csv", "x", "12400000 0"),
        Dependency("options", "pandas", "y", '{"display.precision": "int:3"}'),
        Dependency("options", "decimal", "z"),
        Dependency("cwd", "", "w", "/home"),
    )
    source = "# d is read below\nq = clean(1)\ny = d['a']"
    commit = Commit(
        "k", "c", Cell(source, "q = clean(1)"), 0.0, 1.0, inputs=inputs, trace=trace, versions={"python": "3.12.1"}
    )
    found = {(finding.kind, finding.name): finding for finding in deps(commit).findings}
    assert found["input", "clean"].where == "line 2"
    assert found["input", "d"].where == "line 3"
    assert [part.name for part in found["input", "d"].parts] == ["['a']"]
    assert found["input", "late"].where.startswith("not named in the cell")
    assert (found["function", "clean()"].now, found["function", "clean()"].where) == (
        "3 lines",
        "reached through clean",
    )
    assert (found["global", "RATE"].now, found["global", "RATE"].where) == ("0.1", "read by clean()")
    assert found["file", "a.csv"].now.startswith("12.4 MB, ")
    assert [(part.name, part.now) for part in found["options", "pandas"].parts] == [("display.precision", "3")]
    assert found["options", "decimal"].now == "as in a new process"
    assert found["cwd", "the working directory"].now == "/home"
    assert found["python", "Python"].now == "3.12.1"
