"""Whether two runs are of the same cell: by its id in the notebook, else by what stands in it."""

from __future__ import annotations

from difflib import SequenceMatcher

from cashet_jupyter.models import Commit

#: how alike two sources are, from 0 to 1, from where on one counts as an edit of the other
ALIKE = 0.6
#: the same where they leave other variables: nearly all of it has to be the same
RENAMED = 0.9
#: characters of a source that are compared: the time grows with the square
_COMPARED = 4000


def same_cell(one: Commit, other: Commit) -> bool:
    """Whether both are runs of one cell or function: sure by its id, likely by code, first line, or likeness."""
    if one.function or other.function:
        return one.function == other.function
    if one.cell.notebook and other.cell.notebook and one.cell.notebook != other.cell.notebook:
        return False
    if one.cell.id and one.cell.id == other.cell.id:
        return True
    if one.code == other.code or (one.cell.label and one.cell.label == other.cell.label):
        return True
    return likeness(one, other) > 0


def likeness(one: Commit, other: Commit, *, renamed: bool = False) -> float:
    """How alike two sources are, from 0 to 1; 0 if one is no edit of the other.

    Two cells that leave different variables are most likely two cells, however alike; with `renamed`, a variable may
    have got another name, if nearly all of the rest is as it was.
    """
    mine, others = ({value.name for value in commit.outputs} for commit in (one, other))
    apart = bool(mine and others and not mine & others)
    if apart and not renamed:
        return 0.0
    least = RENAMED if apart else ALIKE
    matcher = SequenceMatcher(None, one.cell.source[:_COMPARED], other.cell.source[:_COMPARED], autojunk=False)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= least else 0.0
