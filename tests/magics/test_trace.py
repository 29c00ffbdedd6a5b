"""Beyond variables: files, environment, randomness and options, through `%%cashet` in a shell."""

from __future__ import annotations

import importlib
import os
import sys
import time
from pathlib import Path

import pytest

from cashet_jupyter.fingerprint import origins
from tests.shells import shell, use_store


@pytest.fixture(autouse=True)
def _store(tmp_path, monkeypatch):
    use_store(monkeypatch, tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)


@pytest.fixture
def ip():
    with shell() as running:
        yield running


def _old(path: str, text: str) -> None:
    """A file that was written long enough ago for its time stamp to be believed."""
    Path(path).write_text(text, "utf-8")
    past = time.time() - 100
    os.utime(path, (past, past))


def test_a_file_that_the_cell_reads_is_an_input(ip):
    _old("data.csv", "a\n1\n")
    cell = "with open('data.csv') as file:\n    text = file.read()\ndel file"
    assert ip.cached(cell).status == "miss"
    assert ip.cached(cell).status == "hit"
    Path("data.csv").touch()
    assert ip.cached(cell).status == "hit"
    _old("data.csv", "a\n2\n")
    ran = ip.cached(cell)
    assert ran.status == "miss"
    assert "data.csv changed" in ran.outcome.reason
    assert ip.value("text") == "a\n2\n"
    _old("data.csv", "a\n1\n")
    assert ip.cached(cell).status == "hit"  # as it was the first time
    assert ip.value("text") == "a\n1\n"


def test_a_file_that_was_not_there_is_noticed_when_it_comes(ip):
    cell = "import os\nthere = os.path.exists('late.txt')"
    assert ip.cached(cell).status == "miss"
    assert ip.cached(cell).status == "hit"
    _old("late.txt", "here")
    assert ip.cached(cell).status == "miss"
    assert ip.value("there") is True


def test_frames_read_by_any_reader_depend_on_their_files(ip):
    pytest.importorskip("pyarrow")
    ip.run("import pandas as pd")
    ip.run("pd.DataFrame({'a': [1]}).to_parquet('f.parquet')")
    time.sleep(0.01)
    cell = "total = int(pd.read_parquet('f.parquet')['a'].sum())"
    assert ip.cached(cell).outcome.stored
    assert ip.cached(cell).status == "hit"
    ip.run("pd.DataFrame({'a': [5]}).to_parquet('f.parquet')")
    assert ip.cached(cell).status == "miss"
    assert ip.value("total") == 5


def test_a_file_that_the_cell_writes_is_put_back(ip):
    cell = "with open('out/report.txt', 'w') as file:\n    n = file.write('done')\ndel file"
    Path("out").mkdir()
    assert ip.cached(cell).outcome.stored, ip.extension.session.outcomes
    Path("out/report.txt").unlink()
    assert ip.cached(cell).status == "hit"
    assert Path("out/report.txt").read_text("utf-8") == "done"
    Path("out/report.txt").write_text("other", "utf-8")
    assert ip.cached(cell).status == "hit"
    assert Path("out/report.txt").read_text("utf-8") == "done"


def test_an_environment_variable_that_the_cell_reads_is_an_input(ip, monkeypatch):
    monkeypatch.setenv("MODE", "fast")
    cell = "import os\nmode = os.environ.get('MODE')"
    assert ip.cached(cell).status == "miss"
    monkeypatch.setenv("UNRELATED", "1")
    assert ip.cached(cell).status == "hit"
    monkeypatch.setenv("MODE", "slow")
    ran = ip.cached(cell)
    assert (ran.status, ran.outcome.reason) == ("miss", "$MODE changed")
    assert ip.value("mode") == "slow"


