from __future__ import annotations

from cashet_jupyter.models import Blob, Cell, Commit, Outcome, Value
from cashet_jupyter.render import badge
from cashet_jupyter.render.show import Provenance, outcomes_text

HOSTILE = "<script>alert('x')</script>"


def _commit(**changes) -> Commit:
    facts = {
        "key": "k", "code": "c", "cell": Cell("x = 1\ny = 2", "x = 1", "id", "train.ipynb"),
        "created": 1_778_580_000.0, "seconds": 252.0, "id": "3f9a2c" + "0" * 58,
        "inputs": (Value("df", "d" * 64, "DataFrame", "10 000 x 4", 320_000),),
        "outputs": (Value("y", "", "int", "2"),), "skeleton": Blob("b", 1500),
        "versions": {"python": "3.11.7", "numpy": "2.4.6"}, "host": "lab", "tags": {"stage": "prep"}, "pinned": True,
        "lineage": ("abcdef" + "1" * 58,), "parent": "fedcba" + "2" * 58, "not_stored": ("conn",),
    } | changes  # fmt: skip
    return Commit(**facts)


def test_the_saved_line_says_what_was_run_and_when():
    assert badge.saved_line(_commit()) == "cashet 3f9a2c - took 4 min 12 s on 12 May 2026"


def test_a_commit_tells_all_that_is_known_of_it():
    text = Provenance(_commit()).text()
    for words in ("3f9a2c", "4 min 12 s", "12 May 2026", "at lab", "1.5 kB", "numpy 2.4.6", "train.ipynb", "stage=prep",
                  "abcdef", "fedcba", "conn", "DataFrame", "10 000 x 4", "320 kB", "y = 2"):  # fmt: skip
        assert words in text, words
        assert words in Provenance(_commit()).html(), words


def test_long_source_is_cut_and_the_rest_counted():
    source = "\n".join(f"line{i} = {i}" for i in range(100))
    text = Provenance(_commit(cell=Cell(source))).text()
    assert "line39" in text
    assert "line40" not in text
    assert "60 more lines" in text


def test_nothing_that_a_commit_holds_becomes_html():
    hostile = _commit(
        cell=Cell(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        inputs=(Value(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        outputs=(Value(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        versions={HOSTILE: HOSTILE}, tags={HOSTILE: HOSTILE}, not_stored=(HOSTILE,), host=HOSTILE,
    )  # fmt: skip
    assert "<script" not in Provenance(hostile).html()
    assert "<script" not in badge.html(badge.refusal_line(Outcome("bypass", not_stored=HOSTILE)))


def test_outcomes_are_listed_with_the_time_saved():
    outcomes = [
        Outcome("miss", "first run", "a" * 64, "x = 1", 2.0, stored=True),
        Outcome("hit", "", "a" * 64, "x = 1", 0.008, 1.992, stored=True),
        Outcome("bypass", "lock: no value", None, "y = lock", 0.1),
        Outcome("miss", "x changed", None, "z = x", 0.1, not_stored="box.lock: cannot be stored"),
    ]
    text = outcomes_text(outcomes)
    assert "restored    8 ms   aaaaaa  x = 1" in text
    assert "saved 2.0 s" in text
    assert "not stored: box.lock" in text
    assert text.endswith("1 of 4 cells restored, saved 2.0 s")
    assert outcomes_text([]) == "no cached cells yet in this kernel"
