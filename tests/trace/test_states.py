"""Hidden states: what a run draws from, sets, and leaves; and what a later lookup and a restore make of it."""

from __future__ import annotations

import decimal
import os
import pickle
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cashet_jupyter.errors import Refused
from cashet_jupyter.models import Dependency
from cashet_jupyter.trace import lookup
from cashet_jupyter.trace.lookup import Lookup
from cashet_jupyter.trace.plain import plain
from cashet_jupyter.trace.providers import providers
from cashet_jupyter.trace.restore import restore_states
from cashet_jupyter.trace.statelog import digest_now
from tests.trace.recording import broken, kinds, names, record


def _torch() -> Any:
    return pytest.importorskip("torch")


Draw = Callable[[], Any]
GENERATORS: dict[str, tuple[Callable[[int], Any], Draw]] = {
    "random": (random.seed, random.random),
    "numpy.random": (lambda n: np.random.seed(n), lambda: float(np.random.rand())),  # looked up when it is called
    "torch.random": (lambda n: _torch().manual_seed(n), lambda: float(_torch().rand(1))),
}


@pytest.fixture(autouse=True)
def states() -> Iterator[None]:
    kept = random.getstate(), np.random.get_state(), list(sys.path), dict(os.environ), Path.cwd()
    with warnings.catch_warnings(), pd.option_context("display.max_rows", 60), np.printoptions(), np.errstate():
        yield
    random.setstate(kept[0])
    np.random.set_state(kept[1])
    sys.path[:] = kept[2]
    os.environ.clear()
    os.environ.update(kept[3])
    os.chdir(kept[4])


@pytest.fixture(params=GENERATORS)
def generator(request: pytest.FixtureRequest) -> tuple[str, Callable[[int], Any], Draw]:
    seed, draw = GENERATORS[request.param]
    seed(7)
    return request.param, seed, draw


# ---------------------------------------------------------------------------------------------------- randomness
def test_who_does_not_draw_does_not_depend(generator: tuple[str, Callable[[int], Any], Draw]) -> None:
    name, _seed, draw = generator
    recorded = record(lambda: 1 + 1)
    draw()
    assert name not in names(recorded, "random")
    assert name not in recorded.states
    assert broken(recorded) is None


def test_who_draws_depends_on_the_state_before_and_leaves_the_state_after(
    generator: tuple[str, Callable[[int], Any], Draw],
) -> None:
    name, seed, draw = generator
    recorded = record(draw)
    assert names(recorded, "random") == {name}
    assert broken(recorded) is not None, "the state is another now"
    expected = draw()
    seed(7)
    assert broken(recorded) is None
    restore_states(recorded.states)
    assert draw() == expected, "the next draw is the one after a real run"


def test_who_seeds_before_drawing_does_not_depend_but_leaves_the_state_after(
    generator: tuple[str, Callable[[int], Any], Draw],
) -> None:
    name, seed, draw = generator
    recorded = record(lambda: (seed(3), draw()))
    assert not names(recorded, "random")
    expected = draw()
    seed(99)
    assert broken(recorded) is None
    restore_states(recorded.states)
    assert draw() == expected
    assert set(recorded.states) >= {name}


def test_who_draws_before_seeding_depends(generator: tuple[str, Callable[[int], Any], Draw]) -> None:
    name, seed, draw = generator
    recorded = record(lambda: (draw(), seed(3), draw()))
    assert names(recorded, "random") == {name}


def test_seeding_to_the_very_state_that_was_there_still_counts_as_an_effect(
    generator: tuple[str, Callable[[int], Any], Draw],
) -> None:
    name, seed, draw = generator
    recorded = record(lambda: seed(7))
    assert name in recorded.states
    expected = draw()
    seed(8)
    restore_states(recorded.states)
    assert draw() == expected


def test_who_draws_and_puts_the_state_back_depends_all_the_same() -> None:
    def with_random() -> None:
        state = random.getstate()
        random.random()
        random.setstate(state)

    def with_numpy() -> None:
        state = np.random.get_state()
        np.random.rand()
        np.random.set_state(state)

    assert names(record(with_random), "random") == {"random"}
    assert names(record(with_numpy), "random") == {"numpy.random"}


def test_a_library_that_draws_from_the_global_generator_counts() -> None:
    recorded = record(lambda: pd.Series(range(9)).sample(3))
    assert names(recorded, "random") == {"numpy.random"}
    forest = pytest.importorskip("sklearn.ensemble").RandomForestClassifier(2)
    recorded = record(lambda: forest.fit([[0], [1]], [0, 1]))
    assert names(recorded, "random") == {"numpy.random"}


