"""The shared battery of edits: which of them change what a call does."""

from __future__ import annotations

import pytest

from cashet_jupyter.fingerprint import fingerprint_value
from tests.cases.functions import EDITS
from tests.cases.source import installed


@pytest.mark.parametrize("edit", [edit for edit in EDITS if installed(edit.needs)], ids=lambda edit: edit.id)
def test_a_function_changes_exactly_when_what_it_does_may_change(edit):
    namespace = {"__name__": "__main__"}
    exec(edit.before, namespace)
    before = fingerprint_value(namespace["f"])
    exec(edit.after, namespace)
    after = fingerprint_value(namespace["f"])
    assert (before != after) == edit.changes
