"""What a run showed, for those who look at it afterwards: as lines, and as HTML that can do nothing.

No value is loaded for it. Images come as they were recorded; of recorded HTML only what tables and prose need is kept
(tags and attributes by an allowlist, no scripts, no addresses), whoever wrote it; everything else is text.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, cast

import nh3

from cashet_jupyter.models import Shown
from cashet_jupyter.outputs.settled import settled
from cashet_jupyter.render import units

#: of one stream or text, characters that are shown before the rest is counted
TEXT = 20_000
#: of all of it, bytes that go into a page; an image that does not fit is named instead
PAGE = 4 << 20
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
_TAGS = {
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("div", "span", "p", "br", "hr", "pre", "blockquote", "details", "summary", "figure", "figcaption"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd"),
    *("abbr", "b", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "strong", "sub", "sup"),
    *("u", "var"),
}
_ATTRIBUTES = {"*": {"style", "align", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}
_STYLES = {
    *("color", "background-color", "font-family", "font-size", "font-style", "font-weight", "text-decoration"),
    *("text-align", "vertical-align", "white-space", "width", "margin", "margin-left", "padding", "padding-left"),
    *("border", "border-bottom", "border-collapse", "border-left", "border-right", "border-top"),
}
_FRAME = "overflow-x: auto; margin: 2px 0"
_ERROR = "color: var(--jp-error-color1, #c62828)"
_QUIET = "color: var(--jp-ui-font-color2, #777)"


def shown_lines(shown: Iterable[Shown], most: int = 40) -> list[str]:
    """As text: what was printed, and a line for everything else; the first `most` lines before the rest is counted."""
    lines: list[str] = []
    for item in settled(shown):
        if item.kind == "stream":
            lines += str(item.content["text"]).splitlines()
        else:
            data = _data(item)
            images = [mime for mime in data if mime in _IMAGES]
            lines += [_named(mime, data[mime]) for mime in images[:1]] or str(data.get("text/plain", "")).splitlines()
    more = len(lines) - most
    return [*lines[:most], f"... {more} more lines"] if more > 0 else lines


def shown_html(shown: Iterable[Shown]) -> str:
    """As HTML; empty if nothing was shown."""
    parts: list[str] = []
    room = PAGE
    for item in settled(shown):
        part = _stream_html(item) if item.kind == "stream" else display_html(_data(item), room)
        room -= len(part)
        parts.append(part)
    return "".join(parts)


def display_html(data: Mapping[str, Any], room: int = PAGE) -> str:
    """One thing that was shown, from its bundle, in at most about `room` bytes."""
    for mime in _IMAGES:
        if mime in data:
            address = image_address(mime, data[mime])
            if len(address) > room:
                return _note(_named(mime, data[mime]))
            alt = escape(str(data.get("text/plain", mime))[:200], quote=True)
            return f'<div style="{_FRAME}"><img src="{address}" alt="{alt}" style="max-width: 100%"></div>'
    if "text/html" in data and len(data["text/html"]) <= room:
        return f'<div style="{_FRAME}">{harmless(str(data["text/html"]))}</div>'
    for mime in ("text/plain", "text/markdown", "text/latex"):
        if mime in data:
            return _pre(str(data[mime]))
    return _note(", ".join(sorted(map(str, data))))


def image_address(mime: str, content: object) -> str:
    """An image as an address that holds it: in an `<img>` even an SVG with a script in it is only a picture."""
    if isinstance(content, bytes | bytearray | memoryview):
        text = base64.b64encode(content).decode()
    elif mime == "image/svg+xml":
        text = base64.b64encode(str(content).encode("utf-8", "replace")).decode()
    else:
        text = "".join(character for character in str(content) if character.isalnum() or character in "+/=")
    return f"data:{mime};base64,{text}"


def harmless(html: str) -> str:
    """HTML without anything that could act: scripts, handlers, addresses, forms, frames, style sheets."""
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        url_schemes=set(),
        filter_style_properties=_STYLES,
        link_rel=None,
        strip_comments=True,
    )


def _data(item: Shown) -> Mapping[str, Any]:
    data = item.content.get("data")
    return cast("Mapping[str, Any]", data) if isinstance(data, Mapping) else {}


def _stream_html(item: Shown) -> str:
    return _pre(str(item.content["text"]), _ERROR if item.content["name"] == "stderr" else "")


def _pre(text: str, style: str = "") -> str:
    more = len(text) - TEXT
    cut = f"{text[:TEXT]}\n... {more} more characters" if more > 0 else text
    return f'<pre style="{_FRAME}; {style}">{escape(cut)}</pre>'


def _note(text: str) -> str:
    return f'<div style="{_QUIET}">{escape(text)}</div>'


def _named(mime: str, content: Sequence[Any]) -> str:
    return f"[{mime}, {units.size(len(content))}]"
