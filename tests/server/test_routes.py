"""The routes: who may use them, and what they tell."""

from __future__ import annotations

import json
import time
import zlib

import pytest
from tornado.httpclient import HTTPClientError

from cashet_jupyter.api.changes import CHANGES
from cashet_jupyter.api.questions import QUESTIONS
from cashet_jupyter.models import Cell, Value
from tests.server.conftest import API
from tests.server.many import many_runs

ID = "ab" * 32
#: every route, with something in the place of each part that differs
LOOKING = (("store",), *(tuple(route.replace("ID", ID).replace("KIND", "tag").split("/")) for route in QUESTIONS))
CHANGING = tuple(tuple(route.replace("ID", ID).split("/")) for route in CHANGES)
PIN = {"pinned": True}

ESCAPES = (
    "../x.ipynb",
    "../../etc/passwd",
    "a/../../x.ipynb",
    "/../x.ipynb",
    "....//../../x",
    "link/x.ipynb",
    "loop/x.ipynb",
    "n" * 4000,
    "..",
)


async def test_nobody_looks_or_changes_anything_without_a_token(jp_serverapp, http_server_client, jp_base_url):
    for method, paths in (("GET", LOOKING), ("POST", CHANGING)):
        for path in paths:
            url = jp_base_url + "/".join((*API, *path))
            with pytest.raises(HTTPClientError) as caught:
                await http_server_client.fetch(url, method=method, body="{}" if method == "POST" else None)
            assert caught.value.code == 403, path


async def _cookie(jp_serverapp, http_server_client, jp_base_url):
    """The cookies of somebody who has logged in with a browser."""
    token = jp_serverapp.identity_provider.token
    response = await http_server_client.fetch(
        f"{jp_base_url}tree?token={token}", follow_redirects=False, raise_error=False
    )
    return "; ".join(cookie.partition(";")[0] for cookie in response.headers.get_list("Set-Cookie"))


async def test_a_page_elsewhere_cannot_change_anything(jp_serverapp, http_server_client, jp_base_url, put):
    put()
    headers = {"Cookie": await _cookie(jp_serverapp, http_server_client, jp_base_url)}
    assert "username-" in headers["Cookie"]
    for path in CHANGING:
        with pytest.raises(HTTPClientError) as caught:
            await http_server_client.fetch(
                jp_base_url + "/".join((*API, *path)), method="POST", body="{}", headers=headers
            )
        assert caught.value.code == 403
        assert "_xsrf" in caught.value.response.body.decode()


async def test_a_browser_with_the_xsrf_cookie_may(jp_serverapp, http_server_client, jp_base_url, put):
    commit = put()
    cookie = await _cookie(jp_serverapp, http_server_client, jp_base_url)
    xsrf = next(part.partition("=")[2] for part in cookie.split("; ") if part.startswith("_xsrf="))
    headers = {"Cookie": cookie, "X-XSRFToken": xsrf}
    url = jp_base_url + "/".join((*API, "runs", commit.id, "pin"))
    response = await http_server_client.fetch(url, method="POST", body='{"pinned": true}', headers=headers)
    assert json.loads(response.body)["pinned"] is True


async def test_an_authorizer_is_asked_about_every_route(jp_serverapp, client):
    asked = []

    class Nobody(type(jp_serverapp.authorizer)):
        def is_authorized(self, handler, user, action, resource):
            asked.append((action, resource))
            return False

    handlers = jp_serverapp.web_app.settings
    handlers["authorizer"] = Nobody(parent=jp_serverapp, identity_provider=jp_serverapp.identity_provider)
    for path in LOOKING:
        assert await client.refused(*path) == 403
    for path in CHANGING:
        assert await client.refused(*path, method="POST") == 403
    assert asked == [("read", "contents")] * len(LOOKING) + [("write", "cashet_jupyter")] * len(CHANGING)


async def test_no_path_leads_out_of_what_is_served(client, jp_root_dir, put):
    put()
    (jp_root_dir.parent / "outside" / ".cashet").mkdir(parents=True)
    (jp_root_dir / "link").symlink_to(jp_root_dir.parent / "outside")
    (jp_root_dir / "loop").symlink_to(jp_root_dir / "loop")
    for path in ESCAPES:
        for route in LOOKING:
            assert await client.refused(*route, path=path) == 404, path
        for route in CHANGING:
            assert await client.refused(*route, path=path, method="POST", body=PIN) == 404, path


async def test_a_store_above_what_is_served_is_not_used(client, jp_root_dir):
    from cashet_jupyter.store.store import open_store

    open_store(jp_root_dir.parent / ".cashet").close()
    assert (await client.get("store"))["exists"] is False


