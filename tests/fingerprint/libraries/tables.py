"""Values of tables: pandas, polars, pyarrow. Every pair is two sources that bind `v`, as in `tests.cases.distinctions`."""

from __future__ import annotations

from tests.cases.distinctions import Pair, Value

PANDAS = ("numpy", "pandas")
ARROW = ("numpy", "pandas", "pyarrow")
POLARS = ("numpy", "polars")
OFFSET = "pd.date_range('2020', periods=3, freq='D')"


def _pandas(name: str, a: str, b: str, observe: str = "repr(v)") -> Pair:
    return Pair(f"pandas/{name}", a, b, observe, ARROW)


def _arrow(name: str, a: str, b: str, observe: str = "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)") -> Pair:
    return Pair(f"pyarrow/{name}", a, b, observe, ARROW)


def _polars(name: str, a: str, b: str, observe: str = "repr(v)") -> Pair:
    return Pair(f"polars/{name}", a, b, observe, POLARS)


DIFFER: list[Pair] = [
    # ------------------------------------------------------------------------------------------------ pandas: indexes
    _pandas("range-step", "v = pd.RangeIndex(0, 4, 2)", "v = pd.RangeIndex(0, 4, 3)"),
    _pandas("range-name", "v = pd.RangeIndex(3, name='a')", "v = pd.RangeIndex(3)"),
    _pandas("index-name-type", "v = pd.Index([1], name=1)", "v = pd.Index([1], name='1')", "v.name"),
    _pandas("index-freq", f"v = {OFFSET}", f"v = pd.DatetimeIndex(list({OFFSET}))", "v.freq"),
    _pandas("index-unit", f"v = {OFFSET}.as_unit('s')", f"v = {OFFSET}.as_unit('ns')", "v.dtype"),
    _pandas("index-zone", f"v = {OFFSET}", f"v = {OFFSET}.tz_localize('UTC')"),
    _pandas(
        "period-freq",
        "v = pd.period_range('2020-01', periods=2, freq='M')",
        "v = pd.PeriodIndex(['2020-01-01', '2020-01-02'], freq='D')",
    ),
    _pandas("interval-closed", "v = pd.interval_range(0, 3)", "v = pd.interval_range(0, 3, closed='left')"),
    _pandas("interval-ends", "v = pd.interval_range(0, 3)", "v = pd.interval_range(1, 4)"),
    _pandas("categories-of-index", "v = pd.CategoricalIndex(['a'])", "v = pd.CategoricalIndex(['a'], ['a', 'b'])"),
    _pandas("timedelta-or-date", "v = pd.to_timedelta([1, 2])", "v = pd.to_datetime([1, 2])"),
    _pandas(
        "multiindex-names",
        "v = pd.MultiIndex.from_arrays([[1], [2]], names=['a', 'b'])",
        "v = pd.MultiIndex.from_arrays([[1], [2]], names=['b', 'a'])",
    ),
    _pandas(
        "multiindex-unused-level",
        "v = pd.MultiIndex.from_product([[1, 2], ['a']])[:1]",
        "v = pd.MultiIndex.from_product([[1], ['a']])",
        "[list(level) for level in v.levels]",
    ),
    _pandas(
        "multiindex-codes",
        "v = pd.MultiIndex.from_arrays([[1, 2], [1, 2]])",
        "v = pd.MultiIndex.from_arrays([[1, 2], [2, 1]])",
    ),
    _pandas(
        "names-of-columns", "v = pd.DataFrame({'a': [1]})", "v = pd.DataFrame({'a': [1]}).rename_axis(columns='c')"
    ),
    _pandas("name-of-rows", "v = pd.DataFrame({'a': [1]})", "v = pd.DataFrame({'a': [1]}).rename_axis(index='r')"),
    _pandas("integer-or-text-columns", "v = pd.DataFrame({1: [1]})", "v = pd.DataFrame({'1': [1]})", "list(v.columns)"),
    _pandas(
        "one-index-or-two",
        "i = pd.Index(['x'])\nv = [i, i]",
        "v = [pd.Index(['x']), pd.Index(['x'])]",
        "v[0] is v[1]",
    ),
    # ------------------------------------------------------------------------------------------------- pandas: dtypes
    _pandas("int-width", "v = pd.Series([1], dtype='i4')", "v = pd.Series([1], dtype='i8')", "v.dtype"),
    _pandas(
        "byte-order", "v = pd.Series(np.array([1], '>i4'))", "v = pd.Series(np.array([1 << 24], '<i4'))", "v.sum()"
    ),
    _pandas("float-or-nullable", "v = pd.Series([1.0])", "v = pd.Series([1.0], dtype='Float64')", "v.dtype"),
    _pandas("bool-or-nullable", "v = pd.Series([True])", "v = pd.Series([True], dtype='boolean')", "v.dtype"),
    _pandas("nullable-widths", "v = pd.array([1], 'Int8')", "v = pd.array([1], 'UInt8')"),
    _pandas("nan-in-nullable", "v = pd.array([1.0, None], 'Float64')", "v = pd.array([1.0, 0.0], 'Float64')"),
    _pandas(
        "string-storage",
        "v = pd.Series(['a'], dtype=pd.StringDtype('python'))",
        "v = pd.Series(['a'], dtype=pd.StringDtype('pyarrow'))",
        "v.dtype.storage",
    ),
    _pandas(
        "string-missing",
        "v = pd.Series(['a'], dtype=pd.StringDtype('python', na_value=np.nan))",
        "v = pd.Series(['a'], dtype=pd.StringDtype('python', na_value=pd.NA))",
        "v.dtype.na_value",
    ),
    _pandas("text-or-missing", "v = pd.Series(['a', None], dtype='str')", "v = pd.Series(['a', ''], dtype='str')"),
    _pandas("text-boundaries", "v = pd.Series(['ab', 'c'])", "v = pd.Series(['a', 'bc'])"),
    _pandas(
        "arrow-width",
        "v = pd.Series([1], dtype=pd.ArrowDtype(pa.int32()))",
        "v = pd.Series([1], dtype=pd.ArrowDtype(pa.int64()))",
        "v.dtype",
    ),
    _pandas(
        "arrow-null",
        "v = pd.Series([1, None], dtype=pd.ArrowDtype(pa.int64()))",
        "v = pd.Series([1, 0], dtype=pd.ArrowDtype(pa.int64()))",
    ),
    _pandas(
        "arrow-or-masked",
        "v = pd.Series([1, None], dtype='Int64')",
        "v = pd.Series([1, None], dtype='int64[pyarrow]')",
        "v.dtype",
    ),
    _pandas("ordered", "v = pd.Categorical(['a'], ordered=True)", "v = pd.Categorical(['a'])", "v.ordered"),
    _pandas("category-order", "v = pd.Categorical(['a'], ['a', 'b'])", "v = pd.Categorical(['a'], ['b', 'a'])"),
    _pandas("category-type", "v = pd.Categorical([1])", "v = pd.Categorical([1.0])", "v.categories.dtype"),
    _pandas("category-missing", "v = pd.Categorical(['a', None])", "v = pd.Categorical(['a', 'a'])"),
    _pandas(
        "sparse-fill",
        "v = pd.Series(pd.arrays.SparseArray([0, 1], fill_value=0))",
        "v = pd.Series(pd.arrays.SparseArray([0, 1], fill_value=1))",
        "v.sparse.fill_value",
    ),
    _pandas(
        "sparse-stored-zero",
        "v = pd.arrays.SparseArray(np.array([0, 1]), sparse_index=pd._libs.sparse.IntIndex(2, np.array([0, 1], 'i4')), fill_value=0)",
        "v = pd.arrays.SparseArray(np.array([0, 1]), fill_value=0)",
        "v.npoints",
    ),
    _pandas(
        "sparse-kind",
        "v = pd.arrays.SparseArray([0, 1], kind='block')",
        "v = pd.arrays.SparseArray([0, 1], kind='integer')",
        "v.kind",
    ),
    _pandas(
        "period-or-date", "v = pd.Series(pd.period_range('2020', periods=2, freq='D'))", f"v = pd.Series({OFFSET}[:2])"
    ),
    _pandas(
        "missing-time", "v = pd.Series([pd.NaT, pd.NaT])", "v = pd.Series(pd.to_timedelta([None, None]))", "v.dtype"
    ),
    _pandas("complex", "v = pd.Series([1 + 2j])", "v = pd.Series([1 - 2j])"),
    _pandas("negative-zero", "v = pd.Series([0.0])", "v = pd.Series([-0.0])"),
    # -------------------------------------------------------------------------------------------- pandas: object columns
    _pandas("objects-type", "v = pd.Series([1, 'a'], dtype=object)", "v = pd.Series([1.0, 'a'], dtype=object)"),
    _pandas("bool-or-int-object", "v = pd.Series([True], dtype=object)", "v = pd.Series([1], dtype=object)", "v[0]"),
    _pandas("missing-objects", "v = pd.Series([None], dtype=object)", "v = pd.Series([np.nan], dtype=object)"),
    _pandas("na-or-nat", "v = pd.Series([pd.NA], dtype=object)", "v = pd.Series([pd.NaT], dtype=object)"),
    _pandas("lists-in-cells", "v = pd.Series([[1], [2]])", "v = pd.Series([[1], [3]])"),
    _pandas(
        "one-list-in-two-cells",
        "x = [1]\nv = pd.Series([x, x])",
        "v = pd.Series([[1], [1]])",
        "v[0] is v[1]",
    ),
    _pandas("arrays-in-cells", "v = pd.Series([np.zeros(2)])", "v = pd.Series([np.ones(2)])"),
    # ------------------------------------------------------------------------------------- pandas: frames and what hangs on them
    _pandas(
        "flags",
        "v = pd.DataFrame({'a': [1]})",
        "v = pd.DataFrame({'a': [1]}).set_flags(allows_duplicate_labels=False)",
        "v.flags",
    ),
    _pandas("series-attrs", "v = pd.Series([1])", "v = pd.Series([1])\nv.attrs['a'] = 1", "v.attrs"),
    _pandas("frame-or-series", "v = pd.Series([1], name='a')", "v = pd.DataFrame({'a': [1]})", "type(v)"),
    _pandas("name-none-or-text", "v = pd.Series([1])", "v = pd.Series([1], name='None')", "v.name"),
    _pandas("empty-rows", "v = pd.DataFrame(index=[0, 1])", "v = pd.DataFrame(index=[0, 2])", "list(v.index)"),
    _pandas(
        "empty-dtype",
        "v = pd.DataFrame({'a': np.zeros(0)})",
        "v = pd.DataFrame({'a': np.zeros(0, int)})",
        "v.dtypes['a']",
    ),
    _pandas("empty-columns", "v = pd.DataFrame(columns=['a'])", "v = pd.DataFrame(columns=['b'])"),
    _pandas(
        "same-name-twice",
        "v = pd.DataFrame([[1, 2]], columns=['a', 'a'])",
        "v = pd.DataFrame([[2, 1]], columns=['a', 'a'])",
    ),
    _pandas(
        "row-major-transposed",
        "v = pd.DataFrame(np.arange(4).reshape(2, 2))",
        "v = pd.DataFrame(np.arange(4).reshape(2, 2).T)",
    ),
    _pandas(
        "one-cell-of-a-row-major-block",
        "v = pd.DataFrame(np.zeros((20_000, 3)))",
        "v = pd.DataFrame(np.zeros((20_000, 3)))\nv.iloc[12_345, 1] = 1",
        "v.to_numpy().sum()",
    ),
    _pandas(
        "own-metadata",
        "class F(pd.DataFrame):\n    _metadata = ['unit']\nv = F({'a': [1]})\nv.unit = 'm'",
        "class F(pd.DataFrame):\n    _metadata = ['unit']\nv = F({'a': [1]})\nv.unit = 's'",
        "v.unit",
    ),
    _pandas(
        "own-class",
        "class F(pd.DataFrame):\n    def one(self): return 1\nv = F({'a': [1]})",
        "class F(pd.DataFrame):\n    def one(self): return 2\nv = F({'a': [1]})",
        "v.one()",
    ),
    _pandas(
        "one-frame-or-two",
        "x = pd.DataFrame({'a': [1]})\nv = [x, x]",
        "v = [pd.DataFrame({'a': [1]}), pd.DataFrame({'a': [1]})]",
        "v[0] is v[1]",
    ),
    _pandas(
        "attrs-that-somebody-holds",
        "x = pd.DataFrame({'a': [1]})\nv = [x, x.attrs]",
        "v = [pd.DataFrame({'a': [1]}), {}]",
        "v[0].attrs is v[1]",
    ),
    _pandas(
        "group-keys",
        "v = pd.DataFrame({'a': [1], 'b': [1]}).groupby('a')",
        "v = pd.DataFrame({'a': [1], 'b': [1]}).groupby('b')",
        "v.sum()",
    ),
    _pandas(
        "group-order",
        "v = pd.DataFrame({'a': [1]}).groupby('a')",
        "v = pd.DataFrame({'a': [1]}).groupby('a', sort=False)",
        "v.sort",
    ),
    _pandas("window", "v = pd.Series([1, 2]).rolling(1)", "v = pd.Series([1, 2]).rolling(2)", "v.window"),
    # -------------------------------------------------------------------------------------------------- pandas: scalars
    _pandas("timestamp-zone", "v = pd.Timestamp('2020')", "v = pd.Timestamp('2020', tz='UTC')"),
    _pandas(
        "timestamp-unit", "v = pd.Timestamp('2020').as_unit('s')", "v = pd.Timestamp('2020').as_unit('ns')", "v.unit"
    ),
    _pandas("timestamp-fold", "v = pd.Timestamp('2020')", "v = pd.Timestamp('2020').replace(fold=1)", "v.fold"),
    _pandas("timestamp-or-datetime", "v = pd.Timestamp('2020')", "v = dt.datetime(2020, 1, 1)"),
    _pandas("nanoseconds", "v = pd.Timestamp(1)", "v = pd.Timestamp(2)"),
    _pandas("timedelta-unit", "v = pd.Timedelta('1s').as_unit('s')", "v = pd.Timedelta('1s').as_unit('ns')", "v.unit"),
    _pandas("period", "v = pd.Period('2020', 'Y')", "v = pd.Period('2020-01', 'M')"),
    _pandas("interval", "v = pd.Interval(0, 1)", "v = pd.Interval(0, 1, 'both')"),
    _pandas("offset", "v = pd.offsets.Day(2)", "v = pd.offsets.Day(3)"),
    _pandas("offset-anchor", "v = pd.offsets.Week(weekday=1)", "v = pd.offsets.Week(weekday=2)"),
    _pandas("offset-parts", "v = pd.DateOffset(months=1)", "v = pd.DateOffset(days=1)"),
    _pandas(
        "offset-holidays",
        "v = pd.offsets.CustomBusinessDay(holidays=['2020-01-01'])",
        "v = pd.offsets.CustomBusinessDay(holidays=['2020-01-02'])",
        "v.holidays",
    ),
    _pandas("missing-values", "v = pd.NaT", "v = pd.NA"),
    _pandas("dtype-zone", "v = pd.DatetimeTZDtype('ns', 'UTC')", "v = pd.DatetimeTZDtype('us', 'UTC')"),
    _pandas("dtype-interval", "v = pd.IntervalDtype('int64', 'left')", "v = pd.IntervalDtype('int64', 'right')"),
    _pandas("dtype-sparse", "v = pd.SparseDtype(float, 0.0)", "v = pd.SparseDtype(float, 1.0)"),
    _pandas("dtype-arrow", "v = pd.ArrowDtype(pa.int8())", "v = pd.ArrowDtype(pa.int16())"),
    # ------------------------------------------------------------------------------------------------------------ pyarrow
    _arrow("width", "v = pa.array([1], pa.int32())", "v = pa.array([1], pa.int64())", "v.type"),
    _arrow("null-or-zero", "v = pa.array([None, 1])", "v = pa.array([0, 1])"),
    _arrow("which-is-null", "v = pa.array([None, 1, 1])", "v = pa.array([1, None, 1])"),
    _arrow("null-or-empty-text", "v = pa.array([None, 'a'])", "v = pa.array(['', 'a'])"),
    _arrow("boundaries", "v = pa.array(['ab', 'c'])", "v = pa.array(['a', 'bc'])"),
    _arrow("text-or-bytes", "v = pa.array(['a'])", "v = pa.array([b'a'])", "v.type"),
    _arrow("large", "v = pa.array(['a'])", "v = pa.array(['a'], pa.large_string())", "v.type"),
    _arrow("list-boundaries", "v = pa.array([[1, 2], [3]])", "v = pa.array([[1], [2, 3]])"),
    _arrow("empty-or-null-list", "v = pa.array([[], [1]])", "v = pa.array([None, [1]])"),
    _arrow("null-in-list", "v = pa.array([[None, 1]])", "v = pa.array([[0, 1]])"),
    _arrow("struct-field-name", "v = pa.array([{'a': 1}])", "v = pa.array([{'b': 1}])"),
    _arrow("null-struct-or-null-field", "v = pa.array([None, {'a': 1}])", "v = pa.array([{'a': None}, {'a': 1}])"),
    _arrow(
        "dictionary-order",
        "v = pa.array(['a', 'b']).dictionary_encode()",
        "v = pa.DictionaryArray.from_arrays([1, 0], ['b', 'a'])",
        "v.dictionary.to_pylist()",
    ),
    _arrow(
        "dictionary-unused",
        "v = pa.DictionaryArray.from_arrays([0], ['a'])",
        "v = pa.DictionaryArray.from_arrays([0], ['a', 'b'])",
        "v.dictionary.to_pylist()",
    ),
    _arrow(
        "dictionary-ordered",
        "v = pa.DictionaryArray.from_arrays([0], ['a'])",
        "v = pa.DictionaryArray.from_arrays([0], ['a'], ordered=True)",
        "v.type",
    ),
    _arrow("dictionary-or-plain", "v = pa.array(['a'])", "v = pa.array(['a']).dictionary_encode()", "v.type"),
    _arrow(
        "map-order",
        "v = pa.array([[('a', 1), ('b', 2)]], pa.map_('str', 'i8'))".replace("'str'", "pa.string()").replace(
            "'i8'", "pa.int64()"
        ),
        "v = pa.array([[('b', 2), ('a', 1)]], pa.map_(pa.string(), pa.int64()))",
    ),
    _arrow("timestamp-unit", "v = pa.array([1], pa.timestamp('s'))", "v = pa.array([1], pa.timestamp('ms'))", "v.type"),
    _arrow(
        "timestamp-zone",
        "v = pa.array([1], pa.timestamp('s'))",
        "v = pa.array([1], pa.timestamp('s', 'UTC'))",
        "v.type",
    ),
    _arrow(
        "decimal-scale", "v = pa.array([decimal.Decimal('1.0')])", "v = pa.array([decimal.Decimal('1.00')])", "v.type"
    ),
    _arrow(
        "union-type",
        "v = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1]), pa.array(['a'])])",
        "v = pa.UnionArray.from_sparse(pa.array([1], pa.int8()), [pa.array([1]), pa.array(['a'])])",
    ),
    _arrow("array-or-chunked", "v = pa.array([1])", "v = pa.chunked_array([[1]])", "type(v)"),
    _arrow("table-or-batch", "v = pa.table({'a': [1]})", "v = pa.record_batch({'a': [1]})", "type(v)"),
    _arrow("column-name", "v = pa.table({'a': [1]})", "v = pa.table({'b': [1]})"),
    _arrow(
        "rows-without-columns",
        "v = pa.table({'a': [1]}).select([])",
        "v = pa.table({'a': [1, 2]}).select([])",
        "v.num_rows",
    ),
    _arrow(
        "nullable", "v = pa.schema([pa.field('a', pa.int64())])", "v = pa.schema([pa.field('a', pa.int64(), False)])"
    ),
    _arrow(
        "field-metadata",
        "v = pa.field('a', pa.int64())",
        "v = pa.field('a', pa.int64(), metadata={'k': 'v'})",
        "v.metadata",
    ),
    _arrow(
        "nested-nullable", "v = pa.list_(pa.field('x', pa.int8()))", "v = pa.list_(pa.field('x', pa.int8(), False))"
    ),
    _arrow(
        "nested-metadata",
        "v = pa.struct([pa.field('x', pa.int8())])",
        "v = pa.struct([pa.field('x', pa.int8(), metadata={'k': 'v'})])",
        "v.field(0).metadata",
    ),
    _arrow("scalar-type", "v = pa.scalar(1, pa.int8())", "v = pa.scalar(1, pa.int16())", "v.type"),
    _arrow("scalar-null", "v = pa.scalar(None, pa.int8())", "v = pa.scalar(0, pa.int8())"),
    _arrow("buffer", "v = pa.py_buffer(b'ab')", "v = pa.py_buffer(b'ba')", "v.to_pybytes()"),
    _arrow("one-value-of-many", "v = pa.array(range(300_000))", "v = pa.array([*range(299_999), 0])", "v[-1]"),
    _arrow(
        "last-of-many-with-null",
        "v = pa.array([None, *range(300_000)])",
        "v = pa.array([None, *range(299_999), 0])",
        "v[-1]",
    ),
    # ------------------------------------------------------------------------------------------------------------- polars
    _polars("width", "v = pl.Series([1], dtype=pl.Int32)", "v = pl.Series([1], dtype=pl.Int64)"),
    _polars("name", "v = pl.Series('a', [1])", "v = pl.Series('b', [1])"),
    _polars("column-order", "v = pl.DataFrame({'a': [1], 'b': [2]})", "v = pl.DataFrame({'b': [2], 'a': [1]})"),
    _polars("boundaries", "v = pl.Series(['ab', 'c'])", "v = pl.Series(['a', 'bc'])"),
    _polars("null-or-empty", "v = pl.Series([None, 'a'])", "v = pl.Series(['', 'a'])"),
    _polars(
        "long-text", "v = pl.Series(['x' * 40, 'y' * 40])", "v = pl.Series(['x' * 40, 'y' * 39 + 'z'])", "v.to_list()"
    ),
    _polars("nan-or-null", "v = pl.Series([1.0, None])", "v = pl.Series([1.0, float('nan')])"),
    _polars("boolean", "v = pl.Series([True, None])", "v = pl.Series([True, False])"),
    _polars("list-boundaries", "v = pl.Series([[1, 2], [3]])", "v = pl.Series([[1], [2, 3]])"),
    _polars("empty-or-null-list", "v = pl.Series([[], [1]])", "v = pl.Series([None, [1]])"),
    _polars("null-in-list", "v = pl.Series([[None], [1]])", "v = pl.Series([[], [1]])"),
    _polars(
        "struct-null", "v = pl.Series([None, {'a': 1}])", "v = pl.Series([{'a': None}, {'a': 1}])", "v.null_count()"
    ),
    _polars("struct-name", "v = pl.Series([{'a': 1}])", "v = pl.Series([{'b': 1}])", "v.dtype"),
    _polars("array-or-list", "v = pl.Series([[1]], dtype=pl.Array(pl.Int64, 1))", "v = pl.Series([[1]])"),
    _polars(
        "decimal-scale",
        "v = pl.Series([decimal.Decimal('1.0')])",
        "v = pl.Series([decimal.Decimal('1.00')])",
        "v.dtype",
    ),
    _polars(
        "unit", "v = pl.Series([1], dtype=pl.Datetime('ms'))", "v = pl.Series([1], dtype=pl.Datetime('us'))", "v.dtype"
    ),
    _polars(
        "zone",
        "v = pl.Series([1]).cast(pl.Datetime('us'))",
        "v = pl.Series([1]).cast(pl.Datetime('us', 'UTC'))",
        "v.dtype",
    ),
    _polars(
        "enum-categories",
        "v = pl.Series(['a'], dtype=pl.Enum(['a', 'b']))",
        "v = pl.Series(['a'], dtype=pl.Enum(['a', 'c']))",
        "v.dtype",
    ),
    _polars(
        "many-categories",
        "v = pl.Enum([f'c{i}' for i in range(1000)])",
        "v = pl.Enum([f'c{i}' if i != 500 else 'x' for i in range(1000)])",
        "list(v.categories)",
    ),
    _polars("category", "v = pl.Series(['a'], dtype=pl.Categorical)", "v = pl.Series(['b'], dtype=pl.Categorical)"),
    _polars(
        "wide-integers", "v = pl.Series([2 ** 100], dtype=pl.Int128)", "v = pl.Series([2 ** 101], dtype=pl.Int128)"
    ),
    _polars("bytes", "v = pl.Series([b'a', b''])", "v = pl.Series([b'', b'a'])"),
    _polars("objects", "v = pl.Series([{1}, 2], dtype=pl.Object)", "v = pl.Series([{2}, 2], dtype=pl.Object)"),
    _polars(
        "query",
        "v = pl.LazyFrame({'a': [1]}).filter(pl.col('a') > 0)",
        "v = pl.LazyFrame({'a': [1]}).filter(pl.col('a') > 1)",
        "v.collect()",
    ),
    _polars("data-of-query", "v = pl.LazyFrame({'a': [1]})", "v = pl.LazyFrame({'a': [2]})", "v.collect()"),
    _polars("expression", "v = pl.col('a') + 1", "v = pl.col('a') + 2", "str(v)"),
    _polars("series-or-frame", "v = pl.Series('a', [1])", "v = pl.DataFrame({'a': [1]})"),
    _polars("rows-without-columns", "v = pl.DataFrame()", "v = pl.DataFrame(schema=['a'])"),
    _polars("dtype-class-or-instance", "v = pl.Datetime('us')", "v = pl.Datetime('ms')"),
    _polars("one-value-of-many", "v = pl.Series(range(300_000))", "v = pl.Series([*range(299_999), 0])", "v[-1]"),
]

