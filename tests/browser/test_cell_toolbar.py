"""What can be done with a cell stands at the cell, in menus and shortcuts; what is chosen is obeyed at once."""

from __future__ import annotations

from tests.browser.cells import LOAD

CLOCK = "%%cashet --allow clock\nimport time\nwhen = time.time()\nwhen"
_TOOLBAR = ".jp-Notebook:visible .jp-cell-toolbar"


def shown(lab, number):
    return lab.cell(number).locator(".jp-OutputArea-output").first.inner_text()


def active(lab, number):
    lab.page.evaluate("number => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = number; }", number)


def test_a_cell_is_run_anew_without_being_edited(lab):
    lab.write("anew/anew.ipynb", LOAD, CLOCK, "plain = 1")
    lab.open("anew/anew.ipynb")
    lab.show_history()
    lab.run(0, 1)
    lab.total(1)
    first = shown(lab, 1)
    lab.run(1)
    lab.line("restored")
    assert shown(lab, 1) == first
    button = (
        lab.cell(1)
        .locator(_TOOLBAR)
        .or_(lab.page.locator(_TOOLBAR))
        .get_by_role("button", name="Run this cell although")
    )
    button.first.wait_for()
    lab.shot("cell-toolbar")
    button.first.click()
    lab.page.wait_for_function(
        "([first]) => document.querySelectorAll('.jp-Notebook .jp-CodeCell')[1].querySelector('.jp-OutputArea-output')?.innerText.trim() !== first.trim()",
        arg=[first],
    )
    lab.line("ran · took")
    source = lab.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets[1].model.sharedModel.getSource()"
    )
    assert source == CLOCK


def test_the_buttons_are_at_cached_cells_only_and_can_be_switched_off(lab):
    lab.write("buttons/buttons.ipynb", LOAD, CLOCK, "plain = 1")
    lab.open("buttons/buttons.ipynb")
    lab.show_history()
    lab.run(0, 1, 2)
    lab.total(1)
    buttons = lab.page.locator(_TOOLBAR).get_by_role("button", name="Run this cell although")
    active(lab, 1)
    buttons.first.wait_for()
    active(lab, 2)
    buttons.first.wait_for(state="hidden")
    active(lab, 1)
    buttons.first.wait_for()
    lab.command("cashet:toggle-cell-toolbar")
    buttons.first.wait_for(state="hidden")
    lab.command("cashet:toggle-cell-toolbar")
    buttons.first.wait_for()
    lab.command("cashet:toggle-badges")
    lab.badge(1).wait_for(state="detached")
    lab.command("cashet:toggle-badges")
    lab.badge(1).wait_for()


def test_its_run_is_shown_and_compared_by_shortcuts(lab):
    lab.write("keys-cell/keys.ipynb", LOAD, "%%cashet\na = 1\na")
    lab.open("keys-cell/keys.ipynb")
    lab.show_history()
    lab.run(0, 1)
    lab.total(1)
    lab.edit(1, "%%cashet\na = 2\na")
    lab.run(1)
    lab.total(2)
    lab.wait_for_kernel()
    active(lab, 1)
    lab.cell(1).locator(".jp-InputPrompt").click()
    lab.page.keyboard.press("Control+Alt+j")
    lab.page.locator(".jp-Cashet-runpage:visible").get_by_role("heading", name="Source").wait_for()
    lab.page.evaluate(
        "() => { const {shell} = window.jupyterapp; shell.activateById([...shell.widgets('main')].find(one => one.sessionContext).id); }"
    )
    lab.cell(1).locator(".jp-InputPrompt").click()
    lab.page.keyboard.press("Control+Alt+k")
    lab.page.locator(".jp-Cashet-page.jp-mod-wide:visible").get_by_role("heading", name="What changed").wait_for()


def test_menus_and_palette_have_the_commands(lab):
    lab.write("menus/menus.ipynb", LOAD)
    lab.open("menus/menus.ipynb")
    lab.page.get_by_role("menuitem", name="View").click()
    lab.page.locator(".lm-Menu").get_by_text("Cached Cells", exact=True).wait_for()
    lab.page.keyboard.press("Escape")
    lab.command("apputils:activate-command-palette")
    lab.page.locator(".lm-CommandPalette-input").fill("cached")
    lab.page.locator(".lm-CommandPalette-item", has_text="Show the History of Cached Cells").first.wait_for()
    lab.page.keyboard.press("Escape")
