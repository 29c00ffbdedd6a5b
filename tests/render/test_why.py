from __future__ import annotations

import json

from cashet_jupyter.history.deps import NOT_TRACKED
from cashet_jupyter.models import Explanation, Finding
from cashet_jupyter.render.deps import deps_html, deps_text
from cashet_jupyter.render.findings import PARTS, ROWS, as_data
from cashet_jupyter.render.why import why_html, why_text

BAD = "<img src=x onerror=alert('1')>&\""
PART = Finding(BAD, BAD, BAD, BAD, BAD)
HOSTILE = Explanation(
    "why", BAD, BAD, BAD, BAD, BAD, 0.0, 0, BAD, BAD, (Finding("input", BAD, BAD, "", BAD, (PART,)), PART), (BAD,)
)


def test_every_text_is_escaped():
    for page in (why_html(HOSTILE), deps_html(HOSTILE)):
        assert "&lt;img" in page
        assert "<img" not in page
        assert BAD not in page


def test_what_changed_comes_first_and_long_lists_are_cut():
    parts = (*(Finding("key", f"['{n}']", str(n)) for n in range(50)), Finding("key", "['last']", "1", "0 -> 1"))
    findings = tuple(Finding("input", f"x{n}") for n in range(ROWS + 5))
    text = why_text(
        Explanation("why", "ran again: d changed", findings=(Finding("input", "d", "dict", "changed", "", parts),))
    )
    lines = text.splitlines()
    assert lines[0] == "ran again: d changed"
    assert lines[4].strip() == "['last']  0 -> 1"
    assert lines[-1].strip() == f"... and {51 - PARTS} more"
    assert "... and 5 more" in why_text(Explanation("why", "first run", findings=findings))
    assert "... and 5 more" in why_html(Explanation("why", "first run", findings=findings))


def test_why_names_the_run_that_it_compares_with_and_what_helps():
    asked = Explanation(
        "why", "not cached", "y = f()", "ab" * 32, "bypass", "cd" * 32, 0.0, 0, "the clock", "--allow clock"
    )
    assert why_text(asked).splitlines() == [
        "not cached", "cashet ababab  y = f()", "compared with cdcdcd of 1 Jan 1970, 00:00:00",
        "not stored: the clock", "what helps: --allow clock",
    ]  # fmt: skip


def test_deps_are_grouped_and_end_with_what_is_not_tracked():
    findings = (Finding("file", "a.csv", "12 B", where="opened while it ran"), Finding("input", "x", "int 1"))
    asked = Explanation("deps", "", "y = x", "ab" * 32, findings=findings, not_tracked=NOT_TRACKED)
    lines = deps_text(asked).splitlines()
    assert lines[:5] == [
        "cashet ababab  y = x",
        "inputs:",
        "  x  int 1",
        "files:",
        "  a.csv  12 B  (opened while it ran)",
    ]
    assert lines[5:] == ["not tracked:", *(f"  {line}" for line in NOT_TRACKED)]


def test_the_plain_data_is_json_and_keeps_its_fields():
    data = as_data(HOSTILE)
    assert json.loads(json.dumps(data))["findings"][0]["parts"][0]["name"] == BAD
    assert set(data) == {
        "format", "question", "answer", "cell", "commit", "status", "not_stored", "advice", "findings", "not_tracked",
        "against",
    }  # fmt: skip
    assert data["against"] == {"commit": BAD, "created": 0.0}
    assert as_data(Explanation("why", ""))["against"] is None
