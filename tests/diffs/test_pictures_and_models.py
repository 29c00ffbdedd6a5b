"""Figures, pictures and fitted models."""

import io
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from cashet_jupyter.diffs.compare import compare
from cashet_jupyter.diffs.model import Budget


def figure(last, title="t"):
    found = Figure(figsize=(4, 3))
    axes = found.add_subplot()
    axes.plot([1, 2, 3], [1, 2, last], label="line")
    axes.bar([1, 2], [1, last])
    axes.scatter([1, 2], [1, last], c=[1.0, last])
    axes.set_title(title)
    return found


def paths(diff):
    return [part.path for part in diff.parts]


def test_figures_differ_by_their_data_and_show_both():
    diff = compare(figure(2), figure(3, "u"))
    assert {".axes[0].title", ".axes[0].lines[0].y", ".axes[0].collections[0].values"} <= set(paths(diff))
    (picture,) = diff.pictures
    assert picture.old.startswith(b"\x89PNG")
    assert picture.old != picture.new


def test_equal_figures_have_an_empty_diff():
    diff = compare(figure(2), figure(2))
    assert (diff.verdict, diff.parts, diff.pictures) == ("equal", (), ())


def test_a_figure_is_left_as_it_was():
    one, other = figure(2), figure(3)
    canvas, dpi, size = one.canvas, one.dpi, tuple(one.get_size_inches())
    compare(one, other)
    assert (one.canvas, one.dpi, tuple(one.get_size_inches())) == (canvas, dpi, size)


def test_a_huge_figure_is_shown_small():
    one, other = figure(2), figure(3)
    for found in (one, other):
        found.set_size_inches(60, 40)
    (picture,) = compare(one, other, Budget(pixels=100_000)).pictures
    width, height = Image.open(io.BytesIO(picture.old)).size
    assert width * height <= 101_000


def test_axes_that_came_are_told():
    new = figure(2)
    new.add_axes((0.1, 0.1, 0.2, 0.2))
    assert ("added", ".axes[1]") in [(part.status, part.path) for part in compare(figure(2), new).parts]


def test_axes_and_lines_are_compared_by_their_data():
    one, other = figure(2).axes[0], figure(3).axes[0]
    assert "lines[0].y" in " ".join(paths(compare(one, other)))
    assert paths(compare(one.lines[0], other.lines[0])) == [".ydata"]
    assert compare(one.lines[0], figure(2).axes[0].lines[0]).verdict == "unknown"


def test_a_figure_that_cannot_be_drawn_is_still_compared():
    one, other = figure(2), figure(2, "u")
    other.draw = lambda renderer: 1 / 0
    diff = compare(one, other)
    assert ".axes[0].title" in paths(diff)
    assert diff.pictures[0].new == b""


def test_pixels_that_differ_are_counted():
    old = Image.new("RGB", (300, 200), "red")
    new = old.copy()
    for place in range(17):
        new.putpixel((place * 3, place), (255, 9, 0))
    diff = compare(old, new)
    assert (diff.figures["differ"], diff.figures["max_abs"]) == (17, 9)
    assert compare(old, old.copy()).verdict == "equal"


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I", "F", "I;16"])
def test_pictures_of_every_mode(mode):
    old = Image.new(mode, (5, 4))
    new = old.copy()
    new.putpixel((1, 1), tuple([1] * len(old.getbands())) if len(old.getbands()) > 1 else 1)
    assert compare(old, new).figures["differ"] == 1
    assert compare(old, old.copy()).verdict == "equal"


def test_large_pictures_are_shown_small_and_sizes_are_told():
    old, new = Image.new("RGB", (3000, 2000), "red"), Image.new("RGB", (3000, 1000), "red")
    diff = compare(old, new, Budget(pixels=10_000))
    assert diff.change == "size 3000 x 2000 -> 3000 x 1000"
    width, height = Image.open(io.BytesIO(diff.pictures[0].old)).size
    assert width * height <= 10_000


def data():
    chance = np.random.default_rng(0)
    x = chance.random((80, 4))
    return x, (x[:, 0] > 0.5).astype(int)


def test_fitted_models_differ_by_their_parameters_and_by_what_they_learned():
    linear = pytest.importorskip("sklearn.linear_model")
    x, y = data()
    old, new = linear.LogisticRegression().fit(x, y), linear.LogisticRegression(C=0.5).fit(x, y)
    diff = compare(old, new)
    assert diff.change.startswith("parameters: .C 1 -> 0.5")
    assert ".coef_" in paths(diff)
    assert compare(old, linear.LogisticRegression().fit(x, y)).verdict == "equal"
    unfitted = compare(linear.LogisticRegression(), old)
    assert {part.status for part in unfitted.parts} == {"added"}
    assert compare(old, linear.Ridge()).kind == "type"


def test_forests_are_told_apart_down_to_their_trees():
    ensemble = pytest.importorskip("sklearn.ensemble")
    x, y = data()

    def forest(seed, trees=5):
        return ensemble.RandomForestClassifier(trees, random_state=seed).fit(x, y)

    assert compare(forest(0), forest(0)).verdict == "equal"
    assert ".estimators_" in paths(compare(forest(0), forest(1)))
    assert compare(forest(0), forest(0, 6)).figures["parameters"] == 1


def test_pipelines_are_followed():
    pipeline = pytest.importorskip("sklearn.pipeline")
    linear, scale = pytest.importorskip("sklearn.linear_model"), pytest.importorskip("sklearn.preprocessing")
    x, y = data()

    def made(c):
        return pipeline.make_pipeline(scale.StandardScaler(), linear.LogisticRegression(C=c)).fit(x, y)

    assert compare(made(1.0), made(1.0)).verdict == "equal"
    assert ".steps[1][1] parameters: .C 1 -> 0.1" in compare(made(1.0), made(0.1)).change


def test_no_library_is_loaded_for_a_diff():
    code = (
        "import sys\nfrom cashet_jupyter.diffs.compare import compare\n"
        "class Model:\n    x = 1\n"
        "compare({'a': [1, Model(), 'text']}, {'a': [2, Model(), 'other'], 'b': b'x'})\n"
        "print([name for name in ('numpy', 'pandas', 'polars', 'pyarrow', 'matplotlib', 'PIL', 'IPython') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_backend_of_matplotlib_is_left_alone():
    before = matplotlib.get_backend()
    compare(figure(2), figure(3))
    assert matplotlib.get_backend() == before
