"""How a dependency outside the inputs is called, and how it changed, in words."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from cashet_jupyter.models import Dependency
from cashet_jupyter.trace.facts import ABSENT
from cashet_jupyter.trace.lookup import current_digest
from cashet_jupyter.trace.notes import note_now

#: how many settings one line names
NAMED = 3

_FOLDERS = frozenset({"listing", "entries", "details", "tree", "size", "stat"})
_LABELS = {
    "env": "${}",
    "cwd": "the working directory",
    "argv": "the command line",
    "random": "the state of {}",
    "options": "options of {}",
    "listing": "the files in {}",
    "entries": "the files in {}",
    "details": "the files in {}",
    "tree": "the files below {}",
    "glob": "the files that match {}",
    "path-glob": "the files that match {}",
    "size": "the size of {}",
    "stat": "the size or time of {}",
    "access": "the permissions of {}",
    "link": "{}",
}


def label(dependency: Dependency) -> str:
    """What it is called: `data/sales.csv`, `$MODE`, `the state of numpy`."""
    if dependency.kind == "env" and dependency.name == "*":
        return "the environment variables"
    return _LABELS.get(dependency.kind, "{}").format(_named(dependency))


def _named(dependency: Dependency) -> str:
    """Its name without what only the machine reads."""
    name = dependency.name
    try:
        if dependency.kind == "access":
            return name.partition(" ")[2]
        if dependency.kind == "glob" and name.startswith("{"):
            return str(json.loads(name)["pathname"])
        if dependency.kind == "path-glob":
            folder, pattern = json.loads(name)
            return str(Path(folder) / pattern)
    except (ValueError, LookupError, TypeError):
        return name
    return name


def phrase(old: Dependency, new: Dependency | None = None) -> str:
    """What no longer is as it was: `data/sales.csv changed (12.1 -> 12.4 MB, today 09:14)`, `$MODE changed`.

    `new` is the same dependency of a later run; without it, the present is asked.
    """
    if old.kind == "options" and (settings := settings_changed(old, new := new or _now(old))):
        noun = "option" if len(settings) == 1 else "options"
        more = f" and {len(settings) - NAMED} more" if len(settings) > NAMED else ""
        return f"{noun} {', '.join(settings[:NAMED])}{more} of {old.name} changed"
    words = change(old, new)
    name = old.name if old.kind in _FOLDERS and words.startswith("is ") else label(old)
    return f"{name} {words}"


def change(old: Dependency, new: Dependency | None = None) -> str:
    """The words behind the label: `changed (12.1 -> 12.4 MB, today 09:14)`, `is there now`, `is gone`."""
    new = new or _now(old)
    if old.digest == ABSENT or old.kind == "absent":
        return "is there now"
    if new.digest == ABSENT or new.kind == "absent":
        return "is gone"
    if old.kind == "random":
        return "is another"
    details = _details(old, new)
    return f"changed ({details})" if details else "changed"


def _now(old: Dependency) -> Dependency:
    if old.kind == "file":  # its content is not hashed again only to be told apart in words
        return Dependency("file", old.name, "" if Path(old.name).exists() else ABSENT, note_now("file", old.name))
    return Dependency(old.kind, old.name, current_digest(old.kind, old.name) or "", note_now(old.kind, old.name))


def _details(old: Dependency, new: Dependency) -> str:
    if old.kind == "file" and old.note and new.note:
        return _file_details(old.note, new.note)
    if old.kind == "size" and old.digest.isdigit() and new.digest.isdigit():
        return sizes(int(old.digest), int(new.digest))
    known = old.note and new.note and old.note != new.note
    if known and old.kind in ("cwd", "listing", "entries", "details"):
        return f"{old.note} -> {new.note}"
    return ""


def _file_details(old: str, new: str) -> str:
    try:
        (size, _), (new_size, written) = old.split(), new.split()
        return f"{sizes(int(size), int(new_size))}, {moment(float(written))}"
    except ValueError:
        return ""


def file_now(note: str) -> str:
    """`12.4 MB, today 09:14`, of a file's note."""
    return _file_details(note, note)


def sizes(old: int, new: int) -> str:
    """`12.1 -> 12.4 MB`; one size where they look the same."""
    units = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))
    unit, power = next(((name, least) for name, least in units if new >= least), ("B", 1))
    before, after = ((f"{size / power:.1f}" if power > 1 else str(size)) for size in (old, new))
    return f"{after} {unit}" if before == after else f"{before} -> {after} {unit}"


def moment(timestamp: float) -> str:
    """`today 09:14`, `12 May 09:14`, `12 May 2024 09:14`, on the clock of this machine."""
    when, now = datetime.fromtimestamp(timestamp), datetime.now()
    if when.date() == now.date():
        return f"today {when:%H:%M}"
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][when.month - 1]
    year = "" if when.year == now.year else f" {when.year}"
    return f"{when.day} {month}{year} {when:%H:%M}"


def settings_changed(old: Dependency, new: Dependency) -> list[str]:
    """The names of settings that differ; those that are not mentioned are as in a new process."""
    before, after = settings_of(old), settings_of(new)
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def settings_of(dependency: Dependency) -> dict[str, str]:
    """The settings that are not the usual ones, by name."""
    try:
        found: Any = json.loads(dependency.note) if dependency.note else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
