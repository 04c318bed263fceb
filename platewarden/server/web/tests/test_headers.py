"""Every answer, refusals and errors too: nothing is kept, nothing foreign runs, nobody frames it."""

from __future__ import annotations

import re

import pytest

from platewarden.server.people.testing import OPERATOR, UNTRAINED

PAGES = ["/", "/reads/search/", "/alerts/", "/lists/", "/ledger/mine/", "/purpose/", "/nowhere/", "/alerts/1/"]


def directives(answer) -> dict[str, list[str]]:
    parts = [each.split() for each in answer.headers["Content-Security-Policy"].split(";") if each.strip()]
    return {name: values for name, *values in parts}


def must_be_closed(answer) -> None:
    assert answer.headers["Cache-Control"] in ("no-store", "max-age=0, no-cache, no-store, must-revalidate, private")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    policy = directives(answer)
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["script-src"] == policy["connect-src"] == policy["worker-src"] == policy["form-action"] == ["'self'"]
    assert policy["style-src"] == policy["font-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert not re.search(r"unsafe|http:|https:|\*|blob:", answer.headers["Content-Security-Policy"])


@pytest.mark.parametrize("number", [OPERATOR, UNTRAINED, None])
def test_every_answer_is_closed(office, number):
    browser = office.browser(number)
    for path in PAGES:
        answer = browser.get(path)
        must_be_closed(answer)


def test_the_sign_in_page_and_a_found_plate_are_closed_too(office):
    must_be_closed(office.browser().get("/sign-in/"))
    office.receive(office.car(), "AB12345")
    answer = office.browser(OPERATOR).post("/reads/search/", {"plate": "AB12345", "span": "week"})
    assert b"AB12345" in answer.content
    must_be_closed(answer)


def test_pages_carry_no_script_or_style_of_their_own(office):
    """Under this policy it would not run; a page that has some is broken."""
    office.receive(office.car(), "AB12345")
    browser = office.browser(OPERATOR)
    pages = [browser.get(path).content.decode() for path in PAGES]
    pages.append(browser.post("/reads/search/", {"plate": "AB12345", "span": "week"}).content.decode())
    pages.append(office.browser().get("/sign-in/").content.decode())
    for page in pages:
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", page)
        assert not re.search(r"\son[a-z]+\s*=", page)
        assert not re.search(r"<style|\sstyle\s*=", page)
        assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", page)


def test_the_forms_cookie_is_for_no_script(office):
    browser = office.browser()
    browser.get("/sign-in/")
    cookie = browser.cookies["csrftoken"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Strict"


def test_a_plate_stands_in_no_address(office):
    """The search is posted; what is found leads on by number, not by plate."""
    office.receive(office.car(), "AB12345")
    browser = office.browser(OPERATOR)
    page = browser.post("/reads/search/", {"plate": "AB12345", "span": "week"}).content.decode()
    assert not [address for address in re.findall(r"(?:href|action|src)=[\"']([^\"']*)", page) if "AB12345" in address]
    assert b"AB12345" not in browser.get("/reads/search/?plate=AB12345").content


def test_a_browser_has_one_stream_however_many_consoles_it_opens(office):
    """HTTP/1.1 allows six connections a host: a seventh console with a stream of its own would hang the browser."""
    browser = office.browser(OPERATOR)
    page = browser.get("/alerts/").content.decode()
    (worker,) = re.findall(r'data-worker="([^"]+)"', page)
    scripts = re.findall(r'<script[^>]* src="([^"]+)"', page)
    texts = {path: b"".join(browser.get(path).streaming_content).decode() for path in [worker, *scripts]}
    assert "EventSource(" in texts[worker]
    assert "onconnect" in texts[worker]
    assert any("new SharedWorker(bar.dataset.worker" in texts[path] for path in scripts)
    assert not any("EventSource" in texts[path] for path in scripts)
