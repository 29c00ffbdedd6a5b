"""The command that takes a value out of the store: into a file, onto the screen, or back into the notebook."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cashet_jupyter.commands.asking import what
from cashet_jupyter.commands.look import as_json
from cashet_jupyter.commands.target import Target
from cashet_jupyter.errors import NotFound
from cashet_jupyter.history.naming import Found
from cashet_jupyter.history.saving import save, write_bytes
from cashet_jupyter.models import Commit, Shown
from cashet_jupyter.outputs.settled import settled
from cashet_jupyter.render.got import got_data, saved_data, saved_text
from cashet_jupyter.render.shown import shown_lines

#: how an ending of a file's name is called among the kinds that a run's outputs were recorded in
_RECORDED = {
    ".png": "image/png", ".svg": "image/svg+xml", ".pdf": "application/pdf", ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg", ".gif": "image/gif", ".html": "text/html", ".md": "text/markdown", ".tex": "text/latex",
}  # fmt: skip
#: of these, pictures
_PICTURES = frozenset({".png", ".svg", ".pdf", ".jpg", ".jpeg", ".gif"})
#: lines of what a run showed that are printed; a file gets all of them
_LINES = 10_000


@click.command(short_help="Take a value out of the store.")
@what
@click.option("--name", metavar="VARIABLE", default="", help="Which output, where there are several.")
@click.option("-o", "--output", "file", type=click.Path(path_type=Path), help="Write it to this file, by its ending.")
@click.option("--shown", is_flag=True, help="What the run printed and showed; no value is loaded.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@as_json
@click.pass_obj
def get(
    target: Target,
    what: tuple[str, ...],
    name: str,
    file: Path | None,
    shown: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Print a value of a past run, or write it to a file; in a notebook, `%cashet get` gives the value itself.

    Files are written by their ending: frames as csv, parquet, feather, json or xlsx; arrays as npy, npz, csv or txt;
    figures, and plots that a run showed, as png, svg or pdf; texts and bytes as they are; dicts and lists as json;
    anything as pkl. What was written by somebody else is read only as far as it is plain data.
    """
    found = target.find_named(" ".join(what))
    if shown:
        _shown(target, found.commit, file, force=force, as_json=as_json)
        return
    path = None if file is None else file.expanduser()
    if path is not None and not (name or found.name) and path.suffix.lower() in _PICTURES:
        name = _figure(found.commit)
        if not name and _recorded(_shown_by(target, found.commit), _RECORDED[path.suffix.lower()]):
            _shown(target, found.commit, file, force=force, as_json=as_json)
            return
    name, value = _value(target, found, name)
    commit = found.commit
    if path is None:
        if as_json:
            target.answer(lambda: got_data(commit, name, value), str, as_json=True)
        else:
            target.hand(value)
        return
    save(value, path, force=force)
    target.answer(lambda: saved_data(commit, name, [path]), lambda: saved_text(commit, name, [path]), as_json=as_json)


def _value(target: Target, found: Found, name: str) -> tuple[str, Any]:
    """The output that is meant, and its name."""
    from cashet_jupyter.history.recall import recall, recall_one  # with all that reads values

    commit, store = found.commit, target.store()
    if commit.error:
        raise NotFound(f"{commit.short} failed, so there is no value: {target.name} show {commit.short} tells why")
    names = [value.name for value in commit.outputs if value.type != "module"]  # nobody asks a store for pandas
    name = name or found.name or (names[0] if len(names) == 1 else "")
    if not name and not names:
        apart = recall(store, commit, target.namespace())
        if apart.result:
            return "", apart.result[-1]
        raise NotFound(f"{commit.short} left no value: --shown gives what it printed and showed")
    if not name:
        raise NotFound(f"{commit.short} left {len(names)} values, say which with --name: {', '.join(sorted(names))}")
    return name, recall_one(store, commit, name, target.namespace())


def _figure(commit: Commit) -> str:
    """The output that is a figure, if there is exactly one; a plot may also only have been shown."""
    names = [value.name for value in commit.outputs if value.type == "Figure"]
    return names[0] if len(names) == 1 else ""


def _shown_by(target: Target, commit: Commit) -> tuple[Shown, ...]:
    from cashet_jupyter.history.recall import recall_shown  # with all that reads values

    return recall_shown(target.store(), commit)


def _recorded(shown: Sequence[Shown], mime: str) -> list[Any]:
    """What was recorded in a kind, in order."""
    bundles = [item.content.get("data") or {} for item in settled(shown) if item.kind != "stream"]
    return [bundle[mime] for bundle in bundles if mime in bundle]


def _shown(target: Target, commit: Commit, file: Path | None, *, force: bool, as_json: bool) -> None:
    shown = _shown_by(target, commit)
    if file is None:
        text = "\n".join(shown_lines(shown, _LINES))
        target.answer(lambda: got_data(commit, "", text), lambda: text or "it showed nothing", as_json=as_json)
        return
    path = file.expanduser()
    paths = _write_shown(shown, path, commit, force=force)
    target.answer(lambda: saved_data(commit, "", paths), lambda: saved_text(commit, "", paths), as_json=as_json)


def _write_shown(shown: Sequence[Shown], path: Path, commit: Commit, *, force: bool) -> list[Path]:
    """Write what was recorded: text as text, one file for each picture."""
    suffix = path.suffix.lower()
    if suffix == ".txt":
        write_bytes(
            ("\n".join(shown_lines(shown, len(shown) + 10**9)) + "\n").encode("utf-8", "replace"), path, force=force
        )
        return [path]
    contents = _recorded(shown, _RECORDED.get(suffix, ""))
    if not contents:
        kinds = {mime for item in settled(shown) if item.kind != "stream" for mime in item.content.get("data") or {}}
        endings = sorted(ending for ending, mime in _RECORDED.items() if mime in kinds)
        what = suffix or "without an ending"
        raise NotFound(f"{commit.short} showed nothing that is {what}; there is {', '.join([*endings, '.txt'])}")
    many = len(contents) > 1
    paths = [path.with_stem(f"{path.stem}-{n}") if many else path for n in range(1, len(contents) + 1)]
    for content, place in zip(contents, paths, strict=True):
        write_bytes(_bytes(content, _RECORDED[suffix]), place, force=force)
    return paths


def _bytes(content: Any, mime: str) -> bytes:
    """What was recorded, as the bytes of a file: a message carries pictures as base64."""
    if isinstance(content, bytes | bytearray | memoryview):
        return bytes(content)
    if mime.startswith("text/") or mime == "image/svg+xml":
        return str(content).encode("utf-8", "replace")
    return base64.b64decode(str(content))
