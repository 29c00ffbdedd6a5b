"""axe-core finds nothing serious in any view, light or dark, and the keyboard reaches everything."""

from __future__ import annotations

import pytest

from tests.browser.axe import needs_axe, violations
from tests.browser.cells import CELLS, LOAD

PANEL = "#cashet-history"
MORE = (*CELLS, "%%cashet\nimport threading\nlock = threading.Lock()")


@needs_axe
@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_serious(lab, theme):
    name = f"axe-{theme}/axe.ipynb"
    lab.write(name, *MORE)
    lab.open(name)
    lab.theme(theme)
    panel = lab.show_history()
    lab.run(0, 1, 2, 4)
    lab.total(2)
    lab.edit(2, "%%cashet\ntotal = sum(frame) + 1\ntotal")
    lab.run(2)
    lab.total(3)
    lab.edit(2, "%%cashet\ntotal = sum(frame) + 2\ntotal")
    lab.rows(level=1).nth(1).click()
    lab.rows(level=2).first.wait_for()
    lab.shot(f"panel-{theme}")
    assert violations(lab, PANEL) == []
    assert violations(lab, ".jp-Notebook .jp-Cashet-badge") == []
    lab.show_history("Runs")
    lab.rows().nth(2).wait_for()
    panel.get_by_label("Search runs").fill("status:completed")
    panel.get_by_role("button", name="Take the filter away").wait_for()
    panel.get_by_role("button", name="Filters").click()
    assert violations(lab, PANEL) == []
    panel.get_by_role("button", name="Filters").click()
    panel.get_by_label("Search runs").fill("")
    lab.show_history("Storage")
    lab.rows(level=2).first.wait_for()
    assert violations(lab, PANEL) == []
    panel.get_by_role("button", name="Free space").click()
    panel.get_by_text("Nothing would go.").first.wait_for()
    lab.shot(f"storage-{theme}")
    assert violations(lab, PANEL) == []
    panel.get_by_role("button", name="Cancel").click()
    _pages(lab, theme)


def _pages(lab, theme):
    lab.show_history("Runs")
    lab.rows("total = sum").first.click()
    page = lab.page.locator(".jp-Cashet-runpage:visible")
    page.locator(".jp-Cashet-node").first.wait_for()
    lab.shot(f"run-{theme}")
    assert violations(lab, ".jp-Cashet-runpage:not(.lm-mod-hidden *)") == []
    page.get_by_role("button", name="Compare with the run before").click()
    diff = lab.page.locator(".jp-Cashet-page.jp-mod-wide:visible")
    diff.locator(".cm-changedLine").first.wait_for()
    lab.shot(f"diff-{theme}")
    assert violations(lab, ".jp-Cashet-page.jp-mod-wide") == []


def test_everything_is_reached_with_the_keyboard(lab):
    lab.write("keys/keys.ipynb", LOAD, "%%cashet\na = 1", "%%cashet\nb = a")
    lab.open("keys/keys.ipynb")
    panel = lab.show_history()
    lab.run(0, 1, 2)
    lab.total(2)
    lab.wait_for_kernel()
    keyboard = lab.page.keyboard
    lab.page.locator("body").press("Control+Alt+h")
    focus = "() => document.activeElement?.getAttribute('role') ?? document.activeElement?.className"
    lab.page.wait_for_function(f"() => ({focus})() === 'tree'")
    keyboard.press("Home")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowRight")
    lab.rows(level=2).first.wait_for()
    tree = panel.get_by_role("tree")
    assert panel.locator(f"#{tree.get_attribute('aria-activedescendant')}").get_attribute("aria-expanded") == "true"
    keyboard.press("Shift+Tab")
    lab.page.wait_for_function(f"() => ({focus})() === 'tab'")
    keyboard.press("ArrowRight")
    panel.get_by_role("tab", name="Runs", selected=True).wait_for()
    keyboard.press("ArrowRight")
    panel.get_by_role("tab", name="Storage", selected=True).wait_for()
    keyboard.press("Tab")
    assert "Free space" in lab.page.evaluate("() => document.activeElement.textContent")
    keyboard.press("Enter")
    panel.get_by_text("Nothing would go.").first.wait_for()
    keyboard.press("Escape")
    panel.get_by_role("group", name="Free space").wait_for(state="detached")
    assert "Free space" in lab.page.evaluate("() => document.activeElement.textContent")
    keyboard.press("Shift+Tab")
    keyboard.press("ArrowLeft")
    panel.get_by_role("tab", name="Runs", selected=True).wait_for()
    lab.rows().nth(1).wait_for()
    keyboard.press("Tab")  # the search
    keyboard.type("var:b ")
    lab.rows("a = 1").wait_for(state="detached")
    _page_by_keyboard(lab, tree)


def _page_by_keyboard(lab, tree):
    keyboard = lab.page.keyboard
    for _ in range(8):
        if tree.evaluate("one => one === document.activeElement"):
            break
        keyboard.press("Tab")
    keyboard.press("Home")
    keyboard.press("Enter")
    page = lab.page.locator(".jp-Cashet-runpage:visible")
    page.locator(".jp-Cashet-node").nth(1).wait_for()
    lab.page.wait_for_function("() => document.activeElement?.closest('.jp-Cashet-runpage')")
    wanted = {"Pin", "Copy %cashet get", "Insert a cell that loads it", "Delete…"}
    graph = False
    for _ in range(40):
        keyboard.press("Tab")
        at = lab.page.evaluate(
            "() => [document.activeElement.textContent, !!document.activeElement.closest('svg, .jp-Cashet-graph')]"
        )
        wanted.discard(at[0])
        graph = graph or at[1]
        if not wanted and graph:
            break
    assert (wanted, graph) == (set(), True)


def test_a_reader_of_the_screen_is_told_of_states_in_words(lab):
    lab.write("words/words.ipynb", *MORE)
    lab.open("words/words.ipynb")
    panel = lab.show_history()
    lab.run(0, 1, 2, 4)
    lab.total(2)
    for name, state in (("time.sleep(0.3)", "ran"), ("lock = ", "not stored"), ("x = 1", "not cached")):
        label = lab.rows(name).get_attribute("aria-label")
        assert state in label, label
    assert panel.get_by_role("tree").get_attribute("aria-label")
    assert panel.locator("[aria-live], [role=status]").count() >= 1
    for number in (1, 2, 4):
        assert lab.badge(number).get_attribute("aria-label").startswith("cashet")
