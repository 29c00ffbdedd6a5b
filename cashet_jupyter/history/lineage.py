"""Which results were made from which, upstream and downstream, across notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cashet_jupyter.errors import Damaged, NotFound
from cashet_jupyter.models import Commit
from cashet_jupyter.store.protocol import Store

#: results in a graph: beyond, nobody could read it
MOST = 500


@dataclass(frozen=True, slots=True)
class Lineage:
    """A graph of commits around one of them."""

    root: Commit
    commits: Mapping[str, Commit | None]
    """Id -> commit, nearest first; None for one that was removed since."""
    edges: tuple[tuple[str, str], ...]
    """Id of a commit, and of one that was made from it."""
    cut: bool = False
    """Whether there is more than this: further away than the depth, or too many."""

    def made_from(self, id: str) -> list[str]:
        """What a commit was made from, as far as it is in the graph."""
        return [source for source, result in self.edges if result == id]

    def led_to(self, id: str) -> list[str]:
        """What was made from it."""
        return [result for source, result in self.edges if source == id]

    def carried(self, source: str, result: str) -> tuple[str, ...]:
        """The variables that one left and the other read, as far as their names tell."""
        one, other = self.commits.get(source), self.commits.get(result)
        if one is None or other is None:
            return ()
        read = {value.name for value in other.inputs}
        return tuple(value.name for value in one.outputs if value.name in read)


def lineage_of(
    store: Store, commit: Commit, *, up: bool = True, down: bool = True, depth: int | None = None, most: int = MOST
) -> Lineage:
    """What a commit was made from, and what was made from it, step by step, `depth` steps at most."""
    graph = _Graph(store, commit, most)
    if up:
        graph.walk(depth, upstream=True)
    if down:
        graph.walk(depth, upstream=False)
    return Lineage(commit, graph.commits, tuple(graph.edges), graph.cut)


class _Graph:
    """A graph that is being explored."""

    def __init__(self, store: Store, root: Commit, most: int) -> None:
        self._store = store
        self._root = root
        self._most = most
        self.commits: dict[str, Commit | None] = {root.id: root}
        self.edges: dict[tuple[str, str], None] = {}
        self.cut = False

    def walk(self, depth: int | None, *, upstream: bool) -> None:
        """Go from the root in one direction, nearest first."""
        layer, steps, seen = [self._root], 0, {self._root.id}
        while layer:
            if depth is not None and steps == depth:
                self.cut = self.cut or any(self._next(commit, upstream=upstream) for commit in layer)
                return
            following: list[Commit] = []
            for commit in layer:
                for id, found in self._next(commit, upstream=upstream).items():
                    if id not in self.commits and len(self.commits) >= self._most:
                        self.cut = True
                        continue
                    self.commits.setdefault(id, found)
                    self.edges[(id, commit.id) if upstream else (commit.id, id)] = None
                    if found is not None and id not in seen:
                        seen.add(id)
                        following.append(found)
            layer, steps = following, steps + 1

    def _next(self, commit: Commit, *, upstream: bool) -> dict[str, Commit | None]:
        if not upstream:
            return {found.id: found for found in self._store.made_from(commit, limit=self._most)}
        return {id: self._known(id) for id in commit.lineage}

    def _known(self, id: str) -> Commit | None:
        if id in self.commits:
            return self.commits[id]
        try:
            return self._store.resolve(id)
        except (NotFound, Damaged):
            return None
