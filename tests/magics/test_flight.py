"""Two kernels that want one result: one runs the cell, the other says that it waits, and takes it."""

from __future__ import annotations

import contextlib
import threading
import time

import nbclient
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from cashet_jupyter.store import claims
from cashet_jupyter.store.answers import Work
from cashet_jupyter.store.layout import Layout
from cashet_jupyter.store.store import Store, open_store
from tests.kernels import environment, kernel_in
from tests.shells import shell, use_store

NOTEBOOK = {"JPY_SESSION_NAME": "work/train.ipynb"}


def cell(number, seconds, options=""):
    """A cell that leaves a folder of its own each time it runs; nothing tracks folders, so a hit makes none."""
    return (
        f"%%cashet --allow clock {options}\nimport os, time\nos.mkdir('{number} ' + str(time.time_ns()))\n"
        f"time.sleep({seconds})\nprint('made')\nx = [{number}]\nx"
    )


def runs(folder, number):
    return len(list(folder.glob(f"{number} *")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kernels")


@pytest.fixture(scope="module")
def two(folder):
    with kernel_in(folder, NOTEBOOK, load=True) as one, kernel_in(folder, NOTEBOOK, load=True) as other:
        yield one, other


def statuses(kernel):
    return kernel.value("[(o.status, o.reason) for o in __import__('cashet_jupyter').outcomes()]")


def started(folder, number):
    deadline = time.monotonic() + 20
    while not runs(folder, number):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def flight(folder):
    return list(Layout(folder / ".home" / ".cashet").flight.iterdir())


def test_the_second_kernel_says_that_it_waits_and_takes_the_result(two, folder):
    one, other = two
    first = one.send(cell(1, 2.5))
    started(folder, 1)
    ran, waited = other.run(cell(1, 2.5)), one.wait(first)
    assert runs(folder, 1) == 1
    shown = [m for m in ran.messages if "waiting" in m.content.get("metadata", {}).get("cashet", {})]
    assert [m.type for m in shown] == ["display_data", *["update_display_data"] * (len(shown) - 1)]
    assert len(shown) >= 2
    assert shown[0].content["data"]["text/plain"].startswith("cashet: waiting for train.ipynb, running since 0:0")
    assert len({m.content["transient"]["display_id"] for m in shown}) == 1
    after = ran.messages[len(shown) :]
    assert ran.messages[: len(shown)] == tuple(shown)
    assert (after[0].type, after[0].content) == ("clear_output", {"wait": False})
    hit = other.run(cell(1, 2.5))
    assert [m.type for m in after[1:]] == [m.type for m in hit.messages] == [m.type for m in waited.messages]
    assert [m.content["text"] for m in after if m.type == "stream"] == ["made\n"]
    assert after[-1].content == hit.messages[-1].content == waited.messages[-1].content
    assert other.value("x") == [1]
    (status, reason), (again, nothing) = statuses(other)[-2:]
    assert (status, again, nothing) == ("hit", "hit", "")
    assert reason.startswith("waited 0:0")
    assert reason.endswith(" for train.ipynb")
    assert flight(folder) == []


def test_the_line_says_how_long_it_took_the_last_time(two, folder):
    one, other = two
    source = "%%cashet --allow clock\nimport os, time\nos.mkdir('2 ' + str(time.time_ns()))\ntime.sleep(rate)\ny = 1"
    one.run("rate = 1.1")
    one.run(source)
    one.run("rate = 1.2")
    other.run("rate = 1.2")
    first = one.send(source)
    time.sleep(0.2)
    ran = other.run(source)
    one.wait(first)
    assert ran.messages[0].content["data"]["text/plain"].endswith(" of ~0:01")
    assert runs(folder, 2) == 2


def test_the_stop_button_ends_the_waiting_and_claims_nothing(two, folder):
    one, other = two
    first = one.send(cell(5, 2.5))
    started(folder, 5)
    second = other.send(cell(5, 2.5))
    time.sleep(0.8)
    other.interrupt()
    pressed = time.monotonic()
    ran = other.wait(second)
    assert time.monotonic() - pressed < 1.0
    assert (ran.status, ran.error.split(":")[0]) == ("error", "KeyboardInterrupt")
    types = [m.type for m in ran.messages]
    assert types[0] == "display_data"
    assert types[-2:] == ["clear_output", "error"]
    assert statuses(other)[-1][0] == "failed"
    assert one.wait(first).status == "ok"
    assert runs(folder, 5) == 1
    assert flight(folder) == []
    assert other.run(cell(5, 2.5)).text == "made\n[5]\n"
    assert runs(folder, 5) == 1


def test_a_kernel_that_stops_leaves_the_run_to_the_one_that_waits(two, folder):
    one, other = two
    source = cell(6, 1.5).replace("time.sleep(1.5)", "time.sleep(1.5 if os.path.exists('go') else 30)")
    first = one.send(source)
    started(folder, 6)
    second = other.send(source)
    time.sleep(0.5)
    (folder / "go").touch()
    one.interrupt()
    assert one.wait(first).status == "error"
    assert other.wait(second).text == "made\n[6]\n"
    assert runs(folder, 6) == 2
    assert statuses(other)[-1][0] == "miss"
    assert flight(folder) == []


def test_a_saved_notebook_looks_as_if_the_cell_had_not_waited(folder):
    notebooks = [
        new_notebook(cells=[new_code_cell("%load_ext cashet_jupyter"), new_code_cell(cell(8, 2.0), id="same")])
        for _ in range(2)
    ]
    for notebook in notebooks:
        notebook.cells[0].id = "load"

    def run(notebook):
        nbclient.NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute(
            env=environment(folder / ".home")
        )

    threads = [threading.Thread(target=run, args=(notebook,)) for notebook in notebooks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runs(folder, 8) == 1
    for notebook in notebooks:
        for each in notebook.cells:
            each.metadata.pop("execution", None)
    assert notebooks[0].cells[1].outputs
    assert nbformat.writes(notebooks[0]) == nbformat.writes(notebooks[1])


# ------------------------------------------------------------------------------------------------------ in a terminal
@pytest.fixture
def ip(tmp_path, monkeypatch):
    use_store(monkeypatch, tmp_path)
    with shell() as running:
        yield running


def claims_of(tmp_path):
    return list(Layout(tmp_path / ".cashet").flight.iterdir())


BODIES = [
    "x = 1",
    "1 / 0",
    "raise KeyboardInterrupt",
    "import threading\nlock = threading.Lock()",
    "import uuid\nuuid.uuid4()",
    "raise SystemExit",
    "input()",
    "get_ipython().run_cell('1 / 0')\nx = 1",
    "get_ipython().run_cell('%%cashet\\ny = 1')",
    "def f(:",
    "import os, sys\nif os.fork() == 0:\n    os._exit(0)\nx = 3",
]


@pytest.mark.parametrize("options", ["", "--refresh", "--no-store", "--allow subprocess,entropy"])
def test_no_claim_outlives_its_cell(ip, tmp_path, options):
    ip.cached("warm = 1")
    for body in BODIES:
        ip.cached(body, options)
        assert claims_of(tmp_path) == [], body
        assert not claims._open, body


@pytest.mark.parametrize(
    ("body", "ended"),
    [
        ("x = 1", True),
        ("1 / 0", True),
        ("import threading\nx = threading.Lock()", True),
        ("raise KeyboardInterrupt", False),
    ],
)
def test_those_who_wait_are_told_whether_the_run_came_to_its_end(ip, monkeypatch, body, ended):
    told = []
    release = claims.FileClaim.release

    def spy(claim, *, ended):
        if claim.owned:
            told.append(ended)
        release(claim, ended=ended)

    monkeypatch.setattr(claims.FileClaim, "release", spy)
    ip.cached(body)
    assert told == [ended]


def test_no_claim_outlives_a_cell_that_another_extension_rejects(ip, tmp_path):
    class Rejecting:
        def visit(self, tree):
            from IPython.core.error import InputRejected

            raise InputRejected("no")

    ip.shell.ast_transformers.append(Rejecting())
    ip.cached("x = 1")
    ip.shell.ast_transformers.pop()
    assert claims_of(tmp_path) == []


@pytest.mark.parametrize("place", ["decide", "finish", "recorder", "badge"])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_no_claim_outlives_a_failure_of_the_cache(ip, tmp_path, monkeypatch, place, error):
    from cashet_jupyter.magics import badge
    from cashet_jupyter.outputs import record
    from cashet_jupyter.steps import commit, departure

    def fail(*_, **__):
        raise error("broken")

    target, name = {
        "decide": (departure, "reason_for_run"),
        "finish": (commit, "prepare"),
        "recorder": (record.Recorder, "start"),
        "badge": (badge.Badges, "show"),
    }[place]
    with monkeypatch.context() as patch:
        patch.setattr(target, name, fail)
        with contextlib.suppress(KeyboardInterrupt):
            ip.cached("x = 1")
    assert claims_of(tmp_path) == []
    assert ip.cached("x = 2").success
    assert claims_of(tmp_path) == []


def test_no_claim_outlives_the_extension(ip, tmp_path):
    """Nobody tells of the end of a cell during which the extension is unloaded."""
    extension, held = ip.extension, []

    class Unloading:
        def visit(self, tree):
            held.extend(claims_of(tmp_path))
            extension.unload()
            return tree

    ip.shell.ast_transformers.append(Unloading())
    ip.cached("x = 1")
    ip.shell.ast_transformers.pop()
    assert len(held) == 1
    assert claims_of(tmp_path) == []
    assert not claims._open
    extension.load()


@pytest.fixture
def beside(ip, tmp_path, monkeypatch):
    """Another kernel has the claim of the next cell for 0.9 s, and then dies."""
    ip.cached("warm = 1")
    other = open_store(tmp_path / ".cashet")
    claim = Store.claim

    def late(store, key, work):
        held = claim(other, key, Work("a/b.ipynb", "z = 5"))
        threading.Timer(0.9, held.release, kwargs={"ended": False}).start()
        return claim(store, key, work)

    monkeypatch.setattr(Store, "claim", late)
    yield
    other.close()


def test_a_terminal_shows_one_line_and_takes_it_away(ip, tmp_path, beside):
    ran = ip.cached("z = 5\nprint('made')")
    empty, line, blank, rest = ran.text.split("\r")
    assert (empty, line) == ("", "cashet: waiting for b.ipynb, running since 0:00")
    assert blank == " " * len(line)
    assert rest.startswith("made\n")
    assert (ran.status, ran.outcome.reason) == ("miss", "first run")
    assert claims_of(tmp_path) == []


def test_quiet_says_nothing(ip, beside):
    assert ip.cached("z = 5\nprint('made')", "-q").text == "made\n"
