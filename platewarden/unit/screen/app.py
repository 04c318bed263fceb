"""The addresses of the car's screen, and the one translator of our errors at this door.

Before anything else each request is asked: is it for this host (a page elsewhere that points its own name at 127.0.0.1 is
turned away)? A post must come from a page of ours, with the token of its own cookie. What shows a plate asks for a session
that was bound to the shift that runs, and has its line in the journal before it is made.

A locked screen answers with alerts and with unlocking, and refuses the rest. Answers are never stored, and no log is written.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from http.cookies import SimpleCookie
from importlib import resources
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from platewarden.exchange.hotlist_edition import EditionEntry
from platewarden.exchange.task_answer import Said
from platewarden.plate.match import Answer
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, PlatewardenError, Refusal, Refused, Unavailable, Unknown
from platewarden.policy.verification import Answered, EyeSaw, Outcome
from platewarden.unit.board import Card
from platewarden.unit.outcome import Outcomes
from platewarden.unit.screen.markup import Html
from platewarden.unit.screen.pages import Pages, View
from platewarden.unit.screen.session import COOKIE, Sessions
from platewarden.unit.shift import Shift, Stated
from platewarden.unit.station import Station
from platewarden.unit.streets import Streets
from platewarden.unit.strip import Strip
from platewarden.unit.typed import Typed

__all__ = ["Screen"]

W = TypeVar("W", bound=StrEnum)

LONGEST_FORM: Final = 16_384
LOOK_EVERY_S: Final = 0.1
STILL_S: Final = 5.0
STATIC: Final = {"screen.css": "text/css; charset=utf-8", "screen.js": "text/javascript; charset=utf-8"}
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # with none at all a browser sends no origin with a form either
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
NOT_OURS = Refusal(Clause.SAFEGUARDED, "This did not come from a page of this screen. Go back to it, and do it there.")
NOT_KNOWN = Refusal(Clause.ACCESS_DOCUMENTED, "This screen is not known to the shift that runs. Unlock it with your shift secret.")
NIGHT_FROM, NIGHT_UNTIL = 19, 7


@dataclass
class Visit:
    """One request: its cookie, and what was typed or tapped."""

    cookie: str
    form: dict[str, str]
    query: Mapping[str, str]
    number: int
    which: str
    wished_night: str
    is_new: bool = False
    over_tls: bool = False


@dataclass
class Screen:
    """The screen of one run, as an ASGI application. `port` is the one it is served on: no other host is answered.

    `car_network` is where the paired laptop finds it, if one may come (`paired.py`).
    """

    station: Station
    outcomes: Outcomes
    typed: Typed
    strip: Callable[[], Strip]
    port: int
    car_network: str = ""
    streets: Streets | None = None
    """The department's road file, to draw a canvass on."""
    sessions: Sessions = field(default_factory=Sessions)
    _closed: bool = False

    def __post_init__(self) -> None:
        self.pages = Pages(self.station, self.streets)
        gets = {
            "/": self._home,
            "/shift": self._shift,
            "/query": self._query,
            "/voice": self._voice,
            "/crew": self._crew,
            "/tasks/{number:int}": self._task,
            "/alerts/{number:int}": self._card,
            "/alerts/{number:int}/{which}": self._picture,
        }
        posts: dict[str, tuple[Callable[[Visit], Response], Callable[[Visit, View], Html]]] = {
            "/sign-on": (self._do_sign_on, self._home),
            "/unlock": (self._do_unlock, self._home),
            "/lock": (self._do_lock, self._home),
            "/join": (self._do_join, self._crew),
            "/leave": (self._do_leave, self._crew),
            "/take-over": (self._do_take_over, self._crew),
            "/sign-off": (self._do_sign_off, self._crew),
            "/query": (self._do_query, self._query),
            "/voice": (self._do_voice, self._voice),
            "/tasks/{number:int}": (self._do_task, self._task),
            "/alerts/{number:int}/compare": (self._do_compare, self._card),
            "/alerts/{number:int}/again": (self._do_again, self._card),
            "/alerts/{number:int}/acknowledge": (self._do_acknowledge, self._card),
            "/alerts/{number:int}/verify": (self._do_verify, self._card),
            "/alerts/{number:int}/dispose": (self._do_dispose, self._card),
        }
        words: dict[str, Callable[[Visit], Response]] = {
            "/alerts/{number:int}/copy": self._do_copy,
            "/touch": self._do_touch,
        }
        self._app = Starlette(
            routes=[
                *(Route(path, self._post(act, view), methods=["POST"]) for path, (act, view) in posts.items()),
                *(Route(path, self._post(act, None), methods=["POST"]) for path, act in words.items()),
                *(Route(path, self._page(view), methods=["GET"]) for path, view in gets.items()),
                Route("/strip", self._fragment(lambda _: self.pages.strip(self.strip())), methods=["GET"]),
                Route("/task-map/{number:int}", self._fragment(self._task_map), methods=["GET"]),
                Route("/queue", self._fragment(self._queue), methods=["GET"]),
                Route("/events", self._events, methods=["GET"]),
                Route("/static/{name}", _static, methods=["GET"]),
            ],
        )

    def close(self) -> None:
        """End the streams, so that the server can stop."""
        self._closed = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        if request.headers.get("host") not in self._origins():
            await _with_headers(PlainTextResponse("This screen answers at its own address only.", 421))(scope, receive, send)
            return
        if request.headers["host"] == self.car_network:
            scope = {**scope, "scheme": "https"}
        await self._app(scope, receive, send)

    def _origins(self) -> dict[str, str]:
        """Each host that is answered, with the origin of its pages."""
        here = {f"{host}:{self.port}": f"http://{host}:{self.port}" for host in ("127.0.0.1", "localhost")}
        return {**here, self.car_network: f"https://{self.car_network}"} if self.car_network else here

    # how a request becomes an answer

    def _page(self, view: Callable[[Visit, View], Html]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            visit = _visit(request, {})
            try:
                return self._shown(visit, await run_in_threadpool(view, visit, self._view(visit)), 200)
            except PlatewardenError as error:
                return self._shown(visit, await run_in_threadpool(self._error, visit, error), error.status)

        return answer

    def _post(self, act: Callable[[Visit], Response], view: Callable[[Visit, View], Html] | None) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            visit = _visit(request, {})
            try:
                visit.form = await _form(request)
                self._must_be_ours(request, visit)
                return _with_headers(await run_in_threadpool(act, visit))
            except ClientDisconnect:
                return PlainTextResponse("", 400)
            except PlatewardenError as error:
                return await run_in_threadpool(self._refused, visit, view, error)

        return answer

    def _refused(self, visit: Visit, view: Callable[[Visit, View], Html] | None, error: PlatewardenError) -> Response:
        """The same page again, with the sentence on it."""
        if view is None:
            return _with_headers(PlainTextResponse(error.message, error.status))
        try:
            page = view(visit, replace(self._view(visit), said=error, form=visit.form))
        except PlatewardenError as another:
            page = self._error(visit, another)
        return self._shown(visit, page, error.status)

    def _fragment(self, view: Callable[[Visit], Html]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            return _with_headers(HTMLResponse(await run_in_threadpool(view, _visit(request, {}))))

        return answer

    def _shown(self, visit: Visit, page: Html, status: int) -> Response:
        response = _with_headers(HTMLResponse(page, status))
        if visit.is_new:
            _set_cookie(response, visit.cookie, secure=visit.over_tls)
        return response

    def _error(self, visit: Visit, error: PlatewardenError) -> Html:
        return self.pages.error(self._view(visit), self.strip(), error)

    def _must_be_ours(self, request: Request, visit: Visit) -> None:
        origin = request.headers.get("origin", "")
        if (
            origin != self._origins().get(request.headers.get("host", ""))
            or visit.is_new
            or not self.sessions.fits(visit.cookie, visit.form.pop("token", ""))
        ):
            raise Refused(NOT_OURS)

    def _view(self, visit: Visit) -> View:
        night = visit.wished_night == "night" or (visit.wished_night == "auto" and self._is_dark())
        return View(self.sessions.token(visit.cookie), self._is_known(visit), night, visit.wished_night)

    def _is_dark(self) -> bool:
        hour = self._now().astimezone(self.station.department.time_zone).hour
        return hour >= NIGHT_FROM or hour < NIGHT_UNTIL

    def _is_known(self, visit: Visit) -> bool:
        shift = self.station.shift
        return self.sessions.is_bound(visit.cookie, shift.shift_id if shift else None)

    def _now(self) -> datetime:
        return self.station.clock()

    def _hand(self, visit: Visit) -> Shift:
        """The member who acts: known to this shift, and not locked out."""
        if self.station.shift is not None and not self._is_known(visit):
            raise Refused(NOT_KNOWN)
        return self.station.hand()

    def _write(self, act: str, card: Card | None, by: Shift) -> None:
        about = card.alert.entry.entry_id if card else by.shift_id
        self.station.journal.write(act, at=self._now(), member=by.member, about=about)

    # pages

    def _home(self, _visit: Visit, view: View) -> Html:
        """Sign-on; or unlocking; or the alert that presses most; or the canvass that is asked or under way; or nothing of it."""
        strip = self.strip()
        if self.station.shift is None:
            return self.pages.sign_on(view, strip)
        if not view.is_known:
            return self.pages.unlock(view, strip)
        waiting = self.station.board.open()
        if waiting:
            self._write_opened(waiting[0])
        if self.station.is_locked:
            return self.pages.unlock(view, strip)
        if waiting:
            return self.pages.card(view, strip, waiting[0])
        asked = [each for each in self.pages.tasks() if each.by(self.station.shift) is not Said.CANNOT]
        return self.pages.task(view, strip, asked[0]) if asked else self.pages.watching(view, strip)

    def _write_opened(self, card: Card) -> None:
        """An alert shows also when the disk is full: the watch has said so aloud, and an officer's safety comes first."""
        by = self.station.acting
        if by is not None:
            try:
                self._write("alert.opened", card, by)
            except Unavailable:
                return

    def _card(self, visit: Visit, view: View) -> Html:
        by = self._hand(visit)
        card = self.station.board.card(visit.number)
        if card.is_open:
            self._write_opened(card)
        else:
            self._write("alert.opened", card, by)
        step = visit.query.get("step", "")
        if visit.form.get("outcome") and not isinstance(view.said, Refused):
            view = replace(view, form={})
        elif step == "answer":
            view = replace(view, form={**view.form, "step": step})
        return self.pages.card(view, self.strip(), card)

    def _task(self, visit: Visit, view: View) -> Html:
        self._hand(visit)
        step = visit.query.get("step", "")
        view = replace(view, form={**view.form, "step": step}) if step == "cannot" else view
        return self.pages.task(view, self.strip(), self.station.tasks.find(visit.number, self._now()))

    def _task_map(self, visit: Visit) -> Html:
        """Nothing for whoever is not known here, or when it is over: what stands on the page stays."""
        asked = [each for each in self.pages.tasks() if each.task.number == visit.number]
        is_open = self._is_known(visit) and not self.station.is_locked
        return self.pages.task_map(asked[0]) if asked and is_open else Html("")

    def _picture(self, visit: Visit, view: View) -> Html:
        by = self._hand(visit)
        card = self.station.board.card(visit.number)
        if visit.which not in {"plate", "overview"} or not card.alert.is_open_to(self.station.authorized()):
            raise Unknown("There is no such picture, or it is not yours to see.")
        self._write("picture.opened", card, by)
        return self.pages.picture(view, self.strip(), card, visit.which)

    def _shift(self, visit: Visit, view: View) -> Html:
        by = self._hand(visit)
        self._write("history.opened", None, by)
        return self.pages.shift(view, self.strip(), self.station.board.all())

    def _query(self, visit: Visit, view: View) -> Html:
        self._hand(visit)
        return self.pages.query(view, self.strip())

    def _voice(self, visit: Visit, view: View) -> Html:
        self._hand(visit)
        return self.pages.voice(view, self.strip())

    def _crew(self, visit: Visit, view: View) -> Html:
        self._hand(visit)
        return self.pages.crew(view, self.strip())

    def _queue(self, visit: Visit) -> Html:
        beside = visit.query.get("beside", "")
        return self.pages.queue(self._view(visit), beside=int(beside) if beside.isdecimal() and len(beside) < 9 else 0)

    # acts

    def _do_sign_on(self, visit: Visit) -> Response:
        given = visit.form
        shift = self.station.sign_on(
            Stated(
                given.get("member", "").strip().upper(),
                given.pop("secret", ""),
                given.get("purpose", ""),
                given.get("reference", "").strip(),
            )
        )
        return self._bound(visit, shift)

    def _do_unlock(self, visit: Visit) -> Response:
        return self._bound(visit, self.station.unlock(visit.form.get("member", "").strip(), visit.form.pop("secret", "")))

    def _bound(self, visit: Visit, shift: Shift) -> Response:
        response = _to("/")
        _set_cookie(response, self.sessions.bind(shift.shift_id), secure=visit.over_tls)
        return response

    def _do_lock(self, visit: Visit) -> Response:
        if not self._is_known(visit):
            raise Refused(NOT_KNOWN)
        self.station.lock()
        return _to("/")

    def _do_join(self, visit: Visit) -> Response:
        self._hand(visit)
        self.station.join(visit.form.get("member", "").strip().upper(), visit.form.pop("secret", ""))
        return _to("/crew")

    def _do_leave(self, visit: Visit) -> Response:
        self._hand(visit)
        self.station.leave()
        return _to("/crew")

    def _do_take_over(self, visit: Visit) -> Response:
        self._hand(visit)
        self.station.take_over(visit.form.get("member", ""))
        return _to("/")

    def _do_sign_off(self, visit: Visit) -> Response:
        self._hand(visit)
        self.station.sign_off()
        return _to("/")

    def _do_query(self, visit: Visit) -> Response:
        by = self._hand(visit)
        found: list[tuple[EditionEntry, Answer]] = list(
            self.typed.ask(visit.form.get("plate", ""), visit.form.get("state", ""), by=by, at=self._now())
        )
        view = replace(self._view(visit), form=visit.form)
        return HTMLResponse(self.pages.query(view, self.strip(), found))

    def _do_voice(self, visit: Visit) -> Response:
        by, given = self._hand(visit), visit.form
        self.typed.voice(
            given.get("plate", ""),
            given.get("state", ""),
            given.get("category", ""),
            given.get("reason", ""),
            by=by,
            at=self._now(),
        )
        return _to("/voice")

    def _do_task(self, visit: Visit) -> Response:
        by = self._hand(visit)
        # Enter in the field of one's own words presses the first button too: what was typed counts
        because = visit.form.get("because", "").strip() or visit.form.get("why", "")
        said = _word(Said, visit.form.get("said", ""))
        self.station.tasks.answer(visit.number, said, because, by=by, at=self._now())
        return _to("/")

    def _open_card(self, visit: Visit) -> tuple[Card, Shift]:
        by = self._hand(visit)
        card = self.station.board.card(visit.number)
        if not card.alert.is_open_to(self.station.authorized()):
            raise Refused(
                Refusal(
                    Clause.CONFIDENTIAL_DATA,
                    "This alert's source is confidential, and you are not authorized for it. Contact dispatch.",
                )
            )
        return card, by

    def _do_compare(self, visit: Visit) -> Response:
        card, _ = self._open_card(visit)
        characters, state = visit.form.get("characters"), visit.form.get("state")
        self.outcomes.compare(
            card.number,
            characters=_word(EyeSaw, characters) if characters else None,
            state=_word(EyeSaw, state) if state else None,
        )
        return _to(f"/alerts/{card.number}")

    def _do_acknowledge(self, visit: Visit) -> Response:
        """Of a confidential source, what may be said is that somebody has seen it."""
        by = self._hand(visit)
        card = self.station.board.card(visit.number)
        self._write("alert.acknowledged", card, by)
        self.station.board.put(replace(card, is_aside=True))
        return _to("/")

    def _do_again(self, visit: Visit) -> Response:
        card, _ = self._open_card(visit)
        self.outcomes.again(card.number)
        return _to(f"/alerts/{card.number}")

    def _do_verify(self, visit: Visit) -> Response:
        card, by = self._open_card(visit)
        answer = _word(Answered, visit.form.get("answer", ""))
        if answer not in {Answered.CONFIRMS, Answered.NOT_CONFIRMED, Answered.PENDING}:
            raise Malformed("Choose one of: confirmed, not confirmed, no answer.")
        self.outcomes.verify(
            card.number,
            answer=answer,
            source=visit.form.get("source", ""),
            words=visit.form.get("words", ""),
            by=by,
            at=self._now(),
        )
        return _to(f"/alerts/{card.number}")

    def _do_dispose(self, visit: Visit) -> Response:
        card, by = self._open_card(visit)
        self.outcomes.dispose(
            card.number,
            outcome=_word(Outcome, visit.form.get("outcome", "")),
            ground=visit.form.get("ground", ""),
            because=visit.form.get("because", ""),
            by=by,
            at=self._now(),
        )
        return _to("/" if self.station.board.open() else f"/alerts/{card.number}")

    def _do_copy(self, visit: Visit) -> Response:
        """The plate as text, for the dispatch system; once the journal has the line."""
        card, by = self._open_card(visit)
        self._write("alert.copied", card, by)
        return PlainTextResponse(card.alert.text)

    def _do_touch(self, visit: Visit) -> Response:
        self._hand(visit)
        return Response(status_code=204)

    # what happens meanwhile

    async def _events(self, request: Request) -> Response:
        visit = _visit(request, {})
        return _with_headers(StreamingResponse(self._stream(visit), media_type="text/event-stream"))

    async def _stream(self, visit: Visit) -> AsyncIterator[str]:
        """Says that something changed, and what should sound: numbers only. The page then asks for what it may show."""
        yield "retry: 1000\n\n"
        board, tasks, said, quiet_s = self.station.board, self.station.tasks, "", 0.0
        while not self._closed:
            locked = await run_in_threadpool(lambda: self.station.is_locked)
            known = self._is_known(visit)
            news = json.dumps(
                {
                    "state": self.station.version,
                    "board": board.version + tasks.version if known else 0,
                    "rung": board.rung + tasks.rung if known else 0,
                    "pressing": board.rung_pressing and known,
                    "locked": locked,
                }
            )
            if news != said or quiet_s >= STILL_S:
                yield f"event: news\ndata: {news}\n\n"
                said, quiet_s = news, 0.0
            await asyncio.sleep(LOOK_EVERY_S)
            quiet_s += LOOK_EVERY_S


def _visit(request: Request, form: dict[str, str]) -> Visit:
    cookies: SimpleCookie = SimpleCookie()
    cookies.load(request.headers.get("cookie", ""))
    held = cookies[COOKIE].value if COOKIE in cookies else ""
    is_new = len(held) != 64
    wished = cookies["night"].value if "night" in cookies else "auto"
    return Visit(
        cookie=Sessions.new() if is_new else held,
        form=form,
        query=request.query_params,
        number=int(request.path_params.get("number", 0)),
        which=str(request.path_params.get("which", "")),
        wished_night=wished if wished in {"day", "night"} else "auto",
        is_new=is_new,
        over_tls=request.url.scheme == "https",
    )


async def _form(request: Request) -> dict[str, str]:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Malformed("This is not a form of this screen. Go back to it, and send it from there.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            raise Malformed("The form is too long. Shorten it.")
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=False, max_num_fields=40))
    except (UnicodeDecodeError, ValueError) as error:
        raise Malformed("The form cannot be read. Send it from the screen's own page.") from error


def _word(words: type[W], given: str) -> W:
    found = next((each for each in words if each.value == given), None)
    if found is None:
        raise Malformed("This is not a choice of this page. Choose one that is.")
    return found


def _set_cookie(response: Response, cookie: str, *, secure: bool) -> None:
    response.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", path="/", secure=secure)


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


async def _static(request: Request) -> Response:
    name = str(request.path_params["name"])
    if name not in STATIC:
        return _with_headers(PlainTextResponse("There is no such file.", 404))
    content = (resources.files("platewarden.unit.screen") / "static" / name).read_bytes()
    return _with_headers(Response(content, media_type=STATIC[name]))
