"""Whatever reads a file, the trace knows it: by content, not by time, and also if there is none."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.trace.readers import READERS, Reader
from tests.trace.recording import broken, kinds, names, other_bytes, record, touch


@pytest.fixture(params=READERS, ids=str)
def reader(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    found: Reader = request.param
    for module in found.needs:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return found


def run(text: str) -> None:
    exec(compile(text, "<make>", "exec"), {"__name__": "__main__"})


def mentioned(reader: Reader) -> tuple[str, ...]:
    return (reader.file,) if reader.mentioned else ()


@pytest.mark.filterwarnings("ignore")
def test_a_file_that_a_cell_reads_is_a_dependency_by_content(reader: Reader) -> None:
    run(reader.make)
    file = Path(reader.file)
    recorded = record(reader.cell, mentioned=mentioned(reader))
    name = str(file.absolute()) if reader.absolute else reader.file
    assert not recorded.refusals
    assert name in names(recorded, "file")
    assert broken(recorded) is None, "nothing has changed"
    touch(file)
    assert broken(recorded) is None, "touched, but equal"
    content = file.read_bytes()
    other_bytes(file)
    found = broken(recorded)
    assert found is not None, "its content changed"
    assert found.name == name
    file.write_bytes(content)
    assert broken(recorded) is None, "its content is back"
    file.unlink()
    found = broken(recorded)
    assert found is not None, "it was deleted"


@pytest.mark.filterwarnings("ignore")
def test_a_file_that_a_cell_misses_is_a_dependency_too(reader: Reader) -> None:
    run(reader.make)
    content = Path(reader.file).read_bytes()
    Path(reader.file).unlink()
    cell = "try:\n" + "\n".join(f"    {line}" for line in reader.cell.splitlines()) + "\nexcept Exception: pass"
    recorded = record(cell, mentioned=mentioned(reader))
    assert "trace" not in kinds(recorded)
    Path(reader.file).unlink(missing_ok=True)  # a database is made by whoever opens it
    assert broken(recorded) is None
    Path(reader.file).write_bytes(content)
    found = broken(recorded)
    assert found is not None, "it was created"
