"""Files that a run wrote: into the store, and back to where they were.

They are streamed both ways, through mappings; a hard link to a blob was rejected, because a program that later writes
into the file in place would change the blob.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cashet_jupyter.digest import digest_buffer
from cashet_jupyter.errors import Refused
from cashet_jupyter.models import Artifact


def file_buffers(artifacts: Sequence[Artifact]) -> tuple[memoryview, ...]:
    """The bytes of the files, mapped.

    Raises `Refused` if one is not what it was at the end of the run.
    """
    return tuple(_checked(artifact) for artifact in artifacts)


def _checked(artifact: Artifact) -> memoryview:
    try:
        data = _mapped(Path(artifact.path))
    except OSError as error:
        raise Refused(artifact.path, f"the file that the cell wrote cannot be read: {error}") from error
    if len(data) != artifact.size or digest_buffer(data) != artifact.digest:
        raise Refused(artifact.path, "the file that the cell wrote changed right after the cell")
    return data


def _mapped(path: Path) -> memoryview:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def put_back(artifacts: Sequence[Artifact], buffers: Sequence[memoryview]) -> None:
    """Write the files that are missing or different; the others are left alone.

    Raises `Refused` if one cannot be written; each file is either whole or as it was.
    """
    for artifact, data in zip(artifacts, buffers, strict=True):
        path = Path(artifact.path)
        try:
            if not _is_there(path, artifact):
                _write(path, data, artifact.mode)
        except OSError as error:
            raise Refused(artifact.path, f"the file that the cell wrote cannot be put back: {error}") from error


def _is_there(path: Path, artifact: Artifact) -> bool:
    try:
        if path.stat().st_size != artifact.size:
            return False
        return digest_buffer(_mapped(path)) == artifact.digest
    except FileNotFoundError:
        return False


def _write(path: Path, data: memoryview, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
