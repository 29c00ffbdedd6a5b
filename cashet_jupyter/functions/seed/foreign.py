"""A store of the user's, of the seed library's protocol, behind the door of ours: everything else works as ever.

Who can write into such a store can run code in this process, as with the seed library: nothing in it is signed. For one
that others share, use `SafePickleSerializer` or `JsonSerializer`.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cashet_jupyter import models
from cashet_jupyter.errors import CashetError, NotFound, StoreError
from cashet_jupyter.functions.seed import translation
from cashet_jupyter.functions.view import Commit, TaskStatus
from cashet_jupyter.models import Cell, Payload
from cashet_jupyter.store.answers import Collected, Evicted, Imported, Progress, StoreStats, Verified, Work
from cashet_jupyter.store.claims import Claims
from cashet_jupyter.store.protocol import NO_TAGS, Claim, Known
from cashet_jupyter.store.writing import never

#: the methods without which nothing works
_NEEDED = ("put_blob", "get_blob", "put_commit", "get_commit", "find_by_fingerprint", "list_commits")
_MOST = 10_000


def missing(store: Any) -> list[str]:
    """The methods of the protocol that an object lacks, of those that are needed."""
    return [name for name in _NEEDED if not callable(getattr(store, name, None))]


class ForeignStore:
    """A store of the seed library's protocol, as one of ours. `pin` and archives it has not."""

    def __init__(self, store: Any) -> None:
        self.given = store
        """The user's own."""
        self.path = Path(str(getattr(store, "root", "") or type(store).__name__))
        self.notices: list[str] = []
        self.read_only = ""
        self.foreign = 0
        self.limit = 2**63 - 1
        self.written_with = "PickleSerializer"
        """The name of the serializer whose bytes an executor of the user's puts in."""
        self._claims = Claims(_flight())
        self._timings: dict[str, float] = {}

    # ------------------------------------------------------------------------------------------------------- lookup
    def find(self, key: str, *, limit: int = 64) -> list[models.Commit]:
        """The commits of a computation that count as hits, newest first."""
        newest = self._ask(lambda: self.given.find_by_fingerprint(translation.fingerprint_of(key)))
        if newest is None:
            return []
        others: list[Commit] = []
        if limit > 1 and callable(getattr(self.given, "get_history", None)):
            others = [one for one in self._ask(lambda: self.given.get_history(newest.hash)) if one.hash != newest.hash]
        found = [self.model_of(commit) for commit in (newest, *reversed(others)) if commit.status in _ENDED]
        now = time.time()
        fresh = (commit for commit in found if commit.key == key and (commit.expires is None or commit.expires > now))
        return list(fresh)[:limit]

    def why_not(self, key: str) -> str:
        """Nothing: all entries of a store of the user's count."""
        del key
        return ""

    def trusted(self, commit: models.Commit) -> bool:
        """True: it is the user's own store."""
        del commit
        return True

    def resolve(self, text: str) -> models.Commit:
        """The one commit that a hash, the beginning of one, or a tag (`name=value`) names. Raises `NotFound`."""
        name, equals, value = text.partition("=")
        if equals:
            found = self.log(tag=(name, value), limit=2)
            if len(found) != 1:
                raise NotFound(f"{text} names several commits" if found else f"no commit {text}")
            return found[0]
        try:
            commit = self.given.get_commit(text)
        except ValueError as error:
            msg = f"{text} names several commits: {error}"
            raise NotFound(msg) from error
        except Exception as error:
            raise _trouble(error) from error
        if commit is None:
            msg = f"no commit {text}"
            raise NotFound(msg)
        return self.model_of(commit)

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
    ) -> list[models.Commit]:
        """The newest commits that fit."""
        wanted = None if tag is None else {tag[0]: tag[1]}
        all_ = self._ask(lambda: self.given.list_commits(limit=_MOST, tags=wanted))
        found = [self.model_of(commit) for commit in all_]
        if before is not None:
            ids = [commit.id for commit in found]
            if before not in ids:
                msg = f"no commit {before}"
                raise NotFound(msg)
            found = found[ids.index(before) + 1 :]
        fits = [
            commit
            for commit in found
            if (code in (None, commit.code))
            and (notebook in (None, commit.cell.notebook))
            and (cell_id in (None, commit.cell.id))
            and (label in (None, commit.cell.label))
            and (name is None or any(value.name == name for value in commit.outputs))
        ]
        return fits[:limit]

    def latest(
        self, *, code: str | None = None, cell_id: str | None = None, notebook: str | None = None
    ) -> models.Commit | None:
        """The newest commit of a code, a cell or a notebook."""
        return next(iter(self.log(code=code, cell_id=cell_id, notebook=notebook, limit=1)), None)

    def known(self, kind: Known, prefix: str = "", *, limit: int = 1000) -> list[str]:
        """The distinct names of a kind that begin so, in order."""
        found = {name for commit in self.log(limit=_MOST) for name in _names(commit, kind) if name.startswith(prefix)}
        return sorted(found)[:limit]

    def made_from(self, commit: models.Commit, *, limit: int = 100) -> list[models.Commit]:
        """The commits that read what this one left, newest first."""
        return [one for one in self.log(limit=_MOST) if commit.id in one.lineage][:limit]

    def uses(self, commit: models.Commit) -> tuple[int, float]:
        """Nothing is known of that."""
        del commit
        return 0, 0.0

    # -------------------------------------------------------------------------------------------------------- bytes
    def get(self, commit: models.Commit) -> Payload:
        """The bytes of a run. Raises `Damaged`, `StoreError`."""
        theirs = self._ask(lambda: self.given.get_commit(commit.id))
        if theirs is None or theirs.output_ref is None:
            msg = f"no commit {commit.short}"
            raise NotFound(msg)
        data = self._ask(lambda: self.given.get_blob(theirs.output_ref))
        return translation.payload_of(theirs, data)

    def shown(self, commit: models.Commit) -> bytes:
        """What the run showed."""
        return bytes(self.get(commit).shown)

    def put(
        self,
        commit: models.Commit,
        payload: Payload,
        *,
        durable: bool,
        tags: Mapping[str, str] = NO_TAGS,
        pinned: bool = False,
        stop: Callable[[], bool] = never,
    ) -> models.Commit:
        """Store a run; the commit comes back with its id."""
        del durable, pinned, stop
        theirs, data = translation.theirs_of(commit, payload, tags)
        if not commit.error:
            theirs.output_ref = self._ask(lambda: self.given.put_blob(data))
        self._ask(lambda: self.given.put_commit(theirs))
        return self.model_of(theirs)

    def model_of(self, theirs: Commit) -> models.Commit:
        """One of its commits as one of ours; what somebody else put in is known by less."""
        return translation.ours_of(theirs, self.written_with)

    # ----------------------------------------------------------------------------------------------------- changing
    def tag(self, commit: models.Commit, tags: Mapping[str, str]) -> models.Commit:
        """Add tags, or change their values."""
        return self._retagged(commit, {**commit.tags, **tags})

    def untag(self, commit: models.Commit, *names: str) -> models.Commit:
        """Take tags off."""
        return self._retagged(commit, {name: value for name, value in commit.tags.items() if name not in names})

    def _retagged(self, commit: models.Commit, tags: dict[str, str]) -> models.Commit:
        theirs = self._ask(lambda: self.given.get_commit(commit.id))
        if theirs is None:
            msg = f"no commit {commit.id}"
            raise NotFound(msg)
        theirs.tags = tags
        self._ask(lambda: self.given.put_commit(theirs))
        return self.model_of(theirs)

    def pin(self, commit: models.Commit) -> models.Commit:
        """Raises `StoreError`: the protocol has no such thing."""
        del commit
        raise self._cannot("pin")

    unpin = pin

    def rm(self, commit: models.Commit) -> None:
        """Remove a commit. Raises `StoreError` if the store cannot do that."""
        if not callable(getattr(self.given, "delete_commit", None)):
            raise self._cannot("remove a commit")
        if not self._ask(lambda: self.given.delete_commit(commit.id)):
            msg = f"no commit {commit.id}"
            raise NotFound(msg)

    def touch(self, commit: models.Commit, saved: float) -> None:
        """Nothing: the store notes by itself what was looked up."""

    def timing(self, code: str) -> float | None:
        """How long the last plain run of a code took in this process."""
        return self._timings.get(code)

    def note_timing(self, code: str, seconds: float) -> None:
        """Note how long a plain run took."""
        self._timings[code] = seconds

    def gc(self, *, max_size: int | None = None, older_than: float | None = None, dry_run: bool = False) -> Collected:
        """Remove what is older than so many seconds; its size is the store's own affair."""
        if dry_run or not callable(getattr(self.given, "evict", None)):
            raise self._cannot("say what it would remove" if dry_run else "evict")
        before = datetime.now(UTC) - timedelta(seconds=older_than or 0)
        sized = {} if max_size is None else {"max_size_bytes": max_size}
        count = self._ask(lambda: self.given.evict(before, **sized))
        gone = models.Commit("", "", Cell(""), 0.0, 0.0)
        return Collected(evicted=[Evicted(gone, 0, "older")] * count)

    def clear(self, *, pinned: bool = False, dry_run: bool = False) -> Collected:
        """Remove every commit."""
        del pinned
        return self.gc(older_than=-1.0, dry_run=dry_run)

    def stats(self) -> StoreStats:
        """What it says that it holds."""
        said = self._ask(self.given.stats)
        size = int(said.get("disk_bytes", 0))
        return StoreStats(int(said.get("total_commits", 0)), int(said.get("stored_objects", 0)), size, size)

    def claim(self, key: str, work: Work) -> Claim:
        """Say that this process computes `key`: heard by all of this user's on this machine."""
        return self._claims.claim(key, work)

    def verify(self, progress: Progress | None = None) -> Verified:
        """Raises `StoreError`."""
        del progress
        raise self._cannot("verify what it holds")

    def export(
        self, path: Path, commits: Iterable[models.Commit] | None = None, *, progress: Progress | None = None
    ) -> int:
        """Raises `StoreError`."""
        del path, commits, progress
        raise self._cannot("be exported")

    def import_(self, path: Path, *, trust: bool = False, progress: Progress | None = None) -> Imported:
        """Raises `StoreError`."""
        del path, trust, progress
        raise self._cannot("take in an archive")

    def close(self) -> None:
        """Close the store."""
        if callable(getattr(self.given, "close", None)):
            self._ask(self.given.close)

    # ------------------------------------------------------------------------------------------------------- inside
    def _ask(self, question: Callable[[], Any]) -> Any:
        """An answer of the store; whatever it raises becomes one of the project's errors."""
        try:
            return question()
        except CashetError:
            raise
        except Exception as error:
            raise _trouble(error) from error

    def _cannot(self, what: str) -> StoreError:
        return StoreError(f"a {type(self.given).__name__} cannot {what}")

    def __reduce__(self) -> Any:
        return ForeignStore, (self.given,)


def _names(commit: models.Commit, kind: Known) -> list[str]:
    if kind == "tag":
        return [f"{name}={value}" for name, value in commit.tags.items()]
    if kind == "name":
        return [value.name for value in commit.outputs]
    named = {"label": commit.cell.label, "cell": commit.cell.id, "notebook": commit.cell.notebook, "id": commit.id}
    return [name] if (name := named.get(kind)) else []


_ENDED = (TaskStatus.COMPLETED, TaskStatus.CACHED)


def _trouble(error: Exception) -> StoreError:
    return StoreError(f"the store failed: {type(error).__name__}: {error}")


def _flight() -> Path | None:
    """Where claims are made; every computation has its own key, so all stores may share the folder."""
    folder = Path(tempfile.gettempdir()) / f"cashet-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        owned = folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
    except OSError:
        return None
    return folder / "flight" if owned else None
