"""What takes space, and how it is had again: looked at first, then removed."""

from __future__ import annotations

from tests.browser.cells import CELLS, LOAD

BIG = "%%cashet\nbig = bytes(range(256)) * 8000"


def test_it_is_told_by_notebook_and_cell(lab):
    lab.write("space/space.ipynb", *CELLS, BIG)
    lab.open("space/space.ipynb")
    panel = lab.show_history()
    lab.run(0, 1, 2, 4)
    lab.total(3)
    lab.show_history("Storage")
    lab.rows("space.ipynb").wait_for()
    lab.rows("big = bytes", level=2).wait_for()
    lab.shot("storage")
    cells = lab.rows(level=2)
    assert "big = bytes" in cells.first.inner_text()  # the biggest first
    lab.rows("space.ipynb").click()
    lab.rows("big = bytes", level=2).wait_for(state="detached")
    panel.get_by_role("tree").press("ArrowRight")
    lab.rows("big = bytes", level=2).click()
    panel.get_by_role("tab", name="Runs", selected=True).wait_for()
    lab.rows("big = bytes").first.wait_for()


def test_space_is_freed_after_a_look_at_what_would_go(lab):
    lab.write("free/free.ipynb", LOAD, BIG, "%%cashet\nkeep = 1")
    lab.open("free/free.ipynb")
    panel = lab.show_history()
    lab.run(0, 1, 2)
    lab.total(2)
    lab.show_history("Storage")
    panel.get_by_role("button", name="Free space").click()
    panel.get_by_text("Nothing would go.").first.wait_for()
    panel.get_by_label("Bring it below").select_option(label="all but what is pinned")
    remove = panel.get_by_role("button", name="Remove 2 runs")
    remove.wait_for()
    panel.get_by_role("list", name="Runs that would go").get_by_text("big = bytes").wait_for()
    lab.shot("storage-free")
    lab.total(2)  # so far it was only a look
    remove.click()
    lab.total(0)
    assert panel.get_by_role("group", name="Free space").count() == 0
