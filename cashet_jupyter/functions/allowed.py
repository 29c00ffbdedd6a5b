"""What `SafePickleSerializer` loads: classes and functions that make data of their arguments and do nothing else.

Each stands here by its exact name, in all modules under which the supported versions of its library write it; a rule
such as "everything in numpy" was rejected, because a library holds functions that run what they are given. Nothing here
imports a library. The types of numpy, pandas and pyarrow are no sandbox against bytes that are made to crash them.
"""

from __future__ import annotations

_BUILTINS = (
    "Ellipsis NotImplemented bool bytearray bytes complex dict float frozenset int list object range set slice str"
    " tuple"
)
_PATHS = "Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath"
_ADDRESSES = "IPv4Address IPv4Interface IPv4Network IPv6Address IPv6Interface IPv6Network"
_STANDARD = {
    "builtins": _BUILTINS,
    "collections": "ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "ipaddress": _ADDRESSES,
    "pathlib": _PATHS,
    "pathlib._local": _PATHS,
    "uuid": "SafeUUID UUID",
    "zoneinfo": "ZoneInfo",
}

_NUMPY_SCALARS = (
    "bool bool_ bytes_ complex128 complex64 clongdouble datetime64 float16 float32 float64 int16 int32 int64 int8"
    " intc intp longdouble longlong record str_ timedelta64 uint16 uint32 uint64 uint8 uintc uintp ulonglong void"
)
_NUMPY_CORE = {
    "_internal": "_convert_to_stringdtype_kwargs",
    "multiarray": "_reconstruct scalar",
    "numeric": "_frombuffer",
    "records": "recarray record",
}
_NUMPY = {
    "numpy": f"dtype matrix ndarray poly1d recarray {_NUMPY_SCALARS}",
    **{f"numpy.{core}.{module}": names for core in ("core", "_core") for module, names in _NUMPY_CORE.items()},
    "numpy.rec": "recarray record",
    "numpy.ma": "MaskedArray",
    "numpy.ma.core": "MaskedArray MaskedConstant _mareconstruct",
    "numpy.matrixlib.defmatrix": "matrix",
    "numpy.random._pickle": "__bit_generator_ctor __generator_ctor __randomstate_ctor",
    "numpy.random._mt19937": "MT19937",
    "numpy.random._pcg64": "PCG64 PCG64DXSM",
    "numpy.random._philox": "Philox",
    "numpy.random._sfc64": "SFC64",
    "numpy.random.bit_generator": "SeedSequence __pyx_unpickle_SeedSequence",
}

_INDEXES = "CategoricalIndex DatetimeIndex Index IntervalIndex MultiIndex PeriodIndex RangeIndex TimedeltaIndex"
_DTYPES = (
    "ArrowDtype BooleanDtype CategoricalDtype DatetimeTZDtype Float32Dtype Float64Dtype Int16Dtype Int32Dtype"
    " Int64Dtype Int8Dtype IntervalDtype PeriodDtype SparseDtype StringDtype UInt16Dtype UInt32Dtype UInt64Dtype"
    " UInt8Dtype"
)
_OFFSETS = (
    "BDay BHalfYearBegin BHalfYearEnd BMonthBegin BMonthEnd BQuarterBegin BQuarterEnd BYearBegin BYearEnd BusinessDay"
    " BusinessHour BusinessMonthBegin BusinessMonthEnd DateOffset Day Easter FY5253 FY5253Quarter HalfYearBegin"
    " HalfYearEnd Hour LastWeekOfMonth Micro Milli Minute MonthBegin MonthEnd Nano QuarterBegin QuarterEnd Second"
    " SemiMonthBegin SemiMonthEnd Week WeekOfMonth YearBegin YearEnd"
)
_ARRAYS = (
    "ArrowExtensionArray ArrowStringArray BooleanArray Categorical DatetimeArray FloatingArray IntegerArray"
    " IntervalArray NumpyExtensionArray PeriodArray SparseArray StringArray TimedeltaArray"
)
_PANDAS = {
    "pandas": f"Categorical DataFrame Interval NA Period Series {_INDEXES} {_DTYPES}",
    "pandas.arrays": _ARRAYS,
    "pandas._libs.arrays": "__pyx_unpickle_NDArrayBacked",
    "pandas._libs.internals": "_unpickle_block",
    "pandas._libs.interval": "Interval __pyx_unpickle_IntervalMixin",
    "pandas._libs.missing": "NA",
    "pandas._libs.sparse": "BlockIndex IntIndex",
    "pandas._libs.tslibs.nattype": "_nat_unpickle",
    "pandas._libs.tslibs.offsets": _OFFSETS,
    "pandas._libs.tslibs.period": "Period",
    "pandas._libs.tslibs.timedeltas": "_timedelta_unpickle",
    "pandas._libs.tslibs.timestamps": "_unpickle_timestamp",
    "pandas.core.arrays.arrow.array": "ArrowExtensionArray",
    "pandas.core.arrays.boolean": "BooleanArray BooleanDtype",
    "pandas.core.arrays.categorical": "Categorical",
    "pandas.core.arrays.datetimes": "DatetimeArray",
    "pandas.core.arrays.floating": "Float32Dtype Float64Dtype FloatingArray",
    "pandas.core.arrays.integer": (
        "Int16Dtype Int32Dtype Int64Dtype Int8Dtype IntegerArray UInt16Dtype UInt32Dtype UInt64Dtype UInt8Dtype"
    ),
    "pandas.core.arrays.interval": "IntervalArray",
    "pandas.core.arrays.numpy_": "NumpyExtensionArray PandasArray",
    "pandas.core.arrays.period": "PeriodArray",
    "pandas.core.arrays.sparse.array": "SparseArray",
    "pandas.core.arrays.string_": "StringArray StringDtype",
    "pandas.core.arrays.string_arrow": "ArrowStringArray ArrowStringArrayNumpySemantics",
    "pandas.core.arrays.timedeltas": "TimedeltaArray",
    "pandas.core.dtypes.dtypes": ("ArrowDtype CategoricalDtype DatetimeTZDtype IntervalDtype PeriodDtype SparseDtype"),
    "pandas.core.frame": "DataFrame",
    "pandas.core.indexes.base": "Index _new_Index",
    "pandas.core.indexes.category": "CategoricalIndex",
    "pandas.core.indexes.datetimes": "DatetimeIndex _new_DatetimeIndex",
    "pandas.core.indexes.interval": "IntervalIndex _new_IntervalIndex",
    "pandas.core.indexes.multi": "MultiIndex",
    "pandas.core.indexes.period": "PeriodIndex _new_PeriodIndex",
    "pandas.core.indexes.range": "RangeIndex",
    "pandas.core.indexes.timedeltas": "TimedeltaIndex _new_TimedeltaIndex",
    "pandas.core.internals.managers": "BlockManager SingleBlockManager",
    "pandas.core.series": "Series",
    # pandas keeps text in arrays of pyarrow from version 3 on
    "pyarrow.lib": "_restore_array py_buffer type_for_alias",
}

_ALLOWED = {
    (module, name)
    for table in (_STANDARD, _NUMPY, _PANDAS)
    for module, names in table.items()
    for name in names.split()
}


def is_allowed(module: str, name: str) -> bool:
    """Whether a class or function may be called by the bytes of a pickle."""
    return (module, name) in _ALLOWED
