"""Panels: one bundle for every front end, and controls that lose nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from cashet_jupyter.errors import StoreError
from cashet_jupyter.magics.loading import load_under_new_names
from cashet_jupyter.widgets.actions import Actions
from cashet_jupyter.widgets.panel import ABOUT, VIEW, About, Panel
from cashet_jupyter.widgets.panels import diff_controls, history_controls, show_controls, stats_controls


@dataclass(frozen=True)
class Said:
    """An answer of one word."""

    word: str

    @property
    def data(self):
        return {"word": self.word}

    def text(self):
        return self.word

    def html(self):
        return f"<p>{self.word}</p>"


@pytest.fixture
def session(ip):
    return ip.extension.session


@pytest.fixture
def actions(session):
    return Actions(
        store=session.store,
        load=lambda commit: load_under_new_names(session, commit),
        show=lambda commit: Said(f"show {commit.short}{' pinned' if commit.pinned else ''}"),
        diff=lambda old, new: Said(f"{old.short} to {new.short}"),
    )


def buttons(widget: Any) -> dict[str, Any]:
    """Every button inside a widget, by its text."""
    found = {widget.description: widget} if type(widget).__name__ == "Button" else {}
    for child in getattr(widget, "children", ()):
        found |= buttons(child)
    return found


def dropdowns(widget: Any) -> list[Any]:
    found = [widget] if type(widget).__name__ == "Dropdown" else []
    return [*found, *(one for child in getattr(widget, "children", ()) for one in dropdowns(child))]


def below(widget: Any) -> str:
    """What the last click brought."""
    return widget.children[-1].value


def runs(ip, *cells):
    for cell in cells:
        assert ip.cached(cell).outcome.stored
    return ip.extension.session.store().log()


def test_a_panel_is_text_html_and_a_widget_in_one_bundle(actions, ip):
    (commit,) = runs(ip, "x = 1")
    panel = Panel(Said("hello"), lambda: show_controls(Said("hello"), commit, actions))
    bundle = panel._repr_mimebundle_()
    assert bundle.keys() == {"text/plain", "text/html", VIEW}
    assert (bundle["text/plain"], bundle["text/html"]) == ("hello", "<p>hello</p>")
    assert bundle[VIEW]["model_id"] == panel._repr_mimebundle_()[VIEW]["model_id"] == panel.widget.model_id
    assert repr(panel) == "hello"


def test_without_widgets_it_is_text_and_html():
    panel = Panel(Said("hello"))
    assert panel._repr_mimebundle_() == {"text/plain": "hello", "text/html": "<p>hello</p>"}
    assert (panel.word, panel.data) == ("hello", {"word": "hello"})
    with pytest.raises(AttributeError):
        _ = panel.nothing


def test_a_bundle_says_in_a_few_words_what_it_is_about():
    bundle = Panel(Said("hello"), about=About("diff", ("a" * 64, "b" * 64)))._repr_mimebundle_()
    assert bundle[ABOUT] == {"v": 1, "kind": "diff", "commits": ["a" * 64, "b" * 64]}
    many = Panel(Said("hello"), about=About("history", tuple(f"{n:064x}" for n in range(10_000))))
    assert len(str(many._repr_mimebundle_()[ABOUT])) < 5000


def test_a_past_run_is_loaded_under_names_that_nothing_has(ip, actions):
    (commit,) = runs(ip, "x = [1, 2]\ny = 'a'")
    ip.run("x = 'mine'")
    widget = show_controls(Said("run"), commit, actions)
    buttons(widget)["Load values"].click()
    assert ip.value("x") == "mine"
    assert ip.value(f"x_{commit.short}, y_{commit.short}") == ([1, 2], "a")
    assert f"x -&gt; x_{commit.short}" in below(widget)
    ip.run(f"x_{commit.short}.append(3)")
    buttons(widget)["Load values"].click()
    assert ip.value(f"x_{commit.short}, x_{commit.short}_2") == ([1, 2, 3], [1, 2])
    assert f"cashet {commit.short}" in ip.run(f"%cashet_show x_{commit.short}_2").text


def test_what_cannot_be_loaded_is_named(ip, actions):
    ip.run("base = [1]")
    commit, *_ = runs(ip, "held = [base]\nown = 2")
    widget = show_controls(Said("run"), commit, actions)
    buttons(widget)["Load values"].click()
    assert "loaded 1 value: own" in below(widget)
    assert "left out: held (it holds an input of the run" in below(widget)


def test_a_run_is_pinned_and_unpinned_and_compared_with_the_one_before(ip, actions):
    ip.run("n = 1")
    runs(ip, "x = n")
    ip.run("n = 2")
    newer, older = runs(ip, "x = n")
    widget = show_controls(Said("run"), newer, actions)
    buttons(widget)["Pin"].click()
    assert actions.store().resolve(newer.id).pinned
    assert f"<p>show {newer.short} pinned</p>" in widget.children[0].value
    buttons(widget)["Unpin"].click()
    assert not actions.store().resolve(newer.id).pinned
    buttons(widget)["Compare with the run before"].click()
    assert f"<p>{older.short} to {newer.short}</p>" in below(widget)
    assert "Compare with the run before" not in buttons(show_controls(Said("run"), older, actions))


def test_two_runs_of_a_history_are_picked_and_compared(ip, actions):
    for n in range(3):
        ip.run(f"n = {n}")
        commits = runs(ip, "x = n")
    widget = history_controls(Said("all"), commits, actions)
    newer, older = dropdowns(widget)
    buttons(widget)["Compare"].click()
    assert f"<p>{commits[1].short} to {commits[0].short}</p>" in below(widget)
    newer.value, older.value = 1, 2
    buttons(widget)["Compare"].click()
    assert f"<p>{commits[2].short} to {commits[1].short}</p>" in below(widget)
    buttons(widget)["Show"].click()
    assert f"<p>show {commits[1].short}</p>" in below(widget)
    buttons(widget)["Load values"].click()
    assert ip.value(f"x_{commits[1].short}") == 1


def test_a_history_of_one_run_or_none_has_nothing_to_compare(ip, actions):
    commits = runs(ip, "x = 1")
    assert buttons(history_controls(Said("all"), commits, actions)).keys() == {"Show", "Load values"}
    assert not buttons(history_controls(Said("none"), [], actions))


def test_either_run_of_a_diff_can_be_looked_at_and_loaded(ip, actions):
    new, old = runs(ip, "x = 1", "x = 2")
    widget = diff_controls(Said("diff"), old, new, actions)
    buttons(widget)[f"Show {old.short}"].click()
    assert f"<p>show {old.short}</p>" in below(widget)
    buttons(widget)[f"Load {old.short}"].click()
    assert ip.value(f"x_{old.short}") == 1


def test_a_collection_is_looked_at_before_it_is_made(ip, actions):
    runs(ip, "x = 1")
    actions.store().rm(actions.store().log()[0])
    widget = stats_controls(Said("stats"), actions)
    assert buttons(widget)["Collect"].disabled
    buttons(widget)["What would go?"].click()
    assert "would" in below(widget)


def test_what_goes_wrong_is_a_line_and_nothing_else(ip, session):
    (commit,) = runs(ip, "x = 1")

    def fails(_commit):
        raise StoreError("the store is <gone>")

    widget = show_controls(Said("run"), commit, Actions(session.store, fails, Said, Said))
    buttons(widget)["Load values"].click()
    assert "the store is &lt;gone&gt;" in below(widget)
    assert 'role="alert"' in below(widget)


def test_a_run_that_is_gone_says_so(ip, actions):
    (commit,) = runs(ip, "x = 1")
    actions.store().rm(commit)
    widget = show_controls(Said("run"), commit, actions)
    for text in ("Load values", "Pin"):
        buttons(widget)[text].click()
        assert 'role="alert"' in below(widget), text
