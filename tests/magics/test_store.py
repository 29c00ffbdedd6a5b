"""What a user meets of the store: its limit, its troubles said once, and cells that run whatever it does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashet_jupyter.store import upkeep
from cashet_jupyter.store.store import open_store
from tests import shells
from tests.shells import Shell

CELL = "%%cashet\nx = bytes(300_000)"


@pytest.fixture
def store_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shells.use_store(monkeypatch, tmp_path)
    return tmp_path / ".cashet"


@pytest.fixture
def shell(store_path: Path) -> Iterator[Shell]:
    with shells.shell() as shell:
        yield shell


def test_a_setting_limits_the_store(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASHET_MAX_SIZE", "1MB")
    monkeypatch.setattr(upkeep, "_QUIET", 3600.0)  # not meanwhile: at the end
    with shells.shell() as shell:
        for n in range(6):
            assert shell.run(f"%%cashet\nx{n} = b'{n}' * 300_000").status == "miss"
        assert shell.extension.session.store().stats().commits == 6
    store = open_store(store_path)
    assert 1 <= store.stats().commits <= 3
    assert store.stats().physical < 1_000_000
    store.close()


def test_a_limit_that_is_set_in_the_notebook_holds_at_once(shell: Shell) -> None:
    shell.run(CELL)
    shell.run("%config Cashet.max_size = '5MB'")
    assert shell.extension.session.store().limit == 5_000_000
    shell.run("%config Cashet.max_size = 'much'")
    assert shell.extension.session.store().limit == 5_000_000
    shell.run("%config Cashet.max_size = None")
    assert shell.extension.session.store().limit > 5_000_000


def test_a_time_for_which_all_results_count(shell: Shell) -> None:
    shell.run("%config Cashet.ttl = '1h'")
    shell.run(CELL)
    shell.run("%%cashet --ttl 2h\ny = 1")
    two, one = shell.extension.session.store().log()
    assert one.expires == pytest.approx(one.created + 3600)
    assert two.expires == pytest.approx(two.created + 7200)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_without_permission_is_said_once(store_path: Path, shell: Shell) -> None:
    store_path.mkdir(mode=0o500)
    _is_said_once(shell)


def test_a_store_of_a_newer_version_is_said_once(store_path: Path, shell: Shell) -> None:
    open_store(store_path).close()
    (store_path / "format").write_text("99\n")
    _is_said_once(shell)


def test_a_store_that_is_something_else_is_said_once(store_path: Path, shell: Shell) -> None:
    store_path.write_text("a file")
    _is_said_once(shell)


def _is_said_once(shell: Shell) -> None:
    texts = [shell.run(f"%%cashet\nz{n} = {n} + 1\nprint(z{n})").text for n in range(3)]
    assert texts[0].count("cashet: ") == 1
    assert [text.strip() for text in texts[1:]] == ["2", "3"]
    assert shell.namespace["z2"] == 3
    assert all(outcome.trouble and outcome.not_stored for outcome in shell.extension.session.outcomes)
