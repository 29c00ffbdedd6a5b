"""Functions of a notebook, in a real kernel."""

from __future__ import annotations

DEFINE = """
from cashet_jupyter import Client
client = Client()
import time
from dataclasses import dataclass

@dataclass
class Point:
    x: int

RATE = 2

def scale(x):
    return Point(x * RATE)
"""


def test_after_a_restart_a_function_of_a_cell_is_a_hit_and_its_result_is_of_the_notebook_s_class(new_kernel):
    first = new_kernel()
    first.run(DEFINE)
    first.run("ref = client.submit(scale, 3)")
    run = first.value("ref.commit_hash")
    assert first.value("ref.load() == Point(6) and 'def scale' in client.show(ref.commit_hash).task_def.func_source")
    first.close()
    second = new_kernel()
    second.run("# another line in front\n" + DEFINE)
    second.run("ref = client.submit(scale, 3)")
    assert second.value("ref.commit_hash") == run
    assert second.value("ref.load() == Point(6)")
    second.run("RATE = 5")
    assert second.value("client.submit(scale, 3).load().x") == 15


def test_in_a_notebook_a_coroutine_function_runs_beside_its_loop(kernel):
    kernel.run("import asyncio\nfrom cashet_jupyter import Client\nclient = Client()")
    kernel.run("async def double(x):\n    await asyncio.sleep(0)\n    return 2 * x")
    assert kernel.value("client.submit(double, 4).load()") == 8


def test_a_cached_cell_may_submit_and_depends_on_what_the_function_read(new_kernel, tmp_path):
    (tmp_path / "data.txt").write_text("1")
    kernel = new_kernel(load=True)
    kernel.run("from cashet_jupyter import Client, outcomes\nclient = Client()")
    kernel.run("def read(path):\n    with open(path) as file:\n        return int(file.read())")
    cell = "%%cashet\nvalue = client.submit(read, 'data.txt').load() + 1"
    for text, expected in (("1", "miss"), ("1", "hit"), ("20", "miss")):
        (tmp_path / "data.txt").write_text(text)
        kernel.run(cell)
        assert kernel.value("value") == int(text) + 1
        assert kernel.value("outcomes()[-1].status") == expected, kernel.value("outcomes()[-1]")


def test_a_warning_is_one_line_at_the_call(kernel):
    kernel.run(
        "from cashet_jupyter import Client\nclient = Client()\nimport time\ndef clock():\n    return time.time()"
    )
    result = kernel.run("ref = client.submit(clock)")
    text = "".join(message.content["text"] for message in result.messages if message.type == "stream")
    assert "NotCachedWarning: clock: the result is not cached" in text
    assert "allow='clock'" in text
