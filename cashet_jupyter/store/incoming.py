"""A record that anybody may have made up: looked at before it may become a commit of this store."""

from __future__ import annotations

import math

import msgpack

from cashet_jupyter.errors import Damaged
from cashet_jupyter.models import Commit
from cashet_jupyter.store import records
from cashet_jupyter.store.archive import Archive
from cashet_jupyter.store.fold import blobs_of
from cashet_jupyter.store.manifest import NAME, Packed


def decoded(archive: Archive, packed: Packed) -> Commit:
    """The commit of a record that anybody may have made up. Raises `StoreError` if it is none, or lacks a blob."""
    try:
        _count_containers(packed.record)
        commit = records.decode(packed.record)
        records.encode(commit)  # everything in it is of the kind that it should be
        _check_types(commit)
    except (Damaged, ValueError, TypeError, LookupError, AttributeError, msgpack.exceptions.UnpackException) as error:
        raise archive.error(NAME, f"a result in it cannot be read: {error}") from error
    blobs = archive.manifest.blobs
    wrong = next((blob for blob in blobs_of(commit) if blobs.get(blob.digest) != blob.size), None)
    if wrong is not None:
        raise archive.error(NAME, f"the result {commit.short} needs the blob {wrong.digest[:12]}, which is not there")
    return commit


def _count_containers(record: bytes) -> None:
    """A list of one byte takes 64 bytes of memory: a record of nothing else is no record."""
    left = 1000 + len(record) // 8

    def count(container: object) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            msg = "too many lists"
            raise ValueError(msg)
        return container

    msgpack.unpackb(
        record, raw=False, unicode_errors="surrogatepass", list_hook=count, object_hook=count, max_ext_len=0
    )


def _check_types(commit: Commit) -> None:
    texts = [commit.key, commit.code, commit.host, *commit.not_stored, *commit.lineage, *commit.versions.values()]
    texts += [text for text in (commit.cell.id, commit.cell.notebook, commit.parent) if text is not None]
    texts += [text for value in (*commit.inputs, *commit.outputs, *commit.depends) for text in
              (value.name, value.digest, value.type, value.summary)]  # fmt: skip
    numbers = [commit.created, commit.seconds, *([] if commit.expires is None else [commit.expires])]
    sizes = [blob.size for blob in blobs_of(commit)]
    if not (
        all(type(text) is str for text in texts)
        and all(type(number) is float and math.isfinite(number) for number in numbers)
        and all(type(size) is int for size in sizes)
        and commit.skeleton is not None
        and commit.shown is not None
    ):
        msg = "something in it is of a wrong kind"
        raise TypeError(msg)
