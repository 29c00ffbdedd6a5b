from __future__ import annotations

import pytest

from cashet_jupyter.render import units


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ms"), (0.0004, "0 ms"), (0.008, "8 ms"), (0.0994, "99 ms"), (0.0996, "0.1 s"), (2.44, "2.4 s"),
        (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min"), (252, "4 min 12 s"), (3599.7, "1 h"), (10260, "2 h 51 min"),
        (86399.9, "1 d"), (273600, "3 d 4 h"),
    ],
)  # fmt: skip
def test_a_duration_is_written_in_its_two_biggest_units(seconds, text):
    assert units.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (3149, "3.1 kB"), (12_345_678, "12 MB"), (999_600, "1.0 MB"),
     (1_400_000_000, "1.4 GB"), (10**19, "10000.0 PB")],
)  # fmt: skip
def test_a_size_is_written_in_powers_of_a_thousand(count, text):
    assert units.size(count) == text


def test_a_day_is_that_of_the_place_where_it_ran_in_every_time_zone_and_locale(monkeypatch):
    late_evening = 1_778_629_500.0  # 12 May 2026, 23:45 UTC
    assert units.day(late_evening) == "12 May 2026"
    assert units.day(late_evening, offset=3600) == "13 May 2026"
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert units.moment(late_evening) == "12 May 2026, 23:45:00"
