"""A store that came from somewhere else may hold anything: it is told of, in bounds, and nothing in it acts."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace

import pytest

from cashet_jupyter.models import Artifact, Cell, Dependency, Part, Value
from cashet_jupyter.store.store import open_store
from tests.contracts.store_contract import make_commit, make_payload

VECTORS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "<a href='javascript:alert(1)'>x</a>", "<iframe src='javascript:alert(1)'></iframe>", "<iframe srcdoc='<script>alert(1)</script>'>",
    "<body onload=alert(1)>", "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)></video>", "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>", "<object data='javascript:alert(1)'></object>", "<embed src='javascript:alert(1)'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "<form action='javascript:alert(1)'><button>x</button></form>",
    "<style>@import 'http://evil/x.css';</style>", "<link rel=stylesheet href=http://evil/x.css>", "<meta http-equiv=refresh content='0;url=http://evil'>",
    "<div style=\"background:url('http://evil/x')\">x</div>", "<div style='width: expression(alert(1))'>x</div>", "<base href='http://evil/'>",
    "<img src='http://evil/x.png'>", "<table background='http://evil/x'><tr><td>x</td></tr></table>", "<button data-commandlinker-command='x'>x</button>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<template><script>alert(1)</script></template>", "<!--<img src='--><img src=x onerror=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<a xlink:href='javascript:alert(1)'>x</a>", "<portal src='http://evil'>", "<p onclick=alert(1)>x</p>",
)  # fmt: skip
ACTIVE = ("<script", "onerror", "onload", "onclick", "onfocus", "ontoggle", "onstart", "onbegin", "javascript:", "<iframe", "<svg", "<img", "http:",
          "<style", "<link", "<meta", "<base", "<form", "<button", "<object", "<embed", "url(", "data-commandlinker", "<input", "<portal")  # fmt: skip


async def test_html_that_was_shown_cannot_act(client, put):
    for number, vector in enumerate(VECTORS):
        items = [
            {"text/html": vector},
            {"text/html": [vector, vector]},
            {"text/html": f"<table><tr><td>{vector}</td></tr></table>"},
        ]
        shown = [["display", {"data": data, "metadata": {}}] for data in items]
        found = await client.get("runs", put(number, shown=shown).id, "shown")
        for output in found["outputs"]:
            assert [word for word in ACTIVE if word in _tags(output["text"])] == [], vector


def _tags(html: str) -> str:
    """What stands inside of tags: text between them may say anything."""
    return " ".join(part.partition(">")[0].lower().join(("<", "")) for part in html.split("<")[1:])


LONG = "x" * 1_000_000
NAMES = (*VECTORS[:3], LONG, "\ud800", "\0", "\u202eevil", "\x1b[31m", "../../x", "%s%n", "a\r\nSet-Cookie: x", "")


def hostile(name):
    row = [name] * 40
    preview = {"kind": "table", "columns": row, "types": row, "rows": [row] * 3, "shape": [1 << 62, 1 << 62]}
    return replace(
        make_commit("e" * 64),
        cell=Cell(name * 2, name, name, name),
        inputs=tuple(Value(name, name, name, name, 1 << 62, tuple(Part("key", name, "", name) for _ in range(50))) for _ in range(500)),
        outputs=tuple(Value(name, "f" * 64, name, name, preview=preview) for _ in range(500)),
        depends=(Value(name, name),),
        trace=tuple(Dependency(name, name, name, name) for _ in range(500)),
        artifacts=(Artifact(name, "a" * 64, 1, 0o644),) * 500,
        not_stored=(name,) * 500,
        parent=name,
        versions={name: name},
        host=name,
        arguments=name,
        error=name,
        seconds=float("inf"),
    )  # fmt: skip


async def test_a_record_of_somebody_else_is_told_of_in_bounds(client, jp_root_dir):
    key = secrets.token_bytes(32)
    for number, given in enumerate(NAMES, 1):
        name = given[:200] if given == LONG else given  # five hundred of each
        foreign = open_store(jp_root_dir / ".cashet", key=key)
        commit = foreign.put(replace(hostile(name), artifacts=(), created=1e9 + number), make_payload(), durable=False)
        foreign.close()
        rows = (await client.get("runs", limit="1"))["runs"]
        assert [(row["id"], row["own"]) for row in rows] == [(commit.id, False)]
        assert len(json.dumps(rows[0])) < 20_000
        detail = await client.get("runs", commit.id)
        assert len(json.dumps(detail)) < 4 << 20
        assert (detail["seconds"], len(detail["inputs"]), detail["more"]["inputs"]) == (0, 300, 200)
        for path in (
            ("diff", commit.id, commit.id),
            ("runs", commit.id, "lineage"),
            ("runs", commit.id, "versions"),
            ("gc",),
            ("storage",),
        ):
            await client.get(*path)
    assert len(await _all_runs(client)) == len(NAMES)


async def _all_runs(client):
    """Page by page: a slow machine gives short ones."""
    page = await client.get("runs")
    rows = page["runs"]
    while page["next"]:
        page = await client.get("runs", before=page["next"])
        rows += page["runs"]
    return rows


async def test_a_source_of_a_megabyte_is_cut(client, put):
    commit = put(cell=Cell(LONG, LONG, None, None), error=LONG)
    found = await client.get("runs", commit.id)
    assert (len(found["code"]), len(found["label"]), len(found["error"])) == (200_000, 200, 100_000)


async def test_a_store_of_which_pieces_are_missing_says_so(client, put, jp_root_dir):
    commit = put(shown=[["stream", {"name": "stdout", "text": "x" * 100_000}]])
    for path in (jp_root_dir / ".cashet" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"other")
    assert await client.refused("runs", commit.id, "shown") in (404, 409)
    assert (await client.get("runs"))["runs"][0]["id"] == commit.id


@pytest.mark.parametrize("content", [b"", b"x" * 9000], ids=["empty", "noise"])
async def test_an_index_that_is_broken_is_made_anew_elsewhere(client, put, store, jp_root_dir, content):
    commit = put(1)
    store.close()
    for path in (jp_root_dir / ".cashet").glob("index.db*"):
        path.unlink()
    (jp_root_dir / ".cashet" / "index.db").write_bytes(content)
    assert [row["id"] for row in (await client.get("runs"))["runs"]] == [commit.id]
    assert (jp_root_dir / ".cashet" / "index.db").read_bytes() == content
