"""The methods of a client that have to do with files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cashet_jupyter.functions.home import Home

if TYPE_CHECKING:  # loaded when the first file is asked for
    from cashet_jupyter.functions.files import FileRef, Files, Way, What
    from cashet_jupyter.functions.filestreams import FileWriter


class FileMethods:
    """Files as content; see `functions.files.Files`, where each of these is told in full."""

    _home: Home

    @cached_property
    def _files(self) -> Files:
        from cashet_jupyter.functions.files import Files

        return Files(self._home.store)

    def put_file(
        self,
        path: str | os.PathLike[str],
        *,
        name: str | None = None,
        tags: Mapping[str, str] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> FileRef:
        """Keep a file as it is now. Raises `Refused`, `OSError`, `StoreError`."""
        return self._files.put(path, name=name, tags=tags, meta=meta)

    def get_file(self, what: What, path: str | os.PathLike[str]) -> Path:
        """Write a file to `path`, whole and verified. Raises `NotFound`, `Damaged`, `OSError`."""
        return self._files.get(what, path)

    def link_file(self, what: What, path: str | os.PathLike[str], *, copy: bool = True) -> Way:
        """The same, and whether the blocks are shared on disk (`"reflink"`) or copied (`"copy"`)."""
        return self._files.link(what, path, copy=copy)

    def open_writer(
        self,
        name: str,
        *,
        tags: Mapping[str, str] | None = None,
        meta: Mapping[str, Any] | None = None,
        mode: int = 0o644,
    ) -> FileWriter:
        """A binary file to write into, larger than memory if need be; kept when it is closed, and seen only then."""
        return self._files.writer(name, tags=tags, meta=meta, mode=mode)

    def open_reader(self, what: What) -> BufferedReader:
        """A file to read from and to seek in, verified as it is read. Raises `NotFound`."""
        return self._files.reader(what)

    def ls(self, prefix: str = "") -> list[FileRef]:
        """The newest version of each file whose name begins so, by name."""
        return self._files.ls(prefix)

    def find_file(self, what: What) -> FileRef:
        """A file by its name, the digest of its bytes, the key of its name, or its commit. Raises `NotFound`."""
        return self._files.find(what)

    def file_versions(self, what: What) -> list[FileRef]:
        """All versions of a file, newest first. Raises `NotFound`."""
        return self._files.versions(what)

    def remove_file(self, what: What) -> int:
        """Forget a file: all versions of a name, all files with those bytes, or one version. Raises `NotFound`."""
        return self._files.remove(what)
