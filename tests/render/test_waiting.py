"""What is said while another kernel is waited for, and afterwards."""

from __future__ import annotations

import pytest

from cashet_jupyter.models import Outcome
from cashet_jupyter.render.badge import live_line
from cashet_jupyter.render.show import outcomes_text
from cashet_jupyter.render.units import clock
from cashet_jupyter.render.waiting import owner_name, waited, waiting_line


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0:00"), (0.9, "0:00"), (59.9, "0:59"), (60, "1:00"), (250, "4:10"), (3599, "59:59"), (10269, "2:51:09")],
)
def test_a_clock_shows_minutes_and_seconds(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_the_line_says_for_whom_how_long_and_of_how_much() -> None:
    assert waiting_line("train.ipynb", 130.7, 250.2) == "waiting for train.ipynb, running since 2:10 of ~4:10"
    assert waiting_line("train.ipynb", 130.7, None) == "waiting for train.ipynb, running since 2:10"
    assert waiting_line("train.ipynb", 0.1, 0.4) == "waiting for train.ipynb, running since 0:00"


def test_an_owner_has_the_name_of_its_notebook_and_of_its_machine_if_that_is_another() -> None:
    assert owner_name("/home/me/train.ipynb", "here", "here") == "train.ipynb"
    assert owner_name("train.ipynb", "gpu-03", "here") == "train.ipynb on gpu-03"
    assert owner_name("", "", "here") == "another kernel"


def test_afterwards_the_line_of_how_it_went_says_it_too() -> None:
    outcome = Outcome("hit", waited("train.ipynb", 12.3), "ab" * 32, "x = 1", seconds=12.4, saved=200.0, stored=True)
    assert live_line(outcome).startswith("waited 0:12 for train.ipynb, restored in 12 s")
    assert "waited 0:12 for train.ipynb" in outcomes_text([outcome])
