"""Getting a miss ready to run: why it runs, and all that must be known from before."""

from __future__ import annotations

from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.history.reason import reason_for_run
from cashet_jupyter.models import CellAnalysis, Fingerprint
from cashet_jupyter.session import Session
from cashet_jupyter.steps.flight import Flight
from cashet_jupyter.steps.imports import imported_graph
from cashet_jupyter.steps.inputs import mentioned_paths, versions, with_parts
from cashet_jupyter.steps.registries import Registries
from cashet_jupyter.steps.request import Miss, Request
from cashet_jupyter.trace.recorder import Recorder


def depart(
    request: Request,
    analysis: CellAnalysis,
    key: Fingerprint,
    graph: InputGraph,
    reason: str,
    session: Session,
    flight: Flight,
) -> Miss:
    """The run of a cell, about to begin; `reason` is why earlier runs of that key do not hold, if there are any."""
    key = with_parts(key, graph, session.namespace)
    now = versions(analysis, graph, session.namespace)
    why = reason or reason_for_run(session.store(), key, request.cell, now)
    recorder = Recorder(mentioned=mentioned_paths(analysis, graph, session.namespace))
    modules, before = imported_graph(analysis), session.user_variables()
    return Miss(request, analysis, key, graph, modules, Registries(), before, why, recorder, flight.hand_over())
