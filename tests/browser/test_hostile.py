"""A store that came from somewhere else: nothing in it acts in the page, asks anything of anybody, or makes it unusable."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import replace

import pytest

from cashet_jupyter.models import Cell, Dependency, Part, Value
from cashet_jupyter.serialize.plain import pack
from cashet_jupyter.store.store import open_store
from cashet_jupyter.store.trust import load_key
from tests.contracts.store_contract import make_commit, make_payload

CALL = "(window.hacked=1)"
MARKUP = (
    f"<script>{CALL}</script>", f"<img src=x onerror={CALL}>", f"<svg onload={CALL}>", f"<svg><script>{CALL}</script></svg>",
    f"<a href='javascript:{CALL}'>x</a>", f"<iframe src='javascript:parent.{CALL}'></iframe>", f"<iframe srcdoc='<script>parent.{CALL}</script>'></iframe>",
    f"<body onload={CALL}>", f"<details open ontoggle={CALL}>x</details>", f"<video><source onerror={CALL}></video>", f"<input autofocus onfocus={CALL}>",
    f"<object data='javascript:{CALL}'></object>", f"<embed src='javascript:{CALL}'>", f"<form action='javascript:{CALL}'><button>x</button></form>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}>", "<style>@import 'http://evil.test/x.css';</style>",
    "<link rel=stylesheet href=http://evil.test/x.css>", "<meta http-equiv=refresh content='0;url=http://evil.test'>", "<base href='http://evil.test/'>",
    "<div style=\"background:url('http://evil.test/x')\">x</div>", "<img src='http://evil.test/x.png'>", "<table background='http://evil.test/x'><tr><td>x</td></tr></table>",
    "<button data-commandlinker-command='cashet:show-run'>x</button>", f"<noscript><p title='</noscript><img src=x onerror={CALL}>'>",
    f"<svg><animate onbegin={CALL} attributeName=x dur=1s></svg>", f"<!--<img src='--><img src=x onerror={CALL}>", f"<p onclick={CALL} style='position:fixed;inset:0;z-index:9999'>x</p>",
    f"<select><template><script>{CALL}</script></template></select>", "<video src='http://evil.test/v' autoplay></video>", "<audio src='http://evil.test/a' autoplay></audio>",
)  # fmt: skip
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script>parent.{CALL}</script><image href='http://evil.test/i'/><foreignObject><img xmlns='http://www.w3.org/1999/xhtml' src='x' onerror='{CALL}'/></foreignObject></svg>"
MARKDOWN = f"[x](javascript:{CALL}) <img src=x onerror={CALL}> ![x](http://evil.test/m.png) <script>{CALL}</script>"
LATEX = (
    f"$\\href{{javascript:{CALL}}}{{x}}$ $\\style{{background:url(http://evil.test/l)}}{{x}}$ $$\\def\\a{{\\a\\a}}\\a$$"
)
ANSI = "\x1b[31mred\x1b]8;;javascript:(window.hacked=1)\x07link\x1b]8;;\x07 <img src=x onerror=(window.hacked=1)>"
DEEP: object = 1
for _ in range(300):
    DEEP = [DEEP]
SHOWN = (
    *({"text/html": vector} for vector in MARKUP),
    {"text/html": "".join(MARKUP)},
    {"image/svg+xml": SVG},
    {"image/png": base64.b64encode(b"not a picture").decode()},
    {"image/png": "x' onerror='(window.hacked=1)"},
    {"text/markdown": MARKDOWN},
    {"text/latex": LATEX},
    {"application/json": DEEP},
    {"application/javascript": CALL},
    {"application/vnd.jupyter.widget-view+json": {"model_id": CALL}},
    {"application/vnd.cashet.run.v1+json": {"v": 1}, "text/html": MARKUP[1]},
    {"text/plain": "\u202egnp.evil\u2066" + "x" * 200_000},
)
NAMES = (
    *MARKUP[:3],
    "\u202egnp.evil",
    "\x1b[31mred",
    "../../../etc/passwd",
    "javascript:(window.hacked=1)",
    "x" * 5000,
    "\0\ud800",
    "",
)


def commit_of(number, name, notebook):
    """A record in which every field that is a text says this."""
    value = Value(name, "e" * 64, name, name, 1 << 62, (Part("key", name, "", name),))
    return replace(
        make_commit(f"{number:064x}"),
        cell=Cell(f"{name}\n# {number}", name, f"cell-{number % 3}", notebook),
        created=1.0e9 + number,
        inputs=(value,) * 30,
        outputs=(value, *(Value(name, "f" * 64, name, name) for _ in range(30))),
        depends=(Value(name, name),),
        trace=(Dependency("file", name, name, name),) * 30,
        artifacts=(),
        not_stored=(name,) * 30,
        parent=f"{number - 1:064x}" if number else name,
        versions={name: name},
        host=name,
        arguments=name,
        error=name,
        seconds=-1e300 if number % 2 else float("inf"),
        tags={name.replace("=", "")[:200] or "x": name[:200], "plain": name[:200]},
    )


def filled(root, key, commits, shown):
    """A store with these records, each of which has shown one portion of what there is."""
    store = open_store(root / ".cashet", key=key)
    try:
        return [
            store.put(commit, replace(make_payload(number), shown=pack(shown[number % len(shown)])), durable=False).id
            for number, commit in enumerate(commits)
        ]
    finally:
        store.close()


@pytest.fixture(scope="module")
def hostile(server):
    """Runs of a store by someone else, whose records are as bad as they can be."""
    root = server.root / "hostile"
    commits = [commit_of(number, NAMES[number % len(NAMES)], str(root / "h.ipynb")) for number in range(len(NAMES) * 2)]
    return filled(root, secrets.token_bytes(32), commits, [()])


@pytest.fixture(scope="module")
def shown(server):
    """Runs by the user, which have shown what they got from somewhere else."""
    root = server.root / "shown"
    items = [["display", {"data": data, "metadata": {}}] for data in SHOWN]
    items += [["stream", {"name": "stdout", "text": ANSI}], ["stream", {"name": "stderr", "text": ANSI}]]
    portions = [items[start : start + 9] for start in range(0, len(items), 9)]
    notebook = str(root / "s.ipynb")
    commits = [
        make_commit(f"{number:064x}", cell=Cell(f"show({number})", f"show({number})", "cell-1", notebook))
        for number in range(len(portions))
    ]
    return filled(root, load_key({"CASHET_KEY_FILE": str(server.key)}), commits, portions)


@pytest.fixture
def outside(lab):
    """Requests that left for another host."""
    asked = []
    host = lab.server.url.split("/")[2]

    def look(request):
        if request.url.split(":")[0] in ("http", "https", "ws", "wss") and request.url.split("/")[2] != host:
            asked.append(request.url)

    lab.page.on("request", look)
    yield asked
    lab.page.remove_listener("request", look)


def calm(lab, outside):
    """Nothing has acted, and Lab still answers."""
    assert lab.page.evaluate("() => window.hacked") is None
    assert outside == []
    assert lab.page.evaluate("() => [document.baseURI.startsWith(location.origin), location.host]") == [
        True,
        lab.server.url.split("/")[2],
    ]
    active = (
        "script, iframe, object, embed, form, link, meta, base, video, audio, "
        "[onerror], [onload], [onclick], [onfocus], [ontoggle], [onbegin], [data-commandlinker-command], "
        "a[href^='javascript' i], img[src^='http://evil'], [style*='evil']"
    )
    for place in ("#cashet-history", ".jp-Cashet-runpage"):
        assert lab.page.locator(place).locator(active).evaluate_all("all => all.map(one => one.outerHTML)") == []


def test_its_lists_are_shown_as_what_they_are(lab, hostile, outside):
    lab.write("hostile/h.ipynb", "x = 1")
    lab.open("hostile/h.ipynb", kernel=False)
    panel = lab.show_history("Runs")
    lab.rows("by someone else").first.wait_for()
    lab.shot("hostile-runs")
    box = lab.rows().first.bounding_box()
    assert box["height"] < 100
    panel.get_by_role("tree").focus()
    for _ in range(len(NAMES) * 2):
        lab.page.keyboard.press("ArrowDown")
    search = panel.get_by_label("Search runs")
    search.fill(MARKUP[1])
    search.press("Enter")
    search.fill("tag:plain=" + json.dumps(MARKUP[1]))
    search.press("Enter")
    search.fill("")
    search.press("Escape")  # what can be searched for is offered below it
    panel.get_by_role("button", name="Filters").click()
    panel.get_by_role("button", name="Filters").click()
    lab.show_history("Storage")
    lab.rows("h.ipynb").wait_for()
    panel.get_by_role("button", name="Free space").click()
    panel.get_by_label("Bring it below").wait_for()
    lab.page.wait_for_function("() => document.querySelector('.jp-Cashet-summary')?.textContent")
    panel.get_by_role("button", name="Cancel").click()
    calm(lab, outside)


def pages_of(lab, runs, until):
    """Open the page of each run, until it shows this."""
    for run in runs:
        lab.page.evaluate("id => { void window.jupyterapp.commands.execute('cashet:show-run', {id}); }", run)
        lab.page.wait_for_function(
            "run => window.jupyterapp.shell.currentWidget?.content?.key === `run ${run}`", arg=run
        )
        page = lab.page.locator(".jp-Cashet-runpage:visible")
        page.locator(until).first.wait_for(state="attached")  # of some nothing is left to be seen
        assert page.evaluate("one => one.scrollWidth - one.clientWidth") < 9


def test_the_pages_of_its_runs_are_shown_and_cannot_act(lab, hostile, outside):
    lab.write("hostile/h.ipynb", "x = 1")
    lab.open("hostile/h.ipynb", kernel=False)
    lab.show_history("Runs")
    lab.rows("by someone else").first.wait_for()
    pages_of(lab, hostile[: len(NAMES)], ".jp-Cashet-shown:has-text('not by this user')")
    lab.shot("hostile-run")
    calm(lab, outside)
    lab.page.get_by_role("menuitem", name="File").click()  # it is still a page in which one can do something
    lab.page.locator(".lm-Menu").first.wait_for()
    lab.page.keyboard.press("Escape")


def test_what_was_shown_cannot_act(lab, shown, outside):
    lab.write("shown/s.ipynb", "x = 1")
    lab.open("shown/s.ipynb", kernel=False)
    lab.show_history("Runs")
    lab.rows("show(").first.wait_for()
    pages_of(lab, shown, ".jp-Cashet-output >> nth=2")
    lab.shot("hostile-shown")
    calm(lab, outside)


@pytest.mark.parametrize("name", ["hostile/h.ipynb", "shown/s.ipynb"])
def test_two_of_them_are_compared_and_cannot_act(lab, hostile, shown, outside, name):
    lab.write(name, "x = 1")
    lab.open(name, kernel=False)
    panel = lab.show_history("Runs")
    lab.rows().nth(4).wait_for()
    panel.get_by_role("tree").focus()
    lab.page.keyboard.press("Home")
    for _ in range(2):
        lab.page.keyboard.press("c")
        lab.page.keyboard.press("ArrowDown")
        lab.page.keyboard.press("c")
        diff = lab.page.locator(".jp-Cashet-page.jp-mod-wide:visible")
        diff.get_by_role("heading", name="What they showed").wait_for()
        diff.get_by_text("Loading…").first.wait_for(state="detached")
        panel.get_by_role("tree").focus()
        lab.page.keyboard.press("ArrowDown")
    lab.shot("hostile-diff")
    calm(lab, outside)
