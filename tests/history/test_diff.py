"""What differs between two runs, as far as their store knows."""

import ast
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashet_jupyter.diffs.model import Budget
from cashet_jupyter.errors import StoreError
from cashet_jupyter.fingerprint.values import fingerprint_value
from cashet_jupyter.history import diff as history_diff
from cashet_jupyter.history.diff import RESULT, difference
from cashet_jupyter.history.seen import seen
from cashet_jupyter.history.source import source_diff, statements
from cashet_jupyter.models import RETURNED, Artifact, Dependency, Effects, Shown, Value
from cashet_jupyter.render.diff_data import difference_data
from cashet_jupyter.serialize.envelope import dumps
from cashet_jupyter.serialize.references import NoInputs, References
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")


# ------------------------------------------------------------------------------------------------------ in a shell
@pytest.fixture
def kernel_store(ip):
    return ip.extension.session.store()


def two(ip, store, first, second, between=""):
    """The commits of two cells."""
    assert ip.cached(first).status == "miss"
    old = store.log(limit=1)[0]
    if between:
        ip.run(between)
    assert ip.cached(second).status == "miss"
    new = next(
        commit for commit in store.log(limit=5) if commit.cell.source.strip() == second.strip() and commit.id != old.id
    )
    return old, new


def entry(found, title, name):
    return next(entry for entry in found.section(title).entries if entry.name == name)


def test_two_runs_of_a_cell_differ_in_code_values_and_what_was_shown(ip, kernel_store):
    ip.run("import numpy as np, pandas as pd\nthr = 0.5")
    cell = "# {note}\nout = np.arange(10) * {n}\nframe = pd.DataFrame({{'x': out}})\nsame = 'kept'\nprint('n', {n})\nprint(thr)\n{n} + 1"
    old, new = two(ip, kernel_store, cell.format(note="a", n=1), cell.format(note="b", n=3), "thr = 0.7")
    found = difference(kernel_store, old, new)
    assert set(found.differing) == {"source", "inputs", "outputs", "shown"}
    assert entry(found, "inputs", "thr").change == "0.5 -> 0.7"
    assert entry(found, "outputs", "out").change == "9 of 10 elements differ, by at most 18"
    assert entry(found, "outputs", "frame").diff.figures["rows_changed"] == 9
    assert entry(found, "outputs", "same").status == "equal"
    assert entry(found, "outputs", RESULT).change == "2 -> 4 (+2, +100 %)"
    printed = entry(found, "shown", "printed")
    assert [line.text for hunk in printed.diff.hunks for line in hunk.lines] == ["n 1", "0.5", "n 3", "0.7"]
    signs = [line.text for hunk in found.source.hunks for line in hunk.lines if line.sign == "+"]
    assert signs == ["out = np.arange(10) * 3", "print('n', 3)", "3 + 1"]
    assert found.source.notes == ("2 lines that differ only in comments or formatting: not shown",)


def test_an_input_is_compared_by_its_value_where_a_cached_run_made_it(ip, kernel_store):
    ip.run("import pandas as pd")
    ip.cached("df = pd.DataFrame({'id': range(50), 'x': 1.0})")
    ip.cached("n = len(df) + df.x.sum()")
    old = kernel_store.log(limit=1)[0]
    ip.cached("df = pd.DataFrame({'id': range(50), 'x': 1.0})\ndf.loc[3, 'x'] = 5.0")
    ip.cached("n = len(df) + df.x.sum()")
    new = kernel_store.log(limit=1)[0]
    found = difference(kernel_store, old, new)
    changed = entry(found, "inputs", "df")
    assert (changed.diff.kind, changed.diff.figures["cells_differ"]) == ("frame", 1)
    assert found.source.changed is False


def test_an_input_that_was_changed_after_the_run_that_made_it_is_told_by_what_is_kept(ip, kernel_store):
    ip.cached("config = {'rate': 0.1, 'deep': [1, 2]}")
    ip.cached("n = len(config)")
    old = kernel_store.log(limit=1)[0]
    ip.run("config['rate'] = 0.2")
    ip.cached("n = len(config)")
    new = kernel_store.log(limit=1)[0]
    changed = entry(difference(kernel_store, old, new), "inputs", "config")
    assert changed.diff is None
    assert changed.why.startswith("the value itself is not stored")
    assert [(part.name, part.change) for part in changed.parts] == [("['rate']", "0.1 -> 0.2")]