CHUNKED = "pa.chunked_array([x.slice(0, 2), x.slice(2)])"
EQUAL: list[Pair] = [
    _pandas(
        "row-major",
        "v = pd.DataFrame(np.arange(6.0).reshape(3, 2))",
        "v = pd.DataFrame({0: [0.0, 2.0, 4.0], 1: [1.0, 3.0, 5.0]})\nv.columns = pd.RangeIndex(2)",
    ),
    _pandas(
        "big-row-major",
        "v = pd.DataFrame(np.arange(60_000.0).reshape(20_000, 3))",
        "x = np.arange(60_000.0).reshape(20_000, 3)\nv = pd.DataFrame({i: x[:, i].copy() for i in range(3)})\nv.columns = pd.RangeIndex(3)",
        "v.to_numpy().tolist()",
    ),
    _pandas(
        "column-inserted",
        "v = pd.DataFrame({'a': [1], 'b': [2.0]})",
        "v = pd.DataFrame({'b': [2.0]})\nv.insert(0, 'a', [1])",
    ),
    _pandas("strided", "v = pd.Series(np.arange(10))[::2].reset_index(drop=True)", "v = pd.Series([0, 2, 4, 6, 8])"),
    _pandas(
        "under-the-mask",
        "v = pd.arrays.IntegerArray(np.array([1, 7]), np.array([False, True]))",
        "v = pd.arrays.IntegerArray(np.array([1, 9]), np.array([False, True]))",
    ),
    _pandas(
        "chunked-text",
        "v = pd.concat([pd.Series(['a', None]), pd.Series(['b'])], ignore_index=True)",
        "v = pd.Series(['a', None, 'b'])",
    ),
    _pandas(
        "filtered-text",
        "v = pd.Series(['x', 'a', None])[[False, True, True]].reset_index(drop=True)",
        "v = pd.Series(['a', None], dtype='str')",
    ),
    _pandas(
        "chunked-arrow",
        "v = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([[1], [None, 2]])))",
        "v = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([[1, None, 2]])))",
    ),
    _pandas(
        "after-use",
        "v = pd.DataFrame({'a': ['x', 'y']})",
        "v = pd.DataFrame({'a': ['x', 'y']})\nv.describe(), repr(v), v['a'].str.upper(), v.index.is_unique, v.attrs, v.flags, v.a",
    ),
    _pandas("accessors", "v = pd.Series(['a'])", "v = pd.Series(['a'])\nv.str, v.plot"),
    _pandas(
        "index-after-use",
        "v = pd.Index([3, 1])",
        "v = pd.Index([3, 1])\nv.get_loc(1), v.is_unique, v.is_monotonic_increasing, v.sort_values(), hash(v.dtype)",
    ),
    _pandas(
        "multiindex-after-use",
        "v = pd.MultiIndex.from_product([[1, 2], ['a', 'b']])",
        "v = pd.MultiIndex.from_product([[1, 2], ['a', 'b']])\nv.get_loc((1, 'a')), v.is_unique, v.levels, v.values",
    ),
    _pandas(
        "group-after-use",
        "v = pd.DataFrame({'a': [1, 1], 'b': [1, 2]}).groupby('a')",
        "v = pd.DataFrame({'a': [1, 1], 'b': [1, 2]}).groupby('a')\nv.sum(), v.indices, len(v), v['b'].mean()",
        "v.sum()",
    ),
    _pandas(
        "window-after-use",
        "v = pd.Series([1.0, 2.0]).rolling(2)",
        "v = pd.Series([1.0, 2.0]).rolling(2)\nv.sum()",
        "v.sum()",
    ),
    _pandas("sparse", "v = pd.arrays.SparseArray([0, 1, 0])", "v = pd.arrays.SparseArray(np.array([0, 1, 0]))"),
    _pandas(
        "objects",
        "v = pd.Series(['a', 1, None, pd.Timestamp('2020')], dtype=object)",
        "v = pd.Series(list(['a', 1, None, pd.Timestamp('2020')]), dtype=object)",
    ),
    _pandas(
        "categories",
        "v = pd.Series(['a', 'b', 'a'], dtype='category')",
        "v = pd.Categorical.from_codes([0, 1, 0], ['a', 'b'])\nv = pd.Series(v)",
    ),
    _pandas(
        "date-columns",
        f"v = pd.DataFrame({{'t': {OFFSET}, 'u': {OFFSET}}})",
        f"v = pd.DataFrame({{'t': {OFFSET}}}).assign(u={OFFSET})",
    ),
    _arrow(
        "chunks",
        f"x = pa.array([1, None, 3, 4])\nv = {CHUNKED}",
        "v = pa.chunked_array([[1, None, 3, 4]])",
        "v.to_pylist()",
    ),
    _arrow(
        "chunks-of-text",
        f"x = pa.array(['a', None, 'ccc', ''])\nv = {CHUNKED}",
        "v = pa.chunked_array([['a', None, 'ccc', '']])",
        "v.to_pylist()",
    ),
    _arrow(
        "chunks-of-booleans",
        f"x = pa.array([True, None, False, True])\nv = {CHUNKED}",
        "v = pa.chunked_array([[True, None, False, True]])",
        "v.to_pylist()",
    ),
    _arrow(
        "chunks-of-lists",
        f"x = pa.array([[1], None, [2, None], []])\nv = {CHUNKED}",
        "v = pa.chunked_array([[[1], None, [2, None], []]])",
        "v.to_pylist()",
    ),
    _arrow(
        "chunks-of-structs",
        f"x = pa.array([{{'a': 1}}, None, {{'a': None}}, {{'a': 3}}])\nv = {CHUNKED}",
        "v = pa.chunked_array([[{'a': 1}, None, {'a': None}, {'a': 3}]])",
        "v.to_pylist()",
    ),
    _arrow(
        "chunks-of-dictionaries",
        "v = pa.chunked_array([pa.array(['a']).dictionary_encode(), pa.array(['b', 'a']).dictionary_encode()])",
        "v = pa.chunked_array([pa.array(['a', 'b', 'a']).dictionary_encode()])",
        "v.to_pylist()",
    ),
    _arrow("sliced", "v = pa.array([9, 1, None])[1:]", "v = pa.array([1, None])"),
    _arrow("sliced-text", "v = pa.array(['x', 'a', None])[1:]", "v = pa.array(['a', None])"),
    _arrow("sliced-lists", "v = pa.array([[9], [1], None])[1:]", "v = pa.array([[1], None])"),
    _arrow("sliced-structs", "v = pa.array([{'a': 9}, None, {'a': 1}])[1:]", "v = pa.array([None, {'a': 1}])"),
    _arrow(
        "sliced-maps",
        "v = pa.array([[('x', 1)], None, [('y', 2)]], pa.map_(pa.string(), pa.int64()))[1:]",
        "v = pa.array([None, [('y', 2)]], pa.map_(pa.string(), pa.int64()))",
    ),
    _arrow(
        "sliced-fixed-lists",
        "v = pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int8(), 2))[1:]",
        "v = pa.array([None, [3, 4]], pa.list_(pa.int8(), 2))",
    ),
    _arrow(
        "sliced-decimals",
        "v = pa.array([decimal.Decimal('1.5'), None, decimal.Decimal('2.5')])[1:]",
        "v = pa.array([None, decimal.Decimal('2.5')])",
    ),
    _arrow(
        "sliced-unions",
        "v = pa.UnionArray.from_dense(pa.array([0, 1, 0], pa.int8()), pa.array([0, 0, 1], pa.int32()), [pa.array([1, 2]), pa.array(['a'])])[1:]",
        "v = pa.UnionArray.from_dense(pa.array([1, 0], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array([2]), pa.array(['a'])])",
        "v.to_pylist()",
    ),
    _arrow(
        "runs",
        "v = pa.RunEndEncodedArray.from_arrays(pa.array([2, 5], pa.int32()), ['a', 'b'])[1:]",
        "v = pa.RunEndEncodedArray.from_arrays(pa.array([1, 2, 4], pa.int32()), ['a', 'b', 'b'])",
        "v.to_pylist()",
    ),
    _arrow(
        "views",
        "v = pa.array(['x', 'a' * 30, None], pa.string_view())[1:]",
        "v = pa.array(['a' * 30, None], pa.string_view())",
    ),
    _arrow(
        "list-views",
        "v = pa.array([[9], [1], None], pa.list_view(pa.int64()))[1:]",
        "v = pa.array([[1], None], pa.list_view(pa.int64()))",
    ),
    _arrow(
        "under-a-null",
        "v = pa.Array.from_buffers(pa.int64(), 2, [pa.py_buffer(b'\\x01'), pa.py_buffer(np.array([1, 7]))])",
        "v = pa.array([1, None])",
    ),
    _arrow(
        "text-under-a-null",
        "v = pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b'\\x01'), pa.py_buffer(np.array([0, 1, 3], 'i4')), pa.py_buffer(b'axx')])",
        "v = pa.array(['a', None])",
    ),
    _arrow(
        "under-a-null-struct",
        "v = pa.StructArray.from_arrays([pa.array([1, 7])], ['a'], mask=pa.array([False, True]))",
        "v = pa.array([{'a': 1}, None])",
    ),
    _arrow(
        "table-after-concatenation",
        "v = pa.concat_tables([pa.table({'a': [1]}), pa.table({'a': [2]})])",
        "v = pa.table({'a': [1, 2]})",
        "v.to_pydict()",
    ),
    _arrow(
        "many-rows",
        "x = pa.array([None, *range(600_000)])\nv = pa.chunked_array([x.slice(0, 1000), x.slice(1000, 500_000), x.slice(501_000)])",
        "v = pa.chunked_array([[None, *range(600_000)]])",
        "v.to_pylist()",
    ),
    _polars(
        "chunks", "v = pl.concat([pl.Series([1, None]), pl.Series([3])], rechunk=False)", "v = pl.Series([1, None, 3])"
    ),
    _polars(
        "chunks-of-text",
        "v = pl.concat([pl.Series(['a', None]), pl.Series(['b' * 40])], rechunk=False)",
        "v = pl.Series(['a', None, 'b' * 40])",
    ),
    _polars("sliced", "v = pl.Series([9, 1, None])[1:]", "v = pl.Series([1, None])"),
    _polars("sliced-text", "v = pl.Series(['x', 'a', None])[1:]", "v = pl.Series(['a', None])"),
    _polars("sliced-booleans", "v = pl.Series([True, False, None])[1:]", "v = pl.Series([False, None])"),
    _polars("sliced-lists", "v = pl.Series([[9], [1], None, []])[1:]", "v = pl.Series([[1], None, []])"),
    _polars("sliced-structs", "v = pl.Series([{'a': 9}, {'a': 1}, None])[1:]", "v = pl.Series([{'a': 1}, None])"),
    _polars(
        "sliced-arrays",
        "v = pl.Series([[9], [1], None], dtype=pl.Array(pl.Int64, 1))[1:]",
        "v = pl.Series([[1], None], dtype=pl.Array(pl.Int64, 1))",
    ),
    _polars(
        "under-a-null",
        "v = pl.select(pl.when(pl.Series([True, False])).then(pl.Series([1, 7]))).to_series().alias('')",
        "v = pl.Series([1, None])",
    ),
    _polars("sorted-flag", "v = pl.Series([1, 2]).set_sorted()", "v = pl.Series([1, 2])"),
    _polars(
        "category-history",
        "pl.Series(['zz', 'yy'], dtype=pl.Categorical)\nv = pl.Series(['a', 'zz'], dtype=pl.Categorical)",
        "v = pl.Series(['a', 'zz'], dtype=pl.Categorical)",
    ),
    _polars(
        "after-use",
        "v = pl.DataFrame({'a': [1, 2]})",
        "v = pl.DataFrame({'a': [1, 2]})\nv.describe(), repr(v), v.schema, v['a'].sort(), v.n_chunks()",
    ),
    _polars("inner-type-as-class", "v = pl.List(pl.Int64)", "v = pl.List(pl.Int64())"),
    _polars(
        "many-rows",
        "v = pl.concat([pl.Series([None, *range(1000)]), pl.Series(range(1000, 600_000))], rechunk=False)",
        "v = pl.Series([None, *range(600_000)])",
        "v.to_list()",
    ),
]