async def test_a_store_that_is_a_link_out_is_not_used(client, jp_root_dir):
    from cashet_jupyter.store.store import open_store

    open_store(jp_root_dir.parent / "elsewhere").close()
    (jp_root_dir / ".cashet").symlink_to(jp_root_dir.parent / "elsewhere")
    assert (await client.get("store"))["exists"] is False
    assert await client.refused("runs") == 404


async def test_the_nearest_store_is_used(client, jp_root_dir, put):
    from cashet_jupyter.store.store import open_store

    put()
    (jp_root_dir / "near" / "sub").mkdir(parents=True)
    open_store(jp_root_dir / "near" / ".cashet").close()
    assert (await client.get("store", path="near/sub/a.ipynb"))["folder"] == "near/.cashet"
    assert (await client.get("store", path="a.ipynb"))["folder"] == ".cashet"
    assert (await client.get("runs", path="near/sub/a.ipynb"))["runs"] == []


async def test_looking_makes_nothing(client, jp_root_dir):
    (jp_root_dir / "sub" / ".cashet").mkdir(parents=True)
    before = sorted(jp_root_dir.rglob("*"))
    assert (await client.get("store", path="sub/a.ipynb"))["exists"] is False
    for path in LOOKING[1:]:
        assert await client.refused(*path, path="sub/a.ipynb") == 404
    for path in CHANGING:
        assert await client.refused(*path, path="sub/a.ipynb", method="POST", body=PIN) == 404
    assert sorted(jp_root_dir.rglob("*")) == before


async def test_a_run_tells_what_it_is(client, put, jp_root_dir):
    first = put(1, created=100.0)
    second = put(
        2, created=200.0, parent=first.id, lineage=(first.id,), outputs=(Value("y", "9" * 64, "list", "3 items", 88),)
    )
    rows = (await client.get("runs"))["runs"]
    assert [row["id"] for row in rows] == [second.id, first.id]
    assert rows[0]["outputs"] == ["y"]
    assert rows[0]["own"]
    found = await client.get("runs", second.id)
    assert found["code"] == "x = slow()"
    assert found["inputs"][0] == {
        "name": "df",
        "type": "DataFrame",
        "summary": "10 x 3",
        "size": 280,
        "digest": "d" * 64,
        "preview": None,
    }
    assert found["lineage"] == [first.id]
    assert found["why"]["against"] == first.id
    graph = await client.get("runs", first.id, "lineage")
    assert graph["edges"] == [[first.id, second.id]]
    assert {node["id"] for node in graph["nodes"]} == {first.id, second.id}


async def test_what_a_run_showed_comes_without_anything_that_acts(client, put):
    shown = [
        ["stream", {"name": "stdout", "text": "one\r"}],
        ["stream", {"name": "stdout", "text": "two\n"}],
        [
            "display",
            {"data": {"text/html": "<b>x</b><script>alert(1)</script><img src=x onerror=alert(1)>"}, "metadata": {}},
        ],
        ["display", {"data": {"image/png": "aGk=", "text/plain": "<Figure>"}, "metadata": {}}],
        ["display", {"data": {"application/javascript": "alert(1)"}, "metadata": {}}],
        [
            "display",
            {
                "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Box()"},
                "metadata": {},
            },
        ],
    ]
    found = await client.get("runs", put(shown=shown).id, "shown")
    kinds = [(output["kind"], output.get("text")) for output in found["outputs"]]
    assert kinds == [
        ("stdout", "two\n"),
        ("html", "<b>x</b>"),
        ("image", "<Figure>"),
        ("note", "application/javascript"),
        ("text", "Box()"),
    ]
    assert found["outputs"][2]["address"] == "data:image/png;base64,aGk="


async def test_what_was_shown_is_bounded(client, put):
    shown = [["stream", {"name": "stdout", "text": "x" * 300_000}]]
    shown += [["display", {"data": {"image/png": "A" * (5 << 20)}, "metadata": {}}]]
    shown += [["display", {"data": {"text/plain": str(number)}, "metadata": {}}] for number in range(150)]
    found = await client.get("runs", put(shown=shown).id, "shown")
    assert len(json.dumps(found)) < 1 << 20
    assert found["outputs"][0]["cut"] == 250_000
    assert found["outputs"][1]["kind"] == "note"
    assert found["more"] == 52


async def test_outputs_that_are_none_are_said_to_be_damaged(client, put):
    for number, shown in enumerate(([7], [["stream", 7]], [["stream", {"name": 1, "text": [1]}, 1]])):
        assert await client.refused("runs", put(number, shown=shown).id, "shown") == 409


