"""Show again what a cell showed, through the doors that it went through."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cashet_jupyter.outputs.figures import forget_figures
from cashet_jupyter.outputs.wire import kernel_streams, sender

if TYPE_CHECKING:
    from cashet_jupyter.models import Shown


def replay(shown: Sequence[Shown], shell: Any, result: tuple[Any, ...] = ()) -> None:
    """Show a recording in the running cell, in its order, and leave `_`, `Out[n]` and history as its run did.

    `result` holds the objects of the last results, oldest first: the `result` of the `Recording`, restored, after
    its `earlier` ones if they were kept. A result whose object is not given is shown, and leaves the shell's
    variables alone.
    """
    results = sum(entry.kind == "result" for entry in shown)
    for entry in shown:
        content = entry.content
        if entry.kind == "stream":
            _write(shell, content["name"], content["text"])
        elif entry.kind == "clear":
            shell.display_pub.clear_output(content["wait"])
        elif entry.kind == "result":
            position = len(result) - results  # the objects given are those of the last results
            results -= 1
            _show_result(shell.displayhook, content, result[position : position + 1] if position >= 0 else ())
        else:
            _publish(shell.display_pub, content, update=entry.kind == "update")
    forget_figures()


def _write(shell: Any, name: str, text: str) -> None:
    """Write, and flush: a kernel keeps text for a while, and what the other stream gets would overtake it."""
    outer = getattr(sys, name)
    outer.write(text)
    thread = sender(shell)
    inner = None if thread is None else kernel_streams(thread)[name]  # a wrapper need not flush what it wraps
    (inner or outer).flush()


def _publish(publisher: Any, content: Mapping[str, Any], *, update: bool) -> None:
    # copies: publishers keep what they are given
    data, metadata, transient = (dict(content[part]) for part in ("data", "metadata", "transient"))
    publisher.publish(data, metadata, transient=transient, update=update)


def _show_result(displayhook: Any, content: Mapping[str, Any], value: tuple[Any, ...]) -> None:
    """What the display hook does with a result, but for asking the object how it looks."""
    data, metadata = dict(content["data"]), dict(content["metadata"])
    displayhook.check_for_underscore()
    displayhook.start_displayhook()
    displayhook.write_output_prompt()
    if value:
        displayhook.update_user_ns(value[0])
        displayhook.fill_exec_result(value[0])
    if data:
        displayhook.write_format_data(data, metadata)
        displayhook.log_output(data)
    displayhook.finish_displayhook()
