"""What somebody means by a name: the commit that a text stands for.

    df, df@{1}                   a variable, and the run before of the cell that made it
    preprocess, preprocess()     a function that was submitted; `()` where a variable is called the same
    stage=train, stage           a tag, or its name alone
    3f9a2c                       the beginning of an id, 4 characters or more
    df = load("sales/")          a cell, by its first line of code or a part of it
    @{0}, @{1}                   the newest of all, and the one before

In this order: names before ids, for a name should not stop working because an id happens to begin with it, and texts
in cells last. What may be a variable as well as a function or a tag is not guessed. Everything is found by an index of
the store, whatever its size.
"""

from __future__ import annotations

import contextlib
import itertools
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cashet_jupyter.errors import NotFound
from cashet_jupyter.history.log import Wanted, functions, labels, log, pages
from cashet_jupyter.history.same import same_cell
from cashet_jupyter.history.traced import moment
from cashet_jupyter.models import Commit
from cashet_jupyter.store.protocol import Store

#: how many possible meanings are listed before the rest is counted
LISTED = 8
#: the shortest beginning of an id
_SHORTEST = 4
#: commits among which earlier runs of a cell are looked for
_LOOKED_AT = 5000
#: runs of a label among which notebooks are told apart
_RUNS = 50
#: labels of which each is looked up
_FEW = 40
#: characters of a label in a list
_LABEL = 48

#: what a command line loses on its way
_LOST = str.maketrans("", "", " \t'\"\\")

_BEFORE = re.compile(r"(?P<text>.*)@\{(?P<number>\d{1,6})\}", re.DOTALL)
_ID = re.compile(r"[0-9a-fA-F]{4,64}")


@dataclass(frozen=True, slots=True)
class Here:
    """What a kernel knows of itself; in a terminal all of it is empty."""

    newest: str = ""
    """Id of the commit of the newest cell."""
    notebook: str | None = None
    """Path of the notebook."""
    produced: Mapping[str, str] = field(default_factory=dict[str, str])
    """Variable -> id of the commit that made what it holds now."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a text means."""

    commit: Commit
    name: str = ""
    """The output that was named; empty if the text named the run as a whole."""


class Ambiguous(NotFound):
    """A text that several commits are meant by; `commits` has the newest of each meaning."""

    def __init__(self, text: str, meanings: Sequence[tuple[Commit, str]], advice: str, more: int = 0) -> None:
        self.commits = tuple(commit for commit, _ in meanings)
        count = len(meanings) + more
        lines = [f"{text!r} could mean {count} results; {advice}:"]
        lines += [f"  {line}" for line in _lines(meanings[:LISTED])]
        if count > LISTED:
            lines.append(f"  ... and {count - LISTED} more")
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True)
class _Meaning:
    """One thing that a text may mean."""

    kind: str
    commit: Commit
    series: Callable[[], Iterator[Commit]]
    """Its runs, newest first, from `commit` on."""
    name: str = ""


def find(store: Store, text: str, here: Here | None = None, *, exact: bool = False) -> Commit:
    """The commit that a text stands for; without text the newest one. `exact`: a part of a cell's line is no name.

    Raises `NotFound` with what can be named instead, and `Ambiguous` with a list where several could be meant.
    """
    return find_named(store, text, here, exact=exact).commit


def find_named(store: Store, text: str, here: Here | None = None, *, exact: bool = False) -> Found:
    """The same, with the output that was named."""
    here = here or Here()
    text = text.strip()
    if not text:
        return Found(_newest(store, here))
    match = _BEFORE.fullmatch(text)
    if match is None:
        meaning = _meaning(store, text, here, exact=exact)
        return Found(meaning.commit, meaning.name)
    base, number = match["text"].strip(), int(match["number"])
    if not base:
        return Found(_nth(pages(store), number, text, "results"))
    meaning = _meaning(store, base, here, exact=exact, several=True)
    return Found(_nth(meaning.series(), number, text, f"runs of {base}"), meaning.name)


