"""The parts that panels are put together from."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets

from cashet_jupyter.errors import CashetError
from cashet_jupyter.render.answer import Answer
from cashet_jupyter.render.table import counted
from cashet_jupyter.widgets.actions import Loaded

_ERROR = "color: var(--jp-error-color1, #c62828)"
#: a widget's lines are as high as a button otherwise
_LINES = "line-height: 1.5"
_QUIET = "color: var(--jp-ui-font-color2, #777)"


class Below:
    """The place under the controls: what the last click brought, or why it could not."""

    def __init__(self) -> None:
        self.widget: Any = ipywidgets.HTML()

    def show(self, answer: Answer) -> None:
        """Show an answer."""
        self.widget.value = f'<div style="{_LINES}">{answer.html()}</div>'

    def text(self, text: str) -> None:
        """Show text of several lines, with aligned columns."""
        self.widget.value = f"<pre>{escape(text)}</pre>"

    def say(self, text: str) -> None:
        """Show a line."""
        self.widget.value = f'<span style="{_QUIET}" role="status">{escape(text)}</span>' if text else ""

    def fail(self, text: str) -> None:
        """Show a line that tells of a failure."""
        self.widget.value = f'<span style="{_ERROR}" role="alert">{escape(text)}</span>'


def button(text: str, tooltip: str, below: Below, act: Callable[[], None], *, icon: str = "") -> Any:
    """A button; what goes wrong when it is pressed is a line below."""
    widget: Any = ipywidgets.Button(
        description=text, tooltip=tooltip, icon=icon, layout=ipywidgets.Layout(width="auto", min_width="8em")
    )

    def pressed(_: object) -> None:
        try:
            act()
        except CashetError as error:
            below.fail(str(error))
        except Exception as error:  # a panel is not a cell: its traceback would go to a log that nobody reads
            below.fail(f"{type(error).__name__}: {error}")

    widget.on_click(pressed)
    return widget


def row(*widgets: Any) -> Any:
    """Widgets beside each other, on a second line where there is no room."""
    return ipywidgets.Box(
        list(widgets), layout=ipywidgets.Layout(flex_flow="row wrap", align_items="center", grid_gap="4px")
    )


def column(*widgets: Any) -> Any:
    """Widgets below each other."""
    return ipywidgets.VBox(list(widgets))


def loaded_line(done: Loaded) -> str:
    """`df -> df_3f9a2c, model -> model_3f9a2c; left out: view (it holds an input of the run)`."""
    words = ", ".join(f"{old} -> {new}" for old, new in done.names.items())
    lines = [f"loaded {counted(len(done.names), 'value')}: {words}"] if done.names else ["nothing could be loaded"]
    if done.missing:
        lines.append("left out: " + ", ".join(f"{name} ({why})" for name, why in done.missing.items()))
    return "; ".join(lines)
