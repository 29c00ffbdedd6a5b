"""`jupyter cashet` in a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import click
import pytest

from cashet_jupyter import cli
from cashet_jupyter.models import Cell, Effects, Shown, Value
from cashet_jupyter.serialize.envelope import dumps
from cashet_jupyter.serialize.references import NoInputs, References
from cashet_jupyter.store.store import open_store
from tests.contracts.memory_disk import tmp_path
from tests.contracts.store_contract import make_commit, make_payload

__all__ = ["tmp_path"]

SCRIPT = Path(sys.executable).parent / "jupyter-cashet"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a store that holds one result."""
    monkeypatch.delenv("CASHET_DIR")
    store = open_store(tmp_path / "project" / ".cashet")
    store.put(make_commit(), make_payload(1, 30_000), durable=False)
    store.close()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path


def test_the_store_is_that_of_the_folder_or_the_one_that_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.run(["stats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["commits"] == 1
    monkeypatch.chdir(folder)
    assert cli.run(["--dir", "project", "stats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"].endswith("project/.cashet")
    assert cli.run(["--dir", "project/.cashet", "stats"]) == 0
    assert f"store    {folder / 'project' / '.cashet'}\nresults  1\n" in capsys.readouterr().out


def test_where_no_store_is_none_is_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--dir", str(folder / "nothing"), "gc"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"cashet: there is no store at {folder / 'nothing'}: name one with --dir, or run a cell under %%cashet first\n"
    )
    assert not (folder / "nothing").exists()


def test_an_import_may_make_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["export", "a.tar"]) == 0
    assert cli.run(["--dir", str(folder / "new" / ".cashet"), "import", "a.tar"]) == 0
    assert "imported 1 result" in capsys.readouterr().out
    assert (folder / "new" / ".cashet" / "format").exists()


@pytest.mark.parametrize(
    ("code", "arguments", "words"),
    [
        (2, ["nonsense"], "No such command 'nonsense' (see jupyter cashet --help)"),
        (2, ["gc", "--nonsense"], "--nonsense"),
        (2, ["rm"], "name a result, or use --notebook, --cell or --tag (see"),
        (2, ["gc", "--max-size", "2"], "--max-size: '2' is not a size; write 500MB, 2GB, 1.5GiB or 0"),
        (1, ["rm", "12345678"], "no commit 12345678"),
        (1, ["import", "missing.tar"], "missing.tar cannot be imported: no such file or directory"),
        (2, ["export", "."], "is there already"),
        (2, ["tag", "12345678", "nonsense"], "'nonsense' is not a tag; write name=value (see"),
    ],
)
def test_errors_are_one_line_on_stderr(
    folder: Path, capsys: pytest.CaptureFixture[str], code: int, arguments: list[str], words: str
) -> None:
    assert cli.run(arguments) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("cashet: ")
    assert words in told.err
    assert told.err.count("\n") == 1


#: a line for each command, on a store with one result: a variable `x` of the cell `x = slow()`
LINES = [
    ["log"],
    ["show", "x"],
    ["get", "x", "--shown"],
    ["diff", "x", "x"],
    ["history", "x"],
    ["lineage", "x"],
    ["why", "x"],
    ["deps", "x = slow()"],
    ["config"],
    ["stats"],
    ["verify"],
    ["gc", "--dry-run"],
    ["clear"],
    ["tag", "x", "stage=train"],
    ["untag", "x", "stage"],
    ["pin", "@{0}"],
    ["unpin", "x"],
    ["export", "a.tar"],
    ["import", "a.tar"],
    ["rm", "x"],
]


def test_every_command_does_its_work_and_prints_data(
    shown_store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    for line in LINES:
        assert cli.run(line) == 0, line
        told = capsys.readouterr()
        assert told.out.strip() or line[0] in ("get", "diff"), line
        assert "\x1b" not in told.out
        assert told.err == ""
        if line[0] not in ("rm", "export"):
            assert cli.run([line[0], "--json", *line[1:]]) == 0, line
            assert isinstance(json.loads(capsys.readouterr().out), dict)
    assert {line[0] for line in LINES} == set(cli.cashet.commands)


@pytest.fixture
def shown_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store whose result says what it showed."""
    monkeypatch.delenv("CASHET_DIR")
    store = open_store(tmp_path / ".cashet")
    payload = dumps(
        Effects(outputs={"x": 1}), (Shown("stream", {"name": "stdout", "text": "hi"}),), References(NoInputs(), {})
    )
    store.put(make_commit(), payload, durable=False)
    store.close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_store_can_be_named_before_the_command_and_behind_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    for line in (
        ["--store-dir", "project", "log"],
        ["log", "--store-dir", "project"],
        ["log", "--dir", "project/.cashet"],
    ):
        assert cli.run(line) == 0, line
        assert "x = slow()" in capsys.readouterr().out
    assert cli.run(["config", "--json", "--dir", "project"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (Path(data["store"]), data["store_source"]) == (folder / "project" / ".cashet", "--dir")


def test_what_is_not_found_is_said_on_stderr_and_is_no_success(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["log", "--cell", "nothing"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "cashet: no results: nothing is stored, or nothing fits\n")
    assert cli.run(["log", "--cell", "nothing", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["results"] == []
    assert cli.run(["show", "nothing"]) == 1
    assert capsys.readouterr().err.startswith("cashet: nothing is called 'nothing': name a variable")


@pytest.mark.parametrize(
    ("terminal", "no_color", "term", "coloured"),
    [(True, "", "xterm", True), (False, "", "xterm", False), (True, "1", "xterm", False), (True, "", "dumb", False)],
)
def test_colours_are_for_terminals_and_can_be_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    terminal: bool, no_color: str, term: str, coloured: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", term)
    assert cli.run(["log"]) == 0
    assert ("\x1b[" in capsys.readouterr().out) == coloured


def test_tables_are_as_wide_as_the_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    widths: dict[str, int] = {}
    for columns in ("60", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        assert cli.run(["show", "x"]) == 0
        widths[columns] = max(map(len, capsys.readouterr().out.splitlines()))
    assert cli.Terminal().style().width == 200
    assert widths["60"] <= 60 + 16  # the id is never cut


def test_bytes_go_out_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path / ".cashet")
    data = bytes(range(256))
    store.put(
        make_commit(outputs=(Value("x", "", "bytes"),)),
        dumps(Effects(outputs={"x": data}), (), References(NoInputs(), {})),
        durable=False,
    )
    store.close()
    command = [sys.executable, "-m", "cashet_jupyter", "--dir", str(tmp_path), "get", "x"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == data


def test_nothing_that_a_store_holds_steers_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CASHET_DIR")
    monkeypatch.chdir(tmp_path)
    store = open_store(tmp_path / ".cashet")
    label = "x = 1 \x1b]0;title\x07\x1b[2J\x9b5n\r\x08 \ud800"
    payload = dumps(
        Effects(outputs={"x": label}), (Shown("stream", {"name": "stdout", "text": label}),), References(NoInputs(), {})
    )
    store.put(
        make_commit(cell=Cell(label, label, None, label), outputs=(Value("x", "", label, label),), host=label),
        payload,
        durable=False,
    )
    store.close()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    for line in (
        ["log"],
        ["show", "x"],
        ["get", "x"],
        ["history", "x"],
        ["lineage", "x"],
        ["why", "x"],
        ["deps", "x"],
        ["show", label + "?"],
    ):
        cli.run(line)
        told = capsys.readouterr()
        found = click.unstyle(told.out + told.err)
        assert "\\ud800" in found, line
        assert not set(found) & set("\x1b\x07\x9b\r\x08"), line


def _completed(folder: Path, *words: str) -> list[str]:
    """What bash is offered for the last word."""
    environment = {**os.environ, "_JUPYTER_CASHET_COMPLETE": "bash_complete"}
    environment |= {"COMP_WORDS": " ".join(["jupyter-cashet", *words]), "COMP_CWORD": str(len(words))}
    command = [sys.executable, "-m", "cashet_jupyter"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


def test_shells_complete_commands_options_and_names(folder: Path) -> None:
    project = folder / "project"
    assert {"log", "lineage"} == set(_completed(project, "l"))
    assert {"--tag", "--status", "--since"} <= set(_completed(project, "log", "--"))
    assert _completed(project, "log", "--status", "f") == ["failed"]
    assert "x" in _completed(project, "show", "x")
    assert _completed(folder, "--dir", "project", "log", "--notebook", "a") == ["a.ipynb"]
    assert _completed(folder, "show", "x") == []
    assert not (folder / ".cashet").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_line_that_a_shell_reads_is_printed(shell: str) -> None:
    environment = {**os.environ, "_JUPYTER_CASHET_COMPLETE": f"{shell}_source"}
    command = [sys.executable, "-m", "cashet_jupyter"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "jupyter-cashet" in done.stdout
    assert "_JUPYTER_CASHET_COMPLETE" in done.stdout


def test_alone_it_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {name} " in text for name in cli.cashet.commands)


@pytest.mark.parametrize("command", sorted(cli.cashet.commands))
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Usage: jupyter cashet {command} ")
    assert "Options:" in text


def test_notices_of_the_store_are_told_beside_the_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "project" / ".cashet" / "index.db").unlink()
    assert cli.run(["stats", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["commits"] == 1
    assert told.err == "cashet: the store's index was missing and has been made anew from its log\n"


def test_an_interrupt_ends_it_quietly(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cashet_jupyter.store.store.Store.stats", stop)
    assert cli.run(["stats"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_progress_goes_to_terminals_only(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = cli.Terminal(None)
    terminal.show("verifying: 1 %")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    terminal.show("verifying: 1 %")
    terminal.show("")
    assert capsys.readouterr().err == "\r\x1b[Kverifying: 1 %\r\x1b[K"


def test_it_is_installed_as_a_command_of_jupyter() -> None:
    (found,) = entry_points(group="console_scripts", name="jupyter-cashet")
    assert found.load() is cli.main


@pytest.mark.skipif(not SCRIPT.exists(), reason="the package was installed before it had a command: install it again")
def test_the_installed_command_works(folder: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([SCRIPT, *arguments], capture_output=True, text=True, check=False)

    assert run("--version").stdout == f"jupyter cashet, version {version('cashet-jupyter')}\n"
    assert "results  1\n" in run("stats").stdout
    failed = run("rm", "12345678")
    assert (failed.returncode, failed.stdout, failed.stderr) == (1, "", "cashet: no commit 12345678\n")
    cut = subprocess.run(f"{SCRIPT} gc --help | head -1", shell=True, capture_output=True, text=True, check=True)
    assert (cut.stdout, cut.stderr) == ("Usage: jupyter cashet gc [OPTIONS]\n", "")


def test_the_command_loads_nothing_of_jupyter_and_no_data_library() -> None:
    heavy = "('IPython', 'ipywidgets', 'numpy', 'pandas', 'tornado', 'traitlets', 'cloudpickle')"
    program = f"import sys, cashet_jupyter.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