def test_a_generator_of_its_own_with_a_seed_is_no_hidden_state() -> None:
    recorded = record(lambda: (np.random.default_rng(0).normal(), random.Random(3).random()))
    assert not names(recorded, "random")
    assert not recorded.refusals


def test_a_generator_without_a_seed_is_refused() -> None:
    assert kinds(record(lambda: np.random.default_rng().normal())) == {"entropy"}
    assert kinds(record(lambda: random.seed())) == {"entropy"}
    assert kinds(record(lambda: np.random.seed())) == {"entropy"}
    pl = pytest.importorskip("polars")
    assert kinds(record(lambda: pl.DataFrame({"a": [1, 2]}).sample(1))) == {"entropy"}
    assert not kinds(record(lambda: pl.DataFrame({"a": [1, 2]}).sample(1, seed=1)))


# ------------------------------------------------------------------------------------------------------- options
OPTIONS: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "pandas": (lambda: pd.set_option("display.max_rows", 7), lambda: pd.get_option("display.max_rows")),
    "numpy.printoptions": (lambda: np.set_printoptions(precision=2), lambda: np.get_printoptions()["precision"]),
    "numpy.errstate": (lambda: np.seterr(divide="raise"), lambda: np.geterr()["divide"]),
    "decimal": (lambda: setattr(decimal.getcontext(), "prec", 9), lambda: decimal.getcontext().prec),
    "warnings": (lambda: warnings.simplefilter("once"), lambda: warnings.filters[0][0]),
    "matplotlib": (
        lambda: __import__("matplotlib").rcParams.__setitem__("lines.linewidth", 9.5),
        lambda: __import__("matplotlib").rcParams["lines.linewidth"],
    ),
    "sklearn": (
        lambda: __import__("sklearn").set_config(transform_output="pandas"),
        lambda: __import__("sklearn").get_config()["transform_output"],
    ),
    "polars": (
        lambda: __import__("polars").Config.set_tbl_rows(3),
        lambda: __import__("polars").Config.state().get("POLARS_FMT_MAX_ROWS"),
    ),
    "torch": (lambda: _torch().set_default_dtype(_torch().float64), lambda: str(_torch().get_default_dtype())),
    "xarray": (
        lambda: __import__("xarray").set_options(keep_attrs=True),
        lambda: __import__("xarray").get_options()["keep_attrs"],
    ),
}  # fmt: skip


Option = tuple[str, Callable[[], Any], Callable[[], Any]]


@pytest.fixture(params=OPTIONS)
def option(request: pytest.FixtureRequest) -> Iterator[Option]:
    provider = providers()[request.param]
    pytest.importorskip(provider.module)
    saved = provider.take()
    yield request.param, *OPTIONS[request.param]
    _put_back(provider, saved)


def _put_back(provider: Any, saved: dict[str, Any]) -> None:
    """Only what differs: some options can only be set where another library is installed."""
    now = provider.take()
    provider.put(
        {key: value for key, value in saved.items() if key == provider.beside or plain(now[key]) != plain(value)}
    )


def test_options_are_a_dependency_of_every_cell(option: Option) -> None:
    name, change, _value = option
    recorded = record(lambda: None)
    assert name in names(recorded, "options")
    assert broken(recorded) is None
    change()
    found = broken(recorded)
    assert found is not None
    assert found.name == name


def test_options_that_a_cell_changes_are_restored(option: Option) -> None:
    name, change, value = option
    before = value()
    provider = providers()[name]
    saved = provider.take()
    recorded = record(change)
    after = value()
    assert after != before
    _put_back(provider, saved)
    assert value() == before
    assert broken(recorded) is None
    restore_states(pickle.loads(pickle.dumps(recorded.states)))
    assert value() == after


def test_warning_filters_that_libraries_add_for_themselves_are_no_dependency() -> None:
    recorded = record(lambda: None)
    warnings.filterwarnings("ignore", category=UserWarning, module="some_library")
    assert broken(recorded) is None


