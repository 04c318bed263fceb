"""What is said of a source: its owner, whether it is confidential, how its extract is laid out, how old its lists may be, the inbox they
are put into, and which files of an extract this department does not load. By the supervisor or designee, recorded.

Where the department's file names `hotlists.source` among the acts for two, it is asked by one of them and said by another; what was asked
falls when the source was described otherwise meanwhile. Of a source that nobody described no list is loaded: whether it is confidential is said before anybody sees an entry of it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass, replace

from django.db import transaction

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.hotlists.layout import parse_layout
from platewarden.server.hotlists.models import Exclusion, Source, SourceAsk, SourceAskState
from platewarden.server.hotlists.publish import ask_for_edition
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

LONGEST_AGE_HOURS = 24 * 31
NOTHING_SAID = "nothing"


@dataclass(frozen=True)
class Described:
    """What is said of a source. `layout` is the text of its mapping file, empty for the department's own CSV."""

    owner: str
    is_confidential: bool
    layout: str = ""
    age_limit_hours: int | None = None
    inbox: str = ""


def must_be_described(name: str) -> Refusal | None:
    """Refuses a list of a source whose owner nobody named: nobody said either whether it is confidential."""
    if Source.objects.filter(name=name).exclude(owner="").exists():
        return None
    return Refusal(
        Clause.CONFIDENTIAL_DATA,
        f"Nobody has described the source “{name}” yet, so nothing of it is loaded. The supervisor or designee says first who owns it and whether "
        "it is confidential, on the page “Hot lists” or with: platewarden hotlist source",
    )


def needs_two() -> bool:
    """Whether the department's policy has a second member sign what is said of a source."""
    return Act.HOTLISTS_SOURCE in department().two_people


def said_of(source: Source) -> str:
    """A short digest of what is said of a source now, so that nobody overwrites what they did not see."""
    if not source.owner:
        return NOTHING_SAID
    said = Described(source.owner, source.is_confidential, source.layout, source.age_limit_hours, source.inbox)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def files_of(source: Source) -> list[str]:
    """The files of its extract, as its layout names them."""
    return [part.name for part in parse_layout(source.layout).parts if part.name] if source.layout else []


def describe(name: str, described: Described, *, by: Member, saw: str | None = None) -> Source:
    """Says all of it about a source, and asks for an edition that says so. Recorded as `hotlists.source`.

    Stale when the source is not described any more as the caller saw it (`said_of`). Refused where the policy asks for two.
    """
    if refusal := may_do(by, Act.HOTLISTS_SOURCE, now()):
        raise Refused(refusal)
    if needs_two():
        raise Refused(
            Refusal(
                Clause.CONFIDENTIAL_DATA, "What is said of a source is signed by a second member here. Ask for it on “Hot lists”."
            )
        )
    name, described = _checked(name, described)
    with transaction.atomic():
        return _say(name, described, saw, by)


def ask_to_describe(name: str, described: Described, *, by: Member, saw: str | None = None) -> SourceAsk:
    """Asks for a source to be described so; another manager signs. Recorded as `hotlists.source_asked`. One waits for a source at a time."""
    if refusal := may_do(by, Act.HOTLISTS_SOURCE, now()):
        raise Refused(refusal)
    name, described = _checked(name, described)
    with transaction.atomic():
        source = Source.objects.select_for_update().filter(name=name).first()
        is_now = said_of(source) if source else NOTHING_SAID
        _must_be_as_seen(is_now, saw)
        _must_be_its_own(described.inbox, name)
        ask, is_new = SourceAsk.objects.get_or_create(
            name=name,
            state=SourceAskState.WAITING,
            defaults={**asdict(described), "saw": is_now, "asked_by": str(by), "asked_by_number": by.number, "asked_at": now()},
        )
        if not is_new:
            raise Stale("Another description of this source waits for its second member already. Decide on that one first.")
        record(Act.HOTLISTS_SOURCE_ASKED, by=Signer(by.number, by.name), about={"ask": ask.pk, **_about(name, described)})
    return ask


def may_decide_source(ask: SourceAsk, member: Member) -> Refusal | None:
    """Refuses who asked for it, and whoever lacks the duty."""
    if refusal := may_do(member, Act.HOTLISTS_SOURCE_DECIDED, now()):
        return refusal
    if ask.asked_by_number == member.number:
        return Refusal(
            Clause.CONFIDENTIAL_DATA, "A second member signs what is said of a source, never the one who asked. Ask a colleague."
        )
    return None


