"""What is kept of a dependency beside its digest, so that people can be told how it changed.

Nothing is verified by it. The value of an environment variable is never kept: it may be a password.
"""

from __future__ import annotations

import json
import os
from collections.abc import Container, Iterable
from dataclasses import replace
from functools import lru_cache

from cashet_jupyter.models import Dependency
from cashet_jupyter.trace.facts_of_process import cwd_digest, folder
from cashet_jupyter.trace.providers import Options, loaded, providers

#: settings that are kept, and characters of each
SETTINGS = 40
SHORT = 60


def with_notes(dependencies: Iterable[Dependency], written: Container[str] = ()) -> tuple[Dependency, ...]:
    """Dependencies of a run that has just ended, with their notes; none for files that the run has `written`."""
    return tuple(
        item if item.name in written or item.note else replace(item, note=_note(item)) for item in dependencies
    )


def _note(item: Dependency) -> str:
    """What can be said now is true of the run only if nothing has changed since."""
    if item.kind == "options":
        provider = providers().get(item.name)
        if not isinstance(provider, Options) or item.digest == provider.fresh or not loaded(provider):
            return ""
        return _settings_of(item.name, item.digest) if provider.now() == item.digest else ""
    if item.kind == "cwd" and cwd_digest(folder()) != item.digest:
        return ""
    return note_now(item.kind, item.name)


@lru_cache(maxsize=64)
def _settings_of(name: str, _digest: str) -> str:
    """The note on settings: their digest is the digest of all that it says."""
    return note_now("options", name)


def note_now(kind: str, name: str) -> str:
    """`size time` of a file, how many names are in a folder, the working directory, settings that are not the usual.

    Settings are JSON, name to text. Empty where nothing is known; never an `Exception`.
    """
    try:
        if kind == "file":
            status = os.stat(name)
            return f"{status.st_size} {status.st_mtime:.0f}"
        if kind in ("listing", "entries", "details"):
            return str(len(os.listdir(name)))
        if kind == "cwd":
            return os.getcwd()
        if kind == "options":
            return _settings(name)
    except Exception:  # words for people: never a reason to fail
        return ""
    return ""


def _settings(name: str) -> str:
    provider = providers()[name]
    if not isinstance(provider, Options) or not loaded(provider):
        return ""
    unusual = provider.unusual(provider.take())
    return json.dumps({key: unusual[key][:SHORT] for key in sorted(unusual)[:SETTINGS]}) if unusual else ""
