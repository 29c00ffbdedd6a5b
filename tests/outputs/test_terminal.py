"""In an IPython shell without a kernel: a replay prints what the run printed."""

from __future__ import annotations

import io
import re
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.terminal.interactiveshell import TerminalInteractiveShell
from traitlets.config import Config

from cashet_jupyter.models import Shown
from cashet_jupyter.outputs import tape
from cashet_jupyter.outputs.record import Recorder, Recording
from cashet_jupyter.outputs.replay import replay
from tests.outputs import toy

SETUP = """
import asyncio, sys, threading, warnings
from IPython.display import HTML, clear_output, display, update_display
from IPython.utils.capture import capture_output
class Own:
    def _ipython_display_(self): print('shows itself'); display(HTML('<u>own</u>'))
class Loud:
    def __repr__(self): print('while shown'); return 'Loud()'
"""

KINDS = {
    "streams": "print('a')\nprint('e', file=sys.stderr)\nprint('b', end='')\nsys.stdout.writelines(['c', 'd\\r\\n'])",
    "displays": "print('a')\ndisplay(HTML('<b>'), [1, 2])\nh = display('v', display_id='i')\nh.update('w')\nprint('z')",
    "result": "print('a')\n{'a': 1}",
    "long-result": "list(range(100))",
    "result-with-semicolon": "print('a')\n41;",
    "no-result": "None",
    "clear": "print('a')\nclear_output()\nprint('b')\nclear_output(wait=True)",
    "captured": "with capture_output() as c:\n    print('hidden'); display(1)\nc.show()",
    "own-display": "display(Own())",
    "prints-while-displayed": "display(Loud())",
    "several-results": "get_ipython().displayhook(1)\nprint('between')\n2",
    "await": "for i in range(3):\n    await asyncio.sleep(0)\n    print(i)\ni",
    "thread": "t = threading.Thread(target=print, args=('from a thread',))\nt.start(); t.join()",
    "generator-that-prints": "def lines():\n    print('x'); yield 'y\\n'\nsys.stdout.writelines(lines())",
    "nested-cell": "r = get_ipython().run_cell('print(1)\\n2')\nprint('outer')",
    "bundle": "display({'text/plain': 'p', 'image/png': b'\\x89PNG'}, raw=True)",
}


