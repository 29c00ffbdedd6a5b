"""Write-behind in a real kernel: the prompt is back before the result is stored, and nothing can change it meanwhile."""

from __future__ import annotations

import itertools
import re
import time
import warnings

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tests.kernels import environment, kernel_in

#: a big result, which is written behind; as bytearray, since a kernel without numpy starts sooner
BIG = 20 << 20
#: how a test holds the writer up until the file `go` is there, and lets it fail where there is one called `fail`
SLOW = """
import os, time
from cashet_jupyter.store.door import door
from cashet_jupyter.store.store import Store
real_put = Store.put
def put(self, commit, payload, *, stop, **options):
    open('writing', 'w').close()
    while not os.path.exists('go') and not stop():
        time.sleep(0.01)
    if os.path.exists('fail'):
        raise OSError(28, 'No space left on device')
    return real_put(self, commit, payload, stop=stop, **options)
Store.put = door(put)
"""
OUTCOME = "[(o.status, o.stored, o.not_stored) for o in __import__('cashet_jupyter').outcomes()][-1]"
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("behind")


@pytest.fixture(scope="module")
def shared(folder):
    with kernel_in(folder, load=True) as kernel:
        assert kernel.run(SLOW).status == "ok"
        yield kernel


@pytest.fixture
def kernel(shared, folder):
    """The kernel, with the writer held up."""
    for name in ("go", "fail", "ran", "writing"):
        (folder / name).unlink(missing_ok=True)
    yield shared
    go(folder)
    (folder / "fail").unlink(missing_ok=True)
    shared.run("pass")


def go(folder):
    (folder / "go").touch()


def store_one(kernel):
    """Run a cell with a big result; its number and what came of it."""
    number = next(numbers)
    return number, kernel.run(source(number))


def source(number):
    return f"%%cashet\na = bytearray(b'{number % 10}') * {BIG}\nnumber = {number}"


def fresh(folder, expression, *cells):
    """The value of an expression in another kernel, after cells that must be hits."""
    with kernel_in(folder, load=True) as kernel:
        for cell in cells:
            kernel.run(cell)
            assert kernel.value(OUTCOME)[0] == "hit"
        return kernel.value(expression)


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_prompt_is_back_before_the_result_is_stored(kernel, folder):
    number, ran = store_one(kernel)  # this returns with the writer held up
    assert ran.status == "ok"
    until((folder / "writing").exists)
    assert ran.badge.startswith("cashet storing 21 MB - took ")
    go(folder)
    assert kernel.value(OUTCOME) == ("miss", True, "")
    assert kernel.run(source(number)).badge.startswith("cashet ")
    assert kernel.value(OUTCOME)[0] == "hit"


def test_a_small_result_is_stored_at_once(kernel, folder):
    go(folder)
    ran = kernel.run("%%cashet\nsmall = bytes(1000)")
    assert "storing" not in ran.badge
    assert len(ran.badges) == 1


def test_the_next_cell_cannot_change_what_is_stored(kernel, folder):
    number, _ = store_one(kernel)
    sent = kernel.send("a[:] = bytes(len(a))\nopen('ran', 'w').close()")
    time.sleep(0.3)
    assert not (folder / "ran").exists()
    go(folder)
    assert kernel.wait(sent).status == "ok"
    assert kernel.value("bytes(a[:3])") == b"\0\0\0"
    expected = str(number % 10).encode() * BIG
    assert fresh(folder, f"(number, a == {expected[:1]!r} * {BIG})", source(number)) == (number, True)


@pytest.mark.parametrize("silent", ["code", "expression"])
def test_silent_requests_wait_too(kernel, folder, silent):
    store_one(kernel)
    change = "[a.__setitem__(slice(None), bytes(len(a))), open('ran', 'w').close()]"
    if silent == "code":
        sent = kernel.send(change, silent=True)
    else:
        sent = kernel.send("", silent=True, user_expressions={"x": change})
    time.sleep(0.3)
    assert not (folder / "ran").exists()
    go(folder)
    kernel.wait(sent)
    assert (folder / "ran").exists()
    assert kernel.value(OUTCOME)[:2] == ("miss", True)


