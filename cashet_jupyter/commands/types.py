"""What options and arguments hold, as click knows it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import click
from click.shell_completion import CompletionItem

from cashet_jupyter.config import parse_duration, parse_size
from cashet_jupyter.errors import CashetError, OptionError
from cashet_jupyter.history.names import functions, names
from cashet_jupyter.store.protocol import Store

#: names that are offered
_OFFERED = 200


class Duration(click.ParamType):
    """`1s`, `500ms`, `2m`: seconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; a clear error for anything else."""
        del ctx
        return parse_duration(str(value), param.opts[0] if param else "time")


class Age(Duration):
    """`30d`, `12h`, and a bare number of days: half a minute is nobody's idea of old, and removes everything."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; a clear error for anything else."""
        text = str(value).strip()
        return super().convert(f"{text}d" if text.replace(".", "", 1).isdigit() else text, param, ctx)


class Since(click.ParamType):
    """`2d`, `2026-11-01`, `2026-11-01 14:30`, `today`, `yesterday`: seconds since the epoch."""

    name = "when"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds since the epoch; a day begins at midnight on the clock of this machine."""
        text = str(value).strip()
        days = {"today": 0, "yesterday": 1}.get(text.lower())
        if days is not None:
            midnight = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
            return (midnight - timedelta(days=days)).timestamp()
        try:
            return time.time() - parse_duration(text, "")
        except OptionError:
            pass
        try:
            return datetime.fromisoformat(text).timestamp()
        except ValueError:
            self.fail(f"{text!r} is no time; write 2d, 12h, 2026-11-01 or today", param, ctx)


class Size(click.ParamType):
    """`2GB`, `500 MiB`, `0`: bytes."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Bytes; a clear error for anything else."""
        del ctx
        return parse_size(str(value), param.opts[0] if param else "size")


class Stored(click.ParamType):
    """A text that shells and kernels complete from what is in the store."""

    name = "text"

    def complete(self, store: Store, typed: str) -> list[str]:
        """What begins so."""
        raise NotImplementedError

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The same for a shell; nothing if there is no store."""
        del param
        try:
            return [CompletionItem(text) for text in self.complete(ctx.find_root().obj.store(), incomplete)]
        except (CashetError, AttributeError):
            return []


class Name(Stored):
    """A result, by any of its names (`history.naming`)."""

    name = "name"

    def complete(self, store: Store, typed: str) -> list[str]:
        """Variables, functions, tags, ids and cells."""
        return names(store, typed)


class Label(Stored):
    """Text in the first line of a cell."""

    def complete(self, store: Store, typed: str) -> list[str]:
        """Whole first lines."""
        return store.known("label", typed, limit=_OFFERED)


class Notebook(Stored):
    """The path of a notebook, or its end."""

    def complete(self, store: Store, typed: str) -> list[str]:
        """Names of notebooks, then whole paths."""
        paths = store.known("notebook", limit=_OFFERED)
        found = [*(path.rpartition("/")[2] for path in paths), *paths]
        return [path for path in dict.fromkeys(found) if path.startswith(typed)]


class Function(Stored):
    """The name of a submitted function."""

    def complete(self, store: Store, typed: str) -> list[str]:
        """Short names, then those with their modules."""
        return functions(store, typed)


class Tag(Stored):
    """`name=value`."""

    name = "name=value"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Name and value; a clear error for anything else."""
        name, equals, text = str(value).partition("=")
        if not (name and equals):
            self.fail(f"{value!r} is not a tag; write name=value", param, ctx)
        return name, text

    def complete(self, store: Store, typed: str) -> list[str]:
        """The tags that results have."""
        return store.known("tag", typed, limit=_OFFERED)
