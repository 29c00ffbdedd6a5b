"""What a run was made from, and what was made from it: a graph in bounds, for drawing."""

from __future__ import annotations

from collections import deque
from typing import Any

from cashet_jupyter.errors import CashetError
from cashet_jupyter.models import Commit
from cashet_jupyter.server.views import row, text
from cashet_jupyter.store.store import Store

#: runs in one graph, steps up and down, and what was made from one run
NODES = 120
STEPS = 12
_MADE = 30


def descent(store: Store, commit: Commit) -> dict[str, Any]:
    """`nodes` (lines, or `{"id", "gone"}` where a run is not there any more) and `edges` ([from, to], by id)."""
    nodes = {commit.id: row(store, commit)}
    edges: dict[tuple[str, str], None] = {}
    more = _up(store, commit, nodes, edges)
    more = _down(store, commit, nodes, edges) or more
    known = [edge for edge in edges if edge[0] in nodes and edge[1] in nodes]
    return {"of": commit.id, "nodes": list(nodes.values()), "edges": known, "more": more}


def _up(store: Store, commit: Commit, nodes: dict[str, Any], edges: dict[tuple[str, str], None]) -> bool:
    """What it was made from, nearest first; whether there is more than is shown."""
    waiting = deque([(commit, 0)])
    while waiting:
        child, step = waiting.popleft()
        for id in map(str, child.lineage):  # a record by somebody else may hold anything
            edges[id, child.id] = None
            if id in nodes:
                continue
            if len(nodes) >= NODES or step >= STEPS:
                return True
            found = _found(store, id)
            nodes[id] = {"id": text(id, 64), "gone": True} if found is None else row(store, found)
            if found is not None:
                waiting.append((found, step + 1))
    return False


def _down(store: Store, commit: Commit, nodes: dict[str, Any], edges: dict[tuple[str, str], None]) -> bool:
    """What was made from it, nearest first."""
    waiting = deque([(commit, 0)])
    while waiting:
        source, step = waiting.popleft()
        for made in store.made_from(source, limit=_MADE):
            edges[source.id, made.id] = None
            if made.id in nodes:
                continue
            if len(nodes) >= NODES or step >= STEPS:
                return True
            nodes[made.id] = row(store, made)
            waiting.append((made, step + 1))
    return False


def _found(store: Store, id: str) -> Commit | None:
    try:
        return store.resolve(id)
    except CashetError:
        return None
