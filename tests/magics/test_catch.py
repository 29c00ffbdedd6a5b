"""A cached cell behaves exactly like an ordinary one: in a shell."""

from __future__ import annotations

import builtins
import copy

import pytest

from tests.shells import Shell, shell, use_store


@pytest.fixture(autouse=True)
def _store(tmp_path, monkeypatch):
    use_store(monkeypatch, tmp_path)


@pytest.fixture
def ip():
    with shell() as running:
        yield running


def _twice(ip: Shell, body: str, options: str = ""):
    return ip.cached(body, options), ip.cached(body, options)


def test_a_run_is_a_miss_and_the_next_one_a_hit(ip):
    miss, hit = _twice(ip, "x = [1, 2]\nprint('hello')\nx")
    assert (miss.status, hit.status) == ("miss", "hit")
    assert miss.outcome.reason == "first run"
    assert miss.outcome.stored
    assert hit.outcome.commit == miss.outcome.commit
    assert hit.result == [1, 2]
    assert "hello" in hit.text
    assert hit.result is ip.value("x")


def test_the_body_runs_natively_with_await_at_top_level(ip):
    body = "import asyncio\nawait asyncio.sleep(0)\nprint('waited')\n7"
    miss, hit = _twice(ip, body)
    assert (miss.status, hit.status) == ("miss", "hit")
    assert miss.result == hit.result == 7
    assert "waited" in hit.text


def test_an_exception_propagates_and_nothing_is_stored(ip):
    first, second = _twice(ip, "y = 1\n1 / 0")
    assert not first.success
    assert isinstance(second.error, ZeroDivisionError)
    assert (first.status, second.status) == ("failed", "failed")
    assert first.outcome.reason == "ZeroDivisionError"


def test_a_traceback_shows_the_line_of_the_cell(ip):
    ran = ip.cached("a = 1\nb = 2\nraise ValueError('here')")
    assert "----> 4 raise ValueError('here')" in ran.text


def test_an_interrupt_leaves_nothing_behind(ip):
    first, second = _twice(ip, "z = 1\nraise KeyboardInterrupt")
    assert not first.success
    assert (first.status, second.status) == ("failed", "failed")
    assert ip.run("1 + 1").result == 2


def test_a_wrong_option_is_one_line_and_the_cell_does_not_run(ip):
    ran = ip.cached("x = 1", "--bogus")
    assert not ran.success
    assert "--bogus" in ran.text
    assert "allowed are" in ran.text
    assert "Traceback" not in ran.text
    assert "x" not in ip.namespace


def test_a_syntax_error_is_that_of_the_cell_and_the_next_cell_is_fine(ip):
    ran = ip.cached("x = = 1")
    assert isinstance(ran.error, SyntaxError)
    assert ip.cached("x = 1").status == "miss"


@pytest.mark.parametrize(
    "cell",
    [
        "%%cashet\n%%time\nx = sum(range(10))",
        "%%cashet\n\n%%time\nx = sum(range(10))",
        "%%cashet\n%time x = sum(range(10))",
    ],
)
def test_time_inside_works_and_is_shown_again(ip, cell):
    miss, hit = ip.run(cell), ip.run(cell)
    assert (miss.status, hit.status) == ("miss", "hit")
    assert "Wall time" in miss.text
    assert "Wall time" in hit.text
    assert ip.value("x") == 45


def test_capture_inside_works(ip):
    miss, hit = ip.run("%%cashet\n%%capture out\nprint('kept')"), ip.run("%%cashet\n%%capture out\nprint('kept')")
    assert (miss.status, hit.status) == ("miss", "hit"), (miss.outcome, hit.outcome)
    assert ip.value("out.stdout") == "kept\n"
    assert "kept" not in hit.text


