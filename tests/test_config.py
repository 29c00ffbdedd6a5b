from __future__ import annotations

import pytest

from cashet_jupyter.config import Settings, load_settings, parse_duration, parse_size
from cashet_jupyter.errors import OptionError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("1.5h", 5400), ("1d", 86400), ("2w", 1209600), ("250ms", 0.25), ("10m", 600),
     (" 3 min ", 180), (".5s", 0.5), ("0", 0)],
)  # fmt: skip
def test_durations_are_read(text, seconds):
    assert parse_duration(text, "--ttl") == seconds


@pytest.mark.parametrize("text", ["", "d", "1y", "-1d", "1d2h", "1e3", "nan", "one day"])
def test_what_is_not_a_duration_is_named_with_what_is_allowed(text):
    with pytest.raises(OptionError, match=r"--ttl: .* is not a duration; write 30s"):
        parse_duration(text, "--ttl")


@pytest.mark.parametrize(
    ("text", "count"),
    [("2GB", 2 * 10**9), ("500 MiB", 500 << 20), ("1.5g", 1_500_000_000), ("0", 0), (" 10 kB ", 10_000), ("3b", 3),
     ("1TiB", 1 << 40), (".5M", 500_000), ("0.0", 0), ("7KIB", 7168), ("2000000000B", 2 * 10**9)],
)  # fmt: skip
def test_sizes_are_read(text, count):
    assert parse_size(text, "--max-size") == count


@pytest.mark.parametrize(
    "text", ["", "GB", "2", "-1GB", "1e3 MB", "nan", "inf", "2 GBs", "2 G B", "ten", "9" * 400 + "B"]
)
def test_what_is_not_a_size_is_named_with_what_is_allowed(text):
    with pytest.raises(OptionError, match=r"--max-size: .* is not a size; write 500MB, 2GB, 1.5GiB or 0"):
        parse_size(text, "--max-size")


def test_the_environment_goes_before_the_project_and_the_project_before_the_defaults(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.cashet]\nbadge = "full"\nmin-time = "5s"\n', "utf-8")
    below = tmp_path / "notebooks" / "deep"
    below.mkdir(parents=True)
    assert load_settings(below, {}) == Settings(badge="full", min_time=5.0)
    assert load_settings(below, {"CASHET_BADGE": "off"}) == Settings(badge="off", min_time=5.0)


@pytest.mark.parametrize(("value", "disabled"), [("1", True), ("true", True), ("on", True), ("0", False), ("", False)])
def test_everything_can_be_turned_off_by_a_variable(tmp_path, value, disabled):
    (tmp_path / "pyproject.toml").write_text("", "utf-8")
    assert load_settings(tmp_path, {"CASHET_DISABLE": value}).disable is disabled


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('bagde = "full"', "there is no setting 'bagde'; there are auto, badge, disable, max_size, min_time, ttl"),
        ('badge = "loud"', "badge must be one of line, full, off, not 'loud'"),
        ('auto = "perhaps"', "auto must be on or off, not 'perhaps'"),
        ("max_size = \"much\"", "'much' is not a size"),
        ("ttl = \"long\"", "'long' is not a duration"),
        ("min_time = \"soon\"", "'soon' is not a duration"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_its_place_and_what_is_allowed(tmp_path, table, words):
    (tmp_path / "pyproject.toml").write_text(f"[tool.cashet]\n{table}\n", "utf-8")
    with pytest.raises(OptionError) as caught:
        load_settings(tmp_path, {})
    assert words in str(caught.value)
    assert "pyproject.toml" in str(caught.value)


def test_a_project_file_that_is_not_toml_is_named(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool", "utf-8")
    with pytest.raises(OptionError, match=r"pyproject\.toml cannot be read"):
        load_settings(tmp_path, {})
