"""One call of a function: what it is told by, and the live objects that it reads."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from types import FunctionType
from typing import Any

from cashet_jupyter.digest import Part, digest
from cashet_jupyter.errors import Refused
from cashet_jupyter.fingerprint.computation import KEY_VERSION
from cashet_jupyter.fingerprint.describe import describe
from cashet_jupyter.fingerprint.graph import InputGraph
from cashet_jupyter.fingerprint.parts import parts_of
from cashet_jupyter.fingerprint.previews import previewed
from cashet_jupyter.functions.binding import bound, refs_in
from cashet_jupyter.functions.flat import flat_key
from cashet_jupyter.functions.once import once
from cashet_jupyter.functions.options import TaskOptions
from cashet_jupyter.functions.refs import ResultRef
from cashet_jupyter.functions.returned import kinds_of
from cashet_jupyter.functions.target import Target, describe_target, sees_docstrings
from cashet_jupyter.functions.words import call_text
from cashet_jupyter.history.returned import kind_name
from cashet_jupyter.models import FUNCTION, Value

#: grows when the same call gets another key
CALL_VERSION = 1


class Call:
    """A function with its arguments, before it runs. Nothing is computed of it before somebody asks."""

    def __init__(
        self,
        func: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        options: TaskOptions,
        serializer: str = "",
    ) -> None:
        self.func = func
        self.args = args
        self.kwargs = kwargs
        self.options = options
        self.serializer = serializer
        """What tells the format of the user's that the result is stored in; empty for ours."""

    # ------------------------------------------------------------------------------------------------------ its key
    @once
    def key(self) -> str:
        """What a lookup asks for. Raises `Refused` if an argument, or something that the function reads, has no value.

        The function counts by its code, its defaults, its closure and the globals that it reaches, all by value; so do
        the arguments, and which objects they share. A `ResultRef` counts by the content of the result.
        """
        quick = flat_key(self.func, self.args, self.kwargs)
        if quick is not None:
            return digest("cashet-call", _head(), self.serializer, "flat", *quick)
        digests = self.graph.digests
        names: list[Part] = [(name, digests[name]) for name in sorted(digests)]
        return digest("cashet-call", _head(), self.serializer, "graph", names, self.graph.joint)

    @once
    def key_or_none(self) -> str:
        """The key, or nothing for a call that has none."""
        try:
            return self.key
        except Refused:
            return ""

    @once
    def uncached(self) -> str:
        """The key of runs that are not served: those of the same code with the same arguments.

        What the function closes over does not count here, so that the runs of a function that changes it are one
        history.
        """
        return digest("cashet-uncached", self.target.code, self.argument_digests)

    @once
    def failed(self) -> str:
        """The key of runs that failed: no lookup asks for it."""
        return digest("cashet-failed", self.uncached)

    # ------------------------------------------------------------------------------------------- what it is made of
    @once
    def target(self) -> Target:
        """Name, code and source of the function."""
        return describe_target(self.func)

    @once
    def arguments(self) -> dict[str, Any]:
        """Parameter -> value."""
        return bound(self.func, self.args, self.kwargs)

    @once
    def refs(self) -> dict[str, ResultRef[Any]]:
        """The results of other runs among all that it is given or reaches, by where they are."""
        found = refs_in(self.arguments)
        try:
            reached = [node for node in self.graph._records.objects if isinstance(node, ResultRef)]
        except Refused:
            reached = []
        known = {id(ref) for ref in found.values()}
        return found | {repr(ref): ref for ref in reached if id(ref) not in known}

    @property
    def name(self) -> str:
        """What the history calls it."""
        return self.options.name or self.target.name

    @property
    def cell_id(self) -> str:
        """What stands in a commit in the place of a cell's id."""
        return f"{FUNCTION}{self.target.module}.{self.target.name}".replace(f"{FUNCTION}.", FUNCTION)

    @property
    def own_name(self) -> str:
        """The name of the function itself among the inputs: no parameter can be called so."""
        return f"{self.target.short}()"

    @once
    def values(self) -> dict[str, Any]:
        """The function and its arguments, by name: what the graph is made of."""
        return {self.own_name: self.func, **self.arguments}

    @once
    def graph(self) -> InputGraph:
        """The live objects behind them. Raises `NotFingerprintable`."""
        graph = InputGraph(self.values, self.values, docstrings=False, lazy=True)
        functions = (node for node in graph._records.objects if type(node) is FunctionType)
        if any(sees_docstrings(function.__code__) for function in functions):
            graph = InputGraph(self.values, self.values, docstrings=True, lazy=True)
        return graph

    @once
    def inputs(self) -> tuple[Value, ...]:
        """The function and its arguments, for people, as they are when this is first asked for."""
        try:
            digests, parts = self.graph.digests, parts_of(self.graph)
        except Refused:
            digests, parts = {}, {}
        found = (
            replace(describe(name, value, digests.get(name, "")), parts=parts.get(name, ()))
            for name, value in sorted(self.values.items())
        )
        return previewed(found, self.values)

    @once
    def text(self) -> str:
        """The arguments in words, as they are when this is first asked for."""
        return call_text(self.arguments)

    def settle(self) -> None:
        """Ask for all that must be known of it from before it runs: the run may change its arguments."""
        for what in ("key_or_none", "uncached", "refs", "inputs", "text", "kinds"):
            getattr(self, what)

    @once
    def kinds(self) -> dict[str, type]:
        """The classes of the user that it reaches, by name: its result is made of them."""
        if "graph" not in vars(self):  # a key without a walk: then it reaches no class of the user
            return {}
        try:
            return {kind_name(kind): kind for kind in kinds_of(self.graph)}
        except Refused:
            return {}

    @once
    def argument_digests(self) -> list[Part]:
        """Name and fingerprint of each argument, the function left out; empty for what has none."""
        try:
            digests = self.graph.digests
        except Refused:
            digests = {name: _digest(value) for name, value in self.arguments.items()}
        return [(name, digests[name]) for name in sorted(self.arguments)]


@lru_cache(maxsize=1)
def _head() -> str:
    """What all keys of this process have in common."""
    return digest("cashet-calls", CALL_VERSION, KEY_VERSION, sys.implementation.name, platform.python_version())


def _digest(value: Any) -> str:
    try:
        return InputGraph(["value"], {"value": value}, docstrings=False, lazy=True).digests["value"]
    except Refused:
        return ""
