"""In which format results are stored: ours, or a serializer of the user's."""

from __future__ import annotations

from typing import Any

from cashet_jupyter.functions.returned import Read
from cashet_jupyter.history.recall import SERIALIZER
from cashet_jupyter.models import Value


class Format:
    """Ours: whatever the envelope can hold."""

    def __init__(self, serializer: Any = None) -> None:
        self._serializer = serializer

    @property
    def name(self) -> str:
        """What tells it in a key; empty for ours."""
        kind = type(self._serializer)
        return "" if self._serializer is None else f"{kind.__module__}.{kind.__qualname__}"

    @property
    def read(self) -> Read | None:
        """What makes a result out of stored bytes; None for ours."""
        return None if self._serializer is None else self._serializer.loads

    def written(self, value: Any) -> Any:
        """What is stored for a result. Raises whatever the serializer raises."""
        return value if self._serializer is None else bytes(self._serializer.dumps(value))

    @property
    def note(self) -> tuple[Value, ...]:
        """What a commit says of it."""
        if self._serializer is None:
            return ()
        return (Value(SERIALIZER, self.name, type=type(self._serializer).__name__),)
