"""What a recorded run gives: its dependencies, what speaks against storing it, hidden states, files that it wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cashet_jupyter.models import Artifact, Dependency

#: what the user can allow of what a run was seen to do
KINDS = frozenset({"network", "subprocess", "stdin", "threads", "ctypes", "files", "entropy", "database"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that the run did and that cannot be verified later, or cannot be put back."""

    kind: str
    """One of `KINDS`, or `trace` if the recorder itself failed."""
    what: str
    """In words, with the name of the thing: `it connects to example.org`."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record of one run."""

    dependencies: tuple[Dependency, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    states: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Provider -> state after the run, of the hidden states that the run changed; plain data that can be pickled."""
    artifacts: tuple[Artifact, ...] = ()
