"""Files: the standard streams by name, closed ones as closed ones; an open file belongs to its process."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Any

from cashet_jupyter.errors import NotSerializable

if TYPE_CHECKING:
    from cashet_jupyter.serialize.functions import Reduction
    from cashet_jupyter.serialize.stream import Stream

_STANDARD = ("stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__")
_BUFFERED = (io.BufferedReader, io.BufferedWriter, io.BufferedRandom)


def reduce_file(stream: Stream, file: Any) -> Reduction:
    """What `with open(path) as f:` leaves behind is a closed file: it can still be asked for its name."""
    del stream
    for name in _STANDARD:
        if file is getattr(sys, name, None):
            return getattr, (sys, name)
    kind = type(file)
    if not file.closed:
        raise NotSerializable("", "an open file", "close it in the cell, or open it where it is needed")
    if kind is io.TextIOWrapper and type(file.buffer) in _BUFFERED:
        text = (file.encoding, file.errors, file.line_buffering, file.write_through)
        return closed_text, (type(file.buffer), file.name, _mode_of(file.buffer), file.mode, text)
    if kind in _BUFFERED:
        return closed_buffer, (kind, file.name, _mode_of(file))
    if kind is io.FileIO:
        return closed_raw, (file.name, file.mode)
    raise NotSerializable("", f"a closed {kind.__qualname__}", "delete the variable")


def _mode_of(buffer: Any) -> str:
    return str(buffer.raw.mode)


def closed_raw(name: Any, mode: str) -> io.FileIO:
    """A closed file of this name; the file itself is not touched."""
    raw = _raw(name, mode)
    raw.close()
    return raw


def closed_buffer(kind: Any, name: Any, mode: str) -> Any:
    """A closed binary file."""
    buffer = kind(_raw(name, mode))
    buffer.close()
    return buffer


def closed_text(kind: Any, name: Any, mode: str, shown: str, text: tuple[Any, ...]) -> io.TextIOWrapper:
    """A closed text file."""
    encoding, errors, line_buffering, write_through = text
    buffer = kind(_raw(name, mode))
    file: Any = io.TextIOWrapper(buffer, encoding, errors, None, line_buffering, write_through)
    file.mode = shown
    file.close()
    return file


def _raw(name: Any, mode: str) -> io.FileIO:
    raw: Any = io.FileIO(os.devnull, mode.replace("x", "w"))
    raw.name = name
    return raw
