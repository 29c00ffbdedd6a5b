"""The mark beside a cell: from its outputs alone, wherever the cell is drawn."""

from __future__ import annotations

import nbformat

from tests.browser.page import saved_notebook

FACTS = {"commit": "ab" * 32, "seconds": 252.0, "created": 1_700_000_000.0}


def saved(*cells, facts=FACTS, of=lambda number: True):
    """A notebook whose cells have been run before."""
    notebook = saved_notebook(*cells)
    for number, cell in enumerate(notebook.cells):
        if of(number):
            output = nbformat.v4.new_output("display_data", data={"text/plain": "x"}, metadata={"cashet": facts})
            cell.outputs = [output]
    return notebook


def test_a_saved_notebook_shows_them_without_a_kernel(lab):
    lab.save("saved/saved.ipynb", saved("%%cashet\nx = 1", "y = 2", of=lambda number: number == 0))
    lab.open("saved/saved.ipynb", kernel=False)
    lab.badge(0).wait_for()
    assert "4 min 12 s" in lab.badge(0).inner_text()
    assert lab.page.locator(".jp-Cashet-badge").count() == 1


def test_they_are_there_in_a_notebook_that_is_not_trusted(lab):
    lab.save("untrusted/untrusted.ipynb", saved("%%cashet\nx = 1"))
    lab.open("untrusted/untrusted.ipynb", kernel=False)
    assert lab.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets[0].model.trusted") is False
    lab.badge(0).wait_for()


def test_they_are_there_as_soon_as_a_long_notebook_is_scrolled(lab):
    lab.save("long/long.ipynb", saved(*(f"%%cashet\nx{number} = {number}\n\n\n\nx{number}" for number in range(200))))
    lab.open("long/long.ipynb", kernel=False)
    lab.badge(0).wait_for()
    for index in (199, 100, 3, 150):
        lab.page.evaluate(
            """index => {
                const {content} = window.jupyterapp.shell.currentWidget;
                content.activeCellIndex = index;
                return content.scrollToItem(index, 'center');
            }""",
            index,
        )
        cell = lab.page.locator(f".jp-Notebook:visible .jp-CodeCell[data-windowed-list-index='{index}']")
        cell.locator(".jp-Cashet-badge").wait_for()
        drawn = lab.page.locator(".jp-Notebook:visible .jp-CodeCell")
        assert drawn.count() == drawn.locator(".jp-Cashet-badge").count()


def test_what_a_notebook_says_of_itself_cannot_break_them(lab):
    hostile = (
        {"commit": "<img src=x onerror='window.hacked = 1'>", "seconds": "1e400", "created": None},
        {"commit": ["x"], "seconds": "NaN"},
        {"commit": {"x": 1}, "seconds": -1, "created": 1e300},
        {"status": "not stored", "reason": "<b onclick=x>\u202e" + "x" * 10_000},
        ["x"],
        "x",
        7,
    )
    notebook = saved(*(f"x = {number}" for number in range(len(hostile) + 1)))
    for cell, facts in zip(notebook.cells, hostile, strict=False):
        cell.outputs[0].metadata["cashet"] = facts
    lab.save("hostile-badges/x.ipynb", notebook)
    lab.open("hostile-badges/x.ipynb", kernel=False)
    lab.badge(len(hostile)).wait_for()
    assert lab.page.evaluate("() => window.hacked") is None
    assert lab.page.locator(".jp-Cashet-badge *:not(svg, svg *)").count() == 0
