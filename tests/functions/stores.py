"""Stores of the seed library's protocol, as users write them."""

from __future__ import annotations

import hashlib
import pickle
import sqlite3
from datetime import datetime
from pathlib import Path

from cashet_jupyter import Commit, ObjectRef, TaskStatus


class MemoryStore:
    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.commits: dict[str, Commit] = {}

    def put_blob(self, data: bytes) -> ObjectRef:
        found = hashlib.sha256(data).hexdigest()
        self.blobs[found] = data
        return ObjectRef(found, len(data))

    def get_blob(self, ref: ObjectRef) -> bytes:
        return self.blobs[ref.hash]

    def put_commit(self, commit: Commit) -> None:
        self.commits[commit.hash] = commit

    def get_commit(self, hash: str) -> Commit | None:
        found = [commit for name, commit in self.commits.items() if name.startswith(hash)]
        if len(found) > 1:
            raise ValueError("Ambiguous prefix")
        return found[0] if found else None

    def find_by_fingerprint(self, fingerprint: str) -> Commit | None:
        ended = (TaskStatus.COMPLETED, TaskStatus.CACHED)
        fits = [one for one in self.commits.values() if one.fingerprint == fingerprint and one.status in ended]
        return max(fits, key=lambda commit: commit.created_at, default=None)

    def list_commits(self, func_name=None, limit=50, status=None, tags=None) -> list[Commit]:
        newest = sorted(self.commits.values(), key=lambda commit: commit.created_at, reverse=True)
        return [one for one in newest if func_name in (None, one.task_def.func_name) and status in (None, one.status)][
            :limit
        ]

    def get_history(self, hash: str) -> list[Commit]:
        commit = self.get_commit(hash)
        same = [one for one in self.commits.values() if commit and one.fingerprint == commit.fingerprint]
        return sorted(same, key=lambda commit: commit.created_at)

    def stats(self) -> dict[str, int]:
        return {"total_commits": len(self.commits), "stored_objects": len(self.blobs)}

    def evict(self, older_than: datetime) -> int:
        old = [name for name, commit in self.commits.items() if commit.created_at < older_than]
        for name in old:
            del self.commits[name]
        return len(old)

    def delete_commit(self, hash: str) -> bool:
        return self.commits.pop(hash, None) is not None

    def close(self) -> None:
        pass


class Sqlite(MemoryStore):
    """The same, kept in a file: commits as they are, blobs by their digest."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE IF NOT EXISTS things(name TEXT PRIMARY KEY, kind TEXT, data BLOB)")
            for name, kind, data in db.execute("SELECT name, kind, data FROM things"):
                (self.blobs if kind == "blob" else self.commits)[name] = data if kind == "blob" else pickle.loads(data)

    def _keep(self, name: str, kind: str, data: bytes) -> None:
        with sqlite3.connect(self.path) as db:
            db.execute("INSERT OR REPLACE INTO things VALUES(?, ?, ?)", (name, kind, data))

    def put_blob(self, data: bytes) -> ObjectRef:
        ref = super().put_blob(data)
        self._keep(ref.hash, "blob", data)
        return ref

    def put_commit(self, commit: Commit) -> None:
        super().put_commit(commit)
        self._keep(commit.hash, "commit", pickle.dumps(commit))