@pytest.mark.parametrize("library", ["random", "numpy"])
def test_draws_before_in_and_after_cached_cells_are_those_of_a_plain_run(library):
    draw = {"random": "random.random()", "numpy": "float(np.random.rand())"}[library]
    seed = {"random": "random.seed(7)", "numpy": "np.random.seed(7)"}[library]
    cells = [f"import random, numpy as np\n{seed}\na = {draw}", f"b = [{draw} for _ in range(3)]", f"c = {draw}"]

    def drawn(*, cached: bool) -> tuple[list, list[str]]:
        with shell() as ip:
            ran = [ip.run(cells[0]), (ip.cached if cached else ip.run)(cells[1]), ip.run(cells[2])]
            return ip.value("[a, b, c]"), [one.status for one in ran]

    wanted, _ = drawn(cached=False)
    assert drawn(cached=True) == (wanted, ["plain", "miss", "plain"])
    assert drawn(cached=True) == (wanted, ["plain", "hit", "plain"])


def test_seeding_inside_the_cell_removes_the_dependency():
    cell = "random.seed(3)\nx = random.random()"
    for status in ("miss", "hit"):
        with shell() as ip:
            ip.run("import random\nrandom.seed()")
            assert ip.cached(cell).status == status


def test_an_option_of_a_library_is_an_input_and_comes_back_when_the_cell_set_it(ip):
    pytest.importorskip("pandas")
    ip.run("import pandas as pd\nframe = pd.DataFrame({'a': [1.23456789]})\npd.reset_option('display.precision')")
    assert ip.cached("text = repr(frame)").status == "miss"
    ip.run("pd.set_option('display.precision', 2)")
    assert ip.cached("text = repr(frame)").status == "miss"
    assert "1.23" in ip.value("text")
    ip.run("pd.reset_option('display.precision')")
    cell = "pd.set_option('display.precision', 3)"
    assert ip.cached(cell).status == "miss"
    ip.run("pd.reset_option('display.precision')")
    assert ip.cached(cell).status == "hit"
    assert ip.value("pd.get_option('display.precision')") == 3
    ip.run("pd.reset_option('display.precision')")


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("import subprocess\nout = subprocess.run(['true'])", "subprocess"), ("!true", "subprocess"),
     ("import threading, time\nworker = threading.Thread(target=time.sleep, args=(0.5,))\nworker.start()\ndel worker",
      "threads")],
)  # fmt: skip
def test_what_cannot_be_verified_is_not_stored_and_the_line_says_what_allows_it(ip, cell, kind):
    ran = ip.cached(cell)
    assert ran.success
    assert not ran.outcome.stored
    assert f"--allow {kind}" in ran.outcome.not_stored


def test_an_allowed_program_is_shown_again(ip):
    assert ip.cached("!echo shown", "--allow subprocess").status == "miss"
    hit = ip.cached("!echo shown", "--allow subprocess")
    assert hit.status == "hit"


def test_an_edited_module_counts_when_it_is_loaded_again_and_not_before(ip, monkeypatch):
    monkeypatch.syspath_prepend(Path.cwd())
    Path("helpers.py").write_text("def f():\n    return 1\n", "utf-8")
    ip.run("import helpers, importlib")
    assert ip.cached("y = helpers.f()").status == "miss"
    Path("helpers.py").write_text("def f():\n    return 2  # longer\n", "utf-8")
    assert ip.cached("y = helpers.f()").status == "hit"
    assert ip.value("y") == 1
    ip.run("importlib.reload(helpers)")
    assert ip.cached("y = helpers.f()").status == "miss"
    assert ip.value("y") == 2


def test_a_module_that_the_cell_imports_itself_counts_as_it_is_loaded(monkeypatch):
    monkeypatch.syspath_prepend(Path.cwd())
    cell = "import lessons\ny = lessons.f()"

    def run(*, loaded_before: bool) -> tuple[str, int]:
        sys.modules.pop("lessons", None)
        importlib.invalidate_caches()
        with shell() as ip:
            if loaded_before:
                ip.run("import lessons as already")
            ran = ip.cached(cell)
            again = ip.cached(cell)
            assert again.status == "hit", again.outcome
            return ran.status, ip.value("y")

    _old("lessons.py", "def f():\n    return 1\n")
    assert run(loaded_before=True) == ("miss", 1)
    assert run(loaded_before=False) == ("hit", 1)
    _old("lessons.py", "def f():\n    return 22\n")
    assert run(loaded_before=True) == ("miss", 22)
    assert run(loaded_before=False) == ("hit", 22)
    sys.modules.pop("lessons", None)