async def test_runs_are_found_by_every_condition(client, put, store, jp_root_dir):
    here, there = str(jp_root_dir / "a.ipynb"), str(jp_root_dir / "b.ipynb")
    one = put(1, created=100.0, cell=Cell("load()", "frame = Load()", "c1", here), outputs=(Value("frame", ""),))
    two = put(2, created=200.0, cell=Cell("fit()", "model = fit(frame)", "c2", there), outputs=(Value("model", ""),))
    three = put(3, created=300.0, cell=Cell("", "step(1)", "function:lib.step", None), error="Traceback", outputs=())
    two = store.tag(two, {"stage": "train", "by": "me"})
    expected = {
        (): (three, two, one),
        (("cell", "c1"),): (one,),
        (("variable", "model"),): (two,),
        (("variable", "mode"),): (),
        (("tag", "stage=train"),): (two,),
        (("tag", "stage"),): (two,),
        (("tag", "stage=test"),): (),
        (("status", "failed"),): (three,),
        (("status", "completed"),): (two, one),
        (("since", "150"),): (three, two),
        (("until", "250"),): (two, one),
        (("since", "150"), ("until", "250")): (two,),
        (("notebook", "1"), ("path", "a.ipynb")): (one,),
        (("notebook", "1"), ("path", "b.ipynb")): (two,),
        (("text", "load"),): (one,),
        (("text", "frame"),): (two, one),
        (("text", "by=me"),): (two,),
        (("text", three.id[:10]),): (three,),
        (("text", "nothing like it"),): (),
        (("text", "frame"), ("cell", "c2")): (two,),
        (("limit", "1"),): (three,),
    }
    for conditions, commits in expected.items():
        found = await client.get("runs", **dict(conditions))
        assert [row["id"] for row in found["runs"]] == [commit.id for commit in commits], conditions


async def test_nonsense_is_refused(client, put):
    put()
    for params in ({"limit": "x"}, {"limit": "-1"}, {"since": "soon"}, {"until": "nan"}, {"status": "odd"}, {"before": "../x"},
                   {"before": "ABC"}, {"text": "x" * 5000}):  # fmt: skip
        assert await client.refused("runs", **params) == 400, params
    assert await client.refused("runs", before=ID) == 404
    assert await client.refused("runs", ID) == 404
    assert await client.refused("names", "secret") == 404
    assert await client.refused("cells", cell="x" * 5000) == 400
    assert await client.refused("collect", method="POST", body={"max_size": -1}) == 400
    for body in ("[]", "{", "null", "[" * 5000, '{"pinned": 1}'):
        assert await client.refused("runs", ID, "pin", method="POST", body=body) == 400, body[:20]
    assert await client.refused("runs", ID, "tags", method="POST", body={"set": {"a": 1}}) == 400
    assert await client.refused("runs", ID, "tags", method="POST", body={"set": {"a": "x" * (1 << 17)}}) == 413


async def test_the_newest_run_of_each_cell_is_told_that_of_this_notebook_first(client, put, jp_root_dir, jp_fetch):
    here, there = str(jp_root_dir / "a.ipynb"), str(jp_root_dir / "b.ipynb")
    put(1, created=100.0, cell=Cell("v1", "v1", "c1", here))
    second = put(2, created=200.0, cell=Cell("v2", "v2", "c1", here))
    third = put(3, created=300.0, cell=Cell("v3", "v3", "c1", there))
    response = await jp_fetch(*API, "cells", params=[("path", "a.ipynb"), ("cell", "c1"), ("cell", "c9")])
    cells = json.loads(response.body)["cells"]
    assert cells["c1"]["id"] == second.id
    assert cells["c1"]["source"] == f"{zlib.crc32(b'v2'):08x}"
    assert cells["c9"] is None
    named = await client.get("cells", path="a.ipynb", run=third.id)
    assert named["runs"][third.id]["label"] == "v3"
    assert (await client.get("cells", run=ID))["runs"] == {ID: None}
    assert (await client.get("cells", path="renamed.ipynb", cell="c1"))["cells"]["c1"]["id"] == third.id


async def test_two_runs_are_compared_by_what_is_kept_of_them(client, put):
    old = put(
        1,
        code="1" * 64,
        cell=Cell("a = 1\nb = 2", "a = 1", "c", None),
        outputs=(Value("a", "1" * 64), Value("b", "2" * 64), Value("c", "")),
    )
    new = put(
        2,
        code="2" * 64,
        cell=Cell("a = 1\nb = 3", "a = 1", "c", None),
        outputs=(Value("a", "1" * 64), Value("b", "3" * 64), Value("d", "")),
    )
    found = await client.get("diff", old.id, new.id)
    assert found["findings"][0]["change"] == "changed (line 2)"
    assert [(row["name"], row["change"]) for row in found["results"]] == [
        ("b", "changed"),
        ("d", "new"),
        ("c", "gone"),
        ("a", "same"),
    ]
    assert (found["old"]["code"], found["new"]["code"]) == ("a = 1\nb = 2", "a = 1\nb = 3")


