"""What a run read of the file system, and what it wrote there."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from cashet_jupyter.models import Dependency
from cashet_jupyter.trace.digests import Signature, Unsteady, file_digest, signature
from cashet_jupyter.trace.facts import ABSENT, FACTS
from cashet_jupyter.trace.noise import Noise
from cashet_jupyter.trace.records import Artifact, Refusal


def working_folder() -> str:
    """The working directory; the root where it has been removed."""
    try:
        return os.getcwd()
    except OSError:
        return os.sep


@dataclass(slots=True)
class _Read:
    """A file whose content the run may have seen."""

    name: str
    digest: str
    mark: Signature | None


@dataclass(slots=True)
class FileLog:
    """The files of one run. Paths are told apart by what they resolve to, and named as the program named them."""

    noise: Noise = field(default_factory=Noise)
    start: str = field(default_factory=working_folder)
    reads: dict[str, _Read] = field(default_factory=dict[str, _Read])
    facts: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    soft: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """Those of the facts that only libraries asked for, and the resolved path."""
    asked: set[tuple[str, str, bool, str]] = field(default_factory=set[tuple[str, str, bool, str]])
    """Questions that need no second look."""
    written: dict[str, str] = field(default_factory=dict[str, str])
    """Resolved path -> name, of what the run made, changed or removed."""
    removed: set[str] = field(default_factory=set[str])
    """Resolved paths that the run removed although they were there before it."""
    folders: dict[str, tuple[str, dict[str, Signature]]] = field(
        default_factory=dict[str, "tuple[str, dict[str, Signature]]"]
    )
    """Resolved path -> name and the files that were below it, of folders that the run fills."""
    refusals: dict[Refusal, None] = field(default_factory=dict[Refusal, None])

    # ------------------------------------------------------------------------------------------- what was seen
    def read(self, path: str) -> None:
        """The run is about to see the content of `path`, or that there is none."""
        if self._asked_before("read", path):
            return
        name, real = self._names(path)
        if real in self.noise or real in self.reads or self._made(real):
            return
        try:
            found, mark = file_digest(real)
            self.reads[real] = _Read(name, found, mark)
        except (FileNotFoundError, NotADirectoryError):
            self.facts.setdefault(("absent", name), ABSENT)
        except Unsteady:
            self.refuse(f"{name} changed while it was being read")
        except (OSError, ValueError):
            self._other(name, real)

    def _other(self, name: str, real: str) -> None:
        """Something that is no regular file, or that cannot be read."""
        if os.path.isdir(real):
            self.facts.setdefault(("exists", name), FACTS["exists"](name))
        elif os.path.isfile(real):
            self.facts.setdefault(("file", name), FACTS["file"](name))
        else:
            self.refuse(f"{name} is no regular file: what it gives cannot be known beforehand")

    def write(self, path: str) -> None:
        """The run is about to make `path` anew: what was there before does not matter."""
        name, real = self._names(path)
        if real not in self.noise:
            self.written.setdefault(real, name)
            self.removed.discard(real)

    def update(self, path: str) -> None:
        """The run is about to change `path`: what it makes of it depends on what was there."""
        self.read(path)
        self.write(path)

    def remove(self, path: str) -> None:
        """The run is about to remove `path`."""
        name, real = self._names(path, follow=False)
        if real in self.noise:
            return
        if not self._made(real) and os.path.lexists(real):
            self.removed.add(real)
        self.written.setdefault(real, name)

    def fact(self, kind: str, path: str, soft: bool = False) -> None:
        """The run asks for something else than the content of `path`. `soft`: a library asks for its own sake."""
        if self._asked_before(kind, path, soft):
            return
        name, real = self._names(path)
        if real in self.noise or self._made(real):
            return
        if (kind, name) not in self.facts:
            self.facts[kind, name] = FACTS[kind](name)
            if soft:
                self.soft[kind, name] = real
        elif not soft:
            self.soft.pop((kind, name), None)

    def named(self, kind: str, name: str) -> None:
        """The run asks something whose name is not a path, such as a pattern."""
        if (kind, name) not in self.facts:
            self.facts[kind, name] = FACTS[kind](name)

    def write_folder(self, path: str) -> None:
        """The run is about to make or fill a folder with files that nobody will announce one by one."""
        name, real = self._names(path)
        if real not in self.noise and real not in self.folders:
            self.folders[real] = name, dict(_signatures(real))

    def make_folder(self, path: str) -> None:
        """The run is about to make a folder, unless it is there already."""
        name, real = self._names(path)
        if not os.path.lexists(real):
            self.write(path)
            self.folders.setdefault(real, (name, {}))

    def folder(self, path: str) -> None:
        """The run reads everything below a folder."""
        self.fact("tree", path)
        for parent, _, names in os.walk(path):
            for file in names:
                self.read(os.path.join(parent, file))

    def refuse(self, what: str) -> None:
        """Note why these files keep the run from being stored."""
        self.refusals[Refusal("files", what)] = None

    # --------------------------------------------------------------------------------------------- what came of it
    def settle(self) -> None:
        """Look again at everything that was read: nobody else may have changed it meanwhile."""
        for real, (name, before) in self.folders.items():
            for path, mark in _signatures(real):
                if before.get(path) != mark and path not in self.noise:
                    self.written.setdefault(path, name + path[len(real) :])
        for real, read in self.reads.items():
            if real in self.written or read.mark is None:
                continue
            try:
                if signature(os.stat(real)) == read.mark or file_digest(real)[0] == read.digest:
                    continue
            except OSError:
                pass
            self.refuse(f"{read.name} changed while it was being read")
        for real in sorted(self.removed):
            if not os.path.lexists(real):
                self.refuse(f"it removes {self.written[real]}, which was there before")

    def dependencies(self) -> Iterator[Dependency]:
        """What has to be as it was."""
        for read in self.reads.values():
            yield Dependency("file", read.name, read.digest)
        for (kind, name), found in self.facts.items():
            real = self.soft.get((kind, name))
            # whoever writes a file looks first whether it is there; whoever reads it depends on more than that
            if real is None or not (real in self.written or real in self.reads):
                yield Dependency(kind, name, found)

    def artifacts(self) -> Iterator[Artifact]:
        """The files that the run left."""
        for real, name in self.written.items():
            try:
                status = os.stat(real)
                if not stat.S_ISREG(status.st_mode):
                    continue
                found, _ = file_digest(real)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                self.refuse(f"{name}, which it wrote, cannot be read: {error.strerror or error}")
                continue
            if (read := self.reads.get(real)) is None or read.digest != found:
                yield Artifact(name, found, status.st_size, stat.S_IMODE(status.st_mode))

    # ------------------------------------------------------------------------------------------------------ names
    def names_in(self, folder: str) -> bool:
        """Whether anything was named by an absolute path below a folder."""
        inside = folder.rstrip(os.sep) + os.sep
        names = [*(read.name for read in self.reads.values()), *(name for _, name in self.facts)]
        return any(inside in name for name in names)

    def explained(self, path: str) -> bool:
        """Whether a file is among what was seen."""
        _, real = self._names(path)
        return real in self.noise or real in self.reads or real in self.written

    def _asked_before(self, kind: str, path: str, soft: bool = False) -> bool:
        """Whether this very question was noted already: the first answer counts."""
        question = (kind, path, soft, "" if os.path.isabs(path) else working_folder())
        if question in self.asked:
            return True
        self.asked.add(question)
        return False

    def _made(self, real: str) -> bool:
        """Whether the run made it, or a folder that it lies in."""
        while real not in self.written:
            parent = os.path.dirname(real)
            if parent == real:
                return False
            real = parent
        return True

    def _names(self, path: str, *, follow: bool = True) -> tuple[str, str]:
        """The name to remember, and the path that tells it from others."""
        here = working_folder()
        full = os.path.join(here, path)
        name = path if os.path.isabs(path) or here == self.start else os.path.abspath(full)
        if follow:
            return name, os.path.realpath(full)
        return name, os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full))


def _signatures(folder: str) -> Iterator[tuple[str, Signature]]:
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            with contextlib.suppress(OSError):
                yield path, signature(os.stat(path))
