"""Calls that give another result each time are found, and others are left alone."""

from __future__ import annotations

import ast
import builtins
import datetime
import os
import random
import secrets
import socket
import subprocess
import sys
import time
import uuid
from typing import Any

import pytest

from cashet_jupyter.analysis.cell import analyze
from cashet_jupyter.analysis.impurity import KINDS, Impurity, impurities

NOTEBOOK = """
import functools
from time import time as now

def stamp(): return now()
def outer(): return stamp()
def timer(): return time.perf_counter()

class C:
    def m(self): return dt.date.today()

class D(C):
    @property
    def p(self): return 1

c = D()
partial = functools.partial(stamp)
bound = c.m

@functools.lru_cache
def cached(): return os.getpid()

def deco(f):
    @functools.wraps(f)
    def w(*a):
        t = time.time()
        return f(*a)
    return w

def inner_import():
    import uuid as u
    return u.uuid4()

@deco
def timed(): return 1

steps = [stamp]
harmless = [timer, 1, "x"]
"""


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    namespace: dict[str, Any] = {
        "__name__": "__main__", "__builtins__": builtins, "time": time, "dt": datetime, "datetime": datetime.datetime,
        "os": os, "uuid": uuid, "random": random, "secrets": secrets, "subprocess": subprocess, "socket": socket,
        "sys": sys,
    }  # fmt: skip
    exec(NOTEBOOK, namespace)
    return namespace


def found(source: str, namespace: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(i.kind, i.name, i.via) for i in impurities(analyze(ast.parse(source)), namespace)}


@pytest.mark.parametrize(
    ("source", "kind", "name", "via"),
    [
        ("t = time.time()", "clock", "time.time", ""),
        ("t = now()", "clock", "now", ""),
        ("f = time.time\nf()", "clock", "f", ""),
        ("t = time\nt.time_ns()", "clock", "t.time_ns", ""),
        ("import time as T\nT.time()", "clock", "T.time", ""),
        ("from time import time as n\nx = n()", "clock", "n", ""),
        ("datetime.now()", "clock", "datetime.now", ""),
        ("dt.datetime.today().isoformat()", "clock", "dt.datetime.today", ""),
        ("from datetime import datetime as D\nD.utcnow()", "clock", "D.utcnow", ""),
        ("dt.date.today()", "clock", "dt.date.today", ""),
        ("time.strftime('%Y')", "clock", "time.strftime", ""),
        ("time.localtime()", "clock", "time.localtime", ""),
        ("df.apply(now)", "clock", "now", ""),
        ("outer()", "clock", "now", "stamp"),
        ("c.m()", "clock", "dt.date.today", "C.m"),
        ("D()", "clock", "dt.date.today", "C.m"),
        ("bound()", "clock", "dt.date.today", "C.m"),
        ("partial()", "clock", "now", "stamp"),
        ("steps[0]()", "clock", "now", "stamp"),
        ("timed()", "clock", "time.time", "timed"),
        ("@deco\ndef g(): pass", "clock", "time.time", "deco.<locals>.w"),
        ("cached()", "process", "os.getpid", "cached"),
        ("inner_import()", "entropy", "u.uuid4", "inner_import"),
        ("def g():\n    return time.time()\ng()", "clock", "time.time", "g"),
        ("class G:\n    def m(self): return time.time()\nG().m()", "clock", "time.time", "G.m"),
        ("[time.time() for _ in range(3)]", "clock", "time.time", ""),
        ("uuid.uuid4().hex", "entropy", "uuid.uuid4", ""),
        ("secrets.token_hex(4)", "entropy", "secrets.token_hex", ""),
        ("os.urandom(4)", "entropy", "os.urandom", ""),
        ("random.Random()", "entropy", "random.Random", ""),
        ("random.Random(None)", "entropy", "random.Random", ""),
        ("random.seed()", "entropy", "random.seed", ""),
        ("input()", "stdin", "input", ""),
        ("sys.stdin.read()", "stdin", "sys.stdin", ""),
        ("id(x)", "address", "id", ""),
        ("os.getpid()", "process", "os.getpid", ""),
        ("socket.socket()", "network", "socket.socket", ""),
        ("subprocess.run(['ls'], check=True)", "subprocess", "subprocess.run", ""),
        ("os.system('ls')", "subprocess", "os.system", ""),
        ("import ctypes\nctypes.CDLL('x')", "ctypes", "ctypes.CDLL", ""),
        ("get_ipython().system('ls')", "subprocess", "!", ""),
        ("get_ipython().run_cell_magic('bash', '', 'ls')", "subprocess", "%%bash", ""),
        ("get_ipython().run_line_magic('time', 'time.time()')", "clock", "time.time", ""),
    ],
)
def test_impure_calls_are_found(source: str, kind: str, name: str, via: str, notebook: dict[str, Any]) -> None:
    assert (kind, name, via) in found(source, notebook)