def _newest(store: Store, here: Here) -> Commit:
    found = [store.resolve(here.newest)] if here.newest else store.log(limit=1)
    if not found:
        raise NotFound("nothing is stored yet: put %%cashet on a cell and run it")
    return found[0]


def _nth(runs: Iterator[Commit], number: int, text: str, what: str) -> Commit:
    found = list(itertools.islice(runs, number + 1))
    if len(found) > number:
        return found[number]
    there = f"@{{0}} to @{{{len(found) - 1}}}" if len(found) > 1 else "@{0} alone" if found else "none"
    raise NotFound(f"there is no {text}: of {what} there is {there}")


# ------------------------------------------------------------------------------------------------------ the meanings
def _meaning(store: Store, text: str, here: Here, *, exact: bool, several: bool = False) -> _Meaning:
    """What a text means; with `several`, commits that share a tag are one series."""
    if text in here.produced:
        with contextlib.suppress(NotFound):  # it was removed since
            return _variable(store, text, store.resolve(here.produced[text]))
    named = [*_variables(store, text), *_functions(store, text), *_tags(store, text, several=several)]
    if len({meaning.commit.id for meaning in named}) > 1:
        advice = "say which by its id, or write name() for a function and name=value for a tag"
        raise Ambiguous(text, [(meaning.commit, meaning.kind) for meaning in named], advice)
    if named:
        return named[0]
    if meaning := _by_id(store, text):
        return meaning
    if meaning := _label(store, text, here, exact=exact):
        return meaning
    if _ID.fullmatch(text):
        raise NotFound(f"no commit {text}")
    raise NotFound(
        f"nothing is called {text!r}: name a variable, a function, a tag name=value, a cell by its first line, "
        f"or {_SHORTEST} or more characters of an id"
    )


def _variables(store: Store, text: str) -> list[_Meaning]:
    possible = text.isidentifier() and not keyword.iskeyword(text)  # what a function returned is called `return`
    found = store.log(name=text, limit=1) if possible else []
    return [_variable(store, text, commit) for commit in found]


def _variable(store: Store, name: str, commit: Commit) -> _Meaning:
    def series() -> Iterator[Commit]:
        mine = _same(commit, pages(store, name=name, before=commit.id))
        found = list(itertools.islice(mine, 2))
        if len(found) > 1 or commit.cell.id is not None:
            return itertools.chain(found, mine)
        # Nothing tells of which cell it is a run: the value before is the one that the variable had before.
        return itertools.chain(found, pages(store, name=name, before=commit.id))

    return _Meaning("variable", commit, series, name)


def _functions(store: Store, text: str) -> list[_Meaning]:
    plain = text.removesuffix("()")
    if not all(part.isidentifier() for part in plain.replace("<locals>", "locals").replace("<lambda>", "l").split(".")):
        return []
    found = [(id, commit) for id in functions(store, plain) for commit in store.log(cell_id=id, limit=1)]
    return [_Meaning("function", commit, lambda id=id: pages(store, cell_id=id)) for id, commit in found]


def _tags(store: Store, text: str, *, several: bool) -> list[_Meaning]:
    name, equals, value = text.partition("=")
    if equals:
        found = store.log(tag=(name, value), limit=1 if several else LISTED + 100)
        tags = [(name, value)]
    elif known := store.known("tag", f"{text}=", limit=LISTED + 100):
        tags = [(name, tag.partition("=")[2]) for tag in known]
        found = [commit for tag in tags for commit in store.log(tag=tag, limit=1 if several else LISTED + 100)]
        found.sort(key=lambda commit: -commit.created)
    else:
        return []
    if several and found:
        return [_Meaning("tag", found[0], lambda: _newest_first([pages(store, tag=tag) for tag in tags]))]
    return [_Meaning(_tag_words(commit, name), commit, lambda commit=commit: iter((commit,))) for commit in found]


def _tag_words(commit: Commit, name: str) -> str:
    return f"tag {name}={commit.tags.get(name, '')}"


def _newest_first(streams: Sequence[Iterator[Commit]]) -> Iterator[Commit]:
    found = itertools.chain.from_iterable(itertools.islice(stream, _LOOKED_AT) for stream in streams)
    return iter(sorted(found, key=lambda commit: -commit.created))


