"""A store as it was, brought back in a few milliseconds however much of it was damaged, removed or exchanged."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

_MEMORY = Path("/dev/shm")
#: what is made anew where it is missing, and holds nothing
_KEPT = frozenset({"ballast", "CACHEDIR.TAG", ".gitignore"})


@contextlib.contextmanager
def memory_folder() -> Iterator[Path]:
    """A folder in memory where there is such a thing, long campaigns included: they set a store back 100,000 times."""
    folder = Path(tempfile.mkdtemp(prefix="cashet-test-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def drop_empty_shards(path: Path) -> None:
    """A store does without them, and making and looking into 256 folders would take most of the time."""
    for shard in (path / "objects").iterdir():
        with contextlib.suppress(OSError):
            shard.rmdir()


class Snapshot:
    """The folders and files of a store that nobody has open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        everything = [str(item.relative_to(path)) for item in sorted(path.rglob("*"))]
        self.folders = [name for name in everything if (path / name).is_dir()]
        self.files = {name: (path / name).read_bytes() for name in everything if (path / name).is_file()}
        for name in _KEPT:
            self.files.pop(name, None)

    def restore(self, path: Path | None = None) -> None:
        """Make the store what it was, at its own place or another one."""
        path = path or self.path
        top = f"{path}/"
        if not all(_is_folder(top + name) for name in self.folders):
            remove(path)
            for name in ("", *self.folders):
                os.mkdir(top + name, 0o700)  # noqa: PTH102
        for folder in ("", *self.folders):
            for entry in list(os.scandir(top + folder)):
                name = f"{folder}/{entry.name}".lstrip("/")
                if entry.name not in _KEPT and name not in self.folders:
                    remove(Path(entry.path))
        for name, content in self.files.items():
            fd = os.open(top + name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(fd, content)
            os.close(fd)


def _is_folder(name: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(name).st_mode)
    except OSError:
        return False


def remove(path: Path) -> None:
    """Remove whatever has that name."""
    if _is_folder(str(path)):
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
