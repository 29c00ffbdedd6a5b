"""Polars reads and writes everything itself: by its functions, by queries that are run later, by SQL."""

from __future__ import annotations

import os
import re
from functools import partial
from typing import Any

import msgpack

from cashet_jupyter.trace.bus import report
from cashet_jupyter.trace.natives.arguments import tell, tell_path
from cashet_jupyter.trace.natives.sql import tell_sql
from cashet_jupyter.trace.patches import Patches

#: what names no file in its first argument
_NOT_FILES = {"read_clipboard", "read_database", "read_database_uri", "scan_external_reader", "scan_arrow_c_stream"}
_NETWORK = {"read_database_uri"}
_FOLDERS = {"sink_delta", "sink_iceberg", "write_delta", "write_iceberg"}
_FILE_SCAN = re.compile(r" SCAN \[")
_QUERY = b"\xa5query"
_PATHS = (b"\xa5Paths", b"\xa5paths")


def watch_polars(patches: Patches, polars: Any) -> None:
    """Put the adapters on Polars."""
    for name in dir(polars):
        if name.startswith(("read_", "scan_")) and name not in _NOT_FILES:
            patches.call(polars, name, partial(_source, name))
    patches.call(polars, "read_database_uri", _uri)
    for kind in (polars.DataFrame, polars.LazyFrame):
        for name in dir(kind):
            if name.startswith(("write_", "sink_")) and name not in {"write_database", "write_clipboard"}:
                patches.call(kind, name, partial(_target, name))
        patches.call(kind, "deserialize", partial(_source, "deserialize"))
        patches.call(kind, "serialize", partial(_target, "serialize"))
    for name in ("collect", "collect_async", "collect_batches", "collect_schema", "describe", "show", "sink_batches"):
        patches.call(polars.LazyFrame, name, _query)
    for name in ("collect_all", "collect_all_async"):
        patches.call(polars, name, _queries)
    patches.call(polars, "sql", _sql)
    patches.call(polars.SQLContext, "execute", _sql)
    for kind in (polars.DataFrame, polars.Series, polars.Expr):
        for name in ("sample", "shuffle"):
            patches.call(kind, name, _sample)
    patches.call(polars, "set_random_seed", lambda _args, _kwargs: report("seeded_elsewhere", "polars"))


def _source(name: str, _args: tuple[Any, ...], given: dict[str, Any]) -> None:
    tell(f"polars.{name}", given.get("source"), "read", patterns=True)


def _uri(_args: tuple[Any, ...], _given: dict[str, Any]) -> None:
    report("refuse", "network", "it reads from a database")


def _target(name: str, _args: tuple[Any, ...], given: dict[str, Any]) -> None:
    value = next((given[key] for key in ("file", "path", "workbook", "target") if key in given), None)
    if value is None or hasattr(value, "write"):
        return
    partitioned = bool(given.get("partition_by")) or not isinstance(value, str | os.PathLike)
    tell(f"polars.{name}", value, "folder" if name in _FOLDERS or partitioned else "write")
    if name.startswith("sink_"):
        _query(_args, given)


def _query(_args: tuple[Any, ...], given: dict[str, Any]) -> None:
    """A query that may have been made in an earlier cell: the files that its plan names."""
    frame = given.get("self")
    if frame is not None:
        _plan(frame)


def _queries(_args: tuple[Any, ...], given: dict[str, Any]) -> None:
    for frame in given.get("lazy_frames") or ():
        _plan(frame)


def _plan(frame: Any) -> None:
    try:
        if not _FILE_SCAN.search(frame.explain(optimized=False)):
            return  # its data is in memory: writing out the plan would write out the data
    except Exception:  # the plan cannot be shown, for instance because a file is missing: look at its bytes
        pass
    try:
        data: bytes = frame.serialize()
    except Exception as error:
        report("unexplained", f"a query of polars cannot be looked into ({type(error).__name__})")
        return
    found = 0
    for marker in _PATHS:
        place = data.find(marker)
        while place >= 0:
            found += _paths_at(data[place + len(marker) :])
            place = data.find(marker, place + 1)
    place = data.find(_QUERY)
    while place >= 0:
        found += _query_at(data[place + len(_QUERY) :])
        place = data.find(_QUERY, place + 1)
    if not found:
        report("unexplained", "a query of polars reads files that it does not name")


def _paths_at(data: bytes) -> int:
    """Report the paths of a scan, of which `data` begins with the list."""
    unpacker: Any = msgpack.Unpacker(raw=False, max_buffer_size=len(data) + 1)
    unpacker.feed(data)
    try:
        sources = unpacker.unpack()
    except Exception:  # the bytes happened to look like the marker
        return 0
    count = 0
    for source in sources if isinstance(sources, list) else []:
        path = source.get("inner") if isinstance(source, dict) else source
        if isinstance(path, str):
            tell_path(path, "read", patterns=True)
            count += 1
    return count


def _query_at(data: bytes) -> int:
    """Report the files of SQL text that `data` begins with."""
    unpacker: Any = msgpack.Unpacker(raw=False, max_buffer_size=len(data) + 1)
    unpacker.feed(data)
    try:
        text = unpacker.unpack()
    except Exception:  # the bytes happened to look like the marker
        return 0
    tell_sql(text)
    return 1 if isinstance(text, str) else 0


def _sql(_args: tuple[Any, ...], given: dict[str, Any]) -> None:
    tell_sql(given.get("query"))


def _sample(_args: tuple[Any, ...], given: dict[str, Any]) -> None:
    if given.get("seed") is None:
        report("unseeded", "polars")