def decide_source(ask_id: int, *, sign: bool, by: Member) -> SourceAsk:
    """Says of the source what was asked, or refuses it. Recorded as `hotlists.source_decided`. Stale when it was described otherwise."""
    with transaction.atomic():
        ask = SourceAsk.objects.select_for_update().filter(pk=ask_id).first()
        if ask is None:
            raise Unknown("Nobody asked for this. Look at the lists again.")
        if refusal := may_decide_source(ask, by):
            raise Refused(refusal)
        if ask.state != SourceAskState.WAITING:
            raise Stale("This was decided already. Look at the lists again.")
        ask.state = SourceAskState.SIGNED if sign else SourceAskState.REFUSED
        ask.decided_by, ask.decided_by_number, ask.decided_at = str(by), by.number, now()
        ask.save(update_fields=["state", "decided_by", "decided_by_number", "decided_at"])
        record(
            Act.HOTLISTS_SOURCE_DECIDED,
            by=Signer(by.number, by.name),
            about={"ask": ask.pk, "source": ask.name, "signed": sign},
        )
        if sign:
            described = Described(ask.owner, ask.is_confidential, ask.layout, ask.age_limit_hours, ask.inbox)
            _say(ask.name, described, ask.saw, by)
    return ask


def _checked(name: str, described: Described) -> tuple[str, Described]:
    name, owner = " ".join(name.split()), " ".join(described.owner.split())
    if not 0 < len(name) <= 60 or not name.isprintable():
        raise Malformed("A source has a name of 1 to 60 printable characters. Correct it.")
    if not 0 < len(owner) <= 100 or not owner.isprintable():
        raise Malformed("Name the agency or desk that owns the source, in at most 100 characters.")
    if described.layout:
        parse_layout(described.layout)
    if described.age_limit_hours is not None and not 1 <= described.age_limit_hours <= LONGEST_AGE_HOURS:
        raise Malformed(f"A list may be 1 to {LONGEST_AGE_HOURS} hours old. Correct the age limit.")
    if described.inbox and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", described.inbox):
        raise Malformed("An inbox is a folder's name of 1 to 40 small letters, digits and hyphens. Correct it.")
    return name, replace(described, owner=owner)


def _must_be_as_seen(is_now: str, saw: str | None) -> None:
    if saw is not None and saw != is_now:
        raise Stale("The source was described otherwise meanwhile. Look at it again.")


def _must_be_its_own(inbox: str, name: str) -> None:
    if inbox and Source.objects.filter(inbox=inbox).exclude(name=name).exists():
        raise Malformed("This inbox belongs to another source. Give each source its own.")


def _about(name: str, described: Described) -> dict[str, str | int | bool | None]:
    return {
        "source": name,
        "owner": described.owner,
        "confidential": described.is_confidential,
        "layout_sha256": hashlib.sha256(described.layout.encode()).hexdigest() if described.layout else "",
        "age_limit_hours": described.age_limit_hours,
        "inbox": described.inbox,
    }


def _say(name: str, described: Described, saw: str | None, by: Member) -> Source:
    signer = Signer(by.number, by.name)
    source, _ = Source.objects.get_or_create(name=name, defaults={"created_at": now()})
    source = Source.objects.select_for_update().get(pk=source.pk)
    _must_be_as_seen(said_of(source), saw)
    _must_be_its_own(described.inbox, name)
    source.owner, source.is_confidential, source.layout = described.owner, described.is_confidential, described.layout
    source.age_limit_hours, source.inbox = described.age_limit_hours, described.inbox
    source.save(update_fields=["owner", "is_confidential", "layout", "age_limit_hours", "inbox"])
    record(Act.HOTLISTS_SOURCE, by=signer, about=_about(name, described))
    ask_for_edition(by=signer)
    return source


def exclude(name: str, file: str, *, because: str, by: Member) -> Exclusion:
    """Leaves a file of a source's extract out from the next load on. Recorded as `hotlists.exclude` with the reason."""
    source = _source(name, by)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words why this file is not loaded.")
    if file not in files_of(source):
        raise Unknown(f"The layout of “{source.name}” names no such file. Look at its layout.")
    with transaction.atomic():
        exclusion, is_new = Exclusion.objects.get_or_create(
            source=source,
            file=file,
            ended_at=None,
            defaults={"because": because.strip()[:300], "at": now(), "by": f"{by.number} {by.name}"},
        )
        if not is_new:
            raise Stale("This file is excluded already.")
        record(
            Act.HOTLISTS_EXCLUDE,
            by=Signer(by.number, by.name),
            about={"source": source.name, "file": file, "excluded": True, "because": exclusion.because},
        )
    return exclusion


def take_up_again(name: str, file: str, *, by: Member) -> Exclusion:
    """Loads an excluded file again, from the next load on. Recorded as `hotlists.exclude`."""
    source = _source(name, by)
    with transaction.atomic():
        exclusion = Exclusion.objects.select_for_update().filter(source=source, file=file, ended_at=None).first()
        if exclusion is None:
            raise Stale("This file is not excluded.")
        exclusion.ended_at, exclusion.ended_by = now(), f"{by.number} {by.name}"
        exclusion.save(update_fields=["ended_at", "ended_by"])
        record(Act.HOTLISTS_EXCLUDE, by=Signer(by.number, by.name), about={"source": source.name, "file": file, "excluded": False})
    return exclusion


def _source(name: str, by: Member) -> Source:
    if refusal := may_do(by, Act.HOTLISTS_EXCLUDE, now()):
        raise Refused(refusal)
    source = Source.objects.filter(name=" ".join(name.split())).first()
    if source is None:
        raise Unknown("There is no such source. Look at the lists for its name.")
    return source
