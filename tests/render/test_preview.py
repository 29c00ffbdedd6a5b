"""What a value looked like is shown as it was recorded, and a record that says anything else shows nothing."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from cashet_jupyter.models import Cell, Commit, Value
from cashet_jupyter.render.preview import preview_data, preview_html, preview_text
from cashet_jupyter.render.show import Provenance

TABLE = {
    "kind": "table", "columns": ["day", "n", "name"], "types": ["index", "int64", "str"],
    "rows": [["2026-01-01", "1", "Ann"], ["2026-01-02", "2", "Bob"]], "shape": [1000, 2],
}  # fmt: skip
ARRAY = {"kind": "array", "dtype": "float64", "shape": [2, 2], "rows": [["1.0", "2.0"], ["3.0", "4.0"]], "range": ["1.0", "4.0"]}  # fmt: skip
ITEMS = {"kind": "items", "items": ["1", "'a'"], "count": 1200}
HOSTILE = "<script>alert('x')</script>"


def value(preview: object) -> Value:
    return Value("v", "", "DataFrame", "1,000 x 2", preview=preview)  # type: ignore[arg-type]


def test_a_table_is_shown_with_its_columns_and_how_much_there_is_of_it() -> None:
    assert preview_text(value(TABLE), 80) == [
        "day         n  name",
        "2026-01-01  1  Ann",
        "2026-01-02  2  Bob",
        "... of 1,000 x 2",
    ]
    assert "... of" not in " ".join(preview_text(value({**TABLE, "shape": [2, 2]}), 80))


def test_an_array_is_shown_with_its_range_and_a_container_in_one_line() -> None:
    assert preview_text(value(ARRAY), 80) == ["1.0  2.0", "3.0  4.0", "from 1.0 to 4.0"]
    assert preview_text(value({**ARRAY, "rows": ["1.0", "2.0"], "shape": [2]}), 80)[:2] == ["1.0", "2.0"]
    assert preview_text(value(ITEMS), 80) == ["1, 'a', ... and 1,198 more"]
    assert preview_text(value({**ITEMS, "count": 2}), 80) == ["1, 'a'"]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_it_fits_into_narrow_terminals_as_far_as_that_can_be(width: int) -> None:
    wide = {**TABLE, "rows": [["x" * 30] * 3] * 2}
    assert all(len(line) <= max(width, 3 * 6 + 4) for line in preview_text(value(wide), width))


@pytest.mark.parametrize(
    "preview",
    [
        {**TABLE, "columns": [], "types": [], "rows": [], "shape": [0, 0]},
        {**TABLE, "rows": []},
        {**ARRAY, "rows": []},
        {**ARRAY, "rows": [[]]},
        {**ITEMS, "items": [], "count": 0},
    ],
)
def test_what_is_empty_is_shown_too(preview: object) -> None:
    assert preview_data(value(preview)) is not None
    preview_text(value(preview), 80)
    assert preview_html(value(preview)).startswith("<table")


@pytest.mark.parametrize(
    "nonsense",
    [
        {}, {"kind": "script"}, {"kind": "table"}, {"kind": ["table"]}, [], "table", 5,
        {**TABLE, "rows": [["1"]]}, {**TABLE, "rows": "abc"}, {**TABLE, "rows": [5]}, {**TABLE, "shape": [1]},
        {**TABLE, "shape": [-1, 2]}, {**TABLE, "shape": [1.5, float("nan")]}, {**TABLE, "types": []},
        {**TABLE, "columns": [1, 2, 3]}, {**ARRAY, "dtype": None}, {**ARRAY, "rows": [["1"], "2"]},
        {**ARRAY, "range": [1, 2]}, {**ITEMS, "items": [{}]}, {**ITEMS, "count": "many"}, {**ITEMS, "items": None},
        {**ITEMS, "count": float("inf")},
    ],
)  # fmt: skip
def test_what_is_no_preview_is_left_out(nonsense: object) -> None:
    assert preview_data(value(nonsense)) is None
    assert (preview_text(value(nonsense), 80), preview_html(value(nonsense))) == ([], "")


def test_a_huge_one_is_cut() -> None:
    huge = {"kind": "table", "columns": ["c"] * 900, "types": ["t" * 10**6] * 900, "rows": [["x"] * 900] * 10**4, "shape": [10**400, 2]}  # fmt: skip
    found = preview_data(value(huge))
    assert found is not None
    assert len(json.dumps(found)) < 50_000
    assert preview_text(value(huge), 80)


def test_half_characters_and_what_acts_do_no_harm() -> None:
    found = preview_data(value({**ITEMS, "items": ["\ud800", "\x1b[31m"]}))
    assert found is not None
    json.dumps(found).encode()
    hostile = {**TABLE, "columns": [HOSTILE] * 3, "types": [HOSTILE] * 3, "rows": [[HOSTILE] * 3]}
    for preview in (hostile, {**ARRAY, "rows": [[HOSTILE]], "range": [HOSTILE] * 2}, {**ITEMS, "items": [HOSTILE]}):
        assert "<script" not in preview_html(value(preview))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_of_a_run_shows_them() -> None:
    commit = Commit("k", "c", Cell("v = 1"), 1.0, 1.0, inputs=(value(ITEMS),), outputs=(value(TABLE), value(None)))
    text, html = Provenance(commit).text(), Provenance(commit).html()
    assert "    2026-01-01  1  Ann\n" in text
    assert "1,198" not in text
    for words in ("2026-01-02", "Bob", "... of 1,000 x 2", "1,198"):
        assert words in html
    tags = _Tags()
    tags.feed(html)
    assert tags.open == []
    assert Provenance(commit).data["outputs"][0]["preview"] == TABLE
    assert Provenance(commit).data["outputs"][1]["preview"] is None
