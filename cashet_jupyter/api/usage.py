"""What takes space in a store, by notebook and by cell, as JSON: the biggest first, in bounds."""

from __future__ import annotations

from typing import Any

from cashet_jupyter.api.views import LINE, number, text
from cashet_jupyter.store.space import Space
from cashet_jupyter.store.store import Store

#: notebooks that are told of, cells of each, and cells in all
NOTEBOOKS = 100
CELLS = 100
ALL = 1000


def usage(store: Store) -> dict[str, Any]:
    """`{"notebooks", "more", "physical", "logical", "limit"}`.

    Each notebook has `{"notebook", "runs", "size", "saved", "hits", "cells", "more"}`, each of its cells `{"cell",
    "label", "runs", "size", "saved", "hits", "newest"}`; `more` counts those that are not told of, and `newest` is the
    id of a run. Sizes are bytes, what several share counted with its part for each.
    """
    found = store.stats()  # first: it writes what this process has noted
    groups: dict[str, list[Space]] = {}
    for one in store.space():
        groups.setdefault(one.notebook, []).append(one)
    ordered = sorted(groups.items(), key=lambda group: -sum(one.size for one in group[1]))
    room = ALL
    notebooks: list[dict[str, Any]] = []
    for notebook, cells in ordered[:NOTEBOOKS]:
        told = cells[: min(CELLS, room)]
        room -= len(told)
        notebooks.append(_notebook(store, notebook, cells, told))
    return {
        "notebooks": notebooks,
        "more": max(0, len(ordered) - NOTEBOOKS),
        "physical": found.physical,
        "logical": found.logical,
        "limit": store.limit,
    }


def _notebook(store: Store, notebook: str, cells: list[Space], told: list[Space]) -> dict[str, Any]:
    return {
        "notebook": text(notebook, LINE),
        "runs": sum(one.runs for one in cells),
        "size": sum(one.size for one in cells),
        "saved": number(sum(one.saved for one in cells)),
        "hits": sum(one.hits for one in cells),
        "cells": [_cell(store, one) for one in told],
        "more": len(cells) - len(told),
    }


def _cell(store: Store, one: Space) -> dict[str, Any]:
    newest, label = store.described(one)
    return {
        "cell": text(one.cell),
        "label": text(label),
        "runs": one.runs,
        "size": one.size,
        "saved": number(one.saved),
        "hits": one.hits,
        "newest": newest or None,
    }
