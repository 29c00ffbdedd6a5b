"""What a run was made from, what was made from it, and what its cell was before: in bounds, for drawing."""

from __future__ import annotations

from itertools import islice
from typing import Any

from cashet_jupyter.api.views import LINE, row, text
from cashet_jupyter.history.lineage import lineage_of
from cashet_jupyter.history.versions import Version, versions_of
from cashet_jupyter.models import Commit
from cashet_jupyter.store.store import Store

#: runs in one graph, and steps up and down
NODES = 120
STEPS = 12
#: versions of a cell, and runs of each that are named
VERSIONS = 100
RUNS = 20


def descent(store: Store, commit: Commit) -> dict[str, Any]:
    """`nodes` (lines, or `{"id", "gone"}` where a run is not there any more) and `edges` ([from, to], by id)."""
    found = lineage_of(store, commit, depth=STEPS, most=NODES)
    nodes = [
        {"id": text(id, 64), "gone": True} if known is None else row(store, known)
        for id, known in found.commits.items()
    ]
    return {"of": commit.id, "nodes": nodes, "edges": found.edges, "more": found.cut}


def versions(store: Store, commit: Commit) -> dict[str, Any]:
    """`versions`, newest first, each with its runs and what changed against the one before."""
    found = versions_of(store, commit)
    told = [_version(store, version) for version in found.versions[:VERSIONS]]
    complete = found.complete and len(found.versions) <= VERSIONS
    return {"of": commit.id, "versions": told, "complete": complete}


def _version(store: Store, version: Version) -> dict[str, Any]:
    return {
        "link": text(version.link),
        "change": text(version.change, LINE),
        "added": version.added,
        "removed": version.removed,
        "count": len(version.runs),
        "runs": [row(store, run) for run in islice(version.runs, RUNS)],
    }
