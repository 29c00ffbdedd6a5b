"""The folders and fixed files of a store, and where a store is.

`.cashet/` holds

- `format`: the version of all this; written last, so that whoever sees it sees a whole store
- `objects/ab/...`: blobs, named by the BLAKE3 of their bytes; all 256 shards are made at once
- `log/...`: append-only records of every change, one file a session: what the index is made from
- `index.db`: SQLite, the fast view; may be deleted at any time
- `tmp/`: blobs that are being written
- `quarantine/`: what was damaged
- `locks/`: advisory locks
- `ballast`: room that is given back when the disk is full, so that something can be removed
- `CACHEDIR.TAG`, `.gitignore`: backup programs and git leave the folder out
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cashet_jupyter.errors import StoreError

#: version of everything below `.cashet/`; a store with a higher one is only read, one with a lower one is brought up to
#: it (2: compacted logs, collections and what they weigh; 3: buffers in pieces, stamps)
FORMAT = 3

FOLDERS = ("objects", "log", "tmp", "quarantine", "locks")
_FILES = (
    "format",
    "index.db",
    "index.db-wal",
    "index.db-shm",
    "index.db-journal",
    "ballast",
    "CACHEDIR.TAG",
    ".gitignore",
)
#: what opening the version brings where there is none: nothing there, a link, a socket, a device without a driver
_NO_FORMAT = frozenset({errno.ENOENT, errno.ELOOP, errno.ENXIO, errno.ENODEV, errno.ENOTDIR, errno.EINVAL})
_TAG = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n"
    b"# This folder is a cache of cashet_jupyter. It can be deleted; cells then run again.\n"
    b"# For information about cache directory tags, see https://bford.info/cachedir/\n"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one store."""

    root: Path

    @property
    def objects(self) -> Path:
        """Blobs."""
        return self.root / "objects"

    @property
    def log(self) -> Path:
        """Records of every change."""
        return self.root / "log"

    @property
    def index(self) -> Path:
        """The SQLite file."""
        return self.root / "index.db"

    @property
    def tmp(self) -> Path:
        """Blobs that are being written."""
        return self.root / "tmp"

    @property
    def quarantine(self) -> Path:
        """Damaged pieces."""
        return self.root / "quarantine"

    @property
    def locks(self) -> Path:
        """Advisory locks."""
        return self.root / "locks"

    @property
    def flight(self) -> Path:
        """Claims of what is being computed; made when needed."""
        return self.locks / "flight"

    @property
    def ballast(self) -> Path:
        """Room for a full disk."""
        return self.root / "ballast"

    @property
    def format(self) -> Path:
        """The version file."""
        return self.root / "format"


def find_store_dir(start: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the store is: `CASHET_DIR`, else the nearest `.cashet` at or above `start`, else `start/.cashet`.

    `start` is the working directory unless given. Folders above it count only if they belong to this user: a
    `.cashet` that someone else left in a shared parent would get this user's results.
    """
    here = (start or Path.cwd()).absolute()
    named = environ.get("CASHET_DIR")
    if named:
        return here / Path(named).expanduser()
    for folder in (here, *here.parents):
        candidate = folder / ".cashet"
        try:
            found = candidate.stat()
        except OSError:
            continue
        if stat.S_ISDIR(found.st_mode) and (folder == here or found.st_uid == os.geteuid()):
            return candidate
    return here / ".cashet"


def read_format(layout: Layout) -> int | None:
    """The version of the store; None if there is no (whole) store. Raises `StoreError` if it cannot be understood."""
    try:
        fd = os.open(layout.format, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _NO_FORMAT:
            return None
        raise
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return None
        text = os.read(fd, 64)
    finally:
        os.close(fd)
    if not text.strip(b"\0 \r\n"):
        return None  # cut off by a crash: the store is completed again
    first = text.split()[0]
    if not first.isdigit():
        msg = f"the store {layout.root} is of a format that this version does not know ({first[:20]!r})"
        raise StoreError(msg)
    return int(first)


def create(layout: Layout) -> None:
    """Make a store, or complete one; safe when several processes do it at once.

    Raises `StoreError` if the folder holds something else, and `OSError`.
    """
    root = layout.root
    root.parent.mkdir(parents=True, exist_ok=True)
    _folder(root)
    strange = {entry.name for entry in os.scandir(root)} - {*FOLDERS, *_FILES}
    if strange and not layout.format.exists():
        msg = f"{root} is not a store, and it is not empty ({sorted(strange)[0]})"
        raise StoreError(msg)
    complete(layout)
    for number in range(256):
        _folder(layout.objects / f"{number:02x}")
    write_once(root / "CACHEDIR.TAG", _TAG, layout.tmp, durable=False)
    write_once(root / ".gitignore", b"*\n", layout.tmp, durable=False)
    for folder in (layout.objects, layout.log, root):
        sync_folder(folder)
    with contextlib.suppress(OSError):  # it need not be a folder that we may read
        sync_folder(root.parent)
    if os.path.lexists(layout.format) and read_format(layout) is None:
        put_aside(layout, layout.format)  # an empty one, left by a crash, or something that is no file
    write_once(layout.format, f"{FORMAT}\n".encode(), layout.tmp)
    sync_folder(root)


def put_aside(layout: Layout, path: Path) -> None:
    """Move what should not be there into quarantine."""
    layout.quarantine.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.rename(layout.quarantine / f"{path.name}-{time.time_ns()}")


def upgrade(layout: Layout) -> None:
    """Say that the store is of this version now. The index was brought up to it in one transaction before."""
    draft = layout.tmp / f"new-{os.getpid()}-{secrets.token_hex(6)}"
    write_once(draft, f"{FORMAT}\n".encode(), layout.tmp)
    draft.rename(layout.format)
    sync_folder(layout.root)


def complete(layout: Layout) -> None:
    """Make the folders that are missing; raise `StoreError` if one of them is a link or a file.

    A store may have come with a cloned repository: following its links would write wherever they point.
    """
    for name in FOLDERS:
        _folder(layout.root / name)
        if not stat.S_ISDIR(os.lstat(layout.root / name).st_mode):
            msg = f"the store {layout.root} cannot be used: {name} is not a folder"
            raise StoreError(msg)


def make_index_file(layout: Layout) -> None:
    """Make an empty index with mode 0600; SQLite's own would follow the umask, and its -wal and -shm follow this one.

    It gets its name only when it is closed: closing any descriptor of a database drops all locks that the process
    holds on it.
    """
    write_once(layout.index, b"", layout.tmp, durable=False)


def write_once(path: Path, content: bytes, tmp: Path, *, durable: bool = True) -> None:
    """Give a file its whole content at once, unless it is there already."""
    if path.exists():
        return
    draft = tmp / f"new-{os.getpid()}-{secrets.token_hex(6)}"
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # no hard links there: a second writer may replace the first one's file
            if not path.exists():
                draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power cut."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in (22, 95):  # EINVAL, ENOTSUP: file systems where folders cannot be synced
            raise
    finally:
        os.close(fd)


def check_writable(layout: Layout) -> None:
    """Raise `OSError` if nothing can be written: asking for permission is not enough (root, read-only mounts)."""
    probe = layout.tmp / f"probe-{os.getpid()}-{secrets.token_hex(6)}"
    os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    probe.unlink(missing_ok=True)


def _folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        return
