"""What options and arguments hold, as click knows it."""

from __future__ import annotations

import click

from cashet_jupyter.config import parse_duration, parse_size


class Duration(click.ParamType):
    """`1s`, `500ms`, `2m`: seconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; a clear error for anything else."""
        del ctx
        return parse_duration(str(value), param.opts[0] if param else "time")


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
