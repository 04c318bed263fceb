"""The pages of the car's screen: what stands on them, and in which words. Made here whole; nothing is asked while they are made.

One screen of 1024 by 600: the strip above, the keys below, between them what matters now. The card needs no scrolling. On it
“do not stop” stands first, then what may be wrong, and last of all: verify before acting.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from platewarden.exchange.hotlist_edition import Approach, Category, EditionEntry
from platewarden.exchange.task_answer import Said
from platewarden.plate.match import Answer
from platewarden.policy.department import Department
from platewarden.policy.refusal import PlatewardenError, Refused
from platewarden.policy.verification import ENFORCEMENT, Answered, EyeSaw, Ground, Outcome
from platewarden.unit.alarm import HOW_TO_ACT, Alert, VoicedEntry
from platewarden.unit.board import Card
from platewarden.unit.outcome import may_dispose
from platewarden.unit.screen.area import drawn, lies
from platewarden.unit.screen.markup import Html, Inside, tag
from platewarden.unit.shift import Shift
from platewarden.unit.station import Station
from platewarden.unit.streets import Streets
from platewarden.unit.strip import CameraState, Strip
from platewarden.unit.tasks import Asked

__all__ = ["Pages", "View"]

EMPTY: Final = Html("")
QUEUE_AT_MOST: Final = 3
NO_ENFORCEMENT: Final = tuple(each for each in Outcome if each not in ENFORCEMENT)


@dataclass(frozen=True)
class View:
    """Who looks, and what just went wrong, if anything did."""

    token: str
    is_known: bool
    night: bool
    wished_night: str = "auto"
    said: PlatewardenError | None = None
    form: dict[str, str] = field(default_factory=dict)
    done: str = ""


@dataclass(frozen=True)
class Pages:
    """Everything the screen can show."""

    station: Station
    streets: Streets | None = None

    @property
    def department(self) -> Department:
        return self.station.department

    # the frame

    def frame(self, view: View, strip: Strip, name: str, *inside: Inside) -> Html:
        """A whole page: strip, what matters now, further alerts, keys."""
        open_to = view.is_known and self.station.crew
        body = tag(
            "div",
            self.strip(strip),
            tag("main", self._said(view), *inside, class_=f"view view--{name}"),
            self.queue(view, beside=_number_of(name), is_task=name == "task") if open_to else None,
            self._keys(view) if open_to else None,
            id="page",
            data_view=name.partition(" ")[0],
            data_state=self.station.version,
            data_board=self.station.board.version + self.station.tasks.version,
            data_rung=self.station.board.rung + self.station.tasks.rung,
            data_pressing="yes" if self.station.board.rung_pressing else "no",
            data_token=view.token,
        )
        head = tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", "Platewarden"),
            tag("link", rel="icon", href="data:,"),
            tag("link", rel="stylesheet", href="/static/screen.css"),
            tag("script", src="/static/screen.js", defer=True),
        )
        theme = "night" if view.night else "day"
        lost = tag(
            "div", tag("b", "The screen has lost the unit."), " What stands here may be old.", id="lost", hidden=True, role="alert"
        )
        page = tag("html", head, tag("body", lost, body), lang="en", data_theme=theme, data_wished=view.wished_night)
        return Html("<!doctype html>" + page)

    def strip(self, strip: Strip) -> Html:
        """Connection, list, spool, cameras, clock and crew: always there, the same on every page."""
        local = strip.at.astimezone(self.department.time_zone)
        return tag(
            "header",
            _cell("Unit", strip.unit, "plain"),
            self._office(strip),
            _hotlist(strip),
            _spool(strip),
            *map(_camera, strip.cameras),
            _clock(strip, local),
            self._crew_cell(),
            class_="strip",
            id="strip",
        )

    def _office(self, strip: Strip) -> Html:
        if strip.is_refused:
            return _cell("Office", "refuses this unit", "bad")
        since = f"{_span(strip.at - strip.contact_at)} ago" if strip.contact_at else "never"
        return _cell("Office", "connected", "good") if strip.is_connected else _cell("Office", f"offline, last {since}", "warn")

    def _crew_cell(self) -> Html:
        crew = self.station.crew
        if not crew:
            return _cell("Signed on", "nobody", "warn")
        until = crew[0].until.astimezone(self.department.time_zone)
        names = " + ".join(each.name.split()[-1] for each in crew)
        return _cell("Locked" if self.station.is_locked else "Signed on", f"{names} to {until:%H:%M}", "plain")

    def queue(self, view: View, *, beside: int = 0, is_task: bool = False) -> Html:
        """Further open alerts, grouped, pressing ones first; and a canvass that waits for its answer."""
        waiting = [each for each in self.station.board.open() if each.number != beside] if view.is_known else []
        asked = [] if is_task or not view.is_known else [each for each in self.tasks() if each.by(self.station.shift) is None]
        if not waiting and not asked:
            return tag("div", id="queue", class_="queue", hidden=True)
        shown = [self._queued(each) for each in waiting[:QUEUE_AT_MOST]]
        more = len(waiting) - len(shown)
        rest = tag("a", f"+{more}", href="/shift", class_="queued queued--more") if more else None
        chips = [
            tag("a", tag("b", "Canvass asked"), f" {each.task.incident}", href=f"/tasks/{each.task.number}", class_="queued")
            for each in asked[:1]
        ]
        label = tag("span", "Further alerts" if waiting else "Waits", class_="queue__label")
        return tag("div", label, *shown, rest, *chips, id="queue", class_="queue", role="status")

    def _queued(self, card: Card) -> Html:
        alert = card.alert
        pressing = " is-pressing" if alert.is_pressing else ""
        if not alert.is_open_to(self.station.authorized()):
            what: list[Inside] = [tag("b", alert.text, class_="mono"), " contact dispatch"]
        else:
            what = [tag("b", alert.text, class_="mono"), f" {alert.state or '??'} ", tag("small", _category(alert.entry))]
        count = tag("i", f"×{card.count}") if card.count > 1 else None
        return tag("a", *what, count, href=f"/alerts/{card.number}", class_="queued" + pressing)

    def _keys(self, view: View) -> Html:
        locked = self.station.is_locked
        acts = [
            tag("a", "Watch", href="/", class_="key"),
            tag("a", "This shift", href="/shift", class_="key"),
            tag("a", "Query", href="/query", class_="key"),
            tag("a", "BOLO by voice", href="/voice", class_="key"),
            tag("a", "Crew", href="/crew", class_="key"),
            tag("button", tag("kbd", "N"), " Night", type="button", class_="key", data_act="night"),
            tag("button", tag("kbd", "M"), tag("span", " Sound", data_sound=True), type="button", class_="key", data_act="mute"),
        ]
        last = (
            tag("a", "Unlock", href="/", class_="key key--main")
            if locked
            else self._button(view, "/lock", tag("kbd", "L"), " Lock", class_="key", data_key="l")
        )
        return tag("nav", *acts, last, class_="keys", aria_label="Keys")

    def _said(self, view: View) -> Html | None:
        if view.said is not None:
            return self._refusal(view.said)
        return tag("p", view.done, class_="done", role="status") if view.done else None

    def _refusal(self, error: PlatewardenError) -> Html:
        clause = tag("b", self.department.number_of(error.clause)) if isinstance(error, Refused) else tag("b", "Not done")
        return tag("div", clause, " ", error.message, class_="said", role="alert")

    def _form(self, view: View, action: str, *inside: Inside, **attributes: str) -> Html:
        token = tag("input", type="hidden", name="token", value=view.token)
        return tag("form", token, *inside, method="post", action=action, autocomplete="off", **attributes)

    def _button(self, view: View, action: str, *inside: Inside, **attributes: str) -> Html:
        return self._form(view, action, tag("button", *inside, type="submit", **attributes), class_="one")

    # nobody signed on, or not yet known to this screen

    def sign_on(self, view: View, strip: Strip) -> Html:
        """Number, secret, purpose, its number. Nothing is read before."""
        purposes = [(name, each) for name, each in self.department.purposes.items() if each.number != "action"]
        chosen = view.form.get("purpose", purposes[0][0])
        choices = [
            tag(
                "label",
                tag("input", type="radio", name="purpose", value=name, checked=name == chosen),
                tag("span", each.label, tag("small", f"{each.number} number, such as {each.example}")),
                class_="choice",
            )
            for name, each in purposes
        ]
        form = self._form(
            view,
            "/sign-on",
            tag(
                "div",
                tag("h1", "Sign on"),
                _field(
                    "Member number",
                    "member",
                    view.form.get("member", ""),
                    autofocus=True,
                    maxlength=12,
                    autocapitalize="characters",
                ),
                _field("Shift secret", "secret", "", type="password", maxlength=200),
                tag("p", "It counts with the key on your stick: plug it in.", class_="note") if self.department.car_key else "",
                _field("Case number, or shift number if you have one", "reference", view.form.get("reference", ""), maxlength=20),
                tag("button", "Sign on", type="submit", class_="main-button"),
                class_="column",
            ),
            tag("fieldset", tag("legend", "Purpose of this shift"), *choices, class_="column"),
            class_="two-columns",
        )
        note = "No plate is read until a trained operator signs on. Official use only; everything looked at is recorded by name, date and time."
        return self.frame(view, strip, "sign-on", form, tag("p", note, class_="note"))

    def unlock(self, view: View, strip: Strip) -> Html:
        """A shift runs and this screen is locked, or does not know who looks. A known screen shows its alert beside."""
        crew = self.station.crew
        now = self.station.board.open() if view.is_known else []
        chosen = view.form.get("member") or (self.station.acting or crew[0]).member
        who = [
            tag(
                "label",
                tag("input", type="radio", name="member", value=each.member, checked=each.member == chosen),
                tag("span", each.name, tag("small", each.member)),
                class_="choice",
            )
            for each in crew
        ]
        form = self._form(
            view,
            "/unlock",
            tag("h2", "Locked. Alerts go on showing." if self.station.is_locked else "Who is there?"),
            tag("div", *who, class_="who"),
            _field("Shift secret", "secret", "", type="password", maxlength=200, autofocus=not now),
            tag("button", "Unlock", type="submit", class_="main-button"),
            class_="unlock",
        )
        if now:
            return self.frame(
                view,
                strip,
                f"locked {now[0].number}",
                self._card_left(now[0]),
                tag("div", *self._card_head(now[0]), form, class_="card__right"),
            )
        note = (
            f"Alerts go on showing and sounding. After {self.station.idle_minutes} minutes without a touch the rest locks."
            if view.is_known
            else "This screen is not known to the shift that runs. Alerts show once a member who is signed on has unlocked it."
        )
        return self.frame(view, strip, "locked", form, tag("p", note, class_="note"))

    # watching

    def watching(self, view: View, strip: Strip) -> Html:
        """No alert is open. The state of everything, large."""
        shift = self.station.shift
        assert shift is not None
        if strip.is_full:
            told, words = "Recording has stopped", "The spool is full. Alerts still come. Connect to the office to empty it."
        elif not any(each.is_running for each in strip.cameras):
            told, words = "No camera is running", "Nothing is read until a camera answers. Check its cable and its power."
        elif strip.edition == 0:
            told, words = "No hot list yet", "Reads are kept, and nothing can be found, until the office's first list has come."
        else:
            told, words = "Watching", "No alert. The newest one comes up here by itself, with its sound."
        purpose = self.department.purposes[shift.purpose]
        reference = f", {shift.reference}" if shift.reference else ""
        declined = [each for each in self.tasks() if each.by(shift) is Said.CANNOT]
        facts = [
            _fact("Purpose", purpose.label + reference),
            _fact("Alerts this shift", str(len(self.station.board.all()))),
            _fact("BOLOs by voice in force here", str(len(self.station.hotlist.voiced))),
            _fact("Waits for the office", f"{strip.waiting} messages, sealed"),
            *(
                _fact("Canvass declined", tag("a", f"{each.task.incident}: look again", href=f"/tasks/{each.task.number}"))
                for each in declined[:2]
            ),
        ]
        heading = tag(
            "div",
            tag("span", class_="pulse" if told == "Watching" else "pulse pulse--bad"),
            tag("h1", told),
            tag("p", words),
            class_="watching",
        )
        return self.frame(view, strip, "home", heading, tag("dl", *facts, class_="facts"))

    # a canvass

    def tasks(self) -> list[Asked]:
        """What stands now: what waits for an answer first, then what is under way."""
        shift = self.station.shift
        return sorted(self.station.tasks.standing(self.station.clock()), key=lambda each: each.by(shift) is not None)

    def task(self, view: View, strip: Strip, asked: Asked) -> Html:
        """An area to drive: where, until when, for which case; and what the crew says to it."""
        task, said = asked.task, asked.by(self.station.shift)
        until = task.until.astimezone(self.department.time_zone)
        is_running = said is Said.ACCEPTED
        told = "CANVASS UNDER WAY" if is_running else "CANVASS DECLINED" if said is Said.CANNOT else "CANVASS ASKED"
        right = tag(
            "div",
            tag("div", told, class_="bar bar--canvass" + (" is-running" if is_running else "")),
            tag("h1", task.place, class_="place"),
            tag("p", tag("b", f"until {until:%H:%M}"), f" · {task.what}, ", tag("b", task.incident, class_="mono"), class_="big"),
            tag("p", task.instruction, class_="reason") if task.instruction else None,
            tag("p", f"Asked by {task.asked_by} at {task.asked_at.astimezone(self.department.time_zone):%H:%M}", class_="seen-by"),
            self._task_acts(view, asked, is_running=is_running),
            class_="card__right",
        )
        return self.frame(view, strip, "task", self.task_map(asked), right)

    def task_map(self, asked: Asked) -> Html:
        """The area and this car: asked for anew every few seconds."""
        here = self.station.place().place
        way = self.station.tasks.way(asked.task.number)
        return tag(
            "div",
            drawn(asked.task, here, way, self.streets),
            tag("p", lies(asked.task, here), class_="lies"),
            id="task-map",
            class_="card__map",
            data_task=asked.task.number,
        )

    def _task_acts(self, view: View, asked: Asked, *, is_running: bool) -> Html:
        address = f"/tasks/{asked.task.number}"
        if view.form.get("step") == "cannot" or view.form.get("said") == Said.CANNOT.value:
            return self._why_not(view, address)
        first = ("Done", Said.DONE) if is_running else ("Accept", Said.ACCEPTED)
        form = self._form(
            view,
            address,
            tag(
                "button",
                tag("kbd", "1"),
                tag("span", first[0]),
                type="submit",
                name="said",
                value=first[1].value,
                class_="tap tap--same",
                data_key="1",
            ),
            tag(
                "a",
                tag("kbd", "2"),
                tag("span", "Cannot go on" if is_running else "Cannot"),
                href=f"{address}?step=cannot",
                class_="tap tap--different",
                data_key="2",
            ),
            class_="taps",
        )
        note = (
            "Where this car drives is recorded for this canvass, and goes to the office, until you press Done."
            if is_running
            else "Accepted, where this car drives is recorded and goes to the office until you press Done, or its time is over."
        )
        return tag("div", tag("p", note, class_="note"), form, class_="acts acts--task")

    def _why_not(self, view: View, address: str) -> Html:
        reasons = [
            tag(
                "button",
                tag("kbd", key),
                tag("span", words),
                type="submit",
                name="why",
                value=words,
                class_="tap",
                data_key=key,
            )
            for key, words in (("1", "On another call"), ("2", "Too far away"), ("3", "The shift ends"))
        ]
        form = self._form(
            view,
            address,
            tag("input", type="hidden", name="said", value=Said.CANNOT.value),
            tag("div", *reasons, class_="taps"),
            tag(
                "div",
                tag(
                    "input",
                    name="because",
                    value=view.form.get("because", ""),
                    maxlength=200,
                    placeholder="Or in your own words",
                    aria_label="Why it cannot be done",
                    class_="words",
                ),
                tag("button", "Send", type="submit", class_="tap"),
                tag("a", tag("kbd", "4"), tag("span", "Back"), href=address, class_="tap", data_key="4"),
                class_="return",
            ),
        )
        return tag("div", tag("h2", "Why can it not be done?"), form, class_="acts acts--task")

    # a card

    def card(self, view: View, strip: Strip, card: Card) -> Html:
        """One alert, and the next thing to do with it."""
        right = tag("div", *self._card_head(card), self._card_acts(view, card), class_="card__right")
        return self.frame(view, strip, f"alert {card.number}", self._card_left(card), right)

    def _card_left(self, card: Card) -> Html:
        alert = card.alert
        local = alert.captured_at.astimezone(self.department.time_zone)
        seen = [f"{local:%H:%M:%S}", alert.camera, alert.at]
        if card.count > 1:
            seen.append(f"seen {card.count} times since {card.first_at.astimezone(self.department.time_zone):%H:%M}")
        if not alert.is_open_to(self.station.authorized()):
            return tag(
                "div",
                tag("div", "Confidential source", class_="no-picture no-picture--tall"),
                tag("p", " · ".join(seen), class_="seen"),
                class_="card__left",
            )
        link = None if self.station.is_locked else card.number
        return tag(
            "div",
            _picture(alert.plate_picture, "plate", "The plate as the camera saw it", link),
            _picture(alert.overview_picture, "overview", "The vehicle as the camera saw it", link),
            tag("p", " · ".join(seen), class_="seen"),
            _doubts(alert, alert.moved_m(self.station.where())),
            class_="card__left",
        )

    def _card_head(self, card: Card) -> list[Inside]:
        alert = card.alert
        if not alert.is_open_to(self.station.authorized()):
            words = "Its source is confidential and not everybody signed on is authorized for it. Say the plate and where you are, and act only as dispatch tells you."
            vehicle = tag(
                "div",
                _plate(alert),
                tag("span", alert.state or "state not read", class_="state" + ("" if alert.state else " state--none")),
                class_="read",
            )
            told = tag("h1", "CONTACT DISPATCH NOW", class_="bar bar--stop")
            return [told, vehicle, tag("p", words, class_="big"), _verify_bar()]
        bars = []
        if alert.entry.approach is Approach.DO_NOT_STOP:
            bars.append(tag("div", HOW_TO_ACT[Approach.DO_NOT_STOP].upper(), class_="bar bar--stop"))
        if alert.entry.caution:
            bars.append(tag("div", "CAUTION: may be armed and dangerous", class_="bar bar--caution"))
        tier = "Possible hit only" if card.is_possible else "Full match"
        how = None if alert.entry.approach is Approach.DO_NOT_STOP else tag("span", HOW_TO_ACT[alert.entry.approach], class_="how")
        listed = [
            tag(
                "div",
                _plate(alert),
                tag("span", alert.state or "state not read", class_="state" + ("" if alert.state else " state--none")),
                self._copy(card),
                class_="read",
            ),
            tag(
                "div",
                tag("span", _category(alert.entry), class_="category"),
                tag("span", tier, class_="tier" + (" tier--possible" if card.is_possible else "")),
                tag(
                    "span",
                    "listed ",
                    tag("b", alert.entry.text, class_="mono"),
                    f" {alert.entry.state or 'no state'}",
                    class_="listed",
                ),
                class_="about",
            ),
        ]
        reason = tag("p", f"Dispatch said: {alert.entry.reason}", class_="reason") if isinstance(alert.entry, VoicedEntry) else None
        return [*bars, *listed, reason, how, _verify_bar()]

    def _card_acts(self, view: View, card: Card) -> Html:  # noqa: PLR0911  one step of the card each
        if card.withdrawn and card.disposed is None:
            return tag(
                "div",
                tag("h2", "Withdrawn"),
                tag("p", card.withdrawn, class_="big"),
                tag("a", "Back to watching", href="/", class_="main-button"),
                class_="acts",
            )
        if card.disposed is not None:
            return tag(
                "div",
                tag("h2", "Closed"),
                tag("p", f"{card.disposed.outcome.label}, by {card.by}.", class_="big"),
                tag("a", "Back to watching", href="/", class_="main-button"),
                class_="acts",
            )
        if not card.alert.is_open_to(self.station.authorized()):
            told = self._button(
                view,
                f"/alerts/{card.number}/acknowledge",
                tag("kbd", "1"),
                tag("span", "Dispatch is told"),
                class_="tap tap--same",
                data_key="1",
            )
            return tag("div", tag("h2", "What is listed is dispatch’s to say"), told, class_="acts")
        if view.form.get("outcome") in ENFORCEMENT:
            return self._grounds(view, card, view.form["outcome"])
        if card.characters is None:
            return self._tap(view, card, "1 of 3", "Does the plate match, by eye?", name="characters", answers=_CHARACTERS)
        if card.state is None:
            return self._tap(
                view,
                card,
                "2 of 3",
                f"Does the state match ({card.alert.entry.state or 'none listed'})?",
                name="state",
                answers=_STATES,
            )
        if not card.returned or view.form.get("step") == "answer":
            return self._return(view, card)
        return self._dispositions(view, card)

    def _tap(
        self, view: View, card: Card, step: str, question: str, *, name: str, answers: Sequence[tuple[EyeSaw, str, str]]
    ) -> Html:
        buttons = [
            tag(
                "button",
                tag("kbd", key),
                tag("span", label),
                type="submit",
                name=name,
                value=value.value,
                class_=f"tap tap--{value.name.lower()}",
                data_key=key,
            )
            for value, label, key in answers
        ]
        form = self._form(view, f"/alerts/{card.number}/compare", tag("div", *buttons, class_="taps"))
        return tag("div", tag("h2", tag("small", step), " ", question), form, class_="acts")

    def _return(self, view: View, card: Card) -> Html:
        if card.characters is EyeSaw.DIFFERENT:
            question = "The plate does not match. Record that, then say what came of it."
            form = self._form(
                view,
                f"/alerts/{card.number}/verify",
                tag("input", type="hidden", name="answer", value=Answered.PENDING.value),
                tag(
                    "button",
                    tag("kbd", "1"),
                    tag("span", "Record: the plate does not match"),
                    type="submit",
                    class_="tap tap--different",
                    data_key="1",
                ),
                tag(
                    "button",
                    tag("kbd", "2"),
                    tag("span", "Compare again"),
                    type="submit",
                    formaction=f"/alerts/{card.number}/again",
                    class_="tap",
                    data_key="2",
                ),
                class_="taps",
            )
            return tag("div", tag("h2", tag("small", "3 of 3"), " ", question), form, class_="acts")
        source = view.form.get("source", "radio")
        form = self._form(
            view,
            f"/alerts/{card.number}/verify",
            tag(
                "div",
                tag(
                    "input",
                    name="words",
                    value=view.form.get("words", ""),
                    maxlength=500,
                    placeholder="What came back: status, agency, reference",
                    aria_label="What came back",
                    class_="words",
                ),
                tag(
                    "label",
                    tag("input", type="radio", name="source", value="radio", checked=source == "radio"),
                    tag("span", "Radio"),
                    class_="choice choice--small",
                ),
                tag(
                    "label",
                    tag("input", type="radio", name="source", value="terminal", checked=source == "terminal"),
                    tag("span", "Terminal"),
                    class_="choice choice--small",
                ),
                class_="return",
            ),
            tag(
                "div",
                tag(
                    "button",
                    tag("kbd", "1"),
                    tag("span", "Confirmed"),
                    type="submit",
                    name="answer",
                    value=Answered.CONFIRMS.value,
                    class_="tap tap--same",
                    data_key="1",
                ),
                tag(
                    "button",
                    tag("kbd", "2"),
                    tag("span", "Not confirmed"),
                    type="submit",
                    name="answer",
                    value=Answered.NOT_CONFIRMED.value,
                    class_="tap tap--different",
                    data_key="2",
                ),
                tag(
                    "button",
                    tag("kbd", "3"),
                    tag("span", "No answer"),
                    type="submit",
                    name="answer",
                    value=Answered.PENDING.value,
                    class_="tap",
                    data_key="3",
                ),
                class_="taps",
            ),
        )
        return tag("div", tag("h2", tag("small", "3 of 3"), " The official database says"), form, class_="acts")

    def _dispositions(self, view: View, card: Card) -> Html:
        last = card.returned[-1]
        unlocks = last.seen.unlocks
        local = last.returned_at.astimezone(self.department.time_zone)
        told = tag(
            "p",
            "What came of it? ",
            tag("b", "Verified" if unlocks else "Not verified"),
            f" {local:%H:%M} · {last.seen.answer.label} ",
            tag("a", "Ask again", href=f"/alerts/{card.number}?step=answer"),
            class_="told" + (" told--good" if unlocks else ""),
        )
        ground = tag("input", type="hidden", name="ground", value=Ground.VERIFIED.value) if unlocks else None
        closed = may_dispose(card, Outcome.STOP, Ground.VERIFIED if unlocks else "", "")
        enforcement = [
            tag(
                "button",
                each.label,
                type="submit",
                name="outcome",
                value=each.value,
                class_="end end--enforcement" + (" is-closed" if closed else ""),
                title=closed.because if closed else None,
            )
            for each in Outcome
            if each in ENFORCEMENT
        ]
        others = [
            tag("button", each.label, type="submit", name="outcome", value=each.value, class_="end") for each in NO_ENFORCEMENT
        ]
        form = self._form(
            view,
            f"/alerts/{card.number}/dispose",
            ground,
            tag("div", *others, *enforcement, class_="ends"),
        )
        return tag("div", told, form, class_="acts acts--ends")

    def _grounds(self, view: View, card: Card, outcome: str) -> Html:
        """Enforcement without a confirming return: on what did it rest? The supervisor reviews it."""
        form = self._form(
            view,
            f"/alerts/{card.number}/dispose",
            tag("input", type="hidden", name="outcome", value=outcome),
            tag(
                "input",
                name="because",
                value=view.form.get("because", ""),
                maxlength=500,
                placeholder="In a sentence: why, or which grounds",
                aria_label="Because",
                class_="words",
                autofocus=True,
            ),
            tag(
                "div",
                tag(
                    "button",
                    "Verification was not practicable",
                    type="submit",
                    name="ground",
                    value=Ground.IMPRACTICABLE.value,
                    class_="tap",
                ),
                tag("button", "Independent grounds", type="submit", name="ground", value=Ground.INDEPENDENT.value, class_="tap"),
                tag("a", "Back", href=f"/alerts/{card.number}", class_="tap"),
                class_="taps",
            ),
        )
        label = next((each.label for each in Outcome if each.value == outcome), "This")
        return tag("div", tag("h2", f"“{label}”: on what did it rest?"), form, class_="acts")

    def _copy(self, card: Card) -> Html | None:
        if not card.alert.is_open_to(self.station.authorized()):
            return None
        return tag(
            "button",
            tag("kbd", "C"),
            " Copy the plate",
            type="button",
            class_="copy",
            data_act="copy",
            data_copy=f"/alerts/{card.number}/copy",
        )

    def picture(self, view: View, strip: Strip, card: Card, which: str) -> Html:
        """One picture, as large as the screen."""
        content = card.alert.plate_picture if which == "plate" else card.alert.overview_picture
        return self.frame(
            view,
            strip,
            f"picture {card.number}",
            tag("a", _picture(content, "whole", "The picture, large", None), href=f"/alerts/{card.number}", class_="whole"),
        )

    # lists and forms

    def shift(self, view: View, strip: Strip, cards: Sequence[Card]) -> Html:
        """This shift's alerts, newest first."""
        rows = [self._row(each) for each in cards]
        table = tag(
            "table",
            tag(
                "thead",
                tag("tr", *[tag("th", each, scope="col") for each in ("Time", "Plate", "Listed for", "Seen", "What came of it")]),
            ),
            tag("tbody", *rows),
        )
        body = tag("div", table, class_="scrolls", tabindex="0") if rows else tag("p", "No alert on this shift yet.", class_="none")
        return self.frame(view, strip, "shift", tag("h1", "Alerts of this shift"), body)

    def _row(self, card: Card) -> Html:
        alert = card.alert
        local = alert.captured_at.astimezone(self.department.time_zone)
        came = card.disposed.outcome.label if card.disposed else "withdrawn" if card.withdrawn else "open"
        plate: Inside = [tag("b", alert.text, class_="mono"), f" {alert.state or '??'}"]
        what = _category(alert.entry) if alert.is_open_to(self.station.authorized()) else "contact dispatch"
        return tag(
            "tr",
            tag("td", f"{local:%H:%M:%S}"),
            tag("td", tag("a", plate, href=f"/alerts/{card.number}")),
            tag("td", what),
            tag("td", f"×{card.count}"),
            tag("td", came, class_="is-open" if card.is_open else ""),
        )

    def query(self, view: View, strip: Strip, found: Sequence[tuple[EditionEntry, Answer]] | None = None) -> Html:
        """Ask the list in this car about one plate."""
        shift = self.station.shift
        assert shift is not None
        form = self._form(
            view,
            "/query",
            _field(
                "Plate",
                "plate",
                view.form.get("plate", ""),
                maxlength=12,
                autofocus=True,
                autocapitalize="characters",
                class_="mono",
            ),
            _field("State, if known", "state", view.form.get("state", ""), maxlength=2, autocapitalize="characters"),
            tag("button", "Ask the list in this car", type="submit", class_="main-button"),
            class_="in-line",
        )
        purpose = self.department.purposes[shift.purpose].label
        reference = f", {shift.reference}" if shift.reference else ""
        note = f"For: {purpose}{reference}. Your name, the time and the plate go to the office's ledger. Only the list of this car is asked, edition {strip.edition}."
        answer = None if found is None else self._found(found)
        return self.frame(view, strip, "query", tag("h1", "Query"), form, tag("p", note, class_="note"), answer)

    def _found(self, found: Sequence[tuple[EditionEntry, Answer]]) -> Html:
        if not found:
            return tag("p", "No entry of this car's list answers. That is not a return of the official database.", class_="none")
        rows = []
        for entry, answer in found:
            if entry.confidential is not None and entry.confidential not in self.station.authorized():
                rows.append(
                    tag("li", tag("b", "Contact dispatch."), " A confidential source has an entry you are not authorized for.")
                )
                continue
            approach = HOW_TO_ACT.get(entry.approach, "")
            caution = tag("b", "CAUTION: may be armed and dangerous. ") if entry.caution else None
            unapproved = " Entered here by voice; not approved." if isinstance(entry, VoicedEntry) else ""
            rows.append(
                tag(
                    "li",
                    tag("b", entry.text, class_="mono"),
                    f" {entry.state or 'no state'} · {_category(entry)} · {answer.tier.value} hit. ",
                    caution,
                    approach,
                    unapproved,
                )
            )
        return tag("div", tag("ul", *rows, class_="found"), _verify_bar())

    def voice(self, view: View, strip: Strip) -> Html:
        """A BOLO as dispatch gives it over the air."""
        chosen = view.form.get("category", "")
        options = [
            tag("option", each.value.replace("_", " ").capitalize(), value=each.value, selected=each.value == chosen)
            for each in Category
        ]
        form = self._form(
            view,
            "/voice",
            tag(
                "div",
                _field(
                    "Plate: ? for one unknown character, * for any number",
                    "plate",
                    view.form.get("plate", ""),
                    maxlength=16,
                    autofocus=True,
                    autocapitalize="characters",
                    class_="mono",
                ),
                _field("State, if known", "state", view.form.get("state", ""), maxlength=2, autocapitalize="characters"),
                class_="column",
            ),
            tag(
                "div",
                tag(
                    "label",
                    tag("span", "Looked for as"),
                    tag("select", tag("option", "Choose one", value=""), *options, name="category"),
                    class_="field",
                ),
                _field("What dispatch said", "reason", view.form.get("reason", ""), maxlength=200),
                tag("button", "In force in this car", type="submit", class_="main-button"),
                class_="column",
            ),
            class_="two-columns",
        )
        note = "In force in this car until this shift ends, marked as not approved by the office. It goes up with your name. It never asks for a stop."
        held = [
            tag("li", tag("b", each.text, class_="mono"), f" {each.state or 'no state'} · {_category(each)}")
            for each in self.station.hotlist.voiced
        ]
        standing = tag("ul", *held, class_="found") if held else None
        return self.frame(
            view, strip, "voice", tag("h1", "BOLO by voice of dispatch"), form, tag("p", note, class_="note"), standing
        )

    def crew(self, view: View, strip: Strip) -> Html:
        """Who is signed on, a second member, the end of the shift."""
        acting = self.station.acting
        rows = [self._aboard(view, each, acting) for each in self.station.crew]
        if len(self.station.crew) < 2:
            second = self._form(
                view,
                "/join",
                tag("h2", "Second officer signs on beside"),
                _field("Member number", "member", view.form.get("member", ""), maxlength=12, autocapitalize="characters"),
                _field("Shift secret", "secret", "", type="password", maxlength=200),
                tag("button", "Sign on beside", type="submit", class_="main-button"),
                class_="column",
            )
        else:
            second = tag(
                "div",
                tag("h2", "Second officer"),
                self._button(view, "/leave", f"{self.station.crew[1].name} leaves", class_="tap"),
                class_="column",
            )
        end = tag(
            "div",
            tag("h1", "This shift"),
            *rows,
            self._button(view, "/sign-off", "Sign off: end this shift", class_="tap tap--different"),
            class_="column",
        )
        return self.frame(view, strip, "crew", tag("div", end, second, class_="two-columns"))

    def _aboard(self, view: View, one: Shift, acting: Shift | None) -> Html:
        if acting is not None and one.member == acting.member:
            return tag("p", tag("b", one.name), " has the screen", class_="aboard is-acting")
        take = tag("input", type="hidden", name="member", value=one.member)
        return self._form(
            view, "/take-over", take, tag("button", f"{one.name} takes the screen", type="submit", class_="tap"), class_="one"
        )

    def error(self, view: View, strip: Strip, error: PlatewardenError) -> Html:
        """What went wrong, in one sentence, with the way back."""
        return self.frame(
            view,
            strip,
            "error",
            tag("h1", "Not done"),
            self._refusal(error),
            tag("a", "Back to watching", href="/", class_="main-button"),
        )


