"""What axe-core finds in a part of the page."""

from __future__ import annotations

import pytest

from tests.browser.host import REPOSITORY
from tests.browser.page import Page

AXE = REPOSITORY / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make lab")
_LOOK = "selector => axe.run(selector, {resultTypes: ['violations']}).then(found => found.violations)"


def violations(lab: Page, selector: str) -> list[tuple[str, str]]:
    """Those that it calls serious or critical: the rule, and the first element that breaks it."""
    if not lab.page.evaluate("() => 'axe' in window"):
        lab.page.add_script_tag(content=AXE.read_text())
    found = lab.page.evaluate(_LOOK, selector)
    return [(one["id"], one["nodes"][0]["html"][:300]) for one in found if one["impact"] in ("serious", "critical")]
