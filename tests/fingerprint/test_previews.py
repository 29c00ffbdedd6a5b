"""What values looked like: small, quick, and without running the user's code."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import json
import sys
import uuid

import msgpack
import pytest

from cashet_jupyter.fingerprint.describe import describe
from cashet_jupyter.fingerprint.previews import LARGEST, ROOM, preview, previewed
from cashet_jupyter.models import Value
from cashet_jupyter.render.preview import preview_data
from tests.cases.distinctions import must_differ


class Silent:
    """Whatever is asked of it is an error."""

    def __repr__(self, *args):
        raise AssertionError("called")

    __str__ = __format__ = __getattribute__ = __len__ = __iter__ = __eq__ = __lt__ = __bool__ = __repr__
    __hash__ = object.__hash__


class Shy:
    """What a library may put into an array without asking more than this."""

    def __repr__(self):
        raise AssertionError("called")

    __str__ = __format__ = __repr__


class Zone(datetime.tzinfo):
    def utcoffset(self, dt):
        raise AssertionError("called")

    dst = tzname = utcoffset


class Colour(enum.Enum):
    RED = 1

    def __str__(self):
        raise AssertionError("called")

    __repr__ = __str__


class List(list):
    pass


def items(value):
    found = preview(value)
    assert found is not None
    assert found["kind"] == "items"
    return found["items"]


# ------------------------------------------------------------------------------------------------------------ containers
@pytest.mark.parametrize("value", [None, 1, 2.5, "text", b"x", [], {}, set(), List([1]), len, int])
def test_what_says_all_in_a_few_words_or_is_not_known_has_no_preview(value):
    assert preview(value) is None


def test_the_first_items_of_a_container_and_their_number():
    assert preview(list(range(25))) == {"kind": "items", "items": [str(n) for n in range(10)], "count": 25}
    assert preview({"a": 1, 2: [3]}) == {"kind": "items", "items": ["'a': 1", "2: [3]"], "count": 2}
    assert items(collections.deque([1.5, None])) == ["1.5", "None"]
    assert items((True, 1 + 2j, b"x", 1e-7)) == ["True", "1+2j", "b'x'", "1e-07"]


def test_a_small_set_is_in_order_and_equal_sets_look_alike():
    assert items({"b", "a", "c"}) == ["'a'", "'b'", "'c'"]
    assert items(frozenset(range(50))) == [str(n) for n in range(10)]
    assert len(items({1, "a"})) == 2


def test_containers_inside_are_cut_in_width_and_depth():
    assert items([[1, [2, [3, [4]]]], (1, 2, 3, 4), {1: {2: {3: 4}}}]) == [
        "[1, [2, […]]]",
        "(1, 2, 3, …)",
        "{1: {2: {…}}}",
    ]
    endless: list[object] = []
    endless.append(endless)
    assert items(endless) == ["[[[…]]]"]


def test_long_texts_and_numbers_are_cut():
    found = items(["x" * 10**6, b"y" * 10**6, 10**5000, 0.1234567891234, 123456789.125])
    assert all(len(text) <= 32 for text in found)
    assert found[2:] == ["an integer of 16,610 bits", "0.123457", "1.23457e+08"]


def test_texts_are_in_one_line_and_hide_nothing():
    assert items(["a\nb", "\u202eevil", "\x1b[31m"]) == ["'a\\nb'", "'\\u202eevil'", "'\\x1b[31m'"]


def test_known_scalars_are_written_out():
    moment = datetime.datetime(2026, 11, 22, 10, 30)
    day, span = datetime.date(2026, 11, 22), datetime.timedelta(hours=2)
    assert items([moment, moment.replace(tzinfo=datetime.UTC), day, span, decimal.Decimal("1.50")]) == [
        "2026-11-22 10:30:00", "2026-11-22 10:30:00+00:00", "2026-11-22", "2:00:00", "1.50",
    ]  # fmt: skip
    assert items([uuid.UUID(int=5), Colour.RED]) == ["00000000-0000-0000-0000-0000000…", "Colour.RED"]


def test_code_of_the_user_is_never_run():
    silent = Silent()
    assert preview(silent) is None
    assert items([silent, List([silent])]) == ["<Silent>", "<List>"]
    assert items({silent: silent}) == ["<Silent>: <Silent>"]
    assert items({silent}) == ["<Silent>"]
    assert items([datetime.datetime(2026, 11, 22, tzinfo=Zone())]) == ["2026-11-22 00:00:00"]


# ------------------------------------------------------------------------------------------------------------- tables
def test_the_first_rows_of_a_frame_of_pandas():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"n": range(100), "x": 0.5, "s": "abc", "d": pd.date_range("2026-01-01", periods=100)})
    found = preview(frame)
    assert found["columns"] == ["n", "x", "s", "d"]
    assert found["types"][:2] == ["int64", "float64"]
    assert found["rows"][:2] == [["0", "0.5", "abc", "2026-01-01"], ["1", "0.5", "abc", "2026-01-02"]]
    assert (len(found["rows"]), found["shape"]) == (5, [100, 4])


def test_labels_of_rows_are_columns_in_front():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"x": [1, 2, 3], "k": ["a", "b", "c"], "j": [0, 0, 1]})
    assert preview(frame.set_index("k")) == {
        "kind": "table", "columns": ["k", "x", "j"], "types": ["index", "int64", "int64"],
        "rows": [["a", "1", "0"], ["b", "2", "0"], ["c", "3", "1"]], "shape": [3, 2],
    }  # fmt: skip
    assert preview(frame.set_index(["j", "k"]))["rows"][2] == ["1", "c", "3"]
    assert preview(frame.iloc[1:])["rows"][0] == ["1", "2", "b", "0"]
    assert preview(frame.pivot(columns="k", index="j", values=["x"]))["columns"] == ["j", "x a", "x b", "x c"]


def test_a_column_alone_is_a_table_of_one():
    pd = pytest.importorskip("pandas")
    assert preview(pd.Series([1.5, None], name="x")) == {
        "kind": "table", "columns": ["x"], "types": ["float64"], "rows": [["1.5"], ["nan"]], "shape": [2, 1],
    }  # fmt: skip


def test_every_kind_of_column_of_pandas_is_written():
    pd, np = pytest.importorskip("pandas"), pytest.importorskip("numpy")
    columns = {
        "category": (pd.Categorical(["a", None]), ["a", ""]),
        "Int64": (pd.array([1, None], dtype="Int64"), ["1", "<NA>"]),
        "boolean": (pd.array([True, None], dtype="boolean"), ["True", "<NA>"]),
        "string": (pd.array(["a", None], dtype="string"), ["a", ""]),
        "zone": (pd.DatetimeIndex(["2026-01-01 10:00", None], tz="UTC"), ["2026-01-01 10:00:00+00:00", "NaT"]),
        "naive": (pd.DatetimeIndex(["2026-01-01 10:00", None]), ["2026-01-01 10:00:00", "NaT"]),
        "span": (pd.TimedeltaIndex(["1 day", "2 days"]), ["1 days 00:00:00", "2 days 00:00:00"]),
        "period": (pd.period_range("2026-01", periods=2, freq="M"), ["2026-01", "2026-02"]),
        "interval": (pd.interval_range(0, 2), ["(0, 1]", "(1, 2]"]),
        "sparse": (pd.arrays.SparseArray([0, 1]), ["0", "1"]),
        "complex": (np.array([1j, 2]), ["0+1j", "2+0j"]),
        "object": (np.array([Shy(), [1, 2]], dtype=object), ["<Shy>", "[1, 2]"]),
    }
    for name, (values, expected) in columns.items():
        found = preview(pd.DataFrame({name: values}))
        assert [row[0] for row in found["rows"]] == expected, name


def test_a_column_of_the_users_own_kind_is_not_looked_into():
    pd = pytest.importorskip("pandas")

    class Mine(pd.api.extensions.ExtensionArray):
        dtype = pd.api.types.pandas_dtype("int64")

        def __len__(self):
            return 2

        def __getitem__(self, place):
            raise AssertionError("called")

    from cashet_jupyter.fingerprint.previews import tables

    assert tables._pandas_column(Mine(), 32) == ("Mine", ["…", "…"])

    class Frame(pd.DataFrame):
        pass

    assert preview(Frame({"x": [1]})) is None


def test_tables_of_polars_and_of_pyarrow():
    pl, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    data = {"n": [1, 2], "s": ["a\nb", None], "l": [[1], [2]], "b": [b"x", b"y"]}
    rows = [["1", "a\\nb", "…", "b'x'"], ["2", "", "…", "b'y'"]]
    found = preview(pl.DataFrame(data))
    assert (found["columns"], found["rows"], found["shape"]) == (["n", "s", "l", "b"], rows, [2, 4])
    assert found["types"] == ["Int64", "String", "List(Int64)", "Binary"]
    for table in (pa.table(data), pa.record_batch(pa.table(data).to_batches()[0])):
        found = preview(table)
        assert (found["columns"], found["rows"], found["shape"]) == (["n", "s", "l", "b"], rows, [2, 4])
        assert found["types"] == ["int64", "string", "list<item: int64>", "binary"]
    assert preview(pl.Series("x", [datetime.date(2026, 1, 2)]))["rows"] == [["2026-01-02"]]
    assert preview(pl.Series("o", [Shy()], dtype=pl.Object))["rows"] == [["<Shy>"]]


def test_a_type_of_pyarrow_that_the_user_made_is_not_looked_into():
    pa = pytest.importorskip("pyarrow")

    class Mine(pa.ExtensionType):
        def __init__(self):
            super().__init__(pa.int64(), "mine")

        def __arrow_ext_serialize__(self):
            return b""

        def __arrow_ext_deserialize__(self, *args):
            raise AssertionError("called")

        def __str__(self):
            raise AssertionError("called")

    column = pa.ExtensionArray.from_storage(Mine(), pa.array([1, 2]))
    found = preview(pa.table({"m": column}))
    assert (found["types"], found["rows"]) == (["Mine"], [["…"], ["…"]])


def test_long_texts_in_columns_are_not_copied():
    pl, pa, pd = (pytest.importorskip(name) for name in ("polars", "pyarrow", "pandas"))
    long = ["x" * 10**6] * 3
    assert preview(pl.DataFrame({"x": long}))["rows"] == [["…"]] * 3
    assert preview(pa.table({"x": long}))["rows"] == [["…"]] * 3
    assert all(len(row[0]) <= 32 for row in preview(pd.DataFrame({"x": long}))["rows"])
    assert all(len(row[0]) <= 32 for row in preview(pd.DataFrame({"x": pd.Series(long, dtype=object)}))["rows"])


def test_columns_of_the_same_name_and_names_that_are_no_text():
    pd = pytest.importorskip("pandas")
    assert preview(pd.DataFrame([[1, "a"]], columns=["x", "x"]))["rows"] == [["1", "a"]]
    assert preview(pd.DataFrame([[1, 2, 3]], columns=[0, ("a", 1), None]))["columns"] == ["0", "('a', 1)", ""]
    assert preview(pd.DataFrame())["rows"] == []
    assert preview(pd.DataFrame(index=[1, 2]))["rows"] == [["1"], ["2"]]


def test_a_wide_table_shows_its_first_columns():
    pd, np = pytest.importorskip("pandas"), pytest.importorskip("numpy")
    found = preview(pd.DataFrame(np.zeros((3, 5000))))
    assert (len(found["columns"]), found["shape"]) == (8, [3, 5000])


# -------------------------------------------------------------------------------------------------------------- arrays
def test_a_corner_of_an_array_and_between_what_it_lies():
    np = pytest.importorskip("numpy")
    assert preview(np.arange(60.0).reshape(6, 10)) == {
        "kind": "array", "dtype": "float64", "shape": [6, 10],
        "rows": [[str(10.0 * row + column) for column in range(8)] for row in range(5)], "range": ["0.0", "59.0"],
    }  # fmt: skip
    assert preview(np.array([3, 1, 2], dtype="int8"))["range"] == ["1", "3"]
    assert preview(np.array([np.nan, 1.0, np.inf]))["range"] == ["1.0", "inf"]
    assert preview(np.zeros((2, 3, 4)))["rows"] == [["0.0"] * 4] * 3
    assert preview(np.array(5))["rows"] == ["5"]


@pytest.mark.parametrize(
    "make",
    [
        lambda np: np.full(5, np.nan),
        lambda np: np.zeros(100_000),
        lambda np: np.zeros((0, 5)),
        lambda np: np.array([True]),
        lambda np: np.array([1j]),
        lambda np: np.array(["a"]),
    ],
)
def test_a_range_is_left_out_where_it_would_say_nothing_or_take_long(make):
    np = pytest.importorskip("numpy")
    assert "range" not in preview(make(np))


def test_arrays_of_moments_texts_objects_and_records():
    np = pytest.importorskip("numpy")
    assert preview(np.array(["2026-01-01T10:30:00.5"], "M8[ns]"))["rows"] == ["2026-01-01 10:30:00.5"]
    assert preview(np.array([["2026-01-01"]], "M8[D]"))["rows"] == [["2026-01-01"]]
    assert preview(np.array("2026-01-01", "M8[D]"))["rows"] == ["2026-01-01"]
    assert preview(np.array(["a", "b"]))["rows"] == ["'a'", "'b'"]
    assert preview(np.array([Shy(), None], dtype=object))["rows"] == ["<Shy>", "None"]
    record = np.zeros(1, dtype=[("a", "i4"), ("o", object)])
    record["o"][0] = Shy()
    assert preview(record)["rows"] == ["(0, <Shy>)"]
    assert items([record[0], np.float32(0.1), np.int64(7), np.bool_(True)]) == ["<void>", "0.1", "7", "True"]


def test_subclasses_of_arrays_are_not_looked_into():
    np = pytest.importorskip("numpy")

    class Array(np.ndarray):
        def __array_finalize__(self, obj):
            pass

        def __getitem__(self, place):
            raise AssertionError("called")

    assert preview(np.zeros(3).view(Array)) is None


def test_tensors():
    torch = pytest.importorskip("torch")
    found = preview(torch.arange(6).reshape(2, 3))
    assert found == {
        "kind": "array", "dtype": "int64", "shape": [2, 3], "rows": [["0", "1", "2"], ["3", "4", "5"]],
        "range": ["0", "5"],
    }  # fmt: skip
    weights = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    assert preview(weights)["range"] == ["1.0", "2.0"]
    assert weights.grad_fn is None
    assert "range" not in preview(torch.tensor([1.0, float("nan")]))
    assert preview(torch.tensor([1.5], dtype=torch.bfloat16))["rows"] == ["1.5"]
    assert preview(torch.zeros(3, device="meta")) is None
    assert preview(torch.eye(3).to_sparse()) is None


def test_the_values_stay_as_they_are():
    np, pd, torch = (pytest.importorskip(name) for name in ("numpy", "pandas", "torch"))
    from cashet_jupyter.fingerprint.values import fingerprint_value

    array, tensor = np.random.default_rng(0).random((9, 9)), torch.ones(3, requires_grad=True)
    frame = pd.DataFrame({"a": range(9), "s": "x"}).set_index("a")
    before = [fingerprint_value(value) for value in (array, frame)], tensor._version
    for value in (array, frame, tensor):
        preview(value)
    assert before == ([fingerprint_value(value) for value in (array, frame)], tensor._version)


# --------------------------------------------------------------------------------------------------------------- bounds
def hostile_frame(pd):
    words = {f"column {n} " + "ü" * 100: ["日本語" * 50] * 9 for n in range(100)}
    return pd.DataFrame(words, index=["日" * 100] * 9)


@pytest.mark.parametrize("case", must_differ(), ids=lambda pair: pair.id)
def test_any_value_has_a_small_preview_that_is_read_as_it_was_made(case):
    for make in case.thunks:
        found = preview(make())
        if found is not None:
            assert len(msgpack.packb(found, unicode_errors="surrogatepass")) <= LARGEST
            assert preview_data(Value("v", "", preview=found)) is not None
            assert json.loads(json.dumps(found)) == found


def test_the_worst_values_are_small_or_have_none():
    pd, np = pytest.importorskip("pandas"), pytest.importorskip("numpy")
    worst = [hostile_frame(pd), ["😀" * 100] * 100, {"日" * 100: "日" * 100}, np.full((9, 9), 1e-300)]
    for value in worst:
        found = preview(value)
        assert found is not None
        assert len(msgpack.packb(found)) <= LARGEST


def test_those_of_one_run_take_so_much_room_together_at_most():
    values = {f"v{n}": [f"item {n} " + "x" * 20] * 10 for n in range(200)}
    found = previewed((describe(name, value) for name, value in values.items()), values)
    sizes = [len(msgpack.packb(value.preview)) for value in found if value.preview is not None]
    assert len(found) == 200
    assert 0.8 * ROOM < sum(sizes) <= ROOM
    assert [value.name for value in found] == list(values)


def test_a_value_that_is_gone_or_fails_has_none(monkeypatch):
    assert previewed([describe("x", 1)], {})[0].preview is None
    np = pytest.importorskip("numpy")
    from cashet_jupyter.fingerprint.previews import arrays

    monkeypatch.setattr(arrays, "_rows", lambda value, width: 1 / 0)
    assert preview(np.zeros(3)) is None


def test_a_library_that_is_not_there_is_not_imported(monkeypatch):
    class DataFrame:
        pass

    DataFrame.__module__ = "pandas.core.frame"
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    assert preview(DataFrame()) is None
    assert "pandas" not in sys.modules


def test_a_class_that_is_called_like_a_librarys_is_not_taken_for_it():
    pytest.importorskip("pandas")

    class DataFrame:
        @property
        def shape(self):
            raise AssertionError("called")

    DataFrame.__module__ = "pandas"
    assert preview(DataFrame()) is None
