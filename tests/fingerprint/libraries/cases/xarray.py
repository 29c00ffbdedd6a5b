"""Values of xarray."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("numpy", "pandas", "xarray")

DIFFER = pairs(
    "xarray",
    NEEDS,
    [
        (
            "attrs",
            "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})",
            "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})\nv.attrs['u'] = 2",
            "v.attrs",
        ),
        ("name", "v = xr.DataArray([1], name='a')", "v = xr.DataArray([1], name='b')", "v.name"),
        ("dimension", "v = xr.DataArray([1], dims='a')", "v = xr.DataArray([1], dims='b')", "v.dims"),
        (
            "coordinate-or-variable",
            "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})",
            "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1}).set_coords('n')",
            "list(v.coords)",
        ),
        (
            "indexed-or-not",
            "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})",
            "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1}).drop_indexes('x')",
            "list(v.indexes)",
        ),
        (
            "encoding",
            "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})",
            "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})\nv.n.encoding['dtype'] = 'f4'",
            "v.n.encoding",
        ),
        ("order", "v = xr.Dataset({'a': 1, 'b': 2})", "v = xr.Dataset({'b': 2, 'a': 1})", "list(v)"),
        ("dtype", "v = xr.DataArray([1.0])", "v = xr.DataArray([1])", "v.dtype"),
        (
            "coordinate-dtype",
            "v = xr.DataArray([1, 2], coords={'x': np.array([0, 1], 'i4')}, dims='x')",
            "v = xr.DataArray([1, 2], coords={'x': np.array([0, 1], 'i8')}, dims='x')",
            "v.x.dtype",
        ),
        ("variable-or-array", "v = xr.Variable('x', [1])", "v = xr.DataArray([1], dims='x')", "type(v)"),
        (
            "data-that-somebody-holds",
            "a = np.zeros(2)\nv = [a, xr.DataArray(a)]",
            "v = [np.zeros(2), xr.DataArray(np.zeros(2))]",
            "np.shares_memory(v[0], v[1].data)",
        ),
        (
            "attrs-that-somebody-holds",
            "a = xr.DataArray([1])\nv = [a, a.attrs]",
            "v = [xr.DataArray([1]), {}]",
            "v[0].attrs is v[1]",
        ),
        (
            "tree",
            "v = xr.DataTree.from_dict({'/': xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1}), '/a': xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})})",
            "v = xr.DataTree.from_dict({'/': xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1}), '/b': xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})})",
        ),
    ],
)

EQUAL = pairs(
    "xarray",
    NEEDS,
    [
        (
            "after-use",
            "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})",
            "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})\nv.attrs, v.encoding, v.n.attrs, v.x.attrs, repr(v), v.sel(x=0), v.n.mean(), v.indexes, v.xindexes, v.n.values",
            "v.n.values.tolist()",
        ),
        (
            "array-after-use",
            "v = xr.DataArray([1.0, 2.0], coords={'x': [0, 1]}, dims='x')",
            "v = xr.DataArray([1.0, 2.0], coords={'x': [0, 1]}, dims='x')\nv.attrs, v.encoding, v.x.encoding, v.to_series(), v._repr_html_(), v.get_index('x')",
            "v.values.tolist()",
        ),
        ("variable-after-use", "v = xr.Variable('x', [1])", "v = xr.Variable('x', [1])\nv.attrs, v.encoding, v.values"),
    ],
)

ROUNDTRIP = values(
    "xarray",
    NEEDS,
    [
        "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})",
        "v = xr.DataArray(np.zeros((2, 2)), coords={'t': pd.date_range('2020', periods=2), 'x': [0, 1]}, dims=('t', 'x'), name='n', attrs={'u': 1})",
        "v = xr.Variable('x', np.arange(3), {'a': 1})",
        "v = xr.IndexVariable('x', np.arange(3))",
        "v = xr.Dataset(coords=xr.Coordinates.from_pandas_multiindex(pd.MultiIndex.from_product([[1, 2], ['a']], names=['l', 'm']), 'z'))",
        "v = xr.DataTree.from_dict({'/': xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1}), '/a': xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})})",
        "x = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})\nv = [x, x.n, x.n.data]",
        "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1}).isel(x=[0])",
        "v = xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1}).groupby('x')",
    ],
)
