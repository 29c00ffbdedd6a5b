"""What can be done with a cached cell from the notebook: in its toolbar, in menus, with keys, as the user has chosen."""

from __future__ import annotations

import json

from tests.browser.cells import LOAD

PLAIN = "plain = 1"
#: of a cell's prompt, above its mark
CORNER = {"x": 4, "y": 4}


def active(lab, number):
    """Make a cell the active one."""
    lab.cell(number).locator(".jp-InputPrompt").click(position=CORNER)
    lab.page.wait_for_function(
        """number => [...window.jupyterapp.shell.widgets('main')].find(
            one => one.content?.activeCellIndex >= 0 && one.isVisible).content.activeCellIndex === number""",
        arg=number,
    )


def buttons(lab):
    """Buttons of ours in the toolbar of the active cell."""
    return lab.page.locator(".jp-cell-toolbar [data-command^='cashet:']:visible")


def button(lab, command):
    return lab.page.locator(f".jp-cell-toolbar [data-command='cashet:{command}']:visible")


def says(lab, number, text):
    """Wait until the mark of a cell says this."""
    lab.page.wait_for_function(
        """([number, text]) => document.querySelectorAll('.jp-Notebook .jp-CodeCell')[number]
            .querySelector('.jp-Cashet-badge')?.title.includes(text)""",
        arg=[number, text],
    )


def test_the_toolbar_of_a_cached_cell_has_buttons_and_that_of_others_has_none(lab):
    lab.write("buttons/buttons.ipynb", LOAD, "%%cashet\na = [1]", PLAIN)
    lab.open("buttons/buttons.ipynb")
    lab.run(0)
    active(lab, 1)
    lab.page.locator(".jp-cell-toolbar").wait_for()
    assert buttons(lab).count() == 0
    lab.run(1)
    button(lab, "run-anew").wait_for()
    assert buttons(lab).count() == 3
    assert all(one.get_attribute("aria-label") for one in buttons(lab).all())
    lab.shot("cell-toolbar")
    active(lab, 2)
    lab.page.locator(".jp-cell-toolbar").wait_for()
    assert buttons(lab).count() == 0


def test_a_cell_runs_anew_and_stays_as_it_is(lab):
    source = "# cashet\nimport os\nvalue = [1]"
    lab.write("anew/anew.ipynb", LOAD, source, PLAIN)
    lab.open("anew/anew.ipynb")
    lab.show_history()
    lab.run(0, 1)
    says(lab, 1, "ran and stored")
    lab.total(1)
    lab.run(1)
    says(lab, 1, "restored, saved")
    button(lab, "run-anew").click()
    says(lab, 1, "ran and stored")
    lab.total(2)
    assert lab.page.evaluate(
        """() => [...window.jupyterapp.shell.widgets('main')].find(one => one.content?.activeCellIndex >= 0)
            .content.widgets[1].model.toJSON()"""
    )["metadata"].keys() <= {"trusted", "execution"}
    assert lab.cell(1).locator(".cm-content").inner_text() == source
    lab.run(1)
    says(lab, 1, "restored, saved")
    lab.total(2)


def test_a_cell_runs_anew_with_keys_where_all_are_cached(lab):
    lab.write(
        "auto/auto.ipynb", f"{LOAD}\n%cashet auto on --min-time 0s", "import time\ntime.sleep(0.2)\nvalue = [1]", PLAIN
    )
    lab.open("auto/auto.ipynb")
    lab.show_history()
    lab.run(0, 1)
    says(lab, 1, "ran and stored")
    lab.run(1)
    says(lab, 1, "restored, saved")
    active(lab, 1)
    lab.page.keyboard.press("Control+Alt+Enter")
    says(lab, 1, "ran and stored")
    lab.total(2)


