"""Files that are missing, listed, matched, written, removed; and files that are nobody's."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from cashet_jupyter.digest import digest_buffer
from tests.trace.recording import broken, kinds, names, record


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


# ------------------------------------------------------------------------------------------------------- absence
@pytest.mark.parametrize(
    "cell",
    [
        "import os; os.path.exists('x')",
        "from os.path import exists; exists('x')",
        "from pathlib import Path; Path('x').exists()",
        "from pathlib import Path; Path('x').is_file()",
        "import os; os.path.isfile('x')",
        "import os; os.access('x', os.R_OK)",
        "import os; os.path.lexists('x')",
        "try: open('x')\nexcept OSError: pass",
        "import os\ntry: os.stat('x')\nexcept OSError: pass",
        "import os\ntry: os.path.getsize('x')\nexcept OSError: pass",
        "from os import stat\ntry: stat('x')\nexcept OSError: pass",
    ],
)
def test_a_file_that_was_not_there_is_a_dependency(cell: str) -> None:
    recorded = record(cell)
    assert broken(recorded) is None
    Path("x").write_text("now")
    assert broken(recorded) is not None


@pytest.mark.parametrize("question", ["exists('x')", "isfile('x')", "isdir('x')", "exists('x') and None"])
def test_that_a_file_exists_does_not_depend_on_its_content(question: str) -> None:
    Path("x").write_text("1")
    recorded = record(f"import os; os.path.{question}")
    Path("x").write_text("another")
    assert broken(recorded) is None
    Path("x").unlink()
    assert broken(recorded) is not None


def test_a_size_that_is_asked_for_is_a_dependency() -> None:
    Path("x").write_text("1")
    recorded = record("import os; os.path.getsize('x')")
    Path("x").write_text("2")
    assert broken(recorded) is None
    Path("x").write_text("333")
    assert broken(recorded) is not None


@pytest.mark.parametrize("cell", ["import os; os.path.getmtime('x')", "from pathlib import Path; Path('x').stat()"])
def test_a_time_that_is_asked_for_is_a_dependency(cell: str) -> None:
    Path("x").write_text("1")
    recorded = record(cell)
    assert broken(recorded) is None
    os.utime("x", ns=(0, 5 * 10**9))
    assert broken(recorded) is not None


# ------------------------------------------------------------------------------------------ listings and patterns
@pytest.mark.parametrize(
    "cell",
    [
        "import os; os.listdir('d')",
        "import os; list(os.scandir('d'))",
        "import os; list(os.walk('d'))",
        "from pathlib import Path; list(Path('d').iterdir())",
        "import os; os.chdir('d'); os.listdir(); os.chdir('..')",
    ],
)
def test_a_listing_is_a_dependency(cell: str) -> None:
    Path("d").mkdir()
    Path("d/a").write_text("")
    recorded = record(cell)
    assert broken(recorded) is None
    Path("d/b").write_text("")
    assert broken(recorded) is not None


@pytest.mark.parametrize(
    "cell",
    [
        "import glob; glob.glob('d/*.csv')",
        "from glob import glob; glob('*.csv', root_dir='d')",
        "import glob; list(glob.iglob('d/**/*.csv', recursive=True))",
        "from pathlib import Path; list(Path('d').glob('*.csv'))",
        "from pathlib import Path; list(Path('d').rglob('*.csv'))",
    ],
)
def test_a_pattern_depends_on_what_it_matches_only(cell: str) -> None:
    Path("d").mkdir()
    Path("d/a.csv").write_text("")
    recorded = record(cell)
    Path("d/a.txt").write_text("")
    assert broken(recorded) is None, "another file does not match"
    Path("d/b.csv").write_text("")
    assert broken(recorded) is not None
    Path("d/b.csv").unlink()
    Path("d/a.csv").unlink()
    assert broken(recorded) is not None


def test_a_folder_of_files_read_as_one_data_set_depends_on_all_of_them() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    Path("d").mkdir()
    for name in ("a", "b"):
        parquet.write_table(arrow.table({"x": [1]}), f"d/{name}.parquet")
    recorded = record("import pandas as pd; pd.read_parquet('d')")
    assert not recorded.refusals
    assert broken(recorded) is None
    parquet.write_table(arrow.table({"x": [2]}), "d/b.parquet")
    assert broken(recorded) is not None
    recorded = record("import pyarrow.dataset as ds; ds.dataset('d').to_table()")
    parquet.write_table(arrow.table({"x": [2]}), "d/c.parquet")
    assert broken(recorded) is not None


def test_a_query_of_an_earlier_cell_depends_on_its_files() -> None:
    pl = pytest.importorskip("polars")
    pl.DataFrame({"a": [1]}).write_parquet("x.parquet")
    query = pl.scan_parquet("*.parquet").filter(pl.col("a") > 0)
    recorded = record(lambda: query.collect())
    assert "x.parquet" in names(recorded, "file")
    pl.DataFrame({"a": [2]}).write_parquet("y.parquet")
    assert broken(recorded) is not None


# ------------------------------------------------------------------------------------------------------- writing
def test_a_file_that_a_cell_writes_is_an_artifact_and_no_dependency() -> None:
    recorded = record("open('out', 'wb').write(b'abc')\nopen('out', 'rb').read()")
    (artifact,) = recorded.artifacts
    assert (artifact.path, artifact.digest, artifact.size) == ("out", digest_buffer(b"abc"), 3)
    assert artifact.mode == 0o666 & ~_umask()
    assert not names(recorded, "file") | names(recorded, "absent")
    Path("out").unlink()
    assert broken(recorded) is None


def test_a_file_read_and_then_written_depends_on_what_was_there_before() -> None:
    Path("x").write_text("before")
    recorded = record("text = open('x').read()\nopen('x', 'w').write(text.upper())")
    assert not recorded.refusals
    assert [artifact.digest for artifact in recorded.artifacts] == [digest_buffer(b"BEFORE")]
    assert broken(recorded) is not None, "it holds for the file as it was"
    Path("x").write_text("before")
    assert broken(recorded) is None


@pytest.mark.parametrize("mode", ["a", "r+"])
def test_a_file_that_is_added_to_depends_on_what_was_there_before(mode: str) -> None:
    Path("x").write_text("1")
    recorded = record(f"with open('x', '{mode}') as f: f.write('2')")
    assert names(recorded, "file") == {"x"}
    assert [artifact.path for artifact in recorded.artifacts] == ["x"]


def test_a_file_made_under_another_name_and_renamed_is_one_artifact() -> None:
    recorded = record("import os\nopen('x.tmp', 'w').write('1')\nos.replace('x.tmp', 'x')")
    assert [artifact.path for artifact in recorded.artifacts] == ["x"]
    assert not recorded.refusals


def test_a_file_that_is_gone_at_the_end_is_no_artifact() -> None:
    recorded = record("import tempfile\nwith tempfile.TemporaryDirectory(dir='.') as d: open(d + '/x', 'w').write('1')")
    assert not recorded.artifacts
    assert not recorded.refusals


def test_removing_a_file_that_was_there_cannot_be_put_back() -> None:
    Path("x").write_text("1")
    assert kinds(record("import os; os.remove('x')")) == {"files"}
    Path("x").write_text("1")
    assert not kinds(record("import os; os.remove('x'); open('x', 'w').write('2')"))


def test_a_folder_that_is_made_first_is_no_dependency() -> None:
    cell = "import os; os.makedirs('a/b', exist_ok=True); open('a/b/x', 'w').write('1')"
    recorded = record(cell)
    assert broken(recorded) is None
    assert [artifact.path for artifact in recorded.artifacts] == ["a/b/x"]


@pytest.mark.parametrize(
    ("cell", "needs"),
    [
        ("import pandas as pd; pd.DataFrame({'a': [1]}).to_parquet('out')", "pyarrow"),
        ("import pandas as pd; pd.DataFrame({'a': [1]}).to_csv('out')", "pandas"),
        ("import pandas as pd; pd.DataFrame({'a': [1]}).to_feather('out')", "pyarrow"),
        ("import polars as pl; pl.DataFrame({'a': [1]}).write_parquet('out')", "polars"),
        ("import polars as pl; pl.DataFrame({'a': [1]}).write_csv('out')", "polars"),
        ("import polars as pl; pl.LazyFrame({'a': [1]}).sink_csv('out')", "polars"),
        ("import duckdb; duckdb.sql(\"copy (select 1 a) to 'out'\")", "duckdb"),
        ("import duckdb; duckdb.sql('select 1 a').to_csv('out')", "duckdb"),
        ("import h5py\nwith h5py.File('out', 'w') as f: f['a'] = [1]", "h5py"),
        ("import torch; torch.save([1], 'out')", "torch"),
        ("import numpy as np; np.arange(9).tofile('out')", "numpy"),
        ("import numpy as np; m = np.memmap('out', mode='w+', shape=3); m[:] = 1; m.flush()", "numpy"),
        ("import joblib; joblib.dump([1], 'out')", "joblib"),
        ("import shutil; open('x', 'w').write('1'); shutil.copy('x', 'out')", "shutil"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_what_a_library_writes_is_an_artifact(cell: str, needs: str) -> None:
    pytest.importorskip(needs)
    recorded = record(cell)
    assert not recorded.refusals
    found = {artifact.path: artifact for artifact in recorded.artifacts}
    assert found["out"].digest == digest_buffer(Path("out").read_bytes())
    assert broken(recorded) is None, "the file that it leaves does not speak against it"


def test_a_data_set_that_a_library_writes_is_one_artifact_for_each_of_its_files() -> None:
    pytest.importorskip("pyarrow")
    Path("out").mkdir()
    Path("out/old").write_text("untouched")
    recorded = record(
        "import pyarrow as pa, pyarrow.parquet as pq; pq.write_to_dataset(pa.table({'a': [1, 2]}), 'out', partition_cols=['a'])"
    )
    paths = [artifact.path for artifact in recorded.artifacts]
    assert len(paths) == 2
    assert all(path.startswith("out/a=") for path in paths)


# -------------------------------------------------------------------------------------------------- nobody's files
def test_what_the_interpreter_and_libraries_read_for_themselves_is_no_dependency() -> None:
    cell = "\n".join([
        "import colorsys, wave, importlib",
        "importlib.reload(colorsys)",
        "import zoneinfo; zoneinfo.ZoneInfo('Europe/Berlin')",
        "import warnings; warnings.warn('x')",
        "open('/proc/self/status').read(); open('/dev/null').read()",
        "import sklearn.datasets; sklearn.datasets.load_digits()",
    ])  # fmt: skip
    with pytest.warns(UserWarning, match="x"):
        recorded = record(cell)
    assert not {d for d in recorded.dependencies if d.kind not in {"options"}}
    assert not recorded.artifacts


def test_a_local_module_that_the_run_imports_is_a_dependency_unless_the_key_covers_it(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(work))
    for given, expected in ((None, True), (lambda path: path.endswith("_helper.py"), False)):
        name = f"local{expected}_helper"
        Path(f"{name}.py").write_text("VALUE = 1\n")
        recorded = record(f"import {name}", user_module_files=given)
        sys.modules.pop(name)
        assert any(name in found for found in names(recorded, "file")) is expected


def test_names_stay_relative_so_that_they_hold_in_every_copy_of_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("x").write_text("1")
    recorded = record("open('x').read()")
    for name, content, holds in (("same", "1", True), ("other", "2", False)):
        copy = tmp_path / name
        copy.mkdir()
        (copy / "x").write_text(content)
        monkeypatch.chdir(copy)
        assert (broken(recorded) is None) is holds


def test_a_file_that_changes_while_it_is_read_is_not_trusted() -> None:
    Path("x").write_text("1" * 100)
    writer = "import os; fd = os.dup(1)"  # something that the recorder takes no note of
    del writer

    def cell() -> None:
        with open("x") as file:
            file.read(1)
            _unseen_write("x", "2" * 100)

    assert kinds(record(cell)) == {"files"}


def _unseen_write(path: str, text: str) -> None:
    from cashet_jupyter.trace.bus import Quiet

    with Quiet():
        Path(path).write_text(text)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
