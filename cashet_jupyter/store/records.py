"""Commits as canonical bytes, and their ids.

A record is one msgpack map, with sorted names and without the fields that have their default value. Its digest is
the commit's id. Records are kept and moved as the bytes they came as and never written anew, so a field that a
newer version of the same format added survives in the hands of an older one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgpack
from blake3 import blake3

from cashet_jupyter.digest import encode as encode_parts
from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Artifact, Blob, Cell, Commit, Dependency, Part, Value

#: version of the record; one with a higher version is left alone
VERSION = 1

#: what a field has where the record does not mention it
_DEFAULTS = (None, [], {}, "", 0)
#: how the structure begins whose digest is the id; what follows is the record's length and the record
_ID_HEAD = encode_parts(("cashet-commit", b""))[:-8]
_ALWAYS = frozenset({"v", "created", "seconds", "expires"})


def pack(content: object) -> bytes:
    """Canonical msgpack. Text may hold lone surrogates (file names do)."""
    return cast("bytes", msgpack.packb(content, use_bin_type=True, unicode_errors="surrogatepass"))


def unpack(data: bytes) -> Any:
    """What `pack` packed; raises `ValueError` and its kin for anything else."""
    return msgpack.unpackb(data, raw=False, strict_map_key=True, unicode_errors="surrogatepass")


def encode(commit: Commit, blobs: Sequence[Blob] = ()) -> bytes:
    """The record of a commit: all but its id, tags and pin. `blobs` (skeleton, shown, buffers) stand in for its own."""
    skeleton, shown, *buffers = blobs or (commit.skeleton, commit.shown, *commit.buffers)
    fields: dict[str, Any] = {
        "v": VERSION,
        "key": commit.key,
        "code": commit.code,
        "cell": [commit.cell.source, commit.cell.label, commit.cell.id, commit.cell.notebook],
        "created": float(commit.created),
        "seconds": float(commit.seconds),
        "offset": int(commit.offset),
        "inputs": _values(commit.inputs),
        "outputs": _values(commit.outputs),
        "depends": _values(commit.depends),
        "trace": [_dependency(item) for item in commit.trace],
        "artifacts": [[a.path, bytes.fromhex(a.digest), a.size, a.mode] for a in commit.artifacts],
        "not_stored": list(commit.not_stored),
        "parent": commit.parent,
        "lineage": list(commit.lineage),
        "versions": dict(sorted(commit.versions.items())),
        "host": commit.host,
        "expires": None if commit.expires is None else float(commit.expires),
        "skeleton": _blob(skeleton),
        "shown": _blob(shown),
        "buffers": [_blob(blob) for blob in buffers],
    }
    return pack({name: fields[name] for name in sorted(fields) if name in _ALWAYS or fields[name] not in _DEFAULTS})


def identify(record: bytes) -> bytes:
    """The id of a record, raw (32 bytes): `digest_bytes("cashet-commit", record)`, in 2 us instead of 10."""
    return blake3(_ID_HEAD + len(record).to_bytes(8, "little") + record).digest()


def decode(record: bytes, id: bytes | None = None) -> Commit:
    """The commit of a record; `id` spares identifying it again.

    Raises `Damaged` if it cannot be one, or is of a newer format.
    """
    try:
        fields = unpack(record)
        if fields["v"] != VERSION:
            msg = f"a record of version {fields['v']!r}; this version reads {VERSION}"
            raise Damaged(msg)
        return _commit(fields, (id or identify(record)).hex())
    except Damaged:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, msgpack.exceptions.UnpackException) as error:
        msg = f"a record that cannot be read: {error}"
        raise Damaged(msg) from error


def _commit(fields: dict[str, Any], id: str) -> Commit:
    get = fields.get
    source, label, cell_id, notebook = get("cell", ("", "", None, None))[:4]
    return Commit(
        key=_text(get("key", "")),
        code=_text(get("code", "")),
        cell=Cell(_text(source), _text(label), cell_id, notebook),
        created=float(fields["created"]),
        seconds=float(fields["seconds"]),
        offset=get("offset", 0),
        inputs=_read_values(get("inputs", ())),
        outputs=_read_values(get("outputs", ())),
        depends=_read_values(get("depends", ())),
        trace=tuple(Dependency(*item[:4]) for item in get("trace", ())),
        artifacts=tuple(Artifact(item[0], item[1].hex(), *item[2:4]) for item in get("artifacts", ())),
        not_stored=tuple(get("not_stored", ())),
        parent=get("parent"),
        lineage=tuple(get("lineage", ())),
        versions=get("versions", {}),
        host=_text(get("host", "")),
        expires=get("expires"),
        id=id,
        skeleton=_read_blob(get("skeleton")),
        shown=_read_blob(get("shown")),
        buffers=tuple(Blob(digest.hex(), size) for digest, size in get("buffers", ())),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        msg = f"text expected, not {type(value).__name__}"
        raise TypeError(msg)
    return value


def _dependency(item: Dependency) -> list[str]:
    return [item.kind, item.name, item.digest, *([item.note] if item.note else [])]


def _values(values: Iterable[Value]) -> list[list[Any]]:
    return [
        [value.name, value.digest, value.type, value.summary, int(value.size), *_parts(value.parts)] for value in values
    ]


def _parts(parts: Sequence[Part]) -> list[list[list[str]]]:
    return [[[part.kind, part.path, part.digest, part.summary, part.lines] for part in parts]] if parts else []


def _read_values(items: Iterable[Any]) -> tuple[Value, ...]:
    # a newer version may have appended to an item
    return tuple(Value(*item[:5], parts=_read_parts(item[5:6])) for item in items)


def _read_parts(rest: Sequence[Any]) -> tuple[Part, ...]:
    if not rest or not isinstance(rest[0], list):
        return ()
    items = cast("list[list[Any]]", rest[0])
    return tuple(Part(*item[:5]) for item in items)


def _blob(blob: Blob | None) -> list[Any] | None:
    return None if blob is None else [bytes.fromhex(blob.digest), blob.size]


def _read_blob(item: Any) -> Blob | None:
    return None if item is None else Blob(item[0].hex(), item[1])
