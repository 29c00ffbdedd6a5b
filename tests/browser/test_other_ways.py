"""Where the server cannot answer the kernel does; where nobody can, the panel says what is missing."""

from __future__ import annotations

import pytest

from tests.browser.cells import CELLS, LOAD, LONG, SLOW
from tests.browser.host import BARE


@pytest.fixture(scope="module")
def bare_server(new_server):
    """A server in which our side of it is not installed."""
    return new_server(extension=False)


@pytest.fixture(scope="module")
def shared_page(new_page, bare_server):
    return new_page(bare_server)


def test_without_the_server_side_the_kernel_answers_also_while_a_cell_runs(lab):
    lab.write("comm/comm.ipynb", *CELLS[:3], LONG)
    lab.open("comm/comm.ipynb")
    panel = lab.show_history()
    lab.run(0, 1, 2)
    lab.line("ran · took")
    lab.total(2)
    lab.shot("comm")
    lab.run(3, wait=False)
    lab.line("running 0:")
    lab.show_history("Runs")
    lab.rows("total = sum(frame)").first.click()
    page = lab.page.locator(".jp-Cashet-runpage:visible")
    page.locator(".jp-Cashet-node").nth(1).wait_for()
    page.get_by_role("button", name="Pin", exact=True).click()
    page.get_by_role("button", name="Unpin").wait_for()
    lab.rows("pinned").first.wait_for()
    assert panel.is_visible()
    lab.shot("comm-busy")
    lab.back()
    lab.command("notebook:interrupt-kernel")


def test_a_kernel_that_has_not_loaded_it_is_said_to_have_not(lab):
    lab.write("unloaded/unloaded.ipynb", "x = 1")
    lab.open("unloaded/unloaded.ipynb")
    panel = lab.show_history()
    panel.get_by_text("%load_ext cashet_jupyter").first.wait_for()
    panel.get_by_text("server side").first.wait_for()
    lab.shot("comm-not-loaded")
    lab.edit(0, LOAD)
    lab.run(0)
    panel.get_by_text("server side").first.wait_for(state="detached")


def test_a_kernel_without_the_package_is_told_of(lab):
    lab.write("nopackage/nopackage.ipynb", "x = 1", LOAD, kernel=BARE)
    lab.open("nopackage/nopackage.ipynb")
    panel = lab.show_history()
    lab.run(0)
    panel.get_by_text("install cashet-jupyter where the kernel runs").first.wait_for()
    lab.shot("comm-no-package")


def test_without_any_kernel_it_says_what_to_install(lab):
    lab.write("nokernel/nokernel.ipynb", "x = 1")
    lab.open("nokernel/nokernel.ipynb")
    lab.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    panel = lab.show_history()
    panel.get_by_text("cashet-jupyter[lab]").first.wait_for()


def test_badges_need_neither(lab):
    lab.write("badges/badges.ipynb", LOAD, SLOW)
    lab.open("badges/badges.ipynb")
    lab.run(0, 1)
    lab.badge(1).wait_for()
