"""Every page with made-up contexts, served on loopback without a database: `python -m tests.pages.preview [port]`.

For looking at pages while they are made, and for the tests that look at all of them. Forms, models and what views hand to
templates are the real ones; members are the cast, plates are drawn scenes.
"""

from __future__ import annotations

import base64
import csv
import io
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import django
from django.conf import settings

ROOMS = (
    "ledger",
    "people",
    "access",
    "equipment",
    "hotlists",
    "reads",
    "alerts",
    "investigations",
    "retention",
    "evidence",
    "release",
    "complaints",
    "audits",
    "proof",
    "web",
)
SERVER = Path(__file__).resolve().parents[2] / "platewarden" / "server"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class Strict:
    """The policy of the real pages, so that a breach shows in the console here too."""

    def __init__(self, get_response: Callable[..., Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        from django.utils import timezone

        timezone.activate(_department().time_zone)
        response = self.get_response(request)
        response["Content-Security-Policy"] = CSP
        return response


if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY="only for looking",
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        USE_TZ=True,
        TIME_ZONE="UTC",
        ROOT_URLCONF=__name__ if __name__ != "__main__" else "tests.pages.preview",
        AUTH_USER_MODEL="people.Member",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.staticfiles",
            "allauth",
            "allauth.account",
            "allauth.mfa",
            *(f"platewarden.server.{room}" for room in ROOMS),
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.dummy"}},
        MIDDLEWARE=["tests.pages.preview.Strict", "allauth.account.middleware.AccountMiddleware"],
        ACCOUNT_USER_MODEL_USERNAME_FIELD="number",
        ACCOUNT_USER_MODEL_EMAIL_FIELD=None,
        ACCOUNT_LOGIN_METHODS={"username"},
        ACCOUNT_SIGNUP_FIELDS=["username*", "password1*"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [SERVER / "access" / "templates"],
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": ["django.template.context_processors.request"],
                    "string_if_invalid": "",
                },
            }
        ],
        STATIC_URL="/static/",
        CONFIG=SimpleNamespace(is_tls=False),
    )
    django.setup()

from django import forms  # noqa: E402
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import include, path  # noqa: E402

from platewarden.plate.match import Doubt  # noqa: E402
from platewarden.policy.clauses import Clause  # noqa: E402
from platewarden.policy.correction import Misread  # noqa: E402
from platewarden.policy.department import Department, load_department  # noqa: E402
from platewarden.policy.refusal import Refusal  # noqa: E402
from platewarden.server.people import editions  # noqa: E402


@cache
def _department() -> Department:
    return load_department()


editions.department = _department  # type: ignore[assignment] # before the forms take it by name

from platewarden.demo.scenes import draw_scene  # noqa: E402
from platewarden.policy.verification import ENFORCEMENT, Came, Outcome  # noqa: E402
from platewarden.server.access.desk import Access  # noqa: E402
from platewarden.server.access.forms import (  # noqa: E402
    JudgementForm,
    ProtectForm,
    PurposeForm,
    ResetForm,
)
from platewarden.server.access.models import FactorReset, Tripped  # noqa: E402
from platewarden.server.access.purpose import StatedPurpose  # noqa: E402
from platewarden.server.access.signed_in import SignedIn  # noqa: E402
from platewarden.server.alerts.forms import (  # noqa: E402
    AskForm,
    CorrectionForm,
    DispositionForm,
    NoNoteForm,
    NoteAcknowledgedForm,
    NoteForm,
    NoteSentForm,
    StopsForm,
    VerificationForm,
)
from platewarden.server.alerts.forms import ReviewForm as OutcomeReviewForm  # noqa: E402
from platewarden.server.alerts.look import DOUBT_SENTENCES, Card, ListedEntry  # noqa: E402
from platewarden.server.alerts.models import (  # noqa: E402
    Alert,
    CorrectionNote,
    DispatchStop,
    Disposition,
    DispositionReview,
    FoundReview,
    StateAsk,
    StateReturn,
    StopMatch,
    Verification,
)
from platewarden.server.alerts.quality import WRONG, Quality  # noqa: E402
from platewarden.server.alerts.quality import Row as QualityRow  # noqa: E402
from platewarden.server.alerts.views import Asked, quality_plot  # noqa: E402
from platewarden.server.audits.forms import JudgeForm, PlanForm, WordsForm  # noqa: E402
from platewarden.server.audits.models import Audit, PlanChange, Sheet  # noqa: E402
from platewarden.server.audits.plan import NextAudit  # noqa: E402
from platewarden.server.audits.report import COLUMNS, AuditRow, sums  # noqa: E402
from platewarden.server.audits.review import AuditedLook  # noqa: E402
from platewarden.server.audits.views import PLOT_HEIGHT as AUDITS_HEIGHT  # noqa: E402
from platewarden.server.audits.views import PLOT_WIDTH as AUDITS_WIDTH  # noqa: E402
from platewarden.server.audits.views import bars as audit_bars  # noqa: E402
from platewarden.server.clock import now  # noqa: E402
from platewarden.server.complaints.forms import DecideForm as ComplaintDecideForm  # noqa: E402
from platewarden.server.complaints.forms import LinkForm  # noqa: E402
from platewarden.server.complaints.forms import ReceiveForm as ComplaintForm  # noqa: E402
from platewarden.server.complaints.models import Complaint  # noqa: E402
from platewarden.server.equipment.forms import DeploymentForm  # noqa: E402
from platewarden.server.equipment.models import Deployment, EnrolmentAsk, LateReport, Unit  # noqa: E402
from platewarden.server.evidence.forms import BookingForm, DestroyForm, ReturnForm, TransferForm  # noqa: E402
from platewarden.server.evidence.models import Booking, Package  # noqa: E402
from platewarden.server.hotlists.forms import (  # noqa: E402
    BackForm,
    BoloForm,
    ExcludeForm,
    ExtendForm,
    LoadForm,
    SourceForm,
    WithdrawForm,
)
from platewarden.server.hotlists.layout import Fault  # noqa: E402
from platewarden.server.hotlists.models import (  # noqa: E402
    BackAsk,
    Bolo,
    BoloStep,
    Exclusion,
    HotlistEdition,
    Load,
    LoadReport,
    Source,
    SourceAsk,
)
from platewarden.server.investigations import coverage  # noqa: E402
from platewarden.server.investigations.canvass import Scene, Search, Sighting, Vehicle  # noqa: E402
from platewarden.server.investigations.forms import (  # noqa: E402
    AroundForm,
    CloseForm,
    CosignForm,
    DecisionForm,
    IncidentForm,
    TaskForm,
    WatchForm,
)
from platewarden.server.investigations.models import CanvassTask, Cosign, Incident  # noqa: E402
from platewarden.server.investigations.task import Near  # noqa: E402
from platewarden.server.investigations.views import Row as AroundRow  # noqa: E402
from platewarden.server.ledger.acts import Act  # noqa: E402
from platewarden.server.ledger.read import LedgerEntry  # noqa: E402
from platewarden.server.people.forms import (  # noqa: E402
    AuthorizationForm,
    DayForm,
    DutyForm,
    EnrolForm,
    PolicyTextForm,
    TrainingFileForm,
    TrainingForm,
)
from platewarden.server.people.models import Duty, Member, PolicyEdition, PolicyText  # noqa: E402
from platewarden.server.people.policy_text import changed_lines  # noqa: E402
from platewarden.server.people.training_file import Line as TrainingLine  # noqa: E402
from platewarden.server.people.training_file import Plan as TrainingPlan  # noqa: E402
from platewarden.server.people.training_file import Wrong as TrainingWrong  # noqa: E402
from platewarden.server.proof.check import Checked, State  # noqa: E402
from platewarden.server.proof.check import Row as Counted  # noqa: E402
from platewarden.server.proof.measures import MEASURES  # noqa: E402
from platewarden.server.proof.views import says_why  # noqa: E402
from platewarden.server.reads.forms import SearchForm  # noqa: E402
from platewarden.server.reads.search import Correction, PlateRead, PlateSeen  # noqa: E402
from platewarden.server.reads.views import Shown  # noqa: E402
from platewarden.server.release.forms import DecideForm, FindForm, FulfilForm, HandOverForm, NameForm, ReceiveForm  # noqa: E402
from platewarden.server.release.models import ReleaseGrant, ReleasePackage, ReleaseReceipt, ReleaseRequest  # noqa: E402
from platewarden.server.retention.clock_watch import NOT_BELIEVED, ClockNow  # noqa: E402
from platewarden.server.retention.forms import HoldForm, ReleaseForm, ReviewForm, ScheduleForm  # noqa: E402
from platewarden.server.retention.models import Certificate, Hold, Kind, Purge, ScheduleChange  # noqa: E402
from platewarden.server.retention.purge import Due  # noqa: E402
from platewarden.server.retention.schedule import Row  # noqa: E402
from platewarden.server.retention.views import PLOT_HEIGHT, PLOT_WIDTH, Bar  # noqa: E402
from platewarden.server.web.day import WAITING, Line  # noqa: E402

EVERY = frozenset(duty.value for duty in Duty)
CAR = "Car 12"


def ago(**length: float) -> datetime:
    return now() - timedelta(**length)


def shell(**other: Any) -> SimpleNamespace:
    facts = {
        "department": _department(),
        "member_name": "Dana Whitfield",
        "member_number": "HP-214",
        "duties": EVERY - {"auditor"},
        "duties_line": "Administrative Supervisor, Investigator",
        "office_at": now(),
        "idle_until": now() + timedelta(minutes=27, seconds=41),
        "last_sign_in_at": ago(hours=20),
        "failed_since": 0,
        "purpose": stated(),
        "waiting": {"alerts": 3, "units": 1, "bolos": 1, "review": 1},
        "version": "0.1.0",
        "touch_url": "/touch/",
    }
    return SimpleNamespace(**(facts | other))


def stated() -> StatedPurpose:
    return StatedPurpose("criminal-investigation", "Criminal investigation", "26-004117", now() + timedelta(minutes=11))


@cache
def pictures(text: str, state: str | None, seed: int, *, dusk: bool) -> tuple[str, str]:
    """Overview and plate picture of a drawn scene, as a page carries them."""
    from PIL import Image

    scene = draw_scene(text, state, seed, dusk=dusk)
    whole = Image.open(io.BytesIO(scene.jpeg))
    box = scene.plate
    edge = box.height / 3
    cut = whole.crop((int(box.x - edge), int(box.y - edge), int(box.x + box.width + edge), int(box.y + box.height + edge)))
    cut = cut.resize((cut.width * 3, cut.height * 3), Image.Resampling.LANCZOS)
    return _data(whole), _data(cut)


