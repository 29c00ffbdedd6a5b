"""Why a cell ran again, in one line for each kind of change; `%cashet why` and `%cashet deps`."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest

from cashet_jupyter.fingerprint import origins


def _reason(ip, cell: str, before: str, after: str) -> str:
    """Run a cell, change something, and run it again."""
    ip.run(before)
    first = ip.cached(cell, "--allow network")
    assert first.outcome.stored, (first.outcome, first.text)
    ip.run(after)
    ran = ip.cached(cell, "--allow network")
    assert ran.status == "miss", ran.text
    return ran.outcome.reason


HELPERS = "def inner(x):\n    y = x + 1\n    return y\ndef clean(x):\n    return inner(x)"
MODEL = "class Model:\n    rate = 1\n    def __init__(self):\n        self.lr = 0.1\n        self.deep = [[1], 2]\n    def fit(self):\n        return self.lr * self.rate\n"
FRAME = "import pandas as pd\ndf = pd.DataFrame({'price': [1.0] * 10000, 'n': ['a'] * 10000, 'm': 1})"


@pytest.mark.parametrize(
    ("cell", "before", "after", "reason"),
    [
        ("y = thr", "thr = 0.5", "thr = 0.7", "thr 0.5 -> 0.7"),
        ("y = thr", "thr = 1", "thr = 1.0", "thr: int -> float"),
        ("y = a + b", "a, b = 1, 2", "a, b = 3, 4", "a 1 -> 3, b 2 -> 4"),
        ("y = text", "text = 'a' * 100", "text = 'b' * 100", "text changed"),
        ("y = d['a']", "d = {'a': 1, 'b': [1]}", "d['a'] = 2", "d['a'] 1 -> 2"),
        ("y = d['a']", "d = {'a': 1, 'b': [1, [2]]}", "d['b'][1].append(3)", "d['b'] changed"),
        ("y = d['a']", "d = {'a': 1}", "d['z'] = 2", "d['z'] is new"),
        ("y = items[0]", "items = [1, 2]", "items.append(3)", "items: 2 -> 3 items"),
        ("y = items[0]", "items = [1, 2]", "items[1] = 9", "items[1] 2 -> 9"),
        ("y = clean(1)", HELPERS, HELPERS.replace("return inner(x)", "return -inner(x)"), "helper clean() edited (line 2)"),
        ("y = clean(1)", HELPERS, "def inner(x):\n    # why\n    y = x + 2\n    return y", "helper inner() edited (line 3)"),
        ("y = f(1)", "RATE = 2\ndef f(x):\n    return x * RATE", "RATE = 3", "RATE 2 -> 3 (read by f())"),
        ("y = add(1)", "def make(n):\n    return lambda x: x + n\nadd = make(1)", "add = make(2)", "n 1 -> 2 (in make.<lambda>())"),
        ("y = m.fit()", MODEL + "m = Model()", "m.lr = 0.2", "m.lr 0.1 -> 0.2"),
        ("y = m.fit()", MODEL + "m = Model()", "m.deep[0].append(1)", "m.deep changed"),
        ("y = m.fit()", MODEL + "m = Model()", MODEL.replace("self.lr * self", "-self.lr * self") + "m = Model()", "Model.fit() edited (line 2)"),
        ("y = m.fit()", MODEL + "m = Model()", "Model.rate = 5", "Model.rate 1 -> 5"),
        ("y = len(df)", FRAME, FRAME.replace("10000", "10250"), "df: 10 000 -> 10 250 rows"),
        ("y = len(df)", FRAME, "df['w'] = 1", "df: 3 -> 4 columns"),
        ("y = len(df)", FRAME, "df.loc[0, 'price'] = 9", "df['price'] changed"),
        ("y = len(df)", FRAME, "df.loc[0, 'n'] = 'b'", "df['n'] changed"),
        ("y = len(df)", FRAME, "df.iloc[0] = [7.0, 'c', 8]", "df: 3 of 3 columns changed"),
        ("y = a[0]", "import numpy as np\na = np.zeros((3, 4))", "a = np.zeros((3, 5))", "a: shape (3, 4) -> (3, 5)"),
        ("y = a[0]", "import numpy as np\na = np.zeros(3)", "a = np.zeros(3, 'float32')", "a: float64 -> float32"),
        ("import os\ny = os.getcwd() and 1", "import os\nos.makedirs('sub', exist_ok=True)", "os.chdir('sub')", "the working directory changed"),
        ("import os\ny = os.environ.get('CASE')", "import os\nos.environ['CASE'] = 'secret'", "os.environ['CASE'] = 'other'", "$CASE changed"),
        ("import random\ny = random.random()", "import random\nrandom.seed(1)", "random.seed(2)", "the state of random is another"),
        ("y = 1", "import decimal\ndecimal.getcontext().prec = 20", "decimal.getcontext().prec = 21", "option prec of decimal changed"),
        ("import os\ny = os.path.exists('late')", "", "open('late', 'w').close()", "late is there now"),
        ("import os\ny = os.listdir('.')", "open('a', 'w').close()", "open('b', 'w').close()", "the files in . changed (1 -> 2)"),
    ],
)  # fmt: skip
def test_every_kind_of_change_has_its_words(ip, cell, before, after, reason):
    found = _reason(ip, cell, before, after)
    ip.run("import decimal\ndecimal.getcontext().prec = 28")
    assert re.sub(r" \(/.*\)$", "", found) == reason


def _write(path: str, text: str) -> None:
    Path(path).write_text(text, "utf-8")
    past = time.time() - 100
    os.utime(path, (past, past))


READ = "with open('sales.csv') as file:\n    text = file.read()\ndel file"


def test_a_changed_file_is_told_with_sizes_and_time(ip):
    _write("sales.csv", "x" * 12_100)
    ip.cached(READ)
    _write("sales.csv", "x" * 12_400)
    assert re.fullmatch(r"sales\.csv changed \(12\.1 -> 12\.4 kB, .*\d\d:\d\d\)", ip.cached(READ).outcome.reason)
    Path("sales.csv").unlink()
    assert not ip.run(f"%%cashet\n{READ}").success  # it fails as it would without the cache
    ran = ip.cached("try:\n    n = open('sales.csv').read()\nexcept OSError:\n    n = 0")
    _write("sales.csv", "x")
    assert (
        "is there now" in ip.cached("try:\n    n = open('sales.csv').read()\nexcept OSError:\n    n = 0").outcome.reason
    )
    assert ran.status == "miss"


def test_another_version_of_a_library_is_named_and_not_blamed_on_the_values(ip, monkeypatch):
    ip.run(FRAME)
    assert ip.cached("y = len(df)").outcome.stored
    old = ip.value("pd.__version__")
    monkeypatch.setattr(ip.value("pd"), "__version__", "99.1.0")
    _forget_versions()
    reason = ip.cached("y = len(df)").outcome.reason
    monkeypatch.undo()
    _forget_versions()
    assert reason == f"pandas {old} -> 99.1.0"


def _forget_versions() -> None:
    origins._versions.clear()
    origins._version.cache_clear()
    from cashet_jupyter.fingerprint import headers

    for cached in vars(headers).values():
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


def test_edited_code_is_told_by_its_line_and_a_comment_is_no_edit(ip):
    run = ip.run
    assert run("%%cashet\na = 1\nb = 2", cell_id="c").outcome.reason == "first run"
    assert run("%%cashet\n# why\na = 1\n\nb = 2  # so", cell_id="c").status == "hit"
    assert run("%%cashet\n# why\na = 1\nb = 3", cell_id="c").outcome.reason == "code changed (line 3)"


def test_refresh_and_an_expired_result_say_so(ip):
    ip.cached("y = 1", "--ttl 1s")
    assert ip.cached("y = 1", "--refresh").outcome.reason == "refresh"
    time.sleep(0.02)
    assert ip.cached("y = 1", "--ttl 10ms").outcome.reason == "older than --ttl"
    time.sleep(1.1)
    ip.cached("z = 1", "--ttl 10ms")
    time.sleep(0.05)
    assert ip.cached("z = 1").outcome.reason == "the earlier run has expired (--ttl)"


def test_a_damaged_entry_is_told(ip):
    ip.run("import numpy as np")
    commit = ip.cached("a = np.arange(100_000)").outcome.commit
    store = ip.extension.session.store()
    blob = store.resolve(commit).buffers[0].digest
    (path,) = [found for found in store.path.rglob("*") if found.is_file() and blob[4:] in found.name]
    path.chmod(0o600)
    path.write_bytes(b"\xff" + path.read_bytes()[1:])
    ran = ip.cached("a = np.arange(100_000)")
    assert (ran.status, ran.success) == ("miss", True)
    assert "cannot be read" in ran.outcome.reason or "damaged" in ran.outcome.reason


def test_an_entry_of_somebody_else_is_told(ip, monkeypatch, tmp_path):
    ip.cached("y = 1")
    ip.extension.session.close()
    monkeypatch.setenv("CASHET_KEY_FILE", str(tmp_path / "another"))
    assert ip.cached("y = 1").outcome.reason == "the earlier run is not by this user"


# ------------------------------------------------------------------------------------------------------- %cashet why
def _json(ip, line: str):
    ran = ip.run(line)
    assert ran.success, ran.error
    return json.loads(ran.text)


SHAPE = {
    **dict.fromkeys(("question", "answer", "cell", "commit", "status", "not_stored", "advice"), str),
    **{"format": int, "against": (dict, type(None)), "findings": list, "not_tracked": list},
}


def _check(data) -> None:
    assert data.keys() == SHAPE.keys()
    assert all(isinstance(data[name], kind) for name, kind in SHAPE.items())
    for finding in data["findings"]:
        _check_finding(finding)


def _check_finding(finding) -> None:
    assert finding.keys() == {"kind", "name", "now", "change", "where", "parts"}
    assert finding["kind"]
    assert finding["name"]
    for part in finding["parts"]:
        _check_finding(part)


def test_why_shows_the_whole_tree_and_what_of_it_changed(ip):
    ip.run(HELPERS + "\nd = {'a': 1, 'b': 2}")
    ip.cached("y = clean(d['a'])")
    ip.run("d['a'] = 5\ndef inner(x):\n    return x")
    ip.cached("y = clean(d['a'])")
    data = _json(ip, "%cashet why --json")
    _check(data)
    assert (data["question"], data["format"], data["status"]) == ("why", 1, "miss")
    assert data["answer"] == "ran again: helper inner() edited (line 2), d['a'] 1 -> 5"
    found = {finding["name"]: finding for finding in data["findings"]}
    parts = {part["name"]: part["change"] for part in found["d"]["parts"]}
    assert parts == {"['a']": "1 -> 5", "['b']": ""}
    assert {part["name"]: part["change"] for part in found["clean"]["parts"]} == {
        "clean()": "", "inner()": "edited (line 2)"
    }  # fmt: skip
    assert data["against"]["commit"] != data["commit"]
    text = repr(ip.run("%cashet why").result)
    assert "compared with" in text
    assert "['a']  1 -> 5" in text


def test_why_is_asked_by_commit_name_and_label_and_of_hits(ip):
    ip.run("x = 1")
    first = ip.cached("first = x").outcome.commit
    ip.cached("second = x")
    for asked in (first[:8], "first", "first = x"):
        data = _json(ip, f"%cashet why {asked} --json")
        assert (data["commit"], data["answer"]) == (first, "first run")
    ip.cached("first = x")
    data = _json(ip, "%cashet why --json")
    _check(data)
    assert data["status"] == "hit"
    assert data["answer"].startswith("restored: nothing changed (the code and 1 input")
    assert "nothing to be found" in str(ip.run("%cashet why nothing to be found").error)


def test_why_says_what_would_make_a_result_storable(ip):
    ip.cached("import time\nt = time.time()")
    data = _json(ip, "%cashet why --json")
    _check(data)
    assert "time.time" in data["not_stored"]
    assert data["advice"] == "--allow clock caches it anyway"
    ip.cached("y = 1", "--no-store")
    assert _json(ip, "%cashet why --json")["advice"] == "run it without --no-store"
    ip.run("%%cashet\n1 / 0")
    data = _json(ip, "%cashet why --json")
    assert (data["status"], data["answer"]) == ("failed", "failed: ZeroDivisionError")


def test_deps_says_what_was_found_and_where_and_what_is_not_tracked(ip, monkeypatch):
    monkeypatch.setenv("MODE", "password123")
    _write("sales.csv", "12")
    ip.run("import os\nRATE = 2\ndef clean(x):\n    return x * RATE\nthr = 3")
    ip.cached("out = clean(thr)\nwith open('sales.csv') as file:\n    text = file.read()\ndel file\nos.environ['MODE']")
    data = _json(ip, "%cashet deps out --json")
    _check(data)
    found = {finding["name"]: (finding["kind"], finding["now"], finding["where"]) for finding in data["findings"]}
    assert found["thr"] == ("input", "int 3", "line 1")
    assert found["clean()"] == ("function", "2 lines", "reached through clean")
    assert found["RATE"] == ("global", "2", "read by clean()")
    assert found["sales.csv"][0::2] == ("file", "opened while it ran")
    assert found["MODE"] == ("env", "", "read while it ran")
    assert found["Python"][0] == "python"
    assert any("GPU" in line for line in data["not_tracked"])
    text = repr(ip.run("%cashet deps").result)
    assert "not tracked:" in text
    assert "password123" not in text


def test_names_and_values_cannot_break_out_of_the_page(ip):
    bad = "<img src=x onerror=alert(1)>"
    ip.run(f"bad = {bad!r}\nd = {{bad: bad, 'k': 1}}")
    ip.cached("y = d['k']  # <script>alert(1)</script>")
    ip.run("d[bad] = 'x'")
    ip.cached("y = d['k']  # <script>alert(1)</script>")
    for line in ("%cashet why", "%cashet deps"):
        page = ip.run(line).result._repr_html_()
        assert "onerror" in page
        assert "<img" not in page
        assert "<script" not in page


def test_the_commands_and_their_options_are_completed(ip):
    _, found = ip.shell.complete(None, "%cashet ", 8)
    assert {"why", "deps", "status", "auto"} <= set(found)
    _, found = ip.shell.complete(None, "%cashet why --", 14)
    assert "--json" in found
