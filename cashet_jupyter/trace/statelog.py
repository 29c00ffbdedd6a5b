"""What a run did to the hidden states, and which of them it used."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cashet_jupyter.models import Dependency
from cashet_jupyter.trace.facts_of_process import argv_digest, cwd_digest, folder, variable_digest
from cashet_jupyter.trace.plain import plain
from cashet_jupyter.trace.providers import Options, Provider, Random, loaded, providers


@dataclass(slots=True)
class StateLog:
    """The hidden states of one run: before it, and what it was seen to do with them."""

    before: dict[str, Any] = field(default_factory=dict[str, Any])
    """Provider -> its state when the run (or the library) began."""
    settings: dict[str, str] = field(default_factory=dict[str, str])
    """Library -> the digest of its settings then."""
    decided: dict[str, bool] = field(default_factory=dict[str, bool])
    """Generator -> whether the run saw its state from before; as soon as that is known."""
    clean: dict[str, Any] = field(default_factory=dict[str, Any])
    """Generator -> state that it would have if only imports of libraries had drawn from it."""
    untouched: set[str] = field(default_factory=set[str])
    """Generators that nobody had drawn from when the import began that is going on."""
    seeded: set[str] = field(default_factory=set[str])
    variables: dict[str, str] = field(default_factory=dict[str, str])
    """Name -> digest of the value that the run read."""
    variables_set: set[str] = field(default_factory=set[str])
    cwd: str | None = None
    cwd_seen: bool = False
    cwd_seen_by_library: bool = False
    cwd_changed: bool = False
    argv_seen: bool = False
    path: list[str] = field(default_factory=list[str])
    arguments: list[str] = field(default_factory=list[str])

    def begin(self) -> None:
        """Take the states as they are before the run."""
        self.cwd = folder()
        self.path, self.arguments = list(sys.path), list(sys.argv)
        self.note_loaded()

    def note_loaded(self, done: str = "") -> None:
        """Take the states of libraries that have been loaded since, `done` just now."""
        for name, provider in providers().items():
            if name not in self.before and loaded(provider, done):
                self.before[name] = provider.take()
                # that of a generator is taken when it is needed: most cells draw nothing
                if isinstance(provider, Options) and provider.depends:
                    self.settings[name] = provider.now()

    # --------------------------------------------------------------------------------------------- what was seen
    def note_random(self, name: str, *, seeded: bool) -> None:
        """The run is about to seed a generator, or to look at its state."""
        provider = providers()[name]
        if not loaded(provider):
            return
        self.note_loaded()
        if name not in self.decided:
            changed = provider.take() != self.clean.get(name, self.before[name])
            self.decided[name] = changed or not seeded
        if seeded:
            self.seeded.add(name)

    def note_import(self, *, begins: bool) -> None:
        """A library begins or ends to be imported: some draw a random number then, for names of their own.

        That is no use of the state: a hit imports them too, or finds them imported.
        """
        for name, before in self.before.items():
            provider = providers()[name]
            if not isinstance(provider, Random) or name in self.decided:
                continue
            now = provider.take()
            if not begins and name in self.untouched:
                self.clean[name] = now
            elif begins and now == self.clean.get(name, before):
                self.untouched.add(name)
        if not begins:
            self.untouched.clear()

    def note_variable(self, name: str) -> None:
        """The run reads an environment variable."""
        if name not in self.variables_set and name not in self.variables:
            self.variables[name] = variable_digest(name)

    # ----------------------------------------------------------------------------------------------- what came of it
    def settle(self) -> tuple[list[Dependency], dict[str, Any]]:
        """The dependencies, and the states to restore."""
        self.note_loaded()
        dependencies = [Dependency("env", name, found) for name, found in self.variables.items()]
        states: dict[str, Any] = {}
        for name, state in self.before.items():
            provider = providers()[name]
            after = provider.take()
            if isinstance(provider, Random):
                changed = after != self.clean.get(name, state)
                if self.decided.get(name, changed):
                    dependencies.append(Dependency("random", name, provider.fingerprint(state)))
                if changed or name in self.seeded:
                    states[name] = after
            else:
                if provider.depends:
                    dependencies.append(Dependency("options", name, self.settings[name]))
                changes = _changes(state, after)
                if changes.keys() - {provider.beside}:
                    states[name] = {**changes, **{key: after[key] for key in after if key == provider.beside}}
        self._process(dependencies, states)
        return dependencies, states

    def _process(self, dependencies: list[Dependency], states: dict[str, Any]) -> None:
        if self.cwd_seen or self.cwd_changed:
            dependencies.append(Dependency("cwd", "", cwd_digest(self.cwd)))
        if self.cwd_changed:
            states["cwd"] = os.getcwd()
        if self.argv_seen:
            dependencies.append(Dependency("argv", "", argv_digest(self.arguments)))
        if list(sys.argv) != self.arguments:
            states["argv"] = list(sys.argv)
        if self.variables_set:
            states["environ"] = {name: os.environ.get(name) for name in sorted(self.variables_set)}
        if change := dict(_path_change(self.path, list(sys.path))):
            states["sys.path"] = change


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    if before == after:
        return {}
    return {name: value for name, value in after.items() if name not in before or plain(before[name]) != plain(value)}


def _path_change(before: list[str], after: list[str]) -> Iterator[tuple[str, list[str]]]:
    """What was put in front of the import path, what behind it, and what was taken out."""
    if before == after:
        return
    kept = [place for place, entry in enumerate(after) if entry in before]
    first = kept[0] if kept else len(after)
    new = [(place, entry) for place, entry in enumerate(after) if entry not in before]
    yield "first", [entry for place, entry in new if place < first]
    yield "last", [entry for place, entry in new if place >= first]
    yield "removed", [entry for entry in before if entry not in after]


def digest_now(provider: Provider) -> str | None:
    """The digest of a state as it is; None if there is none in this process."""
    if not loaded(provider):
        return provider.fresh if isinstance(provider, Options) else None
    return provider.now()