def test_another_version_of_a_package_that_the_cell_imports_runs_it_again(ip, monkeypatch):
    cell = "import numpy\nz = float(numpy.sqrt(4.0))"
    assert ip.cached(cell).status == "miss"
    assert ip.cached(cell).status == "hit"
    monkeypatch.setitem(origins._versions, "numpy", "99.0")
    assert ip.cached(cell).status == "miss"


def test_a_failure_that_a_magic_swallows_is_not_stored(ip):
    for _ in range(2):
        ran = ip.cached("%%capture out\nprint('before')\n1 / 0")
        assert not ran.outcome.stored
        assert ran.status == "bypass"


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("import logging\nlogging.getLogger().setLevel(logging.getLogger().level + 1)", "the settings of logging"),
        ("import json\njson.mine = 1\ndel json.mine", "json"),
        ("import fractions as f\nf.Fraction.mine = 1\ndel f.Fraction.mine", "f.Fraction"),
        ("import copyreg\nclass Q:\n    pass\ncopyreg.pickle(Q, lambda q: (Q, ()))", "copyreg"),
        ("import warnings\nshow = warnings.formatwarning\nsetattr(warnings, 'formatwarning', show)", "warnings"),
    ],
)
def test_what_a_cell_changes_in_libraries_is_not_stored(ip, cell, what):
    import logging

    level = logging.getLogger().level
    try:
        ran = ip.cached(cell)
    finally:
        logging.getLogger().setLevel(level)
    assert ran.success
    assert not ran.outcome.stored
    assert what in ran.outcome.not_stored
    assert "a cell of its own" in ran.outcome.not_stored


def test_attributes_of_the_notebooks_own_things_are_effects_like_others(ip):
    ip.run("class K:\n    pass\nk = K()")
    assert ip.cached("K.a = 1\nk.b = 2\nsetattr(k, 'c', 3)").outcome.stored
    ip.run("class K:\n    pass\nk = K()")
    assert ip.cached("K.a = 1\nk.b = 2\nsetattr(k, 'c', 3)").status == "hit"
    assert ip.value("(k.a, k.b, k.c)") == (1, 2, 3)


def test_an_instance_of_a_dataclass_is_a_value_like_others(ip):
    ip.run("from dataclasses import dataclass, field")
    ip.run("@dataclass\nclass P:\n    x: int\n    y: list = field(default_factory=list)")
    assert ip.cached("p = P(1)\nprint(p)").status == "miss"
    assert ip.cached("p = P(1)\nprint(p)").status == "hit"


def test_a_mapped_file_that_can_be_written_is_not_stored(ip):
    ip.run("import numpy as np\nnp.save('in.npy', np.arange(3))")
    ran = ip.cached("a = np.load('in.npy', mmap_mode='r+')")
    assert not ran.outcome.stored
    assert "writes through to its file" in ran.outcome.not_stored


def test_a_magic_that_takes_the_mark_off_is_told_of(ip):
    assert "put %%cashet above it" in ip.run("%%time\n%%cashet\nz = 1").text
    assert "put %%cashet above it" not in ip.run("%%capture out\n%%cashet\nz = 1").text


def test_a_virtual_subclass_is_registered_again(ip):
    setup = "from abc import ABC\nclass B(ABC):\n    pass\nclass K:\n    pass"
    for _ in range(2):
        ip.run(setup)
        ran = ip.cached("B.register(int)\nB.register(K)\nB.mark = 1")
        assert ip.value("isinstance(1, B), issubclass(K, B), isinstance('', B), B.mark") == (True, True, False, 1)
    assert ran.status == "hit", ran.outcome


def test_files_that_nobody_sees_can_be_named(ip):
    _old("one.bin", "1")
    options = "--depends file:*.bin"
    assert ip.cached("y = 1", options).status == "miss"
    assert ip.cached("y = 1", options).status == "hit"
    Path("one.bin").touch()
    assert ip.cached("y = 1", options).status == "hit"
    _old("one.bin", "2")
    assert ip.cached("y = 1", options).status == "miss"
    _old("two.bin", "2")
    assert ip.cached("y = 1", options).status == "miss"
