"""Values of matplotlib."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("numpy", "matplotlib")

DIFFER = pairs(
    "matplotlib",
    NEEDS,
    [
        (
            "title",
            "v = Figure()\nax = v.add_subplot()\nax.set_title('a')",
            "v = Figure()\nax = v.add_subplot()\nax.set_title('b')",
            "v.axes[0].get_title()",
        ),
        (
            "data",
            "v = Figure()\nax = v.add_subplot()\nax.plot([1, 2])",
            "v = Figure()\nax = v.add_subplot()\nax.plot([1, 3])",
            "v.axes[0].lines[0].get_ydata().tolist()",
        ),
        (
            "limits",
            "v = Figure()\nax = v.add_subplot()\nax.set_xlim(0, 1)",
            "v = Figure()\nax = v.add_subplot()\nax.set_xlim(0, 2)",
            "v.axes[0].get_xlim()",
        ),
        (
            "colour",
            "v = Figure()\nax = v.add_subplot()\nax.plot([1], color='r')",
            "v = Figure()\nax = v.add_subplot()\nax.plot([1], color='b')",
            "v.axes[0].lines[0].get_color()",
        ),
        (
            "scale",
            "v = Figure()\nax = v.add_subplot()",
            "v = Figure()\nax = v.add_subplot()\nax.set_yscale('log')",
            "v.axes[0].get_yscale()",
        ),
        ("figure-size", "v = Figure()", "v = Figure((1, 1))", "v.get_size_inches().tolist()"),
        ("resolution", "v = Figure()", "v = Figure(dpi=7)", "v.dpi"),
        ("axes", "v = Figure()\nax = v.add_subplot()", "v = Figure()\nv.subplots(1, 2)", "len(v.axes)"),
        (
            "shared-axes",
            "v = Figure()\nv.subplots(1, 2)",
            "v = Figure()\nv.subplots(1, 2, sharex=True)",
            "v.axes[0].get_shared_x_axes().joined(*v.axes)",
        ),
        (
            "picture",
            "v = Figure()\nax = v.add_subplot()\nax.imshow([[0, 1]])",
            "v = Figure()\nax = v.add_subplot()\nax.imshow([[1, 0]])",
            "v.axes[0].images[0].get_array().tolist()",
        ),
        (
            "hidden-data",
            "v = Figure()\nax = v.add_subplot()\nax.imshow(np.ma.array([[1, 2]], mask=[[0, 1]]))",
            "v = Figure()\nax = v.add_subplot()\nax.imshow([[1, 2]])",
            "v.axes[0].images[0].get_array().tolist()",
        ),
        (
            "marker",
            "v = Figure()\nax = v.add_subplot()\nax.scatter([1], [1], s=1)",
            "v = Figure()\nax = v.add_subplot()\nax.scatter([1], [1], s=2)",
            "v.axes[0].collections[0].get_sizes().tolist()",
        ),
        (
            "formatter",
            "v = Figure()\nax = v.add_subplot()\nax.xaxis.set_major_formatter(lambda x, p: 'a')",
            "v = Figure()\nax = v.add_subplot()\nax.xaxis.set_major_formatter(lambda x, p: 'b')",
            "v.axes[0].xaxis.get_major_formatter()(1)",
        ),
        (
            "axes-of-a-figure",
            "v = Figure()\nax = v.add_subplot()\nv = [v, ax]",
            "v = Figure()\nax = v.add_subplot()\nv = [v, Figure().add_subplot()]",
            "v[1].figure is v[0]",
        ),
        (
            "colour-map",
            "import matplotlib as m\nv = m.colormaps['viridis']",
            "import matplotlib as m\nv = m.colormaps['magma']",
            "v.name",
        ),
        (
            "colour-map-bad",
            "import matplotlib as m\nv = m.colormaps['viridis'].copy()",
            "import matplotlib as m\nv = m.colormaps['viridis'].with_extremes(bad='red')",
            "v.get_bad().tolist()",
        ),
        (
            "norm",
            "from matplotlib.colors import Normalize\nv = Normalize(0, 1)",
            "from matplotlib.colors import Normalize\nv = Normalize(0, 2)",
            "v.vmax",
        ),
    ],
)

EQUAL = pairs(
    "matplotlib",
    NEEDS,
    [
        (
            "figure-after-use",
            "v = Figure()\nax = v.add_subplot()\nax.plot([1, 2])",
            "v = Figure()\nax = v.add_subplot()\nax.plot([1, 2])\nrepr(v), v.axes, ax.lines, ax.get_title(), v.get_size_inches(), pickle.dumps(v)",
            "len(v.axes)",
        ),
        (
            "used-colour-map",
            "import matplotlib as m\nv = m.colormaps['viridis']",
            "import matplotlib as m\nv = m.colormaps['viridis']\nv(0.5)",
            "v.name",
        ),
        (
            "norm",
            "from matplotlib.colors import Normalize\nv = Normalize(0, 1)",
            "from matplotlib.colors import Normalize\nv = Normalize(0, 1)\nv(0.5)",
            "v.vmin, v.vmax",
        ),
    ],
)

ROUNDTRIP = values(
    "matplotlib",
    NEEDS,
    [
        "import matplotlib as m\nv = m.colormaps['viridis']",
        "from matplotlib.colors import LinearSegmentedColormap\nv = LinearSegmentedColormap.from_list('x', ['r', 'b'])",
        "from matplotlib.colors import LogNorm\nv = LogNorm(1, 2)",
        "v = Figure()",
        "v = Figure()\nax = v.add_subplot()\nax.plot([1, 2, 3], [4, 5, 6], label='a')\nax.set_title('t')\nax.legend()",
        "v = Figure()\nax = v.add_subplot()\nax.scatter([1, 2], [2, 3], c=[1, 2])\nax.set_xlabel('x')",
        "v = Figure()\nax = v.add_subplot()\nax.bar(['a', 'b'], [2, 3])\nax.grid()",
        "v = Figure()\nax = v.add_subplot()\nv.colorbar(ax.imshow(np.arange(4).reshape(2, 2)))",
        "v = Figure()\nax = v.add_subplot()\nax.boxplot([[1, 2, 3], [2, 3, 4]])\nax.contour(np.arange(9).reshape(3, 3))",
        "v = Figure()\nax = v.add_subplot()\nax.semilogy([1, 10])\nax.twinx().plot([3])\nax.annotate('x', (0, 1))",
        "v = Figure(layout='constrained')\na, b = v.subplots(1, 2, sharey=True)\na.hist(np.arange(20.0))\nv.suptitle('s')",
        "v = Figure()\nv.add_subplot(projection='polar').fill_between([0, 1], [1, 2])",
        "v = Figure()\nv.add_subplot(projection='3d').plot([1, 2], [1, 2], [1, 2])",
        "import matplotlib.pyplot as plt\nplt.switch_backend('agg')\nv, ax = plt.subplots(num=1, clear=True)\nax.plot([1, 2])\nplt.close(v)",
        "v = Figure()\nax = v.add_subplot()\nfrom matplotlib.backends.backend_agg import FigureCanvasAgg\nax.plot([1, 2])\nFigureCanvasAgg(v).draw()",
    ],
)
