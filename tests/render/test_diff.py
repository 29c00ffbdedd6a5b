"""A difference as text, as HTML that a notebook shows untrusted, and as plain data."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from cashet_jupyter.diffs.compare import compare
from cashet_jupyter.diffs.difference import Difference, Entry, Section, Side, SourceDiff
from cashet_jupyter.diffs.model import Budget, Picture, ValueDiff
from cashet_jupyter.history.source import source_diff
from cashet_jupyter.models import Finding
from cashet_jupyter.render.answer import Style
from cashet_jupyter.render.diff import Diff

HOSTILE = "<script>alert(\"x\")</script><img src=x onerror='y'>&\x1b[31m"
TITLES = ("error", "inputs", "outputs", "shown", "environment", "outside", "files")
PNG = b"\x89PNG\r\n\x1a\n" + b"1" * 40
SAME = SourceDiff(False, False)


def side(id="a", **changes):
    facts = {
        "id": id * 64, "label": "df = load()", "function": "", "notebook": "train.ipynb", "status": "completed",
        "created": 1_778_580_000.0, "offset": 0, "seconds": 2.5, "size": 12_000, "host": "lab", "source": "x = 1", "arguments": "",
    }  # fmt: skip
    return Side(**{**facts, **changes})


def difference(source=SAME, *, old=None, new=None, notes=None, **entries):
    sections = tuple(Section(title, tuple(entries.get(title, ())), (notes or {}).get(title, "")) for title in TITLES)
    return Difference(old or side(), new or side("b"), source, sections)


def of(old, new, name="df"):
    """A difference of one output."""
    diff = compare(old, new)
    return difference(outputs=[Entry(name, "changed", "output", diff.old, diff.new, diff.change, diff=diff)])


def lines(found, width=100, **options):
    return Diff(found, **options).text(Style(width)).splitlines()


class Page(HTMLParser):
    """Takes down what a page is made of; fails where a tag is not closed."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.text, self._open = set(), set(), [], []
        self.sources = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.sources += [value for name, value in attributes if name == "src"]
        if tag != "img":
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def words(html):
    return " ".join(Page(html).text)


# --------------------------------------------------------------------------------------------------------- text
def test_both_runs_and_what_differs_come_first():
    found = difference(
        inputs=[Entry("thr", "changed", "input", "0.5", "0.7", "0.5 -> 0.7"), Entry("n", "equal", "input")]
    )
    assert lines(found) == [
        "--- aaaaaa  12 May 2026, 10:00:00  2.5 s  12 kB  df = load()",
        "+++ bbbbbb  12 May 2026, 10:00:00  2.5 s  12 kB  df = load()",
        "differs: inputs",
        "",
        "inputs: (1 is as before)",
        "  ~ thr  0.5 -> 0.7",
    ]


def test_what_is_equal_is_shown_only_when_it_is_asked_for():
    found = difference(inputs=[Entry("n", "equal", "input", "5", "int 5")], notes={"shown": "the same bytes"})
    assert lines(found)[-1] == "nothing differs but when it ran and how long it took"
    whole = lines(found, everything=True)
    assert "  = n  int 5" in whole
    assert "  the same bytes" in whole


def test_a_run_against_itself():
    found = difference(new=side())
    assert lines(found)[-1] == "it is the same run"
    assert "It is the same run." in Diff(found).html()


def test_source_is_written_as_git_does():
    old = "\n".join(f"x{n} = {n}" for n in range(30))
    found = difference(source_diff(old, old.replace("x20 = 20", "x20 = 21"), changed=True, budget=Budget()))
    text = lines(found)
    assert "source: code changed, +1 -1 lines" in text
    at = text.index("@@ -18,7 +18,7 @@")
    assert text[at + 4 : at + 6] == ["- x20 = 20", "+ x20 = 21"]


def test_formatting_alone_is_said_and_not_shown():
    found = difference(source_diff("x=1", "x = 1", changed=False, budget=Budget()))
    assert lines(found)[-1] == "source: only comments or formatting changed, +1 -1 lines"
    assert "+ x = 1" in lines(found, everything=True)


def test_values_are_told_with_examples():
    old = pd.DataFrame({"id": range(9), "x": np.arange(9.0)})
    new = old.copy()
    new.loc[4, "x"] = 40.5
    text = lines(of(old, new))
    assert "  ~ df  1 row changed (1 cell in 1 column)" in text
    assert "      ['x']  1 of 9 cells differs, by at most 36.5" in text
    assert "        4    x       4    40.5" in text


def test_what_inputs_hold_is_told_by_what_is_kept_of_them():
    parts = (Finding("key", "['lr']", "0.2", "0.1 -> 0.2"),)
    found = difference(inputs=[Entry("cfg", "changed", "input", "", "", "changed", "it is not stored", parts)])
    assert lines(found)[-3:] == ["  ~ cfg  changed", "      it is not stored", "      ['lr']  0.1 -> 0.2"]


