"""What a browser loads of the extension: little at first, the graph and the comparison when they are asked for."""

from __future__ import annotations

import gzip

from tests.browser.cells import LOAD

#: bytes as they are compressed for the way
FIRST = 60_000
#: by which the libraries are known in what is served
GRAPH, COMPARISON = "network-simplex", "cm-inlineChangedLineGutter"


def test_what_is_loaded_at_first_is_small_and_the_rest_comes_when_it_is_asked_for(new_page, server):
    lab = new_page(server)
    scripts: dict[str, bytes] = {}

    def keep(response):
        if "/extensions/cashet-jupyter/static/" in response.url:
            scripts[response.url.partition("?")[0]] = response.body()

    def has(mark):
        return any(mark.encode() in script for script in scripts.values())

    lab.page.on("requestfinished", lambda request: keep(request.response()))
    lab.write("bundle/bundle.ipynb", LOAD, "%%cashet\na = 1", "%%cashet\nb = a")
    lab.open("bundle/bundle.ipynb")
    lab.show_history()
    lab.run(0, 1, 2)
    lab.edit(2, "%%cashet\nb = a + 1")
    lab.run(2)
    lab.total(3)
    first = sum(len(gzip.compress(script, 6)) for script in scripts.values())
    print(f"first load: {len(scripts)} files, {first} bytes compressed")
    assert scripts
    assert first < FIRST
    assert not has(GRAPH)
    assert not has(COMPARISON)
    lab.show_history("Runs")
    lab.rows("b = a + 1").first.click()
    page = lab.page.locator(".jp-Cashet-runpage:visible")
    page.locator(".jp-Cashet-node").nth(1).wait_for()
    assert has(GRAPH)
    assert not has(COMPARISON)
    page.get_by_role("button", name="Compare with the run before").click()
    lab.page.locator(".cm-changedLine:visible").first.wait_for()
    assert has(COMPARISON)
    whole = sum(len(gzip.compress(script, 6)) for script in scripts.values())
    print(f"with a page, a graph and a comparison: {len(scripts)} files, {whole} bytes compressed")
    lab.page.context.close()
