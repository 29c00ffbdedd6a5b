"""The page of a run tells everything that is known of it, and does what can be done with it."""

from __future__ import annotations

from tests.browser.cells import CELLS, LOAD

FRAME = "%%cashet\nimport pandas as pd\ntable = pd.DataFrame({'city': ['Oslo', 'Rome'], 'high': [3.5, 17.25]})\ntable"
PLOT = (
    "%%cashet\nimport matplotlib\nmatplotlib.use('module://matplotlib_inline.backend_inline')\n"
    "import matplotlib.pyplot as plt\nplt.plot(frame[:9])\nplt.show()"
)


def page_of(lab, label):
    """The page of the newest run of a cell, opened from the list of runs."""
    lab.show_history("Runs")
    lab.rows(label).first.click()
    page = lab.page.locator(".jp-Cashet-runpage:visible")
    page.get_by_role("heading", name="Where it comes from").wait_for()
    return page


def test_it_tells_of_source_values_and_descent(lab):
    lab.write("page/page.ipynb", *CELLS, FRAME, PLOT)
    lab.open("page/page.ipynb")
    lab.show_history()
    lab.run(0, 1, 2, 4, 5)
    lab.total(4)
    page = page_of(lab, "total = sum(frame)")
    page.locator(".jp-Cashet-code code span[class]").first.wait_for()  # highlighted
    assert "frame" in page.get_by_role("list", name="Inputs").inner_text()
    page.locator(".jp-Cashet-node").nth(1).wait_for()
    page.get_by_role("heading", name="Where it comes from").scroll_into_view_if_needed()
    lab.shot("run")
    page.locator(".jp-Cashet-node[role=button]").first.click()
    lab.page.locator(".jp-Cashet-runpage:visible .jp-Cashet-output", has_text="made 1000").wait_for()
    page = page_of(lab, "table = pd.DataFrame")
    page.locator(".jp-Cashet-output", has_text="Oslo").wait_for()
    values = page.get_by_role("list", name="Outputs")
    values.get_by_text("17.25").first.wait_for()  # from what was recorded: nothing is loaded
    lab.shot("run-frame")
    page = page_of(lab, "matplotlib.use")
    page.locator(".jp-Cashet-output img").wait_for()
    assert page.locator(".jp-Cashet-output img").evaluate("image => image.naturalWidth") > 100


def test_it_is_pinned_tagged_copied_and_put_into_a_cell(lab):
    lab.write("deeds/deeds.ipynb", *CELLS)
    lab.open("deeds/deeds.ipynb")
    lab.show_history()
    lab.run(0, 1, 2)
    lab.total(2)
    page = page_of(lab, "total = sum(frame)")
    page.get_by_role("button", name="Pin", exact=True).click()
    page.get_by_role("button", name="Unpin").wait_for()
    page.get_by_label("Add a tag").fill("stage=test")
    page.get_by_label("Add a tag").press("Enter")
    page.locator(".jp-Cashet-chip", has_text="stage=test").wait_for()
    lab.rows("stage=test").first.wait_for()
    lab.rows("pinned").first.wait_for()
    page.get_by_role("button", name="Remove the tag stage").click()
    page.locator(".jp-Cashet-chip", has_text="stage=test").wait_for(state="detached")
    page.get_by_role("button", name="Copy %cashet get").click()
    page.get_by_text("Copied: total_").wait_for()
    page.get_by_role("button", name="Insert a cell that loads it").click()
    loads = lab.page.locator(".jp-Notebook:visible .jp-CodeCell", has_text="%cashet get")
    loads.wait_for()
    lab.run(lab.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"))
    assert loads.locator(".jp-OutputArea-output", has_text="Error").count() == 0


def test_deleting_asks_first(lab):
    lab.write("delete/delete.ipynb", *CELLS)
    lab.open("delete/delete.ipynb")
    lab.show_history()
    lab.run(0, 1, 2)
    lab.total(2)
    page = page_of(lab, "total = sum(frame)")
    page.get_by_role("button", name="Delete").click()
    lab.page.locator(".jp-Dialog").get_by_text("Delete this run?").wait_for()
    lab.page.keyboard.press("Escape")
    lab.page.locator(".jp-Dialog").wait_for(state="detached")
    lab.total(2)
    page.get_by_role("button", name="Delete").click()
    lab.page.locator(".jp-Dialog").get_by_role("button", name="Delete").click()
    lab.page.get_by_text("The run is deleted.").wait_for()
    lab.total(1)


def test_a_run_that_failed_shows_its_error(lab):
    lab.write(
        "failed/failed.ipynb",
        LOAD,
        "import cashet_jupyter\nclient = cashet_jupyter.Client()",
        "def wrong():\n    raise ValueError('this is why')\nclient.submit(wrong)",
    )
    lab.open("failed/failed.ipynb")
    lab.show_history()
    lab.run(0, 1, 2)
    lab.show_history("Runs").get_by_label("Whole store").check()  # a function is of no notebook
    page = page_of(lab, "wrong")
    page.locator(".jp-Cashet-error", has_text="this is why").wait_for()
