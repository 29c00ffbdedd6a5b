"""Any two runs are compared side by side, and what differs comes first."""

from __future__ import annotations

from tests.browser.cells import LOAD

LINES = "\n".join(f"step_{number} = {number}" for number in range(40))
OLD = f"%%cashet\nimport pandas as pd\n{LINES}\ntable = pd.DataFrame({{'city': ['Oslo', 'Rome'], 'high': [3.5, 17.25]}})\nsame = 'same'\nprint(step_3)\ntable"
NEW = OLD.replace("step_3 = 3", "step_3 = 33").replace("17.25", "99.75")


def compared(lab, name):
    """The page that compares two runs of a cell, reached from the list of runs with the keyboard."""
    lab.write(name, LOAD, OLD)
    lab.open(name)
    panel = lab.show_history()
    lab.run(0, 1)
    lab.total(1)
    lab.edit(1, NEW)
    lab.run(1)
    lab.total(2)
    lab.wait_for_kernel()
    lab.show_history("Runs")
    lab.rows().nth(1).wait_for()
    panel.get_by_role("tree").focus()
    lab.page.keyboard.press("Home")
    lab.page.keyboard.press("c")
    panel.get_by_text("compare with").wait_for()
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("c")
    page = lab.page.locator(".jp-Cashet-page.jp-mod-wide:visible")
    page.get_by_role("heading", name="What changed").wait_for()
    return page


def test_source_values_and_outputs_stand_side_by_side(lab):
    page = compared(lab, "diff/diff.ipynb")
    page.locator(".cm-merge-b .cm-changedLine", has_text="step_3 = 33").wait_for()
    page.locator(".cm-merge-a .cm-changedLine", has_text="17.25").wait_for()
    assert page.locator(".cm-collapsedLines").count() >= 1
    assert (
        page.locator(".cm-content[contenteditable=true]").count() == 0
        or page.locator(".cm-content:not([aria-readonly=true])").count() == 0
    )
    page.get_by_text("99.75").first.wait_for()
    results = page.locator(".jp-Cashet-section", has=lab.page.get_by_role("heading", name="Outputs"))
    assert results.get_by_text("same", exact=True).count() == 0
    lab.shot("diff")
    only = page.get_by_role("button", name="Only differences")
    assert only.get_attribute("aria-pressed") == "true"
    only.click()
    results.get_by_text("same", exact=True).first.wait_for()
    page.locator(".cm-collapsedLines").wait_for(state="detached")
    page.get_by_role("button", name="Swap sides").click()
    page.locator(".cm-merge-a .cm-changedLine", has_text="step_3 = 33").wait_for()


def test_what_is_compared_can_neither_be_edited_nor_lose_its_reader(lab):
    page = compared(lab, "readonly/diff.ipynb")
    text = page.get_by_role("textbox", name="Source after, read only")
    text.click()
    lab.page.keyboard.type("import os")
    assert "import os" not in text.inner_text()
    lab.page.keyboard.press("Tab")
    assert not text.evaluate("one => one.contains(document.activeElement)")


def test_another_run_is_chosen(lab):
    page = compared(lab, "choose/diff.ipynb")
    lab.back()
    lab.edit(1, NEW.replace("99.75", "11.25"))
    lab.run(1)
    lab.total(3)
    lab.back("diff")
    page.get_by_role("group", name="after").get_by_role("button", name="Choose another").click()
    page.get_by_role("option").nth(2).wait_for()
    lab.shot("diff-picker")
    lab.page.keyboard.press("Escape")
    page.get_by_role("option").first.wait_for(state="detached")
    lab.page.keyboard.press("Enter")  # the button has the focus again
    page.get_by_role("option").nth(2).wait_for()
    lab.page.keyboard.press("ArrowUp")
    lab.page.keyboard.press("Enter")  # the newest
    page.get_by_text("11.25").first.wait_for()
    assert page.get_by_role("option").count() == 0
