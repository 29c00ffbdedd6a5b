"""The environment of the peers: a virtual environment of its own below `build/`, made when a benchmark wants it.

The package is installed there too, editable, so that all engines run on one Python with the same libraries. What pip
is configured with (indexes, folders of wheels, certificates) holds for it as for any other; a configuration that
belongs to the environment of this very Python is handed on.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PLACE = ROOT / "build" / "peers"
#: what all engines share: there is no benchmark without them
COMMON = ("numpy", "pandas", "pyarrow", "scikit-learn", "blake3")
PEERS = ("joblib", "diskcache", "cashet", "marimo")
_VERSIONS = """
import json, platform
from importlib import metadata
found = {"python": platform.python_version()}
for name in %r:
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Environment:
    """Where the engines run."""

    python: Path
    versions: Mapping[str, str]
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])
    """Peers that could not be installed, and why."""


def prepare(say: Callable[[str], None]) -> Environment:
    """Make the environment, or find it made; raises `CalledProcessError` if not even the common part installs."""
    python = PLACE / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    stamp = PLACE / "made.json"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [str(ROOT), sys.version, *COMMON, *PEERS, *project["dependencies"]]
    made = json.loads(stamp.read_text()) if stamp.exists() and python.exists() else {}
    if made.get("wanted") != wanted:
        say("installing the peers into build/peers, once")
        stamp.unlink(missing_ok=True)
        made = {"wanted": wanted, "left_out": _install(python, say)}
        stamp.write_text(json.dumps(made))
    out = subprocess.run([python, "-c", _VERSIONS % ([*COMMON, *PEERS],)], check=True, capture_output=True, text=True)
    return Environment(python, json.loads(out.stdout), made["left_out"])


def _install(python: Path, say: Callable[[str], None]) -> dict[str, str]:
    if not python.exists():
        shutil.rmtree(PLACE / "env", ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", PLACE / "env"], check=True)
        configuration = Path(sys.prefix) / "pip.conf"
        if configuration.exists():
            shutil.copy(configuration, PLACE / "env")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *COMMON, "--editable", str(ROOT)], check=True)
    left_out: dict[str, str] = {}
    for peer in PEERS:
        done = subprocess.run([*pip, peer], capture_output=True, text=True, check=False)
        if done.returncode:
            left_out[peer] = (done.stderr.strip().splitlines() or ["pip failed"])[-1][:200]
            say(f"{peer} cannot be installed and is left out: {left_out[peer]}")
    return left_out
