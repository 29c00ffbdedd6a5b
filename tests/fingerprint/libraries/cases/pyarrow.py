"""Values of pyarrow."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("numpy", "pandas", "pyarrow")

DIFFER = pairs(
    "pyarrow",
    NEEDS,
    [
        ("width", "v = pa.array([1], pa.int32())", "v = pa.array([1], pa.int64())", "v.type"),
        (
            "null-or-zero",
            "v = pa.array([None, 1])",
            "v = pa.array([0, 1])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "which-is-null",
            "v = pa.array([None, 1, 1])",
            "v = pa.array([1, None, 1])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "null-or-empty-text",
            "v = pa.array([None, 'a'])",
            "v = pa.array(['', 'a'])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "boundaries",
            "v = pa.array(['ab', 'c'])",
            "v = pa.array(['a', 'bc'])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        ("text-or-bytes", "v = pa.array(['a'])", "v = pa.array([b'a'])", "v.type"),
        ("large", "v = pa.array(['a'])", "v = pa.array(['a'], pa.large_string())", "v.type"),
        (
            "list-boundaries",
            "v = pa.array([[1, 2], [3]])",
            "v = pa.array([[1], [2, 3]])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "empty-or-null-list",
            "v = pa.array([[], [1]])",
            "v = pa.array([None, [1]])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "null-in-list",
            "v = pa.array([[None, 1]])",
            "v = pa.array([[0, 1]])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "struct-field-name",
            "v = pa.array([{'a': 1}])",
            "v = pa.array([{'b': 1}])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "null-struct-or-null-field",
            "v = pa.array([None, {'a': 1}])",
            "v = pa.array([{'a': None}, {'a': 1}])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "dictionary-order",
            "v = pa.array(['a', 'b']).dictionary_encode()",
            "v = pa.DictionaryArray.from_arrays([1, 0], ['b', 'a'])",
            "v.dictionary.to_pylist()",
        ),
        (
            "dictionary-unused",
            "v = pa.DictionaryArray.from_arrays([0], ['a'])",
            "v = pa.DictionaryArray.from_arrays([0], ['a', 'b'])",
            "v.dictionary.to_pylist()",
        ),
        (
            "dictionary-ordered",
            "v = pa.DictionaryArray.from_arrays([0], ['a'])",
            "v = pa.DictionaryArray.from_arrays([0], ['a'], ordered=True)",
            "v.type",
        ),
        ("dictionary-or-plain", "v = pa.array(['a'])", "v = pa.array(['a']).dictionary_encode()", "v.type"),
        (
            "map-order",
            "v = pa.array([[('a', 1), ('b', 2)]], pa.map_(pa.string(), pa.int64()))",
            "v = pa.array([[('b', 2), ('a', 1)]], pa.map_(pa.string(), pa.int64()))",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        ("timestamp-unit", "v = pa.array([1], pa.timestamp('s'))", "v = pa.array([1], pa.timestamp('ms'))", "v.type"),
        (
            "timestamp-zone",
            "v = pa.array([1], pa.timestamp('s'))",
            "v = pa.array([1], pa.timestamp('s', 'UTC'))",
            "v.type",
        ),
        (
            "decimal-scale",
            "v = pa.array([decimal.Decimal('1.0')])",
            "v = pa.array([decimal.Decimal('1.00')])",
            "v.type",
        ),
        (
            "union-type",
            "v = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1]), pa.array(['a'])])",
            "v = pa.UnionArray.from_sparse(pa.array([1], pa.int8()), [pa.array([1]), pa.array(['a'])])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        ("array-or-chunked", "v = pa.array([1])", "v = pa.chunked_array([[1]])", "type(v)"),
        ("table-or-batch", "v = pa.table({'a': [1]})", "v = pa.record_batch({'a': [1]})", "type(v)"),
        (
            "column-name",
            "v = pa.table({'a': [1]})",
            "v = pa.table({'b': [1]})",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "rows-without-columns",
            "v = pa.table({'a': [1]}).select([])",
            "v = pa.table({'a': [1, 2]}).select([])",
            "v.num_rows",
        ),
        (
            "nullable",
            "v = pa.schema([pa.field('a', pa.int64())])",
            "v = pa.schema([pa.field('a', pa.int64(), False)])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "field-metadata",
            "v = pa.field('a', pa.int64())",
            "v = pa.field('a', pa.int64(), metadata={'k': 'v'})",
            "v.metadata",
        ),
        (
            "nested-nullable",
            "v = pa.list_(pa.field('x', pa.int8()))",
            "v = pa.list_(pa.field('x', pa.int8(), False))",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "nested-metadata",
            "v = pa.struct([pa.field('x', pa.int8())])",
            "v = pa.struct([pa.field('x', pa.int8(), metadata={'k': 'v'})])",
            "v.field(0).metadata",
        ),
        ("scalar-type", "v = pa.scalar(1, pa.int8())", "v = pa.scalar(1, pa.int16())", "v.type"),
        (
            "scalar-null",
            "v = pa.scalar(None, pa.int8())",
            "v = pa.scalar(0, pa.int8())",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        ("buffer", "v = pa.py_buffer(b'ab')", "v = pa.py_buffer(b'ba')", "v.to_pybytes()"),
        ("one-value-of-many", "v = pa.array(range(300_000))", "v = pa.array([*range(299_999), 0])", "v[-1]"),
        (
            "last-of-many-with-null",
            "v = pa.array([None, *range(300_000)])",
            "v = pa.array([None, *range(299_999), 0])",
            "v[-1]",
        ),
    ],
)

DIFFER += pairs(
    "pyarrow",
    NEEDS,
    [
        (
            "memory-of-an-array",
            "x = np.arange(3)\nv = [x, pa.array(x)]",
            "v = [np.arange(3), pa.array([0, 1, 2])]",
            "v[0].ctypes.data == v[1].buffers()[1].address",
        ),
    ],
)

EQUAL = pairs(
    "pyarrow",
    NEEDS,
    [
        (
            "chunks",
            "x = pa.array([1, None, 3, 4])\nv = pa.chunked_array([x.slice(0, 2), x.slice(2)])",
            "v = pa.chunked_array([[1, None, 3, 4]])",
            "v.to_pylist()",
        ),
        (
            "chunks-of-text",
            "x = pa.array(['a', None, 'ccc', ''])\nv = pa.chunked_array([x.slice(0, 2), x.slice(2)])",
            "v = pa.chunked_array([['a', None, 'ccc', '']])",
            "v.to_pylist()",
        ),
        (
            "chunks-of-booleans",
            "x = pa.array([True, None, False, True])\nv = pa.chunked_array([x.slice(0, 2), x.slice(2)])",
            "v = pa.chunked_array([[True, None, False, True]])",
            "v.to_pylist()",
        ),
        (
            "chunks-of-lists",
            "x = pa.array([[1], None, [2, None], []])\nv = pa.chunked_array([x.slice(0, 2), x.slice(2)])",
            "v = pa.chunked_array([[[1], None, [2, None], []]])",
            "v.to_pylist()",
        ),
        (
            "chunks-of-structs",
            "x = pa.array([{'a': 1}, None, {'a': None}, {'a': 3}])\nv = pa.chunked_array([x.slice(0, 2), x.slice(2)])",
            "v = pa.chunked_array([[{'a': 1}, None, {'a': None}, {'a': 3}]])",
            "v.to_pylist()",
        ),
        (
            "chunks-of-dictionaries",
            "v = pa.chunked_array([pa.array(['a']).dictionary_encode(), pa.array(['b', 'a']).dictionary_encode()])",
            "v = pa.chunked_array([pa.array(['a', 'b', 'a']).dictionary_encode()])",
            "v.to_pylist()",
        ),
        (
            "sliced",
            "v = pa.array([9, 1, None])[1:]",
            "v = pa.array([1, None])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "sliced-text",
            "v = pa.array(['x', 'a', None])[1:]",
            "v = pa.array(['a', None])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "sliced-lists",
            "v = pa.array([[9], [1], None])[1:]",
            "v = pa.array([[1], None])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "sliced-structs",
            "v = pa.array([{'a': 9}, None, {'a': 1}])[1:]",
            "v = pa.array([None, {'a': 1}])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "sliced-maps",
            "v = pa.array([[('x', 1)], None, [('y', 2)]], pa.map_(pa.string(), pa.int64()))[1:]",
            "v = pa.array([None, [('y', 2)]], pa.map_(pa.string(), pa.int64()))",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "sliced-fixed-lists",
            "v = pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int8(), 2))[1:]",
            "v = pa.array([None, [3, 4]], pa.list_(pa.int8(), 2))",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "sliced-decimals",
            "v = pa.array([decimal.Decimal('1.5'), None, decimal.Decimal('2.5')])[1:]",
            "v = pa.array([None, decimal.Decimal('2.5')])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "sliced-unions",
            "v = pa.UnionArray.from_dense(pa.array([0, 1, 0], pa.int8()), pa.array([0, 0, 1], pa.int32()), [pa.array([1, 2]), pa.array(['a'])])[1:]",
            "v = pa.UnionArray.from_dense(pa.array([1, 0], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array([2]), pa.array(['a'])])",
            "v.to_pylist()",
        ),
        (
            "runs",
            "v = pa.RunEndEncodedArray.from_arrays(pa.array([2, 5], pa.int32()), ['a', 'b'])[1:]",
            "v = pa.RunEndEncodedArray.from_arrays(pa.array([1, 2, 4], pa.int32()), ['a', 'b', 'b'])",
            "v.to_pylist()",
        ),
        (
            "views",
            "v = pa.array(['x', 'a' * 30, None], pa.string_view())[1:]",
            "v = pa.array(['a' * 30, None], pa.string_view())",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "list-views",
            "v = pa.array([[9], [1], None], pa.list_view(pa.int64()))[1:]",
            "v = pa.array([[1], None], pa.list_view(pa.int64()))",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "under-a-null",
            "v = pa.Array.from_buffers(pa.int64(), 2, [pa.py_buffer(b'\\x01'), pa.py_buffer(np.array([1, 7]))])",
            "v = pa.array([1, None])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "text-under-a-null",
            "v = pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b'\\x01'), pa.py_buffer(np.array([0, 1, 3], 'i4')), pa.py_buffer(b'axx')])",
            "v = pa.array(['a', None])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "under-a-null-struct",
            "v = pa.StructArray.from_arrays([pa.array([1, 7])], ['a'], mask=pa.array([False, True]))",
            "v = pa.array([{'a': 1}, None])",
            "v.to_pylist() if hasattr(v, 'to_pylist') else str(v)",
        ),
        (
            "table-after-concatenation",
            "v = pa.concat_tables([pa.table({'a': [1]}), pa.table({'a': [2]})])",
            "v = pa.table({'a': [1, 2]})",
            "v.to_pydict()",
        ),
        (
            "many-rows",
            "x = pa.array([None, *range(600_000)])\nv = pa.chunked_array([x.slice(0, 1000), x.slice(1000, 500_000), x.slice(501_000)])",
            "v = pa.chunked_array([[None, *range(600_000)]])",
            "v.to_pylist()",
        ),
    ],
)

EQUAL += pairs(
    "pyarrow",
    NEEDS,
    [
        (
            "slices-of-one-array",
            "x = pa.array([1, 2, 3])\nv = [x[:2], x[1:]]",
            "v = [pa.array([1, 2]), pa.array([2, 3])]",
            "str(v[0]) + str(v[1])",
        )
    ],
)

ROUNDTRIP = values(
    "pyarrow",
    NEEDS,
    [
        "v = pa.array([[1], None, []])",
        "v = pa.array(['a', None])",
        "v = pa.array([1.5, None], pa.float16())",
        "v = pa.array([{'a': [1, None]}, None])",
        "v = pa.array(['a', 'b', None]).dictionary_encode()[1:]",
        "v = pa.chunked_array([['a'], ['b']])",
        "v = pa.array([[('a', 1)], None], pa.map_(pa.string(), pa.int64()))[1:]",
        "v = pa.array([1, None], pa.duration('ms'))",
        "v = pa.array([(1, 2, 3), None], pa.month_day_nano_interval())",
        "v = pa.array([b'abc', None], pa.binary(3))",
        "v = pa.nulls(3)",
        "v = pa.array([], pa.string())",
        "v = pa.record_batch({'a': [1, 2]}).slice(1)",
        "v = pa.schema([pa.field('a', pa.int64(), False, {'k': 'v'})], {'m': 'n'})",
        "v = pa.scalar([1, None])",
        "v = pa.scalar('a')",
        "v = pa.dictionary(pa.int8(), pa.string(), True)",
        "v = pa.py_buffer(b'abc')",
        "v = pa.table({'a': [1], 'n': [{'x': None}]})",
    ],
)