@pytest.mark.parametrize(
    "source",
    [
        "time.perf_counter()",
        "time.monotonic()",
        "time.process_time()",
        "time.sleep(0)",
        "timer()",
        "harmless[0]()",
        "import time",
        "f = time.time",
        "time.strftime('%Y', moment)",
        "time.localtime(0)",
        "dt.datetime(2020, 1, 1)",
        "random.Random(1)",
        "random.Random(seed if seed else 0)",
        "random.Random(*a)",
        "random.seed(3)",
        "random.random()",
        "isinstance(x, random.Random)",
        "isinstance(x, (socket.socket, subprocess.Popen))",
        "def g():\n    return time.time()",
        "class G:\n    def m(self): return time.time()",
        "g = lambda: time.time()",
        "time = 3\ntime",
        "def g(time):\n    return time.time()\ng(x)",
        "now = 1\nnow",
        "os.path.join('a', 'b')",
        "object().id",
        "x.time.time()",
    ],
)
def test_what_gives_the_same_result_each_time_is_left_alone(source: str, notebook: dict[str, Any]) -> None:
    assert found(source, notebook) == set()


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import absent_requests\nimport requests\nrequests.get('x')", "network"),
        ("import http.client as h\nh.HTTPConnection('x')", "network"),
        ("import pty\npty.spawn('x')", "subprocess"),
        ("def f():\n    from poplib import POP3\n    return POP3('x')\nf()", "network"),
        ("import ftplib\nftplib.FTP('x')", "network"),
    ],
)
def test_modules_that_are_not_loaded_are_known_by_name(
    source: str, kind: str, notebook: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("requests", "http.client", "pty", "poplib", "ftplib"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert kind in {i.kind for i in impurities(analyze(ast.parse(source)), notebook)}
    assert "ftplib" not in sys.modules
    assert "poplib" not in sys.modules


def test_numpy_generators_without_a_seed_are_entropy(notebook: dict[str, Any]) -> None:
    numpy = pytest.importorskip("numpy")
    space = {**notebook, "np": numpy}
    for call in (
        "default_rng()",
        "default_rng(None)",
        "default_rng(seed=None)",
        "RandomState()",
        "default_rng().normal(3)",
    ):
        assert {i.kind for i in impurities(analyze(ast.parse(f"np.random.{call}")), space)} == {"entropy"}, call
    for call in ("default_rng(1)", "default_rng(seed=s)", "RandomState(*a)", "normal(3)", "default_rng(a if b else d)"):
        assert impurities(analyze(ast.parse(f"np.random.{call}")), space) == (), call


def test_pandas_knows_the_present_by_its_name(notebook: dict[str, Any]) -> None:
    space = {**notebook, "pd": pytest.importorskip("pandas")}
    for call in ("Timestamp.now()", "Timestamp('now')", "to_datetime('today')", "Timestamp.utcnow()"):
        assert {i.kind for i in impurities(analyze(ast.parse(f"pd.{call}")), space)} == {"clock"}, call
    for call in ("Timestamp('2020')", "to_datetime(col)", "Timestamp(text)"):
        assert impurities(analyze(ast.parse(f"pd.{call}")), space) == (), call


def test_a_patched_clock_is_no_clock(notebook: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert found("time.time()", notebook) == set()


def test_each_is_named_once_and_every_kind_can_be_allowed(notebook: dict[str, Any]) -> None:
    result = impurities(analyze(ast.parse("time.time() + time.time() + time.time()")), notebook)
    assert result == (Impurity("clock", "time.time"),)
    assert {"clock", "entropy", "stdin", "process", "address", "network", "subprocess", "ctypes"} == KINDS


def test_looking_runs_no_code_of_the_user(notebook: dict[str, Any]) -> None:
    class Trap:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

        def __eq__(self, other: object) -> bool:
            raise AssertionError

        __hash__ = None  # type: ignore[assignment]

        @property
        def loud(self) -> Any:
            raise AssertionError

    space = {**notebook, "trap": Trap()}
    assert found("trap.loud.x\ntrap.missing()\ntrap == 1", space) == set()


def test_notebook_functions_that_call_each_other_end_the_search(notebook: dict[str, Any]) -> None:
    space = dict(notebook)
    exec("def a(): return b()\ndef b(): return a()\nclass K:\n    def m(self): return K()", space)
    assert found("a(); K()", space) == set()
