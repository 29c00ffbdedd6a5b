"""`jupyter cashet` in a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

from cashet_jupyter import cli
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