def test_a_magic_that_runs_its_body_as_a_cell_may_stand_above(ip):
    cell = "%%capture out\n%%cashet\nprint('kept')\nx = 5"
    ip.run(cell)
    statuses = [outcome.status for outcome in ip.extension.session.outcomes]
    ip.run(cell)
    statuses = [outcome.status for outcome in ip.extension.session.outcomes]
    assert statuses == ["miss", "hit"]
    assert "kept" in ip.value("out.stdout")


def test_history_keeps_the_cell_as_it_was_typed(ip):
    ip.run("%%cashet --pin\nx = 1")
    assert ip.value("In[-1]") == "\nx = 1"


def test_a_comment_opts_in_and_out(ip):
    assert ip.run("# cashet\nx = 1").status == "miss"
    assert ip.run("# cashet\nx = 1").status == "hit"
    assert ip.run("%cashet auto on --min-time 0").success
    assert ip.run("# cashet: off\nx = 1").status == "plain"
    assert ip.run("# cashet: --tag a=b\nw = 1").status == "miss"


def test_comments_and_formatting_do_not_count_but_code_does(ip):
    assert ip.cached("x = 1 + 2").status == "miss"
    assert ip.cached("# why\nx = (1 +\n     2)").status == "hit"
    assert ip.cached("x = 1 + 3").status == "miss"


def test_the_seconds_that_a_hit_saved_are_counted(ip):
    miss, hit = _twice(ip, "import time\ntime.sleep(0.3)\ndone = True")
    assert miss.outcome.seconds >= 0.3
    assert hit.outcome.seconds < miss.outcome.seconds
    assert 0 < hit.outcome.saved <= miss.outcome.seconds
    assert hit.outcome.saved == pytest.approx(miss.outcome.seconds - hit.outcome.seconds, abs=0.1)


def test_auto_stores_what_is_slow_and_leaves_the_rest_alone(ip):
    ip.run("import time")
    ip.run("%cashet auto on --min-time 200ms")
    quick, slow = "a = 1", "time.sleep(0.25)\nb = 2"
    assert ip.run(quick).outcome.not_stored == "cheap"
    assert ip.run(slow).outcome.stored
    assert ip.run(slow).status == "hit"
    again = ip.run(quick)
    assert (again.status, again.outcome.reason) == ("bypass", "cheap")
    assert again.text.strip() == ""
    ip.run("%cashet auto off")
    assert ip.run(slow).status == "plain"


def test_a_cell_known_to_be_cheap_is_not_fingerprinted_also_after_a_restart(ip):
    ip.run("big = list(range(10))\n%cashet auto on")
    ip.run("n = len(big)")
    with shell() as restarted:
        restarted.run("import threading\nbig = threading.Lock()\n%cashet auto on")
        ran = restarted.run("n = len(big)")
        assert not ran.success  # a lock has no len: the cell itself failed
        assert ran.outcome.status == "failed"
        assert "lock" not in ran.text.split("TypeError")[0]


def test_everything_is_plain_when_the_cache_is_disabled(ip, monkeypatch):
    monkeypatch.setenv("CASHET_DISABLE", "1")
    with shell() as disabled:
        assert disabled.cached("x = 1").status == "plain"
        assert disabled.cached("x = 1", "--bogus").success
        assert disabled.value("x") == 1


def test_refresh_runs_and_stores_anew(ip):
    miss, _ = _twice(ip, "import random\nr = random.Random(1).random()")
    fresh = ip.cached("import random\nr = random.Random(1).random()", "-f")
    assert fresh.status == "miss"
    assert fresh.outcome.commit != miss.outcome.commit
    assert ip.cached("import random\nr = random.Random(1).random()").outcome.commit == fresh.outcome.commit


def test_an_ignored_input_is_not_part_of_the_key(ip):
    ip.run("verbose = True\nx = 1")
    assert ip.cached("y = x if verbose else x", "--ignore verbose").status == "miss"
    ip.run("verbose = False")
    assert ip.cached("y = x if verbose else x", "--ignore verbose").status == "hit"
    ip.run("x = 2")
    assert ip.cached("y = x if verbose else x", "--ignore verbose").status == "miss"