async def test_the_versions_of_a_cell_are_told_newest_first(client, put, jp_root_dir):
    here = str(jp_root_dir / "a.ipynb")
    old = put(1, created=100.0, code="1" * 64, cell=Cell("a = 1", "a = 1", "c", here))
    new = put(2, created=200.0, code="2" * 64, cell=Cell("a = 2", "a = 2", "c", here))
    again = put(3, created=300.0, code="2" * 64, cell=Cell("a = 2", "a = 2", "c", here))
    found = await client.get("runs", old.id, "versions")
    assert [[run["id"] for run in version["runs"]] for version in found["versions"]] == [[again.id, new.id], [old.id]]
    assert found["versions"][0]["change"] == "code changed (line 1)"
    assert found["complete"] is True


async def test_changes_are_made_and_told(client, put, store):
    commit = put(1)
    assert (await client.post("runs", commit.id, "pin", body={"pinned": True}))["pinned"] is True
    assert (await client.post("runs", commit.id, "pin", body={"pinned": False}))["pinned"] is False
    assert (await client.post("runs", commit.id, "tags", body={"set": {"a": "1", "b": "2"}}))["tags"] == {
        "a": "1",
        "b": "2",
    }
    assert (await client.post("runs", commit.id, "tags", body={"remove": ["a"]}))["tags"] == {"b": "2"}
    assert (await client.get("names", "tag"))["names"] == ["b=2"]
    assert (await client.get("runs", commit.id))["tags"] == {"b": "2"}
    assert await client.post("runs", commit.id, "rm") == {"removed": commit.id}
    assert await client.refused("runs", commit.id) == 404
    assert store.log() == []


async def test_a_collection_is_seen_before_it_is_made(client, put, store):
    gone, kept = put(1, expires=200.0), put(2)
    preview = await client.get("gc")
    assert [row["id"] for row in preview["evicted"]] == [gone.id]
    assert preview["evicted"][0]["why"] == "expired"
    assert len((await client.get("runs"))["runs"]) == 2
    done = await client.post("collect")
    assert [row["id"] for row in done["evicted"]] == [gone.id]
    assert [row["id"] for row in (await client.get("runs"))["runs"]] == [kept.id]
    stats = await client.get("stats")
    assert stats["commits"] == 1
    assert stats["limit"] > 0


async def test_ten_thousand_runs_are_searched_page_by_page(client, jp_root_dir, tmp_path):
    many_runs(jp_root_dir / ".cashet", 10_000, str(jp_root_dir / "a.ipynb"), tmp_path / "cashet.key")
    began = time.monotonic()
    first = await client.get("runs", limit="200")
    assert len(first["runs"]) == 200
    second = await client.get("runs", limit="200", before=first["next"])
    assert first["runs"][-1]["created"] > second["runs"][0]["created"]
    found = await client.get("runs", text="train(77)")
    assert {row["label"] for row in found["runs"]} == {"train(77)"}
    assert len((await client.get("runs", cell="cell-5", limit="200"))["runs"]) == 100
    assert len((await client.get("runs", text="TRAIN(", limit="200"))["runs"]) == 200
    assert time.monotonic() - began < 20
    assert len((await client.get("runs", limit="999999"))["runs"]) == 200


async def test_the_server_loads_nothing_that_could_run_what_is_stored(client, put, jp_root_dir):
    import subprocess
    import sys

    script = (
        "import sys, cashet_jupyter.server.extension\n"
        "bad = [name for name in sys.modules if name.startswith(('cashet_jupyter.serialize.', 'cashet_jupyter.effects', "
        "'cashet_jupyter.steps', 'cloudpickle', 'IPython')) and name != 'cashet_jupyter.serialize.plain']\n"
        "print(bad)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=jp_root_dir)
    assert done.stdout.strip() == "[]"


async def test_there_are_no_other_routes(jp_serverapp, client):
    """What the server knows below our address is what is tried here, and nothing beside it."""
    rules = [
        rule.matcher.regex.pattern
        for group in jp_serverapp.web_app.default_router.rules
        for rule in getattr(group.target, "rules", [])
        if hasattr(rule.matcher, "regex")
    ]
    assert len([rule for rule in rules if "cashet_jupyter/api" in rule]) == len(LOOKING) + len(CHANGING)