def test_an_input_that_no_cached_run_made_says_so(ip, kernel_store):
    ip.run("data = list(range(1000))")
    old, new = two(ip, kernel_store, "n = len(data)", "n = len(data) ", "data = list(range(999)) + [0]")
    changed = entry(difference(kernel_store, old, new), "inputs", "data")
    assert changed.why == "the value itself is not stored: no cached run made it"


def test_outputs_that_hold_inputs_say_why_they_are_not_compared(ip, kernel_store):
    ip.run("base = [1, 2]")
    old, new = two(ip, kernel_store, "held = [base, 1]\nn = 1", "held = [base, 2]\nn = 2")
    found = difference(kernel_store, old, new)
    held = entry(found, "outputs", "held")
    assert held.status == "unknown"
    assert "holds an input" in held.why
    assert entry(found, "outputs", "n").change == "1 -> 2 (+1, +100 %)"


def test_functions_of_a_cell_differ_by_their_code(ip, kernel_store):
    cell = "def f(x):\n    return x + {n}"
    old, new = two(ip, kernel_store, cell.format(n=1), cell.format(n=2))
    found = difference(kernel_store, old, new, namespace=ip.namespace)
    assert entry(found, "outputs", "f").change.startswith("its code changed")


def test_a_file_that_was_read_and_one_that_was_written_are_told(ip, kernel_store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cell = "from pathlib import Path\ntext = Path('in.txt').read_text()\nwritten = Path('out.txt').write_text(text * 2)"
    (tmp_path / "in.txt").write_text("a")
    ip.cached(cell)
    old = kernel_store.log(limit=1)[0]
    (tmp_path / "in.txt").write_text("abc")
    ip.cached(cell)
    new = kernel_store.log(limit=1)[0]
    found = difference(kernel_store, old, new)
    assert "in.txt" in " ".join(entry.name for entry in found.section("outside").differing)
    assert [(entry.name, entry.change) for entry in found.section("files").differing] == [
        ("out.txt", "changed (2 bytes -> 6 bytes)")
    ]


# ------------------------------------------------------------------------------------------------- in a bare store
@pytest.fixture
def store(tmp_path):
    found = open_store(tmp_path / "store")
    yield found
    found.close()


def put(store, outputs=None, shown=(), **fields):
    payload = dumps(Effects(outputs=outputs or {}), shown, References(NoInputs(), {}))
    described = tuple(Value(name, "", type(value).__name__, "") for name, value in (outputs or {}).items())
    return store.put(make_commit(**{"outputs": described, **fields}), payload, durable=False)


def test_a_run_does_not_differ_from_itself(store):
    commit = put(store, {"n": 1})
    found = difference(store, commit, commit)
    assert found.differing == ()


def test_equal_bytes_are_never_loaded(store, monkeypatch):
    old, new = (put(store, {"a": np.arange(5)}, code=code * 64) for code in "de")

    def fail(*_):
        raise AssertionError

    monkeypatch.setattr(history_diff, "recall", fail)
    monkeypatch.setattr(history_diff, "recall_shown", fail)
    found = difference(store, old, new)
    assert found.section("outputs").note == "the same bytes: nothing had to be read"
    assert [entry.status for entry in found.section("outputs").entries] == ["equal"]


def test_outputs_that_only_one_run_has_are_not_loaded(store, monkeypatch):
    old, new = put(store, {"a": 1}), put(store, {"b": 2})
    monkeypatch.setattr(history_diff, "recall", None)
    found = difference(store, old, new)
    assert {entry.name: entry.status for entry in found.section("outputs").entries} == {"a": "removed", "b": "added"}


def test_what_cannot_be_read_is_said_in_its_place(store, monkeypatch):
    old, new = put(store, {"a": 1}), put(store, {"a": 2})

    def fail(*_):
        raise StoreError("the disk is gone\nsecond line")

    monkeypatch.setattr(history_diff, "recall", fail)
    (found,) = difference(store, old, new).section("outputs").entries
    assert (found.status, found.why) == ("unknown", f"{old.short}: the disk is gone")


def test_failed_runs_differ_by_their_tracebacks(store):
    def failed(text):
        return put(store, error=f"Traceback\n  line 1\nValueError: {text}" if text else "")

    old, new, other, fine = failed("a"), failed("a"), failed("b"), put(store, {RETURNED: 1})
    assert "error" not in difference(store, old, new).differing
    (changed,) = difference(store, old, other).section("error").entries
    assert changed.change == "ValueError: a -> ValueError: b"
    assert difference(store, old, fine).section("error").entries[0].change == "no longer fails"
    assert difference(store, fine, old).section("error").entries[0].change == "failed: ValueError: a"


def test_arguments_of_functions_are_inputs(store):
    def called(x, source):
        return put(
            store,
            {RETURNED: x * 2},
            inputs=(Value("x", f"d{x}", "int", str(x)), Value("f()", source, "function", "f(x)")),
        )

    found = difference(store, called(1, "a"), called(2, "a"))
    assert [entry.name for entry in found.section("inputs").differing] == ["x"]
    assert entry(found, "outputs", RETURNED).change == "2 -> 4 (+2, +100 %)"


def test_an_argument_that_is_the_result_of_another_run_is_told_once_by_its_value(store):
    makers = [put(store, {RETURNED: np.arange(n)}) for n in (5, 6)]
    runs = [
        put(
            store,
            {RETURNED: n},
            inputs=(Value("x", maker.id, "ResultRef"), Value("fit()", f"c{n}", "function", "fit(x)")),
            depends=(Value("x", fingerprint_value(np.arange(n)), "", f"ref {maker.short}"),),
            lineage=(maker.id,),
        )
        for n, maker in zip((5, 6), makers, strict=True)
    ]
    entries = difference(store, *runs).section("inputs").differing
    assert [(found.name, found.kind) for found in entries] == [("fit()", "input"), ("x", "depends")]
    assert entries[1].change == "shape (5) -> (6)"


def test_of_a_run_that_failed_what_only_one_side_noted_is_left_out(store):
    trace = (Dependency("env", "MODE", "d1"), Dependency("options", "numpy", "d2"))
    fine = put(store, {RETURNED: 1}, trace=trace, versions={"python": "3.11", "numpy": "2"})
    failed = put(
        store, error="Traceback\nValueError", trace=(Dependency("env", "MODE", "d3"),), versions={"python": "3.12"}
    )
    found = difference(store, fine, failed)
    assert [entry.name for entry in found.section("outside").differing] == ["$MODE"]
    assert [entry.name for entry in found.section("environment").differing] == ["python"]


def test_versions_hosts_and_what_was_outside_are_told(store):
    old = put(
        store,
        versions={"python": "3.11", "numpy": "2.0", "old": "1"},
        host="a",
        trace=(Dependency("env", "MODE", "d1"),),
    )
    new = put(
        store,
        versions={"python": "3.11", "numpy": "2.1", "new": "1"},
        host="b",
        trace=(Dependency("env", "MODE", "d2"),),
    )
    found = difference(store, old, new)
    statuses = {entry.name: (entry.status, entry.change) for entry in found.section("environment").differing}
    assert statuses == {
        "numpy": ("changed", "2.0 -> 2.1"),
        "old": ("removed", "is gone: 1"),
        "new": ("added", "is new: 1"),
        "host": ("changed", "a -> b"),
    }
    assert [(entry.name, entry.status) for entry in found.section("outside").differing] == [("$MODE", "changed")]


def test_files_that_were_written_are_told(store):
    def wrote(*files):
        return put(store, artifacts=files)

    old = wrote(
        Artifact("a", "1" * 64, 10, 0o644), Artifact("b", "2" * 64, 5, 0o644), Artifact("c", "3" * 64, 5, 0o644)
    )
    new = wrote(
        Artifact("a", "4" * 64, 12, 0o644), Artifact("b", "2" * 64, 5, 0o755), Artifact("d", "3" * 64, 5, 0o644)
    )
    changes = {entry.name: entry.change for entry in difference(store, old, new).section("files").differing}
    assert changes == {"a": "changed (10 bytes -> 12 bytes)", "b": "permissions changed", "c": "is gone", "d": "is new"}


def test_a_difference_is_plain_data(store):
    old = put(
        store,
        {"a": np.arange(4), "f": pd.DataFrame({"x": [1, 2]})},
        (Shown("stream", {"name": "stdout", "text": "a"}),),
    )
    new = put(
        store,
        {"a": np.arange(4) + 1.5, "f": pd.DataFrame({"x": [1, 3]})},
        (Shown("stream", {"name": "stdout", "text": "b"}),),
    )
    data = difference_data(difference(store, old, new), everything=True)
    assert json.loads(json.dumps(data)) == data
    assert (data["format"], data["differs"]) == (1, ["outputs", "shown"])


# -------------------------------------------------------------------------------------------------------- what was shown
def stream(text, name="stdout"):
    return Shown("stream", {"name": name, "text": text})


def display(**data):
    return Shown("display", {"data": {name.replace("_", "/"): value for name, value in data.items()}, "metadata": {}})


def statuses(old, new):
    return {entry.name: entry.status for entry in seen(old, new, Budget())}


def test_each_stream_is_compared_as_a_whole():
    old = (stream("a\n"), stream("warn\n", "stderr"), stream("b\n"))
    new = (stream("a\nb\n"), stream("other\n", "stderr"))
    assert statuses(old, new) == {"printed": "equal", "printed to stderr": "changed"}


def test_the_pictures_that_were_shown_stand_side_by_side():
    old, new = (
        display(image_png=PNG + b"1", text_plain="<Figure at 1>"),
        display(image_png=PNG + b"2", text_plain="<Figure at 2>"),
    )
    (found,) = seen((old,), (new,), Budget())
    assert (found.status, found.old, found.kind) == ("changed", "PNG 640 x 480", "image")
    assert (found.diff.pictures[0].old, found.diff.pictures[0].new) == (PNG + b"1", PNG + b"2")


def test_a_figure_whose_address_is_another_looks_the_same():
    old, new = (display(image_png=PNG, text_plain=f"<Figure at {n}>") for n in (1, 2))
    assert statuses((old,), (new,)) == {"shown 1": "equal"}


def test_a_picture_that_is_too_large_is_named():
    old, new = display(image_png=PNG + b"1" * 500), display(image_png=PNG + b"2" * 500)
    (found,) = seen((old,), (new,), Budget(picture=100))
    assert (found.status, found.why, found.diff.pictures) == (
        "changed",
        "the picture is too large to be shown here",
        (),
    )


def test_tables_are_compared_as_text():
    html = "<table><tr><td>{}</td></tr></table>"
    old, new = (display(text_html=html.format(n), text_plain=f"x\n{n}") for n in (1, 2))
    (found,) = seen((old,), (new, display(text_plain="more")), Budget())[:1]
    assert (found.kind, found.change) == ("table", "1 line removed, 1 line added")
    assert statuses((old,), (old, new)) == {"shown 1": "equal", "shown 2": "added"}


# ---------------------------------------------------------------------------------------------------------- source
def test_comments_and_formatting_are_told_apart_from_what_the_code_says():
    old = "x = 1  # one\ny = f(x,\n      2)\nz = 3\n"
    found = source_diff(old, "x = 1  # uno\ny = f(x, 2)\nz = 3\n", changed=False, budget=Budget())
    assert (found.changed, found.only_formatting) == (False, True)
    meant = source_diff(old, "x = 1  # uno\ny = f(x, 2)\nz = 4\n", changed=True, budget=Budget())
    assert [(line.sign, line.text) for hunk in meant.hunks for line in hunk.lines if line.sign != " "] == [
        ("-", "z = 3"),
        ("+", "z = 4"),
    ]


def test_the_same_text_that_is_read_in_another_way_says_so():
    found = source_diff("x = 1", "x = 1", changed=True, budget=Budget())
    assert found.changed
    assert "__future__" in found.notes[0]


def test_what_is_no_python_is_compared_as_text():
    found = source_diff("%time x = 1\n# a\n", "%time x = 2\n# b\n", changed=True, budget=Budget())
    assert [line.text for hunk in found.hunks for line in hunk.lines if line.sign == "+"] == ["%time x = 2", "# b"]


def test_a_decorator_and_the_head_of_a_block_belong_to_their_statement():
    source = "@cache\n@other(\n    1)\ndef f(a,\n      b):\n    '''Doc.'''\n    return a\nfor x in y:\n    g(x)\nelse:\n    h()\n"
    found = [(said[1].partition("(")[0], first, last) for said, first, last in statements(source)]
    assert found == [("FunctionDef", 1, 6), ("Return", 7, 7), ("For", 8, 8), ("Expr", 9, 9), ("Expr", 11, 11)] or found == [
        ("FunctionDef", 1, 5), ("Return", 7, 7), ("For", 8, 8), ("Expr", 9, 9), ("Expr", 11, 11)
    ]  # fmt: skip


@given(
    st.lists(
        st.sampled_from(["x = 1", "if x:\n    y = 2", "def f():\n    'doc'\n    return 1", "z = [1,\n     2]"]),
        max_size=6,
    )
)
def test_sources_that_say_the_same_have_the_same_statements(parts):
    source = "\n".join(parts)
    spaced = "\n\n# comment\n".join(parts)
    assert [said for said, _, _ in statements(source)] == [said for said, _, _ in statements(spaced)]
    assert [said for said, _, _ in statements(source)] == [
        said for said, _, _ in statements(ast.unparse(ast.parse(source)))
    ]