def _by_id(store: Store, text: str) -> _Meaning | None:
    if not _ID.fullmatch(text):
        return None
    ids = store.known("id", text, limit=LISTED + 100)
    if len(ids) > 1:
        found = [(store.resolve(id), id[: len(text) + 6]) for id in ids[:LISTED]]
        raise Ambiguous(text, found, "write more of its id", len(ids) - len(found))
    if not ids:
        return None
    commit = store.resolve(ids[0])
    conditions = {"cell_id": commit.cell.id} if commit.cell.id else {"code": commit.code}
    return _Meaning("id", commit, lambda: _same(commit, pages(store, before=commit.id, **conditions)))


def _label(store: Store, text: str, here: Here, *, exact: bool) -> _Meaning | None:
    """A cell that is named by its first line, or by a part of it; the one of this notebook first."""
    known = [text] if exact or store.log(label=text, limit=1) else labels(store, text) or _unquoted(store, text)
    if len(known) > _FEW:  # the newest of so many are enough of an answer
        newest = {commit.cell.label: commit for commit in log(store, Wanted(cell=text), _RUNS)}
        listed = [(commit, "") for commit in newest.values()][:LISTED]
        raise Ambiguous(text, listed, "write more of the line, or its id", len(known) - len(listed))
    found = _cells(store, known)
    mine = [commit for commit in found if here.notebook and commit.cell.notebook == here.notebook]
    chosen = [commit for commit in mine if commit.cell.label == text] or mine or found
    if len(chosen) > 1:
        where = [(commit, (commit.cell.notebook or "").rpartition("/")[2]) for commit in chosen]
        raise Ambiguous(text, where, "write more of the line, or its id")
    if not chosen:
        return None
    (commit,) = chosen
    label, notebook = commit.cell.label, commit.cell.notebook
    return _Meaning("cell", commit, lambda: _of_notebook(pages(store, label=label), notebook))


def _unquoted(store: Store, text: str) -> list[str]:
    """The labels that hold the text when nobody looks at quotes and spaces: shells and magics take them off."""
    squashed = text.translate(_LOST)
    return [label for label in labels(store, "") if squashed and squashed in label.translate(_LOST)]


def _cells(store: Store, known: Iterable[str]) -> list[Commit]:
    """The newest commit of each label in each notebook."""
    newest: dict[tuple[str, str | None], Commit] = {}
    for label in known:
        for commit in store.log(label=label, limit=_RUNS):
            newest.setdefault((label, commit.cell.notebook), commit)
    return sorted(newest.values(), key=lambda commit: -commit.created)


def _of_notebook(runs: Iterator[Commit], notebook: str | None) -> Iterator[Commit]:
    return (run for run in itertools.islice(runs, _LOOKED_AT) if run.cell.notebook == notebook)


def _same(commit: Commit, earlier: Iterator[Commit]) -> Iterator[Commit]:
    """A run, and the earlier ones of the same cell."""
    yield commit
    yield from (run for run in itertools.islice(earlier, _LOOKED_AT) if same_cell(commit, run))


# ---------------------------------------------------------------------------------------------------------- in words
def _lines(meanings: Iterable[tuple[Commit, str]]) -> Iterator[str]:
    rows = [(commit, _cut(commit.cell.label) or "(no code)", kind) for commit, kind in meanings]
    width = max((len(label) for _, label, _ in rows), default=0)
    shown = _distinct([commit.id for commit, _, _ in rows])
    for id, (commit, label, kind) in zip(shown, rows, strict=True):
        yield "  ".join([id, label.ljust(width), moment(commit.created), kind]).rstrip()


def _distinct(ids: Sequence[str]) -> list[str]:
    """The ids as far as they have to be written to be told apart."""
    length = next(n for n in (6, 8, 12, 16, 32, 64) if n == 64 or len({id[:n] for id in ids}) == len(set(ids)))
    return [id[:length] for id in ids]


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 3]}..."
