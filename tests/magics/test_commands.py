"""The shared commands through `%cashet`, in a shell and in a kernel."""

from __future__ import annotations

import pytest

from cashet_jupyter.commands.grammar import COMMANDS
from cashet_jupyter.magics.progress import ProgressLine
from cashet_jupyter.widgets.panel import VIEW
from tests.shells import shell, use_store


@pytest.fixture(scope="module")
def running():
    with shell() as found:
        yield found


@pytest.fixture
def ip(running, tmp_path, monkeypatch):
    """One shell for all tests, with a store and a folder for each."""
    use_store(monkeypatch, tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    running.extension.session.close()
    running.extension.session.outcomes.clear()
    running.shell.reset(new_session=False)
    return running


def test_the_store_of_the_kernel_is_looked_at_and_made_smaller(ip):
    ip.cached("x = list(range(50_000))")
    assert "results  1\n" in ip.run("%cashet stats").text
    assert "nothing was removed: %cashet clear --yes removes it" in ip.run("%cashet clear").text
    assert ip.cached("x = list(range(50_000))").status == "hit"
    assert "removed 1 result" in ip.run("%cashet clear --yes").text
    assert ip.cached("x = list(range(50_000))").status == "miss"


def test_a_variable_names_the_result_that_made_it(ip):
    ip.cached("model = [1, 2, 3]")
    assert "model = [1, 2, 3]  pinned" in ip.run("%cashet pin model").text
    assert "stage=train" in ip.run("%cashet tag model stage=train").text
    assert "stay because it is pinned: see %cashet unpin" in ip.run("%cashet gc --max-size 0").text
    assert ip.cached("model = [1, 2, 3]").status == "hit"


def test_results_go_from_one_store_to_another(ip, tmp_path, monkeypatch):
    ip.cached("x = 1 + 1\nprint('made')")
    assert "exported 1 result to x.tar" in ip.run("%cashet export x.tar").text
    monkeypatch.setenv("CASHET_DIR", str(tmp_path / "elsewhere" / ".cashet"))
    ip.extension.session.close()
    assert "imported 1 result" in ip.run("%cashet import x.tar").text
    ran = ip.cached("x = 1 + 1\nprint('made')")
    assert ran.status == "hit"
    assert "made" in ran.text


def test_a_command_shows_no_exit_code_and_help_no_result(ip):
    for line in ("%cashet gc --dry-run", "%cashet gc --help", "%cashet verify"):
        ran = ip.run(line)
        assert ran.success
        assert ran.result is None
    assert ip.run("%cashet gc --help").text.startswith("Usage: %cashet gc [OPTIONS]")


def test_wrong_lines_are_one_line_with_what_there_is(ip):
    text = ip.run("%cashet gc --max-size huge").text.strip()
    assert text == "cashet: --max-size: 'huge' is not a size; write 500MB, 2GB, 1.5GiB or 0"
    assert "%cashet rm: name a result, or use --notebook, --cell or --tag; commands are" in ip.run("%cashet rm").text
    assert "no commit 12345678" in ip.run("%cashet rm 12345678").text


def test_new_commands_and_their_options_are_completed(ip):
    _, found = ip.shell.complete(None, "%cashet ", 8)
    assert {command.name for command in COMMANDS} <= set(found)
    _, found = ip.shell.complete(None, "%cashet gc --", 13)
    assert {"--dry-run", "--max-size", "--older-than"} <= set(found)
    _, found = ip.shell.complete(None, "%cashet rm --n", 14)
    assert "--notebook" in found


class _Kernel:
    """A shell of a kernel, as far as a line of progress sees it."""

    kernel = None

    def __init__(self):
        self.display_pub = self
        self.sent = []

    def publish(self, data, metadata, *, transient, update):
        self.sent.append((data["text/plain"], transient["display_id"], update))


def test_in_a_notebook_the_answer_takes_the_place_of_the_progress(capsys):
    kernel = _Kernel()
    line = ProgressLine(kernel)
    line.show("verifying: 1 %")
    line.show("verifying: 2 %")
    line.show("")
    line.say("all sound")
    line.say("more")
    texts, ids, updates = zip(*kernel.sent, strict=True)
    assert texts == ("cashet: verifying: 1 %", "cashet: verifying: 2 %", "all sound")
    assert len(set(ids)) == 1
    assert updates == (False, True, True)
    assert capsys.readouterr().out == "more\n"


def test_in_a_terminal_it_is_one_line_that_goes(capsys):
    line = ProgressLine(object())
    line.show("verifying: 1 %")
    line.show("")
    line.say("all sound")
    told = capsys.readouterr()
    assert told.err == "\r\x1b[Kverifying: 1 %\r\x1b[K"
    assert told.out == "all sound\n"


def test_a_kernel_shows_the_answer(new_kernel):
    kernel = new_kernel(load=True)
    kernel.run("%%cashet\nx = 1")
    done = kernel.run("%cashet stats")
    assert "results  1" in str(done)


def test_in_a_notebook_that_somebody_looks_at_answers_are_panels_and_elsewhere_they_are_read(new_kernel):
    kernel = new_kernel(load=True)
    kernel.run("%%cashet\nx = 1")
    for line in ("%cashet_show x", "%cashet_history x", "%cashet_diff x x", "%cashet stats"):
        read = kernel.run(line)
        looked_at = kernel.wait(kernel.send_from("a1b2", line))
        assert [list(m.content["data"]) for m in read.messages] == [["text/plain", "text/html"]], line
        (panel,) = [m for m in looked_at.messages if m.type == "execute_result"]
        assert panel.content["data"].keys() == {"text/plain", "text/html", VIEW}, line
