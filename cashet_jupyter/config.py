"""Settings: defaults < pyproject.toml < environment < `%config Cashet` < the options of one cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from cashet_jupyter.errors import OptionError

Badge = Literal["line", "full", "off"]

#: what `--allow` takes: what is seen in a cell's code (`analysis.impurity`), and in its run (`trace.records`)
KINDS = frozenset({"address", "clock", "ctypes", "database", "entropy", "files", "network", "process", "stdin",
                   "subprocess", "threads"})  # fmt: skip

#: what `--depends` begins with when it names files: `file:data/*.csv`
FILES = "file:"

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_SIZES = {"b": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12,
          "ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30, "ti": 1 << 40}  # fmt: skip
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a whole kernel."""

    disable: bool = False
    """Every cell is a plain cell (`CASHET_DISABLE=1`)."""
    badge: Badge = "line"
    """`line`: what is saved is the same for a run and for its hits; `full`: also how it went just now; `off`."""
    auto: bool = False
    """Every cell counts as marked with `%%cashet`."""
    min_time: float = 1.0
    """Under auto, seconds that a cell must take to be stored."""
    max_size: int | None = None
    """Bytes that the store may hold; None: 10 GiB, or a tenth of the disk's free room if that is less."""
    ttl: float | None = None
    """Seconds for which results count, where a cell does not say otherwise; None: for ever."""


@dataclass(frozen=True, slots=True)
class CellOptions:
    """What holds for one cell."""

    refresh: bool = False
    """Run and store anew, whatever the store has."""
    ttl: float | None = None
    """Seconds for which a result counts."""
    tags: tuple[tuple[str, str], ...] = ()
    ignore: frozenset[str] = frozenset()
    """Inputs left out of the key."""
    depends: tuple[str, ...] = ()
    """Expressions whose values are parts of the key, and `file:` patterns of files whose content is."""
    pin: bool = False
    store: bool = True
    """Whether a run may be stored; a lookup is made anyway."""
    partial: bool = False
    """Store what can be stored, and leave out what cannot."""
    allow: frozenset[str] = frozenset()
    """Kinds of impurity that do not keep the cell from being cached."""
    quiet: bool = False
    verbose: bool = False
    auto: bool = False
    """The cell was not marked; it is cached because auto is on."""


def load_settings(start: Path, environ: Mapping[str, str]) -> Settings:
    """The settings that hold in a folder: `[tool.cashet]` of the nearest pyproject.toml, then `CASHET_*`.

    Raises `OptionError` for a value that is not allowed.
    """
    settings = Settings()
    table = _project_table(start)
    for name, value in table.items():
        settings = with_setting(settings, name.replace("-", "_"), value, "pyproject.toml [tool.cashet]")
    for field in fields(Settings):
        variable = f"CASHET_{field.name.upper()}"
        if variable in environ:
            settings = with_setting(settings, field.name, environ[variable], variable)
    return settings


def described(start: Path, environ: Mapping[str, str]) -> list[tuple[str, Any, str]]:
    """Each setting that holds in a folder, its value, and where that is from: `default`, a file, or a variable.

    Raises as `load_settings` does.
    """
    settings = load_settings(start, environ)
    path = _project_file(start)
    table = {name.replace("-", "_") for name in _project_table(start)}
    found: list[tuple[str, Any, str]] = []
    for field in fields(Settings):
        variable = f"CASHET_{field.name.upper()}"
        source = variable if variable in environ else str(path) if field.name in table else "default"
        found.append((field.name, getattr(settings, field.name), source))
    return found


def with_setting(settings: Settings, name: str, value: Any, source: str) -> Settings:
    """`settings` with one of them set from text or from a value of its type.

    Raises `OptionError`, naming `source`, for an unknown name or a value that is not allowed.
    """
    allowed = {field.name for field in fields(Settings)}
    if name not in allowed:
        msg = f"{source}: there is no setting {name!r}; there are {', '.join(sorted(allowed))}"
        raise OptionError(msg)
    return replace(settings, **{name: _convert(name, value, source)})


def _convert(name: str, value: Any, source: str) -> Any:
    if name == "badge":
        if value in get_args(Badge):
            return value
        msg = f"{source}: {name} must be one of {', '.join(get_args(Badge))}, not {value!r}"
        raise OptionError(msg)
    if name in ("max_size", "ttl") and value in (None, "", "none"):
        return None
    if name == "max_size":
        return value if type(value) is int else parse_size(str(value), source)
    if name in ("min_time", "ttl"):
        return value if isinstance(value, float) else parse_duration(str(value), source)
    return _switch(name, value, source)


def _switch(name: str, value: Any, source: str) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    msg = f"{source}: {name} must be on or off, not {value!r}"
    raise OptionError(msg)


def parse_duration(text: str, source: str) -> float:
    """Seconds of `90`, `90s`, `1.5h`, `1d`, `250ms`.

    Raises `OptionError` for anything else.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(ms|s|min|m|h|d|w)?\s*", text)
    if match is None:
        msg = f"{source}: {text!r} is not a duration; write 30s, 10m, 12h, 1d or 2w"
        raise OptionError(msg)
    return float(match[1]) * _UNITS[match[2] or "s"]


def parse_size(text: str, source: str) -> int:
    """Bytes of `2GB`, `500 MiB`, `1.5g`, `0`: kB, MB, GB, TB are powers of 1000 and KiB, MiB, GiB, TiB of 1024.

    Raises `OptionError` for anything else, and for a number of bytes without a unit, which is a slip more often than a
    wish.
    """
    match = re.fullmatch(r"\s*(\d{1,15}(?:\.\d*)?|\.\d+)\s*(?:([kmgt]i?)b?|(b))?\s*", text, re.IGNORECASE)
    if match is None or (not match[2] and not match[3] and float(match[1])):
        msg = f"{source}: {text!r} is not a size; write 500MB, 2GB, 1.5GiB or 0"
        raise OptionError(msg)
    return round(float(match[1]) * _SIZES[(match[2] or "b").lower()])


def _project_file(start: Path) -> Path | None:
    """The nearest pyproject.toml at or above a folder."""
    return next((path for folder in (start, *start.parents) if (path := folder / "pyproject.toml").is_file()), None)


def _project_table(start: Path) -> dict[str, Any]:
    path = _project_file(start)
    if path is None:
        return {}
    import tomllib  # a tenth of what it takes to load the extension, and most folders have none

    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read: {error}"
        raise OptionError(msg) from error
    return dict(content.get("tool", {}).get("cashet", {}))
