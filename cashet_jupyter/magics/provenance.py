"""The answer of `%cashet_show`."""

from __future__ import annotations

from cashet_jupyter.models import Commit
from cashet_jupyter.render.show import commit_html, commit_text


class Provenance:
    """What made a variable or commit; text in a terminal, HTML in a notebook."""

    def __init__(self, commit: Commit) -> None:
        self.commit = commit

    def __repr__(self) -> str:
        return commit_text(self.commit)

    def _repr_html_(self) -> str:
        return commit_html(self.commit)
