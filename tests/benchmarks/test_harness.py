"""What could be wrong in the benchmarks without anybody noticing."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import __main__ as command
from tests.benchmarks import campaign, check, data, functions, gate, publish, report, workloads
from tests.benchmarks.campaign import PEERS_OF, Plan
from tests.benchmarks.engines.ours import Ours
from tests.benchmarks.environment import Environment
from tests.benchmarks.figures import LIMIT, OURS, PLAIN, UNKNOWN, Fault, Figures, Sample, print_line, read_line
from tests.benchmarks.gate import Gate
from tests.benchmarks.ratios import best_sound, ratio
from tests.benchmarks.targets import BEST, ITSELF, ROWS, Criterion, Row, workload_of
from tests.benchmarks.workloads import Job

_NOTHING_MISSING = Environment(Path("python"), {})


def _figures(**engines: list[float]) -> Figures:
    """Figures of the measure `W2 miss`: of each engine one a repetition."""
    named = {name.replace("_", " "): values for name, values in engines.items()}
    return Figures([Sample(e, "W2 miss", i, v) for e, values in named.items() for i, v in enumerate(values)])


_ROW = Row("W2 out", "W2 miss", (Criterion("joblib", 0.5), Criterion(BEST, None)))


# ------------------------------------------------------------------------------------------------------------ ratios
def test_a_ratio_is_the_median_of_the_ratios_of_each_repetition() -> None:
    found = ratio({0: 1.0, 1: 20.0, 2: 3.0}, {0: 10.0, 1: 20.0, 2: 4.0})  # the medians are 3 and 10
    assert found is not None
    assert (found.median, found.least, found.most, found.number) == (0.75, 0.1, 1.0, 3)


def test_only_figures_of_one_repetition_are_paired() -> None:
    found = ratio({0: 1.0, 1: 2.0, 2: 3.0}, {1: 4.0, 7: 1.0})
    assert found is not None
    assert (found.median, found.number) == (0.5, 1)
    assert ratio({0: 1.0}, {1: 1.0}) is None
    assert ratio({0: 1.0}, {0: 0.0}) is None


def test_the_best_sound_peer_is_the_fastest_whose_answers_were_right() -> None:
    figures = _figures(
        ours=[0.1], limit=[0.01], plain=[0.02], cashet=[1.0], joblib=[3.0, 3.0], diskcache=[2.0, 9.0, 9.0]
    )
    assert best_sound(figures, "W2 miss", "W2") == "cashet"
    figures.add([Fault("cashet", "W2", "unsound", "stale"), Fault("joblib", "W3", "unsound", "stale")])
    assert best_sound(figures, "W2 miss", "W2") == "joblib"
    assert best_sound(_figures(ours=[0.1], limit=[0.01]), "W2 miss", "W2") is None


# ----------------------------------------------------------------------------------------------------------- the table
def test_a_target_counts_as_reached_up_to_its_very_value() -> None:
    (reached, _) = report.lines(_figures(ours=[1.0], joblib=[2.0]), [_ROW])
    (missed, best) = report.lines(_figures(ours=[1.1], joblib=[2.0]), [_ROW])
    assert (reached.reached, missed.reached, best.reached) == (True, False, None)
    assert missed.why == "1.1 times the target"
    assert best.best == "joblib"


def test_a_row_that_was_not_measured_is_a_row_that_is_not_reached() -> None:
    figures = Figures(faults=[Fault("joblib", "W2", "failed", "no room")])
    found = report.lines(figures, ROWS)
    assert {line.row for line in found} == {row.name for row in ROWS}
    assert all(line.reached is False for line in found if line.target is not None)
    assert "joblib: no room" in next(line.why for line in found if line.row.startswith("W2"))
    assert "not reached: W2 1 GiB out, miss" in str(report.table(found, "title"))


def test_rows_name_engines_that_take_part_in_their_workload() -> None:
    for row in ROWS:
        for criterion in row.criteria:
            peers = PEERS_OF.get(row.workload, ())
            assert criterion.against in (BEST, ITSELF, LIMIT, PLAIN, *peers), row.name
        assert row.engine in (OURS, UNKNOWN)
        assert row.workload in Plan().workloads


def test_a_workload_is_known_by_its_first_words() -> None:
    assert [workload_of(m) for m in ("W4 out hit", "W4 in hit", "W9 newest", "edits bytes")] == [
        "W4 out",
        "W4 in",
        "W9",
        "edits",
    ]


def test_the_published_data_gives_the_table_again(tmp_path: Path) -> None:
    found = report.lines(_figures(ours=[1.1, 1.0], joblib=[2.0, 2.0]), [_ROW])
    about = {"scale": 1.0, "repetitions": 2, "machine": report.machine(), "versions": {"python": "3"}}
    report.write_json(report.as_data(_figures(ours=[1.0]), found, about), tmp_path / "results.json")
    assert publish.lines_of(json.loads((tmp_path / "results.json").read_text())) == found
    (tmp_path / "performance.md").write_text("before\n<!-- table: x -->\nold\n<!-- end -->\nafter\n")
    publish.publish(tmp_path / "results.json", tmp_path)
    page = (tmp_path / "performance.md").read_text()
    assert page.startswith("before\n<!-- table: x -->\n| row |")
    assert page.endswith("|\n<!-- end -->\nafter\n")
    assert "<svg" in (tmp_path / "performance.svg").read_text()


# ------------------------------------------------------------------------------------------------------------- the gate
_GATE = Gate(scale=0.05, repetitions=2, slack=1.6, exact=1.05, least=0.02, ratios={"W2 miss / joblib": 0.5})


def test_the_gate_finds_a_seeded_regression_and_names_its_row() -> None:
    as_before = report.lines(_figures(ours=[1.0, 1.1], joblib=[2.0, 2.0]), [_ROW])
    busy = report.lines(_figures(ours=[7.0, 8.0], joblib=[10.0, 10.0]), [_ROW])
    worse = report.lines(_figures(ours=[1.7, 1.8], joblib=[2.0, 2.0]), [_ROW])
    assert gate.regressions(_GATE, as_before) == {}
    assert gate.regressions(_GATE, busy) == {}
    assert list(gate.regressions(_GATE, worse).values()) == ["W2 out, against joblib: 0.875, was 0.5, may be 0.8"]


def test_the_gate_does_not_let_a_row_vanish() -> None:
    assert list(gate.regressions(_GATE, []).values()) == ["W2 miss / joblib: not measured"]


def test_bytes_may_hardly_grow_and_tiny_ratios_may() -> None:
    row = Row("W5", "W2 miss", (Criterion("joblib", 0.5),), "B")
    assert gate.regressions(_GATE, report.lines(_figures(ours=[1.1], joblib=[2.0]), [row])) != {}
    tiny = Gate(**{**_GATE.__dict__, "ratios": {"W2 miss / joblib": 0.001}})
    assert gate.regressions(tiny, report.lines(_figures(ours=[3.0], joblib=[100.0]), [_ROW])) == {}


def test_a_regression_is_an_exit_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    monkeypatch.setattr(gate, "COMMITTED", tmp_path / "gate.json")
    gate.write(_GATE, gate.COMMITTED)
    monkeypatch.setattr(gate, "read", lambda: _GATE)
    for ours, code in ((1.0, 0), (4.0, 1)):
        lines = report.lines(_figures(ours=[ours], joblib=[2.0]), [_ROW])
        monkeypatch.setattr(check, "measured", lambda plan, lines=lines: (Figures(), lines, {}))
        assert command.main(["--check"]) == code
    assert "worse: W2 out, against joblib: 2, was 0.5, may be 0.8" in capsys.readouterr().out


def test_what_was_worse_only_once_is_no_regression(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "read", lambda: _GATE)
    runs = [report.lines(_figures(ours=[ours], joblib=[2.0]), [_ROW]) for ours in (4.0, 1.0)]
    asked: list[Plan] = []

    def measured(plan: Plan) -> tuple[Figures, list[report.Line], dict[str, object]]:
        asked.append(plan)
        return Figures(), runs[len(asked) - 1], {}

    monkeypatch.setattr(check, "measured", measured)
    assert command.main(["--check"]) == 0
    assert asked[1].workloads == ("W2",)


def test_every_committed_ratio_belongs_to_a_row() -> None:
    names = {line.name for line in report.lines(Figures(), ROWS) if line.target is not None}
    assert gate.read().ratios.keys() <= names


# ---------------------------------------------------------------------------------------------------------- the engines
class _Memory:
    """A cache that tells arguments apart as `key` says."""

    def __init__(self, key: Callable[[Any], object], give: Callable[[Any], Any] = lambda value: value) -> None:
        self._key, self._give, self._known = key, give, {}

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        key = (function, self._key(arguments))
        if key not in self._known:
            self._known[key] = function(*arguments)
        return self._give(self._known[key])

    def close(self) -> None:
        pass


def _told(run: Callable[[Job, Any], None], workload: str, cache: object, monkeypatch: Any, tmp_path: Path) -> Figures:
    monkeypatch.setattr(workloads, "start", lambda name, folder: cache)
    monkeypatch.setattr(builtins, "benchmark_value", None, raising=False)
    monkeypatch.setattr(builtins, "benchmark_calls", [], raising=False)
    figures = Figures()
    run(Job("", workload, ("joblib",), str(tmp_path), scale=2e-5), lambda item: figures.add([item]))
    return figures


@pytest.mark.parametrize("workload", ["W3", "W4 in"])
def test_a_cache_that_looks_at_the_repr_is_found_unsound(workload: str, monkeypatch: Any, tmp_path: Path) -> None:
    assert _told(workloads.inputs, workload, _Memory(repr), monkeypatch, tmp_path).unsound(workload) == {"joblib"}


@pytest.mark.parametrize("workload", ["W3", "W4 in", "W6 in"])
def test_a_cache_that_looks_at_the_content_is_found_sound(workload: str, monkeypatch: Any, tmp_path: Path) -> None:
    import pickle

    figures = _told(workloads.inputs, workload, _Memory(pickle.dumps), monkeypatch, tmp_path)
    assert figures.faults == []
    assert figures.engines(f"{workload} hit") == ["joblib"]


def test_a_cache_that_forgets_has_no_hits(monkeypatch: Any, tmp_path: Path) -> None:
    figures = _told(workloads.inputs, "W3", _Memory(lambda _: object()), monkeypatch, tmp_path)
    assert figures.engines("W3 hit") == []
    assert figures.faults[0].why == "it is computed each time"


def test_a_cache_that_gives_another_value_is_found_unsound(monkeypatch: Any, tmp_path: Path) -> None:
    fine = _told(workloads.misses, "W2", _Memory(repr), monkeypatch, tmp_path)
    other = _told(workloads.misses, "W2", _Memory(repr, lambda value: value + 1), monkeypatch, tmp_path)
    assert fine.faults == []
    assert other.unsound("W2") == {"joblib"}


@pytest.mark.parametrize("make", [data.array, data.frame, data.records])
def test_each_change_of_an_argument_is_one_that_counts(make: Callable[[float], Any]) -> None:
    import pickle

    value = make(2e-5)
    seen = {pickle.dumps(value)}
    for number, _ in enumerate(data.changes(value), 1):
        seen.add(pickle.dumps(value))
        assert len(seen) == number + 1


def test_ours_runs_a_function_once_for_equal_arguments(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(builtins, "benchmark_calls", [], raising=False)
    engine = Ours(tmp_path / "store")
    values = data.array(2e-5)
    for _ in range(3):
        assert engine.call(functions.consume, values.copy()) == 1.5
    engine.close()
    again = Ours(tmp_path / "store")
    assert again.call(functions.consume, values) == 1.5
    assert len(builtins.benchmark_calls) == 1  # type: ignore[attr-defined]
    values[-1] += 1
    again.call(functions.consume, values)
    assert len(builtins.benchmark_calls) == 2  # type: ignore[attr-defined]
    again.close()


# ------------------------------------------------------------------------------------------------------------- the plan
def test_peers_that_are_not_installed_are_left_out_with_all_their_kinds() -> None:
    without = Environment(Path("python"), {}, {"joblib": "no such package"})
    assert {"joblib", "joblib mmap"} <= set(Plan().peers("W2", _NOTHING_MISSING))
    assert not [name for name in Plan().peers("W2", without) if name.startswith("joblib")]


def test_slow_peers_run_once_and_very_slow_ones_only_on_less_data() -> None:
    whole = Plan()
    assert whole.most("cashet", "W2") == 1
    assert whole.most("ours", "W2") == whole.most("cashet", "W1") == whole.repetitions
    figures = Figures()
    jobs = list(campaign._jobs(whole, "W8", _NOTHING_MISSING, figures))
    assert not [job for job in jobs if job.engines == ("cashet",)]
    assert [(fault.engine, fault.kind) for fault in figures.faults if fault.engine == "cashet"] == [
        ("cashet", "left out")
    ]
    assert [
        job for job in campaign._jobs(Plan(scale=0.1), "W8", _NOTHING_MISSING, Figures()) if job.engines == ("cashet",)
    ]


def test_what_a_worker_tells_is_read_and_what_a_peer_prints_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    items = [Sample("ours", "W1 hit", 3, 0.5), Fault("joblib", "W1", "failed", "why")]
    for item in items:
        print_line(item)
    lines = capsys.readouterr().out.splitlines()
    assert [read_line(line) for line in lines] == items
    assert [read_line(line) for line in ("[Memory] computing", "3", "null", "{}")] == [None] * 4


def test_words_choose_workloads_and_no_part_of_a_run_is_published() -> None:
    assert command.chosen([]) == Plan().workloads
    assert command.chosen(["w4", "notebook"]) == ("W4 out", "W4 in", "notebook")
    with pytest.raises(SystemExit):
        command.main(["W4", "--publish"])