_CHARACTERS: Final = (
    (EyeSaw.SAME, "The plate matches", "1"),
    (EyeSaw.DIFFERENT, "It does not", "2"),
)
_STATES: Final = (
    (EyeSaw.SAME, "The state matches", "1"),
    (EyeSaw.DIFFERENT, "It does not", "2"),
    (EyeSaw.CANNOT_TELL, "Not visible", "3"),
)


def _number_of(name: str) -> int:
    number = name.partition(" ")[2]
    return int(number) if number else 0


def _cell(label: str, value: str, kind: str) -> Html:
    return tag("div", tag("small", label), tag("b", value), class_=f"cell cell--{kind}")


def _hotlist(strip: Strip) -> Html:
    if strip.edition_age is None:
        return _cell("Hot list", "none yet", "bad")
    old = f"{strip.edition} · {_span(strip.edition_age)} old"
    return _cell("Hot list STALE" if strip.is_stale else "Hot list", old, "bad" if strip.is_stale else "good")


def _spool(strip: Strip) -> Html:
    if strip.is_full:
        return _cell("Spool FULL", "not recording", "bad")
    return _cell("Spool", f"{strip.waiting} waiting", "warn" if strip.is_nearly_full else "plain")


def _camera(camera: CameraState) -> Html:
    dropped = f", {camera.dropped} dropped" if camera.dropped else ""
    if camera.is_running:
        return _cell(f"Camera {camera.name}", (camera.says or "running") + dropped, "warn" if camera.dropped else "good")
    return _cell(f"Camera {camera.name}", (camera.says or "off") + dropped, "bad")