def test_what_the_cell_depends_on_besides_can_be_named(ip):
    ip.run("version = 1\nclass C: pass")
    assert ip.cached("y = 1", "--depends version").status == "miss"
    assert ip.cached("y = 1", "--depends version").status == "hit"
    ip.run("version = 2")
    ran = ip.cached("y = 1", "--depends version")
    assert ran.status == "miss"
    wrong = ip.cached("y = 1", "--depends nothing_there")
    assert wrong.success
    assert "nothing_there" in wrong.outcome.not_stored


def test_a_result_counts_for_its_time_only(ip, monkeypatch):
    import time

    assert ip.cached("x = 1", "--ttl 1h").status == "miss"
    assert ip.cached("x = 1", "--ttl 1h").status == "hit"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert ip.cached("x = 1", "--ttl 1h").status == "miss"


def test_no_store_looks_up_but_does_not_store(ip):
    first, second = _twice(ip, "x = 1", "--no-store")
    assert (first.status, second.status) == ("miss", "miss")
    assert not first.outcome.stored
    ip.cached("x = 1")
    assert ip.cached("x = 1", "--no-store").status == "hit"


def test_an_output_that_cannot_be_stored_is_named_and_stays_in_the_session(ip):
    ip.run("import threading\nclass Box: pass")
    body = "box = Box()\nbox.inner = Box()\nbox.inner.lock = threading.Lock()\nn = 1"
    ran = ip.cached(body)
    assert ran.success
    assert not ran.outcome.stored
    assert "box.inner.lock" in ran.outcome.not_stored
    assert "--partial" in ran.outcome.not_stored
    assert ip.value("n") == 1
    partial, hit = _twice(ip, body, "--partial")
    assert partial.outcome.stored
    assert "box" in partial.outcome.not_stored
    assert hit.status == "hit"


def test_an_input_without_a_value_is_named_and_the_cell_runs(ip):
    ip.run("import threading\nclass Box: pass\nbox = Box()\nbox.lock = threading.Lock()")
    ran = ip.cached("y = box.lock.locked()")
    assert ran.success
    assert ran.status == "bypass"
    assert "box.lock" in ran.outcome.reason
    assert ip.value("y") is False


@pytest.mark.parametrize(
    ("body", "kind"),
    [("import time\nx = time.time()", "clock"), ("import uuid\nx = uuid.uuid4()", "entropy"),
     ("import datetime\nx = datetime.datetime.now()", "clock")],
)  # fmt: skip
def test_what_gives_another_result_each_time_is_not_stored_unless_allowed(ip, body, kind):
    refused, again = _twice(ip, body)
    assert (refused.status, again.status) == ("bypass", "bypass")
    assert f"--allow {kind}" in refused.outcome.reason
    allowed, hit = _twice(ip, body, f"--allow {kind}")
    assert (allowed.status, hit.status) == ("miss", "hit")


def test_a_magic_that_acts_on_the_kernel_is_not_cached(ip):
    ran = ip.cached("%precision 3\nx = 1")
    assert ran.status == "bypass"
    assert "%precision" in ran.outcome.reason
    assert ip.value("x") == 1


def test_a_text_that_names_variables_for_a_query_counts_as_reading_them(ip):
    pytest.importorskip("pandas")
    ip.run("import pandas as pd\ndf = pd.DataFrame({'a': [1, 5, 9]})\nthr = 4")
    assert ip.cached("n = len(df.query('a > @thr'))").status == "miss"
    assert ip.cached("n = len(df.query('a > @thr'))").status == "hit"
    ip.run("thr = 6")
    assert ip.cached("n = len(df.query('a > @thr'))").status == "miss"
    assert ip.value("n") == 1