@pytest.fixture(params=[InteractiveShell, TerminalInteractiveShell])
def shell(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    config = Config()
    config.HistoryManager.enabled = False
    config.TerminalInteractiveShell.simple_prompt = True
    InteractiveShell.clear_instance()
    # a shell puts hooks of its own there
    for owner, name in ((sys, "displayhook"), (sys, "excepthook"), (sys.modules["builtins"], "display")):
        monkeypatch.setattr(owner, name, getattr(owner, name, None), raising=False)
    shell = request.param.instance(config=config)
    toy.load(shell)
    monkeypatch.setitem(sys.modules, "toy", toy)
    shell.run_cell(SETUP)
    yield shell
    request.param.clear_instance()


def counted(text: str) -> str:
    return re.sub(r"(Out|\[)\[?\d+\]", "Out[n]", text)


def owned(shell: Any) -> list[Any]:
    return [
        sorted(vars(owner).items(), key=lambda item: item[0])
        for owner in (sys.stdout, sys.stderr, shell.display_pub, shell.displayhook)
    ]


def recorded(shell: Any, act: Any) -> Recording:
    recorder = Recorder(shell)
    recorder.start()
    act()
    return recorder.stop()


@pytest.mark.parametrize("cell", KINDS.values(), ids=KINDS)
def test_a_replay_prints_what_the_run_printed(shell: Any, capsys: pytest.CaptureFixture[str], cell: str) -> None:
    texts, unders = [], []
    for _ in range(2):
        capsys.readouterr()
        assert shell.run_cell("#keep\n" + cell, store_history=True).success
        texts.append([counted(text) for text in capsys.readouterr()])
        unders.append([shell.user_ns[name] for name in ("_", "__") if cell == KINDS["several-results"]])
    assert toy.toy.hits == 1, toy.toy.last
    assert texts[0] == texts[1]
    assert unders[0] == unders[1]


def test_the_prompt_of_a_replayed_result_is_that_of_a_run(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    value = [1, 2]
    shell.user_ns["value"] = value
    for _ in range(2):
        capsys.readouterr()
        result = shell.run_cell("#keep\nvalue", store_history=True)
        assert f"Out[{result.execution_count}]: [1, 2]" in re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
        assert shell.user_ns["Out"][result.execution_count] is shell.user_ns["_"] is value
        assert result.result is value


def test_a_display_is_recorded_once_although_a_terminal_prints_it(shell: Any) -> None:
    shown = recorded(shell, lambda: shell.display_pub.publish({"text/plain": "x"}, {"m": 1})).shown
    assert shown == (Shown("display", {"data": {"text/plain": "x"}, "metadata": {"m": 1}, "transient": {}}),)


def test_bytes_stay_bytes(shell: Any) -> None:
    data = {"image/png": b"\x89PNG", "text/plain": "x"}
    (shown,) = recorded(shell, lambda: shell.display_pub.publish(data)).shown
    assert shown.content["data"] == data


def test_text_is_recorded_in_the_order_of_the_calls_in_pieces_that_are_joined(shell: Any) -> None:
    def act() -> None:
        for name in ("stdout", "stdout", "stderr", "stdout"):
            getattr(sys, name).write(f"{name} \r")

    shown = recorded(shell, act).shown
    assert [(entry.content["name"], entry.content["text"]) for entry in shown] == [
        ("stdout", "stdout \rstdout \r"),
        ("stderr", "stderr \r"),
        ("stdout", "stdout \r"),
    ]


def test_every_attribute_is_as_before_also_when_two_recorders_overlap(shell: Any) -> None:
    before = owned(shell)
    callbacks = {event: list(calls) for event, calls in shell.events.callbacks.items()}
    first, second = Recorder(shell), Recorder(shell)
    first.start()
    second.start()
    print("both")
    first.stop()
    print("second")
    second.stop()
    print("none")
    assert owned(shell) == before
    assert shell.events.callbacks == callbacks
    assert [entry.content["text"] for entry in first.stop().shown] == ["both\n"]
    assert [entry.content["text"] for entry in second.stop().shown] == ["both\nsecond\n"]


def test_a_patch_on_top_survives_and_is_called_through(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    recorder = Recorder(shell)
    recorder.start()
    below = sys.stdout.write
    sys.stdout.write = lambda text: below(text.upper())  # type: ignore[method-assign]
    print("loud")
    assert [entry.content["text"] for entry in recorder.stop().shown] == ["LOUD\n"]
    print("still")
    del sys.stdout.write
    print("quiet")
    assert capsys.readouterr().out == "LOUD\nSTILL\nquiet\n"


def test_stop_is_idempotent_and_without_start_it_is_empty(shell: Any) -> None:
    assert Recorder(shell).stop() == Recording()
    recorder = Recorder(shell)
    recorder.start()
    print("x")
    recording = recorder.stop()
    print("y")
    assert recorder.stop() is recording
    assert len(recording.shown) == 1


def test_the_body_of_a_cell_ends_before_callbacks_of_others(shell: Any) -> None:
    def hook() -> None:
        print("not of the cell")

    shell.events.callbacks["post_execute"].insert(0, hook)
    shell.run_cell("#keep\nprint('of the cell')", store_history=True)
    shell.events.unregister("post_execute", hook)
    assert [entry.content["text"] for entry in toy.toy.last.shown] == ["of the cell\n"]


def test_cells_that_the_body_runs_and_cells_of_other_threads_do_not_end_it(shell: Any) -> None:
    recorder = Recorder(shell)
    recorder.start()
    shell.events.trigger("pre_execute")
    shell.events.trigger("post_execute")
    worker = threading.Thread(target=shell.events.trigger, args=("post_execute",))
    worker.start()
    worker.join()
    assert not recorder.over
    print("still the body")
    shell.events.trigger("post_execute")
    assert recorder.over
    assert len(recorder.stop().shown) == 1


def test_too_much_text_is_let_go_and_the_recording_refused(
    shell: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tape, "LIMIT", 1 << 20)
    recording = recorded(shell, lambda: [print("x" * 1000) for _ in range(2000)])
    assert recording.dropped
    assert recording.shown == ()
    assert "1 MB" in recording.refused
    assert len(capsys.readouterr().out) == 2000 * 1001


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"application/json": {"n": 2**64}}, "64 bits"),
        ({"text/plain": object()}, "object"),
        ({"application/json": {1.5: 1}}, "key of type float"),
        ({"application/json": {"1": 1, 1: 2}}, "two keys"),
        ({"text/html": "\ud800"}, "Unicode"),
        ({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}, "live widget"),
    ],
)
def test_a_display_that_cannot_be_kept_is_refused(shell: Any, data: dict[str, Any], why: str) -> None:
    assert why in recorded(shell, lambda: shell.display_pub.publish(data)).refused


