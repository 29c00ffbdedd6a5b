"""The options of `%%cashet`, also behind a first-line comment `# cashet: ...`."""

from __future__ import annotations

import ast
import shlex
from argparse import ArgumentTypeError, Namespace
from functools import lru_cache

from IPython.core.error import UsageError
from IPython.core.magic_arguments import MagicArgumentParser

from cashet_jupyter.config import FILES, KINDS, CellOptions, parse_duration
from cashet_jupyter.errors import OptionError
from cashet_jupyter.magics.marks import MAGIC


@lru_cache(maxsize=64)
def parse_options(line: str) -> CellOptions:
    """The options that stand after `%%cashet`.

    Raises `OptionError`, with what is allowed, for anything that is not an option.
    """
    try:
        words = shlex.split(line)
        found = cell_parser().parse_args(words)
    except (UsageError, ValueError) as error:
        msg = f"{MAGIC} {line}: {error}; allowed are {', '.join(option_names())}"
        raise OptionError(msg) from error
    return _options(found)


def option_names() -> list[str]:
    """Every option as it is written, long forms."""
    actions = cell_parser()._actions
    return [name for action in actions for name in action.option_strings if name.startswith("--")]


def all_flags() -> list[str]:
    """Every option as it is written, short and long: what completion offers."""
    return [name for action in cell_parser()._actions for name in action.option_strings]


def _options(found: Namespace) -> CellOptions:
    return CellOptions(
        refresh=found.refresh,
        ttl=found.ttl,
        tags=tuple(found.tag),
        ignore=frozenset(name for names in found.ignore for name in names),
        depends=tuple(expression for expressions in found.depends for expression in expressions),
        pin=found.pin,
        store=not found.no_store,
        partial=found.partial,
        allow=frozenset(kind for kinds in found.allow for kind in kinds),
        quiet=found.quiet,
        verbose=found.verbose,
    )


# ------------------------------------------------------------------------------------------------- kinds of value
def _duration(text: str) -> float:
    try:
        return parse_duration(text, "--ttl")
    except OptionError as error:
        raise ArgumentTypeError(str(error)) from error


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        msg = f"{text!r} is not a tag; write key=value"
        raise ArgumentTypeError(msg)
    return key, value


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    wrong = [name for name in names if not name.isidentifier()]
    if wrong:
        msg = f"{wrong[0]!r} is not a name"
        raise ArgumentTypeError(msg)
    return names


def _expressions(text: str) -> list[str]:
    if text.startswith(FILES):
        return [text]
    try:
        parsed = ast.parse(f"[{text}]", mode="eval").body
    except SyntaxError as error:
        msg = f"{text!r} is not an expression"
        raise ArgumentTypeError(msg) from error
    assert isinstance(parsed, ast.List)
    return [ast.unparse(element) for element in parsed.elts]


def _kinds(text: str) -> list[str]:
    kinds = [kind.strip() for kind in text.split(",") if kind.strip()]
    wrong = [kind for kind in kinds if kind not in KINDS]
    if wrong:
        msg = f"{wrong[0]!r} is none of {', '.join(sorted(KINDS))}"
        raise ArgumentTypeError(msg)
    return kinds


@lru_cache(maxsize=1)
def cell_parser() -> MagicArgumentParser:
    """The grammar of `%%cashet`."""
    parser = MagicArgumentParser(prog="%cashet")  # the help text puts one more % in front
    parser.allow_abbrev = False  # a prefix that works today is ambiguous tomorrow
    add = parser.add_argument
    add("-f", "--refresh", action="store_true", help="Run the cell and store it anew.")
    add("--ttl", type=_duration, metavar="TIME", help="For how long a result counts: 90s, 12h, 1d, 2w.")
    add(
        "--tag", type=_tag, action="append", default=[], metavar="KEY=VALUE", help="Find it again by this (repeatable)."
    )
    add("--ignore", type=_names, action="append", default=[], metavar="NAMES", help="Inputs left out of the key: a,b.")
    add("--depends", type=_expressions, action="append", default=[], metavar="EXPRS", help="More parts of the key.")
    add("--pin", action="store_true", help="Keep the result whatever is collected.")
    add("--no-store", action="store_true", help="Look it up, but do not store a run.")
    add("--partial", action="store_true", help="Store what can be stored, leave out what cannot.")
    kinds = ", ".join(sorted(KINDS))
    add("--allow", type=_kinds, action="append", default=[], metavar="KINDS", help=f"Cache it in spite of: {kinds}.")
    add("-q", "--quiet", action="store_true", help="No line under the cell.")
    add("-v", "--verbose", action="store_true", help="Also say how it went just now.")
    return parser