def test_messages_of_widgets_wait_too(kernel, folder):
    go(folder)
    kernel.run(
        "from comm import create_comm\n"
        "c = create_comm(target_name='test', comm_id='one')\n"
        "def changed(message):\n    a[:] = bytes(len(a))\n    open('ran', 'w').close()\n"
        "c.on_msg(changed)"
    )
    (folder / "go").unlink()
    number, ran = store_one(kernel)
    assert "storing" in ran.badge
    client = kernel._client
    client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": "one", "data": {}}))
    time.sleep(0.3)
    assert not (folder / "ran").exists()
    go(folder)
    until((folder / "ran").exists)
    assert fresh(folder, "a[:1].decode()", source(number)) == str(number % 10)
    assert kernel.value("bytes(a[:1])") == b"\0"


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (
            "import threading\nflag = threading.Event()\nt = threading.Thread(target=flag.wait)\nt.start()",
            "flag.set(); t.join()",
        ),
        ("import threading\nt = threading.Timer(600, print)\nt.start()", "t.cancel()\nt.join()"),
        ("import asyncio\nt = asyncio.get_running_loop().create_task(asyncio.sleep(600))", "t.cancel()"),
        ("import asyncio\nt = asyncio.get_running_loop().call_later(600, print)", "t.cancel()"),
        (
            "import tornado.ioloop\nt = tornado.ioloop.PeriodicCallback(lambda: None, 600_000)\nt.start()",
            "t.stop()",
        ),
        (
            "import asyncio, socket\nl, r = socket.socketpair()\nloop = asyncio.get_running_loop()\nloop.add_reader(l, print)",
            "loop.remove_reader(l)",
        ),
        (
            "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: None)",
            "signal.signal(signal.SIGUSR1, signal.SIG_DFL)",
        ),
        ("import signal\nsignal.setitimer(signal.ITIMER_REAL, 600)", "signal.setitimer(signal.ITIMER_REAL, 0)"),
        (
            "def hook(result): pass\nget_ipython().events.register('post_run_cell', hook)",
            "get_ipython().events.unregister('post_run_cell', hook)",
        ),
        (
            "import _thread, time\nlast = time.time() + 1\ndef spin():\n    while time.time() < last + 3600 and not stop: time.sleep(0.01)\nstop = []\n_thread.start_new_thread(spin, ())",
            "stop.append(1)\nimport time\ntime.sleep(0.1)",
        ),
    ],
    ids=["thread", "thread timer", "task", "timer", "tornado", "reader", "signal", "itimer", "callback", "raw thread"],
)
def test_with_something_of_the_users_running_it_is_stored_before_the_prompt(kernel, folder, begin, end):
    go(folder)
    assert kernel.run(begin).error is None
    _, ran = store_one(kernel)
    assert kernel.run(end).error is None
    assert "storing" not in ran.badge
    assert len(ran.badges) == 1
    _, ran = store_one(kernel)
    assert "storing" in ran.badge


def test_a_cell_that_is_run_by_code_is_stored_before_that_goes_on(kernel, folder):
    go(folder)
    number = next(numbers)
    cell = source(number)
    for outer in (f"get_ipython().run_cell({cell!r})", f"%%capture\n{cell}"):
        ran = kernel.run(outer.replace("number =", "number = 1 +"))
        assert "storing" not in ran.badge
    sent = kernel.send(f"get_ipython().run_cell({source(next(numbers))!r})\na[:] = bytes(len(a))", silent=True)
    ran = kernel.wait(sent)
    assert "storing" not in ran.badge
    assert fresh(folder, "a[:1] != b'\\0'", source(number + 1)) is True


def test_the_stop_button_gives_up_what_is_waited_for(kernel, folder):
    number, _ = store_one(kernel)
    sent = kernel.send("open('ran', 'w').close()")
    time.sleep(0.5)
    kernel.interrupt()
    ran = kernel.wait(sent)
    assert ran.error.startswith("KeyboardInterrupt")
    assert not (folder / "ran").exists()
    assert ran.badge.count("was not stored") == 1
    go(folder)
    assert kernel.value(OUTCOME) == ("miss", False, "it was interrupted")
    assert kernel.run("1 + 1").badge == ""
    kernel.run(source(number))
    assert kernel.value(OUTCOME)[:2] == ("miss", True)


def test_the_stop_button_is_heard_by_an_asynchronous_cell(kernel, folder):
    store_one(kernel)
    sent = kernel.send("import asyncio\nopen('ran', 'w').close()\nawait asyncio.sleep(0)")
    time.sleep(0.5)
    kernel.interrupt()
    assert kernel.wait(sent).status == "error"
    assert not (folder / "ran").exists()
    go(folder)
    assert kernel.value(OUTCOME)[:2] == ("miss", False)


def test_a_cached_cell_that_is_interrupted_there_has_failed(kernel, folder):
    store_one(kernel)
    sent = kernel.send("%%cashet\nb = 1")
    time.sleep(0.5)
    kernel.interrupt()
    assert kernel.wait(sent).error.startswith("KeyboardInterrupt")
    go(folder)
    outcomes = "[(o.status, o.reason) for o in __import__('cashet_jupyter').outcomes()]"
    assert kernel.value(outcomes)[-1] == ("failed", "KeyboardInterrupt")
    assert kernel.run("%%cashet\nb = 1").status == "ok"