def test_every_variable_counts_where_the_code_can_reach_any(ip):
    ip.run("a = 1\nname = 'a'")
    assert ip.cached("b = globals()[name]").status == "miss"
    assert ip.cached("b = globals()[name]").status == "miss"  # `b` itself is among the variables now
    assert ip.cached("b = globals()[name]").status == "hit"
    ip.run("a = 2")
    assert ip.cached("b = globals()[name]").status == "miss"
    assert ip.value("b") == 2


def test_the_same_line_is_saved_for_a_run_and_for_its_hits(ip):
    miss, hit = _twice(ip, "x = 1")
    assert miss.text.split(" - ")[:2] == hit.text.split(" - ")[:2]
    assert "first run" in miss.text
    assert "restored in" in hit.text
    quiet = ip.cached("x = 1", "-q")
    assert quiet.text == ""


def test_why_it_ran_again_is_said(ip):
    ip.run("thr = 0.5")
    ip.cached("y = thr * 2")
    ip.run("thr = 0.7")
    ran = ip.cached("y = thr * 2")
    assert ran.outcome.reason == "thr 0.5 -> 0.7"


def test_a_damaged_store_never_breaks_the_cell(ip, tmp_path):
    ip.cached("x = list(range(100_000))")
    for path in (tmp_path / ".cashet" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"damage")
    ran = ip.cached("x = list(range(100_000))")
    assert ran.success
    assert ran.status == "miss"
    assert len(ip.value("x")) == 100_000
    assert ip.cached("x = list(range(100_000))").status == "hit"