def test_a_library_that_is_not_loaded_has_its_usual_options(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pandas", "matplotlib", "numpy.printoptions", "sklearn", "xarray", "polars", "torch"):
        provider = providers()[name]
        pytest.importorskip(provider.module)
        usual = provider.fingerprint(provider.take())
        with monkeypatch.context() as patch:
            patch.delitem(sys.modules, provider.module)
            assert digest_now(provider) == usual, name


# ------------------------------------------------------------------------------------------------ the environment
@pytest.mark.parametrize(
    "cell",
    [
        "import os; os.environ.get('TRACE_X')",
        "import os; os.getenv('TRACE_X')",
        "import os; 'TRACE_X' in os.environ",
        "import os; os.path.expandvars('$TRACE_X')",
        "import os; os.environb.get(b'TRACE_X')",
        "import os\ntry: os.environ['TRACE_X']\nexcept KeyError: pass",
        "import os; dict(os.environ)",
        "import os; os.environ.copy()",
        "import os; os.environ.setdefault('TRACE_X', '0')",
    ],
)
def test_a_variable_that_is_read_is_a_dependency(cell: str) -> None:
    recorded = record(cell)
    os.environ.pop("TRACE_X", None)
    assert broken(recorded) is None
    os.environ["TRACE_X"] = "1"
    assert broken(recorded) is not None


def test_a_variable_that_nobody_reads_is_no_dependency() -> None:
    recorded = record("import os; os.environ.get('TRACE_X')")
    os.environ["TRACE_Y"] = "1"
    assert broken(recorded) is None


def test_variables_that_a_cell_sets_are_restored_even_if_they_had_that_value() -> None:
    os.environ["TRACE_X"] = "old"
    os.environ["TRACE_Y"] = "old"
    recorded = record("import os; os.environ['TRACE_X'] = 'new'; os.environ['TRACE_X']; del os.environ['TRACE_Y']")
    assert not names(recorded, "env")
    assert os.environ["TRACE_X"] == "new"
    os.environ.update(TRACE_X="other", TRACE_Y="other")
    restore_states(recorded.states)
    assert os.environ["TRACE_X"] == "new"
    assert "TRACE_Y" not in os.environ


def test_the_working_directory_is_a_dependency_of_those_who_ask_for_it(tmp_path: Path) -> None:
    asks = [record("import os; os.getcwd()"), record("from pathlib import Path; Path('x').absolute()")]
    does_not = record("1 + 1")
    os.chdir(tmp_path)
    assert all(broken(recorded) is not None for recorded in asks)
    assert broken(does_not) is None


def test_a_changed_working_directory_is_restored(tmp_path: Path) -> None:
    start = Path.cwd()
    recorded = record(f"import os; os.chdir({str(tmp_path)!r})")
    os.chdir(start)
    assert broken(recorded) is None
    restore_states(recorded.states)
    assert Path.cwd().samefile(tmp_path)


def test_the_arguments_are_a_dependency_of_those_who_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["kernel", "-f", "one"])
    looks, does_not = record("import sys; sys.argv[1:]"), record("1 + 1")
    assert type(sys.argv) is list
    monkeypatch.setattr(sys, "argv", ["kernel", "-f", "two"])
    assert broken(looks) is not None
    assert broken(does_not) is None


def test_the_import_path_that_a_cell_extends_is_restored_without_the_rest_of_it() -> None:
    start = list(sys.path)
    recorded = record("import sys; sys.path.insert(0, 'first'); sys.path.append('last')")
    sys.path[:] = [*start, "elsewhere"]
    restore_states(recorded.states)
    assert sys.path == ["first", *start, "elsewhere", "last"]


# ------------------------------------------------------------------------------------------------------- restoring
def test_states_are_restored_all_or_none() -> None:
    random.seed(1)
    before = random.getstate()
    with pytest.raises(Refused):
        restore_states({"random": random.Random(5).getstate(), "numpy.random": {"bit_generator": "nonsense"}})
    assert random.getstate() == before
    with pytest.raises(Refused):
        restore_states({"random": random.Random(5).getstate(), "no such state": 1})
    assert random.getstate() == before


def test_a_lookup_asks_for_every_dependency_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cashet_jupyter.trace import facts

    asked: list[str] = []
    content = facts.content
    monkeypatch.setitem(lookup._KINDS, "file", lambda path: asked.append(path) or content(path))
    file = tmp_path / "x"
    file.write_text("1")
    trace = record(lambda: file.read_text()).dependencies
    search = Lookup()
    assert search.broken(trace) is None
    file.write_text("2")
    assert search.broken(trace) is None, "within one lookup, the answer stays"
    assert asked == [str(file)]


def test_a_dependency_of_a_kind_that_is_not_known_does_not_hold() -> None:
    assert Lookup().broken([Dependency("moon phase", "full", "yes")]) is not None
