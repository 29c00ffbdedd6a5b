"""What speaks against storing a run; and what looks like it but does not."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cashet_jupyter.trace.recorder import Recorder
from tests.trace.recording import kinds, record


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("import subprocess; subprocess.run(['true'])", "subprocess"),
        ("import os; os.system('true')", "subprocess"),
        ("import os; pid = os.fork()\nif pid == 0: os._exit(0)\nos.waitpid(pid, 0)", "subprocess"),
        ("import os, sys; os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)", "subprocess"),
        ("import ctypes; ctypes.CDLL(None)", "ctypes"),
        ("import ctypes; ctypes.string_at(id(1), 1)", "ctypes"),
        ("import socket\ntry: socket.create_connection(('127.0.0.1', 9), 0.2)\nexcept OSError: pass", "network"),
        ("import urllib.request\ntry: urllib.request.urlopen('http://127.0.0.1:9/', timeout=0.2)\nexcept OSError: pass", "network"),
        ("import pandas as pd\ntry: pd.read_csv('http://127.0.0.1:9/x.csv')\nexcept OSError: pass", "network"),
        ("import polars as pl\ntry: pl.scan_parquet('s3://bucket/x.parquet')\nexcept Exception: pass", "network"),
        ("import h5py\ntry: h5py.File('https://127.0.0.1:9/x.h5')\nexcept Exception: pass", "network"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")
def test_what_leaves_the_process_is_refused(cell: str, kind: str) -> None:
    assert kind in kinds(record(cell))


def test_a_question_to_the_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    monkeypatch.setattr(builtins, "input", lambda _prompt="": "yes")
    mine = builtins.input
    assert kinds(record("input('sure?')")) == {"stdin"}
    assert builtins.input is mine, "put back as it was"


def test_a_thread_that_goes_on_is_refused_and_one_that_ended_is_not() -> None:
    stop = threading.Event()
    recorded = record(lambda: threading.Thread(target=stop.wait, daemon=True).start())
    stop.set()
    assert kinds(recorded) == {"threads"}

    def ends() -> None:
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()

    assert not kinds(record(ends))


def test_what_a_thread_of_the_cell_reads_counts() -> None:
    Path("x").write_text("1")

    def cell() -> None:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda name: Path(name).read_text(), ["x", "x"]))

    recorded = record(cell)
    assert not recorded.refusals
    assert "x" in {dependency.name for dependency in recorded.dependencies}


def test_a_task_that_goes_on_is_refused() -> None:
    async def main() -> set[str]:
        recorder = Recorder()
        recorder.start()
        task = asyncio.get_running_loop().create_task(asyncio.sleep(0))
        mine = asyncio.get_running_loop().create_task(_waits())
        await task
        found = kinds(recorder.stop())
        mine.cancel()
        return found

    assert asyncio.run(main()) == {"threads"}


async def _waits() -> None:
    await asyncio.sleep(30)


def test_work_of_a_library_in_other_processes_is_fine_and_reading_there_is_not() -> None:
    joblib = pytest.importorskip("joblib")
    numpy = pytest.importorskip("numpy")
    Path("x.npy").touch()
    numpy.save("x.npy", numpy.arange(3))

    def reads() -> None:
        joblib.Parallel(n_jobs=2)(joblib.delayed(numpy.load)(name) for name in ["x.npy", "x.npy"])

    def computes() -> None:
        joblib.Parallel(n_jobs=2)(joblib.delayed(numpy.sqrt)(number) for number in range(4))

    assert kinds(record(reads)) == {"subprocess"}
    assert not kinds(record(computes))
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)


@pytest.mark.parametrize(
    "cell",
    [
        "import time; time.perf_counter(); time.sleep(0)",
        "import platform; platform.platform()",
        "import tqdm; list(tqdm.tqdm(range(3), disable=False, file=open('/dev/null', 'w')))",
        "import logging; logging.getLogger('x').warning('y')",
        "import urllib.parse; urllib.parse.urlparse('http://x.org')",
        "import sklearn.linear_model as m; m.LinearRegression(n_jobs=1).fit([[1], [2]], [1, 2])",
        "import matplotlib; matplotlib.use('agg'); import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.savefig('x.png'); plt.close()",
        "import asyncio; asyncio.new_event_loop().close()",
        "import multiprocessing; multiprocessing.cpu_count()",
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_what_is_harmless_is_not_refused(cell: str) -> None:
    assert not record(cell).refusals


def test_tables_of_duckdbs_default_connection_are_refused_but_own_connections_are_not() -> None:
    duckdb = pytest.importorskip("duckdb")
    assert not record(lambda: duckdb.sql("select 1").fetchall()).refusals
    own = (
        "import duckdb; c = duckdb.connect(); c.execute('create table t as select 1 a'); c.execute('from t').fetchall()"
    )
    assert not record(own).refusals
    try:
        assert kinds(record(lambda: duckdb.execute("create table trace_t as select 1 a"))) == {"database"}
        assert kinds(record(lambda: duckdb.sql("from trace_t").fetchall())) == {"database"}
    finally:
        duckdb.execute("drop table if exists trace_t")


def test_duckdb_still_finds_the_variables_of_its_caller() -> None:
    duckdb = pytest.importorskip("duckdb")
    pl = pytest.importorskip("polars")

    def cell() -> None:
        mine = pl.DataFrame({"a": [5]})
        assert duckdb.sql("select a from mine").fetchall() == [(5,)]
        assert duckdb.execute("select a from mine").fetchall() == [(5,)]
        connection = duckdb.connect()
        assert connection.execute("select a from mine").fetchall() == [(5,)]
        del mine

    assert not record(cell).refusals


def test_a_native_reader_without_a_known_file_is_refused_unless_the_cell_names_it() -> None:
    pl = pytest.importorskip("polars")
    pl.DataFrame({"a": [1]}).write_parquet("x.parquet")

    class Source:
        pass

    def cell() -> None:
        try:
            pl.read_parquet(Source())
        except Exception:
            return

    assert kinds(record(cell)) == {"files"}
    recorded = record(cell, mentioned=["x.parquet"])
    assert not recorded.refusals
    assert "x.parquet" in {dependency.name for dependency in recorded.dependencies}


def test_the_shells_own_threads_are_not_the_cells() -> None:
    Path("x").write_text("1")
    reading, done = threading.Event(), threading.Event()

    def reads() -> None:
        reading.wait(5)
        Path("x").read_text()
        done.set()

    thread = threading.Thread(target=reads, name="IPythonHistorySavingThread", daemon=True)
    thread.start()

    def cell() -> None:
        reading.set()
        done.wait(5)

    assert "x" not in {dependency.name for dependency in record(cell).dependencies}


def test_nothing_is_recorded_or_refused_when_nobody_records() -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)
    with socket.socket() as probe:
        probe.connect_ex(("127.0.0.1", 9))
    assert not record(lambda: None).refusals
