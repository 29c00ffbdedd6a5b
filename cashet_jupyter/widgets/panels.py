"""One function for each kind of panel: its controls, as one widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets

from cashet_jupyter.models import Commit
from cashet_jupyter.render import units
from cashet_jupyter.render.answer import Answer
from cashet_jupyter.render.collected import collected_text
from cashet_jupyter.render.table import shortened
from cashet_jupyter.widgets.actions import Actions
from cashet_jupyter.widgets.controls import Below, button, column, loaded_line, row

_LABEL = 32
_LOAD = "Load the values of this run under new names; nothing that you have is replaced"


def show_controls(answer: Answer, commit: Commit, actions: Actions) -> Any:
    """A run: load it under new names, keep it, compare it with the run before."""
    below, body = Below(), Below()
    body.show(answer)

    def load() -> None:
        below.say(loaded_line(actions.load(commit)))

    def keep() -> None:
        store = actions.store()
        pinned = store.resolve(commit.id).pinned
        changed = store.unpin(commit) if pinned else store.pin(commit)
        pin.description = _pin_text(pinned=changed.pinned)
        body.show(actions.show(changed))
        below.say("it is kept, whatever is collected" if changed.pinned else "it may be collected again")

    def compare() -> None:
        below.show(actions.diff(actions.store().resolve(commit.parent or ""), commit))

    pin = button(_pin_text(pinned=commit.pinned), "Keep this run, whatever is collected", below, keep)
    buttons = [button("Load values", _LOAD, below, load), pin] if not commit.error else [pin]
    if commit.parent:
        buttons.append(button("Compare with the run before", "What changed since", below, compare))
    return column(body.widget, row(*buttons), below.widget)


def history_controls(answer: Answer, commits: Sequence[Commit], actions: Actions) -> Any:
    """The runs of a cell: compare two of them, look at one, load one under new names."""
    below, body = Below(), Below()
    body.show(answer)
    if not commits:
        return body.widget
    choices = [(_choice(commit), number) for number, commit in enumerate(commits)]
    newer = _dropdown("run", choices, 0)
    older = _dropdown("against", choices, min(1, len(choices) - 1))

    def compare() -> None:
        below.show(actions.diff(commits[older.value], commits[newer.value]))

    def show() -> None:
        below.show(actions.show(commits[newer.value]))

    def load() -> None:
        below.say(loaded_line(actions.load(commits[newer.value])))

    buttons = [button("Show", "What made this run, and what it showed", below, show)]
    if len(commits) > 1:
        buttons.append(button("Compare", "What changed between the two runs", below, compare))
    buttons.append(button("Load values", _LOAD, below, load))
    pickers = [newer, older] if len(commits) > 1 else [newer]
    return column(body.widget, row(*pickers), row(*buttons), below.widget)


def diff_controls(answer: Answer, old: Commit, new: Commit, actions: Actions) -> Any:
    """Two runs: look at either, load either under new names."""
    below, body = Below(), Below()
    body.show(answer)

    def shows(commit: Commit) -> Any:
        def show() -> None:
            below.show(actions.show(commit))

        return button(f"Show {commit.short}", "What made this run, and what it showed", below, show)

    def loads(commit: Commit) -> Any:
        def load() -> None:
            below.say(loaded_line(actions.load(commit)))

        return button(f"Load {commit.short}", _LOAD, below, load)

    both = [make(commit) for make in (shows, loads) for commit in (old, new)]
    return column(body.widget, row(*both), below.widget)


def stats_controls(answer: Answer, actions: Actions) -> Any:
    """The store: see what a collection would remove, and remove it once that has been seen."""
    below, body = Below(), Below()
    body.show(answer)

    def look() -> None:
        found = actions.store().gc(dry_run=True)
        collect.disabled = not (found.evicted or found.freed)
        below.text(collected_text(found, "see %cashet unpin", "this is only a look: Collect removes it"))

    def remove() -> None:
        done = actions.store().gc()
        collect.disabled = True
        below.text(collected_text(done, "see %cashet unpin", ""))

    collect = button("Collect", "Remove what was shown", below, remove)
    collect.disabled = True
    return column(body.widget, row(button("What would go?", "Nothing is removed", below, look), collect), below.widget)


def _dropdown(text: str, choices: Sequence[tuple[str, int]], value: int) -> Any:
    return ipywidgets.Dropdown(
        options=choices,
        value=value,
        description=text,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="auto", max_width="100%"),
    )


def _choice(commit: Commit) -> str:
    """`3f9a2c  12 May 2026, 14:03:09  4 min 12 s  model = fit(frame)`."""
    when = units.moment(commit.created, commit.offset)
    label = shortened(commit.cell.label, _LABEL)
    return f"{commit.short}  {when}  {units.duration(commit.seconds)}  {label}".rstrip()


def _pin_text(*, pinned: bool) -> str:
    return "Unpin" if pinned else "Pin"
