"""What a cell asks of the shell, in the form that the shell's own input transformation gives it.

`%time f()` has become `get_ipython().run_line_magic('time', 'f()')` by the time that there is a tree. Magics fall into
four classes: those that run Python in the user's variables (their text is analysed as if it stood in the cell), those
that only show something, those that see nothing but their text, and all others, which can do anything.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

from cashet_jupyter.models import CellAnalysis

#: run Python in the user's variables
RUNS_CODE = frozenset({"time", "timeit", "prun", "capture"})
#: show their text, in the cell form only
_SHOWS = frozenset({"html", "HTML", "latex", "markdown", "svg", "SVG", "javascript", "js"})
#: see their text and what is interpolated into it, and no variable besides
_TEXT_NAMES = """
    bash sh script system sx ! perl ruby python python2 python3 pypy writefile file cd pwd pushd popd dirs
    dhist bookmark ls ll la lf lk ldir lx cat cp mv rm rmdir mkdir man more less clear pip conda mamba
    micromamba uv env set_env matplotlib config load_ext reload_ext unload_ext autoreload colors xmode
    precision pdb alias unalias rehashx gui automagic autocall autoindent autoawait autosave lsmagic magic
    quickref history hist logstart logstop logon logoff logstate doctest_mode notebook tensorboard
"""
TEXT_ONLY = _SHOWS | frozenset(_TEXT_NAMES.split())
#: run by a shell script or another program; `--out name` and `--err name` bind what it printed
SCRIPTS = frozenset({"bash", "sh", "script", "perl", "ruby", "python", "python2", "python3", "pypy"})

#: words of `CellAnalysis.magics` whose effects are variables and output alone, so that a hit restores all of them
HARMLESS = frozenset(
    {f"%{name}" for name in RUNS_CODE - {"capture"}}
    | {f"%%{name}" for name in RUNS_CODE}
    | {f"%%{name}" for name in _SHOWS}
)

#: options with an argument and without, of the magics that run code
_OPTIONS = {"timeit": ("nrpv", "tcqo"), "prun": ("DlsT", "rq")}
_OPTION = re.compile(r"\s*-(\w)(\S*)")
_SCRIPT_RESULT = re.compile(r"--(?:out|err|proc)[ =]+([^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the shell."""

    kind: Literal["line", "cell", "shell"]
    name: str
    """The magic; `!` for a shell command."""
    line: str
    """The text behind the name, or the command."""
    body: str = ""
    """The lines below, of a cell magic."""

    @property
    def word(self) -> str:
        """As in `CellAnalysis.magics`."""
        return {"line": "%", "cell": "%%", "shell": ""}[self.kind] + self.name


def unsafe_magics(analysis: CellAnalysis) -> tuple[str, ...]:
    """The magics of a cell whose effects a hit would not restore, in order: a cell with any is not cached.

    A magic that runs code is among them where its code could not be read.
    """
    return tuple(word for word in analysis.magics if word not in HARMLESS or word in analysis.widened)


def request_of(node: ast.expr) -> Request | None:
    """What a call asks of the shell, if it is one of the forms that the shell's input transformation makes."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython"), args=[], keywords=[]), attr=method),
            args=arguments,
            keywords=[],
        ):
            texts = [a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            return _request(method, texts) if len(texts) == len(arguments) else None
        case _:
            return None


def _request(method: str, texts: list[str]) -> Request | None:
    match method, texts:
        case ("run_line_magic", [name, line]):
            return Request("line", name, line)
        case ("run_cell_magic", [name, line, body]):
            return Request("cell", name, line, body)
        case ("system" | "getoutput", [command]):
            return Request("shell", "!", command)
        case _:
            return None


def split_options(name: str, line: str) -> tuple[dict[str, str], str] | None:
    """The one-letter options of a magic that runs code, and the code behind them; None if one is not known."""
    with_argument, without = _OPTIONS[name]
    options: dict[str, str] = {}
    rest = line
    while (match := _OPTION.match(rest)) is not None:
        letters, rest = match.group(1) + match.group(2), rest[match.end() :]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in with_argument:
                if not letters:
                    letters, _, rest = rest.lstrip().partition(" ")
                options[letter], letters = letters, ""
            elif letter in without:
                options[letter] = ""
            else:
                return None
    return options, rest.strip()


def script_results(request: Request) -> list[str]:
    """The names that a script magic binds."""
    return _SCRIPT_RESULT.findall(request.line) if request.name in SCRIPTS else []