_ARROW = [
    "pa.array([[1], None, []])",
    "pa.array(['a', None])",
    "pa.array([1.5, None], pa.float16())",
    "pa.array([{'a': [1, None]}, None])",
    "pa.array(['a', 'b', None]).dictionary_encode()[1:]",
    "pa.chunked_array([['a'], ['b']])",
    "pa.array([[('a', 1)], None], pa.map_(pa.string(), pa.int64()))[1:]",
    "pa.array([1, None], pa.duration('ms'))",
    "pa.array([(1, 2, 3), None], pa.month_day_nano_interval())",
    "pa.array([b'abc', None], pa.binary(3))",
    "pa.nulls(3)",
    "pa.array([], pa.string())",
    "pa.record_batch({'a': [1, 2]}).slice(1)",
    "pa.schema([pa.field('a', pa.int64(), False, {'k': 'v'})], {'m': 'n'})",
    "pa.scalar([1, None])",
    "pa.scalar('a')",
    "pa.dictionary(pa.int8(), pa.string(), True)",
    "pa.py_buffer(b'abc')",
    "pa.table({'a': [1], 'n': [{'x': None}]})",
]
_POLARS = [
    "pl.Series('s', ['a', None, 'x' * 50])",
    "pl.Series([b'a', None])",
    "pl.Series([True, None])",
    "pl.Series([[1, None], [], None])",
    "pl.Series([{'a': 1, 'b': 'x'}, None])",
    "pl.Series([[1, 2], None], dtype=pl.Array(pl.Int64, 2))",
    "pl.Series(['a', None, 'b'], dtype=pl.Categorical)",
    "pl.Series(['a', None], dtype=pl.Enum(['b', 'a']))",
    "pl.Series([decimal.Decimal('1.10'), None])",
    "pl.Series([dt.datetime(2020, 1, 1), None])",
    "pl.Series([dt.timedelta(1), None])",
    "pl.Series([dt.time(1), None])",
    "pl.Series([dt.date(2020, 1, 1), None])",
    "pl.Series([2 ** 100, None], dtype=pl.Int128)",
    "pl.Series([None, None])",
    "pl.Series([], dtype=pl.String)",
    "pl.Series([[['a'], None], []], dtype=pl.List(pl.List(pl.String)))",
    "pl.DataFrame({'a': [1, 2], 'b': ['x', None]})[1:]",
    "pl.LazyFrame({'a': [1, None]}).select(pl.col('a') + 1)",
    "(pl.col('a').sum() + 1).alias('b')",
    "pl.Struct({'a': pl.List(pl.Int8)})",
    "pl.Schema({'a': pl.Int8})",
]
_PANDAS = [
    "pd.Series(np.arange(3), index=list('abc'), name='n')",
    "pd.Series(pd.Categorical(['a', None], ['b', 'a'], ordered=True))",
    "pd.Series(pd.period_range('2020', periods=3, freq='M'))",
    "pd.Series(pd.interval_range(0, 3, closed='both'))",
    "pd.Series(pd.arrays.SparseArray([0, 0, 1]))",
    "pd.Series(pd.arrays.SparseArray([0.5, np.nan], kind='block'))",
    "pd.Series(['a', None], dtype=pd.StringDtype('python'))",
    "pd.Series(['a', None], dtype=pd.StringDtype('pyarrow', na_value=np.nan))",
    "pd.Series([[1], None], dtype=pd.ArrowDtype(pa.list_(pa.int64())))",
    "pd.Series([1.5, None], dtype='Float32')",
    "pd.Series([True, None], dtype='boolean')",
    "pd.Series(pd.to_timedelta(['1D', None]))",
    "pd.Series(pd.date_range('2020', periods=2, tz='Europe/Paris'))",
    "pd.Series([1, 'a', None, pd.NA, pd.NaT, [1]], dtype=object)",
    "pd.date_range('2020', periods=3, freq='MS', tz='UTC')",
    "pd.timedelta_range('1D', periods=3)",
    "pd.MultiIndex.from_product([pd.date_range('2020', periods=2), ['a', 'b']], names=['t', None])",
    "pd.MultiIndex.from_product([[1, 2], ['a', 'b']])[1:3]",
    "pd.CategoricalIndex(['a', 'b'], name='c')",
    "pd.interval_range(0.0, 1.0, 3)",
    "pd.RangeIndex(1, 9, 3, name='r')",
    "pd.DataFrame(np.arange(6).reshape(3, 2))",
    "pd.DataFrame({'a': [1], 'b': ['x']}).set_flags(allows_duplicate_labels=False)",
    "pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([('a', 'x'), ('b', 'y')]))",
    "pd.DataFrame()",
    "pd.DataFrame({'a': [1]}, index=pd.Index(['r'], name='i'))['a']",
    "pd.array([1, None], 'Int64')",
    "pd.array(['a', None])",
    "pd.Categorical(['a', 'b'])",
    "pd.Timestamp('2020', tz='Europe/Paris')",
    "pd.Timedelta('1D 2h')",
    "pd.Period('2020Q1')",
    "pd.Interval(pd.Timestamp('2020'), pd.Timestamp('2021'))",
    "[pd.NA, pd.NaT]",
    "pd.offsets.CustomBusinessDay(holidays=['2020-01-01'])",
    "pd.DateOffset(months=2)",
    "[pd.offsets.MonthEnd(), pd.offsets.BusinessHour(start='10:00'), pd.offsets.FY5253(variation='last', weekday=1, startingMonth=2)]",
    "[pd.CategoricalDtype(['a'], True), pd.PeriodDtype('D'), pd.Int8Dtype(), pd.ArrowDtype(pa.int8()), pd.StringDtype()]",
    "pd.DataFrame({'a': [1, 1, 2], 'b': [1.0, 2.0, 3.0]}).groupby('a')",
    "(lambda s: [s, s.index])(pd.Series([1], index=['a']))",
    "(lambda d: [d, d['a'], d])(pd.DataFrame({'a': [1]}))",
]


def _values(name: str, sources: list[str], observe: str, needs: tuple[str, ...]) -> list[Value]:
    return [Value(f"{name}/{source}", f"v = {source}", observe, needs) for source in sources]


ROUNDTRIP: list[Value] = [
    *_values("pandas", _PANDAS, "type(v)", ARROW),
    *_values("pyarrow", _ARROW, "str(v)", ARROW),
    *_values("polars", _POLARS, "str(v)", POLARS),
    Value(
        "pandas/attrs",
        "v = pd.DataFrame({'a': [1]})\nv.attrs['k'] = [1]",
        "v.attrs",
        PANDAS,
    ),
]
