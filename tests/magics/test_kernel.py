"""A cached cell behaves exactly like an ordinary one: in real kernels and in the real notebook runner."""

from __future__ import annotations

import time

import nbclient
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.kernels import environment, kernel_in

SLOW = "%%cashet\nimport time\ntime.sleep(0.4)\nx = [1, 2, 3]\nprint('made')\nx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kernels")


@pytest.fixture(scope="module")
def live(folder):
    with kernel_in(folder, load=True) as kernel:
        yield kernel


def test_everything_comes_back_after_a_restart(tmp_path):
    with kernel_in(tmp_path, load=True) as kernel:
        cold = kernel.run(SLOW)
        assert kernel.value("x") == [1, 2, 3]
    with kernel_in(tmp_path, load=True) as kernel:
        warm = kernel.run(SLOW)
        assert kernel.value("x") == [1, 2, 3]
        assert kernel.value("[o.status for o in __import__('cashet_jupyter').outcomes()]") == ["hit"]
    assert [m.type for m in warm.messages] == [m.type for m in cold.messages]
    assert warm.text == cold.text
    assert [m.content for m in warm.badges] == [m.content for m in cold.badges]


def test_top_level_await_works_in_a_run_and_in_a_hit(live):
    cell = "%%cashet\nimport asyncio\nawait asyncio.sleep(0.01)\nwaited = 7\nwaited"
    first, second = live.run(cell), live.run(cell)
    assert (first.status, second.status) == ("ok", "ok")
    assert first.text == second.text == "7\n"
    assert live.value("[o.status for o in __import__('cashet_jupyter').outcomes()][-2:]") == ["miss", "hit"]


def test_an_exception_is_that_of_the_cell(live):
    plain = live.run("print('before')\n1 / 0")
    cached = live.run("%%cashet\nprint('before')\n1 / 0")
    assert cached.status == plain.status == "error"
    assert cached.error == plain.error
    assert [m.type for m in cached.messages] == [m.type for m in plain.messages]


def test_a_wrong_option_is_an_error_of_one_line(live):
    ran = live.run("%%cashet --bogus\nnever = 1")
    assert ran.status == "error"
    assert len(ran.reply["traceback"]) == 1
    assert "allowed are --refresh" in ran.reply["traceback"][0]
    assert live.run("never").status == "error"


@pytest.mark.parametrize("body", ["import time\ntime.sleep(30)", "import asyncio\nawait asyncio.sleep(5)"])
def test_the_stop_button_leaves_nothing_behind(live, body):
    sent = live.send(f"%%cashet\nhalf = 1\n{body}\nhalf = 2")
    time.sleep(0.7)
    live.interrupt()
    ran = live.wait(sent)
    assert ran.status == "error"
    assert live.value("__import__('cashet_jupyter').outcomes()[-1].status") == "failed"
    fine = live.run("%%cashet\nafter = 1\nafter")
    assert fine.text == "1\n"


def test_printed_text_streams_while_the_cell_runs(live):
    sent = live.send("%%cashet\nimport time\nprint('early', flush=True)\ntime.sleep(1.5)\nprint('late')")
    started = time.monotonic()
    arrived = {}
    for message in live.follow(sent):
        if message.type == "stream":
            arrived[message.content["text"].split()[0]] = time.monotonic() - started
    live._reply(sent, 10)
    assert arrived["late"] - arrived["early"] > 0.3


def test_the_extension_can_be_taken_out_of_a_kernel_and_put_in_again(live):
    assert live.run("%unload_ext cashet_jupyter").status == "ok"
    assert live.run("%%cashet\nx = 1").status == "error"
    assert live.run("plain = 1\nplain").text == "1\n"
    assert live.run("%load_ext cashet_jupyter").status == "ok"
    assert live.run("%reload_ext cashet_jupyter").status == "ok"
    again = live.run("%%cashet\nonce = 1\nonce")
    assert again.text == "1\n"
    assert len(again.badges) == 1


def _notebook(*sources: str):
    cells = [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    return new_notebook(cells=cells)


def _execute(notebook, folder, monkeypatch, **options):
    for name, value in environment(folder).items():
        monkeypatch.setenv(name, value)
    client = nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}}, **options)
    return client.execute()


