"""One cell between the events that begin and end it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # most of the project: a plain cell needs none of it
    from cashet_jupyter.config import CellOptions
    from cashet_jupyter.errors import OptionError
    from cashet_jupyter.outputs.record import Recorder, Recording
    from cashet_jupyter.steps.request import Hit, Miss, Plain


@dataclass(slots=True)
class Frame:
    """One cell between `pre_run_cell` and `post_run_cell`; frames nest when a magic runs a cell."""

    info: Any
    started: float
    thread: int
    options: CellOptions | None = None
    """None: a plain cell."""
    error: OptionError | None = None
    plan: Hit | Miss | Plain | None = None
    recorder: Recorder | None = None
    recording: Recording | None = None
    body_started: float = 0.0
    seconds: float | None = None
    """How long the body took; None while it runs."""
    caught: int = -1
    """How many cells had been caught when it began."""
    others: list[str] = field(default_factory=list[str])
    """Why what it leaves may not be its own: another cell ran meanwhile."""

    def stop_recording(self) -> None:
        """What happens from here on is not the cell's; harmless when repeated."""
        if (miss := self._miss()) is not None:
            miss.recorder.stop()
        if self.recorder is not None:
            self.recording = self.recorder.stop()

    def let_go(self, *, ended: bool) -> None:
        """Kernels that wait for this cell need not wait any longer; see `Miss.let_go`."""
        if (miss := self._miss()) is not None:
            miss.let_go(ended=ended)

    def _miss(self) -> Miss | None:
        if self.plan is None:
            return None
        from cashet_jupyter.steps.request import Miss

        return self.plan if isinstance(self.plan, Miss) else None
