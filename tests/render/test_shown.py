"""What a run showed, looked at afterwards: as lines and as HTML that can do nothing."""

import base64

import pytest

from cashet_jupyter.models import Shown
from cashet_jupyter.render.shown import PAGE, harmless, settled, shown_html, shown_lines

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()


def stream(text, name="stdout"):
    return Shown("stream", {"name": name, "text": text})


def display(data, display_id=None, kind="display"):
    return Shown(
        kind, {"data": data, "metadata": {}, "transient": {} if display_id is None else {"display_id": display_id}}
    )


def texts(shown):
    return [item.content.get("text", item.content.get("data")) for item in settled(shown)]


def test_what_was_cleared_is_gone_and_with_wait_only_once_something_follows():
    assert texts([stream("a"), Shown("clear", {"wait": False}), stream("b")]) == ["b"]
    assert texts([stream("a"), Shown("clear", {"wait": True}), stream("b")]) == ["b"]
    assert texts([stream("a"), Shown("clear", {"wait": True})]) == ["a"]


def test_an_update_changes_the_display_where_it_stands():
    shown = [display({"text/plain": "0 %"}, "p"), stream("x"), display({"text/plain": "100 %"}, "p", "update")]
    assert texts(shown) == [{"text/plain": "100 %"}, "x"]
    assert texts([display({"text/plain": "a"}), display({"text/plain": "b"}, None, "update")]) == [{"text/plain": "a"}]


def test_printed_text_is_joined_and_a_progress_bar_is_what_it_wrote_last():
    assert texts([stream("a"), stream("b\n"), stream("!", "stderr")]) == ["ab\n", "!"]
    assert texts([stream(" 1%\r 50%\r100%\ndone\r\n")]) == ["100%\ndone\n"]


def test_lines_are_bounded_and_an_image_is_named():
    assert shown_lines([stream("\n".join(map(str, range(100))))], most=3) == ["0", "1", "2", "... 97 more lines"]
    assert shown_lines([display({"image/png": PNG, "text/plain": "<Figure>"})]) == [f"[image/png, {len(PNG)} B]"]
    assert shown_lines([display({"text/html": "<b>x</b>", "text/plain": "x\ny"})]) == ["x", "y"]


def test_an_image_is_in_the_page_unless_there_is_no_room_for_it():
    assert f'src="data:image/png;base64,{PNG}"' in shown_html([display({"image/png": PNG, "text/plain": '"><x>'})])
    assert "<img" not in shown_html([display({"image/png": "A" * (PAGE + 1)})])


def test_a_table_keeps_what_makes_it_one():
    table = '<table border="1" class="dataframe"><tr><th style="text-align: right">a</th><td colspan="2">1</td></tr></table>'
    assert '<th style="text-align:right">a</th><td colspan="2">1</td>' in harmless(table)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<div onclick="alert(1)">x</div>',
        '<svg onload="alert(1)"><script>alert(1)</script></svg>',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        "<style>*{background:url(//evil)}</style>",
        '<div style="background-image: url(//evil)">x</div>',
        '<form action="//evil"><input autofocus onfocus=alert(1)></form>',
        '<div data-commandlinker-command="x">x</div>',
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<object data=javascript:alert(1)></object><embed src=//evil>",
        '<meta http-equiv="refresh" content="0;url=//evil"><base href=//evil>',
    ],
)
def test_nothing_recorded_can_act(hostile):
    for item in (display({"text/html": hostile}), display({"text/plain": hostile}), stream(hostile)):
        page = shown_html([item]).lower()
        tags = ("script", "img", "iframe", "svg", "style", "form", "input", "object", "embed", "meta", "base", "a ")
        assert not [tag for tag in tags if f"<{tag}" in page], page
    kept = harmless(hostile).lower()
    assert all(word not in kept for word in ("alert", "evil", "onerror", "onclick", "commandlinker")), kept


def test_an_svg_is_a_picture_and_no_part_of_the_page():
    page = shown_html([display({"image/svg+xml": "<svg><script>alert(1)</script></svg>"})])
    assert "<svg" not in page
    assert 'src="data:image/svg+xml;base64,' in page


def test_the_text_of_an_image_cannot_leave_its_address():
    page = shown_html([display({"image/png": 'AAA" onerror="alert(1)'})])
    assert 'src="data:image/png;base64,AAAonerror=alert1" alt=' in page
