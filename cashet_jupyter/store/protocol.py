"""What the rest of the project may ask of a store, so that another backend can stand behind the same door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from cashet_jupyter.models import Commit, Payload
from cashet_jupyter.store.answers import Collected, Imported, Progress, StoreStats, Verified, Work
from cashet_jupyter.store.catalogue import Known
from cashet_jupyter.store.writing import never

#: the default of every `tags` parameter: empty, and nobody can fill it by mistake
NO_TAGS: Mapping[str, str] = MappingProxyType({})


class Claim(Protocol):
    """One process's part in a computation that several may want; for one thread, and only a hint: on doubt, compute.

    Until it is released, it is in one of three states. In a child that is forked meanwhile it is in none.
    """

    @property
    def owned(self) -> bool:
        """Whether this process is to compute: it has the claim, or nothing is known."""
        ...

    @property
    def other(self) -> Work | None:
        """What another process is doing that has the claim: it is worth waiting for."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the run that was waited for has come to its end: its result is stored by now, or never will be."""
        ...

    def wait(self) -> None:
        """Sleep for a moment, 5 ms at first and 250 ms at most, and look again; nothing if there is no other."""
        ...

    def release(self, *, ended: bool) -> None:
        """Let go of it; harmless when repeated.

        With `ended`, the run came to its end: those who wait find its result, or each compute for themselves. Without,
        it was broken off, as if the process had been killed: one of them takes over, the others go on waiting.
        """
        ...


