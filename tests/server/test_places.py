"""Which store a request means."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from cashet_jupyter.magics.registration import Registration
from cashet_jupyter.server.places import Outside, nearest, registered
from cashet_jupyter.store.store import open_store
from tests.kernels import kernel_in

KERNEL = "0f1e2d3c-aaaa-bbbb-cccc-0123456789ab"


def shell(folder, name=f"kernel-{KERNEL}.json"):
    return SimpleNamespace(kernel=SimpleNamespace(parent=SimpleNamespace(abs_connection_file=str(folder / name))))


@pytest.fixture
def stored(tmp_path):
    open_store(tmp_path / "far" / ".cashet").close()
    return tmp_path / "far" / ".cashet"


def test_a_kernel_says_which_store_it_uses(tmp_path, stored):
    registration = Registration(shell(tmp_path))
    assert registered(tmp_path, KERNEL) is None
    registration.write(stored)
    assert registered(tmp_path, KERNEL) == stored
    assert registration.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*cashet-*")] == [f"cashet-{KERNEL}.json"]
    registration.remove()
    assert registered(tmp_path, KERNEL) is None
    registration.remove()


@pytest.mark.parametrize("name", ["connection.json", "kernel-../../x.json", "kernel-.json"])
def test_a_kernel_with_another_connection_file_says_nothing(tmp_path, stored, name):
    registration = Registration(shell(tmp_path, name))
    registration.write(stored)
    assert registration.path is None
    assert not list(tmp_path.glob("cashet-*"))


def test_a_terminal_says_nothing(stored):
    registration = Registration(SimpleNamespace())
    registration.write(stored)
    registration.remove()


def test_a_folder_that_cannot_be_written_fails_nobody(tmp_path, stored):
    registration = Registration(shell(tmp_path / "missing"))
    registration.write(stored)
    registration.remove()


def test_a_forked_child_leaves_the_file_alone(tmp_path, stored):
    registration = Registration(shell(tmp_path))
    registration.write(stored)
    if (child := os.fork()) == 0:
        registration.remove()
        os._exit(0)
    os.waitpid(child, 0)
    assert registered(tmp_path, KERNEL) == stored


@pytest.mark.parametrize(
    "content",
    ["", "[]", "7", "{", "[" * 9000, '{"store": 7, "pid": 1}', '{"store": "relative", "pid": 1}', '{"store": "/nowhere", "pid": 1}',
     '{"store": "STORE", "pid": "1"}', '{"store": "STORE", "pid": true}', '{"store": "STORE", "pid": -1}',
     '{"store": "STORE", "pid": 999999999}', '{"store": "STORE", "pid": 1e400}', '{"store": "STORE"}', '{"store": "/\\u0000", "pid": 1}'],
    ids=lambda content: content[:36],
)  # fmt: skip
def test_a_file_that_says_nonsense_says_nothing(tmp_path, stored, content):
    (tmp_path / f"cashet-{KERNEL}.json").write_text(content.replace("STORE", str(stored)))
    assert registered(tmp_path, KERNEL) is None


def test_what_is_no_file_of_ours_is_not_read(tmp_path, stored):
    good = tmp_path / "good.json"
    good.write_text(json.dumps({"store": str(stored), "pid": os.getpid()}))
    (tmp_path / "cashet-link.json").symlink_to(good)
    (tmp_path / "cashet-folder.json").mkdir()
    os.mkfifo(tmp_path / "cashet-pipe.json")
    for kernel in ("link", "folder", "pipe", "../good", "", "x" * 300, "a\0b"):
        assert registered(tmp_path, kernel) is None


@pytest.mark.parametrize("path", ["a\0b", "../x", "\ud800/../../x", "x" * 300 + "/../../.."])
def test_what_leads_out_is_outside(tmp_path, path):
    root = tmp_path / "root"
    root.mkdir()
    with pytest.raises(Outside):
        nearest(root, path)


def test_a_path_that_is_not_there_is_of_the_nearest_store_above(tmp_path):
    open_store(tmp_path / ".cashet").close()
    found = nearest(tmp_path, "/".join(["d"] * 1000))
    assert (found.folder, found.exists) == (tmp_path / ".cashet", True)


def test_a_folder_of_that_name_that_is_no_store_does_not_count(tmp_path):
    (tmp_path / "sub" / ".cashet").mkdir(parents=True)
    open_store(tmp_path / ".cashet").close()
    assert nearest(tmp_path, "sub/a.ipynb").folder == tmp_path / ".cashet"


def test_a_real_kernel_registers_with_its_first_use_and_goes_with_it(tmp_path):
    with kernel_in(tmp_path, load=True) as kernel:
        kernel.run("%%cashet\nx = 1")
        connection = Path(kernel.value("__import__('ipykernel.connect').connect.get_connection_file()"))
        id = connection.stem.removeprefix("kernel-")
        assert registered(connection.parent, id) == Path(kernel.value("__import__('os').environ['CASHET_DIR']"))
        kernel.run("%unload_ext cashet_jupyter")
        assert registered(connection.parent, id) is None
