"""In a real kernel: what a replay sends is what the run sent."""

from __future__ import annotations

import queue
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.cases.outputs import COMMON, OUTPUTS, Output
from tests.cases.source import code, installed
from tests.kernels import Kernel, Result, kernel_in
from tests.outputs.kinds import KINDS, REFUSED, SETUP

SOURCE = Path(__file__).with_name("toy.py").read_text()
LOAD = f"""
import sys, types
sys.modules['toy'] = types.ModuleType('toy')
exec({SOURCE!r}, vars(sys.modules['toy']))
sys.modules['toy'].load(get_ipython())
"""
TOY = "__import__('sys').modules['toy'].toy"
FIGURES = "%matplotlib inline\nimport matplotlib.pyplot as plt"

#: every attribute that a recording replaces, and whether its owner has it of its own
PATCHED = """(
    'send_multipart' in vars(get_ipython().display_pub.pub_socket.io_thread),
    [name for stream in (sys.stdout, sys.stderr) for name in ('write', 'writelines') if name in vars(stream)],
    [name for name in ('publish', 'clear_output') if name in vars(get_ipython().display_pub)],
    [name for name in vars(get_ipython().displayhook) if name.startswith(('update', 'write'))],
    [name for name in vars(get_ipython().kernel) if name == '_input_request'],
    'write_payload' in vars(get_ipython().payload_manager),
    __import__('builtins').input.__qualname__,
    {event: len(calls) for event, calls in get_ipython().events.callbacks.items()},
)"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            # ipykernel does not watch descriptors where it sees this one
            patch.delenv("PYTEST_CURRENT_TEST")
            kernel = stack.enter_context(kernel_in(tmp_path_factory.mktemp("kernel")))
        for cell in (LOAD, COMMON, SETUP, FIGURES, "import ipywidgets\nold_widget = ipywidgets.IntSlider()"):
            ran = kernel.run(cell)
            assert ran.status == "ok", ran.error
        yield kernel


@pytest.fixture(scope="module")
def arrived(kernel: Kernel) -> dict[str, list[str]]:
    """Id of a request -> types of all that came of it, also after idle."""
    log: dict[str, list[str]] = defaultdict(list)
    receive = kernel._client.get_iopub_msg

    def logging(timeout: float) -> Any:
        message = receive(timeout=timeout)
        log[message["parent_header"]["msg_id"]].append(message["msg_type"])
        return message

    kernel._client.get_iopub_msg = logging  # type: ignore[method-assign]
    return log


def ok(kernel: Kernel, cell: str) -> Result:
    """Run a cell that must not fail."""
    result = kernel.run(code(cell))
    assert result.status == "ok", result.error
    return result


def normal(result: Result) -> list[tuple[str, dict[str, Any]]]:
    """The messages, without execution counts and where text is cut."""
    out: list[tuple[str, dict[str, Any]]] = []
    for message in result.messages:
        content = {key: value for key, value in message.content.items() if key != "execution_count"}
        if message.type == "error":
            del content["traceback"]  # it names the execution count
        last = out[-1] if out else ("", {})
        if message.type == last[0] == "stream" and content["name"] == last[1]["name"]:
            last[1]["text"] += content["text"]
        else:
            out.append((message.type, content))
    return out


@pytest.mark.parametrize("output", [*OUTPUTS, *KINDS], ids=lambda output: output.id)
def test_a_replay_sends_what_the_run_sent(kernel: Kernel, arrived: dict[str, list[str]], output: Output) -> None:
    if not installed(output.needs):
        pytest.skip(f"needs {output.needs}")
    before = kernel.value(PATCHED)
    cell = "#keep\n" + output.cell
    kernel.run(output.setup)
    run = kernel.run(cell)
    probe, hits = kernel.value(output.probe), kernel.value(f"{TOY}.hits")
    assert kernel.value(PATCHED) == before
    kernel.run(output.setup)
    again = kernel.run(cell)
    assert run.error == again.error
    assert output.raises or run.error is None, run.error
    assert normal(again) == normal(run)
    assert kernel.value(f"{TOY}.hits") == hits + (not output.raises), kernel.value(f"{TOY}.last.refused")
    assert run.status == again.status == ("error" if output.raises else "ok")
    assert kernel.value(output.probe) == probe
    assert kernel.value(PATCHED) == before


def test_nothing_comes_later_than_idle(kernel: Kernel, arrived: dict[str, list[str]]) -> None:
    kernel.run("#keep\nprint('x')\ndisplay(1)")
    kernel.run("#keep\nprint('x')\ndisplay(1)")
    with suppress(queue.Empty):
        while True:
            kernel._client.get_iopub_msg(timeout=0.3)
    assert len(arrived) >= 2
    assert {kinds[-1] for kinds in arrived.values()} == {"status"}


@pytest.mark.parametrize(("cell", "why"), [entry[1:] for entry in REFUSED], ids=[entry[0] for entry in REFUSED])
def test_what_cannot_be_shown_again_is_refused_and_runs(kernel: Kernel, cell: str, why: str) -> None:
    run = kernel.run("#keep\n" + cell)
    assert run.status == "ok", run.error
    assert why in kernel.value(f"{TOY}.last.refused")


def test_output_streams_while_the_cell_runs(kernel: Kernel) -> None:
    cell = "#keep\nprint('early'); display('first')\ntime.sleep(1)\nprint('late')"
    sent = time.monotonic()
    arrived = {
        message.content.get("text", message.type): time.monotonic() - sent
        for message in kernel.follow(kernel.send(cell))
    }
    assert arrived["late\n"] - arrived["early\n"] > 0.3
    assert arrived["late\n"] - arrived["display_data"] > 0.3


def test_a_result_is_the_restored_object_itself(kernel: Kernel) -> None:
    cell = "#keep\n[1, 2]"
    ok(kernel, cell)
    again = ok(kernel, cell)
    assert again.messages[-1].content["execution_count"] == again.count
    count = again.count
    assert kernel.value(f"Out[{count}] is _ is _{count} is {TOY}.known[{cell!r}][1].result[0]")


def test_a_task_that_an_earlier_cell_left_is_not_recorded(kernel: Kernel) -> None:
    ok(
        kernel,
        """
        async def chatter():
            for _ in range(40):
                await asyncio.sleep(0.01)
                print('chatter'); display('chatter')
        task = asyncio.ensure_future(chatter())
    """,
    )
    run = ok(kernel, "#keep\nawait asyncio.sleep(0.2)\nprint('mine')")
    shown = kernel.value(f"[dict(shown.content) for shown in {TOY}.last.shown]")
    ok(kernel, "await task")
    # an older ipykernel shows the displays of such a task in the cell that runs
    assert shown == [content for _, content in normal(run)]
    assert "chatter" not in run.stdout
    assert shown[-1] == {"name": "stdout", "text": "mine\n"}


def test_text_that_c_kept_back_from_an_earlier_cell_is_not_recorded(kernel: Kernel) -> None:
    ok(kernel, "libc = ctypes.CDLL(None)\nlibc.puts(b'of the earlier cell')")
    ok(kernel, "#keep\nprint('of this cell')")
    shown = kernel.value(f"[dict(shown.content) for shown in {TOY}.last.shown]")
    assert shown == [{"name": "stdout", "text": "of this cell\n"}]


def test_callbacks_of_other_extensions_are_not_recorded(kernel: Kernel) -> None:
    ok(
        kernel,
        """
        def hook(*_): print('other extension')
        get_ipython().events.callbacks['post_execute'].insert(0, hook)
        get_ipython().events.register('post_run_cell', hook)
    """,
    )
    cell = "#keep\nplt.plot([1]); print('body')"
    runs = [ok(kernel, cell), ok(kernel, cell)]
    ok(kernel, "for event in ('post_execute', 'post_run_cell'): get_ipython().events.unregister(event, hook)")
    texts = [[m.content.get("text", m.type) for m in run.messages] for run in runs]
    assert "".join(texts[0]) == "".join(texts[1]) == "body\ndisplay_data" + "other extension\n" * 2


def test_a_figure_that_is_drawn_while_a_hit_is_restored_is_shown_once(kernel: Kernel) -> None:
    cell = "#keep\nplt.plot([4, 2]);"
    ok(kernel, cell)
    ok(kernel, f"old_hit = {TOY}.hit\n{TOY}.hit = lambda: (plt.figure(), old_hit()) and None")
    again = ok(kernel, cell)
    ok(kernel, f"{TOY}.hit = old_hit\nplt.close('all')")
    assert [message.type for message in again.messages] == ["display_data"]


def test_a_stream_that_a_wrapper_holds_is_recorded(kernel: Kernel) -> None:
    ok(
        kernel,
        """
        class Tee:
            def __init__(self, *streams): self.streams = streams
            def write(self, text): return [stream.write(text) for stream in self.streams][0]
            def flush(self): pass
            def __getattr__(self, name): return getattr(self.streams[0], name)
        plain, sys.stdout = sys.stdout, Tee(sys.stdout, io.StringIO())
    """,
    )
    runs = [ok(kernel, "#keep\nprint('through a tee')\nprint('x', file=sys.stderr)") for _ in range(2)]
    ok(kernel, "sys.stdout = plain")
    assert normal(runs[0]) == normal(runs[1])
    assert kernel.value(f"{TOY}.last.refused") == ""
    assert runs[1].stdout == "through a tee\n"


def test_a_stream_that_nothing_is_known_of_is_refused(kernel: Kernel) -> None:
    ok(kernel, "plain, sys.stdout = sys.stdout, io.StringIO()")
    ok(kernel, "#keep\nprint('where does it go')")
    ok(kernel, "sys.stdout = plain")
    assert "StringIO" in kernel.value(f"{TOY}.last.refused")


def test_an_attribute_that_a_cell_patches_for_good_stays_patched(kernel: Kernel) -> None:
    cell = "#keep\n" + code("""
        thread = get_ipython().display_pub.pub_socket.io_thread
        below = thread.send_multipart
        thread.send_multipart = mine = lambda *a, **k: below(*a, **k)
        print('patched')
    """)
    assert ok(kernel, cell).stdout == "patched\n"
    assert kernel.value("thread.send_multipart is mine")
    run = ok(kernel, "#keep\nprint('still recorded')")
    assert run.stdout == "still recorded\n"
    assert kernel.value(f"[dict(shown.content) for shown in {TOY}.last.shown]")[0]["text"] == "still recorded\n"
    ok(kernel, "del thread.send_multipart")
    assert ok(kernel, "#keep\nprint('and again')").stdout == "and again\n"


def test_an_interrupted_cell_leaves_nothing_patched(kernel: Kernel) -> None:
    before = kernel.value(PATCHED)
    sent = kernel.send("#keep\nprint('go', flush=True)\ntime.sleep(30)")
    for message in kernel.follow(sent):
        if message.type == "stream":
            kernel.interrupt()
    assert kernel._reply(sent, 10)["ename"] == "KeyboardInterrupt"
    assert kernel.value(PATCHED) == before


def test_a_recording_costs_milliseconds(kernel: Kernel) -> None:
    ok(
        kernel,
        """
        from cashet_jupyter.outputs.record import Recorder
        def cost():
            started = time.perf_counter()
            recorder = Recorder(get_ipython())
            recorder.start(); recorder.stop()
            return time.perf_counter() - started
    """,
    )
    assert min(kernel.value("[cost() for _ in range(9)]")) < 0.05
