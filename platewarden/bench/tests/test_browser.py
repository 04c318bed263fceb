"""The browser that a bench looks through, on a page of its own."""

import pytest

from platewarden.bench import browser as module
from platewarden.bench.browser import chromium, first_seen, listen
from platewarden.policy.refusal import Unavailable


@pytest.mark.browser
def test_what_stood_there_and_what_came_later_is_told_once():
    pytest.importorskip("playwright.sync_api")
    with chromium() as browser:
        page = browser.new_page()
        page.set_content("<ol><li data-said='first'>A B</li></ol>")
        listen(page, "li")
        page.evaluate("document.querySelector('ol').insertAdjacentHTML('beforeend', '<li>CD</li>')")
        page.wait_for_timeout(50)
        seen = first_seen(page)
        assert list(seen) == ["AB", "CD"]
        assert seen["AB"] <= seen["CD"]
        listen(page, "li", data="said")
        assert "first" in first_seen(page)


def test_a_machine_without_chromium_is_said(monkeypatch):
    pytest.importorskip("playwright.sync_api")
    monkeypatch.setattr(module.shutil, "which", lambda _: None)
    with pytest.raises(Unavailable, match="no Chromium"), chromium():
        pass