def test_a_full_disk_is_said_once_and_the_cells_are_fine(kernel, folder):
    (folder / "fail").touch()
    go(folder)
    number, ran = store_one(kernel)
    assert ran.status == "ok"
    after = kernel.run("len(a)")
    said = [m for m in after.badges if m.type == "display_data"]
    assert len(said) == 1
    assert "was not stored" in said[0].content["data"]["text/plain"]
    assert "the disk is full" in said[0].content["data"]["text/plain"]
    again = [m for m in after.badges if m.type == "update_display_data"]
    assert len(again) == 1
    assert kernel.run("len(a)").badges == ()
    assert kernel.value(OUTCOME)[:2] == ("miss", False)
    (folder / "fail").unlink()
    kernel.run(source(number))
    assert kernel.value(OUTCOME)[:2] == ("miss", True)


def test_the_line_under_the_cell_changes_when_the_result_is_stored(kernel, folder):
    number, ran = store_one(kernel)
    (shown,) = ran.badges
    go(folder)
    after = kernel.run("pass")
    *_, update = after.badges
    assert update.type == "update_display_data"
    assert update.content["transient"] == shown.content["transient"]
    hit = kernel.run(source(number))
    assert hit.badge == update.content["data"]["text/plain"]


def test_waiting_long_is_said_and_taken_back(kernel, folder):
    store_one(kernel)
    sent = kernel.send("print('there')")
    time.sleep(1.6)
    go(folder)
    ran = kernel.wait(sent)
    assert ran.messages[0].content["data"]["text/plain"] == "cashet: storing the result of the cell before: 21 MB, 0:01"
    types = [m.type for m in ran.messages]
    assert types.index("clear_output") < types.index("stream")


def test_commands_see_what_is_being_stored(kernel, folder):
    number, _ = store_one(kernel)
    sent = kernel.send("%cashet_show a")
    time.sleep(0.3)
    go(folder)
    assert f"number = {number}" in kernel.wait(sent).text


def test_a_fork_waits(kernel, folder):
    go(folder)
    store_one(kernel)
    assert (
        kernel.run("import os\npid = os.fork()\nif not pid: os._exit(0)\nos.waitpid(pid, 0)[1]").text.split()[-1] == "0"
    )
    assert kernel.value(OUTCOME)[:2] == ("miss", True)


def test_nothing_remains_in_the_kernel_once_it_is_stored(kernel, folder):
    before = "sorted((k, v.__qualname__) for k, v in get_ipython().kernel.shell_handlers.items())"
    go(folder)
    known = kernel.value(before)
    store_one(kernel)
    assert kernel.value(before) == known


@pytest.mark.parametrize("way", ["shutdown", "quit"])
def test_a_kernel_that_ends_stores_it_first(tmp_path, way):
    with kernel_in(tmp_path, load=True) as kernel:
        _, ran = store_one(kernel)
        number = next(numbers) - 1
        assert "storing" in ran.badge
        if way == "shutdown":
            kernel._manager.shutdown_kernel()
        else:
            kernel.send("quit")
            until(lambda: not kernel._manager.is_alive())
    assert fresh(tmp_path, "number", source(number)) == number


def test_a_kernel_that_is_killed_loses_that_result_only(tmp_path):
    with kernel_in(tmp_path, load=True) as kernel:
        kernel.run("%%cashet\nfirst = 1")
        kernel.run(SLOW)
        _, ran = store_one(kernel)
        number = next(numbers) - 1
        assert "storing" in ran.badge
        kernel.kill()
    assert fresh(tmp_path, "first", "%%cashet\nfirst = 1") == 1
    (tmp_path / "go").touch()
    with kernel_in(tmp_path, load=True) as kernel:
        kernel.run(source(number))
        assert kernel.value(OUTCOME)[0] == "miss"
    assert list((tmp_path / ".home" / ".cashet" / "tmp").iterdir()) == []


def test_unloading_waits(tmp_path):
    with kernel_in(tmp_path, load=True) as kernel:
        number = next(numbers)
        kernel.run(source(number))
        assert kernel.run("%unload_ext cashet_jupyter").error is None
        assert kernel.run("%load_ext cashet_jupyter").error is None
        kernel.run(source(number))
        assert kernel.value(OUTCOME)[0] == "hit"


def test_a_notebook_that_is_run_as_a_whole_has_the_final_line(tmp_path, monkeypatch):
    for name, value in environment(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    cells = ["%load_ext cashet_jupyter", source(next(numbers)), "len(a)"]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (line,) = notebook.cells[1].outputs
    assert re.fullmatch(r"cashet [0-9a-f]{6} - took .*", line.data["text/plain"])
    assert [output.data["text/plain"] for output in notebook.cells[2].outputs] == [str(BIG)]
