"""The kernel that other tests lean on does what they believe."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernels import Kernel, kernel_in


def test_a_cell_gives_its_streams_displays_and_result_in_order(kernel: Kernel) -> None:
    result = kernel.run("print('a')\ndisplay('b')\nimport sys\nprint('c', file=sys.stderr)\n'd'")
    assert [m.type for m in result.messages] == ["stream", "display_data", "stream", "execute_result"]
    assert result.status == "ok"
    assert result.text == "a\n'b'\nc\n'd'\n"
    assert (result.stdout, result.stderr, result.error) == ("a\n", "c\n", None)


def test_an_exception_is_an_error_and_the_next_cell_runs(kernel: Kernel) -> None:
    assert kernel.run("1 / 0").error == "ZeroDivisionError: division by zero"
    assert kernel.run("x = [1, {2}]").status == "ok"
    assert kernel.value("x") == [1, {2}]


def test_a_value_leaves_no_trace_in_the_history(kernel: Kernel) -> None:
    before = kernel.run("None").count
    assert kernel.value("1 + 1") == 2
    assert kernel.run("None").count == before + 1
    with pytest.raises(AssertionError, match="NameError"):
        kernel.value("nothing_of_that_name")


def test_the_stop_button_ends_a_cell(kernel: Kernel) -> None:
    sent = kernel.send("print('started', flush=True)\nimport time\ntime.sleep(60)")
    assert next(kernel.follow(sent)).content["text"] == "started\n"
    kernel.interrupt()
    assert kernel.wait(sent).error == "KeyboardInterrupt: "


def test_a_kernel_keeps_out_of_the_users_home(kernel: Kernel, tmp_path: Path) -> None:
    kernel.run("import os, IPython.paths, jupyter_core.paths")
    paths = [
        *kernel.value("[IPython.paths.get_ipython_dir(), jupyter_core.paths.jupyter_data_dir(), os.getcwd()]"),
        *kernel.value("[os.environ['CASHET_DIR'], os.environ['CASHET_KEY_FILE']]"),
    ]
    assert all(Path(path).is_relative_to(tmp_path.resolve()) for path in paths), paths


def test_a_second_kernel_in_a_folder_starts_empty_with_the_same_store(tmp_path: Path) -> None:
    with kernel_in(tmp_path) as first:
        first.run("x = 1")
        store = first.value("__import__('os').environ['CASHET_DIR']")
    with kernel_in(tmp_path, {"EXTRA": "yes"}) as second:
        assert second.run("x").error == "NameError: name 'x' is not defined"
        assert second.value("__import__('os').environ['CASHET_DIR']") == store
        assert second.value("__import__('os').environ['EXTRA']") == "yes"
