"""What options and arguments hold, as click knows it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import click
from click.shell_completion import CompletionItem

from cashet_jupyter.config import parse_duration, parse_size
from cashet_jupyter.errors import CashetError, OptionError
from cashet_jupyter.history.names import names


class Duration(click.ParamType):
    """`1s`, `500ms`, `2m`: seconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; a clear error for anything else."""
        del ctx
        return parse_duration(str(value), param.opts[0] if param else "time")


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


class Tag(click.ParamType):
    """`name=value`."""

    name = "name=value"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Name and value; a clear error for anything else."""
        name, equals, text = str(value).partition("=")
        if not (name and equals):
            self.fail(f"{value!r} is not a tag; write name=value", param, ctx)
        return name, text


class Name(click.ParamType):
    """A result, by any of its names (`history.naming`); shells complete it from the store."""

    name = "name"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names in the store that begin so; none if there is no store."""
        del param
        try:
            return [CompletionItem(name) for name in names(ctx.find_root().obj.store(), incomplete)]
        except (CashetError, AttributeError):
            return []
