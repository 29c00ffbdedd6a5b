"""A server that has JupyterLab and not our part of it says what to do."""

from __future__ import annotations

import pytest

pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")

from cashet_jupyter.server import front_end


def test_it_is_told_where_it_is_missing_and_not_where_it_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(front_end, "jupyter_path", lambda name: [str(tmp_path / name), str(tmp_path / "other")])
    assert "Node.js 20" in front_end.missing_front_end()
    package = tmp_path / "labextensions" / "cashet-jupyter" / "package.json"
    package.parent.mkdir(parents=True)
    package.write_text("{}")
    assert front_end.missing_front_end() == ""


def test_a_server_without_jupyterlab_hears_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(front_end, "jupyter_path", lambda name: [str(tmp_path)])
    monkeypatch.setattr(front_end, "find_spec", lambda name: None)
    assert front_end.missing_front_end() == ""
