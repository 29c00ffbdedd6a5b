"""What `--json` prints is what docs/commands.md lists: no key less, and none that is not said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashet_jupyter.commands.grammar import COMMANDS
from cashet_jupyter.diffs.model import ValueDiff
from cashet_jupyter.models import Effects, Shown
from cashet_jupyter.render.diff_data import value_data
from cashet_jupyter.serialize.envelope import dumps
from cashet_jupyter.serialize.references import NoInputs, References
from cashet_jupyter.store.store import Store, open_store
from tests.commands.schema import documented, printed, sections
from tests.commands.stores import Reader
from tests.contracts.store_contract import make_commit

#: what was run, and printed: enough for every key to have something below it
_SHOWN = (
    Shown("stream", {"name": "stdout", "text": "loaded\n"}),
    Shown("display", {"data": {"text/plain": "<Figure>", "image/png": "aGk="}, "metadata": {}, "transient": {}}),
)
LINES = {
    "log": [["log"]],
    "show": [["show", "@{0}"], ["show", "@{1}"]],
    "get": [["get", "total"], ["get", "total", "-o", "total.json"]],
    "diff": [["diff", "total@{1}", "total"], ["diff", "--all", "total@{1}", "total"]],
    "history": [["history", "total"]],
    "lineage": [["lineage", "total"]],
    "why": [["why", "total"], ["why", "first"]],
    "deps": [["deps", "total"], ["why", "total"], ["why", "first"]],
    "config": [["config"]],
    "stats": [["stats"]],
    "pin": [["pin", "total"]],
    "unpin": [["unpin", "total"]],
    "tag": [["tag", "total", "a=b"]],
    "untag": [["untag", "total", "a"]],
    "export": [["export", "all.tar"]],
    "import": [["export", "some.tar"], ["import", "some.tar"]],
    "gc": [["gc", "--max-size", "0", "--dry-run"]],
    "clear": [["clear"]],
    "rm": [["rm", "--cell", "total"]],
}


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.chdir(tmp_path)
    store = open_store(tmp_path / "store")
    _fill(store)
    yield Reader(store)
    store.close()


def _fill(store: Store) -> None:
    from cashet_jupyter.models import Artifact, Cell, Part, Value

    def put(value: object, **fields: object) -> object:
        payload = dumps(Effects(outputs={"total": value}), _SHOWN, References(NoInputs(), {}))
        return store.put(make_commit(**fields), payload, durable=False)

    parts = (Part("key", "['a']", "d1", "1"),)
    first = put(1, outputs=(Value("first", "", "int", "1"),), cell=Cell("first = 1", "first = 1"))
    facts = {"outputs": (Value("total", "o", "int", "1"),), "depends": (Value("VERSION", "v", "str", "'1'"),)}
    cell = Cell("total = first + len(data)", "total = first + len(data)", "c1", "a.ipynb")
    put(2, code="d" * 64, cell=cell, inputs=(Value("first", "x", "int", "1", 28, parts),), **facts)
    put(
        3,
        code="e" * 64,
        cell=Cell("total = first * len(data)\ntotal", "total = first * len(data)", "c1", "a.ipynb"),
        inputs=(Value("first", "y", "int", "2", 28),),
        lineage=(first.id,),  # type: ignore[attr-defined]
        artifacts=(Artifact("out.csv", "a1" * 32, 10, 0o644),),
        **facts,
    )


def _printed(reader: Reader, lines: list[list[str]]) -> set[str]:
    found: set[str] = set()
    for line in lines:
        done = reader.run(line[0], "--json", *line[1:])
        assert done.exit_code == 0, done.output
        if line[0] == lines[-1][0]:
            found |= printed(json.loads(done.output))
    return found


@pytest.mark.parametrize("command", sorted(set(LINES) - {"deps"}))
def test_the_keys_are_those_of_the_page(reader: Reader, command: str) -> None:
    found, said = (_alike(keys) for keys in (_printed(reader, LINES[command]), documented(command)))
    empty = {key for key in found if any(other.startswith(f"{key}[].") for other in said)}
    assert found - said - empty == set()
    assert said - found - _EITHER == set()


def _alike(keys: set[str]) -> set[str]:
    """Sections of a difference have the same keys; two runs seldom differ in all of them."""
    return {_SECTION.sub("outputs.", key) for key in keys}


_SECTION = re.compile(r"^(error|inputs|shown|environment|outside|files)\.(?=entries|differs|equal|note)")
#: an object or null; findings come with `why`, sentences with `deps`
_EITHER = {"against", "against.commit", "against.created", "findings", "edges[].names"}


def test_the_keys_of_why_and_deps_are_those_of_the_page(reader: Reader) -> None:
    found = _printed(reader, [["why", "total"]]) | _printed(reader, [["deps", "total"]])
    said = documented("why")
    assert said == documented("deps")
    assert found - said == set()
    assert said - found - _EITHER == set()


def test_a_difference_of_values_has_the_keys_of_the_page() -> None:
    found = value_data(ValueDiff(kind="number", verdict="different"))
    assert set(found) == {key for key in documented("a-difference") if "." not in key}


@pytest.mark.parametrize("command", sorted(command.name or "" for command in COMMANDS))
def test_every_command_has_a_section_and_is_tried_here(command: str) -> None:
    assert command in sections()
    assert command in {*LINES, "verify"}
    (found,) = (one for one in COMMANDS if one.name == command)
    assert any("--json" in parameter.opts for parameter in found.params)


def test_every_option_stands_in_the_section_of_its_command() -> None:
    for command in COMMANDS:
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--") and option != "--json" and command.name in ("log", "get", "lineage", "diff"):
                    assert f"{option}" in sections()[str(command.name)] or option == "--output", option


def test_an_examination_has_the_keys_of_the_page(reader: Reader) -> None:
    from cashet_jupyter.render.storage import verified_data
    from cashet_jupyter.store.answers import Verified

    found = printed(verified_data(Verified(lost=tuple(reader.store().log()), damaged=("a",))))
    assert found == documented("verify")
    assert printed(json.loads(reader.run("verify", "--json").output)) <= {*found, "lost"}
