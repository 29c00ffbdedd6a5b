"""The differential fuzzer: a program that runs, against the same program restored in a fresh namespace."""

from __future__ import annotations

import io
import tokenize
import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from cashet_jupyter.effects.apply import apply
from cashet_jupyter.effects.capture import capture
from cashet_jupyter.errors import Damaged, NotFingerprintable, NotSerializable
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.serialize.envelope import dumps, loads
from tests.effects.notebook import joint, mapped, new_namespace, references, variables
from tests.effects.programs import Program


@dataclass
class Figures:
    """What came of many programs."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


def names_in(cell: str, namespace: dict[str, Any]) -> set[str]:
    """The variables that a cell names; what its functions read the graph finds itself."""
    tokens = tokenize.generate_tokens(io.StringIO(cell).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME} & variables(namespace).keys()


def same(plain: dict[str, Any], fresh: dict[str, Any]) -> str:
    """What differs between two namespaces; empty if nothing does."""
    if list(variables(plain)) != list(variables(fresh)):
        return f"names {list(variables(plain))} / {list(variables(fresh))}"
    if joint(plain) == joint(fresh):
        return ""
    graphs = [InputGraph(variables(space), space) for space in (plain, fresh)]
    different = [name for name, digest in graphs[0].digests.items() if graphs[1].digests[name] != digest]
    return f"variables {different}" if different else "what the variables share"


def try_program(seed: int, figures: Figures) -> None:
    """Run one program both ways and compare; nothing is compared if a step refuses."""
    program = Program(seed)
    plain, fresh = new_namespace(program.setup), new_namespace(program.setup)
    for step, cell in enumerate((program.first, program.second)):
        try:
            outcome = _step(cell, plain, fresh, figures)
        except NotFingerprintable:
            outcome = "no fingerprint"
        except NotSerializable as refused:
            outcome = f"refused: {refused.why}"
        figures.counts[outcome if outcome == "same" else outcome.partition(":")[0]] += 1
        if outcome.startswith("differs"):
            figures.differences.append(f"seed {seed}, cell {step}: {outcome}\n{cell}")
        if outcome != "same":
            return


def _step(cell: str, plain: dict[str, Any], fresh: dict[str, Any], figures: Figures) -> str:
    names = names_in(cell, plain)
    before, graph = variables(plain), InputGraph(names, plain)
    inputs = graph.joint
    twin = InputGraph(names, fresh)
    if twin.joint != inputs:
        return "differs: the inputs already"
    exec(compile(cell, "<cell>", "exec", dont_inherit=True), plain)
    joint(plain)  # refuses here what cannot be compared later
    effects = capture(graph, before, variables(plain))
    payload = dumps(effects, (), references(graph, plain, cell))
    figures.counts["changes in place"] += len(effects.patches)
    figures.counts["outputs"] += len(effects.outputs)
    try:
        restored = loads(mapped(payload), references(twin, fresh, cell))
    except Damaged as damage:  # an input that changed its size has views that can only be made afterwards
        return "declined" if str(damage).startswith("an input does not") else f"differs: {damage}"
    untouched = joint(fresh)
    try:
        apply(restored, twin, fresh)
    except Damaged:
        return "differs: changed although it failed" if joint(fresh) != untouched else "declined"
    difference = same(plain, fresh)
    return f"differs: {difference}" if difference else "same"


def campaign(first: int, programs: int) -> Figures:
    """The figures of so many programs, from a seed on; stops after five differences."""
    figures = Figures()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(first, first + programs):
            try_program(seed, figures)
            if len(figures.differences) >= 5:
                break
    return figures
