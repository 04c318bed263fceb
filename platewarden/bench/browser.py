"""A real browser that a bench looks through: which of the things on a page were there when."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from platewarden.policy.refusal import Unavailable

__all__ = ["chromium", "first_seen", "listen"]

LISTENING: Final = """
([what, from]) => {
  window.seen = {};
  const look = () => {
    for (const each of document.querySelectorAll(what)) {
      const text = (from ? each.dataset[from] || "" : each.textContent.replace(/\\s/g, ""));
      if (!(text in window.seen)) window.seen[text] = Date.now() / 1000;
    }
  };
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, characterData: true, attributes: true });
  look();
}
"""


@contextmanager
def chromium() -> Iterator[Any]:
    """Chromium, until the end of the block. Unavailable when the machine has none."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only `make bench` brings it

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise Unavailable("There is no Chromium on this machine, and the pages cannot be looked at. Install one.")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def listen(page: Any, selector: str, *, data: str = "") -> None:
    """From now on: when each text first stood in an element of this selector, or in its `data-` attribute."""
    page.evaluate(LISTENING, [selector, data])


def first_seen(page: Any) -> dict[str, float]:
    """Text -> seconds since 1970, by the browser's clock, which is the machine's."""
    return {str(text): float(at) for text, at in page.evaluate("window.seen").items()}
