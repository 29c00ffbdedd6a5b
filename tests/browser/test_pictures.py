"""The pictures of the documentation, as they are made: `LAB_SCREENSHOTS=folder pytest tests/browser/test_pictures.py`."""

from __future__ import annotations

import os

import pytest

from tests.browser.cells import LOAD
from tests.browser.conftest import SHOTS

pytestmark = pytest.mark.skipif(SHOTS not in os.environ, reason=f"pictures are made where {SHOTS} says")

SALES = """%%cashet
import time
import numpy as np
import pandas as pd
rng = np.random.default_rng(7)
days = pd.date_range("2025-01-01", periods=365)
wave = 40 + 12 * np.sin(np.arange(365) / 58)
sales = pd.DataFrame({"day": days, "city": rng.choice(["Lima", "Oslo", "Rome"], 365), "sold": wave + rng.normal(0, 3, 365)})
time.sleep(1.4)  # a slow query
sales.head(3)"""
FIT = """%%cashet
window = 14
smooth = sales.set_index("day")["sold"].rolling(window).mean().dropna()
time.sleep(0.9)
print(f"{len(smooth)} days, from {smooth.min():.1f} to {smooth.max():.1f}")"""
PLOT = """%%cashet
import matplotlib.pyplot as plt
figure, axes = plt.subplots(figsize=(6.4, 2.1))
axes.plot(smooth.index, smooth, color="tab:blue")
axes.set_ylabel("sold")
plt.show()"""
LOCK = """%%cashet
import threading
lock = threading.Lock()"""
CITIES = """%%cashet
cities = sales.groupby("city")["sold"].agg(["mean", "max"]).round(1)
cities"""


def worked_with(lab, name):
    """A notebook that has been worked with."""
    lab.page.set_viewport_size({"width": 1280, "height": 800})
    lab.write(name, LOAD, SALES, FIT, PLOT, CITIES, LOCK)
    lab.open(name)
    lab.show_history()
    lab.run(0, 1, 2, 3, 4, 5)
    lab.edit(2, FIT.replace("14", "28"))
    lab.run(2, 3)
    lab.restart()
    lab.run(0, 1, 2, 3, 4)
    lab.rows("plt.subplots").locator(".jp-Cashet-second", has_text="restored").wait_for()
    lab.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.scrollToItem(0, 'start')")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_pictures_of_lab(lab, theme):
    worked_with(lab, f"demo-{theme}/sales.ipynb")
    lab.theme(theme)
    lab.edit(4, CITIES.replace('"max"', '"min", "max"'))
    lab.show_history()
    lab.rows("window", level=1).click()
    lab.rows(level=2).nth(1).wait_for()
    lab.page.wait_for_timeout(800)  # the colours of the editor and the pictures are drawn
    lab.shot(f"lab-cells-{theme.lower()}")
    lab.show_history("Storage")
    lab.rows(level=2).first.wait_for()
    lab.shot(f"lab-storage-{theme.lower()}")
    lab.show_history("Runs")
    lab.rows("plt.subplots").first.click()
    page = lab.page.locator(".jp-Cashet-runpage:visible")
    page.locator(".jp-Cashet-node").nth(1).wait_for()
    page.locator(".jp-Cashet-output img").wait_for()
    lab.shot(f"lab-run-{theme.lower()}")
    page.get_by_role("heading", name="Where it comes from").scroll_into_view_if_needed()
    lab.shot(f"lab-lineage-{theme.lower()}")
    page.get_by_role("button", name="Compare with the run before").click()
    diff = lab.page.locator(".jp-Cashet-page.jp-mod-wide:visible")
    diff.get_by_role("heading", name="What they showed").wait_for()
    diff.locator(".jp-Cashet-output img, img").first.wait_for()
    lab.shot(f"lab-diff-{theme.lower()}")


def test_picture_of_notebook_7(lab):
    lab.page.set_viewport_size({"width": 1280, "height": 800})
    lab.write("demo7/sales.ipynb", LOAD, SALES, FIT, PLOT)
    lab.open_notebook_7("demo7/sales.ipynb")
    lab.show_history()
    lab.run(0, 1, 2, 3)
    lab.total(3)
    lab.page.wait_for_timeout(800)
    lab.shot("notebook-7")
