"""What is public is what is documented, and no more."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import cashet_jupyter

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
PUBLIC = {
    "AsyncClient", "AsyncResultRef", "AsyncStore", "Client", "ClosureWarning", "Commit", "Executor", "FileRef",
    "JsonSerializer", "LocalExecutor", "NotCachedWarning", "ObjectRef", "PickleSerializer", "ResultRef", "SQLiteStore",
    "SafePickleSerializer", "Serializer", "Store", "TaskDef", "TaskError", "TaskRef", "TaskStatus",
    "load_ipython_extension", "outcomes", "register", "unload_ipython_extension",
}  # fmt: skip


def test_the_public_names_are_these() -> None:
    assert set(cashet_jupyter.__all__) == PUBLIC
    assert sorted(cashet_jupyter.__all__) == list(cashet_jupyter.__all__)


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_public_name_exists_says_what_it_does_and_stands_in_the_readme(name: str) -> None:
    assert (getattr(cashet_jupyter, name).__doc__ or "").strip()
    assert name in README


def test_the_version_is_that_of_the_distribution() -> None:
    assert cashet_jupyter.__version__ == version("cashet-jupyter")


def test_importing_the_package_loads_nothing_of_jupyter_and_no_data_library() -> None:
    heavy = "('IPython', 'ipywidgets', 'numpy', 'pandas', 'apsw', 'click', 'cloudpickle', 'tornado', 'traitlets')"
    program = f"import sys, cashet_jupyter; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_loading_the_extension_loads_no_data_library() -> None:
    libraries = "('numpy', 'pandas', 'scipy', 'sklearn', 'matplotlib', 'torch', 'polars', 'pyarrow')"
    program = (
        "import sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        f"before = [name for name in {libraries} if name in sys.modules]\n"
        "import cashet_jupyter\n"
        "cashet_jupyter.load_ipython_extension(shell)\n"
        f"print([name for name in {libraries} if name in sys.modules and name not in before])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", done.stdout
