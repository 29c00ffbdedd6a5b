"""The shared commands through `%cashet`, in a shell and in a kernel."""

from __future__ import annotations

import json
from pathlib import Path

from cashet_jupyter.commands.grammar import COMMANDS
from cashet_jupyter.magics.commands import cashet
from cashet_jupyter.magics.progress import ProgressLine
from cashet_jupyter.widgets.panel import ABOUT, VIEW


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


#: a line for each shared command, after two runs of a cell that leaves `model`
LINES = [
    "log",
    "log --cell model -n 1",
    "show model",
    "get model",
    "get model@{1}",
    "diff model@{1} model",
    "history model",
    "lineage model",
    "why model",
    "deps model = [0, 1]",
    "config",
    "stats",
    "verify",
    "gc --dry-run",
    "clear",
    "tag model stage=train",
    "show stage=train",
    "untag model stage",
    "pin model",
    "unpin model",
    "export all.tar",
    "import all.tar",
    "status",
    "auto off",
    "rm model@{1}",
]


def test_every_command_does_its_work_in_a_shell_and_prints_data(ip):
    ip.cached("model = [0, 1]")
    ip.cached("model = [0, 1, 2]")
    for line in LINES:
        ran = ip.run(f"%cashet {line}")
        assert ran.success, ran.text
        assert ran.text.strip() or line == "auto off", line
        if not line.startswith(("rm", "export")):
            command, _, rest = line.partition(" ")
            ran = ip.run(f"%cashet {command} --json {rest}")
            assert ran.success, ran.text
            assert ran.result is None
            assert isinstance(json.loads(ran.text), dict)
    assert {line.split()[0] for line in LINES} == set(cashet.commands)


def test_answers_are_objects_with_text_html_and_data(ip):
    ip.cached("model = [0, 1]")
    ip.cached("model = [0, 1, 2]")
    lines = ["%cashet log", "%cashet show", "%cashet history", "%cashet lineage", "%cashet why", "%cashet deps"]
    lines += [
        "%cashet config",
        "%cashet diff",
        "%cashet_show model",
        "%cashet_history model",
        "%cashet_diff model@{1} model",
    ]
    for line in lines:
        answer = ip.run(line).result
        assert answer is not None, line
        assert repr(answer) == answer.text()
        assert answer._repr_html_().startswith("<")
        assert json.loads(json.dumps(answer.data))["format"] == 1


def test_get_gives_the_value_itself(ip):
    ip.cached("model = [0, 1]")
    ip.cached("model = [0, 1, 2]")
    assert ip.run("old = %cashet get model@{1}").success
    assert ip.value("old") == [0, 1]
    assert ip.run("%cashet get 0 or nothing").text.startswith("cashet: nothing is called '0 or nothing'")
    ip.cached("zero = 0")
    assert ip.run("%cashet get zero").result == 0
    assert ip.run("%cashet get zero -o zero.json").result is None
    assert Path("zero.json").read_text() == "0\n"


def test_a_variable_means_what_it_holds_in_this_kernel(ip):
    ip.cached("model = [0, 1]")
    ip.cached("model = [0, 1, 2]")
    ip.cached("model = [0, 1]")
    assert ip.run("found = %cashet show model").success
    assert ip.value("found").commit.cell.source == "model = [0, 1]"
    assert ip.run("found = %cashet show").success
    assert ip.value("found").commit.cell.source == "model = [0, 1]"


def test_a_cell_is_named_as_it_stands_there(ip):
    ip.cached("text = ' a  b '.strip()")
    for line in ("%cashet show text = ' a  b '.strip()", "%cashet_show 'text ='", "%cashet_history a  b"):
        ran = ip.run(line)
        assert "text = ' a  b '.strip()" in ran.text, ran.text


def test_names_and_values_of_options_are_completed(ip):
    def offered(line: str) -> list[str]:
        return ip.shell.complete(None, line, len(line))[1]

    ip.cached("frame = [1]", "--tag stage=train")
    for line in ("%cashet show fra", "%cashet_show fra", "%cashet_history fra", "%cashet_diff fra", "%cashet get fra"):
        assert "frame" in offered(line), line
    assert "--json" in offered("%cashet_show --js")
    assert offered("%cashet log --status f") == ["failed"]
    assert "stage=train" in " ".join(offered("%cashet log --tag sta"))
    assert {"on", "off"} <= set(offered("%cashet auto o"))


def test_settings_of_the_kernel_are_told_from_others(ip):
    ip.run("%config Cashet.min_time = 7")
    data = ip.run("%cashet config").result.data
    ip.run("%config Cashet.min_time = 1")
    found = {row["name"]: (row["value"], row["source"]) for row in data["settings"]}
    assert found["min_time"] == (7.0, "%config")
    assert found["badge"][1] == "default"
    assert data["store_source"] == "CASHET_DIR"


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
    asked = {
        "show": "%cashet_show x",
        "history": "%cashet_history x",
        "diff": "%cashet_diff x x",
        "stats": "%cashet stats",
    }
    for kind, line in asked.items():
        read = kernel.run(line)
        looked_at = kernel.wait(kernel.send_from("a1b2", line))
        assert [list(m.content["data"]) for m in read.messages] == [["text/plain", "text/html"]], line
        (panel,) = [m for m in looked_at.messages if m.type == "execute_result"]
        assert panel.content["data"].keys() == {"text/plain", "text/html", ABOUT, VIEW}, line
        about = panel.content["data"][ABOUT]
        assert (about["v"], about["kind"], len(about["commits"])) == (1, kind, {"diff": 2, "stats": 0}.get(kind, 1))
