"""How a cell says that it is to be cached: by its first line, or because all are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from cashet_jupyter.config import CellOptions
from cashet_jupyter.session import Session

MAGIC = "%%cashet"
_COMMENT = re.compile(r"#\s*cashet\b\s*(?::(?P<options>.*))?$")


@dataclass(frozen=True, slots=True)
class Marked:
    """How a cell says what it wants."""

    wish: Literal["cache", "leave"]
    line: str = ""
    """The text of the options."""


def read_mark(lines: list[str]) -> Marked | None:
    """What the first line of a cell says: `%%cashet ...`, `# cashet`, `# cashet: ...`, `# cashet: off`, or nothing."""
    first = next((line.strip() for line in lines if line.strip()), "")
    if is_magic_line(first):
        return Marked("cache", first[len(MAGIC) :].strip())
    match = _COMMENT.match(first)
    if match is None:
        return None
    text = (match["options"] or "").strip()
    return Marked("leave") if text == "off" else Marked("cache", text)


def is_magic_line(line: str) -> bool:
    """Whether a line is `%%cashet`, alone or with options."""
    return line.startswith(MAGIC) and (len(line) == len(MAGIC) or line[len(MAGIC)].isspace())


class Marks:
    """Reads the marks of cells, for one shell."""

    def __init__(self, shell: Any, session: Session) -> None:
        self.shell = shell
        self.session = session

    def strip_line(self, lines: list[str]) -> list[str]:
        """Take `%%cashet ...` off, and keep line numbers as they are."""
        if not lines or not is_magic_line(lines[0].rstrip()):
            return lines
        rest = lines[1:]
        code = next((line for line in rest if line.strip()), "")
        # Another cell magic must stand in the first line to be one; its body counts lines anew anyway.
        if code.startswith("%%"):
            return rest[rest.index(code) :]
        return ["\n", *rest]

    #: IPython then does not run it to find out whether what was typed in a terminal is a whole cell
    strip_line.has_side_effects = True  # type: ignore[attr-defined]

    def options(self, raw_cell: str) -> CellOptions | None:
        """The options of a cell that is to be cached; None for a plain one. Raises `OptionError`."""
        mark = read_mark(self._cleaned(raw_cell))
        settings = self.session.settings
        if mark is not None and mark.wish == "cache":
            options = _parsed(mark.line)
        elif mark is None and settings.auto and not _only_magics(raw_cell):
            options = CellOptions(auto=True)
        else:
            return None
        if _asked_anew(self.shell):
            options = replace(options, refresh=True, auto=False)  # whoever asks is told of whatever stands in the way
        return options if options.ttl is not None else replace(options, ttl=settings.ttl)

    def _cleaned(self, raw_cell: str) -> list[str]:
        """The lines as our input transformer sees them: without prompts that were pasted along."""
        lines = raw_cell.splitlines(keepends=True)
        for transform in self.shell.input_transformers_cleanup:
            if transform == self.strip_line:
                break
            lines = transform(lines)
        return lines


def _asked_anew(shell: Any) -> bool:
    """Whether the front end wants this one run to be stored anew: `{"cashet": {"refresh": true}}` in its request.

    The cell itself stays as it is. A terminal sends no requests.
    """
    try:
        wish = shell.get_parent()["metadata"]["cashet"]
        return wish["refresh"] is True
    except (AttributeError, KeyError, TypeError, IndexError):  # whatever a front end may put there
        return False


def _parsed(line: str) -> CellOptions:
    if not line:
        return CellOptions()
    from cashet_jupyter.magics.options import parse_options

    return parse_options(line)


def _only_magics(raw_cell: str) -> bool:
    """Whether a cell asks the shell for something and does nothing else; auto has no business with it."""
    lines = [line.strip() for line in raw_cell.splitlines()]
    code = [line for line in lines if line and not line.startswith("#")]
    return all(line.startswith("%") and not line.startswith("%%") for line in code)
