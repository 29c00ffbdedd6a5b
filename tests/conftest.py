"""What every test runs under: settings of its own, a fixed seed, and kernels that are gone when it ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.kernels import Kernel, kernel_in

if TYPE_CHECKING:
    from tests.shells import Shell

# The same examples every time: a failure on one machine is a failure on all. `--soak` looks at twenty times as many.
_SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "tests", derandomize=True, deadline=None, database=None, print_blob=True, suppress_health_check=_SLOW_IS_FINE
)
settings.register_profile("soak", settings.get_profile("tests"), max_examples=2000)

KernelIn = Callable[..., Kernel]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long campaigns too")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: a long campaign, run only with --soak")
    settings.load_profile("soak" if config.getoption("--soak") else "tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--soak"):
        return
    skip = pytest.mark.skip(reason="a long campaign: --soak")
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of ours comes in from outside; store and key lie in the test's own folder."""
    for name in [name for name in os.environ if name.startswith("CASHET_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CASHET_DIR", str(tmp_path / ".cashet"))
    monkeypatch.setenv("CASHET_KEY_FILE", str(tmp_path / "cashet.key"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))


@pytest.fixture(scope="module")
def running() -> Iterator[Shell]:
    """One shell in this process for all tests of a module; see `ip`."""
    from tests.shells import shell

    with shell() as found:
        yield found


@pytest.fixture
def ip(running: Shell, own_settings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """The module's shell with nothing in it, in a folder and with a store of the test's own."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    running.extension.session.close()
    running.extension.session.outcomes.clear()
    running.shell.reset(new_session=False)
    return running


@pytest.fixture
def new_kernel(tmp_path: Path) -> Iterator[KernelIn]:
    """A function that starts kernels, closed when the test ends: `new_kernel(folder=None, env=None, load=False)`."""
    with ExitStack() as stack:

        def start(folder: Path | None = None, env: Mapping[str, str] | None = None, *, load: bool = False) -> Kernel:
            return stack.enter_context(kernel_in(folder or tmp_path, env, load=load))

        yield start


@pytest.fixture
def kernel(new_kernel: KernelIn) -> Kernel:
    """A fresh kernel that has loaded nothing."""
    return new_kernel()
