"""Files that SQL text names: in `FROM 'x.parquet'`, `read_csv('x.csv')`, `COPY ... TO`, `ATTACH`."""

from __future__ import annotations

import glob
import os
import re
from typing import Any

from cashet_jupyter.trace.bus import report
from cashet_jupyter.trace.natives.arguments import tell_path

#: comments, dollar-quoted text, strings, quoted names
_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|\$(?P<tag>\w*)\$(?P<dollar>.*?)\$(?P=tag)\$|'(?P<string>(?:[^']|'')*)'|\"(?P<name>(?:[^\"]|\"\")*)\"",
    re.DOTALL,
)
_BEFORE_TARGET = re.compile(r"(?:\bTO|\bINTO)\s*$", re.IGNORECASE)
_ATTACH = re.compile(r"\bATTACH\b[^;']*$", re.IGNORECASE)
_EXPORT = re.compile(r"\bEXPORT\s+DATABASE\b[^;']*$", re.IGNORECASE)
_FILE_LIKE = re.compile(r"[/\\]|\.[A-Za-z0-9]{1,10}$|[*?]")
#: longer strings are text, not paths
LONGEST = 4096
#: functions that read files; text in their brackets names them, unless it is the value of an option
READS = re.compile(r"\b(?:(?:read|scan|sniff)_\w+|parquet_\w+|glob)\s*\(", re.IGNORECASE)
_IN_READER = re.compile(r"\b(?:(?:read|scan|sniff)_\w+|parquet_\w+|glob)\s*\(\s*\[?(?:[^()=]*,)?\s*$", re.IGNORECASE)


def tell_sql(text: Any) -> None:
    """Report every file that a statement names."""
    if not isinstance(text, str):
        return
    for match in _TOKEN.finditer(text):
        value = match["string"] if match["string"] is not None else match["dollar"]
        if value is None:
            value = match["name"]
        if value is None or not value or len(value) > LONGEST or "\n" in value:
            continue
        before = text[: match.start()]
        value = value.replace("''", "'").replace('""', '"')
        if _EXPORT.search(before):
            tell_path(value, "folder")
        elif _ATTACH.search(before):
            tell_database(value)
        elif _BEFORE_TARGET.search(before) and match["name"] is None:
            tell_path(value, "folder" if re.search(r"PARTITION_BY", text, re.IGNORECASE) else "write")
        elif _IN_READER.search(before) or _may_be_file(value):
            tell_path(value, "read", patterns=True)


def tell_database(path: str) -> None:
    """Report a database file with its journal, which holds a part of its content."""
    if not path or path.startswith(":memory"):
        return
    if ":" in path.split(os.sep)[0] and not os.path.exists(path):
        kind, _, rest = path.partition(":")
        if kind in {"file", "sqlite", "duckdb"}:
            path = rest.partition("?")[0]
        else:
            report("refuse", "network", f"it uses the database {kind}")
            return
    report("database", path)


def _may_be_file(value: str) -> bool:
    if "://" in value:
        return bool(re.match(r"[A-Za-z][A-Za-z0-9+.\-]+://", value))
    if not _FILE_LIKE.search(value) and not os.path.lexists(value):
        return False
    # a string such as '%m/%d' is no file, unless one has that name or a reader was asked for it
    return os.path.lexists(value) or (glob.has_magic(value) and bool(glob.glob(value, recursive=True))) or _named(value)


def _named(value: str) -> bool:
    """Whether a text that names no file now looks as if it should: then it is a file that does not exist."""
    return bool(re.fullmatch(r"[\w./\\~*?\[\]{}@+= -]+\.(?:csv|tsv|txt|parquet|pq|json|ndjson|jsonl|arrow|ipc|feather|"
                             r"avro|db|duckdb|sqlite|xlsx|orc|gz|zst|bz2)(?:\.(?:gz|zst|bz2))?", value))  # fmt: skip
