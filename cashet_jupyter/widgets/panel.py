"""An answer as a panel: interactive where widgets work, HTML where they do not, text in a terminal. One bundle.

A front end takes what it can: a live notebook the widget, nbconvert, a mail and a page of a repository the HTML, a
terminal the text. The HTML needs neither scripts nor style sheets, which a notebook that is not trusted loses.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from cashet_jupyter.render.answer import Answer

#: how a front end is told of a widget
VIEW = "application/vnd.jupyter.widget-view+json"
#: how our front end is told what the answer is about; what stands in it is a promise to saved notebooks
ABOUT = "application/vnd.cashet.run.v1+json"
#: commits that are named there
_NAMED = 50


@dataclass(frozen=True, slots=True)
class About:
    """What an answer is about: the front end then shows its HTML where the widget has no kernel behind it any more."""

    kind: str
    """`show`, `history`, `diff` or `stats`."""
    commits: tuple[str, ...] = ()
    """Ids of the runs that it tells of, in its order."""

    def bundle(self) -> dict[str, Any]:
        """As JSON, small: a notebook is saved with it."""
        return {"v": 1, "kind": self.kind, "commits": list(self.commits[:_NAMED])}


class Panel:
    """An answer with controls; `controls()` makes the widget, and is called when the panel is first shown.

    What is not the panel's own is the answer's: `panel.data`, `panel.commit`.
    """

    def __init__(self, answer: Answer, controls: Callable[[], Any] | None = None, about: About | None = None) -> None:
        self._answer = answer
        self._about = about
        self._controls = controls
        self._widget: Any = None

    @property
    def widget(self) -> Any:
        """The widget, the same one each time: two views of a panel show one state. None where there are no widgets."""
        if self._widget is None and self._controls is not None:
            self._widget = self._controls()
        return self._widget

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._answer, name)

    def __repr__(self) -> str:
        return self._answer.text()

    def _repr_html_(self) -> str:
        return self._answer.html()

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """Text, HTML and, where there are widgets, the widget; `include` and `exclude` are applied by whoever asks."""
        del include, exclude
        bundle: dict[str, Any] = {"text/plain": self._answer.text(), "text/html": self._answer.html()}
        if self._about is not None:
            bundle[ABOUT] = self._about.bundle()
        widget = self.widget
        if widget is not None:
            bundle[VIEW] = widget._repr_mimebundle_()[VIEW]
        return bundle
