"""What the panel and the badges tell is what has just happened."""

from __future__ import annotations

from tests.browser.cells import CELLS, LOAD, LONG, SLOW


def test_a_run_is_on_the_screen_when_its_cell_has_ended(lab):
    lab.write("live/live.ipynb", *CELLS)
    lab.open("live/live.ipynb")
    panel = lab.show_history()
    panel.get_by_text("Nothing is stored yet").wait_for()
    assert lab.rows(level=1).count() == 4
    lab.shot("panel-empty")
    lab.run(0, 1)
    lab.line("ran · took")
    lab.run(2)
    lab.total(2)
    lab.shot("panel-ran")


def test_after_a_restart_the_cells_are_restored(lab):
    lab.write("again/again.ipynb", *CELLS)
    lab.open("again/again.ipynb")
    lab.show_history()
    lab.run(0, 1, 2)
    lab.total(2)
    lab.restart()
    lab.run(0, 1, 2)
    for label in ("time.sleep(0.3)", "total = sum(frame)"):
        lab.rows(label).locator(".jp-Cashet-second", has_text="restored · saved").wait_for()
    assert lab.badge(1).get_attribute("aria-label").startswith("cashet ")
    assert lab.page.locator("#cashet-history").get_by_text("2 runs").count() >= 1
    lab.shot("panel-restored")


def test_a_cell_that_is_edited_is_marked_as_changed(lab):
    lab.write("edit/edit.ipynb", *CELLS)
    lab.open("edit/edit.ipynb")
    lab.show_history()
    lab.run(0, 1, 2)
    lab.line("took")
    lab.cell(2).locator(".cm-content").click()
    lab.page.keyboard.press("Control+End")
    lab.page.keyboard.type(" + 1")
    lab.line("changed since")
    assert "changed since run" in lab.badge(2).get_attribute("aria-label")
    for _ in range(4):
        lab.page.keyboard.press("Backspace")
    lab.page.locator(".jp-Cashet-badge[aria-label*='changed since']").wait_for(state="detached")


def test_what_is_not_stored_says_why(lab):
    lab.write("refused/refused.ipynb", LOAD, "%%cashet\nimport threading\nlock = threading.Lock()\nheld = lock")
    lab.open("refused/refused.ipynb")
    lab.show_history()
    lab.run(0, 1)
    lab.rows("lock = threading.Lock()").locator(".jp-Cashet-second", has_text="lock").wait_for()
    assert "not stored" in lab.badge(1).get_attribute("aria-label")


def test_the_panel_is_alive_while_a_cell_runs_here_and_in_another_notebook(lab):
    lab.write("busy/other.ipynb", LOAD, SLOW.replace("1000", "2000"))
    lab.write("busy/busy.ipynb", LOAD, SLOW, LONG)
    lab.open("busy/other.ipynb")
    lab.run(0)
    lab.open_beside("busy/busy.ipynb")
    panel = lab.show_history()
    lab.run(0, 1)
    lab.line("took")
    lab.run(2, wait=False)
    lab.line("running 0:0")
    lab.rows("time.sleep(90)").locator(".jp-Cashet-second", has_text="running 0:02").wait_for()
    lab.rows(level=1).nth(1).click()
    lab.rows(level=2).first.wait_for()
    lab.shot("panel-busy")
    lab.rows(level=2).first.click()
    lab.page.locator(".jp-Cashet-output", has_text="made 1000").wait_for()
    # another notebook's run, while this one's kernel is still busy
    lab.open_beside("busy/other.ipynb")
    lab.run(1)
    lab.line("took")
    lab.total(2)
    lab.open_beside("busy/busy.ipynb", kernel=False)
    lab.line("running 0:")
    panel.get_by_role("tab", name="Runs").click()
    lab.rows().first.wait_for()
    lab.command("notebook:interrupt-kernel")