def test_what_could_not_be_compared_is_said():
    found = difference(outputs=[Entry("lock", "unknown", "output", why="it holds an input")])
    assert "no difference was found; not all of it could be compared: outputs" in lines(found)
    assert "  ? lock  it holds an input" in lines(found)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width):
    wide = pd.DataFrame({f"a rather long name {n}": [f"text {n} {m} " * 5 for m in range(6)] for n in range(9)})
    other = wide.copy()
    other.iloc[2, 3] = "y" * 300
    found = of({"a": wide, "b" * 50: ["x" * 500]}, {"a": other, "b" * 50: ["z" * 500]}, "n" * 40)
    source = source_diff("x = 1", "y = " + "z" * 500, changed=True, budget=Budget())
    text = lines(replace(found, source=source), width)
    assert max(map(len, text)) <= width


def test_colour_only_when_it_is_asked_for():
    found = difference(source_diff("x = f(1)", "x = f(2)", changed=True, budget=Budget()))
    plain, painted = Diff(found).text(), Diff(found).text(Style(100, colour=True))
    assert "\x1b" not in plain
    assert "\x1b[7m2\x1b[27m" in painted
    assert re.sub(r"\x1b\[\d+m", "", painted) == plain


def test_nothing_that_a_terminal_would_obey_comes_through():
    found = hostile()
    assert "\x1b" not in Diff(found).text()
    assert "\x1b" not in re.sub(r"\x1b\[(\d+)m", "", Diff(found).text(Style(100, colour=True)))


def test_stat_has_no_details():
    text = lines(of({"a": [1, 2]}, {"a": [1, 3]}), stat=True)
    assert text[-1].startswith("  ~ df  ['a']")
    data = Diff(of([1], [2]), stat=True).data
    assert "diff" not in data["outputs"]["entries"][0]
    assert "hunks" not in data["source"]


# --------------------------------------------------------------------------------------------------------- HTML
def hostile():
    """Everything that can hold text holds what must not come through."""
    value = ValueDiff(
        HOSTILE, "different", HOSTILE, HOSTILE, HOSTILE,
        pictures=(Picture(HOSTILE, PNG, b"<svg onload=x>"),), notes=(HOSTILE,),
    )  # fmt: skip
    frames = (pd.DataFrame({HOSTILE: [n], "b": [HOSTILE * n]}, index=[HOSTILE]) for n in (1, 2))
    nested = compare({HOSTILE: [HOSTILE], "f": next(frames)}, {HOSTILE: [HOSTILE + "!\n"], "f": next(frames)})
    entries = [
        Entry(
            HOSTILE,
            "changed",
            HOSTILE,
            HOSTILE,
            HOSTILE,
            HOSTILE,
            HOSTILE,
            (Finding(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        ),
        Entry(HOSTILE, "changed", diff=value),
        Entry(HOSTILE, "changed", diff=nested),
    ]
    label = side("c", label=HOSTILE, arguments=HOSTILE, function=HOSTILE)
    source = source_diff(HOSTILE, HOSTILE + "\n" + HOSTILE + "2", changed=True, budget=Budget())
    return difference(replace(source, notes=(HOSTILE,)), new=label, **dict.fromkeys(TITLES, entries))


def test_html_is_whole_and_made_of_what_an_untrusted_notebook_shows():
    page = Page(Diff(hostile(), everything=True).html())
    assert page.tags <= {"div", "span", "b", "code", "details", "summary", "table", "tr", "td", "th", "img", "ul", "li"}
    assert page.attributes <= {"style", "class", "open", "src", "alt", "colspan"}
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    assert page.sources


def test_html_says_what_the_text_says():
    old = pd.DataFrame({"id": range(9), "x": np.arange(9.0)})
    found = of(old, old.assign(x=1.0).iloc[:8])
    html = words(Diff(found).html())
    for said in ("1 row removed", "['x']", "the first cells that differ", "aaaaaa", "2.5 s", "df"):
        assert said in html


def test_pictures_stand_side_by_side():
    value = ValueDiff("image", "different", pictures=(Picture("plots", PNG, PNG),))
    page = Page(Diff(difference(shown=[Entry("shown 1", "changed", diff=value)])).html())
    assert len(page.sources) == 2


def test_words_that_differ_are_marked_in_html():
    found = difference(source_diff("rate = 0.1 * x", "rate = 0.2 * x", changed=True, budget=Budget()))
    assert '">1</span>' in Diff(found).html()


def test_a_huge_difference_is_a_page_of_bounded_size():
    old = {f"key {n}": ["x" * 1000, list(range(100))] for n in range(5000)}
    new = {f"key {n}": ["y" * 1000, list(range(1, 101))] for n in range(5000)}
    assert len(Diff(of(old, new)).html()) < 300_000
    text = "\n".join("a" * 3000 + str(n) for n in range(3000))
    assert len(Diff(of(text, text.replace("a", "b"))).html()) < 300_000


# --------------------------------------------------------------------------------------------------------- data
def test_data_is_json_with_what_differs():
    found = of(np.array([1.0, np.nan]), np.array([np.inf, 2.0]))
    text = json.dumps(Diff(found).data, allow_nan=False)
    data = json.loads(text)
    assert (data["format"], data["differs"], data["old"]["commit"]) == (1, ["outputs"], "a" * 64)
    (entry,) = data["outputs"]["entries"]
    assert entry["diff"]["figures"]["differ"] == 2


def test_what_is_equal_is_counted_in_data():
    found = difference(inputs=[Entry("n", "equal", "input")])
    assert Diff(found).data["inputs"] == {"differs": False, "equal": 1, "note": "", "entries": []}
    assert len(Diff(found, everything=True).data["inputs"]["entries"]) == 1
