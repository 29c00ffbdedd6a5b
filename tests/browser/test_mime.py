"""A run among the outputs of a saved notebook: its HTML, cleaned, where there is no live widget."""

from __future__ import annotations

import nbformat

from tests.browser.cells import LOAD
from tests.browser.page import saved_notebook

HTML = (
    "<table><tr><td>3f9a2c</td></tr></table><script>window.hacked = 1</script>"
    "<img src=x onerror='window.hacked = 1'><div data-commandlinker-command='cashet:show-run'>x</div>"
)
BUNDLE = {
    "application/vnd.cashet.run.v1+json": {"v": 1, "kind": "show", "commits": ["ab" * 32]},
    "application/vnd.jupyter.widget-view+json": {"model_id": "gone", "version_major": 2, "version_minor": 0},
    "text/html": HTML,
    "text/plain": "cashet 3f9a2c",
}


def test_its_html_stands_in_the_place_of_a_widget_that_is_gone(lab):
    notebook = saved_notebook("1")
    notebook.cells[0].outputs = [nbformat.v4.new_output("display_data", data=BUNDLE)]
    lab.save("mime/mime.ipynb", notebook)
    lab.open("mime/mime.ipynb", kernel=False)
    lab.cell(0).locator("td", has_text="3f9a2c").wait_for()
    assert lab.page.get_by_text("Loading widget").locator("visible=true").count() == 0
    assert lab.page.evaluate("() => window.hacked") is None
    assert lab.cell(0).locator("script, img, [data-commandlinker-command]").count() == 0


def test_a_panel_is_live_in_its_kernel_and_html_after_it(lab):
    lab.write("panels/panels.ipynb", LOAD, "%%cashet\nvalue = 41\nvalue", "%cashet history value")
    lab.open("panels/panels.ipynb")
    lab.run(0, 1, 2)
    output = lab.cell(2).locator(".jp-OutputArea-output").first
    output.locator(":visible", has_text="value").first.wait_for()
    assert lab.page.get_by_text("Loading widget").locator("visible=true").count() == 0
    lab.shot("mime-live")
    lab.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    lab.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    lab.open("panels/panels.ipynb", kernel=False)
    output.locator(":visible", has_text="value").first.wait_for()
    assert lab.page.get_by_text("Loading widget").locator("visible=true").count() == 0
    lab.shot("mime-saved")
