"""A JupyterLab of its own, in a real browser. Where one of the parts is missing, the tests say which and are skipped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.browser.host import Server, chromium, missing
from tests.browser.page import Page

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
#: where screenshots are kept; a temporary folder unless it is given
SHOTS = "LAB_SCREENSHOTS"
NewServer = Callable[..., Server]


@pytest.fixture(scope="session")
def new_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewServer]:
    """A function that starts servers: `new_server(extension=True, env=None)`."""
    if reason := missing():
        pytest.skip(f"the tests in a browser are skipped: {reason}")
    with ExitStack() as stack:

        def start(**how: Any) -> Server:
            server = Server(tmp_path_factory.mktemp("lab"), **how)
            stack.callback(server.stop)
            server.start()
            return server

        yield start


@pytest.fixture(scope="session")
def server(new_server: NewServer) -> Server:
    """The server that all modules share."""
    return new_server()


# Not for the whole session: as long as Playwright is open its event loop counts as running, in which no other can run.
@pytest.fixture(scope="module")
def browser(new_server: NewServer) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


NewPage = Callable[[Server], Page]


@pytest.fixture(scope="module")
def new_page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> NewPage:
    """A function that opens a page on a server, in a profile of its own."""

    def new(server: Server) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        shots = Path(os.environ[SHOTS]) if SHOTS in os.environ else tmp_path_factory.mktemp("shots")
        return Page(context.new_page(), server, shots)

    return new


@pytest.fixture(scope="module")
def shared_page(new_page: NewPage, server: Server) -> Page:
    return new_page(server)


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture
def lab(shared_page: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Lab, light, in a page that the tests of a module share. Nothing of ours may have failed in it."""
    shared_page.errors.clear()
    yield shared_page
    failed = request.node.stash.get(_FAILED, False)
    if failed:
        shared_page.shot(f"failed-{request.node.name}")
    if shared_page.page.evaluate("() => document.body.dataset.jpThemeLight === 'false'"):
        shared_page.theme("Light")
    if failed:
        shared_page.page.goto("about:blank")  # the next test begins anew
        return
    assert [error for error in shared_page.errors if "cashet" in error.lower()] == []
