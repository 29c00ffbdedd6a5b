"""Opening a store, in whatever state it is: new, whole, damaged, read-only, on a full disk, of a newer version."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import weakref
from pathlib import Path

import apsw

from cashet_jupyter.errors import StoreError
from cashet_jupyter.store import ballast
from cashet_jupyter.store import layout as layouts
from cashet_jupyter.store.faults import FAULTS, INDEX_FAULTS, disk_full, store_error, unwritable, words
from cashet_jupyter.store.index import Index, Mode, NewerIndex
from cashet_jupyter.store.layout import FORMAT, Layout
from cashet_jupyter.store.mounts import file_system, shares_memory

#: how often opening is tried again, and seconds between two attempts
_ATTEMPTS = 4
_PAUSE = 0.02

NETWORK = (
    "the store {} is on a network file system ({}): it is slower there, and collected only by gc; "
    "CASHET_DIR can name a local folder"
)
REBUILT = "the store's index was {} and has been made anew from its log"


class Opened:
    """An index that answers, and why it cannot be written, if so."""

    def __init__(self, layout: Layout, *, looking: bool = False) -> None:
        self.layout = layout
        self.notices: list[str] = []
        self.read_only = ""
        self.index = self._look() if looking else self._open()

    def _look(self) -> Index:
        """For those who only look: nothing is made, completed, healed or brought up to date."""
        if layouts.read_format(self.layout) is None:
            msg = f"there is no store at {self.layout.root}"
            raise StoreError(msg)
        index = self._reading("it is only looked at", "read")
        self.notices.clear()  # nobody wants to store anything: it is not worth saying
        return index

    def _open(self) -> Index:
        try:
            version = layouts.read_format(self.layout)
        except OSError as error:
            raise store_error(error, self.layout.root) from error
        except StoreError as error:
            return self._reading(str(error), "read")
        if version is not None and version > FORMAT:
            why = f"it was made by a newer version (format {version}, this one writes {FORMAT})"
            return self._reading(why, "read")
        try:
            return self._patiently_writing(version)
        except NewerIndex:
            return self._reading("its index was made by a newer version", "read")
        except FAULTS as error:
            if version is None or not unwritable(error):
                raise store_error(error, self.layout.root) from error
            return self._reading(words(error, self.layout.root), "immutable")

    def _patiently_writing(self, version: int | None) -> Index:
        """Try again where somebody deletes the index at this moment: SQLite calls it an I/O error."""
        for _ in range(_ATTEMPTS):
            try:
                return self._writing(version)
            except (apsw.IOError, apsw.CantOpenError) as error:
                if disk_full(error, self.layout.root):
                    raise
                time.sleep(_PAUSE)
        return self._writing(version)

    def _writing(self, version: int | None) -> Index:
        (layouts.create if version is None else layouts.complete)(self.layout)
        layouts.check_writable(self.layout)
        ballast.lay(self.layout)
        missing = not _size(self.layout, "")
        local = shares_memory(self.layout.root)
        index = Index(self.layout, "write", wal=local)
        try:
            index.connections.get()
        except INDEX_FAULTS:
            index.renew(index.connections.seen)
            index.connections.get()
            self.notices.append(REBUILT.format("damaged"))
        else:
            if missing and index.caught_up:
                self.notices.append(REBUILT.format("missing"))
        if not local:
            self.notices.append(NETWORK.format(self.layout.root, file_system(self.layout.root)))
        if version is not None and version < FORMAT:
            layouts.upgrade(self.layout)
        return index

    def _reading(self, why: str, mode: Mode) -> Index:
        """The index as it is if that can be read, else one made from the log in a temporary folder.

        Opened as immutable, an index is without what stands only in its write-ahead log, or even half changed.
        """
        self.read_only = f"the store {self.layout.root} is only read, results are not stored: {why}"
        self.notices.append(self.read_only)
        if mode == "read" or not _size(self.layout, "-wal"):
            index = Index(self.layout, mode, wal=True)
            try:
                index.connections.get()
            except (*FAULTS, apsw.Error):
                index.close()
            else:
                return index
        try:
            return _scratch(self.layout)
        except FAULTS as error:
            raise store_error(error, self.layout.root) from error


def _size(layout: Layout, suffix: str) -> int:
    try:
        return layout.index.with_name(f"{layout.index.name}{suffix}").lstat().st_size
    except OSError:
        return 0


def _scratch(layout: Layout) -> Index:
    folder = tempfile.mkdtemp(prefix="cashet-")
    place = Layout(Path(folder) / "index")
    try:
        layouts.create(place)
        index = Index(layout, "write", wal=True, place=place)
        index.connections.get()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    index.clean_up = weakref.finalize(index, _remove, folder, os.getpid())
    return index


def _remove(folder: str, pid: int) -> None:
    if os.getpid() == pid:  # a forked child ends before its parent
        shutil.rmtree(folder, ignore_errors=True)
