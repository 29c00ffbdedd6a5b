"""DuckDB: files named in SQL, by its readers, as parameters; and the tables of its one default connection."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from cashet_jupyter.trace.bus import report
from cashet_jupyter.trace.natives.arguments import tell
from cashet_jupyter.trace.natives.sql import LONGEST, READS, tell_database, tell_sql
from cashet_jupyter.trace.patches import Patches

_TEXT = ("sql", "query", "execute", "executemany", "from_query", "query_df", "extract_statements", "get_table_names")
_READERS = ("read_csv", "read_parquet", "read_json", "from_csv_auto", "from_parquet")
#: what versions of DuckDB call the first argument of a reader
_SOURCES = ("path_or_buffer", "file_glob", "file_globs", "name", "path")
_WRITERS = ("to_csv", "to_parquet", "write_csv", "write_parquet")
_TABLES = ("table", "view", "table_function", "values", "append", "begin", "register", "create_function")
_CATALOG = (
    "SELECT 'table', table_name, sql FROM duckdb_tables() WHERE NOT internal "
    "UNION ALL SELECT 'view', view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY 1, 2"
)


def watch_duckdb(patches: Patches, duckdb: Any) -> None:
    """Put the adapters on DuckDB, its connections and its relations."""
    connection, relation = duckdb.DuckDBPyConnection, duckdb.DuckDBPyRelation
    call = partial(patches.call, same_frame=True)
    for owner, shift in ((duckdb, 0), (connection, 1)):
        for name in _TEXT:
            call(owner, name, partial(_text, duckdb if owner is duckdb else None, shift))
        for name in _READERS:
            call(owner, name, partial(_reader, name, shift))
        for name in _TABLES:
            call(owner, name, partial(_uses, duckdb if owner is duckdb else None))
        call(owner, "install_extension", lambda _args, _kwargs: report("refuse", "network", "it installs an extension"))
    call(duckdb, "connect", partial(_connect, duckdb))
    for name in _WRITERS:
        call(relation, name, partial(_writer, name))
    call(duckdb, "write_csv", partial(_writer, "write_csv"))
    call(relation, "query", partial(_text, None, 1))


def _text(duckdb: Any, shift: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """A statement, and parameters that may be paths."""
    if duckdb is not None:
        _uses(duckdb, args, kwargs)
    values = [*args[shift:], *kwargs.values()]
    texts = [value for value in values if isinstance(value, str)]
    for text in texts:
        tell_sql(text)
    reads = any(READS.search(text) for text in texts)
    for value in values:
        if isinstance(value, list | tuple | dict):
            _parameters(value, reads)


def _parameters(values: Any, reads: bool) -> None:
    """Values of a statement. `reads`: it calls a reader, which may be given any of them."""
    for value in values.values() if isinstance(values, dict) else values:
        if isinstance(value, list | tuple):
            _parameters(value, reads)
        elif isinstance(value, str | os.PathLike):
            text = os.fsdecode(value)
            if reads and len(text) < LONGEST and "\n" not in text:
                tell("duckdb", text, "read", patterns=True)
            else:
                tell_sql("'" + text.replace("'", "''") + "'")


def _reader(reader: str, shift: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    value = next((kwargs[name] for name in _SOURCES if name in kwargs), None)
    if value is None and len(args) > shift:
        value = args[shift]
    tell(f"duckdb.{reader}", value, "read", patterns=True)


def _writer(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    value = kwargs.get("file_name", kwargs.get("filename"))
    if value is None and len(args) > 1:
        value = args[1]
    tell(f"duckdb.{name}", value, "folder" if kwargs.get("partition_by") else "write")


def _connect(duckdb: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    path = kwargs.get("database", args[0] if args else ":memory:")
    text = os.fsdecode(path) if isinstance(path, str | os.PathLike) else ":memory:"
    if text.startswith(("md:", "motherduck:")):
        report("refuse", "network", "it uses MotherDuck")
    elif text == ":default:":
        _uses(duckdb, args, kwargs)
    elif kwargs.get("read_only"):
        report("read", text)
    else:
        tell_database(text)


def _uses(duckdb: Any, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
    if duckdb is not None:
        report("default_connection", partial(_catalog, duckdb))


def _catalog(duckdb: Any) -> tuple[Any, ...]:
    """What the default connection holds; nothing if it cannot be asked."""
    try:
        return tuple(duckdb.default_connection().cursor().execute(_CATALOG).fetchall())
    except Exception:  # a connection that is closed or inside a failed transaction holds nothing for the cell
        return ()
