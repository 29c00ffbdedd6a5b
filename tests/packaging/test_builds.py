"""One wheel has everything, prebuilt; where the front end cannot be built the kernel's side is installed all the same."""

from __future__ import annotations

import email
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.packaging.conftest import REPOSITORY, build

DATA = "share/jupyter/labextensions/cashet-jupyter"
CONFIG = "etc/jupyter/jupyter_server_config.d/cashet_jupyter.json"
VERSION = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]


def names(wheel: Path) -> list[str]:
    """What is in a wheel; data that is installed beside the package by where it goes."""
    with zipfile.ZipFile(wheel) as file:
        return [name.partition(".data/data/")[2] or name for name in file.namelist()]


def metadata(wheel: Path) -> email.message.Message:
    with zipfile.ZipFile(wheel) as file:
        (name,) = [name for name in file.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_string(file.read(name).decode())


def assert_whole(wheel: Path) -> None:
    """The front end is where Jupyter looks for it, once, and the server is told of its side."""
    found = names(wheel)
    for name in (f"{DATA}/package.json", f"{DATA}/install.json", f"{DATA}/schemas/cashet-jupyter/panel.json", CONFIG):
        assert found.count(name) == 1, name
    assert [name for name in found if name.startswith(f"{DATA}/static/remoteEntry")]
    assert [name for name in found if name.startswith("cashet_jupyter/labextension")] == []
    assert not [name for name in found if "node_modules" in name or name.endswith((".ts", ".tsbuildinfo"))]


def test_a_wheel_has_the_front_end_where_jupyter_looks_for_it(clone, tmp_path):
    wheel, said = build(clone(built=True), "wheel", tmp_path / "no-programs")
    assert_whole(wheel)
    assert "not part of this installation" not in said


def test_jupyter_finds_what_a_wheel_installs(clone, tmp_path):
    wheel, _ = build(clone(built=True), "wheel", tmp_path / "no-programs")
    prefix = tmp_path / "prefix"
    # what is installed here already is left alone: without saying so pip would take it away
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--ignore-installed"]
    subprocess.run([*pip, "--prefix", str(prefix), str(wheel)], check=True, cwd=tmp_path)
    library = sysconfig.get_path("purelib", vars={"base": str(prefix), "platbase": str(prefix)})
    environment = {
        **os.environ,
        "PYTHONPATH": library,
        "JUPYTER_PATH": str(prefix / "share" / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(prefix / "etc" / "jupyter"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "NO_COLOR": "1",
    }

    def listed(*module: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", *module, "list"],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert str(prefix) in said, said
        return [line for line in said[said.index(str(prefix)) :].splitlines() if "cashet" in line]

    pytest.importorskip("jupyterlab")
    (found,) = [line for line in listed("jupyterlab.labextensions") if f"cashet-jupyter v{VERSION}" in line][:1]
    assert "enabled" in found
    assert "OK" in found
    assert "cashet-jupyter" in found.partition("(python,")[2]  # how it is told what installed it
    lines = listed("jupyter_server.extension.serverextension")
    assert any("enabled" in line for line in lines), lines
    assert any("OK" in line for line in lines), lines


def test_without_node_the_kernels_side_is_built_and_it_is_said_how_to_have_the_rest(clone, tmp_path):
    wheel, said = build(clone(), "wheel", tmp_path / "no-programs")
    assert "cashet_jupyter/__init__.py" in names(wheel)
    assert [name for name in names(wheel) if "labextensions" in name] == []
    assert "install Node.js" in said
    assert "Cells are cached all the same" in said


def test_a_build_that_fails_leaves_the_kernels_side(clone, tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("node", "jlpm"):
        program = programs / name
        program.write_text(f"#!{shutil.which('sh')}\nexit 3\n")
        program.chmod(0o755)
    wheel, said = build(clone(), "wheel", programs)
    assert "cashet_jupyter/__init__.py" in names(wheel)
    assert [name for name in names(wheel) if "labextensions" in name] == []
    assert "`jlpm install --immutable` failed" in said


def test_a_source_distribution_has_the_front_end_so_that_nobody_needs_node(clone, tmp_path):
    source, _ = build(clone(built=True), "sdist", tmp_path / "no-programs")
    with tarfile.open(source) as file:
        file.extractall(tmp_path / "unpacked", filter="data")
    (folder,) = (tmp_path / "unpacked").iterdir()
    assert not (folder / "labextension" / "node_modules").exists()
    wheel, said = build(folder, "wheel", tmp_path / "no-programs")
    assert_whole(wheel)
    assert "not part of this installation" not in said


def test_what_the_server_needs_is_an_extra_and_the_kernel_goes_without(clone, tmp_path):
    wheel, _ = build(clone(), "wheel", tmp_path / "no-programs")
    told = metadata(wheel)
    assert "lab" in told.get_all("Provides-Extra", [])
    extra = [line for line in told.get_all("Requires-Dist", []) if "extra ==" in line]
    plain = [line for line in told.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert {"jupyter-events", "jupyter-server"} <= {line.split(">")[0].replace("_", "-").strip() for line in extra}
    assert [
        line for line in plain if line.startswith(("jupyter-server", "jupyter_server", "jupyterlab", "notebook"))
    ] == []


def test_both_sides_have_one_version():
    assert json.loads((REPOSITORY / "labextension" / "package.json").read_text())["version"] == VERSION


@pytest.mark.soak
@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js was found")
def test_pip_builds_and_installs_all_of_it_from_a_clone(clone, tmp_path):
    folder = clone()
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", f"{folder}[lab]"], check=True, cwd=tmp_path)
    assert (tmp_path / "venv" / DATA / "package.json").exists()
    done = subprocess.run(
        [python, "-m", "jupyter_server.extension.serverextension", "list"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert "cashet_jupyter" in done.stdout + done.stderr
