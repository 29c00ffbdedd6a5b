"""Values of polars."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("numpy", "polars")

DIFFER = pairs(
    "polars",
    NEEDS,
    [
        ("width", "v = pl.Series([1], dtype=pl.Int32)", "v = pl.Series([1], dtype=pl.Int64)"),
        ("name", "v = pl.Series('a', [1])", "v = pl.Series('b', [1])"),
        ("column-order", "v = pl.DataFrame({'a': [1], 'b': [2]})", "v = pl.DataFrame({'b': [2], 'a': [1]})"),
        ("boundaries", "v = pl.Series(['ab', 'c'])", "v = pl.Series(['a', 'bc'])"),
        ("null-or-empty", "v = pl.Series([None, 'a'])", "v = pl.Series(['', 'a'])"),
        (
            "long-text",
            "v = pl.Series(['x' * 40, 'y' * 40])",
            "v = pl.Series(['x' * 40, 'y' * 39 + 'z'])",
            "v.to_list()",
        ),
        ("nan-or-null", "v = pl.Series([1.0, None])", "v = pl.Series([1.0, float('nan')])"),
        ("boolean", "v = pl.Series([True, None])", "v = pl.Series([True, False])"),
        ("list-boundaries", "v = pl.Series([[1, 2], [3]])", "v = pl.Series([[1], [2, 3]])"),
        ("empty-or-null-list", "v = pl.Series([[], [1]])", "v = pl.Series([None, [1]])"),
        ("null-in-list", "v = pl.Series([[None], [1]])", "v = pl.Series([[], [1]])"),
        ("struct-null", "v = pl.Series([None, {'a': 1}])", "v = pl.Series([{'a': None}, {'a': 1}])", "v.null_count()"),
        ("struct-name", "v = pl.Series([{'a': 1}])", "v = pl.Series([{'b': 1}])", "v.dtype"),
        ("array-or-list", "v = pl.Series([[1]], dtype=pl.Array(pl.Int64, 1))", "v = pl.Series([[1]])"),
        (
            "decimal-scale",
            "v = pl.Series([decimal.Decimal('1.0')])",
            "v = pl.Series([decimal.Decimal('1.00')])",
            "v.dtype",
        ),
        (
            "unit",
            "v = pl.Series([1], dtype=pl.Datetime('ms'))",
            "v = pl.Series([1], dtype=pl.Datetime('us'))",
            "v.dtype",
        ),
        (
            "zone",
            "v = pl.Series([1]).cast(pl.Datetime('us'))",
            "v = pl.Series([1]).cast(pl.Datetime('us', 'UTC'))",
            "v.dtype",
        ),
        (
            "enum-categories",
            "v = pl.Series(['a'], dtype=pl.Enum(['a', 'b']))",
            "v = pl.Series(['a'], dtype=pl.Enum(['a', 'c']))",
            "v.dtype",
        ),
        (
            "many-categories",
            "v = pl.Enum([f'c{i}' for i in range(1000)])",
            "v = pl.Enum([f'c{i}' if i != 500 else 'x' for i in range(1000)])",
            "list(v.categories)",
        ),
        ("category", "v = pl.Series(['a'], dtype=pl.Categorical)", "v = pl.Series(['b'], dtype=pl.Categorical)"),
        ("wide-integers", "v = pl.Series([2 ** 100], dtype=pl.Int128)", "v = pl.Series([2 ** 101], dtype=pl.Int128)"),
        ("bytes", "v = pl.Series([b'a', b''])", "v = pl.Series([b'', b'a'])"),
        ("objects", "v = pl.Series([{1}, 2], dtype=pl.Object)", "v = pl.Series([{2}, 2], dtype=pl.Object)"),
        (
            "query",
            "v = pl.LazyFrame({'a': [1]}).filter(pl.col('a') > 0)",
            "v = pl.LazyFrame({'a': [1]}).filter(pl.col('a') > 1)",
            "v.collect()",
        ),
        ("data-of-query", "v = pl.LazyFrame({'a': [1]})", "v = pl.LazyFrame({'a': [2]})", "v.collect()"),
        ("expression", "v = pl.col('a') + 1", "v = pl.col('a') + 2", "str(v)"),
        ("series-or-frame", "v = pl.Series('a', [1])", "v = pl.DataFrame({'a': [1]})"),
        ("rows-without-columns", "v = pl.DataFrame()", "v = pl.DataFrame(schema=['a'])"),
        ("dtype-class-or-instance", "v = pl.Datetime('us')", "v = pl.Datetime('ms')"),
        ("one-value-of-many", "v = pl.Series(range(300_000))", "v = pl.Series([*range(299_999), 0])", "v[-1]"),
    ],
)

DIFFER += pairs(
    "polars",
    NEEDS,
    [
        (
            "memory-of-an-array",
            "x = np.arange(3.0)\nv = [x, pl.Series(x)]",
            "v = [np.arange(3.0), pl.Series([0.0, 1.0, 2.0])]",
            "np.shares_memory(v[0], v[1].to_numpy())",
        ),
    ],
)

EQUAL = pairs(
    "polars",
    NEEDS,
    [
        (
            "chunks",
            "v = pl.concat([pl.Series([1, None]), pl.Series([3])], rechunk=False)",
            "v = pl.Series([1, None, 3])",
        ),
        (
            "chunks-of-text",
            "v = pl.concat([pl.Series(['a', None]), pl.Series(['b' * 40])], rechunk=False)",
            "v = pl.Series(['a', None, 'b' * 40])",
        ),
        ("sliced", "v = pl.Series([9, 1, None])[1:]", "v = pl.Series([1, None])"),
        ("sliced-text", "v = pl.Series(['x', 'a', None])[1:]", "v = pl.Series(['a', None])"),
        ("sliced-booleans", "v = pl.Series([True, False, None])[1:]", "v = pl.Series([False, None])"),
        ("sliced-lists", "v = pl.Series([[9], [1], None, []])[1:]", "v = pl.Series([[1], None, []])"),
        ("sliced-structs", "v = pl.Series([{'a': 9}, {'a': 1}, None])[1:]", "v = pl.Series([{'a': 1}, None])"),
        (
            "sliced-arrays",
            "v = pl.Series([[9], [1], None], dtype=pl.Array(pl.Int64, 1))[1:]",
            "v = pl.Series([[1], None], dtype=pl.Array(pl.Int64, 1))",
        ),
        (
            "under-a-null",
            "v = pl.select(pl.when(pl.Series([True, False])).then(pl.Series([1, 7]))).to_series().alias('')",
            "v = pl.Series([1, None])",
        ),
        ("sorted-flag", "v = pl.Series([1, 2]).set_sorted()", "v = pl.Series([1, 2])"),
        (
            "category-history",
            "pl.Series(['zz', 'yy'], dtype=pl.Categorical)\nv = pl.Series(['a', 'zz'], dtype=pl.Categorical)",
            "v = pl.Series(['a', 'zz'], dtype=pl.Categorical)",
        ),
        (
            "after-use",
            "v = pl.DataFrame({'a': [1, 2]})",
            "v = pl.DataFrame({'a': [1, 2]})\nv.describe(), repr(v), v.schema, v['a'].sort(), v.n_chunks()",
        ),
        ("inner-type-as-class", "v = pl.List(pl.Int64)", "v = pl.List(pl.Int64())"),
        (
            "many-rows",
            "v = pl.concat([pl.Series([None, *range(1000)]), pl.Series(range(1000, 600_000))], rechunk=False)",
            "v = pl.Series([None, *range(600_000)])",
            "v.to_list()",
        ),
    ],
)

EQUAL += pairs(
    "polars",
    NEEDS,
    [
        (
            "slices-of-one-series",
            "x = pl.Series([1, 2, 3])\nv = [x[:2], x[1:]]",
            "v = [pl.Series([1, 2]), pl.Series([2, 3])]",
        )
    ],
)

ROUNDTRIP = values(
    "polars",
    NEEDS,
    [
        "v = pl.Series('s', ['a', None, 'x' * 50])",
        "v = pl.Series([b'a', None])",
        "v = pl.Series([True, None])",
        "v = pl.Series([[1, None], [], None])",
        "v = pl.Series([{'a': 1, 'b': 'x'}, None])",
        "v = pl.Series([[1, 2], None], dtype=pl.Array(pl.Int64, 2))",
        "v = pl.Series(['a', None, 'b'], dtype=pl.Categorical)",
        "v = pl.Series(['a', None], dtype=pl.Enum(['b', 'a']))",
        "v = pl.Series([decimal.Decimal('1.10'), None])",
        "v = pl.Series([dt.datetime(2020, 1, 1), None])",
        "v = pl.Series([dt.timedelta(1), None])",
        "v = pl.Series([dt.time(1), None])",
        "v = pl.Series([dt.date(2020, 1, 1), None])",
        "v = pl.Series([2 ** 100, None], dtype=pl.Int128)",
        "v = pl.Series([None, None])",
        "v = pl.Series([], dtype=pl.String)",
        "v = pl.Series([[['a'], None], []], dtype=pl.List(pl.List(pl.String)))",
        "v = pl.DataFrame({'a': [1, 2], 'b': ['x', None]})[1:]",
        "v = pl.LazyFrame({'a': [1, None]}).select(pl.col('a') + 1)",
        "v = (pl.col('a').sum() + 1).alias('b')",
        "v = pl.Struct({'a': pl.List(pl.Int8)})",
        "v = pl.Schema({'a': pl.Int8})",
    ],
)