def test_text_that_is_no_unicode_is_refused(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert "Unicode" in recorded(shell, lambda: print("\udce9")).refused


def test_data_that_holds_itself_is_refused_and_shown(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    data: dict[str, Any] = {"text/plain": "seen"}
    data["application/json"] = {"itself": data}
    assert "RecursionError" in recorded(shell, lambda: shell.display_pub.publish(data)).refused
    assert capsys.readouterr().out == "seen\n"


def test_a_display_that_fails_is_not_recorded(shell: Any) -> None:
    def act() -> None:
        with pytest.raises(TypeError):
            shell.display_pub.publish(None)

    assert recorded(shell, act) == Recording()


def test_asking_for_input_is_refused(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("answer\n"))
    assert "input" in recorded(shell, lambda: __builtins__["input"]("?")).refused


def test_a_shown_error_is_refused(shell: Any) -> None:
    def act() -> None:
        try:
            _ = 1 / 0
        except ZeroDivisionError:
            shell.showtraceback()

    assert "error" in recorded(shell, act).refused


def test_a_stream_that_cannot_be_watched_is_refused_and_still_written(
    shell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Closed:
        __slots__ = ("text",)

        def __init__(self) -> None:
            self.text = ""

        def write(self, text: str) -> int:
            self.text += text
            return len(text)

        def flush(self) -> None:
            pass

    stream = Closed()
    monkeypatch.setattr(sys, "stdout", stream)
    recording = recorded(shell, lambda: print("x"))
    assert "Closed" in recording.refused
    assert stream.text == "x\n"


def test_a_recorder_that_fails_never_breaks_the_cell(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape.Tape, "close", lambda self: ())
    monkeypatch.setattr("cashet_jupyter.outputs.record.drain", lambda streams: 1 / 0)
    before = owned(shell)
    recording = recorded(shell, lambda: print("x"))
    assert "ZeroDivisionError" in recording.refused
    assert owned(shell) == before


def test_an_interrupt_while_the_recording_ends_puts_everything_back(
    shell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(streams: object) -> bool:
        raise KeyboardInterrupt

    before = owned(shell)
    recorder = Recorder(shell)
    recorder.start()
    monkeypatch.setattr("cashet_jupyter.outputs.record.drain", interrupt)
    with pytest.raises(KeyboardInterrupt):
        recorder.stop()
    assert owned(shell) == before
    assert "interrupted" in recorder.stop().refused


def test_many_updates_of_a_display_leave_the_last_one(shell: Any) -> None:
    def act() -> None:
        shell.display_pub.publish({"text/plain": "0"}, transient={"display_id": "a"})
        for number in range(3000):
            print(".", end="")
            shell.display_pub.publish({"text/plain": str(number)}, transient={"display_id": "a"}, update=True)

    shown = recorded(shell, act).shown
    assert [entry.kind for entry in shown] == ["display", "stream", "update"]
    assert shown[1].content["text"] == "." * 3000
    assert shown[2].content["data"] == {"text/plain": "2999"}


def test_threads_that_write_at_once_lose_nothing(shell: Any) -> None:
    def act() -> None:
        workers = [
            threading.Thread(target=lambda n=n: [sys.stdout.write(f"{n}") for _ in range(500)]) for n in range(8)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    text = "".join(entry.content["text"] for entry in recorded(shell, act).shown)
    assert sorted(text) == sorted("01234567" * 500)


def test_a_result_whose_object_is_not_given_leaves_the_shell_alone(
    shell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.user_ns["before"] = "untouched"
    shell.run_cell("before", store_history=True)
    capsys.readouterr()
    replay([Shown("result", {"data": {"text/plain": "shown"}, "metadata": {}})], shell)
    assert "shown" in capsys.readouterr().out
    assert shell.user_ns["_"] == "untouched"


def test_what_is_replayed_can_be_replayed_again(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shown = recorded(shell, lambda: (print("x"), shell.display_pub.publish({"text/plain": "y"}))).shown
    replayed = recorded(shell, lambda: replay(shown, shell)).shown
    assert replayed == shown