def test_a_store_that_cannot_be_made_leaves_the_cell_alone(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("not a folder", "utf-8")
    monkeypatch.setenv("CASHET_DIR", str(tmp_path / "file" / ".cashet"))
    with shell() as ip:
        ran = ip.cached("x = 1")
        assert ran.success
        assert ran.status == "bypass"
        assert ip.value("x") == 1


def test_a_function_shows_the_docstring_and_lines_of_the_cell_as_it_stands_now():
    import inspect

    before = "def f(a):\n    'old words'\n    return a"
    after = "# a comment\n\n\ndef f(a):\n    'new words'\n    return a\n\n\nclass K:\n    'of K'"
    with shell() as first:
        assert first.cached(before + "\n\n\nclass K:\n    'K'").status == "miss"
    with shell() as second:
        assert second.cached(after).status == "hit"
        f = second.value("f")
        assert f.__doc__ == "new words"
        assert second.value("K").__doc__ == "of K"
        assert f(3) == 3
        assert "new words" in inspect.getsource(f)


def test_imports_of_a_cell_are_there_after_a_hit(ip):
    with shell() as first:
        first.cached("import xml.dom.minidom\nfrom math import floor as fl\nn = 1")
    with shell() as second:
        assert second.cached("import xml.dom.minidom\nfrom math import floor as fl\nn = 1").status == "hit"
        assert second.value("xml.dom.minidom.__name__") == "xml.dom.minidom"
        assert second.value("fl(2.5)") == 2


def test_provenance_is_told_by_variable_and_by_commit(ip):
    ip.run("n = 3")
    miss = ip.cached("squares = [i * i for i in range(n)]", "--tag stage=prep")
    ip.cached("total = sum(squares)")
    for name in ("squares", miss.outcome.commit[:8], "stage=prep"):
        text = repr(ip.run(f"%cashet_show {name}").result)
        assert miss.outcome.commit in text
        assert "squares = [i * i for i in range(n)]" in text
        assert "stage=prep" in text
    shown = repr(ip.run("%cashet_show total").result)
    assert miss.outcome.commit[:6] in shown  # made from
    assert "<table>" in ip.run("%cashet_show total").result._repr_html_()
    assert "nothing of that kind" not in ip.run("%cashet_show nonsense").text
    assert "name a variable" in ip.run("%cashet_show nonsense").text


def test_status_counts_hits_and_the_time_saved(ip):
    assert "no cached cells yet" in ip.run("%cashet status").text
    _twice(ip, "x = 1")
    text = ip.run("%cashet status").text
    assert "1 of 2 cells restored" in text
    assert "commands are auto" in ip.run("%cashet nonsense").text


def test_the_real_magic_is_there_for_help_and_for_other_magics(ip):
    assert "cashet" in ip.shell.magics_manager.magics["cell"]
    assert {"cashet", "cashet_show"} <= ip.shell.magics_manager.magics["line"].keys()
    assert "--refresh" in ip.shell.find_cell_magic("cashet").__doc__
    assert "--ttl" in ip.shell.complete("", "%%cashet --")[1] or "--ttl" in ip.shell.complete("--", "%%cashet --")[1]
    ip.run("get_ipython().run_cell_magic('cashet', '', 'direct = 1')")
    assert ip.value("direct") == 1


def test_the_settings_are_there_as_config(ip):
    ip.run("%config Cashet.badge = 'off'")
    assert ip.cached("x = 1").text == ""
    ip.run("%config Cashet.badge = 'full'")
    assert "restored in" in ip.cached("x = 1").text
    ip.run("%config Cashet.badge = 'loud'")  # traitlets says what is allowed, in the log
    assert ip.extension.session.settings.badge == "full"


def test_unloading_removes_every_trace():
    with shell(load=False) as ip:
        before = _state(ip)
        ip.extension.load()
        assert _state(ip) != before
        ip.cached("x = 1")
        ip.extension.unload()
        assert _state(ip) == before
        assert not hasattr(builtins, "__cashet_replay__")
        assert not ip.run("%%cashet\nx = 1").success


def _state(ip: Shell):
    shell = ip.shell
    return copy.deepcopy((
        [repr(item) for item in shell.input_transformers_cleanup],
        len(shell.ast_transformers),
        {event: len(callbacks) for event, callbacks in shell.events.callbacks.items()},
        {kind: sorted(names) for kind, names in shell.magics_manager.magics.items()},
        sorted(shell.strdispatchers["complete_command"].strs),
        len(shell.configurables),
        sorted(shell.magics_manager.registry),
    ))  # fmt: skip


def test_a_hit_leaves_the_namespace_with_the_users_names_only(ip):
    _twice(ip, "x = 1\nx")
    assert [name for name in ip.namespace if "cashet" in name] == []


@pytest.mark.parametrize(
    ("setup", "cell"),
    [
        ("flag = True", "if flag:\n    x = 1"),
        ("def bind():\n    global x\n    x = 1", "bind()"),
        ("rows = [0]", "for _row in rows:\n    x = 1"),
        ("class K:\n    def m(self):\n        global x\n        x = 1", "K().m()"),
    ],
)
def test_a_name_bound_again_to_what_it_was_is_bound_by_a_hit_too(setup, cell):
    with shell() as ip:
        ip.run(f"x = 1\n{setup}")
        assert ip.cached(cell).status == "miss"
        assert ip.cached(cell).status == "hit"
        ip.run("x = 5")
        ip.cached(cell)
        assert ip.value("x") == 1
    with shell() as ip:
        ip.run(setup)
        ip.cached(cell)
        assert ip.value("x") == 1


def test_a_name_that_is_surely_bound_to_what_it_was_is_bound_by_a_hit(ip):
    ip.run("x = 1")
    assert ip.cached("x = 1").status == "miss"
    ip.run("x = 5")
    assert ip.cached("x = 1").status == "hit"
    assert ip.value("x") == 1


def test_a_module_that_the_cell_changes_is_not_restored_so_it_is_not_stored(ip, tmp_path, monkeypatch):
    (tmp_path / "counting.py").write_text("n = 0\n\n\ndef step():\n    global n\n    n += 1\n    return n\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    ip.run("import counting")
    ran = ip.cached("k = counting.step()")
    assert ran.success
    assert not ran.outcome.stored
    assert "counting" in ran.outcome.not_stored
