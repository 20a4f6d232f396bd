"""A page in a real browser as people meet it: accessible, still, within its width, silent, asking nobody else."""

import json
from pathlib import Path

from playwright.sync_api import Browser

from tests.support.browsing import complaints

LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
MAX_SHIFT = 0.02
# Pixels: a page on a phone is narrowed to these too, and must still fit.
NARROWER = (360, 320)
_SHIFT = """() => new Promise(resolve => {
  new PerformanceObserver(list => resolve(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => resolve(0), 300);
})"""
_WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
_AXE = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


def faults(browser: Browser, root: str, path: str, width: int, scheme: str, axe: Path) -> list[str]:
    """Return what is wrong with a page at `root` + `path`, at this width and in these colours; `axe` is its script."""
    with browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    ) as context:
        page = context.new_page()
        result = complaints(page, root)
        page.goto(root + path, wait_until="networkidle")
        shift = page.evaluate(_SHIFT)
        if shift >= MAX_SHIFT:
            result.append(f"it shifts by {shift:.3f}")
        # What is folded away has to be sound too.
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for narrowed in (width, *(NARROWER if width < 400 else ())):
            page.set_viewport_size({"width": narrowed, "height": 800})
            wide, room = page.evaluate(_WIDTHS)
            if wide > room:
                result.append(f"it is {wide} pixels wide in a window of {room}")
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(axe.read_text(encoding="utf-8"))
        for rule in page.evaluate(_AXE):
            places = [node["target"] for node in rule["nodes"]]
            result.append(f"axe {rule['id']} ({len(places)} times, first {json.dumps(places[0])}): {rule['help']}")
    return [f"{path} at {width} {scheme}: {said}" for said in result]