def test_its_run_is_shown_and_compared_with_the_one_before(lab):
    lab.write("before/before.ipynb", LOAD, "%%cashet\na = [1]", PLAIN)
    lab.open("before/before.ipynb")
    lab.run(0, 1)
    button(lab, "compare-cell").click()
    lab.page.locator(".Toastify__toast", has_text="This is the first run of the cell.").wait_for()
    lab.edit(1, "%%cashet\na = [1, 2]")
    says(lab, 1, "changed since")
    lab.run(1)
    says(lab, 1, "ran and stored")
    button(lab, "compare-cell").click()
    lab.page.locator(".jp-Cashet-page.jp-mod-wide:visible", has_text="Only differences").wait_for()
    lab.page.evaluate(
        """() => { const {shell} = window.jupyterapp;
            shell.activateById([...shell.widgets('main')].find(one => one.content?.activeCellIndex >= 0).id); }"""
    )
    lab.badge(1).click()
    lab.page.locator(".jp-Cashet-runpage:visible").get_by_role("heading", name="Source").wait_for()


def test_marks_and_buttons_are_switched_off_and_on_at_once(lab):
    lab.write("off/off.ipynb", LOAD, "%%cashet\na = [1]", PLAIN)
    lab.open("off/off.ipynb")
    lab.run(0, 1)
    lab.badge(1).wait_for()
    button(lab, "run-anew").wait_for()
    for command, gone in (("cashet:toggle-badges", lab.badge(1)), ("cashet:toggle-cell-toolbar", buttons(lab).first)):
        lab.command(command)
        gone.wait_for(state="detached" if command.endswith("badges") else "hidden")
        lab.command(command)
        gone.wait_for()


def test_the_menus_have_it(lab):
    lab.write("menus/menus.ipynb", LOAD, "%%cashet\na = [1]", PLAIN)
    lab.open("menus/menus.ipynb")
    lab.run(0, 1)
    lab.badge(1).wait_for()
    lab.page.get_by_role("menuitem", name="Run", exact=True).click()
    lab.page.locator(".lm-Menu-item[data-command='cashet:run-anew']").wait_for()
    lab.page.keyboard.press("Escape")
    lab.page.get_by_role("menuitem", name="View", exact=True).click()
    lab.page.locator(".lm-Menu-item", has_text="Cached Cells").last.hover()
    lab.page.locator(".lm-Menu-item[data-command='cashet:toggle-badges']").wait_for()
    lab.shot("menu")
    lab.page.keyboard.press("Escape")
    lab.page.keyboard.press("Escape")
    lab.cell(1).locator(".jp-InputPrompt").click(button="right", position=CORNER)
    lab.page.locator(".lm-Menu-item[data-command='cashet:show-cell-run']").wait_for()
    lab.page.keyboard.press("Escape")
    lab.cell(2).locator(".jp-InputPrompt").click(button="right", position=CORNER)
    lab.page.locator(".lm-Menu-item[data-command='notebook:copy-cell']").wait_for()
    assert lab.page.locator(".lm-Menu-item[data-command='cashet:show-cell-run']").count() == 0
    lab.page.keyboard.press("Escape")


def test_what_was_chosen_is_obeyed_from_the_beginning(new_server, new_page):
    server = new_server()
    kept = server.home / "settings" / "cashet-jupyter"
    kept.mkdir(parents=True)
    chosen = {"badges": False, "cellToolbar": False, "side": "right", "view": "runs", "wholeStore": True}
    (kept / "panel.jupyterlab-settings").write_text(json.dumps(chosen))
    lab = new_page(server)
    lab.write("chosen/one.ipynb", LOAD, "%%cashet\na = [1]")
    lab.open("chosen/one.ipynb")
    lab.run(0, 1)
    lab.cell(1).locator(".jp-OutputArea-output", has_text="cashet").wait_for()
    assert lab.page.locator(".jp-Cashet-badge").count() == 0
    assert buttons(lab).count() == 0
    lab.command("cashet:show-history")
    panel = lab.page.locator("#jp-right-stack #cashet-history")
    panel.wait_for()
    assert panel.get_by_role("tab", name="Runs").get_attribute("aria-selected") == "true"
    assert panel.get_by_label("Whole store").is_checked()
    lab.rows("a = [1]").wait_for()
    lab.shot("panel-right")


def test_notebook_7_has_it_too(lab):
    lab.write("seven-cells/seven.ipynb", LOAD, "%%cashet\na = [1]", PLAIN)
    lab.open_notebook_7("seven-cells/seven.ipynb")
    lab.run(0, 1)
    says(lab, 1, "ran and stored")
    button(lab, "run-anew").click()
    says(lab, 1, "ran and stored")
    lab.shot("cell-toolbar-7")
