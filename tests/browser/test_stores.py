"""Which store is meant: the nearest one, or that which the kernel has chosen."""

from __future__ import annotations

import pytest

from tests.browser.cells import CELLS, LOAD
from tests.browser.host import BARE


def test_a_store_that_the_kernel_has_chosen_outside_of_what_the_server_serves(lab, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "store"
    lab.write(
        "chosen/chosen.ipynb", f"import os\nos.environ['CASHET_DIR'] = {str(elsewhere)!r}", LOAD, "%%cashet\na = 1"
    )
    lab.open("chosen/chosen.ipynb")
    lab.show_history()
    lab.run(0, 1, 2)
    lab.line("took")
    lab.total(1)
    assert elsewhere.is_dir()


def test_each_notebook_shows_its_own_store(lab):
    lab.write("first/first.ipynb", LOAD, "%%cashet\nmine = 1")
    lab.write("second/second.ipynb", LOAD, "%%cashet\nyours = 1", "%%cashet\ntheirs = 2")
    lab.open("first/first.ipynb")
    lab.show_history()
    lab.run(0, 1)
    lab.total(1)
    lab.open_beside("second/second.ipynb")
    lab.run(0, 1, 2)
    lab.total(2)
    lab.rows("yours = 1").wait_for()
    assert lab.rows("mine = 1").count() == 0
    lab.open_beside("first/first.ipynb", kernel=False)
    lab.rows("mine = 1").wait_for()
    lab.total(1)


def test_a_notebook_shows_the_store_above_it(lab):
    lab.write("above/top.ipynb", *CELLS[:2])
    lab.open("above/top.ipynb")
    lab.show_history()
    lab.run(0, 1)
    lab.total(1)
    lab.write("above/below/low.ipynb", "x = 1", kernel=BARE)
    lab.open("above/below/low.ipynb", kernel=False)
    lab.show_history()
    lab.total(1)


@pytest.mark.parametrize("order", ["server first", "kernel first"])
def test_a_store_that_appears_later_is_seen(lab, order):
    name = f"later-{order.split()[0]}/later.ipynb"
    lab.write(name, LOAD, "%%cashet\na = 1")
    lab.open(name)
    if order == "server first":
        panel = lab.show_history()
        panel.get_by_text("Nothing is stored yet").wait_for()
    lab.run(0, 1)
    lab.show_history()
    lab.line("took")
    lab.total(1)