def _clock(strip: Strip, local: datetime) -> Html:
    if strip.drift is None:
        return _cell("Clock, not compared", f"{local:%H:%M}", "warn")
    if strip.is_drifting:
        way = "ahead" if strip.drift > timedelta(0) else "behind"
        return _cell(f"Clock {_span(abs(strip.drift))} {way}", f"{local:%H:%M}", "bad")
    return _cell("Clock", f"{local:%H:%M}", "plain")


def _verify_bar() -> Html:
    return tag("div", "VERIFY BEFORE ACTING", class_="bar bar--verify")


def _field(label: str, name: str, value: str, **attributes: str | int | bool) -> Html:
    kind = attributes.pop("type", "text")
    return tag(
        "label",
        tag("span", label),
        tag("input", type=kind, name=name, value=value, spellcheck="false", **attributes),
        class_="field",
    )


def _fact(label: str, value: Inside) -> Html:
    return tag("div", tag("dt", label), tag("dd", value))


def _plate(alert: Alert) -> Html:
    """The plate as it was read; characters that cameras confuse are marked."""
    doubted = {each.position for each in alert.answer.confusions}
    signs = [tag("mark", sign) if at in doubted else tag("span", sign) for at, sign in enumerate(alert.text)]
    return tag("h1", *signs, class_="plate", aria_label=" ".join(alert.text))


def _picture(content: bytes | None, which: str, words: str, number: int | None) -> Html:
    if not content:
        return tag("div", "No picture", class_=f"no-picture picture--{which}")
    image = tag(
        "img", src="data:image/jpeg;base64," + base64.b64encode(content).decode(), alt=words, class_=f"picture picture--{which}"
    )
    return image if number is None else tag("a", image, href=f"/alerts/{number}/{which}", class_=f"frame frame--{which}")


def _category(entry: EditionEntry) -> str:
    return entry.category.value.replace("_", " ").capitalize()


def _doubts(alert: Alert, moved_m: int | None) -> Html:
    doubts = list(alert.doubts())
    if moved_m is not None:
        doubts.insert(0, f"this unit has moved {moved_m} m since; the vehicle before you may be another")
    if alert.stale:
        doubts.insert(0, f"the hot list is {_span(alert.edition_age)} old")
    told = (
        tag("ul", *[tag("li", _sentence(each)) for each in doubts])
        if doubts
        else tag("p", "Nothing that the camera knows of. It can still be wrong.")
    )
    return tag("div", tag("h2", "Why this may be wrong"), told, class_="doubts")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return f"{max(0, int(span.total_seconds()))} s"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
