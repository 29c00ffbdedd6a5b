"""Answers as panels, where the shell is a kernel and there are widgets; elsewhere they stay what they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from cashet_jupyter.commands.asking import provenance
from cashet_jupyter.commands.diff import answer as compared
from cashet_jupyter.magics.loading import load_under_new_names
from cashet_jupyter.render.answer import Answer
from cashet_jupyter.render.diff import Diff
from cashet_jupyter.render.show import Provenance
from cashet_jupyter.render.storage import Stats
from cashet_jupyter.render.versions import History
from cashet_jupyter.widgets.actions import Actions
from cashet_jupyter.widgets.panel import About, Panel

if TYPE_CHECKING:
    from cashet_jupyter.magics.commands import Kernel


def panel(answer: Answer, kernel: Kernel, shell: Any) -> Answer | Panel:
    """The answer with controls, if there are any for it and somebody can use them."""
    controls = _controls(answer, kernel)
    if controls is None or not _in_notebook(shell) or find_spec("ipywidgets") is None:
        return answer
    return Panel(answer, controls, _about(answer))


def _in_notebook(shell: Any) -> bool:
    """Whether somebody sits in front of a notebook: its front end then says which cell it is.

    nbclient, papermill and a console say nothing of the kind. A widget in what they save would be in the way of the
    HTML, and nobody could press its buttons.
    """
    if getattr(shell, "kernel", None) is None:
        return False
    metadata = shell.get_parent().get("metadata") or {}
    return any(metadata.get(name) for name in ("cellId", "cell_id", "colab"))


def actions(kernel: Kernel) -> Actions:
    """What panels of this kernel may do."""
    return Actions(
        store=kernel.store,
        load=partial(load_under_new_names, kernel.session),
        show=lambda commit: provenance(kernel.store(), commit),
        diff=partial(compared, kernel),
    )


def _controls(answer: Answer, kernel: Kernel) -> Callable[[], Any] | None:
    """What makes the controls of an answer; None for one that has none."""
    if isinstance(answer, Provenance):
        return lambda: _panels().show_controls(answer, answer.commit, actions(kernel))
    if isinstance(answer, History):
        return lambda: _panels().history_controls(answer, answer.commits, actions(kernel))
    if isinstance(answer, Stats):
        return lambda: _panels().stats_controls(answer, actions(kernel))
    if isinstance(answer, Diff):
        return lambda: _diff_controls(answer, kernel)
    return None


def _about(answer: Answer) -> About | None:
    """What the front end is told of an answer that has controls."""
    if isinstance(answer, Provenance):
        return About("show", (answer.commit.id,))
    if isinstance(answer, History):
        return About("history", tuple(commit.id for commit in answer.commits))
    if isinstance(answer, Diff):
        return About("diff", (answer.difference.old.id, answer.difference.new.id))
    return About("stats") if isinstance(answer, Stats) else None


def _diff_controls(answer: Diff, kernel: Kernel) -> Any:
    found, store = answer.difference, kernel.store()
    old, new = store.resolve(found.old.id), store.resolve(found.new.id)
    return _panels().diff_controls(answer, old, new, actions(kernel))


def _panels() -> Any:
    # with ipywidgets, which takes longer to load than most questions to answer
    from cashet_jupyter.widgets import panels

    return panels