def _data(image: Any) -> str:
    raw = io.BytesIO()
    image.convert("RGB").save(raw, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(raw.getvalue()).decode()


def read(text: str, state: str | None, *, sure: tuple[float, ...] = (), at: datetime | None = None, fix: bool = True) -> PlateRead:
    sure = sure or tuple(0.99 - 0.01 * (n % 3) for n in range(len(text)))
    return PlateRead(
        read_id=uuid.uuid5(uuid.NAMESPACE_OID, text),
        plate=text,
        state=state,
        state_confidence=0.97 if state else None,
        confidence=min(sure),
        characters=tuple(zip(text, sure, strict=True)),
        candidates=(("8" + text[1:], 0.41),) if min(sure) < 0.8 else (),
        captured_at=at or ago(seconds=14),
        received_at=(at or ago(seconds=14)) + timedelta(seconds=1),
        unit_id=uuid.uuid4(),
        camera="front left",
        lat=42.18169 if fix else None,
        lon=-87.80034 if fix else None,
        crossing="Central Ave & Green Bay Rd" if fix else None,
        no_place=None if fix else "the receiver sees too few satellites",
        began_at=(at or ago(seconds=14)) - timedelta(seconds=2),
        ended_at=(at or ago(seconds=14)) + timedelta(seconds=1),
        along="away",
        across=None,
        travel_deg=None,
        engine="rapidocr 3.10",
        member_number="HP-131",
        hotlist_edition=41,
        pictures=(),
        corrections=(),
    )


def put_right(one: PlateRead, text: str | None, state: str | None = "IL") -> PlateRead:
    """The read with one correction more."""
    said = Correction(
        number=len(one.corrections) + 1,
        at=ago(minutes=2),
        by="HP-131 Ray Okafor",
        because=Misread.CHARACTERS if text else Misread.CORRECTION,
        words="the loops of the 8 are closed" if text else "looked again with the overview",
        plate=text,
        state=state if text else None,
    )
    return replace(one, corrections=(*one.corrections, said))


def to_correct(one: PlateRead, data: dict[str, Any] | None = None) -> dict[str, Any]:
    form = (
        with_errors(CorrectionForm(data))
        if data
        else CorrectionForm(initial={"plate": one.stands, "state": one.stands_state, "saw": 0, "back": 1042})
    )
    return {"access": None, "shown": shown(one, 5, dusk=True, state="IL"), "form": form}


def withdrawn_card() -> Card:
    one = urgent_card("withdrawn")
    changed = alert(
        1042,
        "withdrawn",
        tier="possible",
        urgent=True,
        rematched_at=ago(minutes=2),
        rematched_by="HP-131 Ray Okafor",
        rematched_because="characters",
    )
    return replace(one, alert=changed, shown=replace(one.shown, read=put_right(one.shown.read, "R7K4TR1")))


def shown(one: PlateRead, seed: int = 3, *, dusk: bool = False, state: str | None = None) -> Shown:
    overview, plate = pictures(one.plate, one.state or state, seed, dusk=dusk)
    return Shown(read=one, unit=CAR, plate_picture=plate, overview_picture=overview)


def entry(text: str, state: str | None, **other: Any) -> ListedEntry:
    facts = {
        "entry_id": uuid.uuid4(),
        "text": text,
        "state": state,
        "is_pattern": False,
        "category": "stolen_vehicle",
        "approach": "stop",
        "caution": False,
        "urgent": False,
        "reason": "Taken from a driveway on Sheridan Road. Grey sedan.",
        "reference": "26-004093",
        "author": "State stolen vehicles",
        "entered_at": ago(days=2, hours=3),
        "expires_at": None,
    }
    return ListedEntry(**(facts | other))


def alert(number: int, state: str = "raised", **other: Any) -> Alert:
    facts = {
        "id": number,
        "hit_id": uuid.uuid4(),
        "read_id": uuid.uuid4(),
        "captured_at": ago(seconds=14),
        "raised_at": ago(seconds=12),
    }
    return Alert(**(facts | {"tier": "full", "urgent": False, "silent": False, "state": state, "unit": Unit(name=CAR)} | other))


def card(one: Alert, seen: Shown, listed: ListedEntry, **other: Any) -> Card:
    facts = {
        "alert": one,
        "shown": seen,
        "entry": listed,
        "tier": one.tier,
        "found_by": "unit",
        "doubts": (),
        "confusions": (),
        "notes": (),
        "earlier_wrong": 0,
        "edition": 41,
        "edition_age": timedelta(hours=3),
        "is_stale": False,
        "list_age": None,
        "due_at": one.raised_at + timedelta(minutes=10 if listed.urgent else 60),
        "is_read_purged": False,
    }
    return Card(**(facts | other))


def urgent_card(state: str = "raised", **other: Any) -> Card:
    listed = entry(
        "87K4TR1",
        "IL",
        category="wanted_vehicle",
        urgent=True,
        caution=True,
        reason="Armed robbery, Central Avenue, this afternoon. Driver seen with a handgun.",
        reference="26-004117",
        author="HP-188",
        entered_at=ago(hours=4),
        expires_at=now() + timedelta(days=6),
    )
    seen = read("B7K4TR1", None, sure=(0.62, 0.97, 0.98, 0.93, 0.99, 0.86, 0.99))
    doubts = (
        "The issuing state was not read. Compare it on the picture.",
        "Characters that cameras confuse differ between the read and the entry.",
    )
    one = alert(1042, state, tier="possible", urgent=True, acknowledged_at=ago(seconds=6), acknowledged_by="HP-131 Ray Okafor")
    facts = {
        "doubts": doubts,
        "confusions": ((1, "B", "8"),),
        "is_stale": True,
        "edition_age": timedelta(hours=31),
        "earlier_wrong": 1,
    }
    return card(one, shown(seen, 5, dusk=True, state="IL"), listed, **(facts | other))


# What the plate in the picture of a documented stop reads, and its state: what the camera did not see.
IN_TRUTH = {"1": ("MXJ6343", "CA"), "3": ("H796936", "CO"), "6": ("C603947", "CO"), "8": ("6XXH349", "AR")}


def documented_stop(case: str) -> dict[str, Any]:
    """The card of a documented wrong stop, as tests/stories/test_near_misses.py has it raised."""
    with (Path(__file__).parents[1] / "stories" / "near_misses.csv").open(encoding="utf-8", newline="") as file:
        row = next(each for each in csv.DictReader(file) if each["case"] == case)
    overview, plate = pictures(*IN_TRUTH[case], 11, dusk=False)
    state = None if row["listed_state"] == "unknown" else row["listed_state"]
    place, _, signs = row["confused"].partition(":")
    return card_page(
        card(
            alert(2000 + int(case), tier=row["verdict"]),
            Shown(read=read(row["read"], row["read_state"] or None), unit=CAR, plate_picture=plate, overview_picture=overview),
            entry(row["listed"], state, vehicle=row["vehicle"], reference=f"SV-{case}"),
            doubts=tuple(DOUBT_SENTENCES[Doubt(each)] for each in row["doubts"].split()),
            confusions=((int(place), *signs.split(">")),) if place else (),
        )
    )


def cards() -> list[Card]:
    stop = card(alert(1041, raised_at=ago(minutes=4)), shown(read("DRL5188", "IL", at=ago(minutes=4)), 3), entry("DRL5188", "IL"))
    quiet = card(
        alert(1040, "verified", raised_at=ago(minutes=21)),
        shown(read("KFZ7311", "WI", at=ago(minutes=21)), 8),
        entry("KFZ7311", "WI", category="missing_person", approach="do_not_stop", reference="26-004101", author="HP-188"),
        edition_age=timedelta(hours=2),
    )
    part = card(
        alert(1039, "disposed", raised_at=ago(hours=2), tier="possible"),
        shown(read("2GAT419", "IN", at=ago(hours=2), fix=False), 11, dusk=True),
        entry(
            "2GA*9",
            None,
            is_pattern=True,
            category="suspect_interdiction",
            approach="notify",
            reference="26-004088",
            author="HP-188",
        ),
        doubts=(
            "The entry is a partial plate. Other vehicles answer it too.",
            "The entry does not say a state. Any state's plate with these characters answers it.",
        ),
    )
    return [urgent_card(), stop, quiet, part]


class Verified(list[Verification]):
    def last(self) -> Verification | None:
        return self[-1] if self else None


def verified(answer: str = "confirms") -> Verification:
    return Verification(
        at=ago(minutes=1),
        by="HP-131 Ray Okafor",
        characters="same",
        state="same",
        vehicle="same",
        source="LEADS",
        reference="Q7-55310",
        answer=answer,
        returned_at=ago(minutes=2),
    )


def card_page(one: Card, **other: Any) -> dict[str, Any]:
    facts = {
        "card": one,
        "alert": one.alert,
        "asked": [],
        "is_open": True,
        "state_system": "LEADS",
        "ask_form": AskForm(initial={"state": one.shown.read.stands_state or ""}, auto_id="ask_%s"),
        "verifications": Verified(),
        "disposition": None,
        "verification_form": VerificationForm(),
        "disposition_form": DispositionForm(),
        "enforcement": [outcome.value for outcome in Outcome if outcome in ENFORCEMENT],
        "now": now(),
    }
    return facts | other


def note(number: int, state: str, **changes: Any) -> CorrectionNote:
    one = alert(1000 + number, "disposed")
    one.source = Source(pk=2, name="State stolen vehicles", owner="Secretary of State")
    facts = {"wrong": "old", "agency": "Secretary of State", "written_at": ago(days=9), "written_by": "HP-131 Ray Okafor"}
    return CorrectionNote(pk=number, alert=one, state=state, **facts | changes)


def notes_page() -> dict[str, Any]:
    sent = {"sent_at": ago(days=8), "sent_by": "HP-214 Dana Whitfield", "way": "by mail"}
    unwritten = note(36, "written").alert
    unwritten.disposition = Disposition(at=ago(hours=5), by="HP-131 Ray Okafor", outcome="stale entry", for_review=False)
    back = {"acknowledged_at": ago(days=1), "acknowledged_by": "HP-214 Dana Whitfield", "reference": "SOS-8812"}
    return {
        "unwritten": [{"alert": unwritten, "form": NoNoteForm(auto_id="no_%s")}],
        "unwritten_in_all": 1,
        "to_send": [{"note": note(31, "written", wrong="vehicle"), "form": NoteSentForm(auto_id="sent_%s")}],
        "to_acknowledge": [{"note": note(28, "sent", **sent), "form": NoteAcknowledgedForm(auto_id="ack_%s"), "is_late": True}],
        "done": [note(25, "acknowledged", **sent, **back), note(24, "not needed", wrong="")],
        "now": now(),
    }


def question(came: Came | None, answer: str = "", *, is_sealed: bool = False, is_confidential: bool = False) -> Asked:
    """A question to the state system, and what came of it."""
    ask = StateAsk(pk=71, source=Source(name="LEADS", is_confidential=is_confidential), at=ago(seconds=9), by="HP-131 Ray Okafor")
    ask._state.fields_cache["returned"] = None
    if came is not None:
        ask.returned = StateReturn(ask=ask, outcome=came, answer=answer, reference="IL-0488213", returned_at=ago(seconds=4))
    return Asked(ask, came, is_sealed)


class SignIn(forms.Form):
    login = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(widget=forms.PasswordInput)


class Passkey(forms.Form):
    name = forms.CharField(required=False)
    credential = forms.JSONField(widget=forms.HiddenInput)


class Code(forms.Form):
    code = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}))
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def qr() -> str:
    import qrcode
    from qrcode.image.svg import SvgPathImage

    picture = qrcode.make("otpauth://totp/example?secret=" + Code.secret, image_factory=SvgPathImage)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.to_string()).decode()


def with_errors(form: forms.Form, **faults: str) -> forms.Form:
    form.is_valid()
    for name, sentence in faults.items():
        form.add_error(None if name == "all" else name, sentence)
    return form


def searched(**other: Any) -> dict[str, Any]:
    form = SearchForm({"plate": "DRL5188", "span": "week"})
    return {
        "form": form,
        "stated": stated(),
        "wanted": "DRL5188",
        "since": ago(days=7),
        "until": now(),
        "at_most": 200,
        "access": Access(
            uuid.uuid4(), Act.READS_SEARCH, "1060", "Nora Lindqvist", "criminal-investigation", "26-004117", now(), now(), 9
        ),
    } | other


def earlier_load() -> Load:
    source = Source(name="Lake County wanted")
    return Load(pk=6, source=source, number=6, state="superseded", loaded_at=ago(hours=54), loaded_by="HP-188 Lou Tran", entries=1188, digest=b"\x44" * 32)  # fmt: skip


def review_page() -> dict[str, object]:
    car = Unit(name="Car 12")
    stopped = Disposition(
        pk=3,
        alert=alert(1042, "disposed"),
        at=ago(hours=2),
        by="HP-131 Ray Okafor",
        outcome="stop made",
        ground="impracticable",
        for_review=True,
    )
    towed = Disposition(
        pk=4,
        alert=alert(1043, "disposed"),
        at=ago(hours=1),
        by="HP-214 Dana Whitfield",
        outcome="tow",
        ground="independent",
        for_review=True,
    )
    for each in (stopped, towed):
        each.alert.unit = car
    done = DispositionReview(
        disposition=Disposition(alert=alert(1031, "disposed"), by="HP-131 Ray Okafor", outcome="arrest"),
        at=ago(days=1),
        by="HP-188 Lou Tran",
        is_in_order=False,
    )
    stop = dispatched("26-118204", "no action")
    corrected = alert(1044, "withdrawn")
    corrected.unit, corrected.rematched_at, corrected.rematched_by, corrected.rematched_because = (
        car,
        ago(minutes=50),
        "HP-131 Ray Okafor",
        Misread.CHARACTERS,
    )
    own = Refusal(
        Clause.VERIFY_BEFORE_ENFORCEMENT, "Somebody else reviews what you recorded or verified. Ask the other supervisor."
    )
    return {
        "rows": [
            {"disposition": stopped, "refusal": None, "form": OutcomeReviewForm(auto_id="review_3_%s")},
            {"disposition": towed, "refusal": own, "form": OutcomeReviewForm()},
        ],
        "in_all": 2,
        "corrections": [{"alert": corrected, "refusal": None, "form": OutcomeReviewForm(auto_id="correction_1044_%s")}],
        "corrections_in_all": 1,
        "stops": [
            {
                "stop": stop,
                "alert": stop.alert,
                "refusal": None,
                "form": OutcomeReviewForm(auto_id="stop_9_%s"),
            }
        ],
        "stops_in_all": 1,
        "done": [done],
        "found": [FoundReview(stop=DispatchStop(number="26-117988"), at=ago(days=1), by="HP-188 Lou Tran", is_in_order=True)],
        "now": now(),
    }


def dispatched(number: str, outcome: str = "", *, is_reviewed: bool = False) -> DispatchStop:
    """A stop of the dispatch system, after an alert with this outcome; without one it followed none."""
    stop = DispatchStop(
        pk=9, number=number, stopped_at=ago(hours=3), unit_name=CAR, taken_at=ago(minutes=4), by="HP-214 Dana Whitfield"
    )
    if outcome:
        one = alert(1045, "disposed")
        one.disposition = Disposition(alert=one, at=ago(hours=3), by="HP-131 Ray Okafor", outcome=outcome)
        stop.match = StopMatch(stop=stop, alert=one)
    stop._state.fields_cache["review"] = None  # nobody did: asked of no database here
    if is_reviewed:
        stop.review = FoundReview(stop=stop, at=ago(hours=1), by="HP-188 Lou Tran", is_in_order=False)
    return stop


def stops_page(**other: Any) -> dict[str, Any]:
    followed = [
        dispatched("26-118204", "no action"),
        dispatched("26-118199", "stop made"),
        dispatched("26-118150", "not located", is_reviewed=True),
    ]
    apart = [dispatched("26-118210"), dispatched("26-118187")]
    facts = {"form": StopsForm(), "followed": followed, "followed_in_all": 3, "waiting": 1, "apart": apart, "apart_in_all": 2}
    return {**facts, "enforcement": [each.value for each in ENFORCEMENT], "stated": stated(), "now": now(), **other}


def refused_stops() -> StopsForm:
    form = StopsForm({}, {})
    form.full_clean()
    form.errors.clear()
    form.add_error(
        "file", "Nothing was taken. line 2: the time is written like 2026-11-28T14:05; line 7: the plate or its state is none."
    )
    return form


