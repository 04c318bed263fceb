"""What is said of a source: its owner, whether it is confidential, how its extract is laid out, how old its lists may be, the inbox they
are put into, and which files of an extract this department does not load. By the supervisor or designee, recorded.

Of a source that nobody described no list is loaded: whether it is confidential is said before anybody sees an entry of it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from django.db import transaction

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.hotlists.layout import parse_layout
from platewarden.server.hotlists.models import Exclusion, Source
from platewarden.server.hotlists.publish import ask_for_edition
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

LONGEST_AGE_HOURS = 24 * 31


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
        "it is confidential, with: platewarden hotlist source",
    )


def describe(name: str, described: Described, *, by: Member) -> Source:
    """Says all of it about a source, and asks for an edition that says so. Recorded as `hotlists.source`."""
    if refusal := may_do(by, Act.HOTLISTS_SOURCE, now()):
        raise Refused(refusal)
    name, owner = " ".join(name.split()), " ".join(described.owner.split())
    if not 0 < len(name) <= 60 or not name.isprintable():
        raise Malformed("A source has a name of 1 to 60 printable characters. Correct it.")
    if not 0 < len(owner) <= 100:
        raise Malformed("Name the agency or desk that owns the source, in at most 100 characters.")
    if described.layout:
        parse_layout(described.layout)
    if described.age_limit_hours is not None and not 1 <= described.age_limit_hours <= LONGEST_AGE_HOURS:
        raise Malformed(f"A list may be 1 to {LONGEST_AGE_HOURS} hours old. Correct the age limit.")
    if described.inbox and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", described.inbox):
        raise Malformed("An inbox is a folder's name of 1 to 40 small letters, digits and hyphens. Correct it.")
    signer = Signer(by.number, by.name)
    with transaction.atomic():
        source, _ = Source.objects.get_or_create(name=name, defaults={"created_at": now()})
        source = Source.objects.select_for_update().get(pk=source.pk)
        if described.inbox and Source.objects.filter(inbox=described.inbox).exclude(pk=source.pk).exists():
            raise Malformed("This inbox belongs to another source. Give each source its own.")
        source.owner, source.is_confidential, source.layout = owner, described.is_confidential, described.layout
        source.age_limit_hours, source.inbox = described.age_limit_hours, described.inbox
        source.save(update_fields=["owner", "is_confidential", "layout", "age_limit_hours", "inbox"])
        record(
            Act.HOTLISTS_SOURCE,
            by=signer,
            about={
                "source": name,
                "owner": owner,
                "confidential": described.is_confidential,
                "layout_sha256": hashlib.sha256(described.layout.encode()).hexdigest() if described.layout else "",
                "age_limit_hours": described.age_limit_hours,
                "inbox": described.inbox,
            },
        )
        ask_for_edition(by=signer)
    return source


def exclude(name: str, file: str, *, because: str, by: Member) -> Exclusion:
    """Leaves a file of a source's extract out from the next load on. Recorded as `hotlists.exclude` with the reason."""
    source = _source(name, by)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words why this file is not loaded.")
    if not source.layout or file not in [part.name for part in parse_layout(source.layout).parts if part.name]:
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
