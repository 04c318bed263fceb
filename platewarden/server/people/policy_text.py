"""The written policy: each text as it was issued, with its digest and its first day, and which member has acknowledged which.

A text that was entered is never changed, and the one in force on any day can be brought back. A member may read and acknowledge before
any training. Who has not acknowledged in time is named to the supervisor, and counted by `check`; looks are refused only
where the department's file says so.

Known gap: cars know nothing of it; their roster asks for training alone.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher

from django.db import IntegrityError, transaction

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Acknowledgement, Assignment, Member, PolicyText
from platewarden.server.people.training import today

LEAST, MOST = 200, 200_000  # signs of a policy; less is a slip, more is another book


def as_kept(given: str) -> str:
    """A text as it is kept: lines end alike, nothing stands after them. Refuses what is no plain text."""
    lines = given.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    text = "\n".join(line.replace("\t", "    ").rstrip() for line in lines).strip("\n") + "\n"
    if re.search(r"[\x00-\x09\x0b-\x1f\x7f\ufffd]", text):
        raise Malformed("This is no plain text. Save the policy as a text file in UTF-8, and enter that.")
    if not LEAST <= len(text) <= MOST:
        raise Malformed(f"A policy has {LEAST} to {MOST:,} characters; this has {len(text):,}. Enter the whole text of it.")
    return text


def enter_text(given: str, *, in_force_on: date, by: Signer) -> PolicyText:
    """Enters the next text of the written policy. Recorded with its digest.

    Refused: the text in force word for word; a first day before today, or before that of the text entered last (the first text may be old).
    """
    text, day = as_kept(given), today(now())
    newest = PolicyText.objects.order_by("-number").first()
    digest = hashlib.sha256(text.encode()).hexdigest()
    if newest and newest.digest == digest:
        raise Malformed(f"This is text {newest.number} word for word. Nothing was entered.")
    first = max(day, newest.in_force_on) if newest else date(1990, 1, 1)
    if not first <= in_force_on <= day + timedelta(days=366):
        raise Malformed(f"This text is in force from {first:%m/%d/%Y} at the earliest, and within a year. Correct its first day.")
    try:
        with transaction.atomic():
            entered = PolicyText.objects.create(
                number=newest.number + 1 if newest else 1,
                text=text,
                digest=digest,
                in_force_on=in_force_on,
                entered_by=str(by),
                entered_at=now(),
            )
            record(Act.PEOPLE_POLICY, by=by, about={"text": entered.number, "digest": digest, "in_force_on": in_force_on})
    except IntegrityError as error:
        raise Stale("Somebody entered a text meanwhile. Look at it first.") from error
    return entered


def acknowledge(member: Member, number: int) -> Acknowledgement:
    """A member acknowledges a text, in their own name. Repeating it changes nothing. Refused for a text that another one followed."""
    text = PolicyText.objects.filter(number=number).first()
    if text is None:
        raise Unknown("There is no such text of the policy.")
    known = Acknowledgement.objects.filter(text=text, member=member).first()
    if known:
        return known
    standing = PolicyText.objects.in_force(today(now()))
    if standing and number < standing.number:
        raise Refused(Refusal(Clause.LEGITIMATE_PURPOSE, f"Text {number} is in force no more. Read text {standing.number}."))
    with transaction.atomic():
        given, is_new = Acknowledgement.objects.get_or_create(text=text, member=member, defaults={"acknowledged_at": now()})
        if is_new:
            signer = Signer(member.number, member.name)
            record(Act.PEOPLE_ACKNOWLEDGE, by=signer, about={"text": number, "digest": text.digest})
    return given


def to_acknowledge(member: Member, at: datetime) -> PolicyText | None:
    """The text in force, when this member has not acknowledged it."""
    text = PolicyText.objects.in_force(today(at))
    if text is None or member.acknowledgements.filter(text=text).exists():
        return None
    return text


def due_on(text: PolicyText, member: Member) -> date:
    """The last day in time: so many days after the text's first day, or after it was entered, or after the member joined."""
    since = max(text.in_force_on, today(text.entered_at), today(member.joined_at))
    return since + timedelta(days=department().acknowledge_days)


def without_acknowledgement(text: PolicyText) -> list[Member]:
    """Members with a duty who have not acknowledged a text, by number."""
    assigned = Assignment.objects.in_force(now()).values("member")
    return list(Member.objects.filter(is_active=True, pk__in=assigned).exclude(acknowledgements__text=text).order_by("number"))


def must_have_acknowledged(member: Member, at: datetime) -> Refusal | None:
    """Refuses a member who did not acknowledge the policy in time, where the department's file says that it refuses."""
    if not department().acknowledgement_refuses_looks:
        return None
    text = to_acknowledge(member, at)
    if text is None or today(at) <= due_on(text, member):
        return None
    return Refusal(
        Clause.LEGITIMATE_PURPOSE,
        f"You have not acknowledged text {text.number} of the policy, which was due on {due_on(text, member):%m/%d/%Y}. "
        "Read it and acknowledge it from your home page.",
    )


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    """What one text changed in another, line by line: (gone, new or same; the line), with two lines around each change."""
    old, new, found = before.splitlines(), after.splitlines(), []
    for number, group in enumerate(SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(2)):
        if number:
            found.append(("apart", ""))
        for what, a, b, c, d in group:
            if what == "equal":
                found += [("same", line) for line in old[a:b]]
                continue
            found += [("gone", line) for line in old[a:b]] + [("new", line) for line in new[c:d]]
    return found
