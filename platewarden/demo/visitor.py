"""A member at a browser, without the browser: real sign-in with second factor, real forms, real live stream, over HTTP."""

from __future__ import annotations

import base64
import re
import threading
import time
from html import unescape
from types import TracebackType
from typing import Self

import httpx
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from platewarden.demo.cast import Player
from platewarden.policy.refusal import PlatewardenError

CLAUSE = re.compile(r'pw-refusal__number">Policy ([^<]+)<')
BECAUSE = re.compile(r'pw-refusal__because">([^<]+)<')


class NotAsTold(PlatewardenError):
    """A page did not answer as the story expects."""


STILL_GOOD_S = 5.0
given: dict[str, int] = {}
"""The thirty seconds (counted from 1970) whose code a seed last gave out."""


def code_of(seed: str, at: float) -> str:
    """The second factor's code at a moment (RFC 6238: SHA-1, six digits, 30 seconds)."""
    totp = TOTP(base64.b32decode(seed), 6, SHA1(), 30, enforce_key_length=False)  # noqa: S303
    return totp.generate(int(at)).decode()


def code_now(seed: str) -> str:
    """A code that still counts when it arrives, and that this process has not given out: otherwise the next one is waited for.

    The office takes no code twice, whichever browser the member sits at.
    """
    now = time.time()
    if 30 - now % 30 < STILL_GOOD_S or given.get(seed) == int(now // 30):
        time.sleep(30 - now % 30)
    given[seed] = int(time.time() // 30)
    return code_of(seed, time.time())


class Visitor:
    """One member's session."""

    def __init__(self, origin: str, player: Player) -> None:
        self.player = player
        self.http = httpx.Client(base_url=origin, timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.http.close()

    def sign_in(self) -> None:
        """Password, then the code of the second factor."""
        self.http.get("/sign-in/").raise_for_status()
        answer = self.send("/sign-in/", login=self.player.number, password=self.player.password)
        if answer.headers.get("location") != "/sign-in/code/":
            raise NotAsTold(f"Sign-in of {self.player.name} did not ask for the second factor (status {answer.status_code}).")
        answer = self.send("/sign-in/code/", code=code_now(self.player.seed))
        if answer.status_code != 302 or "person" not in self.http.cookies:
            raise NotAsTold(f"Sign-in of {self.player.name} was not taken (status {answer.status_code}).")

    def state_purpose(self, purpose: str, reference: str) -> None:
        self.must_move(self.send("/purpose/", purpose=purpose, reference=reference, next="/"), "stating a purpose")

    def look(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def page(self, path: str) -> str:
        answer = self.http.get(path)
        if answer.status_code != 200:
            raise NotAsTold(f"{path} answered {answer.status_code}.")
        return answer.text

    def send(self, path: str, *, upload: tuple[str, bytes] | None = None, part: str = "", **fields: str) -> httpx.Response:
        """Posts a form as a page would, with the page's token; for a part of the page only, as its script asks."""
        headers = {"X-CSRFToken": self.http.cookies.get("csrftoken") or "", "Referer": str(self.http.base_url)}
        headers |= {"X-Part": part} if part else {}
        files = {"file": upload} if upload else None
        return self.http.post(path, data=fields, files=files, headers=headers)

    def must_move(self, answer: httpx.Response, what: str) -> httpx.Response:
        """A form that was taken answers with a redirect."""
        if answer.status_code != 302:
            said = BECAUSE.search(answer.text)
            raise NotAsTold(f"{what} answered {answer.status_code}: {unescape(said.group(1)) if said else 'no reason given'}")
        return answer


def refusal_of(answer: httpx.Response) -> tuple[str, str] | None:
    """Clause number and sentence of a refusal page; None when the page is not one."""
    number, because = CLAUSE.search(answer.text), BECAUSE.search(answer.text)
    if answer.status_code != 403 or not number or not because:
        return None
    return unescape(number.group(1)).strip(), unescape(because.group(1)).strip()


class Console(threading.Thread):
    """The open console of a member: follows the live stream and fetches each alert as it comes, like the page does."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__(daemon=True)
        self.visitor = visitor
        self.shown: list[int] = []
        self.first_at: float | None = None
        self._cookies = dict(visitor.http.cookies)
        self._stopping = threading.Event()

    def run(self) -> None:
        base = str(self.visitor.http.base_url)
        with httpx.Client(base_url=base, timeout=httpx.Timeout(30, read=60), cookies=self._cookies, trust_env=False) as http:
            while not self._stopping.is_set():
                try:
                    self._follow(http)
                except httpx.TransportError:
                    time.sleep(0.5)

    def _follow(self, http: httpx.Client) -> None:
        after = max(self.shown, default=0)
        with http.stream("GET", "/alerts/stream/", params={"after": after}) as stream:
            for line in stream.iter_lines():
                if self._stopping.is_set():
                    return
                if line.startswith("id: "):
                    self._show(int(line[4:]))

    def _show(self, number: int) -> None:
        answer = self.visitor.look(f"/alerts/{number}/strip/")
        if answer.status_code == 200 and f'data-alert="{number}"' in answer.text and number not in self.shown:
            self.first_at = self.first_at or time.monotonic()
            self.shown.append(number)

    def stop(self) -> None:
        self._stopping.set()