def quality_row(name: str, right: int, *wrong: int) -> QualityRow:
    row = QualityRow(name)
    row.outcomes.update({"no action": right, **{kind.value: n for kind, n in zip(WRONG, wrong, strict=True)}})
    row.tiers["full"].update({False: right // 2, True: sum(wrong) // 4})
    row.tiers["possible"].update({False: right - right // 2, True: sum(wrong) - sum(wrong) // 4})
    return row


def quality_page() -> dict[str, object]:
    months = [quality_row(f"2026-{month:02}", 40 + 7 * month, 9 - month // 2, 3, month % 4, 1) for month in range(6, 12)]
    found = Quality(
        quality_row("All", 617, 29, 18, 9, 6),
        months,
        [
            quality_row("Car 12", 180, 19, 9, 2, 3),
            quality_row("Green Bay Road north", 402, 9, 8, 6, 3),
            quality_row("Car 7", 2, 1, 0, 0, 0),
        ],
        [quality_row("State stolen vehicles", 510, 20, 12, 9, 4), quality_row("BOLOs of this department", 107, 9, 6, 0, 2)],
    )
    return {
        "quality": found,
        "kinds": [each.label for each in WRONG],
        "months": 12,
        "periods": (3, 12, 36),
        **quality_plot(found.months),
    }


def list_sources() -> list[dict[str, object]]:
    partner, state = loads()
    national = Source(
        pk=3, name="National extract", owner="State Police", layout="x", inbox="national", age_limit_hours=12, is_confidential=True
    )
    national.left_out = [Exclusion(file="IMMIGRATION.TXT", because="state law forbids it", by="HP-214 Dana Whitfield")]
    state.source.owner, state.source.age_limit_hours, state.source.inbox = "Secretary of State", 12, "state"
    state.loaded_at = ago(hours=15)
    for number, load in enumerate((partner, state), 1):
        load.source.pk, load.source.left_out = number, []
    return [
        {"source": partner.source, "load": partner, "is_stale": False},
        {"source": national, "load": None, "is_stale": False},
        {"source": state.source, "load": state, "is_stale": True},
    ]


NATIONAL_LAYOUT = """kind = "fixed"
date = "%y%m%d"

[[file]]
name = "VEHICLE.TXT"

[[file]]
name = "IMMIGRATION.TXT"
"""


def source_page(**changes: Any) -> dict[str, Any]:
    source = Source(
        pk=3, name="National extract", owner="State Police", layout=NATIONAL_LAYOUT, inbox="national", age_limit_hours=12
    )
    source.is_confidential = True
    said = {"owner": source.owner, "confidential": "yes", "age_limit_hours": 12, "inbox": "national", "saw": "5c1d"}
    files = ["VEHICLE.TXT", "IMMIGRATION.TXT"]
    out = Exclusion(file=files[1], because="state law forbids it", by="HP-214 Dana Whitfield", at=ago(days=40))
    form = SourceForm(source=source, initial=said)
    exclude_form = ExcludeForm(files=files[:1], auto_id="exclude_%s")
    page = {"source": source, "form": form, "exclude_form": exclude_form, "files": files, "left_out": [out], "earlier": ()}
    return page | {"asks": (), "needs_two": False} | changes


def source_ask() -> SourceAsk:
    return SourceAsk(
        pk=7,
        name="State gang file",
        owner="State Police",
        is_confidential=True,
        layout=NATIONAL_LAYOUT,
        age_limit_hours=24,
        asked_by="HP-214 Dana Whitfield",
        asked_at=ago(hours=2),
    )


def list_reports() -> list[LoadReport]:
    faults = [
        ["", 14, "The issuing state is missing. Give it, or write “unknown”."],
        ["", 233, "the same plate and state stand on line 14 already"],
    ]
    common = {"by": "the office", "digest": b"\x9c" * 32}
    return [
        LoadReport(
            pk=12,
            source_name="State stolen vehicles",
            at=ago(hours=15),
            load_id=3,
            lines=48219,
            taken=48217,
            malformed=2,
            later=0,
            faults=faults,
            **common,
        ),
        LoadReport(
            pk=11,
            source_name="National extract",
            at=ago(hours=16),
            load_id=None,
            lines=880,
            taken=0,
            malformed=61,
            later=0,
            faults=faults,
            **common,
        ),
        LoadReport(
            pk=10,
            source_name="Lake County wanted",
            at=ago(hours=30),
            load_id=2,
            lines=1206,
            taken=1204,
            malformed=0,
            later=2,
            faults=[],
            **common,
        ),
    ]


def loads() -> list[Load]:
    state, partner = Source(name="State stolen vehicles"), Source(name="Lake County wanted")
    return [
        Load(
            source=partner,
            number=7,
            state="in force",
            loaded_at=ago(hours=30),
            loaded_by="HP-188 Lou Tran",
            entries=1204,
            digest=b"\x9c\x01" * 16,
        ),
        Load(
            source=state,
            number=112,
            state="in force",
            loaded_at=ago(hours=3),
            loaded_by="HP-188 Lou Tran",
            entries=48211,
            digest=b"\x1f\xe2" * 16,
        ),
    ]


def deployments() -> list[Deployment]:
    """One order that stands, and one whose review is past."""
    rosa = Member(number="HP-131", name="Ray Okafor")
    row = {"member": rosa, "purpose": "stolen-property", "reference": "26-004117", "ordered_by": "HP-214 Dana Whitfield"}
    trailer, car = units()[1], units()[0]
    return [
        Deployment(pk=7, unit=trailer, place="Park Avenue at Sheridan Road", ordered_on=ago(days=2).date(), review_on=ago(days=-28).date(), **row),
        Deployment(pk=6, unit=car, place="Central Avenue, east lot", ordered_on=ago(days=40).date(), review_on=ago(days=3).date(), **row),
    ]  # fmt: skip


def deployment_form(given: dict[str, str] | None = None) -> DeploymentForm:
    purposes = [(name, each.label) for name, each in _department().purposes.items() if each.number != "action"]
    return DeploymentForm(
        given, units=[("1", "Trailer at Park Avenue")], operators=[("HP-131", "HP-131 Ray Okafor")], purposes=purposes
    )


def hold(number: int = 12, **other: Any) -> Hold:
    facts = {
        "pk": number, "ground": "criminal action", "authority": "State's Attorney, Lake County, letter of 11/20/2026",
        "reference": "26-004117", "scope": "vehicle", "since": ago(days=9), "until": ago(days=-2), "placed_by": "HP-131 Ray Okafor",
        "placed_by_number": "HP-131", "placed_at": ago(days=6), "reads": 14, "alerts": 2, "review_on": ago(days=-80).date(),
        "book_by": ago(days=-24).date(),
    }  # fmt: skip
    return Hold(**(facts | other))


def holds() -> list[dict[str, Any]]:
    late = hold(9, ground="discovery", authority="Circuit court, Lake County, order of 10/02/2026", reference="CA-26-118", scope="unit", reads=1204, alerts=9, book_by=ago(days=4).date(), review_on=ago(days=1).date())  # fmt: skip
    booked = hold(7, scope="place", reference="26-003980", booked_at=ago(days=11), reads=212)
    return [
        {"hold": hold(), "unbooked": False, "for_review": False},
        {"hold": late, "unbooked": True, "for_review": True},
        {"hold": booked, "unbooked": False, "for_review": False},
    ]


def bars() -> list[Bar]:
    days, step = 30, PLOT_WIDTH / 31
    made = []
    for n in range(days):
        rows = 5200 + (n * 7919) % 2400 - (1800 if (n % 7) in (2, 3) else 0)
        high = rows / 7600 * (PLOT_HEIGHT - 20)
        held = 900 if n in (11, 12) else 0
        on = (now() - timedelta(days=days - n)).date()
        made.append(
            Bar(
                on,
                rows,
                held,
                now() + timedelta(days=n),
                PLOT_WIDTH - (days - n) * step,
                step * 0.78,
                high,
                held / 7600 * 130,
                n == 0,
            )
        )
    return made


def retention(**other: Any) -> dict[str, Any]:
    days = _department().retention_days
    facts = {
        "rows": [Row(kind, days[kind.value], 7 if kind is Kind.OVERVIEW_PICTURES else None, ago(days=-6)) for kind in Kind],
        "bars": bars(),
        "plot": {"width": PLOT_WIDTH, "height": PLOT_HEIGHT},
        "due": [Due(kind, ago(days=31).date(), ago(hours=3)) for kind in (Kind.PICTURES, Kind.READS, Kind.ALERTS)],
        "overdue": [],
        "clock": ClockNow(is_trusted=True, unexplained_s=41.0, last_at=now(), confirmed_at=None, confirmed_by=""),
        "clock_refusal": None,
        "holds": 3,
        "unbooked": 1,
        "for_review": 1,
        "waiting": None,
        "ask_refusal": None,
        "history": [SimpleNamespace(number=2, in_force_at=ago(days=-6), signed_by="HP-214 Dana Whitfield and HP-215 Luis Ortega"), SimpleNamespace(number=1, in_force_at=ago(days=90), signed_by="setup")],
        "certificates": [Certificate(pk=n, purge=Purge(pk=n, began_at=ago(days=42 - n), asked_by="the night round"), purged=17_204 + n * 311, spared=n % 3) for n in (41, 40, 39)],
        "now": now(),
    }  # fmt: skip
    return facts | other


def change(**other: Any) -> ScheduleChange:
    facts = {"pk": 3, "days": {"overview_pictures": 7, "pictures": 21}, "because": "Resolution of the local records commission, 11/20/2026", "asked_by": "HP-214 Dana Whitfield", "asked_at": ago(hours=2), "effective_at": ago(days=-7)}  # fmt: skip
    return ScheduleChange(**(facts | other))


def certificate() -> dict[str, Any]:
    unit = uuid.UUID(int=12)
    day = ago(days=31).date().isoformat()
    rows = [
        {"kind": kind, "label": Kind(kind).label, "day": day, "purged": purged, "spared": spared, "spared_by": [["H-00012", spared]] if spared else [], "unreadable": 0, "keys_destroyed": keys, "ledger_index": 48_211 + n}
        for n, (kind, purged, spared, keys) in enumerate([("pictures", 5630, 2, [f"{day}/{unit}.plate"]), ("reads", 5630, 2, []), ("alerts", 6, 1, [])])
    ]  # fmt: skip
    said = {
        "purge": 41, "asked_by": "the night round", "policy_edition": 1, "purged": 11_266, "spared": 5, "ended": rows,
        "holds": [{"number": "H-00012", "ground": "criminal action", "authority": hold().authority, "reference": "26-004117", "placed_by": "HP-131 Ray Okafor"}],
        "limits": ["Reads that were released to an agency or written onto portable media before are not reached by a purge."],
    }  # fmt: skip
    made = Certificate(pk=41, purge=Purge(pk=41, began_at=ago(hours=4), ended_at=ago(hours=3.9)))
    return {"certificate": made, "said": said, "ended": rows}


def hold_form(given: dict[str, str] | None = None) -> HoldForm:
    return HoldForm(given, units=[("1", "Car 12"), ("2", "Trailer at Park Avenue")])


def hold_page(one: Hold, **other: Any) -> dict[str, Any]:
    facts = {"hold": one, "unbooked": False, "for_review": False, "look_refusal": None, "review_refusal": None, "release_refusal": None, "review_form": ReviewForm(), "release_form": ReleaseForm()}  # fmt: skip
    return facts | other


def package(number: int = 7, *, booked: bool = False, **other: Any) -> Package:
    facts = {
        "pk": number, "hold": hold(), "since": ago(days=9), "until": ago(hours=1), "made_by": "HP-214 Dana Whitfield", "made_by_number": "HP-214",
        "made_at": ago(hours=1), "reads": 14, "state": "booked" if booked else "written", "written_at": ago(hours=0.9), "photos": 28,
        "size_bytes": 3_412_776, "sha512": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" * 2,
    }  # fmt: skip
    made = Package(**(facts | other))
    if booked:
        Booking(package=made, item_number=f"HP-26-{927 + number:04}", medium_serial="4C530001240822117", marking="HPPD 26-004117 #1", place="property room, shelf 4", booked_by="HP-214 Dana Whitfield", booked_by_number="HP-214", booked_at=ago(hours=0.5), ended_by="", ended_because="")  # fmt: skip
    return made


def packages() -> list[Package]:
    return [package(8, hold=hold(9, reference="CA-26-118", scope="unit"), reads=1204, size_bytes=311_904_226), package(booked=True), package(6, state="making", written_at=None, size_bytes=None), package(5, booked=True, state="returned")]  # fmt: skip


def packages_page(**other: Any) -> dict[str, Any]:
    late = hold(
        9,
        ground="discovery",
        authority="Circuit court, Lake County, order of 10/02/2026",
        reference="CA-26-118",
        scope="unit",
        reads=1204,
    )
    facts = {"rows": [{"package": each, "booking": each.booking if each.state in ("booked", "returned") else None} for each in packages()], "more": 5, "waiting": [{"hold": late, "unbooked": True}, {"hold": hold(14), "unbooked": False}], "waiting_in_all": 2, "refusal": None, "booking_days": 30}  # fmt: skip
    return facts | other


def package_page(one: Package, **other: Any) -> dict[str, Any]:
    booking = one.booking if one.state in ("booked", "returned", "destroyed") else None
    hands = [SimpleNamespace(at=ago(hours=0.4), from_whom="property room, shelf 4", to_whom="Det. Kim Novak", because="shown to the State's Attorney", written_by="HP-214 Dana Whitfield")] if booking else []  # fmt: skip
    facts = {
        "package": one, "hold": one.hold, "booking": booking, "transfers": hands, "passphrase": "", "book_refusal": None, "transfer_refusal": None,
        "return_refusal": None, "destroy_refusal": None, "passphrase_refusal": None, "book_form": BookingForm(),
        "transfer_form": TransferForm(initial={"from_whom": "Det. Kim Novak"}), "return_form": ReturnForm(), "destroy_form": DestroyForm(),
    }  # fmt: skip
    return facts | other


def release_request(pk: int = 31, **other: Any) -> ReleaseRequest:
    facts = {
        "agency": "Lakeside Police Department", "agency_kind": "law enforcement", "agency_state": "IL", "requester": "Det. Mara Quist", "purpose": "armed robbery of 11/20/2026",
        "basis": "official purpose", "reference": "LS-26-0417", "letter_sha256": "9f2c41d07be3" * 5 + "a1b2", "letter_bytes": 48_231, "permit_sha256": "", "received_at": ago(hours=30),
        "received_by": "HP-233 Noor Haddad", "received_by_number": "HP-233", "due_on": ago(hours=-24 * 9).date(), "state": "waiting", "is_narrowed": False,
    }  # fmt: skip
    return ReleaseRequest(pk=pk, **(facts | other))


def release_decided(pk: int, state: str, **other: Any) -> ReleaseRequest:
    return release_request(pk, state=state, decided_at=ago(hours=3), decided_by="HP-214 Dana Whitfield", decided_by_number="HP-214", decided_because="one vehicle, one robbery", **other)  # fmt: skip


def release_granted() -> ReleaseGrant:
    return ReleaseGrant(pk=9, request=release_decided(27, "approved"), reads=14, named_at=ago(hours=2), named_by="HP-214 Dana Whitfield", named_by_number="HP-214")  # fmt: skip


def release_package() -> ReleasePackage:
    facts = {
        "recipient": "age14nmvrrff0eyuxlthz7jevahrft3r8tgftnqjc8zuzz4vwxggpdmqv6mrt4", "made_by": "HP-233 Noor Haddad", "made_by_number": "HP-233", "made_at": ago(hours=1),
        "reads": 12, "gone": 2, "photos": 23, "sha256": "3c51a0be77d2" * 5 + "09fe", "size_bytes": 1_481_233, "sealed_at": ago(hours=1),
    }  # fmt: skip
    return ReleasePackage(pk=12, request=release_decided(27, "approved"), grant=release_granted(), **facts)


def releases_page(**other: Any) -> dict[str, Any]:
    rows = [
        {"asked": release_request(), "late": False},
        {"asked": release_request(28, agency="Cook County State's Attorney", requester="Ines Alba", purpose="trial preparation", agency_kind="prosecutorial", due_on=ago(hours=50).date()), "late": True},
        {"asked": release_decided(27, "approved", is_narrowed=True), "late": False},
        {"asked": release_request(26, agency="The Lakeside Courier", requester="T. Brandt", agency_kind="private", purpose="an article on traffic", reference="", state="referred"), "late": False},
    ]  # fmt: skip
    return {
        "form": FindForm(),
        "rows": rows,
        "in_all": 4,
        "waiting": 2,
        "overdue": 1,
        "refusal": None,
        "queue": [rows[1], rows[0], rows[2]],
    } | other


def agency_page() -> dict[str, Any]:
    receipt = SimpleNamespace(
        package=release_package(), handed_at=ago(hours=1), to_whom="Det. Mara Quist", way="on a stick, in person"
    )
    rows = [
        {"asked": release_request(), "receipt": None, "late": True},
        {"asked": release_decided(27, "approved", is_narrowed=True), "receipt": receipt, "late": False},
        {"asked": release_decided(19, "denied", requester="Sgt. Paul Enders", purpose="a survey of traffic", reference=""), "receipt": None, "late": False},
    ]  # fmt: skip
    return {"agency": release_request(), "rows": rows, "in_all": 3, "counts": [("Waiting for review", 1), ("Approved", 1), ("Denied", 1), ("Referred to Records", 0)], "handed_over": 1, "reads": 12, "persons": ["Det. Mara Quist", "Sgt. Paul Enders"]}  # fmt: skip


def release_page(one: ReleaseRequest, **other: Any) -> dict[str, Any]:
    facts = {"asked": one, "late": False, "same_agency": [release_decided(27, "approved")], "decide_refusal": None, "approve_refusal": None, "look_refusal": None, "letter_refusal": None, "form": DecideForm(), "shown": None, "granted": None, "package": None, "receipt": None, "name_refusal": None, "fulfil_refusal": None, "name_form": NameForm(), "fulfil_form": FulfilForm(), "hand_over_form": HandOverForm()}  # fmt: skip
    return facts | other


def complaint(pk: int = 7, **other: Any) -> Complaint:
    facts = {
        "about": "wrong stop", "came_on": ago(hours=50).date(), "letter_sha256": "9f2c41d07be3" * 5 + "a1b2", "members": ["HP-131"], "to_auditor": False, "received_at": ago(hours=40),
        "received_by": "HP-233 Noor Haddad", "received_by_number": "HP-233", "due_on": ago(hours=-24 * 20).date(), "alert_id": 212, "look_line": None,
    }  # fmt: skip
    return Complaint(pk=pk, **(facts | other))


def complaints_page() -> dict[str, Any]:
    rows = [
        {"complaint": complaint(5, about="misuse", due_on=ago(hours=80).date(), to_auditor=True, alert_id=None, look_line=48_113), "late": True},
        {"complaint": complaint(), "late": False},
        {"complaint": complaint(6, outcome="founded", decided_at=ago(hours=2)), "late": False},
    ]  # fmt: skip
    return {"rows": rows, "waiting": 2, "overdue": 1, "refusal": None}


def complaint_page(filed: Complaint, **other: Any) -> dict[str, Any]:
    whom = [SimpleNamespace(name="Rosa Vega", number="HP-131")]
    return {"complaint": filed, "late": False, "members": whom, "sees_alert": True, "link_refusal": None, "decide_refusal": Refusal(Clause.NO_UNAUTHORIZED_PURPOSE, "Whoever took a complaint in does not decide on it. Ask the supervisor, designee or auditor."), "link_form": LinkForm(), "decide_form": ComplaintDecideForm(), "shown": None} | other  # fmt: skip


def audit(pk: int = 4, **other: Any) -> Audit:
    rules = {name: figure for name, figure in _department().audits.items() if name not in ("audit_every_days", "audit_sign_days", "audit_answer_days")}  # fmt: skip
    facts = {
        "since": ago(days=33), "due_at": ago(days=3), "opened_at": ago(days=3), "sign_by": ago(days=-11), "rules": rules, "leaf_id": 20_113, "drawn_at": ago(days=3),
        "seed": "9f2c41d07be3" * 5 + "a1b2", "tree_size": 20_117, "looks": 1_204, "signed_at": None,
    }  # fmt: skip
    return Audit(pk=pk, **(facts | other))


def audit_signed(pk: int, **other: Any) -> Audit:
    return audit(pk, since=ago(days=63), due_at=ago(days=33), opened_at=ago(days=33), sign_by=ago(days=19), signed_at=ago(days=24), signed_by="HP-402 Ada Brandt", signed_by_number="HP-402", summary="Thirty looks, one finding: a case number of another year.", **other)  # fmt: skip


def sheet(position: int = 1, **other: Any) -> Sheet:
    facts = {
        "audit": audit(), "drawn": "random", "marks": [], "weight": 1, "access_id": uuid.uuid4(), "leaf_id": 18_430 + position, "at": ago(days=9, hours=position), "act": "reads.search",
        "purpose": "criminal-investigation", "member_number": "HP-131", "member_name": "Ray Okafor", "trained": True, "judged_at": None,
    }  # fmt: skip
    return Sheet(pk=position, position=position, **(facts | other))


def sheet_judged(position: int, **other: Any) -> Sheet:
    return sheet(position, judged_at=ago(hours=5), judged_by="HP-402 Ada Brandt", judged_by_number="HP-402", case_exists="yes", purpose_fits=True, right_person=True, judgement="in order", **other)  # fmt: skip


def sheet_found(position: int = 5, **other: Any) -> Sheet:
    facts = {"case_exists": "no", "purpose_fits": False, "judgement": "finding", "finding": "The case number belongs to another year.", "follow_up_by": ago(days=2).date(), "drawn": "weighted", "marks": ["tripped", "many looks"], "weight": 24}  # fmt: skip
    one = sheet_judged(position)
    for name, value in (facts | other).items():
        setattr(one, name, value)
    return one


def sheets() -> list[Sheet]:
    return [
        sheet_judged(1), sheet_judged(2, member_number="HP-188", member_name="Iris Lund"), sheet(3), sheet(4, purpose="routine-patrol", drawn="weighted", marks=["no case", "off shift"], weight=6),
        sheet_found(), sheet(6, trained=False, marks=["untrained"], weight=50, drawn="weighted", act="reads.look"),
    ]  # fmt: skip


def audits_page(**other: Any) -> dict[str, Any]:
    rows = [
        {"audit": audit(), "late": False, "drawn": 30, "judged": 4},
        {"audit": audit(3, sign_by=ago(days=2), since=ago(days=63), due_at=ago(days=33)), "late": True, "drawn": 30, "judged": 29},
        {"audit": audit_signed(2), "late": False, "drawn": 30, "judged": 30},
    ]
    unsettled = [{"sheet": sheet_found(), "overdue": True}, {"sheet": sheet_found(7, answered_at=ago(hours=2)), "overdue": False}]
    ada = Member(number="HP-402", name="Ada Brandt")
    facts = {"rows": rows, "coming": NextAudit(ago(days=3), ago(days=-27)), "overdue": False, "late": 1, "unsettled": unsettled, "is_auditor": True, "auditors": [ada], "figures": _department().audits, "change": None, "year": 2026, "shell": auditors_shell()}  # fmt: skip
    return facts | other


def audit_page(one: Audit, **other: Any) -> dict[str, Any]:
    facts = {"audit": one, "late": False, "sheets": sheets(), "drawn": 6, "judged": 3, "findings": 1, "is_auditor": True, "sign_refusal": Refusal(Clause.AUDITS, "3 of its looks are not judged yet. Judge them first."), "form": WordsForm(label="What the audit showed"), "shell": auditors_shell()}  # fmt: skip
    return facts | other


def sheet_page(one: Sheet, **other: Any) -> dict[str, Any]:
    facts = {
        "sheet": one, "audit": one.audit, "purpose": _department().purposes[one.purpose], "act": Act(one.act), "before": one.position - 1, "after": one.position + 1, "overdue": False,
        "judge_refusal": None, "close_refusal": None, "is_own": False, "judge_form": JudgeForm(), "close_form": WordsForm(label="What came of it", auto_id="close_%s"), "shown": None, "shell": auditors_shell(),
    }  # fmt: skip
    return facts | other


def year_page(**other: Any) -> dict[str, Any]:
    counted = ((1204, 30, 1), (988, 30, 0), (1310, 30, 6), (1102, 30, 9))
    rows = [
        AuditRow(f"A-{n + 1:04d}", ago(days=150 - 30 * n).date(), ago(days=120 - 30 * n).date(), ago(days=106 - 30 * n).date(), ago(days=110 - 30 * n).date() if n < 3 else None, is_late=n == 2, counts={"looks": looks, "drawn": drawn, "findings": found, "no_case": found // 2, "misfit": found // 3, "wrong_person": 0, "untrained": 0, "unsettled": found - 5 if found > 5 else 0})
        for n, (looks, drawn, found) in enumerate(counted)
    ]  # fmt: skip
    facts = {"year": 2026, "earlier": 2025, "later": None, "rows": rows, "columns": [label for _, label in COLUMNS], "sums": sums(rows), "bars": audit_bars(rows), "plot": {"width": AUDITS_WIDTH, "height": AUDITS_HEIGHT}, "trained": 17, "members": 19, "shell": auditors_shell()}  # fmt: skip
    return facts | other


def auditors_shell() -> SimpleNamespace:
    return shell(
        member_name="Ada Brandt",
        member_number="HP-402",
        duties=frozenset({"auditor"}),
        duties_line="Auditor",
        waiting={"audits": 2},
    )


def asked_row(one: Sheet, *, overdue: bool = False) -> dict[str, Any]:
    return {"sheet": one, "act": Act(one.act), "purpose": _department().purposes[one.purpose], "overdue": overdue, "form": WordsForm(label="Your answer", auto_id=f"sheet{one.pk}_%s")}  # fmt: skip


def plan_page(**other: Any) -> dict[str, Any]:
    change = PlanChange(pk=2, asked_by="HP-214 Dana Whitfield", asked_at=ago(hours=4), because="the board asked for one every fortnight", state="waiting")  # fmt: skip
    changes = [("An audit every so many days", 30, 14), ("Looks drawn with equal chances", 15, 30)]
    return {"form": PlanForm(figures=_department().audits), "change": change, "changes": changes, "decide_refusal": None, "shell": auditors_shell()} | other  # fmt: skip


def clauses_page(**other: Any) -> dict[str, Any]:
    rows = [{"each": each, "said": says_why(each)} for each in checked_clauses()]
    counts = [(state.value, sum(row["each"].state is state for row in rows)) for state in reversed(State)]
    days = [{"day": ago(hours=24 * n).date(), "sha256": "9f2c41d07be3a1b2" * 4, "kept": 22 - n, "at_risk": 1, "broken": n % 2, "no_data": 4} for n in range(1, 5)]  # fmt: skip
    return {"rows": rows, "counts": counts, "days": days, "at": ago(seconds=2)} | other


def checked_clauses() -> list[Checked]:
    """Each clause with its real sentences and made-up counts: one broken, one at risk, some without data."""
    found = []
    for number, each in enumerate(Clause):
        measured = MEASURES.get(each, ())
        of = 0 if number % 7 == 6 else 40 + 3 * number
        wrong, late = int(each is Clause.TRAINING_BEFORE_USE), int(each is Clause.BOOKED_EVIDENCE)
        records = ("ledger line 4812",) if wrong else ("hold H-00009",) if late else ()
        rows = [Counted(one.name, one.sentence, of, wrong if one is measured[0] else 0, late if one is measured[0] else 0, records if one is measured[0] else (), one.todo) for one in measured]  # fmt: skip
        kept = Counted("database", "functions, triggers, constraints and rights of the database as shipped", 11, 0, 0, (), "", is_mechanism=True)  # fmt: skip
        found.append(Checked(each, _department().numbers[each], (kept, *rows) if rows else ()))
    return found


def public_page(**other: Any) -> dict[str, Any]:
    """What the public is told of: one year fixed, one not."""
    from platewarden.server.proof.models import YearTold
    from platewarden.server.proof.sharing import _said

    told = YearTold(
        year=2024, made_at=ago(days=300), made_by="Dana Whitfield", made_by_number="HP-214", sha256="41d07be3a1b29f2c" * 4
    )
    statements = [{"day": ago(hours=24 * n).date(), "sha256": "07be3a1b29f2c41d" * 4, "said": _said(ago(hours=24 * n).date(), int(n == 2))} for n in range(3)]  # fmt: skip
    return {
        "years": [{"year": 2025, "kept": None}, {"year": 2024, "kept": told}],
        "running": 2026,
        "refusal": None,
        "statements": statements,
    } | other


def site_page(**other: Any) -> dict[str, Any]:
    """The static page, of a year with many of everything."""
    from platewarden.server.proof import site, year
    from platewarden.server.proof.sharing import _said

    counts = {
        "units": 6, "reads": 4_812_304, "alerts": {"stop made": 402, "no action": 318, "not located": 91, "misread": 22, "stale entry": 11, "different vehicle": 2, "open": 9},
        "verified": 799, "searches": {"criminal-investigation": 1204, "routine-patrol": 310, "missing-person": 3}, "requests": {"handed over": 31, "denied": 6, "referred": 12},
        "agencies": {"Lakeside Police Department": 19, "State's Attorney": 11, "Northfield Police Department": 1}, "holds": {"criminal action": 44, "discovery": 7}, "complaints": {"wrong stop": 7, "misuse": 5},
        "purged": {"reads": 4_401_117, "pictures": 4_390_001}, "audits": {"due": 12, "signed": 12, "in_time": 11}, "judged": {"in order": 341, "finding": 9},
    }  # fmt: skip
    counted, year._counted = year._counted, lambda _year: counts
    try:
        tables = year.tables_of(2025)
    finally:
        year._counted = counted
    fixed_on = ago(days=20).date()
    here = _department()
    return {
        "page": site.Page(2025, tables, fixed_on, "41d07be3a1b29f2c" * 4), "department": here, "table": site.csv_name(2025), "statement": _said(ago(hours=3).date(), 0),
        "statement_file": site.STATEMENT, "key_file": site.KEY, "schedule": [(Kind(kind).label, days) for kind, days in here.retention_days.items()],
        "clauses": {name: here.number_of(each) for name, each in site._CLAUSES.items()}, "made_on": fixed_on,
    } | other  # fmt: skip


def clause_page(each: Clause, **other: Any) -> dict[str, Any]:
    states = ("kept", "kept", "broken", "at risk", "no data")
    days = [{"day": ago(hours=24 * n).date(), "state": state} for n, state in enumerate(states, start=1)]
    return {"each": next(one for one in checked_clauses() if one.clause is each), "days": days, "at": ago(seconds=2)} | other


def units() -> list[Unit]:
    return [
        Unit(
            id=uuid.uuid4(),
            name="Car 12",
            state="enrolled",
            last_contact_at=ago(seconds=9),
            drift_s=0.2,
            hotlist_edition=41,
            roster_edition=6,
            spooled=0,
            enrolled_at=ago(days=40),
            enrolled_by="HP-214 Dana Whitfield",
        ),
        Unit(
            id=uuid.uuid4(),
            name="Trailer at Park Avenue",
            state="enrolled",
            last_contact_at=ago(hours=26),
            drift_s=-14.6,
            hotlist_edition=38,
            roster_edition=6,
            spooled=212,
            enrolled_at=ago(days=9),
            enrolled_by="HP-214 Dana Whitfield",
        ),
        Unit(
            id=uuid.uuid4(),
            name="Car 7",
            state="revoked",
            last_contact_at=ago(days=12),
            drift_s=None,
            hotlist_edition=30,
            roster_edition=5,
            spooled=0,
            enrolled_at=ago(days=90),
            enrolled_by="HP-214 Dana Whitfield",
            revoked_at=ago(days=11),
            revoked_by="HP-214 Dana Whitfield",
        ),
    ]


def bolos() -> list[dict[str, Any]]:
    def row(standing: str, refusal: Refusal | None = None, hours: float = 2, **facts: Any) -> dict[str, Any]:
        known = {
            "is_pattern": False,
            "category": "wanted_vehicle",
            "approach": "stop",
            "caution": False,
            "urgent": False,
            "reference": "26-004117",
            "state": "IL",
        }
        bolo = Bolo(
            entry_id=uuid.uuid4(),
            state=standing,
            author="HP-188 Lou Tran",
            author_number="HP-188",
            entered_at=ago(hours=hours),
            expires_at=now() + timedelta(days=6),
        )
        if standing != "waiting":
            bolo.decided_at, bolo.decided_by = ago(hours=hours - 1), "HP-214 Dana Whitfield"
        return {
            "bolo": bolo,
            "entry": {"vehicle": "", "instructions": ""} | known | facts,
            "steps": [BoloStep(what="entered", at=bolo.entered_at, by=bolo.author, expires_at=bolo.expires_at)]
            + (
                [BoloStep(what=standing, at=bolo.decided_at, by=bolo.decided_by, expires_at=bolo.expires_at)]
                if bolo.decided_at
                else []
            ),
            "refusal": refusal,
            "withdraw_refusal": None,
            "extend_form": ExtendForm(auto_id=f"extend_{bolo.entry_id}_%s"),
            "withdraw_form": WithdrawForm(auto_id=f"withdraw_{bolo.entry_id}_%s"),
        }

    own = Refusal(Clause.LISTED_PURPOSES, "A second member decides on a BOLO, never its author. Ask a colleague.")
    return [
        row(
            "waiting",
            text="?7B?4*",
            state=None,
            is_pattern=True,
            urgent=True,
            reason="Shooting at Park Avenue; a witness saw part of the plate on a dark SUV.",
            reference="26-004120",
        ),
        row(
            "waiting",
            own,
            3,
            text="CWT9084",
            category="missing_person",
            approach="do_not_stop",
            reason="Father of a missing child; may be on the way to Wisconsin.",
        ),
        row(
            "approved",
            None,
            9,
            text="87K4TR1",
            caution=True,
            urgent=True,
            reason="Armed robbery, Central Avenue. Driver seen with a handgun.",
            vehicle="black Dodge Charger, tinted windows",
            instructions="Two cars before any stop; call the desk first.",
        ),
        row(
            "refused",
            None,
            40,
            text="PLM2206",
            reason="Parked long on Green Bay Road.",
            category="stolen_property",
            approach="notify",
        ),
    ]


NOT_YOURS = Refusal(Clause.ASSIGNED_MEMBERS, "This needs the duty of Administrative Supervisor, which you do not hold today. Ask the supervisor to assign it.")  # fmt: skip


def looks_page(**other: Any) -> dict[str, Any]:
    facts = {"at": ago(hours=2), "member_number": "1042", "member_name": "Rosa Vega", "access_id": uuid.UUID(int=77)}
    rows = [
        Tripped(pk=n, rule=rule, count=count, **facts)
        for n, (rule, count) in enumerate((("same plate", 8), ("protected plate", 1), ("wide search", 1)), 1)
    ]
    judged = [Tripped(pk=9, rule="same plate", count=4, judgement="in order", judged_at=ago(hours=1), judged_by="1001 Dana Whitfield", note="case 26-004117 confirmed with Det. Novak by telephone", **facts)]  # fmt: skip
    page = {"rows": rows, "judged": judged, "figures": _department().tripwires, "form": JudgementForm(), "protect_form": ProtectForm(), "wrong": None}  # fmt: skip
    return page | other


def members_page(**other: Any) -> dict[str, Any]:
    facts = {"rows": people(), "shown": "here", "choices": [("here", "Here", 6), ("untrained", "Not trained", 2), ("soon", "Ends within 30 days", 1), ("left", "Left", 3), ("all", "All", 9)], "enrol_refusal": None}  # fmt: skip
    return facts | other


POLICY = (
    "427.4 OPERATIONS\n\nUse of an ALPR is restricted to the purposes outlined below.\n\n"
    "(d) No member of this department shall operate ALPR equipment or access ALPR data without first completing department-approved training.\n\n"
    "427.6 ACCOUNTABILITY\n\nAll data will be closely safeguarded and protected by both procedural and technological means.\n\n"
    "(c) ALPR system audits should be conducted {}.\n"
)


def training_file_page(*, wrong: tuple[TrainingWrong, ...] = (), new: int = 4) -> dict[str, Any]:
    lines = tuple(
        TrainingLine(number, row["member"], "ALPR operator course, department-approved", ago(days=12).date(), ago(days=-353).date())
        for number, row in enumerate(people()[:new], 2)
    )
    plan = TrainingPlan(lines, 2, wrong, "5e" * 32)
    return {"form": TrainingFileForm(), "plan": plan, "carried": "bWVtYmVy", "named": 50}


def policy_texts() -> list[PolicyText]:
    given = "HP-214 Dana Whitfield"
    return [
        PolicyText(number=number, text=POLICY.format(how), digest=digest * 32, in_force_on=ago(days=days).date(), entered_by=given, entered_at=ago(days=days))
        for number, how, digest, days in ((2, "at least every month", "7a", 10), (1, "on a regular basis", "c3", 400))
    ]  # fmt: skip


def policy_page(**other: Any) -> dict[str, Any]:
    texts, at = policy_texts(), now()
    editions = [
        PolicyEdition(number=number, in_force_at=ago(days=days), signed_by=by)
        for number, days, by in ((2, 30, "1002 Luis Ortega, asked by 1001 Dana Whitfield"), (1, 400, "the installer at the server's console"))
    ]  # fmt: skip
    waiting = [
        {"member": row["member"], "due_on": at.date() + timedelta(days=days)}
        for row, days in zip(people()[:2], (4, -2), strict=True)
    ]
    facts: dict[str, Any] = {
        "form": DayForm(initial={"on": at.date()}),
        "day": at.date(),
        "text": texts[0],
        "edition": editions[0],
        "standing": texts[0],
        "texts": [{"text": texts[0], "acknowledged_at": None}, {"text": texts[1], "acknowledged_at": ago(days=396)}],
        "editions": editions,
        "is_told": True,
        "waiting": waiting,
        "today": at.date(),
        "enter_refusal": None,
    }
    return facts | other


def policy_text_page(**other: Any) -> dict[str, Any]:
    text, before = policy_texts()
    facts = {"text": text, "before": before, "changed": changed_lines(before.text, text.text), "acknowledged_at": None, "is_over": False, "is_to_come": False, "due_on": ago(days=-4).date(), "is_late": False}  # fmt: skip
    return facts | other


def policy_file_page() -> dict[str, Any]:
    before = _department().text
    text = before.replace("acknowledge_days = 14", "acknowledge_days = 7")
    return {"edition": PolicyEdition(number=2, text=text, in_force_at=ago(days=30), signed_by="1002 Luis Ortega"), "before": PolicyEdition(number=1, text=before), "changed": changed_lines(before, text), "digest": "5e" * 32, "is_to_come": False}  # fmt: skip


def member_page(**other: Any) -> dict[str, Any]:
    rosa = Member(number="1042", name="Rosa Vega", joined_at=ago(days=400))
    given = "1001 Dana Whitfield"
    facts: dict[str, Any] = {
        "member": rosa, "trained_until": ago(days=-20).date(), "is_lapsed": False, "ends_soon": True, "is_oneself": False, "is_supervisor": True,
        "held": [{"each": SimpleNamespace(duty=duty.value, since_at=ago(days=400), given_by=given), "label": duty.label} for duty in (Duty.OPERATOR, Duty.INVESTIGATOR)],
        "earlier": [{"each": SimpleNamespace(since_at=ago(days=900), until_at=ago(days=500)), "label": Duty.DISPATCHER.label}],
        "completions": [SimpleNamespace(course="ALPR operator course, department-approved", completed_on=ago(days=345).date(), expires_on=ago(days=-20).date(), approved_by=given)],
        "authorizations": [SimpleNamespace(source="State gang file", reason="gang unit, by order of 10/01/2026", given_by=given, until_at=ago(days=-34))],
        **dict.fromkeys(("assign_refusal", "training_refusal", "authorize_refusal", "leave_refusal", "seat_refusal")),
        "duty_form": DutyForm(), "training_form": TrainingForm.fresh(), "authorization_form": AuthorizationForm(),
    }  # fmt: skip
    return facts | other


def people() -> list[dict[str, Any]]:
    def row(number: str, name: str, duties: str, until: date | None, **flags: bool) -> dict[str, Any]:
        return {
            "member": Member(number=number, name=name, is_active=True),
            "duties": duties,
            "trained_until": until,
            "is_lapsed": False,
            "ends_soon": False,
        } | flags

    today = now().date()
    return [
        row("HP-131", "Ray Okafor", "Operator", today + timedelta(days=211)),
        row("HP-158", "Chris Novak", "Operator", None, is_lapsed=True),
        row("HP-166", "Ines Marchetti", "Dispatcher", today + timedelta(days=17), ends_soon=True),
        row("HP-188", "Lou Tran", "Investigator, List manager", today + timedelta(days=301)),
        row("HP-214", "Dana Whitfield", "Administrative Supervisor", today + timedelta(days=160)),
        row("HP-230", "Sam Birch", "Auditor", today - timedelta(days=4), is_lapsed=True),
    ]


def lines() -> list[LedgerEntry]:
    acts = [
        Act.ALERTS_LOOK,
        Act.ALERTS_VERIFY,
        Act.READS_SEARCH,
        Act.ACCESS_REFUSED,
        Act.READS_LOOK,
        Act.ACCESS_PURPOSE,
        Act.ACCESS_SIGN_IN,
    ]
    return [
        LedgerEntry(
            5100 - n,
            ago(seconds=3, minutes=4 * n),
            act,
            act.sentence,
            "" if act.startswith("access.") else "criminal-investigation",
            None if n == 0 else 5080 - n,
        )
        for n, act in enumerate(acts)
    ]


HOME = {"training_until": date(2026, 12, 12), "training_days": 19}


def day_of(**counts: int) -> list[Line]:
    """Lines of a day as they are said, with made-up counts."""
    said = {name: WAITING[name] for name in counts}
    return [
        Line(name, each.level, counts[name], each.one if counts[name] == 1 else each.many, "/p/home/")
        for name, each in said.items()
    ]


REFUSED = Refusal(
    Clause.VERIFY_BEFORE_ENFORCEMENT,
    "“Stop made” cannot be recorded on this alert alone. Verify it through the official database first, or say why that was not practicable, or what the independent grounds were.",
)
UNTRAINED = Refusal(
    Clause.TRAINING_BEFORE_USE,
    "Your training ended on 11/19/2026. Complete the department-approved course, and have the supervisor enter it; then sign in again.",
)
NO_ONE = {"member_name": "", "member_number": "", "idle_until": None, "purpose": None, "last_sign_in_at": None}


def incidents() -> list[Incident]:
    """Three that stand and one that was closed."""
    facts = {
        "address": "Central Ave & Second St",
        "lat": 42.1817,
        "lon": -87.8003,
        "radius_m": 500,
        "since": ago(hours=3),
        "until": ago(hours=2.8),
        "opened_at": ago(hours=2),
        "opened_by": "1042 Rosa Vega",
        "opened_by_number": "1042",
        "vehicle": "red pickup, right headlight broken",
        "is_major": False,
    }
    rows = [
        Incident(pk=4, number="26-004117", kind="hit and run", **facts),
        Incident(
            pk=3,
            number="26-004102",
            kind="shooting",
            **facts | {"is_major": True, "partial_at": ago(hours=30), "opened_at": ago(hours=30), "vehicle": ""},
        ),
        Incident(
            pk=2,
            number="26-003980",
            kind="robbery",
            **facts
            | {
                "is_major": True,
                "canvass_ordered": True,
                "canvass_because": "ordered by Cmdr. Ortega",
                "canvass_decided_by": "1002 Luis Ortega",
                "canvass_decided_at": ago(days=3),
                "corners": [[-87.803, 42.180], [-87.797, 42.180], [-87.797, 42.184], [-87.803, 42.184]],
            },
        ),
        Incident(
            pk=1,
            number="26-003811",
            kind="burglary",
            **facts | {"closed_at": ago(days=6), "closed_by": "1042 Rosa Vega", "closed_because": "vehicle found, driver charged"},
        ),
    ]
    for each, many in zip(rows, (2, 0, 1, 1), strict=True):
        each._prefetched_objects_cache = {"watches": [None] * many}
    return rows


def around_form(incident: Incident, data: Any = None) -> AroundForm:
    return AroundForm(
        data, incident=incident, near=[each for each in incidents()[:3] if each.pk != incident.pk], auto_id="around_%s"
    )


def a_map(rows: list[Any]) -> dict[str, Any]:
    scene = incidents()[0]
    return {
        "scenes": [{"lat": scene.lat, "lon": scene.lon, "radius_m": scene.radius_m, "corners": None}],
        "sightings": [
            {"row": row.place, "lat": each.lat, "lon": each.lon, "at": each.captured_at.isoformat(), "travel_deg": each.travel_deg}
            for row in rows
            for each in row.vehicle.sightings
        ],
    }


def incident_page(incident: Incident) -> dict[str, Any]:
    bolo = Bolo(state="approved", author="1042 Rosa Vega", expires_at=ago(days=-29), entry_id=uuid.UUID(int=7))
    watches = [
        SimpleNamespace(began_at=ago(hours=2), bolo=bolo),
        SimpleNamespace(began_at=ago(hours=1), bolo=Bolo(state="waiting", author="1001 Anna Berg", expires_at=ago(days=-29))),
    ]
    signed = Cosign(vehicles=1412, asked_at=ago(hours=1), state="signed", decided_by="1002 Luis Ortega")
    return {
        "incident": incident,
        "partial_late": False,
        "watches": watches,
        "cosigns": [signed],
        "around_form": around_form(incident),
        "watch_form": WatchForm(auto_id="watch_%s"),
        "decision_form": DecisionForm(auto_id="decision_%s"),
        "close_form": CloseForm(auto_id="close_%s"),
        "task_form": TaskForm(near=cars_nearby(), auto_id="task_%s", initial={"until": ago(hours=-1)}),
        "map": a_map([]),
        "now": now(),
        **asked_cars(),
    }


def cars_nearby() -> list[Near]:
    """Two that are known to be near, and one of which nothing is known."""
    found = (("Car 14", 640.0, 2, True), ("Car 12", 2310.0, 1, True), ("Car 9", None, 0, False))
    return [
        Near(Unit(pk=uuid.UUID(int=at), name=name, place_at=ago(minutes=minutes)), metres, is_crewed)
        for at, (name, metres, minutes, is_crewed) in enumerate(found, 1)
    ]


def asked_cars() -> dict[str, Any]:
    """One that drives, one that cannot, one that has not heard of it, one that was withdrawn."""
    facts = {"asked_at": ago(minutes=40), "asked_by": "1042 Rosa Vega", "until": ago(hours=-1), "sheet": 3}
    crew = {"answered_by": "1077 Ben Adler", "answered_at": ago(minutes=38)}
    tasks = [
        CanvassTask(pk=4, unit=Unit(name="Car 14", task_sheet=3), state="accepted", instruction="Alleys and parking decks too", **facts, **crew),
        CanvassTask(pk=3, unit=Unit(name="Car 12", task_sheet=3), state="cannot", answered_because="On another call", **facts, **crew),
        CanvassTask(pk=2, unit=Unit(name="Car 9", task_sheet=1), state="asked", **facts),
        CanvassTask(
            pk=1, unit=Unit(name="Car 3", task_sheet=3), state="withdrawn", withdrawn_at=ago(minutes=30),
            withdrawn_by="1042 Rosa Vega", withdrawn_because="too far away", withdrawn_sheet=4, **facts,
        ),
    ]  # fmt: skip
    return {"asked": [{"task": each, "is_over": False} for each in tasks], "is_driven": True, "is_asked": True}


def along(line: list[list[float]], part: float) -> tuple[float, float]:
    (west, south), (east, north) = line
    return west + (east - west) * part, south + (north - south) * part


def coverage_page(*, known: bool = True) -> dict[str, Any]:
    """Two streets driven of a few, by one car."""
    incident, scene = incidents()[0], Scene.of(incidents()[0])
    lines = town() if known else []
    spots = [along(lines[13], each / 200) for each in range(60, 122)] if known else []
    spots += [along(lines[4], 0.49 - each / 280) for each in range(50)] if known else []
    track = coverage.Track(
        4,
        uuid.UUID(int=14),
        tuple(coverage.Spot(ago(minutes=30, seconds=-2 * at), lat, lon, 4.0) for at, (lon, lat) in enumerate(spots)),
    )
    names = (
        "Green Bay Rd",
        "St Johns Ave",
        "First St",
        "Second St",
        "Linden Ave",
        "Sheridan Rd",
        "Oakwood Ave",
        "Prospect Ave",
        "Lake Ave",
    )
    across = (
        "Vine Ave",
        "Park Ave",
        "Elm Pl",
        "Laurel Ave",
        "Central Ave",
        "Hazel Ave",
        "Maple Ave",
        "Moraine Rd",
        "Roger Williams Ave",
    )
    roads = list(zip((*names, *across), [[(lon, lat) for lon, lat in line] for line in lines], strict=False))
    covered = coverage.cover(scene, [track] if known else [], roads)
    runs = [[[spot.lon, spot.lat] for spot in run] for run in track.runs()] if known else []
    rows = [{**row, "track": track if known and row["task"].pk == 4 else None} for row in asked_cars()["asked"]]
    return {
        "incident": incident, "access": None, "coverage": covered, "rows": rows, "is_driven": True, "within_m": 25.0, "now": now(),
        "map": a_map([]) | {"driven": covered.driven, "open": covered.open, "tracks": runs},
    }  # fmt: skip


def around_rows() -> list[Any]:
    """Vehicles around the incident, with the reasons that the ranking gives."""
    said = (
        (
            "7B34AB",
            "IL",
            6,
            2,
            ("Answers 7B?4* as it was read; the reading is 97% sure.", "Read 120 m from the scene 1 minute after it."),
        ),
        (
            "7B94AB",
            None,
            2,
            1,
            (
                "Answers 7B?4* as it was read; the reading is 91% sure.",
                "Read 380 m from the scene 6 minutes before it.",
                "On a list in force.",
            ),
        ),
        (
            "7834AB",
            "WI",
            1,
            1,
            ("Answers 7B?4* only if: B was read as 8; the reading is 88% sure.", "Read 450 m from the scene 3 minutes after it."),
        ),
    )
    rows = []
    for place, (plate, state, reads, many, reasons) in enumerate(said, 1):
        sightings = tuple(
            Sighting(
                read_id=uuid.UUID(int=place * 10 + n),
                captured_at=ago(hours=2.95 - place * 0.03 - n * 0.02),
                scene=1,
                metres=120.0 * place,
                lat=42.1817 + 0.001 * place * (-1) ** n,
                lon=-87.8003 + 0.0012 * n - 0.001 * place,
                crossing="Central Ave & Second St",
                unit_id=uuid.UUID(int=1),
                camera="front",
                state=state,
                confidence=0.95,
                travel_deg=90.0 * n,
            )
            for n in range(many)
        )
        rows.append(AroundRow(place, Vehicle(plate, reads, (1,), place == 2, sightings), reasons))
    return rows


def around_page() -> dict[str, Any]:
    incident, rows = incidents()[0], around_rows()
    search = Search(incident.pk, (Scene.of(incident),), None, None)
    ticks = [
        {"x": 200.0 + 240 * row.place + 60 * n, "row": row.place, "at": each.captured_at}
        for row in rows
        for n, each in enumerate(row.vehicle.sightings)
    ]
    return {
        "incident": incident,
        "form": around_form(incident, {"plate": "7B?4*"}),
        "search": search,
        "access": None,
        "rows": rows,
        "limit": 500,
        "units": {},
        "map": a_map(rows),
        "timeline": {"since": incident.since, "until": incident.until, "ticks": ticks},
    }


def counted_page(vehicles: int, reads: int, listed: int) -> dict[str, Any]:
    incident = incidents()[0]
    counted = SimpleNamespace(vehicles=vehicles, reads=reads, listed=listed, placeless=12, needs_cosign=vehicles > 200)
    return {
        "incident": incident,
        "form": around_form(incident, {"plate": "7B?4*"}),
        "search": Search(incident.pk, (Scene.of(incident),), None, None),
        "counted": counted,
        "limit": 500,
        "cosign_above": 200,
        "cosign_form": CosignForm(initial={"count_id": uuid.UUID(int=9), "vehicles": vehicles}, auto_id="cosign_%s"),
        "map": a_map([]),
    }


def cosigns_page() -> dict[str, Any]:
    one, other = incidents()[:2]
    waiting = [
        Cosign(
            pk=n,
            incident=each,
            vehicles=1412 * n,
            because="the pickup left with two other cars towards the highway",
            asked_at=ago(hours=n),
            asked_by="1042 Rosa Vega",
        )
        for n, each in ((1, one), (2, other))
    ]
    decided = Cosign(
        pk=3,
        incident=one,
        vehicles=640,
        because="three scenes in one night",
        asked_at=ago(days=2),
        asked_by="1042 Rosa Vega",
        state="signed",
        decided_by="1001 Anna Berg",
        decided_at=ago(days=2),
    )
    asked = {
        "purpose": "criminal-investigation",
        "reference": "26-004117",
        "terms": {
            "pattern": "7B?4*",
            "scenes": [
                {
                    "lat": 42.1817,
                    "lon": -87.8003,
                    "radius_m": 500,
                    "corners": None,
                    "from": "2026-11-28T14:00:00-06:00",
                    "to": "2026-11-28T16:00:00-06:00",
                }
            ],
        },
    }
    return {"rows": waiting, "decided": [decided], "asked": asked, "asked_of": waiting[0]}


def my_sign_in() -> dict[str, Any]:
    app = SimpleNamespace(pk=1, type="totp", created_at=ago(days=90), last_used_at=ago(hours=20))
    keys = SimpleNamespace(
        pk=2, type="webauthn", created_at=ago(days=3), last_used_at=None, wrap=SimpleNamespace(name="Stick on my keys")
    )
    return {"factors": [app, keys], "codes_left": 8, "has_app": True, "sign_ins": sign_ins()}


def sign_ins() -> list[SignedIn]:
    soon = now() + timedelta(hours=9)
    return [
        SignedIn(3, ago(hours=3), soon, None, "10.4.2.17", "Firefox, Windows", "webauthn", ago(minutes=1), True),
        SignedIn(2, ago(hours=4), soon, None, "10.4.2.90", "Chrome, Linux", "totp", ago(hours=1), False),
        SignedIn(1, ago(hours=30), ago(hours=18), ago(hours=22), "10.4.2.17", "Firefox, Windows", "recovery_codes", None, False),
    ]


def locked_out() -> dict[str, Any]:
    away = SimpleNamespace(number="1099", name="Sam Hale", dormant_at=ago(days=3))
    lock = SimpleNamespace(number="1042", since_at=ago(minutes=2))
    nobody = SimpleNamespace(number="4711", since_at=ago(hours=5))
    tries = [SimpleNamespace(at=ago(minutes=2 + n), factor="password" if n else "code", address="10.4.2.17") for n in range(5)]
    lost = FactorReset(
        pk=4,
        member_number="1060",
        because="Phone fell into the lake; she stands at the front desk",
        asked_at=ago(minutes=12),
        asked_by="1080 Ira Costa",
        asked_by_number="1080",
    )
    done = FactorReset(
        pk=3,
        member_number="1077",
        state="confirmed",
        decided_at=ago(days=2),
        decided_by="1002 Luis Ortega",
        asked_by="1001 Dana Whitfield",
    )
    people = {"1042": "Rosa Vega", "1060": "Nora Lindqvist"}
    whose = {number: SimpleNamespace(number=number, name=name, is_active=True) for number, name in people.items()}
    return {
        "locks": [(lock, whose["1042"], tries, None), (nobody, None, tries[:2], None)],
        "resets": [(lost, whose["1060"], None)],
        "decided": [done],
        "form": ResetForm(),
        "dormant": [(away, None)],
        "days": 90,
        "nobodys": 1,
    }


PAGES: dict[str, Callable[[], tuple[str, dict[str, Any]]]] = {
    "sign-in": lambda: ("account/login.html", {"form": SignIn(), "shell": shell(**NO_ONE)}),
    "sign-in-locked": lambda: (
        "account/login.html",
        {"form": with_errors(SignIn({"login": "HP-131", "password": "x"}), all="This sign-in is locked after five failures in fifteen minutes. A supervisor or custodian can release it."), "shell": shell(**NO_ONE)},
    ),
    "second-factor": lambda: ("mfa/authenticate.html", {"form": with_errors(Code({"code": "123456"}), code="This code is wrong. Enter the one that the app shows now."), "shell": shell(**NO_ONE)}),
    "second-factor-new": lambda: ("mfa/totp/activate_form.html", {"form": Code(), "totp_svg_data_uri": qr(), "shell": shell(**NO_ONE)}),
    "second-factor-passkey": lambda: ("mfa/authenticate.html", {"form": Code(), "webauthn_form": Passkey(auto_id="pk_%s"), "js_data": {"request_options": {"publicKey": {"allowCredentials": [1]}}}, "shell": shell(**NO_ONE)}),
    "passkey-new": lambda: ("mfa/webauthn/add_form.html", {"form": Passkey({"name": "Stick on my keys", "credential": "{"}), "js_data": {"creation_options": {}}, "shell": shell(**NO_ONE)}),
    "again-passkey": lambda: ("mfa/webauthn/reauthenticate.html", {"form": Passkey(), "js_data": {"request_options": {}}, "reauthentication_alternatives": [{"id": "reauthenticate", "url": "/a/"}, {"id": "mfa_reauthenticate", "url": "/b/"}], "shell": shell(**NO_ONE)}),
    "sign-ins": lambda: ("access/sign_ins.html", {"rows": sign_ins(), "whose": SimpleNamespace(number="1042", name="Rosa Vega")}),
    "locked-out": lambda: ("access/locked_out.html", locked_out()),
    "my-sign-in": lambda: ("access/my_sign_in.html", my_sign_in()),
    "recovery": lambda: ("mfa/recovery_codes/index.html", {"unused_codes": ["4f9a-11c2", "77ab-90e1"], "unused_count": 2, "total_count": 2}),
    "again": lambda: ("account/reauthenticate.html", {"form": SignIn(), "shell": shell(**NO_ONE)}),
    "home": lambda: ("web/home.html", HOME | {"lines": day_of(clauses_broken=1, holds_unbooked=1, requests_late=2, units_late=1, alerts_new=2, bolos=1, units=1, requests=3, packages=1, trainings=2)}),
    "home-operator": lambda: ("web/home.html", HOME | {"lines": day_of(answers_late=1, alerts_new=2, bolos_ending=1), "training_days": 200, "shell": shell(member_name="Ray Okafor", member_number="HP-131", duties={"operator"}, duties_line="Operator", failed_since=2)}),
    "home-nothing": lambda: ("web/home.html", HOME | {"lines": [], "training_days": 200, "shell": shell(member_name="Ada Brandt", member_number="HP-402", duties={"records clerk"}, duties_line="Records clerk")}),
    "purpose": lambda: ("access/purpose.html", {"form": PurposeForm(initial={"purpose": "criminal-investigation"}), "purposes": list(_department().purposes.values()), "shell": shell(purpose=None)}),
    "purpose-wrong": lambda: (
        "access/purpose.html",
        {"form": with_errors(PurposeForm({"purpose": "department-action", "reference": "12"})), "purposes": list(_department().purposes.values())},
    ),
    "search": lambda: ("reads/search.html", {"form": SearchForm(), "stated": stated()}),
    "search-result": lambda: (
        "reads/search.html",
        searched(results=[
            shown(read("DRL5188", "IL", at=ago(minutes=4))),
            shown(read("DRL5188", "IL", at=ago(hours=9), sure=(0.99, 0.98, 0.88, 0.99, 0.97, 0.94, 0.99)), 14, dusk=True),
            shown(read("DRL5188", None, at=ago(days=2), sure=(0.99, 0.7, 0.88, 0.99, 0.74, 0.94, 0.99), fix=False), 21, state="IL"),
        ]),
    ),
    "search-partial": lambda: ("reads/search.html", searched(wanted="?7B?4*", plates=[PlateSeen("A7B24KM", now().date(), 3), PlateSeen("R7BX4", date(2026, 11, 20), 1)])),
    "watched": lambda: ("investigations/watched.html", searched(incident=incidents()[0], wanted="?7B?4*", plates=[PlateSeen("A7B24KM", now().date(), 3), PlateSeen("R7BX4", date(2026, 11, 20), 1)])),
    "search-nothing": lambda: ("reads/search.html", searched(results=[])),
    "search-wrong": lambda: ("reads/search.html", {"form": with_errors(SearchForm({"plate": "?*", "span": "dates"})), "stated": stated()}),
    "read": lambda: ("reads/read.html", {"ends_on": ago(days=-31), "is_held_only": False, "access": SimpleNamespace(reference="26-004117"), "shown": shown(read("DRL5188", "IL", at=ago(minutes=4), sure=(0.99, 0.98, 0.88, 0.99, 0.74, 0.94, 0.99)))}),
    "console": lambda: ("alerts/console.html", {"cards": cards(), "last_alert_id": 1042, "stated": stated(), "now": now()}),
    "console-empty": lambda: ("alerts/console.html", {"cards": [], "last_alert_id": 0, "stated": stated(), "now": now()}),
    "card": lambda: ("alerts/card.html", card_page(urgent_card())),
    "card-masked": lambda: ("alerts/masked.html", {"card": replace(urgent_card("raised"), entry=None, notes=(), doubts=(), confusions=(), shown=replace(urgent_card().shown, plate_picture=None, overview_picture=None)), "now": now()}),
    "card-full": lambda: ("alerts/card.html", card_page(cards()[1])),
    "card-pattern": lambda: ("alerts/card.html", card_page(cards()[3], disposition=Disposition(at=ago(hours=1), by="HP-131 Ray Okafor", outcome="notified", ground="", for_review=False))),
    "card-verified": lambda: ("alerts/card.html", card_page(cards()[2], verifications=Verified([verified("pending"), verified()]))),
    "card-refused": lambda: (
        "alerts/card.html",
        card_page(urgent_card("acknowledged"), refusal=REFUSED, disposition_form=DispositionForm({"outcome": "stop made", "ground": "", "because": ""})),
    ),
    "card-dispatcher": lambda: (
        "alerts/card.html",
        card_page(
            urgent_card("acknowledged"),
            dispose_refusal=Refusal(Clause.ASSIGNED_MEMBERS, "This needs the duty of Operator, which you do not hold today. Ask the supervisor to assign it."),
            shell=shell(member_name="Ines Marchetti", member_number="HP-166", duties={"dispatcher"}, duties_line="Dispatcher"),
        ),
    ),
    **{f"stop-{case}": lambda case=case: ("alerts/card.html", documented_stop(case)) for case in IN_TRUTH},
    "card-note": lambda: ("alerts/card.html", card_page(replace(cards()[2], alert=note(36, "written").alert), disposition=Disposition(at=ago(hours=1), by="HP-131 Ray Okafor", outcome="stale entry", ground="", for_review=False), is_open=False, may_write_note=True, note_form=with_errors(NoteForm({"words": ""}, auto_id="note_%s")))),
    "notes": lambda: ("alerts/notes.html", notes_page()),
    "notes-empty": lambda: ("alerts/notes.html", {"unwritten": [], "to_send": [], "to_acknowledge": [], "done": [], "now": now()}),
    "card-closed": lambda: (
        "alerts/card.html",
        card_page(
            urgent_card("disposed", notes=({"body": "Radio was down; the driver matched the description given by the victim.", "kind": "disposition", "member": "HP-131 Ray Okafor", "written_at": ago(minutes=1)},)),
            verifications=Verified([verified("different vehicle")]),
            disposition=Disposition(at=ago(minutes=1), by="HP-131 Ray Okafor", outcome="stop made", ground="impracticable", for_review=True),
        ),
    ),
    "card-asking": lambda: ("alerts/card.html", card_page(urgent_card("acknowledged"), asked=[question(None)])),
    "card-returned": lambda: ("alerts/card.html", card_page(replace(urgent_card("acknowledged"), notes=({"kind": "return", "of_source": "LEADS", "member": "HP-131 Ray Okafor", "written_at": ago(seconds=4), "body": "STOLEN VEHICLE. ENTERED BY HIGHLAND PARK PD. 2019 HONDA CIVIC, BLUE. CONTACT ENTERING AGENCY TO CONFIRM."},)), asked=[question(Came.ANSWERED, "confirms", is_confidential=True), question(Came.TIMED_OUT)])),
    "card-against": lambda: ("alerts/card.html", card_page(urgent_card("acknowledged"), asked=[question(Came.ANSWERED, "different vehicle"), question(Came.ANSWERED, "pending")])),
    "card-sealed": lambda: ("alerts/card.html", card_page(urgent_card("acknowledged"), asked=[question(Came.ANSWERED, "confirms", is_sealed=True, is_confidential=True)], ask_refusal=Refusal(Clause.CONFIDENTIAL_DATA, "The returns of LEADS are confidential, and you are not authorized for it. Ask dispatch to verify."))),
    "correct": lambda: ("alerts/correct.html", to_correct(read("B7K4TR1", None, sure=(0.62, 0.97, 0.98, 0.93, 0.99, 0.86, 0.99)))),
    "correct-wrong": lambda: ("alerts/correct.html", to_correct(read("B7K4TR1", None), {"plate": "87K?", "saw": 0})),
    "card-withdrawn": lambda: ("alerts/card.html", card_page(withdrawn_card())),
    "card-by-correction": lambda: ("alerts/card.html", card_page(replace(cards()[1], found_by="correction", shown=shown(put_right(read("ORL5188", "IL", at=ago(minutes=4)), "DRL5188"))))),
    "console-withdrawn": lambda: ("alerts/console.html", {"cards": [withdrawn_card(), *cards()[1:]], "last_alert_id": 1042, "stated": stated(), "now": now()}),
    "read-corrected": lambda: ("reads/read.html", {"ends_on": ago(days=-31), "is_held_only": False, "access": SimpleNamespace(reference="26-004117"), "shown": shown(put_right(put_right(put_right(read("DRL5188", "IL", at=ago(minutes=4)), "DRL51B8"), None), "DRL51B8", "WI"))}),
    "search-corrected": lambda: ("reads/search.html", searched(results=[shown(put_right(read("DRL5188", "IL", at=ago(minutes=4)), "DRL51B8"))])),
    "card-wrong": lambda: ("alerts/card.html", card_page(urgent_card("acknowledged"), verification_form=with_errors(VerificationForm({"source": "LEADS", "reference": "?"})))),
    "units": lambda: (
        "equipment/units.html",
        {
            "waiting": [EnrolmentAsk(id=3, name="Car 15", fingerprint="7KQ2-M9XD-04RT-HW5B-ZC1N", asked_at=ago(minutes=6))],
            "units": units(), "office_fingerprint": "C4TY-8M2A-WQ90-HJ3R-55KD", "refusal": None, "now": now(),
            "late_reports": [LateReport(unit=units()[1], sequence=88120, outcome="clock", said_at=ago(days=-1), received_at=ago(hours=5))],
            "orders": [{"order": each, "refusal": Refusal(Clause.TRAINING_BEFORE_USE, "The ALPR training ran out on 11/20/2026.") if each.pk == 7 else None} for each in deployments()], "order_refusal": None, "today": now().date(),
        },
    ),
    "deployment-new": lambda: ("equipment/deployment_new.html", {"form": deployment_form()}),
    "deployment-new-wrong": lambda: ("equipment/deployment_new.html", {"form": with_errors(deployment_form({"place": "", "purpose": ""}))}),
    "retention": lambda: ("retention/overview.html", retention()),
    "retention-red": lambda: ("retention/overview.html", retention(
        overdue=[Due(kind, ago(days=33).date(), ago(days=2)) for kind in (Kind.PICTURES, Kind.READS)], unbooked=2, bars=[], certificates=[],
        clock=ClockNow(is_trusted=False, unexplained_s=90_000.0, last_at=ago(hours=30), confirmed_at=None, confirmed_by=""),
        clock_refusal=NOT_BELIEVED, waiting=change(), ask_refusal=NOT_BELIEVED,
    )),
    "schedule-new": lambda: ("retention/schedule_new.html", {"form": ScheduleForm(days=_department().retention_days), "notice_days": 7}),
    "schedule-new-wrong": lambda: ("retention/schedule_new.html", {"form": with_errors(ScheduleForm({}, days=_department().retention_days), all="A read is never kept longer than its alert."), "notice_days": 7}),
    "schedule-change": lambda: ("retention/schedule_change.html", {
        "change": change(), "effective_at": ago(days=-7), "is_waiting": True, "refusal": None,
        "counted": [{"label": "Overview pictures", "was": 14, "days": 7, "days_ended": 7, "rows": 39_410, "held": 14}, {"label": "Plate pictures", "was": 30, "days": 21, "days_ended": 9, "rows": 50_712, "held": 14}],
    }),
    "schedule-change-own": lambda: ("retention/schedule_change.html", {"change": change(), "effective_at": ago(days=-7), "is_waiting": True, "refusal": Refusal(Clause.RETENTION_SCHEDULE, "A second member signs a schedule, never the one who asked for it. Ask a colleague."), "counted": []}),
    "holds": lambda: ("retention/holds.html", {"rows": holds(), "more": 7, "with_past": False, "refusal": None, "booking_days": 30}),
    "holds-empty": lambda: ("retention/holds.html", {"rows": [], "more": None, "with_past": False, "refusal": None, "booking_days": 30}),
    "hold-new": lambda: ("retention/hold_new.html", {"form": hold_form(), "booking_days": 30}),
    "hold-new-wrong": lambda: ("retention/hold_new.html", {"form": with_errors(hold_form({"scope": "vehicle", "plate": "!"}), plate="A plate has letters and digits."), "booking_days": 30}),
    "hold-new-read": lambda: ("retention/hold_new.html", {"form": HoldForm(units=[], initial={"read": uuid.UUID(int=7), "captured": "2026-11-20T12:00:00+00:00"}), "booking_days": 30}),
    "hold": lambda: ("retention/hold.html", hold_page(hold(), release_refusal=Refusal(Clause.HOLD, "The supervisor or designee releases a hold, never who placed it. Ask a colleague."))),
    "hold-names": lambda: ("retention/hold.html", hold_page(hold(9, book_by=ago(days=4).date()), unbooked=True, for_review=True, names=[{"plate": "DRL5188", "since": ago(days=9), "until": ago(days=-2)}, {"lat": 42.18169, "lon": -87.80034, "radius_m": 300.0, "since": ago(days=9), "until": ago(days=8)}])),
    "hold-released": lambda: ("retention/hold.html", hold_page(hold(released_at=ago(days=1), released_by="HP-214 Dana Whitfield", released_because="judgment of 11/20/2026, no appeal"))),
    "certificate": lambda: ("retention/certificate.html", certificate()),
    "audits": lambda: ("audits/audits.html", audits_page()),
    "audits-empty": lambda: ("audits/audits.html", audits_page(rows=[], late=0, unsettled=[], auditors=[], change=True)),
    "audits-overdue": lambda: ("audits/audits.html", audits_page(overdue=True, coming=NextAudit(ago(days=32), ago(days=2)), is_auditor=False, shell=shell())),
    "audit": lambda: ("audits/audit.html", audit_page(audit())),
    "audit-waits": lambda: ("audits/audit.html", audit_page(audit(drawn_at=None, seed="", looks=None), sheets=[], drawn=0, judged=0, sign_refusal=Refusal(Clause.AUDITS, "Its sample is not drawn yet. Is the worker running? It takes a second or two."))),
    "audit-nobody-looked": lambda: ("audits/audit.html", audit_page(audit(looks=0), sheets=[], drawn=0, judged=0, sign_refusal=None)),
    "audit-signed": lambda: ("audits/audit.html", audit_page(audit_signed(2))),
    "audit-managers": lambda: ("audits/audit.html", audit_page(audit(), sheets=[], is_auditor=False, late=True, shell=shell())),
    "audit-look": lambda: ("audits/sheet.html", sheet_page(sheet(3))),
    "audit-look-shown": lambda: ("audits/sheet.html", sheet_page(sheet(4, purpose="routine-patrol", drawn="weighted", marks=["no case", "off shift"], weight=6), shown=AuditedLook(ago(days=9), Act.READS_SEARCH, "routine-patrol", "2A-1123", {"plate": "B7K4TR1"}, None, 3))),
    "audit-look-own": lambda: ("audits/sheet.html", sheet_page(sheet(3, member_number="HP-402", member_name="Ada Brandt"), is_own=True, judge_refusal=Refusal(Clause.AUDITS, "Nobody judges their own looks. Ask another auditor."))),
    "audit-look-wrong": lambda: ("audits/sheet.html", sheet_page(sheet(3), judge_form=with_errors(JudgeForm({"case_exists": "no", "purpose_fits": "yes", "right_person": "yes", "judgement": "finding"}), all="Say in a few words what you found."))),
    "audit-finding": lambda: ("audits/sheet.html", sheet_page(sheet_found(answer="I mistyped the year; it is 25-004117.", answered_at=ago(hours=2)), judge_refusal=Refusal(Clause.AUDITS, "This finding was answered: the judgement stands. Close it with what came of it."))),
    "audit-finding-overdue": lambda: ("audits/sheet.html", sheet_page(sheet_found(), overdue=True, close_refusal=Refusal(Clause.AUDITS, "A finding stays open until the member has answered. Remind them."))),
    "asked-of-you": lambda: ("audits/mine.html", {"rows": [asked_row(sheet_found(), overdue=True), asked_row(sheet_found(9, answer="I mistyped the year.", answered_at=ago(days=1)))], "shell": shell(waiting={"answers": 1})}),
    "asked-of-you-nothing": lambda: ("audits/mine.html", {"rows": []}),
    "audits-year": lambda: ("audits/report.html", year_page()),
    "audits-year-empty": lambda: ("audits/report.html", year_page(rows=[], bars=[], earlier=None)),
    "audit-plan": lambda: ("audits/plan.html", plan_page()),
    "audit-plan-alone": lambda: ("audits/plan.html", plan_page(change=None, form=with_errors(PlanForm({"audit_every_days": 0}, figures=_department().audits), all="Nothing changes: the plan says these figures already. Change at least one."))),
    "policy": lambda: ("proof/clauses.html", clauses_page()),
    "policy-new": lambda: ("proof/clauses.html", clauses_page(days=[])),
    "clause-broken": lambda: ("proof/clause.html", clause_page(Clause.TRAINING_BEFORE_USE)),
    "clause-late": lambda: ("proof/clause.html", clause_page(Clause.BOOKED_EVIDENCE)),
    "clause-unmeasured": lambda: ("proof/clause.html", clause_page(Clause.SAFEGUARDED, days=[])),
    "public": lambda: ("proof/public.html", public_page()),
    "public-new": lambda: ("proof/public.html", public_page(years=[], statements=[])),
    "public-auditor": lambda: ("proof/public.html", public_page(refusal=Refusal(Clause.ASSIGNED_MEMBERS, "This needs the duty of supervisor or designee. Ask one of them."))),
    "public-site": lambda: ("proof/site/index.html", site_page()),
    "public-site-preview": lambda: ("proof/site/index.html", site_page(page=site_page()["page"].__class__(2026, site_page()["page"].tables[:3], None, ""), statement=None)),
    "release": lambda: ("release/on_file.html", releases_page()),
    "release-empty": lambda: ("release/on_file.html", releases_page(rows=[], queue=[], in_all=0, waiting=0, overdue=0)),
    "release-new": lambda: ("release/new.html", {"form": ReceiveForm(holds=[hold()]), "response_days": 10, "permitted": ["Statute", "Court order", "Written consent of the vehicle's owner"]}),
    "release-asked": lambda: ("release/asked.html", release_page(release_request())),
    "release-barred": lambda: ("release/asked.html", release_page(release_request(agency_state="WI"), approve_refusal=Refusal(Clause.RELEASE_TO_AGENCIES, "An agency outside IL declares in writing that it uses the data for no prohibited purpose. Deny it, or take in a new request."), decide_refusal=Refusal(Clause.RELEASE_REVIEWED, "Whoever took a request in does not decide on it. Ask the supervisor or designee."))),
    "release-agency": lambda: ("release/agency.html", agency_page()),
    "release-by-law": lambda: ("release/asked.html", release_page(release_request(agency="Prairie Mutual Insurance", requester="Ina Wolff", agency_kind="private", purpose="theft of an insured car", basis="consent", instrument="consent of Ada Marsh, 11/20/2026", reference="", permit_sha256="51be20c4aa97" * 5 + "77d0", permit_bytes=21_402), same_agency=[], approve_refusal=Refusal(Clause.RELEASE_REVIEWED, "It is of no law enforcement or prosecutorial agency: whether its instrument permits a release, the supervisor decides."))),
    "complaints": lambda: ("complaints/on_file.html", complaints_page()),
    "complaints-empty": lambda: ("complaints/on_file.html", {"rows": [], "waiting": 0, "overdue": 0, "refusal": None}),
    "complaint-new": lambda: ("complaints/new.html", {"form": ComplaintForm(), "answer_days": 30}),
    "complaint": lambda: ("complaints/complaint.html", complaint_page(complaint())),
    "complaint-decided": lambda: ("complaints/complaint.html", complaint_page(complaint(6, outcome="founded", decided_at=ago(hours=2), decided_by="HP-214 Dana Whitfield", decided_by_number="HP-214", decided_because="the list was a day old; the source was told"), shown=SimpleNamespace(complainant="June Ellery", contact="12 Elm Place", words="I was stopped on Lake Street though the car is my own.", answer="Our list was a day old. We are sorry, and check its age now."))),
    "release-approved": lambda: ("release/asked.html", release_page(release_decided(27, "approved", is_narrowed=True), shown=SimpleNamespace(asked="Reads of one vehicle from 11/19/2026 to 11/21/2026", narrowed="11/20/2026 only"))),
    "release-named": lambda: ("release/asked.html", release_page(release_decided(27, "approved"), granted=release_granted(), fulfil_form=with_errors(FulfilForm({"recipient": "age1nothing"}), all="This is no public key of age: it begins with age1 and has 62 characters. Ask the agency for it again."))),
    "release-sealed": lambda: ("release/asked.html", release_page(release_decided(27, "approved"), granted=release_granted(), package=release_package())),
    "release-handed-over": lambda: ("release/asked.html", release_page(release_decided(27, "approved"), granted=release_granted(), package=release_package(), receipt=ReleaseReceipt(request=release_decided(27, "approved"), package=release_package(), to_whom="Det. Mara Quist", way="on a stick, in person", handed_at=ago(hours=1), handed_by="HP-233 Noor Haddad", sha256="3c51a0be77d2" * 5 + "09fe"))),
    "release-referred": lambda: ("release/asked.html", release_page(release_request(26, agency="The Lakeside Courier", agency_kind="private", state="referred"), same_agency=[])),
    "evidence": lambda: ("evidence/packages.html", packages_page()),
    "evidence-empty": lambda: ("evidence/packages.html", packages_page(rows=[], waiting=[], waiting_in_all=0, more=None)),
    "package": lambda: ("evidence/package.html", package_page(package())),
    "package-wrong": lambda: ("evidence/package.html", package_page(package(), book_form=with_errors(BookingForm({"medium_serial": "4C530001"}), item_number="Enter the item number that the evidence room gave."))),
    "package-booked": lambda: ("evidence/package.html", package_page(package(booked=True), destroy_refusal=Refusal(Clause.BOOKED_EVIDENCE, "Evidence is destroyed by somebody else than who booked it. Ask a colleague."), passphrase="K3QF-7ZP2-XMNA-5WHD-C4TB-LR6E-YUVS-2GJI")),
    "package-unfinished": lambda: ("evidence/package.html", package_page(package(state="making", written_at=None, size_bytes=None))),
    "units-empty": lambda: ("equipment/units.html", {"waiting": [], "units": [], "office_fingerprint": "C4TY-8M2A-WQ90-HJ3R-55KD", "refusal": Refusal(Clause.SUPERVISOR_MANAGES, "Your duties do not open this. Ask the supervisor or a system custodian."), "late_reports": [], "orders": [], "order_refusal": Refusal(Clause.ASSIGNED_MEMBERS, "Your duties do not open this.")}),
    "review": lambda: ("alerts/review.html", review_page()),
    "review-empty": lambda: ("alerts/review.html", {"rows": [], "in_all": 0, "done": [], "now": now()}),
    "stops": lambda: ("alerts/stops.html", stops_page()),
    "stops-empty": lambda: ("alerts/stops.html", stops_page(followed=[], followed_in_all=0, waiting=0, apart=[], apart_in_all=0)),
    "stops-refused": lambda: ("alerts/stops.html", stops_page(form=refused_stops())),
    "quality": lambda: ("alerts/quality.html", quality_page()),
    "quality-empty": lambda: ("alerts/quality.html", {"quality": Quality(QualityRow("All"), [], [], []), "months": 3, "periods": (3, 12, 36)}),
    "lists": lambda: (
        "hotlists/lists.html",
        {"form": LoadForm(), "faults": (), "sources": list_sources(), "reports": list_reports(), "history": loads(), "is_due": True, "older": [earlier_load()], "backs": [{"ask": BackAsk(pk=1, load=earlier_load(), asked_by="HP-188 Lou Tran", asked_at=ago(hours=1)), "refusal": None}], "back_form": BackForm(), "back_refusal": None, "refusal": None, "source_asks": [{"ask": source_ask(), "refusal": None}], "editions": [HotlistEdition(number=41, made_at=ago(hours=3), asked_by="HP-188 Lou Tran", entries=49421, digest=b"\x7a" * 32)]},
    ),
    "lists-refused": lambda: (
        "hotlists/lists.html",
        {
            "form": with_errors(LoadForm({"source": "State stolen vehicles"}), all="The list “State stolen vehicles” was refused whole. The list in force stays."),
            "faults": [Fault(14, "The issuing state is missing. Give it, or write “unknown”."), Fault(233, "the same plate and state stand on line 14 already")],
            "refused": list_reports()[1], "sources": list_sources(), "reports": list_reports(), "history": (), "editions": (), "is_due": False, "refusal": None,
        },
    ),
    "source": lambda: ("hotlists/source.html", source_page(asks=[source_ask()], needs_two=True)),
    "source-new": lambda: ("hotlists/source.html", {"source": None, "form": SourceForm(initial={"saw": "nothing"}), "needs_two": False}),
    "source-wrong": lambda: ("hotlists/source.html", source_page(left_out=(), form=with_errors(SourceForm({"owner": "", "inbox": "State"}, source=Source(pk=3, layout=NATIONAL_LAYOUT)), all="This inbox belongs to another source. Give each source its own."))),
    "bolos": lambda: ("hotlists/bolos.html", {"rows": bolos(), "now": now()}),
    "bolos-empty": lambda: ("hotlists/bolos.html", {"rows": [], "now": now()}),
    "bolo-new": lambda: ("hotlists/bolo_new.html", {"form": BoloForm(initial={"plate": "87K4TR1"}), "counts_alike": True}),
    "bolo-new-wrong": lambda: ("hotlists/bolo_new.html", {"form": with_errors(BoloForm({"plate": "??", "state": ""}))}),
    "people": lambda: ("people/members.html", members_page()),
    "training-file": lambda: ("people/training_file.html", training_file_page() | {"plan": None}),
    "training-file-shown": lambda: ("people/training_file.html", training_file_page()),
    "training-file-known": lambda: ("people/training_file.html", training_file_page(new=0)),
    "training-file-wrong": lambda: ("people/training_file.html", training_file_page(wrong=(TrainingWrong(3, "There is no member HP-999 here."), TrainingWrong(17, "“soon” is not a day. Write it as 2026-11-02 or 11/02/2026.")))),
    "training-file-none": lambda: ("people/training_file.html", training_file_page() | {"plan": None, "form": with_errors(TrainingFileForm({}), file="Choose the file.")}),
    "policy-texts": lambda: ("people/policy.html", policy_page()),
    "policy-texts-member": lambda: ("people/policy.html", policy_page(is_told=False, waiting=[], enter_refusal=NOT_YOURS)),
    "policy-texts-empty": lambda: ("people/policy.html", policy_page(texts=[], text=None, standing=None, waiting=[], form=DayForm({"on": ""}))),
    "policy-text": lambda: ("people/policy_text.html", policy_text_page()),
    "policy-text-done": lambda: ("people/policy_text.html", policy_text_page(before=None, acknowledged_at=ago(days=2))),
    "policy-text-late": lambda: ("people/policy_text.html", policy_text_page(is_late=True, due_on=ago(days=2).date())),
    "policy-text-over": lambda: ("people/policy_text.html", policy_text_page(is_over=True)),
    "policy-file": lambda: ("people/policy_file.html", policy_file_page()),
    "policy-text-new": lambda: ("people/policy_new.html", {"form": PolicyTextForm(initial={"text": POLICY.format("every month"), "in_force_on": now().date()})}),
    "policy-text-new-wrong": lambda: ("people/policy_new.html", {"form": with_errors(PolicyTextForm({}), all="This is text 2 word for word. Nothing was entered.", text="Enter the text.")}),
    "looks": lambda: ("access/tripped.html", looks_page()),
    "looks-asked": lambda: ("access/tripped.html", looks_page(asked_of=looks_page()["rows"][0], asked=[SimpleNamespace(at=ago(hours=n * 20), act=Act.READS_SEARCH, words="DRL5188" if n < 6 else "", terms={} if n < 6 else None, purpose="criminal-investigation", reference="26-004117" if n < 6 else None, is_the_one=n == 0) for n in range(8)])),
    "looks-empty": lambda: ("access/tripped.html", looks_page(rows=[], judged=[])),
    "member": lambda: ("people/member.html", member_page()),
    "member-refused": lambda: ("people/member.html", member_page(is_supervisor=False, assign_refusal=NOT_YOURS, training_refusal=NOT_YOURS, authorize_refusal=NOT_YOURS, leave_refusal=NOT_YOURS, authorizations=[], completions=[], held=[])),
    "member-wrong": lambda: ("people/member.html", member_page(training_form=with_errors(TrainingForm({}), course="Name the course that was completed."))),
    "enrol": lambda: ("people/enrol.html", {"form": EnrolForm()}),
    "enrol-wrong": lambda: ("people/enrol.html", {"form": with_errors(EnrolForm({"number": "1042", "duties": ["auditor"]}), number="Member number 1042 is taken. Numbers are never given twice.")}),
    "enrolled": lambda: ("people/enrolled.html", {"member": Member(number="1200", name="Iris Chan"), "password": "k4wd-7hqm-x2pr-9tbn-cs5e", "duties": ["operator"]}),
    "incidents": lambda: ("investigations/incidents.html", {"rows": [{"incident": each, "partial_late": each.pk == 3} for each in incidents()], "more": None, "cosigns_waiting": 1}),
    "incidents-empty": lambda: ("investigations/incidents.html", {"rows": [], "more": None}),
    "incident-new": lambda: ("investigations/incident_new.html", {"form": IncidentForm(initial={"number": "26-004117", "lat": 42.1817, "lon": -87.8003})}),
    "incident-new-wrong": lambda: ("investigations/incident_new.html", {"form": IncidentForm({"number": "", "radius_m": "20"})}),
    "incident": lambda: ("investigations/incident.html", incident_page(incidents()[0])),
    "incident-late": lambda: ("investigations/incident.html", incident_page(incidents()[1]) | {"partial_late": True, "watches": []}),
    "incident-closed": lambda: ("investigations/incident.html", incident_page(incidents()[3])),
    "incident-counted": lambda: ("investigations/counted.html", counted_page(61, 214, 1)),
    "incident-counted-wide": lambda: ("investigations/counted.html", counted_page(1412, 5230, 3)),
    "incident-counted-none": lambda: ("investigations/counted.html", counted_page(0, 0, 0)),
    "around": lambda: ("investigations/around.html", around_page()),
    "around-empty": lambda: ("investigations/around.html", around_page() | {"rows": []}),
    "coverage": lambda: ("investigations/coverage.html", coverage_page()),
    "coverage-no-roads": lambda: ("investigations/coverage.html", coverage_page(known=False)),
    "cosigns": lambda: ("investigations/cosigns.html", cosigns_page()),
    "cosigns-empty": lambda: ("investigations/cosigns.html", {"rows": [], "refusal": REFUSED, "decided": []}),
    "my-record": lambda: ("ledger/mine.html", {"lines": lines(), "older": 5000, "is_first": True}),
    "my-record-empty": lambda: ("ledger/mine.html", {"lines": [], "older": None, "is_first": True}),
    "refused": lambda: ("web/refused.html", {"refusal": REFUSED, "recorded": True}),
    "refused-untrained": lambda: ("web/refused.html", {"refusal": UNTRAINED, "recorded": True, "shell": shell(member_name="Chris Novak", member_number="HP-158", duties={"operator"}, duties_line="Operator", purpose=None, waiting={})}),
    "not-here": lambda: ("web/failed.html", {"status": 404, "message": "There is no such thing, or it is not yours to know."}),
    "changed": lambda: ("web/failed.html", {"status": 409, "message": "This alert was closed meanwhile. Look at it again.", "retry_url": "#"}),
    "broken": lambda: ("web/failed.html", {"status": 500, "message": "Something went wrong on the server. It was noted. Go back and try again."}),
    "away": lambda: ("web/away.html", {"message": "The database does not answer right now. Nothing was changed. Try again in a moment."}),
}  # fmt: skip
PATROL = (
    "console",
    "console-empty",
    "card",
    *(f"stop-{case}" for case in IN_TRUTH),
    "card-note",
    "card-full",
    "card-masked",
    "card-pattern",
    "card-verified",
    "card-dispatcher",
    "card-refused",
    "card-closed",
    "card-wrong",
)


def page(request: Any, name: str = "home", **_others: Any) -> HttpResponse:
    template, context = PAGES[name]()
    return render(request, template, {"shell": shell(), "messages": ()} | context)


def every_page(_request: Any, **_others: Any) -> HttpResponse:
    """The names: all on the first line, patrol pages on the second."""
    return HttpResponse(f"{' '.join(PAGES)}\n{' '.join(PATROL)}", content_type="text/plain")


def stream(request: Any, **_others: Any) -> StreamingHttpResponse:
    """One alert a while after the page opened, then silence: what a quiet shift sounds like."""
    after = int(parse_qs(request.META["QUERY_STRING"]).get("after", ["0"])[0])

    def events() -> Iterator[str]:
        yield "retry: 2000\n\n"
        if after < 1043:
            time.sleep(1.5)
            yield "id: 1043\nevent: alert\ndata: 1043\n\n" * 2
        for _ in range(30):
            time.sleep(1)
            yield "event: still\ndata: 0\n\n"

    return StreamingHttpResponse(events(), content_type="text/event-stream")


def strip(request: Any, alert_id: int) -> HttpResponse:
    one = card(alert(alert_id), shown(read("RBX2047", "OH"), 31), entry("RBX2047", "OH", category="stolen_plate"))
    return render(request, "alerts/strip.html", {"card": one, "now": now()})


def town() -> list[list[list[float]]]:
    """A few streets of a town that is not there."""
    return [[[-87.815 + 0.004 * n, 42.168], [-87.813 + 0.004 * n, 42.196]] for n in range(9)] + [
        [[-87.82, 42.170 + 0.003 * n], [-87.78, 42.171 + 0.003 * n]] for n in range(9)
    ]


def roads(_request: Any, **_others: Any) -> HttpResponse:
    """As `town` has them."""
    return JsonResponse(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": each}} for each in town()
            ],
        }
    )


def style(_request: Any, **_others: Any) -> HttpResponse:
    from platewarden.server.proof.site import style_css

    return HttpResponse(style_css(), content_type="text/css")


def nothing(_request: Any, **_others: Any) -> HttpResponse:
    return HttpResponse(status=204)


def _room(name: str, *pages: tuple[str, str]) -> Any:
    return path(f"{name}/", include(([path(where, nothing, name=what) for what, where in pages], name)))


urlpatterns = [
    path("p/", every_page),
    path("p/<str:name>/", page),
    path("p/<str:name>/style.css", style),
    path("touch/", nothing),
    path("", include(([path("", page, name="home")], "web"))),
    path("", include(([path("purpose/", nothing, name="purpose"), path("lock/", nothing, name="lock"), path("factor/<int:factor_id>/name/", nothing, name="factor_name"), path("sign-ins/end/", nothing, name="end_mine"), path("sign-ins/<str:number>/", nothing, name="sign_ins"), path("sign-ins/<str:number>/end/", nothing, name="end_theirs"), path("locked-out/", nothing, name="locked_out"), path("locked-out/<str:number>/enable/", nothing, name="enable"), path("locked-out/release/", nothing, name="release"), path("locked-out/reset/", nothing, name="reset_ask"), path("locked-out/reset/<int:reset_id>/confirm/", nothing, name="reset_confirm"), path("locked-out/reset/<int:reset_id>/refuse/", nothing, name="reset_refuse"), path("factor/<int:factor_id>/remove/", nothing, name="factor_remove"), path("looks/", nothing, name="tripped"), path("looks/<int:tripped_id>/", nothing, name="judge"), path("looks/<int:tripped_id>/asked/", nothing, name="asked"), path("looks/protected/", nothing, name="protect")], "access"))),
    path("alerts/stream/", stream),
    path("alerts/<int:alert_id>/strip/", strip),
    _room("reads", ("search", "search/"), ("export", "search/file/"), ("read", "<uuid:read_id>/<str:captured>/")),
    _room("alerts", ("console", ""), ("stream", "stream/"), ("card", "<int:alert_id>/"), ("strip", "<int:alert_id>/strip/"), ("acknowledge", "<int:alert_id>/acknowledge/"), ("ask", "<int:alert_id>/ask/"), ("asked", "<int:alert_id>/asked/"), ("verify", "<int:alert_id>/verify/"), ("dispose", "<int:alert_id>/dispose/"), ("quality", "quality/"), ("review_queue", "review/"), ("review_stop", "review/stop/<int:number>/"), ("review_correction", "review/correction/<int:number>/"), ("notes", "notes/"), ("note_letter", "notes/<int:note_id>/letter/"), ("note_sent", "notes/<int:note_id>/sent/"), ("note_acknowledged", "notes/<int:note_id>/acknowledged/"), ("note_write", "<int:alert_id>/note/"), ("note_not_needed", "<int:alert_id>/note/not-needed/"), ("stops", "stops/"), ("review_one", "review/<int:disposition_id>/"), ("correct", "correct/<uuid:read_id>/<str:captured>/"), ("take_back", "correct/<uuid:read_id>/<str:captured>/back/")),
    path("investigations/roads.json", roads),
    _room("investigations", ("incidents", ""), ("incident_new", "new/"), ("roads", "roads.json"), ("cosigns", "cosigns/"), ("cosign_asked", "cosigns/<int:cosign_id>/asked/"), ("cosign_sign", "cosigns/<int:cosign_id>/sign/"), ("cosign_refuse", "cosigns/<int:cosign_id>/refuse/"), ("incident", "<int:incident_id>/"), ("around", "<int:incident_id>/around/"), ("export", "<int:incident_id>/around/file/"), ("ask_cosign", "<int:incident_id>/cosign/"), ("watch", "<int:incident_id>/watch/"), ("decide", "<int:incident_id>/decide/"), ("cars", "<int:incident_id>/cars/"), ("ask_cars", "<int:incident_id>/cars/ask/"), ("withdraw_car", "<int:incident_id>/cars/<int:task_id>/withdraw/"), ("coverage", "<int:incident_id>/coverage/"), ("coverage_again", "<int:incident_id>/coverage/again/"), ("close", "<int:incident_id>/close/")),
    _room("equipment", ("units", ""), ("approve", "<int:request_id>/approve/"), ("refuse", "<int:request_id>/refuse/"), ("revoke", "<uuid:unit_id>/revoke/"), ("deployment_new", "deployments/new/"), ("deployment_withdraw", "deployments/<int:order_id>/withdraw/")),
    _room("hotlists", ("lists", ""), ("load", "load/"), ("report", "reports/<int:report_id>.csv"), ("publish", "publish/"), ("source_new", "sources/new/"), ("source", "sources/<int:source_id>/"), ("source_exclude", "sources/<int:source_id>/exclude/"), ("source_take_up", "sources/<int:source_id>/take-up/"), ("source_sign", "sources/asked/<int:ask_id>/sign/"), ("source_refuse", "sources/asked/<int:ask_id>/refuse/"), ("bolos", "bolos/"), ("bolo_new", "new/"), ("bolo_alike", "new/alike/"), ("bolo_approve", "<uuid:entry_id>/approve/"), ("bolo_refuse", "<uuid:entry_id>/refuse/"), ("bolo_extend", "<uuid:entry_id>/extend/"), ("bolo_withdraw", "<uuid:entry_id>/withdraw/"), ("back", "<int:load_id>/back/"), ("back_sign", "back/<int:ask_id>/sign/"), ("back_refuse", "back/<int:ask_id>/refuse/")),
    _room("people", ("members", ""), ("enrol", "enrol/"), ("training_file", "trainings/"), ("training_file_enter", "trainings/enter/"), ("policy", "policy/"), ("policy_new", "policy/new/"), ("policy_text", "policy/<int:text>/"), ("acknowledge", "policy/<int:text>/acknowledge/"), ("policy_file", "policy/file/<int:edition>/"), ("member", "<str:number>/"), ("give", "<str:number>/duty/"), ("relieve", "<str:number>/relieve/"), ("hand_over", "<str:number>/seat/"), ("train", "<str:number>/training/"), ("authorize", "<str:number>/source/"), ("withdraw", "<str:number>/withdraw/"), ("leave", "<str:number>/left/")),
    _room("retention", ("overview", ""), ("confirm_clock", "clock/"), ("schedule_new", "schedule/new/"), ("schedule_change", "schedule/<int:change_id>/"), ("schedule_sign", "schedule/<int:change_id>/sign/"), ("schedule_refuse", "schedule/<int:change_id>/refuse/"), ("holds", "holds/"), ("hold_new", "holds/new/"), ("hold", "holds/<int:hold_id>/"), ("hold_names", "holds/<int:hold_id>/names/"), ("hold_review", "holds/<int:hold_id>/review/"), ("hold_release", "holds/<int:hold_id>/release/"), ("certificate", "certificates/<int:number>/"), ("certificate_file", "certificates/<int:number>/file/")),
    _room("evidence", ("packages", ""), ("package", "<int:package_id>/"), ("book", "<int:package_id>/book/"), ("hand_on", "<int:package_id>/hand-on/"), ("hand_back", "<int:package_id>/return/"), ("destroy", "<int:package_id>/destroy/"), ("passphrase", "<int:package_id>/passphrase/"), ("label", "<int:package_id>/label.pdf"), ("custody", "<int:package_id>/custody.pdf")),
    _room("release", ("on_file", ""), ("new", "new/"), ("asked", "<int:request_id>/"), ("agency", "<int:request_id>/agency/"), ("show", "<int:request_id>/show/"), ("letter", "<int:request_id>/letter/"), ("permit", "<int:request_id>/instrument/"), ("decided", "<int:request_id>/decide/"), ("named", "<int:request_id>/name/"), ("fulfilled", "<int:request_id>/fulfil/"), ("package", "<int:request_id>/package/"), ("handed_over", "<int:request_id>/hand-over/"), ("receipt", "<int:request_id>/receipt.pdf"), ("referral", "<int:request_id>/referral.pdf")),
    _room("complaints", ("on_file", ""), ("new", "new/"), ("complaint", "<int:complaint_id>/"), ("show", "<int:complaint_id>/show/"), ("letter", "<int:complaint_id>/letter/"), ("link", "<int:complaint_id>/link/"), ("decided", "<int:complaint_id>/decide/"), ("answer", "<int:complaint_id>/answer.pdf")),
    _room("audits", ("audits", ""), ("report", "report/<int:year>/"), ("report_pdf", "report/<int:year>.pdf"), ("report_csv", "report/<int:year>.csv"), ("training_pdf", "training.pdf"), ("plan", "plan/"), ("plan_sign", "plan/<int:change_id>/sign/"), ("plan_refuse", "plan/<int:change_id>/refuse/"), ("mine", "mine/"), ("answer", "mine/<int:sheet_id>/"), ("audit", "<int:audit_id>/"), ("sign", "<int:audit_id>/sign/"), ("sheet", "<int:audit_id>/<int:position>/"), ("show", "<int:audit_id>/<int:position>/show/"), ("judge", "<int:audit_id>/<int:position>/judge/"), ("close", "<int:audit_id>/<int:position>/close/")),
    _room("proof", ("clauses", ""), ("clauses_pdf", "policy.pdf"), ("public", "public/"), ("public_fix", "public/<int:year>/fix/"), ("public_zip", "public/<int:year>/all.zip"), ("public_file", "public/<int:year>/<str:name>"), ("clause", "<slug:name>/")),
    _room("ledger", ("mine", "mine/")),
    *(path(f"{name}/", nothing, name=name) for name in ("account_login", "account_logout", "account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes", "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_index")),
]  # fmt: skip


def serve(port: int = 0) -> None:
    """Serves until stopped; says its address on the first line."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_words: object) -> None: ...

    server = ThreadedWSGIServer(("127.0.0.1", port), Quiet, ipv6=False)
    settings.DEBUG = True  # the static files' own view wants it
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    from tests.pages import preview  # noqa: PLW0406 the one that the address list names, not this main

    preview.serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