class Store(Protocol):
    """A store of commits.

    No method raises anything but `StoreError` (the store cannot be used), `Damaged` (an entry cannot), `NotFound`,
    and what the user's own interrupt raises.
    """

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    @property
    def notices(self) -> list[str]:
        """What the user should be told, one line each, each said once."""
        ...

    @property
    def read_only(self) -> str:
        """Why nothing can be stored, in one line; empty if it can."""
        ...

    @property
    def foreign(self) -> int:
        """How many entries lookups have left out because this user did not write them."""
        ...

    def find(self, key: str, *, limit: int = 64) -> list[Commit]:
        """The commits of a computation that count as hits, newest first: written by this user, whole, not expired."""
        ...

    def why_not(self, key: str) -> str:
        """Why entries of that key do not count, in one line; empty if there are none such."""
        ...

    def get(self, commit: Commit) -> Payload:
        """The bytes of a run, every one of them verified. Big buffers are private, writable mappings.

        Raises `Damaged` if a piece is not what its name says: the piece is put aside and the entry forgotten.
        """
        ...

    def shown(self, commit: Commit) -> bytes:
        """Only what the run showed; raises as `get` does."""
        ...

    def put(
        self,
        commit: Commit,
        payload: Payload,
        *,
        durable: bool,
        tags: Mapping[str, str] = NO_TAGS,
        pinned: bool = False,
        stop: Callable[[], bool] = never,
    ) -> Commit:
        """Store a run; the commit comes back with its id and its blobs.

        With `durable` it survives a power cut once this returns; without, the newest commits may be lost in one.
        Raises `GivenUp` once `stop()` says so, which is asked now and then, also by another thread; the store is then
        as it was.
        """
        ...

    def log(
        self,
        *,
        limit: int = 50,
        before: str | None = None,
        code: str | None = None,
        notebook: str | None = None,
        cell_id: str | None = None,
        name: str | None = None,
        tag: tuple[str, str] | None = None,
        label: str | None = None,
    ) -> list[Commit]:
        """The newest commits, those of other authors too; `before` is the id of the last one of the page before.

        `name` is a variable among the outputs, `label` the whole label of a cell. Raises `NotFound` if `before` is not
        there.
        """
        ...

    def latest(
        self, *, code: str | None = None, cell_id: str | None = None, notebook: str | None = None
    ) -> Commit | None:
        """The newest commit by this user, of a code, a cell or a notebook."""
        ...

    def known(self, kind: Known, prefix: str = "", *, limit: int = 1000) -> list[str]:
        """The distinct names of a kind that begin with `prefix`, in order; quick at any size, and only hints.

        Kinds: `name` (variables among the outputs), `tag` (`name=value`), `label`, `cell` (ids), `notebook`, and `id`
        of commits.
        """
        ...

    def made_from(self, commit: Commit, *, limit: int = 100) -> list[Commit]:
        """The commits that read what this one left, newest first: `Commit.lineage`, the other way round."""
        ...

    def uses(self, commit: Commit) -> tuple[int, float]:
        """How often a commit was used so far, and the seconds that this spared."""
        ...

    def trusted(self, commit: Commit) -> bool:
        """Whether this user wrote it."""
        ...

    def resolve(self, text: str) -> Commit:
        """The one commit that `text` names: a prefix of its id (4 characters or more) or a tag, `name=value`.

        Raises `NotFound` if there is none, or more than one (the text lists them).
        """
        ...

    def tag(self, commit: Commit, tags: Mapping[str, str]) -> Commit:
        """Add tags, or change their values."""
        ...

    def untag(self, commit: Commit, *names: str) -> Commit:
        """Take tags off."""
        ...

    def pin(self, commit: Commit) -> Commit:
        """Keep it, whatever is collected."""
        ...

    def unpin(self, commit: Commit) -> Commit:
        """Let it be collected again."""
        ...

    def rm(self, commit: Commit) -> None:
        """Remove a commit; blobs that nothing else uses are left to the collection."""
        ...

    def touch(self, commit: Commit, saved: float) -> None:
        """Note a hit that spared `saved` seconds: cheap, may be lost in a crash, never fails the caller."""
        ...

    def timing(self, code: str) -> float | None:
        """How long the last plain run of a code took, in seconds, if that is known."""
        ...

    def note_timing(self, code: str, seconds: float) -> None:
        """Note how long a plain run took: cheap, may be lost in a crash, never fails the caller."""
        ...

    @property
    def limit(self) -> int:
        """Bytes that it may hold before a collection makes it smaller."""
        ...

    def gc(self, *, max_size: int | None = None, older_than: float | None = None, dry_run: bool = False) -> Collected:
        """Remove what has expired, what nothing refers to, and what is worth least, down to `max_size` or the limit.

        `older_than` is in seconds since a commit was made or used last. Pinned commits stay.
        """
        ...

    def clear(self, *, pinned: bool = False, dry_run: bool = False) -> Collected:
        """Remove every commit; pinned ones only if that is asked for."""
        ...

    def verify(self, progress: Progress | None = None) -> Verified:
        """Hash every blob, put aside what is damaged, forget the commits that needed it, and make the index anew."""
        ...

    def export(self, path: Path, commits: Iterable[Commit] | None = None, *, progress: Progress | None = None) -> int:
        """Write commits, or all, into an archive; how many there are in it.

        What has that name is replaced once the archive is complete. Of all commits those that are damaged are left out,
        with a notice. Raises `StoreError` if the file cannot be written; `NotFound` or `Damaged` for given commits.
        """
        ...

    def import_(self, path: Path, *, trust: bool = False, progress: Progress | None = None) -> Imported:
        """Take in the commits of an archive; what is here already stays as it is.

        Entries of others stay theirs and are never loaded, unless `trust` makes them this user's own: their pickles
        run code. Raises `StoreError` with the member and the reason for anything that is not a whole archive.
        """
        ...

    def claim(self, key: str, work: Work) -> Claim:
        """Say that this process computes `key`, or find out who does.

        Never raises and never blocks. Whoever claims looks the key up again before computing: a result may have been
        stored meanwhile.
        """
        ...

    def stats(self) -> StoreStats:
        """What it holds."""
        ...

    def close(self) -> None:
        """Write what is noted and let go of every file; harmless when repeated."""
        ...
