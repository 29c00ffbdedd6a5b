"""Notebook 7 has all of it: the panel, badges, pages, comparison, storage."""

from __future__ import annotations

from tests.browser.cells import CELLS


def test_notebook_7_has_the_panel_the_badges_and_the_pages(lab):
    lab.write("seven/seven.ipynb", *CELLS)
    lab.open_notebook_7("seven/seven.ipynb")
    panel = lab.show_history()
    lab.run(0, 1, 2)
    lab.line("took")
    lab.badge(1).wait_for()
    lab.shot("notebook-7")
    lab.edit(2, "%%cashet\ntotal = sum(frame) + 1\ntotal")
    lab.run(2)
    lab.total(3)
    lab.run(1)
    lab.line("restored")
    lab.show_history("Storage")
    lab.rows("seven.ipynb").wait_for()
    lab.show_history("Runs")
    lab.rows("total = sum(frame) + 1").first.click()
    page = lab.page.locator(".jp-Cashet-runpage:visible")
    page.locator(".jp-Cashet-node").first.wait_for()
    lab.shot("notebook-7-run")
    page.get_by_role("button", name="Compare with the run before").click()
    diff = lab.page.locator(".jp-Cashet-page.jp-mod-wide:visible")
    diff.locator(".cm-changedLine").first.wait_for()
    lab.shot("notebook-7-diff")
    assert panel.is_visible()


def test_the_list_of_files_has_no_trouble_with_it(lab):
    lab.page.goto(f"{lab.server.url}/tree?token={lab.server.token}")
    lab.page.locator(".jp-DirListing-content").wait_for()
    assert lab.page.locator("#cashet-history:visible").count() == 0