def test_running_all_stops_at_a_cached_cell_that_fails(tmp_path, monkeypatch):
    notebook = _notebook(
        "%load_ext cashet_jupyter", "%%cashet\nraise ValueError('no')", "reached = True\nprint('reached')"
    )
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="ValueError"):
        _execute(notebook, tmp_path, monkeypatch)
    assert notebook.cells[1].outputs[0].output_type == "error"
    assert notebook.cells[2].outputs == []
    assert notebook.cells[2].execution_count is None


def test_a_notebook_that_was_restored_is_saved_as_the_one_that_ran(tmp_path, monkeypatch):
    sources = (
        "%load_ext cashet_jupyter",
        "%cashet auto on --min-time 0",
        "import random\nrng = random.Random(3)\nvalues = [rng.random() for _ in range(5)]",
        "print(sum(values))\nvalues",
        "values.sort()",
        "from IPython.display import HTML, display\ndisplay(HTML('<b>bold</b>'))\nmax(values)",
    )
    saved = []
    for _ in range(3):
        notebook = _notebook(*sources)
        _execute(notebook, tmp_path, monkeypatch)
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)  # nbclient's own time stamps
        saved.append(nbformat.writes(notebook))
    assert saved[1] == saved[0]
    assert saved[2] == saved[0]
    assert '"cashet"' in saved[0]


def test_two_kernels_use_one_store_at_the_same_time(tmp_path):
    with kernel_in(tmp_path, load=True) as first, kernel_in(tmp_path, load=True) as second:
        cells = [f"%%cashet\nimport time\ntime.sleep(0.01)\nv{i} = list(range({i}, 50_000))" for i in range(8)]
        sent = [(kernel, kernel.send(cell)) for cell in cells for kernel in (first, second)]
        for kernel, message in sent:
            assert kernel.wait(message).status == "ok"
        for kernel in (first, second):
            assert kernel.value("[len(globals()[f'v{i}']) for i in range(8)]") == [50_000 - i for i in range(8)]
            statuses = kernel.value("[o.status for o in __import__('cashet_jupyter').outcomes()]")
            assert set(statuses) <= {"hit", "miss"}


def test_a_killed_kernel_leaves_a_store_that_works(tmp_path):
    with kernel_in(tmp_path, load=True) as kernel:
        assert kernel.run("%%cashet\nkept = 1").status == "ok"
        kernel.send("%%cashet\nbig = list(range(2_000_000))")
        time.sleep(0.3)
        kernel.kill()
    with kernel_in(tmp_path, load=True) as kernel:
        assert kernel.run("%%cashet\nkept = 1").status == "ok"
        assert kernel.value("__import__('cashet_jupyter').outcomes()[-1].status") == "hit"


ATTRS = """%%cashet
import attrs
@attrs.define
class Point:
    x: int = attrs.field(converter=int, validator=attrs.validators.ge(0))
    tags: list = attrs.field(factory=list, on_setattr=attrs.setters.frozen)
@attrs.define(order=True)
class Sub(Point):
    z: float = 0.5
points = [Point('1'), Sub(2, ['t'], 3.0)]
points"""


def test_classes_whose_methods_a_library_writes_with_a_copy_of_the_namespace_come_back(tmp_path):
    """The methods that attrs writes have a copy of everything in `__main__`, the shell's own objects among it."""
    with kernel_in(tmp_path, load=True) as kernel:
        cold = kernel.run(ATTRS)
        kernel.run("%%cashet\ncount = len(points), points[0].x")
    with kernel_in(tmp_path, load=True) as kernel:
        warm = kernel.run(ATTRS)
        kernel.run("%%cashet\ncount = len(points), points[0].x")
        assert kernel.value("[o.status for o in __import__('cashet_jupyter').outcomes()]") == ["hit", "hit"]
        assert warm.text == cold.text
        assert kernel.value("points[1] == Sub(2, ['t'], 3.0), Point('7').x") == (True, 7)
        assert kernel.value("Sub(1) < Sub(2), repr(Point(3))") == (True, "Point(x=3, tags=[])")
        assert kernel.run("Point(-1)").status == kernel.run("points[0].tags = []").status == "error"
        assert kernel.value("Point.__init__.__globals__ is Point.__repr__.__globals__") is True
