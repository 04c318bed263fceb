"""A member at a real browser with a virtual key: sets a passkey up, signs out, signs in with it, and proves again who it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import CDPSession, Page, expect, sync_playwright

from platewarden.demo import cast
from platewarden.demo.story import Stage
from platewarden.demo.visitor import code_now
from tests.pages.test_pages import CHROMIUM, FLAGS

expect.set_options(timeout=60_000)
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Desk:
    at: Stage
    page: Page
    tool: CDPSession
    key: str
    wrong: list[str]

    def go(self, path: str) -> None:
        self.page.goto(f"{self.at.config.public_origin}{path}")

    def give_password(self, number: str) -> None:
        self.go("/sign-in/")
        self.page.get_by_label("Member number").fill(number)
        self.page.get_by_label("Password").fill(self.at.players[number].password)
        self.page.get_by_role("button", name="Continue").click()

    def prove_by_password(self, number: str) -> None:
        self.page.get_by_label("Password").fill(self.at.players[number].password)
        self.page.get_by_role("button", name="Confirm").click()

    def verify(self, yes: bool) -> None:  # noqa: FBT001
        self.tool.send("WebAuthn.setUserVerified", {"authenticatorId": self.key, "isUserVerified": yes})


@pytest.fixture
def desk(at: Stage) -> Iterator[Desk]:
    with ExitStack() as last:
        player = last.enter_context(sync_playwright())
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        last.callback(browser.close)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None)
        page.on("dialog", lambda dialog: dialog.accept())
        tool = page.context.new_cdp_session(page)
        tool.send("WebAuthn.enable")
        key = tool.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]
        yield Desk(at, page, tool, key, wrong)


def test_a_passkey_is_set_up_signs_in_and_proves_again(desk: Desk) -> None:
    page, number = desk.page, cast.SUPERVISOR
    desk.give_password(number)
    page.locator("input[name=code]").fill(code_now(desk.at.players[number].seed))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=desk.at.players[number].name).click()
    page.get_by_role("link", name="Set up a passkey").click()
    desk.prove_by_password(number)
    page.get_by_label("Its name").fill("Stick on my keys")
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("link", name="I have written them down").click()
    desk.go("/my-sign-in/")
    expect(page.get_by_role("row").filter(has_text="Stick on my keys").first).to_be_visible()

    # signed out, and in again: the password first, then the key
    page.get_by_role("button", name="Lock").click()
    desk.give_password(number)
    desk.verify(yes=False)  # somebody who has the key and not its PIN
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.locator("[data-passkey-said]")).to_be_visible(timeout=90_000)
    desk.verify(yes=True)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("link", name=desk.at.players[number].name)).to_be_visible()

    # what was sent is worth nothing a second time, nor from elsewhere
    page.get_by_role("button", name="Lock").click()
    desk.give_password(number)
    answer = page.evaluate(
        """async (body) => {
            const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
            const form = new URLSearchParams(body);
            form.set("csrfmiddlewaretoken", token);
            const said = await fetch("/sign-in/code/", {method: "POST", body: form, redirect: "manual"});
            return [said.type, await said.text()];
        }""",
        next(each for each in sent if "credential" in each),
    )
    assert answer[0] == "basic"  # the page again, no way onwards
    assert "was not taken" in answer[1]
    desk.go("/sign-in/code/")
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("link", name=desk.at.players[number].name)).to_be_visible()

    # the page that asks again, as it comes before a duty is given (access/tests/test_passkey.py waits the minutes)
    desk.go(f"/again/?next=/people/{cast.OPERATOR}/")
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("heading", name=desk.at.players[cast.OPERATOR].name)).to_be_visible()
    assert desk.wrong == []


def test_a_page_of_another_origin_gets_no_answer_from_the_key(desk: Desk) -> None:
    """The browser and the server each refuse: the one by its rule, the other by what the answer says of itself."""
    options = {"publicKey": {"challenge": "AAAA", "rpId": "localhost", "allowCredentials": [], "userVerification": "required"}}
    desk.page.goto(desk.at.config.public_origin.replace("localhost", "127.0.0.1") + "/sign-in/")
    said = desk.page.evaluate(
        """async (options) => { try {
            options.publicKey.challenge = new Uint8Array(32);
            await navigator.credentials.get(options); return "answered";
        } catch (error) { return error.name; } }""",
        options,
    )
    assert said == "SecurityError"
