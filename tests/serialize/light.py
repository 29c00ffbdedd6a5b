"""A trip through the envelope without any data library."""

from __future__ import annotations

from collections import deque

from cashet_jupyter.effects.apply import apply
from cashet_jupyter.effects.capture import capture
from cashet_jupyter.serialize.envelope import dumps, loads
from cashet_jupyter.serialize.references import References


class Graph:
    """One input."""

    def __init__(self, node: object) -> None:
        self.nodes = [node]

    def number(self, obj: object) -> int | None:
        return 0 if obj is self.nodes[0] else None

    def changed(self) -> list[int]:
        return [0]


def check() -> None:
    """Capture, store and restore a change and an output."""
    x, y = [1], [1]
    before, after = {"x": x}, {"x": x, "q": deque([x])}
    x.append(2)
    payload = dumps(capture(Graph(x), before, after), (), References(Graph(x), after))
    namespace: dict[str, object] = {"x": y}
    apply(loads(payload, References(Graph(y), namespace)), Graph(y), namespace)
    assert y == [1, 2]
    assert namespace["q"][0] is y
